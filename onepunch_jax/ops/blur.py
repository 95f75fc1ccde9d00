"""Gaussian blur with a width per picture: as `cv2.GaussianBlur(x, (0, 0), sigma)` on floats."""

from __future__ import annotations

import jax
import jax.numpy as jnp

TRUNCATE = 4.0  # the kernel ends 4 sigma from its middle, as in OpenCV and scikit-image


def gaussian(x, sigma):
  """Blur [B, H, W, C] by sigma pixels ([B] or a scalar, > 0), borders mirrored.

  Two products with banded matrices: one fast operation on every device, where a loop over taps
  compiles slowly and a grouped convolution runs slowly on CPUs.
  """
  sigma = jnp.broadcast_to(jnp.asarray(sigma, x.dtype), x.shape[:1])
  x = jnp.einsum('bij,bjwc->biwc', _matrix(sigma, x.shape[1]), x, precision='highest')
  return jnp.einsum('bij,bhjc->bhic', _matrix(sigma, x.shape[2]), x, precision='highest')


def shifts(x, reach: int, axis: int):
  """x moved along an axis by -reach .. reach pixels, one after the other, borders mirrored."""
  size = x.shape[axis]
  pad = [(0, 0)] * x.ndim
  pad[axis] = (reach, reach)
  wide = jnp.pad(x, pad, mode='reflect' if size > 1 else 'edge')
  return [jax.lax.slice_in_dim(wide, t, t + size, axis=axis) for t in range(2 * reach + 1)]


def window(x, pick, reach: int):
  """pick (jax.lax.max or min) over squares of 2 reach + 1 pixels of [B, H, W, C]."""
  edge = -jnp.inf if pick is jax.lax.max else jnp.inf
  for dims in ((1, 2 * reach + 1, 1, 1), (1, 1, 2 * reach + 1, 1)):
    x = jax.lax.reduce_window(x, edge, pick, dims, (1, 1, 1, 1), 'SAME')
  return x


def _matrix(sigma, size: int):
  """[B] sigmas -> [B, size, size] rows of kernel weights, mirrored without doubling the edge."""
  i, j = jnp.arange(size)[:, None], jnp.arange(size)[None, :]
  reach = jnp.floor(TRUNCATE * sigma + 0.5)[:, None, None]
  weigh = lambda d: jnp.where(
    jnp.abs(d) <= reach, jnp.exp(-0.5 * (d / sigma[:, None, None]) ** 2), 0
  )
  period = 2 * (size - 1)
  inner = (j > 0) & (j < size - 1)
  rows = sum(
    weigh(j + period * m - i) + jnp.where(inner, weigh(period * m - j - i), 0) for m in (-1, 0, 1)
  )
  return rows / rows.sum(-1, keepdims=True)
