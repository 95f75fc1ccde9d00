"""The weak generator of OnePunchGAN's scan stage: few blocks, two long skips, pixel shuffle.

3x3 64 - 3x3 s2 128 - 3x3 s2 256 with group norm, six residual blocks with instance norm, the sum
with their input; two doublings (1x1, pixel shuffle, group norm, 3x3, 3x3), the sum with the first
maps, 1x1.  Weak on purpose: a strong one would shade a scan instead of removing the shading.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm, pixel_shuffle, reflect_pad

HE = nn.initializers.he_normal()  # N(0, 0.02) fades in narrow nets: two convolutions have no norm


class Model(nn.Module):
  """[B, H, W, C] in [-1, 1] -> [B, H, W, out_channels], raw: the method applies its own tanh."""

  out_channels: int = 1
  width: int = 64
  blocks: int = 6
  dtype: Any = None

  @property
  def multiple(self) -> int:
    """The sides of a picture are multiples of this."""
    return 4

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
    w = self.width
    conv = lambda n, name, kernel=3, stride=1, padding=None: Conv(
      n, kernel, stride, padding, dtype=self.dtype, kernel_init=HE, name=name
    )
    x = reflect_pad(x, 1)
    x = first = nn.relu(_group_norm(w, 'norm_0')(conv(w, 'conv_0', padding=0)(x)))
    x = nn.relu(_group_norm(2 * w, 'norm_1')(conv(2 * w, 'conv_1', stride=2)(x)))
    x = third = nn.relu(_group_norm(4 * w, 'norm_2')(conv(4 * w, 'conv_2', stride=2)(x)))
    for i in range(self.blocks):
      x = _Residual(4 * w, self.dtype, name=f'block_{i}')(x)
    x = x + third
    for i, n in enumerate((2 * w, w)):
      x = pixel_shuffle(nn.relu(conv(4 * n, f'up_{i}', 1)(x)))
      x = nn.relu(conv(n, f'up_{i}_b')(conv(n, f'up_{i}_a')(_group_norm(n, f'up_{i}_norm')(x))))
    return conv(self.out_channels, 'out', 1)(x + first).astype(jnp.float32)


class _Residual(nn.Module):
  width: int
  dtype: Any

  @nn.compact
  def __call__(self, x):
    conv = lambda name: Conv(self.width, 3, padding=0, use_bias=False, dtype=self.dtype, name=name)
    y = nn.relu(Norm('instance', name='norm_a')(conv('conv_a')(reflect_pad(x, 1))))
    y = Norm('instance', name='norm_b')(conv('conv_b')(reflect_pad(y, 1)))
    return nn.relu(x + y)


def _group_norm(channels, name):
  return Norm('group', groups=min(32, max(1, channels // 2)), name=name)
