"""A picture whose colours are wanted: batch['reference'], [B, H, W, 4] float32.

Colours in [-1, 1] of another picture, and 1 where there is one; all zero outside of it (a letter-
box), and all zero where there is no reference.  It has the size of the line art.  prepare/reference
and pages/reference write it in this form.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp

from onepunch_jax.guides import hints
from onepunch_jax.ops import color

Array = jax.Array


def of(batch: Mapping) -> Array:
  """The reference of a batch; where it has none, one that says nothing."""
  if 'reference' in batch:
    return batch['reference']
  shape = next(batch[k] for k in ('line', 'rgb') if k in batch).shape
  return jnp.zeros((*shape[:3], 4))


def whole(rgb: Array) -> Array:
  """Pictures [B, H, W, 3] in [-1, 1] as references [B, H, W, 4] that are there everywhere."""
  return jnp.concatenate([rgb, jnp.ones_like(rgb[..., :1])], -1)


def there(reference: Array) -> Array:
  """Which pictures have a reference: [B, H, W, 4] -> bool [B]."""
  return jnp.any(reference[..., 3] > 0, (1, 2))


def cells(reference: Array, size: int, light: float = 0.0) -> tuple[Array, Array]:
  """Cells of size x size pixels in reading order: mean colours [B, K, 3], 1 where any [B, K].

  In the mean, white counts e^light times as much as black, so that ink darkens paint less.
  """
  weight = reference[..., 3:] * jnp.exp(light * color.luma(0.5 + 0.5 * reference[..., :3]))
  small = hints.shrink(jnp.concatenate([reference[..., :3] * weight, weight], -1), size)
  small = small.reshape(small.shape[0], -1, 4)
  return small[..., :3], (small[..., 3] > 0).astype(jnp.float32)
