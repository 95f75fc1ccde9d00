"""JPEG's artefacts on grey images, as matrix products: 8 x 8 DCT, quantisation, inverse DCT."""

import jax
import jax.numpy as jnp
import numpy as np

# The luminance table of the JPEG standard (ITU-T T.81, annex K.1).
TABLE = np.array(
  [
    [16, 11, 10, 16, 24, 40, 51, 61],
    [12, 12, 14, 19, 26, 58, 60, 55],
    [14, 13, 16, 24, 40, 57, 69, 56],
    [14, 17, 22, 29, 51, 87, 80, 62],
    [18, 22, 37, 56, 68, 109, 103, 77],
    [24, 35, 55, 64, 81, 104, 113, 92],
    [49, 64, 78, 87, 103, 121, 120, 101],
    [72, 92, 95, 98, 112, 100, 103, 99],
  ],
  np.float32,
)
_K, _N = np.mgrid[:8, :8]
DCT = (np.cos((2 * _N + 1) * _K * np.pi / 16) * np.where(_K == 0, np.sqrt(1 / 8), 0.5)).astype(
  np.float32
)  # orthonormal, DCT @ x


def degrade(x: jax.Array, quality: jax.Array) -> jax.Array:
  """Compresses images and decodes them.

  Args:
    x: [B, H, W, 1] in [0, 1].
    quality: [B], libjpeg's scale of 1 to 100.

  Returns:
    [B, H, W, 1] in [0, 1].
  """
  b, h, w, _ = x.shape
  scale = jnp.where(quality < 50, 5000 / quality, 200 - 2 * quality)
  table = jnp.clip(jnp.floor((TABLE * scale[:, None, None] + 50) / 100), 1, 255)
  padded = jnp.pad(x[..., 0], ((0, 0), (0, -h % 8), (0, -w % 8)), mode='edge')
  rows, columns = padded.shape[1] // 8, padded.shape[2] // 8
  blocks = padded.reshape(b, rows, 8, columns, 8) * 255 - 128
  waves = jnp.einsum('ki,bricj,lj->brkcl', DCT, blocks, DCT, precision='highest')
  table = table[:, None, :, None, :]
  waves = jnp.round(waves / table) * table
  blocks = jnp.einsum('ki,brkcl,lj->bricj', DCT, waves, DCT, precision='highest')
  padded = jnp.round(jnp.clip(blocks + 128, 0, 255)) / 255
  return padded.reshape(b, rows * 8, columns * 8)[:, :h, :w, None]
