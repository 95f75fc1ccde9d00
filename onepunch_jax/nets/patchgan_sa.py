"""The 70x70 PatchGAN of OnePunchGAN: simple self-attention after each of its first three layers."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, concatenate
from onepunch_jax.nets.blocks.layers import Norm, SimpleSelfAttention, leaky_relu


class AttentionPatchGAN(nn.Module):
  """Pictures [B, H, W, *], concatenated -> ((logits [B, h, w, 1],), (features,)) as nets/patchgan.

  `layers` convolutions of stride 2, each with attention, then two of stride 1; 4x4, padding 1.
  """

  width: int = 64
  layers: int = 3
  norm: str = 'instance'
  spectral: bool = False
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> Judgement:
    x, features = concatenate(inputs), []
    for i in range(self.layers + 1):
      norm = self.norm if i else 'none'
      x = Conv(
        self.width * min(2**i, 8),
        4,
        2 if i < self.layers else 1,
        1,
        use_bias=False,
        dtype=self.dtype,
        spectral=self.spectral,
        name=f'conv_{i}',
      )(x, train)
      x = leaky_relu(Norm(norm, name=f'norm_{i}')(x, train))
      if i < self.layers:
        x = SimpleSelfAttention(dtype=self.dtype, name=f'attention_{i}')(x, train)
      features.append(x)
    x = Conv(1, 4, 1, 1, dtype=self.dtype, spectral=self.spectral, name='logits')(x, train)
    return Judgement((x.astype(jnp.float32),), (tuple(features),))


Model = AttentionPatchGAN
