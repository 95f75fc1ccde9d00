"""The discriminator of atari's user hints (SerialLain3170/adeleine 4b7dc58, UserHint/model.py).

One logit for a picture and features of its hint: 3x3 to 64 channels; 4x4 of stride 2 to 128, 128,
256; 3x3; 4x4 of stride 2 to 512; the features join; 3x3; 4x4 of stride 2; 3x3; the mean over
places; linear. LeakyReLU 0.2, no norm. (The original flattens, which fixes the size of pictures.)
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, join, split
from onepunch_jax.nets.blocks.layers import leaky_relu


class HintDiscriminator(nn.Module):
  """Pictures [B, H, W, *] in [-1, 1] (and maps [B, H/16, W/16, *]) -> logits [B, 1], features."""

  width: int = 64
  spectral: bool = False
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> Judgement:
    w, features = self.width, []
    x, maps = split(inputs)

    def layer(x, width, name, stride=1):
      kernel = 4 if stride == 2 and min(x.shape[1:3]) > 1 else 3
      conv = Conv(width, kernel, stride, 1, dtype=self.dtype, spectral=self.spectral, name=name)
      features.append(leaky_relu(conv(x, train)))
      return features[-1]

    x = layer(x, w, 'conv_0')
    for i, width in enumerate((2 * w, 2 * w, 4 * w), 1):
      x = layer(x, width, f'conv_{i}', 2)
    x = layer(layer(x, 4 * w, 'conv_4'), 8 * w, 'conv_5', 2)
    x = join(x, maps)
    x = layer(layer(layer(x, 8 * w, 'conv_6'), 8 * w, 'conv_7', 2), 8 * w, 'conv_8')
    logits = nn.Dense(1, name='logits')(x.astype(jnp.float32).mean((1, 2)))
    return Judgement((logits,), (tuple(features),))


Model = HintDiscriminator
