"""The shading net (Frans 2017, outline colorization): flat colours and line art to shaded colours.

Two spectral-norm convolutions of stride 2 to 16 and 64 channels and two back, one skip.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv, ConvTranspose
from onepunch_jax.nets.blocks.layers import Norm


class ShadingNet(nn.Module):
  """Colours [B, H, W, 3] and line art [B, H, W, 1], in [-1, 1] -> [B, H, W, 3], raw."""

  out_channels: int = 3
  width: int = 16
  norm: str = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, color: jax.Array, line: jax.Array, train: bool = False) -> jax.Array:
    options = dict(use_bias=False, dtype=self.dtype, spectral=True)

    def norm(x, name):
      return nn.relu(Norm(self.norm, name=name)(x, train))

    x = jnp.concatenate([color, line], -1)
    half = norm(Conv(self.width, 4, 2, 1, name='down_0', **options)(x, train), 'norm_0')
    x = norm(Conv(4 * self.width, 4, 2, 1, name='down_1', **options)(half, train), 'norm_1')
    x = norm(ConvTranspose(self.width, name='up_1', **options)(x, train), 'norm_2')
    x = jnp.concatenate([x, half], -1)
    x = norm(ConvTranspose(self.width, name='up_0', **options)(x, train), 'norm_3')
    x = Conv(self.out_channels, dtype=self.dtype, spectral=True, name='out')(x, train)
    return x.astype(jnp.float32)


Model = ShadingNet
