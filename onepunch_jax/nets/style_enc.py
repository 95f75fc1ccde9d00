"""The style of a reference as one vector: strided convolutions, a masked mean, a linear layer.

4x4 of stride 2, the widths doubling; LeakyReLU 0.2; no norm, which would hide the brightness of an
image.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.guides import references
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import HE, avg_pool, leaky_relu


class StyleEncoder(nn.Module):
  """A reference [B, H, W, 4] -> its style [B, size]; zeros without a reference.

  Sides are multiples of 2^layers.
  """

  size: int = 256
  width: int = 32
  layers: int = 4
  dtype: Any = None

  @nn.compact
  def __call__(self, reference: jax.Array, train: bool = False) -> jax.Array:
    x, mask = reference, avg_pool(reference[..., 3:], 2**self.layers)
    for i in range(self.layers):
      x = leaky_relu(
        Conv(self.width * 2**i, 4, 2, 1, kernel_init=HE, dtype=self.dtype, name=f'conv_{i}')(x)
      )
    total = jnp.sum(x.astype(jnp.float32) * mask, (1, 2))
    mean = total / jnp.maximum(jnp.sum(mask, (1, 2)), 1e-6)
    style = nn.Dense(self.size, kernel_init=HE, name='style')(mean)
    return style * references.present(reference)[:, None]


Model = StyleEncoder
