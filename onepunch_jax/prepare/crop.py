"""Crops a random square of each image: with a larger load size, pix2pix's jitter (286 -> 256)."""

import jax

from onepunch_jax.data.batch import SPATIAL
from onepunch_jax.prepare import PrepareStep


def make(*, size: int) -> PrepareStep:
  """Makes a step whose images and maps are [B, size, size, C].

  Raises:
    ValueError: the images are smaller than `size`.
  """

  def cut(x, top, left):
    return jax.lax.dynamic_slice(x, (top, left, 0), (size, size, x.shape[-1]))

  def crop(batch, key, step):
    count, height, width, _ = batch['rgb'].shape
    if min(height, width) < size:
      raise ValueError(f'Cannot cut {size} px out of {height} px: raise config.data.load_size.')
    ky, kx = jax.random.split(key)
    top = jax.random.randint(ky, (count,), 0, height - size + 1)
    left = jax.random.randint(kx, (count,), 0, width - size + 1)
    return {k: jax.vmap(cut)(x, top, left) if k in SPATIAL else x for k, x in batch.items()}

  return crop
