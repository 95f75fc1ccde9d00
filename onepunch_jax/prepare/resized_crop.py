"""Crops a random square of random size and resizes it: OnePunchGAN's crop of U(0.2, 1)."""

import jax
import jax.numpy as jnp

from onepunch_jax.data.batch import MAPS, SPATIAL
from onepunch_jax.prepare import PrepareStep

Array = jax.Array


def make(*, size: int, low: float = 0.2, high: float = 1.0) -> PrepareStep:
  """Makes a step whose images and maps are [B, size, size, C].

  The side of the crop is U(low, high) of the shorter side of what is loaded. Images are
  interpolated linearly (averaged where they shrink), maps take the nearest value.
  """

  def crop(batch, key, step):
    count, height, width, _ = batch['rgb'].shape
    u = jax.random.uniform(key, (3, count))
    side = min(height, width) * (low + (high - low) * u[0])
    places = [_places(u[i] * (n - side), side, size) for i, n in ((1, height), (2, width))]

    def cut(x, name):
      nearest = name in MAPS
      rows, columns = (_matrix(p, n, side / size, nearest) for p, n in zip(places, x.shape[1:3]))
      y = jnp.einsum('bij,bjwc->biwc', rows, x.astype(jnp.float32), precision='highest')
      return jnp.einsum('bij,bhjc->bhic', columns, y, precision='highest').astype(x.dtype)

    return {k: cut(x, k) if k in SPATIAL else x for k, x in batch.items()}

  return crop


def _places(start: Array, side: Array, size: int) -> Array:
  """Centres of `size` pixels along `side`, from `start` on: [B, size] in pixels of the source."""
  return start[:, None] + (jnp.arange(size) + 0.5) * (side / size)[:, None] - 0.5


def _matrix(places: Array, n: int, ratio: Array, nearest: bool) -> Array:
  """[B, size] places -> [B, size, n] weights of the source's pixels."""
  places = jnp.clip(places, 0, n - 1)
  if nearest:
    return jax.nn.one_hot(jnp.round(places).astype(int), n)
  reach = jnp.maximum(ratio, 1)[:, None, None]
  weights = jnp.maximum(0, 1 - jnp.abs(places[..., None] - jnp.arange(n)) / reach)
  return weights / weights.sum(-1, keepdims=True)
