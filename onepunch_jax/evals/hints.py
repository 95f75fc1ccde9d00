"""What a person's hints do, beside *nearest hint*, a baseline that needs no learning.

  points_N      foreground PSNR with N squares of `size` px (at 256) of their mean true colour,
                placed as by Zhang (2017); more points are the same ones and others
  auc, auc_foreground   Hint-AUC: PSNR with a dot of its mean colour in each of the largest
                floor(a n) of n regions, integrated over a in [0, 1] (trapezoids); auc_at_P: at a =
                P per cent
  auc_random, auc_random_foreground, auc_random_at_P   the same in random order, mean of `orders`
  obedience     median CIEDE2000 from a hint's colour, here that of another drawing's region, to
                the commonest colour of the prediction in its region, the largest; the others have
                hints of their own colours
  exact         fraction of the drawings in which that is at most 1
  coverage      fraction of that region's pixels, ink excluded, within 5 of the hint's colour
  leak          fraction of the pixels outside it that the hint moves by more than 2.3
  leak_drawn_G  the same over the drawings whose lines have gaps of G px (at 256)
  leak_gap_G    the same for a square of lines with a gap of G px (at 256)

Rows: `model`, and `nearest`: every pixel has its nearest hint's colour (a watershed over the ink:
guides/geodesic), or white where there is none, under the line art; and each of the two on the
drawings with open lines (`_open`) and with soft shading (`_soft`), where the data knows them.
Regions are the data's, or of graph-based segmentation. Tags and references are left out. And a
picture 'hinted': line art, ground truth, predictions without hints and with 10 and 50 of the
points. For methods that read batch['hint']; the same each time.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Predict, fetch, only
from onepunch_jax.evals.hint_metrics import hint_auc, points_curve, scores, single_hint
from onepunch_jax.evals.hint_metrics.common import side
from onepunch_jax.evals.hint_metrics.regions import regions_of
from onepunch_jax.evals.hint_metrics.report import Curve, HintReport, HintRow
from onepunch_jax.evals.samples import grid
from onepunch_jax.guides import geodesic

ALPHAS = (0.0, 0.01, 0.03, 0.05, 0.10, 0.25, 0.50, 1.0)


@dataclasses.dataclass
class HintEvaluation:
  """(paint, batches) -> {'hint_report': HintReport, 'hinted': uint8 picture}.

  Attributes:
    points: numbers of points; () for no curve.
    size: side of the dots, in pixels at 256.
    alphas: fractions of the regions that get a dot, from 0 to 1; () for no regions at all.
    orders: random orders of the regions; 0 for the largest first alone.
    gaps: widths of gaps, in pixels at 256.
    pictures: how many drawings are measured, the first ones.
    examples: how many drawings are in the picture 'hinted'; 0: there is none.
    baselines: rows of *nearest hint*, measured by the first call and kept: they do not change from
      one evaluation of the same batches to the next.
  """

  points: Sequence[int]
  size: int
  alphas: Sequence[float]
  orders: int
  gaps: Sequence[int]
  pictures: int
  examples: int
  baselines: dict[str, HintRow] | None = None

  def __call__(self, paint: Predict, batches: Iterable[Batch]) -> dict[str, Any]:
    rows = {'model': paint} if self.baselines else {'model': paint, 'nearest': nearest_hint}
    measured = {row: [] for row in rows}
    traits, sheet, last = [], [], None
    for number, batch, valid in self._first(batches):
      traits.append(scores.Traits.of(batch, valid))
      batch = last = only(batch, 'hint')
      regions = regions_of(batch, self.size) if self.alphas else []
      for row, predict in rows.items():
        found, points = self._measure(predict, batch, number, regions)
        measured[row].append(found.select(valid))
        if row == 'model' and points and len(sheet) < self.examples:
          shots = points_curve.pictures(points, batch)
          sheet += [{caption: x[i] for caption, x in shots.items()} for i in valid]
    if last is None:
      return {'hint_report': HintReport(self.baselines or {})}
    known = scores.Traits(*(np.concatenate(x) for x in zip(*map(dataclasses.astuple, traits))))
    report = {}
    for row, predict in rows.items():
      table = scores.rows(row, scores.join(measured[row]), known, self.points, self.alphas)
      report |= table | {row: self._with_square(table[row], predict, last)}
    if self.baselines is None:
      self.baselines = {name: row for name, row in report.items() if name.startswith('nearest')}
    results = {'hint_report': HintReport({**report, **self.baselines})}
    if sheet[: self.examples]:
      sheet = sheet[: self.examples]
      results['hinted'] = grid([list(row.values()) for row in sheet], list(sheet[0]), 1)
    return results

  def _first(self, batches: Iterable[Batch]) -> Iterable[tuple[int, Batch, np.ndarray]]:
    """(number, batch, places of the drawings that count) until there are enough drawings."""
    left = self.pictures
    for number, batch in enumerate(batches):
      if left <= 0:
        return
      valid = np.flatnonzero(fetch(batch['valid']))[:left]
      left -= len(valid)
      yield number, batch, valid

  def _measure(self, predict, batch, number, regions):
    """The scores of a batch, and its points curve (None without points)."""
    points = ordered = shuffled = single = None
    if self.points:
      points = points_curve.curve(predict, batch, number, self.points, self.size)
    if self.alphas:
      ordered = hint_auc.largest_first(predict, batch, regions, self.alphas)
      if self.orders:
        shuffled = hint_auc.random_order(
          predict, batch, regions, self.alphas, self.orders, number, ordered
        )
      single = single_hint.recolor_largest(predict, batch, regions)
    return scores.Scores(points and points.psnr, ordered, shuffled, single), points

  def _with_square(self, row: HintRow, predict: Predict, batch: Batch) -> HintRow:
    """The row with the leak out of a square."""
    if not self.gaps:
      return row
    wide = side(self.size, batch['line'].shape[1:])
    leaks = single_hint.square_leaks(predict, batch, self.gaps, wide)
    return dataclasses.replace(row, square_leak=Curve(tuple(self.gaps), tuple(leaks)))


def make(
  *,
  points: Sequence[int] = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500),
  size: int = 6,
  alphas: Sequence[float] = ALPHAS,
  orders: int = 10,
  gaps: Sequence[int] = (0, 1, 2, 4, 8, 16),
  pictures: int = 100,
  examples: int = 8,
) -> HintEvaluation:
  """The evaluation; its arguments are the attributes of `HintEvaluation`."""
  return HintEvaluation(points, size, alphas, orders, gaps, pictures, examples)


@jax.jit
def nearest_hint(batch: Batch) -> jax.Array:
  """Every pixel of its nearest hint's colour, white without hints, times the line art."""
  nearest, distance = geodesic.watershed(batch['line'], batch['hint'])
  return jnp.where(distance < 1, 0.5 + 0.5 * nearest, 1.0) * (0.5 + 0.5 * batch['line'])
