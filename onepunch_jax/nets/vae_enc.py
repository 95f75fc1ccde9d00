"""The encoder of VAE/GAN (Larsen et al., 2016): 5x5 convolutions of stride 2 to 64, 128, 256.

The original's fully connected layer of 2048 reads an 8x8 map; here it reads the mean over places,
so that any size works.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm


class VAEEncoder(nn.Module):
  """Pictures [B, H, W, *], concatenated -> mu and log sigma^2, [B, latent] each."""

  latent: int = 16
  width: int = 64
  layers: int = 3
  hidden: int = 2048
  norm: str = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> tuple[jax.Array, jax.Array]:
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
    mu = nn.Dense(self.latent, kernel_init=small, name='mu')(x)
    logvar = nn.Dense(self.latent, kernel_init=small, name='logvar')(x)
    return mu, logvar


Model = VAEEncoder
