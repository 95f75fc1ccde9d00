"""Simulated brush strokes as hints (atari's, Automatic Line Art Colorization).

`count` strokes of true colours anywhere in the image, each horizontal, vertical or along a
diagonal, `thickness` pixels by `length`; both ends of the ranges are included.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import hints
from onepunch_jax.prepare import PrepareStep

Array = jax.Array


def make(
  *,
  count: Sequence[int] = (8, 19),
  thickness: Sequence[int] = (4, 7),
  length: Sequence[int] = (4, 63),
  probability: float = 1.0,
) -> PrepareStep:
  """Makes a step that adds strokes to batch['hint'], on top of hints that are there.

  Args:
    count: fewest and most strokes.
    thickness, length: smallest and largest, in pixels.
    probability: that an image gets any.

  Raises:
    ValueError: a range that is not 0 <= low <= high.
  """
  for name, (low, high) in dict(count=count, thickness=thickness, length=length).items():
    if not 0 <= low <= high:
      raise ValueError(f'{name} is (fewest, most), from 0 on; got {(low, high)}.')

  def strokes(batch, key, step):
    shape = batch['rgb'].shape[:3]

    def integers(name, low, high):
      return jax.random.randint(fold_in(key, name), (shape[0], count[1]), low, high + 1)

    number = integers('count', *count)[:, 0]
    chosen = jax.random.uniform(fold_in(key, 'share'), shape[:1]) < probability
    present = jnp.arange(count[1]) < jnp.where(chosen, number, 0)[:, None]
    mask = _covered(
      integers('kind', 0, 2),
      integers('thick', *thickness),
      integers('length', *length),
      present,
      jax.random.uniform(fold_in(key, 'place'), (2, *present.shape)),
      shape,
    )
    return {**batch, 'hint': hints.paste(hints.of(batch), mask[..., None], batch['rgb'])}

  return strokes


def _covered(
  kind: Array,
  thickness: Array,
  length: Array,
  present: Array,
  place: Array,
  shape: tuple[int, int, int],
) -> Array:
  """Which pixels strokes cover, bool [B, H, W].

  Args:
    kind: [B, N]; 0 is horizontal, 1 vertical, 2 diagonal.
    thickness, length: [B, N] in pixels.
    present: bool [B, N].
    place: [2, B, N] in [0, 1), of the top and of the left.
    shape: (B, H, W).
  """
  _, height, width = shape
  rows = jnp.where(kind == 0, thickness, length)
  columns = jnp.where(kind == 1, thickness, length)
  top = jnp.floor(place[0] * jnp.maximum(height - rows + 1, 1)).astype(int)
  left = jnp.floor(place[1] * jnp.maximum(width - columns + 1, 1)).astype(int)

  def from_start(n, start):
    return jnp.arange(n) - start[..., None]

  def of_pixel(x):
    return x[..., None, None]

  y = from_start(height, top)[..., :, None]  # [B, N, H, 1]
  x = from_start(width, left)[..., None, :]  # [B, N, 1, W]
  box = (y >= 0) & (y < of_pixel(rows)) & (x >= 0) & (x < of_pixel(columns))
  band = jnp.abs(2 * (y - x)) < of_pixel(thickness)  # along the diagonal of the square
  return jnp.any(of_pixel(present) & box & ((of_pixel(kind) < 2) | band), 1)
