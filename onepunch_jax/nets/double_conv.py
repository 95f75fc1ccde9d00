"""A U-Net of double convolutions (Ronneberger et al., 2015, padded): 64-128-256-512-512.

Each level is two 3x3 convolutions with a norm and ReLU; 2x2 max pools down, bilinear x2 and a 3x3
convolution up, skips by concatenation.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm, max_pool2, upsample_bilinear2


class DoubleConvUNet(nn.Module):
  """[B, H, W, C] in [-1, 1] -> [B, H, W, out_channels], raw: the method applies its own tanh.

  H and W are multiples of 2 ** (levels - 1).
  """

  out_channels: int = 3
  widths: Sequence[int] = (64, 128, 256, 512, 512)
  norm: str = 'batch'
  dtype: Any = None
  remat: bool = False

  @property
  def multiple(self) -> int:
    return 2 ** (len(self.widths) - 1)

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
    twice = nn.remat(_Twice, static_argnums=(2,)) if self.remat else _Twice
    skips = []
    for i, width in enumerate(self.widths):
      x = max_pool2(x) if i else x
      x = twice(width, self.norm, self.dtype, name=f'down_{i}')(x, train)
      skips.append(x)
    x = skips.pop()
    for i in reversed(range(len(self.widths) - 1)):
      x = Conv(self.widths[i], dtype=self.dtype, name=f'enlarge_{i}')(upsample_bilinear2(x))
      x = jnp.concatenate([skips.pop(), x], -1)
      x = twice(self.widths[i], self.norm, self.dtype, name=f'up_{i}')(x, train)
    return Conv(self.out_channels, 1, dtype=self.dtype, name='last')(x).astype(jnp.float32)


class _Twice(nn.Module):
  """Two 3x3 convolutions, each with norm and ReLU: [B, h, w, C] -> [B, h, w, width]."""

  width: int
  norm: str
  dtype: Any

  @nn.compact
  def __call__(self, x: jax.Array, train: bool) -> jax.Array:
    he = nn.initializers.variance_scaling(2.0, 'fan_in', 'normal')
    for i in range(2):
      x = Conv(
        self.width, use_bias=self.norm == 'none', kernel_init=he, dtype=self.dtype, name=f'conv_{i}'
      )(x)
      x = nn.relu(Norm(self.norm, name=f'norm_{i}')(x, train))
    return x


Model = DoubleConvUNet
