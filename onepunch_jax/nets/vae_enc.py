"""The encoder of VAE/GAN (Larsen et al., 2016): 5x5 convolutions of stride 2 to 64, 128, 256.

Its fully connected 2048 read an 8x8 map; here they read the map's mean, so that any size will do.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm


class Model(nn.Module):
  """Pictures [B, H, W, *], concatenated -> mu and log sigma^2, [B, latent] each."""

  latent: int = 16
  width: int = 64
  layers: int = 3
  hidden: int = 2048
  norm: str = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False):
    x = jnp.concatenate(inputs, -1)
    for i in range(self.layers):
      x = Conv(
        self.width * 2**i,
        5,
        2,
        2,
        use_bias=False,
        dtype=self.dtype,
        name=f'conv_{i}',
        kernel_init=nn.initializers.he_normal(),
      )(x, train)
      x = nn.relu(Norm(self.norm, name=f'norm_{i}')(x, train))
    x = nn.relu(nn.Dense(self.hidden, name='hidden')(x.astype(jnp.float32).mean((1, 2))))
    small = nn.initializers.normal(0.01)
    return tuple(nn.Dense(self.latent, kernel_init=small, name=n)(x) for n in ('mu', 'logvar'))
