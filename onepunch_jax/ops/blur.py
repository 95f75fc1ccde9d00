"""Gaussian blur with a width per image, shifts, and minima and maxima over squares."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

Array = jax.Array
TRUNCATE = 4.0  # the kernel ends 4 sigma from its middle, as in OpenCV and scikit-image


def gaussian(x: Array, sigma: Array | float) -> Array:
  """Blurs images as `cv2.GaussianBlur(x, (0, 0), sigma)` does floats, borders mirrored.

  Two products with banded matrices: one fast operation on every device, where a loop over taps
  compiles slowly and a grouped convolution runs slowly on CPUs.

  Args:
    x: [B, H, W, C].
    sigma: standard deviation in pixels, > 0, [B] or one for all.
  """
  sigma = jnp.broadcast_to(jnp.asarray(sigma, x.dtype), x.shape[:1])
  x = jnp.einsum('bij,bjwc->biwc', _matrix(sigma, x.shape[1]), x, precision='highest')
  return jnp.einsum('bij,bhjc->bhic', _matrix(sigma, x.shape[2]), x, precision='highest')


def shifts(x: Array, reach: int, axis: int) -> list[Array]:
  """Copies of x moved along an axis by -reach, ..., reach pixels, borders mirrored."""
  size = x.shape[axis]
  pad = [(0, 0)] * x.ndim
  pad[axis] = (reach, reach)
  wide = jnp.pad(x, pad, mode='reflect' if size > 1 else 'edge')
  return [jax.lax.slice_in_dim(wide, t, t + size, axis=axis) for t in range(2 * reach + 1)]


def window(x: Array, pick: Callable[[Array, Array], Array], reach: int) -> Array:
  """The minimum or maximum over the square around each pixel of [B, H, W, C].

  Args:
    x: [B, H, W, C].
    pick: jax.lax.max or jax.lax.min.
    reach: the side of a square is 2 reach + 1 pixels.
  """
  edge = -jnp.inf if pick is jax.lax.max else jnp.inf
  for dims in ((1, 2 * reach + 1, 1, 1), (1, 1, 2 * reach + 1, 1)):
    x = jax.lax.reduce_window(x, edge, pick, dims, (1, 1, 1, 1), 'SAME')
  return x


def _matrix(sigma: Array, size: int) -> Array:
  """[B] sigmas -> [B, size, size] rows of kernel weights, mirrored without doubling the edge."""
  i, j = jnp.arange(size)[:, None], jnp.arange(size)[None, :]
  reach = jnp.floor(TRUNCATE * sigma + 0.5)[:, None, None]

  def weigh(distance):
    weight = jnp.exp(-0.5 * (distance / sigma[:, None, None]) ** 2)
    return jnp.where(jnp.abs(distance) <= reach, weight, 0)

  period = 2 * (size - 1)
  inner = (j > 0) & (j < size - 1)
  rows = sum(
    weigh(j + period * m - i) + jnp.where(inner, weigh(period * m - j - i), 0) for m in (-1, 0, 1)
  )
  return rows / rows.sum(-1, keepdims=True)
