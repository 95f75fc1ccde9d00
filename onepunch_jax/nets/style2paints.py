"""The generator of style2paints V1 (Zhang et al. 2017): a style vector joins at the bottleneck.

3x3 to 32, 4x4 of stride 2 to 64, 128, 256, 512; the bottleneck, 2048 channels at a sixteenth, to
which a projection of the style is added; residual blocks (through a quarter of the channels); a
decoder with skips. Two guide decoders without skips, where the bottleneck begins and where it ends,
keep the skips from bypassing it. LeakyReLU 0.2.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import HE, Norm, leaky_relu, upsample_nearest

HALVINGS = 4


class Style2PaintsGenerator(nn.Module):
  """Line art [B, H, W, 1], style [B, K] -> (colours, (grey guide, colour guide)), all raw.

  Colours are [B, H, W, out_channels]. The guides are grey [B, H, W, 1], from before the style
  joins, and colours.
  """

  out_channels: int = 3
  width: int = 32
  middle: int = 2048
  blocks: int = 4
  norm: str = 'batch'
  dtype: Any = None

  @property
  def multiple(self) -> int:
    return 2**HALVINGS

  @nn.compact
  def __call__(self, line: jax.Array, style: jax.Array, train: bool = False):
    def layer(x, width, name, kernel=3, stride=1):
      padding = 1 if stride == 2 else None
      x = Conv(
        width,
        kernel,
        stride,
        padding,
        use_bias=self.norm == 'none',
        kernel_init=HE,
        dtype=self.dtype,
        name=name,
      )(x)
      return leaky_relu(Norm(self.norm, name=f'{name}_norm')(x, train))

    def last(x, channels, name):
      return Conv(channels, dtype=self.dtype, name=name)(x).astype(jnp.float32)

    def guide(x, channels, name):
      for i in reversed(range(HALVINGS)):
        x = layer(upsample_nearest(x), self.width * 2**i, f'{name}_{i}')
      return last(x, channels, f'{name}_last')

    skips = [layer(line, self.width, 'down_0')]
    for i in range(1, HALVINGS + 1):
      skips.append(layer(skips[-1], self.width * 2**i, f'down_{i}', 4, 2))
    x = layer(skips.pop(), self.middle, 'enter')
    grey = guide(x, 1, 'grey')
    project = nn.Dense(self.middle, use_bias=False, kernel_init=HE, dtype=self.dtype, name='style')
    x = x + project(style)[:, None, None]
    for i in range(self.blocks):
      y = layer(x, self.middle // 4, f'block_{i}_0', 1)
      y = layer(y, self.middle // 4, f'block_{i}_1')
      x = leaky_relu(
        x + Conv(self.middle, 1, kernel_init=HE, dtype=self.dtype, name=f'block_{i}_2')(y)
      )
    color = guide(x, self.out_channels, 'color')
    for i in reversed(range(HALVINGS)):
      x = jnp.concatenate([upsample_nearest(x), skips.pop()], -1)
      x = layer(x, self.width * 2**i, f'up_{i}')
    return last(x, self.out_channels, 'last'), (grey, color)


Model = Style2PaintsGenerator
