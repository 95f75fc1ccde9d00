"""The body part that each pixel belongs to, where the data knows it: hair, shirt, trousers, ...

The data numbers its parts from 1 on; 0 is unknown. batch['nouns'] has the number of each region,
batch['reference_part'] of each pixel of a reference. A method numbers the parts that it knows from
0 on: `table[i]` maps the data's part i to the method's part, -1 is unknown.
"""

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp

Array = jax.Array


def numbers(batch: Mapping[str, Array]) -> Array:
  """The data's part of each pixel, int32 [B, H, W]; 0 is unknown.

  Args:
    batch: with 'regions' [B, H, W, 1] and 'nouns' [B, 256].
  """
  regions = batch['regions'][..., 0].astype(jnp.int32)
  nouns = batch['nouns'].astype(jnp.int32)
  return jnp.take_along_axis(nouns, regions.reshape(len(nouns), -1), 1).reshape(regions.shape)


def of(batch: Mapping[str, Array], table: Sequence[int]) -> Array:
  """The method's part of each pixel, int32 [B, H, W]; -1 is unknown."""
  return jnp.asarray(table)[numbers(batch)]


def of_reference(batch: Mapping[str, Array], table: Sequence[int]) -> Array:
  """The method's part of each pixel of the reference, int32 [B, H, W]; -1 is unknown."""
  return jnp.asarray(table)[batch['reference_part'][..., 0].astype(jnp.int32)]
