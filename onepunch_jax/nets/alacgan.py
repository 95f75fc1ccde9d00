"""The generator of AlacGAN (Ci et al. 2018): ResNeXt tunnels, a hint at a quarter.

Encoder: 3x3 32 at full size; 4x4 of stride 2 to 64, 128 (here the hint joins, through 7x7 64), 256,
512 (here features of the line art join).  Decoder: at 1/16, 1/8, 1/4, 1/2 a 3x3, a tunnel of 20, 8,
8, 5 ResNeXt blocks and a pixel shuffle; 3x3 to the colours.  LeakyReLU 0.2, no norm.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import HE, leaky_relu, pixel_shuffle

DILATIONS = {4: (1,), 3: (1, 1, 2, 2, 4, 4, 2, 1), 2: (1, 1, 2, 2, 4, 4, 2, 1), 1: (1, 2, 4, 2, 1)}


class Model(nn.Module):
  """Line art [B, H, W, 1], hint [B, H/4, W/4, 4] -> [B, H, W, out_channels], raw.

  `features` [B, H/16, W/16, *] of a frozen net, or None.  `tunnels` are the numbers of blocks from
  the coarsest on; H and W are multiples of 16.
  """

  out_channels: int = 3
  width: int = 64
  tunnels: Sequence[int] = (20, 8, 8, 5)
  cardinality: int = 32
  dtype: Any = None
  remat: bool = False

  @property
  def multiple(self) -> int:
    """The sides of a picture are multiples of this."""
    return 16

  @nn.compact
  def __call__(
    self, line: jax.Array, hint: jax.Array, features: jax.Array | None = None, train: bool = False
  ) -> jax.Array:
    w = self.width
    block = nn.remat(ResNeXt) if self.remat else ResNeXt

    def conv(x, width, name, kernel=3, stride=1):
      padding = 1 if stride == 2 else None
      return leaky_relu(
        Conv(width, kernel, stride, padding, kernel_init=HE, dtype=self.dtype, name=name)(x)
      )

    told = conv(hint, w, 'hint', 7)
    levels = [conv(line, w // 2, 'down_0')]
    for i in (1, 2, 3, 4):
      x = jnp.concatenate([levels[-1], told], -1) if i == 3 else levels[-1]
      levels.append(conv(x, w * 2 ** (i - 1), f'down_{i}', 4, 2))
    x = levels.pop()
    x = x if features is None else jnp.concatenate([x, features.astype(x.dtype)], -1)
    for i, blocks in zip((4, 3, 2, 1), self.tunnels):
      width = w * 2 ** (i - 1)
      x = conv(x, width, f'tunnel_{i}')
      for n in range(blocks):
        dilation = DILATIONS[i][n % len(DILATIONS[i])]
        x = block(width, self.cardinality, dilation, dtype=self.dtype, name=f'block_{i}_{n}')(x)
      x = leaky_relu(
        pixel_shuffle(Conv(2 * width, kernel_init=HE, dtype=self.dtype, name=f'enlarge_{i}')(x))
      )
      x = jnp.concatenate([x, levels.pop()], -1)
    return Conv(self.out_channels, dtype=self.dtype, name='last')(x).astype(jnp.float32)


class ResNeXt(nn.Module):
  """1x1 to half the width, 3x3 in groups, 1x1, and the input (or 2x2 means of it) added."""

  width: int
  cardinality: int = 32
  dilation: int = 1
  stride: int = 1
  dtype: Any = None

  @nn.compact
  def __call__(self, x: jax.Array) -> jax.Array:
    inner = max(1, self.width // 2)
    groups = min(self.cardinality, inner)
    conv = lambda x, name, *args, **kwargs: Conv(
      *args, kernel_init=HE, use_bias=False, dtype=self.dtype, name=name, **kwargs
    )(x)
    y = leaky_relu(conv(x, 'reduce', inner, 1))
    y = leaky_relu(conv(y, 'spread', inner, 3, self.stride, dilation=self.dilation, groups=groups))
    y = conv(y, 'expand', self.width, 1)
    if self.stride > 1:
      x = nn.avg_pool(x, (2, 2), (2, 2))
    if x.shape[-1] != self.width:
      x = conv(x, 'shortcut', self.width, 1)
    return leaky_relu(x + 0.2 * y)
