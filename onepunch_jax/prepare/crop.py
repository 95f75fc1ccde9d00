"""A random square out of each drawing: with a larger load size, pix2pix's jitter (286 -> 256)."""

import jax

from onepunch_jax.data.batch import SPATIAL


def make(*, size):
  """(batch, key, step) -> batch whose pictures and maps are [B, size, size, C].

  Raises:
    ValueError: the drawings are smaller than `size`.
  """

  def crop(batch, key, step):
    count, height, width, _ = batch['rgb'].shape
    if min(height, width) < size:
      raise ValueError(f'Cannot cut {size} px out of {height} px: raise config.data.load_size.')
    ky, kx = jax.random.split(key)
    top = jax.random.randint(ky, (count,), 0, height - size + 1)
    left = jax.random.randint(kx, (count,), 0, width - size + 1)
    square = lambda x: (size, size, x.shape[-1])
    cut = jax.vmap(lambda x, y0, x0: jax.lax.dynamic_slice(x, (y0, x0, 0), square(x)))
    return {k: cut(x, top, left) if k in SPATIAL else x for k, x in batch.items()}

  return crop
