"""The encoder of colorizing_things' autoencoder: VGG-16's convolutions, then 4x4 to the code.

Groups of 2, 2, 3, 3, 3 convolutions (64, 128, 256, 512, 512), a max pool after each: at 128 px the
code is one vector, on larger images a map of vectors.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm, leaky_relu, max_pool2


class AAEEncoder(nn.Module):
  """[B, H, W, C] in [-1, 1] -> z [B, H / 2^k - 3, W / 2^k - 3, latent], k = len(convs)."""

  latent: int = 128
  width: int = 64
  convs: Sequence[int] = (2, 2, 3, 3, 3)
  norm: str = 'batch'
  dtype: Any = None

  @property
  def multiple(self) -> int:
    return 4 * 2 ** len(self.convs)

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
    he = nn.initializers.he_normal()
    for i, convs in enumerate(self.convs):
      for j in range(convs):
        x = Conv(
          self.width * min(2**i, 8),
          use_bias=False,
          dtype=self.dtype,
          kernel_init=he,
          name=f'conv_{i}_{j}',
        )(x, train)
        x = nn.relu(Norm(self.norm, name=f'norm_{i}_{j}')(x, train))
      x = max_pool2(x)
    z = Conv(self.latent, 4, 1, 0, dtype=self.dtype, kernel_init=he, name='code')(x, train)
    return leaky_relu(z).astype(jnp.float32)


Model = AAEEncoder
