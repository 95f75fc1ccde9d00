"""The discriminator of DCGAN (Radford et al. 2016): 4x4 of stride 2, then a 4x4 to one logit."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, concatenate
from onepunch_jax.nets.blocks.layers import Norm, leaky_relu


class DCGANDiscriminator(nn.Module):
  """Pictures [B, H, W, *], concatenated -> ((logits [B, h, w, 1],), (features,)) as nets/patchgan.

  One logit where the sides are 4 * 2 ** layers, more on larger pictures. With a gradient penalty
  `norm` is 'instance', 'layer' or 'none', never 'batch'.
  """

  width: int = 64
  layers: int = 5
  norm: str = 'batch'
  spectral: bool = False
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> Judgement:
    x, features = concatenate(inputs), []
    for i in range(self.layers):
      norm = self.norm if i else 'none'
      x = Conv(
        self.width * 2**i,
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
    x = Conv(1, 4, 1, 0, dtype=self.dtype, spectral=self.spectral, name='logits')(x, train)
    return Judgement((x.astype(jnp.float32),), (tuple(features),))


Model = DCGANDiscriminator
