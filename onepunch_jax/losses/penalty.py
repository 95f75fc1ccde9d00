"""Gradient penalties on critics.

`critic` maps images [B, H, W, C] to a pytree of logits. Norms are per sample, over all dimensions
of the input, or (AlacGAN's released code) per pixel. No batch norm may be in a critic, since it
makes the logit of a sample depend on the others.
"""

from collections.abc import Callable
from typing import Any, Literal

import flax.linen as nn
import jax
import jax.numpy as jnp

Array = jax.Array
PyTree = Any
Critic = Callable[[Array], PyTree]
Terms = dict[str, Array]
Over = Literal['picture', 'pixel']  # what the norm of a gradient is over


def make(
  critic: nn.Module,
  *,
  gp: float = 0.0,
  r1: float = 0.0,
  r2: float = 0.0,
  drift: float = 0.0,
  gp_over: Over = 'picture',
) -> Callable[[Critic, Array, Array, PyTree, Array], tuple[Array | float, Terms]]:
  """Makes a weighted sum of penalties.

  Args:
    critic: the discriminator's module.
    gp: weight of WGAN-GP's penalty.
    r1, r2: weights of the zero-centred penalties on real and on fake images.
    drift: weight of E D(x)^2 on real images, which keeps a WGAN's logits near 0 (Karras 2018).
    gp_over: of which gradient the norm shall be 1 (`wgan_gp`).

  Returns:
    (critic of images, real images, fake images, real logits, key) -> (the sum, {name: penalty}).

  Raises:
    ValueError: the critic has batch norm, or `gp_over` is no such word.
  """
  if gp_over not in ('picture', 'pixel'):
    raise ValueError(f"The gradient's norm is over a 'picture' or a 'pixel', not {gp_over!r}.")
  if (gp or r1 or r2) and getattr(critic, 'norm', None) == 'batch':
    raise ValueError(
      'A gradient penalty is on the logits of single pictures, but with batch norm each depends on '
      "the whole batch: give the discriminator norm='instance', 'layer' or 'none'."
    )

  def penalise(critic, real, fake, real_logits, key):
    weighted = []
    if gp:
      weighted.append(('gp', gp, wgan_gp(critic, real, fake, key, over=gp_over)))
    if r1:
      weighted.append(('r1', r1, zero_centred(critic, real)))
    if r2:
      weighted.append(('r2', r2, zero_centred(critic, fake)))
    if drift:
      weighted.append(('drift', drift, mean_square(real_logits)))
    total = sum(weight * term for _, weight, term in weighted)
    return total, {name: term for name, _, term in weighted}

  return penalise


def mean_square(logits: PyTree) -> Array:
  """E D(x)^2 over a pytree of logits, each leaf weighing the same."""
  leaves = [jnp.mean(x.astype(jnp.float32) ** 2) for x in jax.tree.leaves(logits)]
  return sum(leaves) / len(leaves)


def wgan_gp(
  critic: Critic,
  real: Array,
  fake: Array,
  key: Array,
  centre: float = 1.0,
  over: Over = 'picture',
) -> Array:
  """E (||grad D|| - centre)^2 on the line between real and fake (Gulrajani et al. 2017, eq. 3).

  Args:
    critic, real, fake, key: the critic, images, and the key of their mixture.
    centre: the norm that is asked for.
    over: 'picture', the norm of a picture's whole gradient; or 'pixel', the norms over the channels
      of each pixel, whose squares are averaged over pixels (orashi/AlacGAN 07cc481): the whole
      gradient may then be sqrt(H W) times as large.
  """
  mix = jax.random.uniform(key, (real.shape[0],) + (1,) * (real.ndim - 1))
  gradient = _gradient(critic, mix * real + (1 - mix) * fake)
  axes = tuple(range(1, real.ndim)) if over == 'picture' else (-1,)
  norm = jnp.sqrt(jnp.sum(gradient**2, axes) + 1e-12)
  return jnp.mean((norm - centre) ** 2)


def zero_centred(critic: Critic, x: Array) -> Array:
  """E ||grad D(x)||^2: R1 on real, R2 on fake images (Mescheder et al. 2018, eq. 9, 10)."""
  return jnp.mean(_squared_norm(critic, x))


def _squared_norm(critic: Critic, x: Array) -> Array:
  """||d mean logit / dx||^2 of each sample -> [B]."""
  return jnp.sum(_gradient(critic, x) ** 2, axis=range(1, x.ndim))


def _gradient(critic: Critic, x: Array) -> Array:
  """d mean logit / dx, of the shape of x; patch logits are averaged per sample."""

  def total(x):
    return sum(
      jnp.mean(logits.astype(jnp.float32), axis=range(1, logits.ndim)).sum()
      for logits in jax.tree.leaves(critic(x))
    )

  return jax.grad(total)(x)
