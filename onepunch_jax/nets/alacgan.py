"""The generator of AlacGAN (Ci et al. 2018), as in orashi/AlacGAN 07cc481, models/standard.py.

Encoder: a 3x3 convolution to 32 channels at full size, then 4x4 of stride 2 to 64, 128, 256, 512.
The hint joins at a quarter through a 7x7 to 64, features of the line art at a sixteenth. Decoder:
at 1/16, 1/8, 1/4 and 1/2 a 3x3, a tunnel of 20, 8, 8, 5 ResNeXt blocks (32 groups, the last 16), a
3x3 and a pixel shuffle; the encoder's maps beside; a 3x3 to the colours. LeakyReLU 0.2, no norm,
PyTorch's default initialisation, with which 41 blocks without norms start near the identity.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import leaky_relu, pixel_shuffle

DILATIONS = {4: (1,), 3: (1, 1, 2, 2, 4, 4, 2, 1), 2: (1, 1, 2, 2, 4, 4, 2, 1), 1: (1, 2, 4, 2, 1)}
TORCH = nn.initializers.variance_scaling(1 / 3, 'fan_in', 'uniform')  # torch.nn.Conv2d's default


class AlacGenerator(nn.Module):
  """Line art [B, H, W, 1], hint [B, H/4, W/4, 4] -> [B, H, W, out_channels], raw.

  H and W are multiples of 16.

  Attributes:
    width: channels at half the size; the other levels are multiples of it.
    tunnels: numbers of blocks, from the coarsest level on.
    cardinality: groups of the blocks; the last tunnel has half as many.
  """

  out_channels: int = 3
  width: int = 64
  tunnels: Sequence[int] = (20, 8, 8, 5)
  cardinality: int = 32
  dtype: Any = None
  remat: bool = False

  @property
  def multiple(self) -> int:
    return 16

  @nn.compact
  def __call__(
    self, line: jax.Array, hint: jax.Array, features: jax.Array | None = None, train: bool = False
  ) -> jax.Array:
    """`features` [B, H/16, W/16, *] are those of a frozen net, or None."""
    w = self.width
    block = nn.remat(ResNeXt) if self.remat else ResNeXt

    def conv(x, width, name, kernel=3, stride=1):
      padding = 1 if stride == 2 else None
      return Conv(width, kernel, stride, padding, kernel_init=TORCH, dtype=self.dtype, name=name)(x)

    hint = leaky_relu(conv(hint, w, 'hint', 7))
    levels = [leaky_relu(conv(line, w // 2, 'down_0'))]
    for i in (1, 2, 3, 4):
      x = jnp.concatenate([levels[-1], hint], -1) if i == 3 else levels[-1]
      levels.append(leaky_relu(conv(x, w * 2 ** (i - 1), f'down_{i}', 4, 2)))
    x = levels.pop()
    if features is not None:
      x = jnp.concatenate([x, features.astype(x.dtype)], -1)
    for i, blocks in zip((4, 3, 2, 1), self.tunnels):
      width = w * 2 ** (i - 1)
      groups = self.cardinality if i > 1 else max(1, self.cardinality // 2)
      x = leaky_relu(conv(x, width, f'tunnel_{i}'))
      for n in range(blocks):
        dilation = DILATIONS[i][n % len(DILATIONS[i])]
        x = block(width, groups, dilation, dtype=self.dtype, name=f'block_{i}_{n}')(x)
      x = leaky_relu(pixel_shuffle(conv(x, 2 * width, f'enlarge_{i}')))
      x = jnp.concatenate([x, levels.pop()], -1)
    return conv(x, self.out_channels, 'last').astype(jnp.float32)


class ResNeXt(nn.Module):
  """x + 1x1(leaky(3x3 in groups(leaky(1x1 to half the width)))): [B, H, W, width] -> same.

  With a stride of 2 the 3x3 is a 4x4, and x is averaged over 2x2.
  """

  width: int
  cardinality: int = 32
  dilation: int = 1
  stride: int = 1
  dtype: Any = None

  @nn.compact
  def __call__(self, x: jax.Array) -> jax.Array:
    inner = max(1, self.width // 2)
    groups = min(self.cardinality, inner)

    def conv(x, name, *args, **kwargs):
      return Conv(*args, kernel_init=TORCH, use_bias=False, dtype=self.dtype, name=name, **kwargs)(
        x
      )

    y = leaky_relu(conv(x, 'reduce', inner, 1))
    kernel, padding = 2 + self.stride, self.dilation
    y = conv(
      y, 'grouped', inner, kernel, self.stride, padding, dilation=self.dilation, groups=groups
    )
    y = conv(leaky_relu(y), 'expand', self.width, 1)
    return (nn.avg_pool(x, (2, 2), (2, 2)) if self.stride > 1 else x) + y


Model = AlacGenerator
