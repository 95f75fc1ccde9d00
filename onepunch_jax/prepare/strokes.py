"""Simulated brush strokes (the atari hints of Automatic Line Art Colorization).

`count` strokes of true colours, each horizontal, vertical or along a diagonal: `thick` pixels by
`length`, both ends of the ranges included, anywhere in the picture.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import hints


def make(*, count=(8, 19), thick=(4, 7), length=(4, 63), share=1.0):
  """(batch, key, step) -> batch with strokes in 'hint', on top of a hint that is there.

  Args:
    count: fewest and most strokes.
    thick, length: shortest and longest, in pixels.
    share: of the drawings that get any.

  Raises:
    ValueError: a range that is none.
  """
  for name, (low, high) in dict(count=count, thick=thick, length=length).items():
    if not 0 <= low <= high:
      raise ValueError(f'{name} is (fewest, most), from 0 on; got {(low, high)}.')

  def strokes(batch, key, step):
    shape = batch['rgb'].shape[:3]
    draw = lambda name, low, high: jax.random.randint(
      fold_in(key, name), (shape[0], count[1]), low, high + 1
    )
    number = draw('count', *count)[:, 0]
    given = jax.random.uniform(fold_in(key, 'share'), shape[:1]) < share
    there = jnp.arange(count[1]) < jnp.where(given, number, 0)[:, None]
    mask = _drawn(
      draw('kind', 0, 2),
      draw('thick', *thick),
      draw('length', *length),
      there,
      jax.random.uniform(fold_in(key, 'place'), (2, *there.shape)),
      shape,
    )
    return {**batch, 'hint': hints.paste(hints.of(batch), mask[..., None], batch['rgb'])}

  return strokes


def _drawn(kind, thick, length, there, place, shape):
  """Which pixels bool [B, H, W] strokes [B, N] cover; `place` [2, B, N] is in [0, 1)."""
  _, height, width = shape
  tall = jnp.where(kind == 0, thick, length)
  wide = jnp.where(kind == 1, thick, length)
  top = jnp.floor(place[0] * jnp.maximum(height - tall + 1, 1)).astype(int)
  left = jnp.floor(place[1] * jnp.maximum(width - wide + 1, 1)).astype(int)
  at = lambda n, start: jnp.arange(n) - start[..., None]
  y, x = at(height, top)[..., :, None], at(width, left)[..., None, :]  # [B, N, H or 1, 1 or W]
  per = lambda a: a[..., None, None]
  box = (y >= 0) & (y < per(tall)) & (x >= 0) & (x < per(wide))
  band = jnp.abs(2 * (y - x)) < per(thick)  # along the diagonal of the square
  return jnp.any(per(there) & box & ((per(kind) < 2) | band), 1)
