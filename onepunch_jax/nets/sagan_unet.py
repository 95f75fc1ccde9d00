"""The U-Net of colorizing_things (Afanc/colorizing_things 05a98f0, generator_vgg19.py).

Two 3x3 of 3 channels; VGG-19's convolutions with batch norm in groups of 2, 2, 4, 4, 4 (64, 128,
256, 512, 512 channels), a max pool after each but the last. Decoder: a 3x3 to half the channels
and a transposed 4x4 of stride 2, both with spectral and batch norm, from 1/16 to 1/2, the
encoder's maps beside; a 3x3; self-attention; a transposed 4x4 to the colours. (Theirs starts from
ImageNet's weights.)
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv, ConvTranspose
from onepunch_jax.nets.blocks.layers import FullSelfAttention, Norm, max_pool2

HE = nn.initializers.he_normal()


class AttentionUNet(nn.Module):
  """[B, H, W, C] in [-1, 1] -> [B, H, W, out_channels], raw: the method applies its own tanh.

  H and W are multiples of 2 ** (len(convs) - 1).

  Attributes:
    width: channels of the first group.
    convs: convolutions of each group.
  """

  out_channels: int = 3
  width: int = 64
  convs: Sequence[int] = (2, 2, 4, 4, 4)
  norm: str = 'batch'
  dtype: Any = None

  @property
  def multiple(self) -> int:
    return 2 ** (len(self.convs) - 1)

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
    def layer(x, width, name, conv=Conv, **options):
      y = conv(width, dtype=self.dtype, name=name, **options)(x, train)
      return nn.relu(Norm(self.norm, name=f'norm_{name}')(y, train))

    x = layer(layer(x, 3, 'first_0', kernel_init=HE), 3, 'first_1', kernel_init=HE)
    skips = []
    for i, convs in enumerate(self.convs):
      for j in range(convs):
        x = layer(x, self.width * min(2**i, 8), f'conv_{i}_{j}', kernel_init=HE)
      if i < len(self.convs) - 1:
        x = max_pool2(x)
        skips.append(x)
    for i in reversed(range(len(skips) - 1)):
      x = layer(x, x.shape[-1] // 2, f'up_{i}_conv', spectral=True)
      x = layer(x, skips[i].shape[-1], f'up_{i}', ConvTranspose, spectral=True)
      x = jnp.concatenate([skips[i], x], -1)
    x = layer(x, self.width, 'head', spectral=True)
    x = FullSelfAttention(self.dtype, name='attention')(x, train)
    last = ConvTranspose(self.out_channels, dtype=self.dtype, spectral=True, name='out')
    return last(x, train).astype(jnp.float32)


Model = AttentionUNet
