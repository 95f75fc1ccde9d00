"""The critic of style2paints V1: a logit for each entry of a style vector, none for real or fake.

4x4 of stride 2, the widths doubling up to eight times the first; mean over places; linear.
LeakyReLU 0.2.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, concatenate
from onepunch_jax.nets.blocks.layers import Norm, leaky_relu


class StyleDiscriminator(nn.Module):
  """Pictures [B, H, W, *] in [-1, 1] -> logits [B, size], features."""

  size: int = 256
  width: int = 64
  layers: int = 5
  norm: str = 'none'
  spectral: bool = False
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> Judgement:
    x, features = concatenate(inputs), []
    for i in range(self.layers):
      norm = self.norm if i else 'none'
      x = Conv(
        self.width * min(2**i, 8),
        4,
        2,
        1,
        use_bias=norm == 'none',
        dtype=self.dtype,
        spectral=self.spectral,
        name=f'conv_{i}',
      )(x, train)
      x = leaky_relu(Norm(norm, name=f'norm_{i}')(x, train))
      features.append(x)
    logits = nn.Dense(self.size, name='logits')(x.astype(jnp.float32).mean((1, 2)))
    return Judgement((logits,), (tuple(features),))


Model = StyleDiscriminator
