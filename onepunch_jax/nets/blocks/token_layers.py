"""Layers over sets of tokens: attention with a bias by distance, and Fourier features."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

Array = jax.Array
SMALL = nn.initializers.variance_scaling(0.3, 'fan_in', 'normal')
NEVER = -1e9  # a logit


class Block(nn.Module):
  """Attention and a perceptron, each added to its input; [B, S, N, D] -> the same.

  S are alternatives of one picture (what is known of its colours), which do not see each other.
  Tokens also attend to a memory [B, M, D] that is common to the alternatives and is not changed.

  Args of a call:
    x: [B, S, N, D].
    mask: bool [B, N], the tokens that are there.
    nearness: [B, N, N, F], how near two tokens are; a bias of each head, linear in it.
    memory: [B, M, D] or None.
    memory_mask: bool [B, S, M] or None.
  """

  heads: int
  dtype: Any = None

  @nn.compact
  def __call__(
    self,
    x: Array,
    mask: Array,
    nearness: Array,
    memory: Array | None = None,
    memory_mask: Array | None = None,
  ) -> Array:
    b, s, n, d = x.shape
    size = d // self.heads
    split = lambda y: y.reshape(*y.shape[:-1], -1, self.heads, size)
    y = nn.LayerNorm(dtype=self.dtype)(x)
    qkv = split(nn.Dense(3 * d, use_bias=False, dtype=self.dtype, name='qkv')(y))
    q, k, v = qkv[..., 0, :, :], qkv[..., 1, :, :], qkv[..., 2, :, :]
    scores = jnp.einsum('bsqhd,bskhd->bshqk', q, k).astype(jnp.float32) / np.sqrt(size)
    bias = nn.Dense(self.heads, use_bias=False, kernel_init=nn.initializers.zeros, name='near')
    scores += jnp.moveaxis(bias(nearness), -1, 1)[:, None]
    scores = jnp.where(mask[:, None, None, None], scores, NEVER)
    if memory is not None:
      kv = split(nn.Dense(2 * d, use_bias=False, dtype=self.dtype, name='memory')(memory))
      more = jnp.einsum('bsqhd,bmhd->bshqm', q, kv[..., 0, :, :]).astype(jnp.float32)
      more = jnp.where(memory_mask[:, :, None, None], more / np.sqrt(size), NEVER)
      scores = jnp.concatenate([scores, more], -1)
    weights = jax.nn.softmax(scores).astype(v.dtype)
    y = jnp.einsum('bshqk,bskhd->bsqhd', weights[..., :n], v)
    if memory is not None:
      y += jnp.einsum('bshqm,bmhd->bsqhd', weights[..., n:], kv[..., 1, :, :])
    x = x + nn.Dense(d, kernel_init=SMALL, dtype=self.dtype, name='out')(y.reshape(b, s, n, d))
    y = nn.Dense(4 * d, dtype=self.dtype, name='wide')(nn.LayerNorm(dtype=self.dtype)(x))
    return x + nn.Dense(d, kernel_init=SMALL, dtype=self.dtype, name='narrow')(nn.gelu(y))


class Perceptron(nn.Module):
  """Fourier features of numbers about [-1, 1], two layers: [..., C] -> [..., dim]."""

  dim: int
  octaves: int = 4
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array) -> Array:
    y = nn.gelu(nn.Dense(self.dim, dtype=self.dtype)(fourier(x, self.octaves)))
    return nn.Dense(self.dim, dtype=self.dtype)(y)


def fourier(x: Array, octaves: int) -> Array:
  """[..., C] -> [..., C (1 + 2 octaves)]: x, and sines and cosines of pi 2^i x."""
  angle = jnp.concatenate([x * (np.pi * 2.0**octave) for octave in range(octaves)], -1)
  return jnp.concatenate([x, jnp.sin(angle), jnp.cos(angle)], -1)


def nearness(distance: Array, places: Array) -> Array:
  """How near tokens are to each other, over the ink and as the crow flies.

  Args:
    distance: [B, N, N], over the ink (`regions.tokens.Tokens`).
    places: [B, N, 2] in [-1, 1].

  Returns:
    [B, N, N, 7]: e^(-d / s) for d over the ink and s = 2, 8, 32, for straight lines and s = 0.1,
    0.4, and the two distances themselves, -d / 8 and -e / 0.4.
  """
  straight = jnp.linalg.norm(places[:, :, None] - places[:, None] + 1e-9, axis=-1)
  ink = [jnp.exp(-distance / s) for s in (2.0, 8.0, 32.0)]
  crow = [jnp.exp(-straight / s) for s in (0.1, 0.4)]
  return jnp.stack([*ink, *crow, -distance / 8, -straight / 0.4], -1)
