"""The U-Net of colorizing_things: a VGG-19-like encoder, a spectral-norm decoder, self-attention.

Encoder: 3x3 convolutions with batch norm in groups of 2, 2, 4, 4, 4 (64, 128, 256, 512, 512), a max
pool after each.  Decoder: skips by concatenation, a 3x3 and a 4x4 transposed convolution of stride
2, both with spectral and batch norm; self-attention at 1/2 of the size.  The public code's widths
do not add up where skips meet; here each block ends in the channels of the skip that it meets.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv, ConvTranspose
from onepunch_jax.nets.blocks.layers import Norm, SelfAttention, max_pool2

HE = nn.initializers.he_normal()


class Model(nn.Module):
  """[B, H, W, C] in [-1, 1] -> [B, H, W, out_channels], raw: the method applies its own tanh."""

  out_channels: int = 3
  width: int = 64
  convs: Sequence[int] = (2, 2, 4, 4, 4)
  norm: str = 'batch'
  dtype: Any = None

  @property
  def multiple(self) -> int:
    """The sides of a picture are multiples of this."""
    return 2 ** len(self.convs)

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
    skips = []
    for i, convs in enumerate(self.convs):
      for j in range(convs):
        conv = Conv(
          self.width * min(2**i, 8),
          use_bias=False,
          dtype=self.dtype,
          kernel_init=HE,
          name=f'conv_{i}_{j}',
        )
        x = nn.relu(Norm(self.norm, name=f'norm_{i}_{j}')(conv(x), train))
      x = max_pool2(x)
      skips.append(x)
    skips.pop()
    for i, skip in enumerate(reversed(skips)):
      x = _Up(skip.shape[-1], self.norm, self.dtype, name=f'up_{i}')(x, train)
      x = x if i == len(skips) - 1 else jnp.concatenate([x, skip], -1)
    x = SelfAttention(spectral=True, dtype=self.dtype, name='attention')(x, train)
    x = jnp.concatenate([x, skips[0]], -1)
    return ConvTranspose(self.out_channels, dtype=self.dtype, spectral=True, name='out')(
      x, train
    ).astype(jnp.float32)


class _Up(nn.Module):
  width: int
  norm: str
  dtype: Any

  @nn.compact
  def __call__(self, x, train):
    how = dict(use_bias=False, dtype=self.dtype, spectral=True)
    x = nn.relu(Norm(self.norm, name='norm')(Conv(self.width, name='conv', **how)(x, train), train))
    x = ConvTranspose(self.width, name='up', **how)(x, train)
    return nn.relu(Norm(self.norm, name='norm_up')(x, train))
