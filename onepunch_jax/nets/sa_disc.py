"""The discriminator of colorizing_things (Afanc/colorizing_things 05a98f0, discriminator.py).

4x4 convolutions of stride 2 with spectral norm to 64, 128, 256, 256, 512 channels, leaky ReLU of
slope 0.1, self-attention, and a 4x4 without spectral norm: one logit at 128 px, a few more on
larger images.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, concatenate
from onepunch_jax.nets.blocks.layers import FullSelfAttention, leaky_relu

WIDTHS = (1, 2, 4, 4, 8)  # times `width`


class AttentionDiscriminator(nn.Module):
  """Pictures [B, H, W, *], concatenated -> ((logits [B, h, w, 1],), (features,)) as nets/patchgan.

  The sides are 4 * 2 ** layers or larger.
  """

  width: int = 64
  layers: int = 5
  spectral: bool = True
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> Judgement:
    x, features = concatenate(inputs), []
    options = dict(
      dtype=self.dtype, spectral=self.spectral, kernel_init=nn.initializers.xavier_uniform()
    )
    for i in range(self.layers):
      conv = Conv(self.width * WIDTHS[i], 4, 2, 1, name=f'conv_{i}', **options)
      x = leaky_relu(conv(x, train), 0.1)
      features.append(x)
    x = FullSelfAttention(self.dtype, name='attention')(x, train)
    x = Conv(1, 4, 1, 0, name='logits', **{**options, 'spectral': False})(x)
    return Judgement((x.astype(jnp.float32),), (tuple(features),))


Model = AttentionDiscriminator
