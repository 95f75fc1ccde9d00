"""A structure loss: the L1 between edge maps instead of colours."""

import jax
import jax.numpy as jnp

Array = jax.Array


def edges(rgb: Array) -> Array:
  """Sobel gradients of every channel: [B, H, W, C] -> [B, H - 2, W - 2, 2 C], per pixel."""
  rgb = rgb.astype(jnp.float32)
  return jnp.concatenate([_slope(_smooth(rgb, 1), 2), _slope(_smooth(rgb, 2), 1)], -1)


def edge_l1(a: Array, b: Array) -> Array:
  """Mean absolute difference of the Sobel gradients of two batches of images [B, H, W, C]."""
  return jnp.mean(jnp.abs(edges(a) - edges(b)))


def _smooth(x: Array, axis: int) -> Array:
  return (_part(x, 0, axis) + 2 * _part(x, 1, axis) + _part(x, 2, axis)) / 4


def _slope(x: Array, axis: int) -> Array:
  return (_part(x, 2, axis) - _part(x, 0, axis)) / 2


def _part(x: Array, start: int, axis: int) -> Array:
  """All but two entries of an axis, from `start` on."""
  return jax.lax.slice_in_dim(x, start, start + x.shape[axis] - 2, axis=axis)
