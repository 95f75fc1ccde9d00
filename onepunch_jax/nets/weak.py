"""The weak generator of OnePunchGAN's scan stage: few blocks, two long skips, pixel shuffle.

3x3 64 - 3x3 s2 128 - 3x3 s2 256 with group norm, six residual blocks with instance norm, the sum
with their input; two doublings (1x1, pixel shuffle, group norm, 3x3, 3x3), the sum with the first
maps, 1x1. It is weak on purpose: a strong net would shade a scan instead of removing the shading.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm, pixel_shuffle, reflect_pad

HE = nn.initializers.he_normal()  # N(0, 0.02) fades in narrow nets: two convolutions have no norm


class WeakGenerator(nn.Module):
  """[B, H, W, C] in [-1, 1] -> [B, H, W, out_channels], raw: the method applies its own tanh."""

  out_channels: int = 1
  width: int = 64
  blocks: int = 6
  dtype: Any = None

  @property
  def multiple(self) -> int:
    return 4

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
    w = self.width

    def conv(x, width, name, kernel=3, stride=1, padding=None):
      options = dict(dtype=self.dtype, kernel_init=HE, name=name)
      return Conv(width, kernel, stride, padding, **options)(x)

    x = conv(reflect_pad(x, 1), w, 'conv_0', padding=0)
    x = first = nn.relu(_group_norm(x, 'norm_0'))
    x = nn.relu(_group_norm(conv(x, 2 * w, 'conv_1', stride=2), 'norm_1'))
    x = third = nn.relu(_group_norm(conv(x, 4 * w, 'conv_2', stride=2), 'norm_2'))
    for i in range(self.blocks):
      x = _Residual(4 * w, self.dtype, name=f'block_{i}')(x)
    x = x + third
    for i, width in enumerate((2 * w, w)):
      x = pixel_shuffle(nn.relu(conv(x, 4 * width, f'up_{i}', 1)))
      x = conv(_group_norm(x, f'up_{i}_norm'), width, f'up_{i}_a')
      x = nn.relu(conv(x, width, f'up_{i}_b'))
    return conv(x + first, self.out_channels, 'out', 1).astype(jnp.float32)


class _Residual(nn.Module):
  """ReLU(x + norm(3x3(ReLU(norm(3x3(x)))))): [B, h, w, width] -> same."""

  width: int
  dtype: Any

  @nn.compact
  def __call__(self, x: jax.Array) -> jax.Array:
    def layer(x, name):
      options = dict(padding=0, use_bias=False, dtype=self.dtype, name=f'conv_{name}')
      x = Conv(self.width, 3, **options)(reflect_pad(x, 1))
      return Norm('instance', name=f'norm_{name}')(x)

    return nn.relu(x + layer(nn.relu(layer(x, 'a')), 'b'))


def _group_norm(x: jax.Array, name: str) -> jax.Array:
  return Norm('group', groups=min(32, max(1, x.shape[-1] // 2)), name=name)(x)


Model = WeakGenerator
