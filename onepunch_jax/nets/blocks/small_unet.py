"""A U-Net of a few hundred thousand parameters, for nets that run on pages beside the main one.

No norm looks beyond a pixel, so that a page gives what its parts give.
"""

from collections.abc import Sequence

import flax.linen as nn
import jax

from onepunch_jax.nets.blocks.layers import pixel_shuffle, upsample_nearest


class Residual(nn.Module):
  """[B, H, W, C] -> same."""

  features: int

  @nn.compact
  def __call__(self, x: jax.Array) -> jax.Array:
    h = nn.silu(nn.LayerNorm()(x))
    h = nn.silu(nn.Conv(self.features, (3, 3), kernel_init=_HE)(h))
    return x + nn.Conv(self.features, (3, 3), kernel_init=_SMALL)(h)


def small_unet(
  x: jax.Array, widths: Sequence[int], blocks: Sequence[int], features: int
) -> jax.Array:
  """[B, H, W, C] -> [B, H, W, features]; called within a compact module, which gets the layers.

  Args:
    x: H and W are multiples of 2 ** len(widths).
    widths: of the features at strides 2, 4, 8 and so on.
    blocks: residual blocks at each stride on the way down; there is one on the way up.
    features: of the result.
  """
  x = nn.Conv(widths[0], (3, 3), kernel_init=_HE, name='first')(_pixel_unshuffle(x))
  skips = []
  for i, width in enumerate(widths):
    if i:
      x = nn.Dense(width, name=f'down_{i}')(_pixel_unshuffle(x))
    for k in range(blocks[i]):
      x = Residual(width, name=f'down_{i}_{k}')(x)
    skips.append(x)
  for i in reversed(range(len(widths) - 1)):
    above = upsample_nearest(nn.Dense(widths[i], name=f'up_{i}')(x))
    x = Residual(widths[i], name=f'up_{i}_0')(above + skips[i])
  x = nn.Dense(4 * features, name='last')(nn.silu(nn.LayerNorm()(x)))
  return pixel_shuffle(x)


_HE = nn.initializers.he_normal()
_SMALL = nn.initializers.variance_scaling(0.3, 'fan_in', 'normal')


def _pixel_unshuffle(x: jax.Array) -> jax.Array:
  """[B, H, W, C] -> [B, H / 2, W / 2, 4 C]."""
  b, h, w, c = x.shape
  x = x.reshape(b, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 2, 4, 5)
  return x.reshape(b, h // 2, w // 2, 4 * c)
