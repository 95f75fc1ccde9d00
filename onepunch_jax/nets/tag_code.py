"""Tags as a vector that gates read: Tag2Pix's four linear layers (Kim et al. 2019).

    code = tag_code.Model()(tags)                            # [B, T] -> [B, 64]
    h = sacat.Gate('se')(h, code[:, None, None])             # gates of maps: which channels
    h = jnp.concatenate([h, tag_code.spread(code, h)], -1)   # or planes beside them

Gates (products of what a place is and what was said) carry "the hair is blue" to the hair; planes
alone leave the product to the layers after them.  Tags that are all zero give the same code always:
that of the biases.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.layers import leaky_relu

HE_OUT = nn.initializers.variance_scaling(2.0, 'fan_out', 'normal')  # whatever the number of tags


class Model(nn.Module):
  """Multi-hot tags [B, T] of any number type -> code [B, width], float32 or `dtype`.

  `relu`: LeakyReLU 0.2 between the layers; without, as published, they make one linear map.
  """

  width: int = 64
  layers: int = 4
  relu: bool = False
  dtype: Any = None

  @nn.compact
  def __call__(self, tags: jax.Array, train: bool = False) -> jax.Array:
    x = tags.astype(jnp.float32)
    for i in range(self.layers):
      x = leaky_relu(x) if i and self.relu else x
      x = nn.Dense(self.width, kernel_init=HE_OUT, dtype=self.dtype, name=f'fc_{i}')(x)
    return x


def spread(code: jax.Array, like: jax.Array) -> jax.Array:
  """A code [B, C] over the places of maps [B, h, w, *]: [B, h, w, C] in their type."""
  b, h, w, _ = like.shape
  return jnp.broadcast_to(code[:, None, None].astype(like.dtype), (b, h, w, code.shape[-1]))
