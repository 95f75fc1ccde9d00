"""A spoilt colouring to learn to refine (Zhang et al. 2018, two-stage sketch colorization).

The true colours with the mistakes that a first stage makes: bent by a thin-plate spline, squares of
other drawings of the batch pasted on, and colours of the drawing sprayed where they do not belong:
exp(-rate r), r in sevenths of a side from the middle of the spray.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.prepare.reference import bent

CELLS = 7  # a side has so many cells, from which sprays take their colours


def make(*, patches=7, sides=(0.26, 0.52), sprays=7, rates=(0.01, 10.0), strength=0.1, spread=0.5):
  """(batch, key, step) -> batch with 'draft' [B, H, W, 3] in [-1, 1].

  Args:
    patches: squares of another drawing.
    sides: smallest and largest, as shares of a side (100 to 200 of 384 px).
    sprays: how many.
    rates: slowest and fastest falling off.
    strength, spread: of the warp (prepare/reference).

  Raises:
    ValueError: a range that is none.
  """
  for name, (low, high) in dict(sides=sides, rates=rates).items():
    if not 0 < low <= high:
      raise ValueError(f'{name} is (smallest, largest), above 0; got {(low, high)}.')

  def corrupt(batch, key, step):
    rgb = batch['rgb']
    draft, *_ = bent(rgb, fold_in(key, 'bent'), strength, spread)
    draft = jnp.where(draft[..., 3:] > 0, draft[..., :3], rgb)
    draft = _pasted(draft, jnp.roll(rgb, 1, 0), fold_in(key, 'paste'), patches, sides)
    return {**batch, 'draft': _sprayed(draft, rgb, fold_in(key, 'spray'), sprays, rates)}

  return corrupt


def _pasted(draft, other, key, count, sides):
  """Squares of `other` on drafts [B, H, W, 3], at their own places."""
  b, h, w, _ = draft.shape
  dice = lambda name: jax.random.uniform(fold_in(key, name), (b, count))
  side = sides[0] + (sides[1] - sides[0]) * dice('side')
  within = lambda n, start: (_axis(n) >= start[..., None]) & (_axis(n) < (start + side)[..., None])
  rows = within(h, dice('row') * (1 - side))
  columns = within(w, dice('column') * (1 - side))
  covered = jnp.any(rows[..., :, None] & columns[..., None, :], 1)
  return jnp.where(covered[..., None], other, draft)


def _sprayed(draft, rgb, key, count, rates):
  """Sprays on drafts [B, H, W, 3], of mean colours of cells of rgb."""
  b, h, w, _ = draft.shape
  cells = jax.image.resize(rgb, (b, CELLS, CELLS, 3), 'linear').reshape(b, CELLS**2, 3)
  which = jax.random.randint(fold_in(key, 'cell'), (b, count, 1), 0, CELLS**2)
  colors = jnp.take_along_axis(cells, which, 1)
  dice = lambda name: jax.random.uniform(fold_in(key, name), (b, count, 1, 1))
  rate = rates[0] + (rates[1] - rates[0]) * dice('rate')
  far = jnp.hypot(_axis(h)[:, None] - dice('row'), _axis(w)[None] - dice('column'))
  cover = jnp.exp(-rate * CELLS * far)
  for i in range(count):
    draft += cover[:, i, ..., None] * (colors[:, i, None, None] - draft)
  return draft


def _axis(n):
  return (jnp.arange(n) + 0.5) / n
