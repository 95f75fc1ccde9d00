"""Tags as one vector: Tag2Pix's four linear layers (Kim et al. 2019).

    code = TagCode()(tags)                                       # [B, T] -> [B, 64]
    h = sacat.Gate('se')(h, code[:, None, None])                 # gates of channels
    h = jnp.concatenate([h, tag_code.broadcast(code, h)], -1)    # or planes beside the maps

Gates are products of features and tags and so bring "blue hair" to the hair; planes leave the
product to later layers. Tags that are all zero always give the same code, that of the biases.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.layers import leaky_relu

HE_OUT = nn.initializers.variance_scaling(2.0, 'fan_out', 'normal')  # for any number of tags


class TagCode(nn.Module):
  """Multi-hot tags [B, T] of any number type -> code [B, width], float32 or `dtype`.

  `relu` puts LeakyReLU 0.2 between the layers; without it, as published, they are one linear map.
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


def broadcast(code: jax.Array, like: jax.Array) -> jax.Array:
  """A code [B, C] at all places of maps [B, h, w, *]: [B, h, w, C] in their type."""
  b, h, w, _ = like.shape
  return jnp.broadcast_to(code[:, None, None].astype(like.dtype), (b, h, w, code.shape[-1]))


Model = TagCode
