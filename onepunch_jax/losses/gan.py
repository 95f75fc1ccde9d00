"""Adversarial losses, and the one way to call a discriminator.

Logits may be an array or any pytree of them (one for each scale), each leaf weighing the same.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

from onepunch_jax.core import Net, Variables
from onepunch_jax.nets.blocks.judgement import Judgement

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


def judge(disc: Net, v: Variables, *inputs: jax.Array) -> tuple[Judgement, Variables]:
  """Calls a discriminator in training mode; every method calls its own through this function.

  Args:
    disc: returns (logits, features), as nets/blocks/judgement describes them.
    v: the variables.
    inputs: pictures [B, H, W, *] of one size, and perhaps smaller maps.

  Raises:
    ValueError: it returns something else, or cannot judge these inputs; the message names the net.
  """
  sizes = ', '.join(str(x.shape) for x in inputs)
  who = f'The discriminator {disc.name!r} ({type(disc.module).__module__})'
  try:
    out, v = disc(v, *inputs)
  except (TypeError, ValueError) as error:
    raise ValueError(f'{who} cannot judge pictures and maps of {sizes}: {error}') from error
  if not _is_judgement(out):
    raise ValueError(
      f'{who} must return (logits, features), the features of each scale a tuple of maps; '
      'it returns something else: name a discriminator in its place.'
    )
  judgement = Judgement(*out)
  if not all(x.size for x in jax.tree.leaves(judgement.logits)):
    raise ValueError(f'{who} has no logit for inputs as small as {sizes}: give it fewer layers.')
  return judgement, v


def _is_judgement(out) -> bool:
  """Whether a net's output is (logits, features) or a Judgement."""
  if not isinstance(out, tuple) or len(out) not in (2, 3) or not jax.tree.leaves(out[0]):
    return False
  features = out[1]
  return isinstance(features, tuple) and all(isinstance(maps, tuple) for maps in features)


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
