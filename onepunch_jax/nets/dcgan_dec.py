"""The generator of DCGAN (Radford et al. 2016): a code becomes 4x4 maps, which are doubled."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import ConvTranspose
from onepunch_jax.nets.blocks.layers import Norm


class DCGANGenerator(nn.Module):
  """z [B, h, w, Z] -> [B, (h + 3) 2^doublings, (w + 3) 2^doublings, out_channels], raw.

  Widths fall from width * 2^(doublings - 1) to `width`; 4x4 kernels, batch norm, ReLU.
  """

  out_channels: int = 2
  width: int = 32
  doublings: int = 5
  norm: str = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, z: jax.Array, train: bool = False) -> jax.Array:
    x = z
    for i in reversed(range(self.doublings)):
      first = i == self.doublings - 1
      x = ConvTranspose(
        self.width * 2**i,
        4,
        1 if first else 2,
        0 if first else 1,
        use_bias=False,
        dtype=self.dtype,
        name=f'up_{i}',
      )(x, train)
      x = nn.relu(Norm(self.norm, name=f'norm_{i}')(x, train))
    x = ConvTranspose(self.out_channels, dtype=self.dtype, name='out')(x, train)
    return x.astype(jnp.float32)


Model = DCGANGenerator
