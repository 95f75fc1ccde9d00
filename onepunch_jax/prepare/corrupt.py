"""Corrupted colourings as input of a refining stage (Zhang et al. 2018, two-stage colorization).

The true colours with the mistakes of a first stage: warped by a thin-plate spline, squares of other
images of the batch pasted on, and colours of the image sprayed where they do not belong. A spray
covers exp(-rate r), r in sevenths of a side from its centre.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.prepare import PrepareStep
from onepunch_jax.prepare.reference import warp

Array = jax.Array
CELLS = 7  # cells along a side, from whose mean colours the sprays are taken


def make(
  *,
  patches: int = 7,
  sides: Sequence[float] = (0.26, 0.52),
  sprays: int = 7,
  rates: Sequence[float] = (0.01, 10.0),
  strength: float = 0.1,
  point_jitter: float = 0.5,
) -> PrepareStep:
  """Makes a step that adds batch['draft'], [B, H, W, 3] in [-1, 1].

  Args:
    patches: number of squares of another image.
    sides: smallest and largest side of a square as fractions of the image's side (100 to 200 of
      384 px).
    sprays: number of sprays.
    rates: slowest and fastest decay of a spray.
    strength, point_jitter: of the warp (prepare/reference).

  Raises:
    ValueError: a range that is not 0 < low <= high.
  """
  for name, (low, high) in dict(sides=sides, rates=rates).items():
    if not 0 < low <= high:
      raise ValueError(f'{name} is (smallest, largest), above 0; got {(low, high)}.')

  def corrupt(batch, key, step):
    rgb = batch['rgb']
    warped = warp(rgb, fold_in(key, 'bent'), strength, point_jitter).reference
    draft = jnp.where(warped[..., 3:] > 0, warped[..., :3], rgb)
    draft = _paste(draft, jnp.roll(rgb, 1, 0), fold_in(key, 'paste'), patches, sides)
    return {**batch, 'draft': _spray(draft, rgb, fold_in(key, 'spray'), sprays, rates)}

  return corrupt


def _paste(draft: Array, other: Array, key: Array, count: int, sides: Sequence[float]) -> Array:
  """Pastes squares of `other` on drafts [B, H, W, 3], at the places where they were."""
  b, h, w, _ = draft.shape

  def uniform(name):
    return jax.random.uniform(fold_in(key, name), (b, count))

  def within(n, start):
    return (_axis(n) >= start[..., None]) & (_axis(n) < (start + side)[..., None])

  side = sides[0] + (sides[1] - sides[0]) * uniform('side')
  rows = within(h, uniform('row') * (1 - side))
  columns = within(w, uniform('column') * (1 - side))
  covered = jnp.any(rows[..., :, None] & columns[..., None, :], 1)
  return jnp.where(covered[..., None], other, draft)


def _spray(draft: Array, rgb: Array, key: Array, count: int, rates: Sequence[float]) -> Array:
  """Sprays mean colours of cells of rgb on drafts [B, H, W, 3]."""
  b, h, w, _ = draft.shape

  def uniform(name):
    return jax.random.uniform(fold_in(key, name), (b, count, 1, 1))

  cells = jax.image.resize(rgb, (b, CELLS, CELLS, 3), 'linear').reshape(b, CELLS**2, 3)
  which = jax.random.randint(fold_in(key, 'cell'), (b, count, 1), 0, CELLS**2)
  colors = jnp.take_along_axis(cells, which, 1)
  rate = rates[0] + (rates[1] - rates[0]) * uniform('rate')
  distance = jnp.hypot(_axis(h)[:, None] - uniform('row'), _axis(w)[None] - uniform('column'))
  cover = jnp.exp(-rate * CELLS * distance)
  for i in range(count):
    draft += cover[:, i, ..., None] * (colors[:, i, None, None] - draft)
  return draft


def _axis(n: int) -> Array:
  """Centres of n pixels, in (0, 1)."""
  return (jnp.arange(n) + 0.5) / n
