"""Regions of line art as tokens that see each other, but no colour: once a page (ours)."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.token_layers import Block, Perceptron, nearness

Array = jax.Array


class RegionTokens(nn.Module):
  """Pooled features and geometry of regions -> tokens.

  Args of a call:
    pooled: [B, N, C], means of the trunk's features (`nets/blocks/pooling`).
    geometry: [B, N, 12] (`regions.tokens.Tokens`).
    distance: [B, N, N].

  Returns:
    Tokens [B, N, dim]; logits of the noun of each region [B, N, nouns], 0 is none.
  """

  dim: int = 128
  layers: int = 2
  heads: int = 4
  nouns: int = 1
  dtype: Any = None

  @nn.compact
  def __call__(
    self, pooled: Array, geometry: Array, distance: Array, train: bool = False
  ) -> tuple[Array, Array]:
    x = nn.silu(nn.Dense(self.dim, dtype=self.dtype)(pooled))
    x = nn.Dense(self.dim, dtype=self.dtype)(x) + Perceptron(self.dim, dtype=self.dtype)(geometry)
    near, used = nearness(distance, geometry[..., 2:4]), geometry[..., -1] > 0
    x = x[:, None]
    for _ in range(self.layers):
      x = Block(self.heads, self.dtype)(x, used, near)
    x = x[:, 0].astype(jnp.float32)
    return x, nn.Dense(self.nouns)(nn.LayerNorm()(x))


Model = RegionTokens
