"""The critic of AlacGAN (Ci et al. 2018), as in orashi/AlacGAN 07cc481, models/standard.py.

7x7 to 64 channels, 4x4 of stride 2; three pairs of ResNeXt blocks whose second halves (8 groups), a
1x1 to twice the channels between pairs; features of the line art join at a sixteenth; 3x3 to 512,
three pairs more and a block; a 4x4 without padding; linear. LeakyReLU 0.2, no norm (as its penalty
asks), no biases but the last.

At 512 px the 4x4 sees the last 4x4 places and one number is left, as in the original. Other sizes
leave more, whose mean is taken, or fewer than 4x4 places: then there is no such layer.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.alacgan import TORCH, ResNeXt
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, join, split
from onepunch_jax.nets.blocks.layers import leaky_relu


class AlacDiscriminator(nn.Module):
  """Pictures [B, H, W, *] in [-1, 1] (and maps [B, H/16, W/16, *]) -> logits [B, 1], features."""

  width: int = 64
  cardinality: int = 8
  pairs: int = 3
  norm: str = 'none'
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> Judgement:
    w, features = self.width, []
    x, maps = split(inputs)

    def conv(x, width, name, *args):
      options = dict(use_bias=False, kernel_init=TORCH, dtype=self.dtype, name=name)
      features.append(leaky_relu(Conv(width, *args, **options)(x)))
      return features[-1]

    def block(x, name, stride=1):
      options = dict(stride=stride, dtype=self.dtype, name=name)
      return ResNeXt(x.shape[-1], self.cardinality, **options)(x)

    def pair(x, name):
      features.append(block(block(x, f'{name}_same'), f'{name}_half', 2))
      return features[-1]

    x = conv(conv(x, w, 'first', 7), w, 'half', 4, 2, 1)
    for i in range(3):
      x = pair(x, f'low_{i}')
      if i < 2:
        x = conv(x, 2 ** (i + 1) * w, f'widen_{i}', 1)
    x = conv(join(x, maps), 8 * w, 'joined', 3)
    for i in range(self.pairs):
      x = pair(x, f'high_{i}') if min(x.shape[1:3]) > 1 else x
    if min(x.shape[1:3]) > 1:  # XLA splits no groups of 1x1 maps over devices
      x = block(x, 'last_block')
    if min(x.shape[1:3]) >= 4:
      x = conv(x, 8 * w, 'last', 4, 1, 0)
    logits = nn.Dense(1, name='logits')(x.astype(jnp.float32).mean((1, 2)))
    return Judgement((logits,), (tuple(features),))


Model = AlacDiscriminator
