"""What every discriminator takes and returns, so that a config may name any of them.

A discriminator is called with arrays [B, h, w, *]: pictures of one size, which it concatenates, and
perhaps smaller maps, which the few nets that use them join to a map of their size.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

Array = jax.Array


class Judgement(NamedTuple):
  """What a discriminator returns; a plain tuple (logits, features) is as good.

  Attributes:
    logits: float32 [B, ...] of each scale, a tuple; a discriminator of one scale has one.
    features: the maps of each scale's layers before the logits, a tuple of tuples.
    tags: logits of tags [B, T], of an auxiliary classifier; else None.
  """

  logits: tuple[Array, ...]
  features: tuple[tuple[Array, ...], ...]
  tags: Array | None = None


def concatenate(inputs: tuple[Array, ...]) -> Array:
  """Pictures [B, H, W, *] of one size as one, [B, H, W, C].

  Raises:
    ValueError: their sizes differ.
  """
  picture, maps = split(inputs)
  if maps:
    raise ValueError(
      f'Pictures of {picture.shape[1:3]} cannot be judged with maps of {maps[0].shape[1:3]} here; '
      'hint_disc and alac_disc can.'
    )
  return picture


def split(inputs: tuple[Array, ...]) -> tuple[Array, tuple[Array, ...]]:
  """Inputs of the first one's size, concatenated, [B, H, W, C], and the others as they are."""
  size = inputs[0].shape[1:3]
  picture = jnp.concatenate([x for x in inputs if x.shape[1:3] == size], -1)
  return picture, tuple(x for x in inputs if x.shape[1:3] != size)


def join(x: Array, maps: tuple[Array, ...]) -> Array:
  """A layer's map [B, h, w, C] with further maps of its size as channels.

  Raises:
    ValueError: one is of another size.
  """
  for extra in maps:
    if extra.shape[1:3] != x.shape[1:3]:
      raise ValueError(f'Maps of {extra.shape[1:3]} cannot join maps of {x.shape[1:3]}.')
  return jnp.concatenate([x, *(extra.astype(x.dtype) for extra in maps)], -1)
