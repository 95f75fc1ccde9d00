"""The decoder of OnePunchGAN's ColorNet: the taps of an encoder to colours, by pixel shuffle.

Each block doubles the size: 1x1 to twice the channels, pixel shuffle, instance norm, two 3x3; the
tap of the new size is concatenated. Self-attention follows at 1/4 and 1/2 of the size, simple
self-attention at the full one.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import (
  Norm,
  SelfAttention,
  SimpleSelfAttention,
  leaky_relu,
  pixel_shuffle,
)

HE = nn.initializers.he_normal()


class ColorNet(nn.Module):
  """Taps [B, H / 2, W / 2, C0], [B, H / 4, W / 4, C1] ... -> [B, H, W, out_channels], raw.

  With ResNet-50's (64, 256, 512, 1024, 2048) channels the blocks have 1024, 512, 256, 64, 64.
  """

  out_channels: int = 3
  attention: bool = True
  dtype: Any = None
  remat: bool = False  # computes activations again in the backward pass instead of keeping them

  @nn.compact
  def __call__(self, taps: Sequence[jax.Array], train: bool = False) -> jax.Array:
    double = nn.remat(_Double, static_argnums=(2,)) if self.remat else _Double
    attend = nn.remat(SelfAttention, static_argnums=(2,)) if self.remat else SelfAttention
    x, skips = taps[-1], list(taps[-2::-1])
    for i in range(len(taps)):
      remaining = len(taps) - 1 - i  # doublings after this one
      width = (skips[0] if skips else taps[0]).shape[-1]
      x = double(width, self.dtype, name=f'up_{i}')(x, train)
      if self.attention and remaining in (1, 2):
        x = attend(dtype=self.dtype, name=f'attention_{i}')(x, train)
      if skips:
        x = jnp.concatenate([x, skips.pop(0)], -1)
    if self.attention:
      x = SimpleSelfAttention(dtype=self.dtype, name='attention')(x, train)
    x = Conv(self.out_channels, 1, dtype=self.dtype, name='out')(nn.relu(x))
    return x.astype(jnp.float32)


class _Double(nn.Module):
  """[B, h, w, C] -> [B, 2h, 2w, width]."""

  width: int
  dtype: Any

  @nn.compact
  def __call__(self, x: jax.Array, train: bool) -> jax.Array:
    def conv(x, width, kernel, name):
      return Conv(width, kernel, dtype=self.dtype, kernel_init=HE, name=name)(x)

    x = pixel_shuffle(leaky_relu(conv(x, 2 * x.shape[-1], 1, 'wide')))
    x = Norm('instance', name='norm')(x, train)
    x = conv(x, self.width, 3, 'conv_a')
    return leaky_relu(conv(x, self.width, 3, 'conv_b'))


Model = ColorNet
