"""Losses between images, pixel by pixel."""

import jax
import jax.numpy as jnp

Array = jax.Array


def l1(a: Array, b: Array) -> Array:
  """Mean absolute difference, in float32."""
  return jnp.mean(jnp.abs(a.astype(jnp.float32) - b.astype(jnp.float32)))


def l2(a: Array, b: Array) -> Array:
  """Mean squared difference, in float32."""
  return jnp.mean((a.astype(jnp.float32) - b.astype(jnp.float32)) ** 2)
