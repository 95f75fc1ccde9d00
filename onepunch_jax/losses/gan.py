"""Adversarial losses by name, and the one way to call a discriminator.

Logits may be an array or any pytree of arrays (one for each scale); each leaf weighs the same.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp

from onepunch_jax.core import Net, Variables
from onepunch_jax.nets.blocks.judgement import Judgement

Array = jax.Array
PyTree = Any
Name = Literal['vanilla', 'lsgan', 'hinge', 'wgan']
softplus, relu = jax.nn.softplus, jax.nn.relu


class Gan(NamedTuple):
  """The losses of the two players."""

  d: Callable[[PyTree, PyTree], Array]  # (real logits, fake logits) -> the discriminator's loss
  g: Callable[[PyTree], Array]  # (fake logits) -> the generator's loss


def make(name: str) -> Gan:
  """The losses that a name stands for.

  Raises:
    ValueError: no loss has that name; the message lists them.
  """
  if name not in GANS:
    raise ValueError(f'No adversarial loss named {name!r}; there are {sorted(GANS)}.')
  return GANS[name]


def judge(disc: Net, v: Variables, *inputs: Array) -> tuple[Judgement, Variables]:
  """Calls a discriminator in training mode; every method calls its own through this function.

  Args:
    disc: returns (logits, features), as nets/blocks/judgement describes them.
    v: the variables.
    inputs: images [B, H, W, *] of one size, and perhaps smaller maps.

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


def _is_judgement(out: PyTree) -> bool:
  """Whether a net's output is (logits, features) or a Judgement."""
  if not isinstance(out, tuple) or len(out) not in (2, 3) or not jax.tree.leaves(out[0]):
    return False
  features = out[1]
  return isinstance(features, tuple) and all(isinstance(maps, tuple) for maps in features)


def _mean_over_leaves(loss: Callable[..., Array]) -> Callable[..., Array]:
  """Applies an elementwise loss to matching leaves of pytrees and averages their means."""

  def mean(*logits: Array) -> Array:
    return jnp.mean(loss(*(x.astype(jnp.float32) for x in logits)))

  def over_trees(*trees: PyTree) -> Array:
    losses = jax.tree.leaves(jax.tree.map(mean, *trees))
    return sum(losses) / len(losses)

  return over_trees


def _vanilla_d(real: Array, fake: Array) -> Array:
  return softplus(-real) + softplus(fake)


def _vanilla_g(fake: Array) -> Array:
  return softplus(-fake)


def _lsgan_d(real: Array, fake: Array) -> Array:
  return 0.5 * ((real - 1) ** 2 + fake**2)


def _lsgan_g(fake: Array) -> Array:
  return (fake - 1) ** 2


def _hinge_d(real: Array, fake: Array) -> Array:
  return relu(1 - real) + relu(1 + fake)


def _wgan_d(real: Array, fake: Array) -> Array:
  return fake - real


def _negative(fake: Array) -> Array:
  return -fake


GANS = {
  # Goodfellow et al. 2014, the non-saturating form
  'vanilla': Gan(_mean_over_leaves(_vanilla_d), _mean_over_leaves(_vanilla_g)),
  # Mao et al. 2017
  'lsgan': Gan(_mean_over_leaves(_lsgan_d), _mean_over_leaves(_lsgan_g)),
  # Lim and Ye 2017; Miyato et al. 2018
  'hinge': Gan(_mean_over_leaves(_hinge_d), _mean_over_leaves(_negative)),
  # Arjovsky et al. 2017; it needs a gradient penalty (losses/penalty.py)
  'wgan': Gan(_mean_over_leaves(_wgan_d), _mean_over_leaves(_negative)),
}
