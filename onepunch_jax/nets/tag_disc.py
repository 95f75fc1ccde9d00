"""The discriminator of Tag2Pix (Kim et al. 2019), as in blandocs/Tag2Pix 733d729, network.py.

An auxiliary classifier: real? and which tags? 3x3 of 32, another of stride 2 without padding; four
times two SE-ResNeXt blocks and a 3x3 of stride 2, of 64, 128, 256, 512 channels; three blocks more;
the mean over places; a linear layer for each answer.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, concatenate
from onepunch_jax.nets.blocks.layers import leaky_relu
from onepunch_jax.nets.blocks.secat import Block
from onepunch_jax.nets.tag_code import HE_OUT


class TagDiscriminator(nn.Module):
  """Pictures [B, H, W, *] in [-1, 1] -> logits [B, 1], features, tags [B, classes] or None.

  `blocks`: before each stride, and after the last. `classes`: how many tags; 0 for no classifier.
  """

  classes: int = 0
  width: int = 32
  blocks: Sequence[int] = (2, 3)
  cardinality: int = 16
  norm: str = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> Judgement:
    x, features = concatenate(inputs), []
    none = jnp.zeros((len(x), 0))

    def conv(x, width, name, stride, padding=1):
      return leaky_relu(
        Conv(width, 3, stride, padding, kernel_init=HE_OUT, dtype=self.dtype, name=name)(x)
      )

    def block(x, width, name):
      return Block(width, self.cardinality, 'senet', norm=self.norm, dtype=self.dtype, name=name)(
        x, none, train
      )

    x = conv(conv(x, self.width, 'first', 1), self.width, 'half', 2, 0)
    for g in range(4):
      width = self.width * 2 ** (g + 1)
      for i in range(self.blocks[0]):
        x = block(x, width, f'block_{g}_{i}')
      stride = 2 if min(x.shape[1:3]) > 2 else 1  # XLA splits no groups of 1x1 maps over devices
      x = conv(x, width, f'down_{g}', stride)
      features.append(x)
    for i in range(self.blocks[1]):
      x = block(x, x.shape[-1], f'block_4_{i}')
    x = x.astype(jnp.float32).mean((1, 2))
    tags = nn.Dense(self.classes, name='tags')(x) if self.classes else None
    return Judgement((nn.Dense(1, name='real')(x),), (tuple(features),), tags)


Model = TagDiscriminator
