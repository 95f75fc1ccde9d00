"""The net of user-guided colorization (Zhang et al. 2017), as released.

Ten groups: 64, 128, 256 and 512 at strides 1, 2, 4, 8; twice 512 of dilation 2; 512; then 256, 128
and 128 after transposed convolutions, to each of which the group of its size is added. ReLU, a
norm after each group but the last. Classes of colour branch off the eighth group.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv, ConvTranspose
from onepunch_jax.nets.blocks.layers import HE, Norm, leaky_relu


class PointsNet(nn.Module):
  """Grey image and hints [B, H, W, C] -> (colours, logits of colour classes).

  Colours are [B, H, W, out_channels], raw; logits [B, H/4, W/4, bins]. `histogram` [B, *] or None
  goes through four linear layers and is added to all places after the fourth group: the paper's
  global hints. H and W are multiples of 8. With `detach_classes` no gradient of the logits reaches
  the groups (richzhang/colorization-pytorch 66a1cb2, in the phase of regression).
  """

  bins: int = 529
  out_channels: int = 2
  width: int = 64
  norm: str = 'batch'
  dtype: Any = None
  detach_classes: bool = False

  @property
  def multiple(self) -> int:
    return 8

  @nn.compact
  def __call__(self, x: jax.Array, histogram: jax.Array | None = None, train: bool = False):
    w, groups = self.width, {}

    def conv(x, width, name, **kwargs):
      return Conv(width, kernel_init=HE, dtype=self.dtype, name=name, **kwargs)(x)

    def group(x, g, width, layers, dilation=1):
      for i in range(1, layers + 1):
        x = nn.relu(conv(x, width, f'conv{g}_{i}', dilation=dilation))
      groups[g] = Norm(self.norm, name=f'norm{g}')(x, train)
      return groups[g]

    def up(x, g, width, short):
      x = ConvTranspose(width, kernel_init=HE, dtype=self.dtype, name=f'up{g}')(x)
      return nn.relu(x + conv(groups[short], width, f'short{g}'))

    x = group(x, 1, w, 2)
    x = group(x[:, ::2, ::2], 2, 2 * w, 2)
    x = group(x[:, ::2, ::2], 3, 4 * w, 3)
    x = group(x[:, ::2, ::2], 4, 8 * w, 3)
    if histogram is not None:
      for i in range(4):
        histogram = nn.relu(nn.Dense(8 * w, kernel_init=HE, name=f'global_{i}')(histogram))
      x = x + histogram[:, None, None].astype(x.dtype)
    x = group(x, 5, 8 * w, 3, 2)
    x = group(x, 6, 8 * w, 3, 2)
    x = group(x, 7, 8 * w, 3)
    x = group(up(x, 8, 4 * w, 3), 8, 4 * w, 2)
    inner = jax.lax.stop_gradient(x) if self.detach_classes else x
    logits = Conv(self.bins, 1, dtype=self.dtype, name='logits')(inner)
    x = group(up(x, 9, 2 * w, 2), 9, 2 * w, 1)
    x = leaky_relu(conv(up(x, 10, 2 * w, 1), 2 * w, 'conv10_1'))
    colors = Conv(self.out_channels, 1, dtype=self.dtype, name='answer')(x)
    return colors.astype(jnp.float32), logits.astype(jnp.float32)


Model = PointsNet
