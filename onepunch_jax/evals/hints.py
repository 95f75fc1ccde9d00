"""What a person's hints do, beside *nearest hint*, which needs no learning.

  points_N      PSNR inside, with N squares of `size` px (at 256) of their mean true colour, placed
                as by Zhang (2017); more points are the same ones and others
  auc, auc_inside   Hint-AUC: PSNR with a dot of its mean colour in each of the largest floor(a n)
                of n regions, integrated over a in [0, 1] (trapezoids); auc_at_P: at a = P per cent
  auc_random, auc_random_inside, auc_random_at_P   the same in random order, mean of `orders` orders
  obedience     median CIEDE2000 from a hint's colour, here that of another drawing's region, to
                the commonest colour of the answer in its region, the largest; the others have
                hints of their own colours
  coverage      share of that region's pixels, ink excluded, within 5 of the hint's colour
  leak          share of the pixels outside it that the hint moves by more than 2.3
  leak_drawn_G  the same over the drawings whose lines have gaps of G px (at 256)
  leak_gap_G    the same for a square of lines with a gap of G px (at 256)

Rows: `model`, and `nearest`: every pixel takes its nearest hint's colour (a watershed over the ink:
guides/geodesic), or white where there is none, under the line art; and each of the two on the
drawings with open lines (`_open`) and with soft shading (`_soft`), where the data knows them.
Regions are the data's, or of graph-based segmentation.  Tags and references are not told.  And a
picture: line art, target, answers without hints and to 10 and 50 of the points, where asked for.
For methods that read batch['hint']; the same each time.
"""

from collections.abc import Callable, Iterable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.data.batch import SHADINGS, UNKNOWN
from onepunch_jax.evals.hint_metrics.common import alone, fetch, side
from onepunch_jax.evals.hint_metrics.hint_auc import areas
from onepunch_jax.evals.hint_metrics.points_curve import curve
from onepunch_jax.evals.hint_metrics.regions import parts as parts_of
from onepunch_jax.evals.hint_metrics.single_hint import gap_leaks, obeyed
from onepunch_jax.evals.samples import grid
from onepunch_jax.guides import geodesic

ALPHAS = (0.0, 0.01, 0.03, 0.05, 0.10, 0.25, 0.50, 1.0)


def make(
  *,
  points=(0, 1, 2, 5, 10, 20, 50, 100, 200, 500),
  size=6,
  alphas=ALPHAS,
  orders=10,
  gaps=(0, 1, 2, 4, 8, 16),
  pictures=100,
  shown=8,
) -> Callable:
  """(paint, batches) -> {'<row>/<column>': mean over the first `pictures` drawings}.

  Args:
    points: numbers of points; () for no curve.
    size: side of the dots, in pixels at 256.
    alphas: shares of the regions that get a dot, from 0 to 1; () for no regions at all.
    orders: random orders of the regions; 0 for the largest first alone.
    gaps: widths of gaps, in pixels at 256.
    shown: how many drawings are in the picture 'hinted'; 0: there is none.
  """
  floor = {}  # does not change from one evaluation to the next

  def evaluate(paint: Callable, batches: Iterable) -> dict[str, float]:
    rows = {'model': paint} if floor else {'model': paint, 'nearest': nearest_hint}
    found = {row: {} for row in rows}
    traits, left, seen, sheet = {'gap': [], 'shading': []}, pictures, None, []
    for number, batch in enumerate(batches):
      if left <= 0:
        break
      valid = np.flatnonzero(fetch(batch['valid']))[:left]
      batch = alone(batch, 'hint')
      left, seen = left - len(valid), batch
      for name, values in traits.items():
        values.extend(fetch(batch[name])[valid] if name in batch else [UNKNOWN] * len(valid))
      parts = parts_of(batch, size) if alphas else []
      for row, answer in rows.items():
        rows_of = sheet if row == 'model' and len(sheet) < shown else None
        measured = curve(answer, batch, number, points, size, rows_of)
        if alphas:
          measured |= areas(answer, batch, number, parts, alphas, orders)
          measured |= obeyed(answer, batch, parts)
        for name, values in measured.items():
          found[row].setdefault(name, []).extend(np.asarray(values)[valid])
    traits = {name: np.array(values) for name, values in traits.items()}
    results = {}
    for row, columns in found.items():
      results |= _summary(row, {k: np.array(x) for k, x in columns.items()}, traits)
    if gaps and seen is not None:
      wide = side(size, seen['line'].shape[1:])
      for row, answer in rows.items():
        leaks = gap_leaks(answer, seen, gaps, wide)
        results |= {f'{row}/leak_gap_{g}': x for g, x in zip(gaps, leaks)}
    floor.update({k: x for k, x in results.items() if k.startswith('nearest')})
    if sheet[:shown]:
      results['hinted'] = grid([list(r.values()) for r in sheet[:shown]], list(sheet[0]), 1)
    return {**floor, **results}

  return evaluate


@jax.jit
def nearest_hint(batch: dict) -> jax.Array:
  """Every pixel of its nearest hint's colour, white without hints, times the line art."""
  spread, cost = geodesic.watershed(batch['line'], batch['hint'])
  return jnp.where(cost < 1, 0.5 + 0.5 * spread, 1.0) * (0.5 + 0.5 * batch['line'])


def _summary(row, columns, traits) -> dict[str, float]:
  """Means over all drawings, over those of a kind, and the leak for each width of gaps."""
  gap, shading = traits['gap'], traits['shading']
  kinds = {
    row: np.ones(len(gap), bool),
    f'{row}_open': (gap > 0) & (gap != UNKNOWN),
    f'{row}_soft': shading == SHADINGS.index('soft'),
  }
  middle = lambda name, x: float((np.nanmedian if name == 'obedience' else np.nanmean)(x))
  results = {
    f'{kind}/{name}': middle(name, values[there])
    for kind, there in kinds.items()
    if there.any()
    for name, values in columns.items()
  }
  if 'leak' in columns:
    results |= {
      f'{row}/leak_drawn_{g}': middle('leak', columns['leak'][gap == g])
      for g in np.unique(gap[gap != UNKNOWN])
    }
  return results
