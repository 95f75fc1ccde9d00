"""OnePunchGAN's critic for WGAN-GP: residual blocks with layer norm, attention in the last two.

3x3 64, then four blocks to 128, 256, 512, 512 channels, each half the size: layer norm, ReLU, 3x3,
layer norm, ReLU, 3x3, mean pool; the shortcut is a mean pool and a 1x1. One value per image.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, concatenate
from onepunch_jax.nets.blocks.layers import Norm, SelfAttention, avg_pool


class ResidualCritic(nn.Module):
  """Pictures [B, H, W, *], concatenated -> ((values [B, 1, 1, 1],), (features,)) as nets/patchgan.

  The linear layer reads the mean over places, so that any size works.
  """

  width: int = 64
  blocks: int = 4
  norm: str = 'layer'
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> Judgement:
    he = nn.initializers.he_normal()

    def conv(x, width, kernel, name):
      return Conv(width, kernel, dtype=self.dtype, kernel_init=he, name=name)(x)

    def norm(x, name):
      return nn.relu(Norm(self.norm, name=name)(x, train))

    x = conv(concatenate(inputs), self.width, 3, 'first')
    features = []
    for i in range(self.blocks):
      width = self.width * min(2 ** (i + 1), 8)
      y = conv(norm(x, f'norm_{i}_a'), width, 3, f'conv_{i}_a')
      y = avg_pool(conv(norm(y, f'norm_{i}_b'), width, 3, f'conv_{i}_b'), 2)
      x = y + conv(avg_pool(x, 2), width, 1, f'short_{i}')
      if i >= 2:
        x = SelfAttention(dtype=self.dtype, name=f'attention_{i}')(x, train)
      features.append(x)
    value = nn.Dense(1, name='value')(nn.relu(x).astype(jnp.float32).mean((1, 2)))
    return Judgement((value[:, None, None],), (tuple(features),))


Model = ResidualCritic
