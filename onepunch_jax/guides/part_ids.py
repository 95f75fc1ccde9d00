"""Which part of a figure each pixel is of, where the data knows: hair, shirt, trousers, ...

The data numbers the nouns of its parts from 1 on, 0 is unknown (batch['nouns'] for each region,
batch['reference_part'] for each pixel of a reference).  A method has its own numbers of nouns, from
0 on; a table `nouns` gives, for each of the data's numbers, the method's, or -1.
"""

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp

Array = jax.Array


def numbers(batch: Mapping) -> Array:
  """The data's number of each pixel, int32 [B, H, W].

  Args:
    batch: with 'regions' [B, H, W, 1] and 'nouns' [B, 256].
  """
  regions = batch['regions'][..., 0].astype(jnp.int32)
  nouns = batch['nouns'].astype(jnp.int32)
  return jnp.take_along_axis(nouns, regions.reshape(len(nouns), -1), 1).reshape(regions.shape)


def of(batch: Mapping, nouns: Sequence[int]) -> Array:
  """Which noun each pixel is of, int32 [B, H, W]; -1: of none that is known."""
  return jnp.asarray(nouns)[numbers(batch)]


def of_reference(batch: Mapping, nouns: Sequence[int]) -> Array:
  """Which noun each pixel of the reference shows, int32 [B, H, W]; -1: none that is known."""
  return jnp.asarray(nouns)[batch['reference_part'][..., 0].astype(jnp.int32)]
