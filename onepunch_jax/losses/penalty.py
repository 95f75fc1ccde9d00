"""Gradient penalties on critics.  Norms are per sample, over all dimensions of the input.

`critic` maps pictures [B, H, W, C] to a pytree of logits; no batch norm may be in it, since
that makes a sample's logit depend on its neighbours.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp

Array = jax.Array


def wgan_gp(critic: Callable, real: Array, fake: Array, key: Array, centre: float = 1.0) -> Array:
  """E (||grad D|| - centre)^2 on the line between real and fake (Gulrajani et al. 2017, eq. 3)."""
  mix = jax.random.uniform(key, (real.shape[0],) + (1,) * (real.ndim - 1))
  norm = jnp.sqrt(_squared_norm(critic, mix * real + (1 - mix) * fake) + 1e-12)
  return jnp.mean((norm - centre) ** 2)


def zero_centred(critic: Callable, x: Array) -> Array:
  """E ||grad D(x)||^2: R1 on real, R2 on fake pictures (Mescheder et al. 2018, eq. 9, 10)."""
  return jnp.mean(_squared_norm(critic, x))


def _squared_norm(critic, x):
  """||d mean logit / dx||^2 of each sample -> [B]; patch logits are averaged per sample."""

  def total(x):
    return sum(
      jnp.mean(logits.astype(jnp.float32), axis=range(1, logits.ndim)).sum()
      for logits in jax.tree.leaves(critic(x))
    )

  return jnp.sum(jax.grad(total)(x) ** 2, axis=range(1, x.ndim))
