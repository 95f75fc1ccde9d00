"""Reference images: the format of batch['reference'], [B, H, W, 4] float32.

The first three channels are the colours of another image in [-1, 1], the mask is 1 where that image
is. All channels are 0 outside of it (a letter-box), and everywhere where there is no reference. It
has the size of the line art. prepare/reference and pages/reference write this format.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp

from onepunch_jax.guides import hints
from onepunch_jax.ops import color

Array = jax.Array


def of(batch: Mapping[str, Array]) -> Array:
  """The reference of a batch with 'line' or 'rgb'; an empty one where the batch has none."""
  if 'reference' in batch:
    return batch['reference']
  shape = next(batch[k] for k in ('line', 'rgb') if k in batch).shape
  return jnp.zeros((*shape[:3], 4))


def from_rgb(rgb: Array) -> Array:
  """Whole images [B, H, W, 3] in [-1, 1] as references [B, H, W, 4]."""
  return jnp.concatenate([rgb, jnp.ones_like(rgb[..., :1])], -1)


def present(reference: Array) -> Array:
  """Which images of a batch have a reference: [B, H, W, 4] -> bool [B]."""
  return jnp.any(reference[..., 3] > 0, (1, 2))


def cells(reference: Array, size: int, light_weight: float = 0.0) -> tuple[Array, Array]:
  """Divides references into cells of size x size pixels and averages their colours.

  Args:
    reference: [B, H, W, 4].
    size: side of a cell in pixels, a divisor of H and W.
    light_weight: white counts exp(light_weight) times as much as black in the mean, so that ink
      darkens the paint less.

  Returns:
    Colours [B, K, 3] in [-1, 1] of the K cells in reading order, and 1 where a cell has any pixel
    of the reference, float32 [B, K].
  """
  weight = reference[..., 3:] * jnp.exp(light_weight * color.luma(0.5 + 0.5 * reference[..., :3]))
  small = hints.shrink(jnp.concatenate([reference[..., :3] * weight, weight], -1), size)
  small = small.reshape(small.shape[0], -1, 4)
  return small[..., :3], (small[..., 3] > 0).astype(jnp.float32)
