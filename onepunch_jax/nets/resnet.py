"""ResNet-50 (He et al., 2016) as torchvision has it: the stride of a block is in its 3x3.

With other `stages` and `width` it is any bottleneck ResNet: (3, 4, 23, 3) is ResNet-101;
`cardinality` 32 is ResNeXt-50 32x4d (Xie et al., 2017), with `se` gates SE-ResNeXt (Hu, 2018).
"""

import math
from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm, imagenet, larger
from onepunch_jax.nets.sacat import Gate

HE = nn.initializers.variance_scaling(2.0, 'fan_out', 'normal')


class ResNet(nn.Module):
  """sRGB [B, H, W, 3] in [-1, 1] -> (logits [B, classes] or None, the five taps).

  Taps: after the 7x7 at 1/2 [64 channels], then after each stage at 1/4, 1/8, 1/16, 1/32 [256, 512,
  1024, 2048].  classes=0 is an encoder without a head.  With `grey` only the first channel is read,
  in [0, 1], as Tag2Pix's classifier of lines does (blandocs 733d729); else ImageNet's statistics
  standardise three.
  """

  stages: Sequence[int] = (3, 4, 6, 3)
  width: int = 64
  classes: int = 0
  norm: str = 'batch'
  dtype: Any = None
  remat: bool = False
  cardinality: int = 1
  se: bool = False
  grey: bool = False

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False):
    x = 0.5 + 0.5 * x[..., :1] if self.grey else imagenet(x)
    block = nn.remat(Bottleneck, static_argnums=(2,)) if self.remat else Bottleneck
    x = Conv(self.width, 7, 2, use_bias=False, kernel_init=HE, dtype=self.dtype, name='conv1')(x)
    x = nn.relu(Norm(self.norm, name='bn1')(x, train))
    taps = [x]
    x = _max_pool3(x)
    for s, blocks in enumerate(self.stages):
      for i in range(blocks):
        stride = 2 if s and not i else 1
        x = block(
          self.width * 2**s,
          stride,
          self.norm,
          self.dtype,
          self.cardinality,
          self.se,
          name=f'layer{s + 1}_{i}',
        )(x, train)
      taps.append(x)
    if not self.classes:
      return None, tuple(taps)
    return nn.Dense(self.classes, name='fc')(x.astype(jnp.float32).mean((1, 2))), tuple(taps)


class Bottleneck(nn.Module):
  """1x1 - 3x3 - 1x1 to 4 * width channels, and a shortcut: [B, H, W, C] -> [B, h, w, 4 * width].

  In groups, the first two are twice as wide.
  """

  width: int
  stride: int = 1
  norm: str = 'batch'
  dtype: Any = None
  cardinality: int = 1
  se: bool = False

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
    def layer(x, width, kernel, stride, i, groups=1):
      options = dict(groups=groups, use_bias=False, kernel_init=HE, dtype=self.dtype)
      x = Conv(width, kernel, stride, name=f'conv{i}', **options)(x)
      return Norm(self.norm, name=f'bn{i}')(x, train)

    inner = self.width * (2 if self.cardinality > 1 else 1)
    groups = math.gcd(inner, self.cardinality)
    y = nn.relu(layer(x, inner, 1, 1, 1))
    y = nn.relu(layer(y, inner, 3, self.stride, 2, groups))
    y = layer(y, 4 * self.width, 1, 1, 3)
    if self.se:
      y = Gate('se', self.dtype, name='se')(y, jnp.zeros((len(y), 1, 1, 0), y.dtype))
    if x.shape != y.shape:
      x = layer(x, 4 * self.width, 1, self.stride, 0)
    return nn.relu(x + y)


def _max_pool3(x: jax.Array) -> jax.Array:
  """3x3 of stride 2, padded by 1, as maxima of strided slices: XLA's own is slow on CPUs."""
  x = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-jnp.inf)
  for axis in (1, 2):
    n = (x.shape[axis] - 3) // 2 + 1
    parts = [jax.lax.slice_in_dim(x, i, i + 2 * n - 1, 2, axis) for i in range(3)]
    x = larger(larger(parts[0], parts[1]), parts[2])
  return x


Model = ResNet
