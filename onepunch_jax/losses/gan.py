"""Adversarial losses.  Logits may be an array or any pytree of them (scales, heads)."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

softplus, relu = jax.nn.softplus, jax.nn.relu


class Gan(NamedTuple):
  d: Callable  # (real logits, fake logits) -> loss of the discriminator
  g: Callable  # (fake logits) -> loss of the generator


def make(name: str) -> Gan:
  """The loss pair by name: vanilla, lsgan, hinge or wgan.

  Raises:
    ValueError: no loss has that name; the message lists them.
  """
  if name not in GANS:
    raise ValueError(f'No adversarial loss named {name!r}; there are {sorted(GANS)}.')
  return GANS[name]


def _mean_over(fn):
  """Applies fn to matching leaves and averages, so that each scale weighs the same."""

  def over_trees(*trees):
    losses = jax.tree.leaves(
      jax.tree.map(lambda *xs: jnp.mean(fn(*(x.astype(jnp.float32) for x in xs))), *trees)
    )
    return sum(losses) / len(losses)

  return over_trees


GANS = {
  # Goodfellow et al. 2014, the non-saturating form
  'vanilla': Gan(
    _mean_over(lambda r, f: softplus(-r) + softplus(f)), _mean_over(lambda f: softplus(-f))
  ),
  # Mao et al. 2017
  'lsgan': Gan(
    _mean_over(lambda r, f: 0.5 * ((r - 1) ** 2 + f**2)), _mean_over(lambda f: (f - 1) ** 2)
  ),
  # Lim and Ye 2017; Miyato et al. 2018
  'hinge': Gan(_mean_over(lambda r, f: relu(1 - r) + relu(1 + f)), _mean_over(lambda f: -f)),
  # Arjovsky et al. 2017; needs a penalty (losses/penalty.py) to be one
  'wgan': Gan(_mean_over(lambda r, f: f - r), _mean_over(lambda f: -f)),
}
