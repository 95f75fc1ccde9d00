"""The critic of AlacGAN (Ci et al. 2018): ResNeXt blocks, features joined, one number.

7x7 64, 4x4 of stride 2, three pairs of ResNeXt blocks whose second halves; the features join; 3x3,
and pairs of blocks to the end; mean over places, linear.  No norm, as its penalty asks.  (The
original ends with a 4x4 of the last 4x4 places: pictures of 512 alone.)
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.alacgan import ResNeXt
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, join, split
from onepunch_jax.nets.blocks.layers import HE, leaky_relu


class Model(nn.Module):
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
      x = Conv(width, *args, kernel_init=HE, dtype=self.dtype, name=name)(x)
      features.append(leaky_relu(x))
      return features[-1]

    def pair(x, name, width):
      x = ResNeXt(x.shape[-1], self.cardinality, dtype=self.dtype, name=f'{name}_same')(x)
      x = ResNeXt(x.shape[-1], self.cardinality, stride=2, dtype=self.dtype, name=f'{name}_half')(x)
      if x.shape[-1] != width:
        return conv(x, width, f'{name}_widen', 1)
      features.append(x)
      return x

    x = conv(conv(x, w, 'first', 7), w, 'half', 4, 2, 1)
    for i, width in enumerate((2 * w, 4 * w, 4 * w)):
      x = pair(x, f'low_{i}', width)
    x = join(x, maps)
    x = conv(x, 8 * w, 'joined', 3)
    for i in range(self.pairs):
      x = pair(x, f'high_{i}', 8 * w) if min(x.shape[1:3]) > 1 else x
    logits = nn.Dense(1, name='logits')(x.astype(jnp.float32).mean((1, 2)))
    return Judgement((logits,), (tuple(features),))
