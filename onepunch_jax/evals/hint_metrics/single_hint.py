"""What one hint does: whether it is obeyed, what it covers, where it leaks to."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Predict, fetch, predict
from onepunch_jax.evals.hint_metrics.regions import Region
from onepunch_jax.metrics.image import INK
from onepunch_jax.ops import color

COVERED, MOVED = 5.0, 2.3  # CIEDE2000
EXACT = 1.0  # CIEDE2000: the difference of a hint that is obeyed to the eye
DOT, BACKGROUND = (0.8, 0.2, 0.2), (0.2, 0.7, 0.3)  # colours inside and outside of the square


class SingleHint(NamedTuple):
  """What a hint of another drawing's colour does, a value for each drawing.

  Attributes:
    obedience: CIEDE2000 from the hint's colour to the commonest colour of its region.
    coverage: fraction of the region within 5 of the hint's colour.
    leak: fraction of the pixels outside of it that the hint moves by more than 2.3.
  """

  obedience: np.ndarray
  coverage: np.ndarray
  leak: np.ndarray


def recolor_largest(
  paint: Predict, batch: Batch, regions: Sequence[Sequence[Region]]
) -> SingleHint:
  """Hints the largest region in a colour of another drawing; NaN for drawings without regions.

  All other regions have hints of their own colours, with that hint and without.
  """
  line = 0.5 + 0.5 * fetch(batch['line'])[..., 0]
  hint = np.zeros((*line.shape, 4), np.float32)
  for b, found in enumerate(regions):
    for region in found[1:]:
      region.draw_dot(hint[b])
  before = fetch(predict(paint, batch, hint=hint))
  colors = [found[0].color if found else np.full(3, 0.5) for found in regions]
  colors = [*colors[1:], colors[0]]  # another drawing's
  for b, found in enumerate(regions):
    if found:
      found[0].draw_dot(hint[b], colors[b])
  after = fetch(predict(paint, batch, hint=hint))
  values = [
    _measure(before[b], after[b], colors[b], found[0].mask, line[b]) if found else (np.nan,) * 3
    for b, found in enumerate(regions)
  ]
  return SingleHint(*np.array(values).T)


def square_leaks(paint: Predict, batch: Batch, gaps: Sequence[int], wide: int) -> list[float]:
  """The leak out of a square of lines, red inside, green outside, by the gap in its right side.

  Args:
    paint: the method or a baseline.
    batch: only its shape and keys count.
    gaps: in pixels at 256.
    wide: side of the dots in pixels.
  """
  shape = tuple(batch['line'].shape)
  height, width = shape[1:3]
  scale = min(height, width) / 256
  low, high = round(0.3 * min(height, width)), round(0.7 * min(height, width))
  inside = np.zeros((height, width), bool)
  inside[low:high, low:high] = True
  corner = np.indices(inside.shape).max(0) < low // 2

  def answer(line, hint):
    line = np.broadcast_to(line.reshape(1, height, width, 1), (*shape[:3], 1))
    hint = np.broadcast_to(hint.reshape(1, height, width, 4), (*shape[:3], 4))
    return fetch(predict(paint, batch, line=line, hint=hint))[0]

  leaks = []
  for gap in gaps:
    line = _square(inside, low, high, max(1, round(3 * scale)), round(gap * scale))
    hint = np.zeros((height, width, 4), np.float32)
    Region.of(corner, np.array(BACKGROUND), wide).draw_dot(hint)
    before = color.rgb_to_lab(answer(line, hint.copy()))
    Region.of(inside, np.array(DOT), wide).draw_dot(hint)
    moved = np.asarray(_difference(before, answer(line, hint))) > MOVED
    leaks.append(float(np.mean(moved[~inside & (line > 0)])))
  return leaks


def commonest_color(lab: np.ndarray) -> np.ndarray:
  """The mean of the fullest cell, of 5 x 5 x 5, of Lab colours [N, 3] -> [3]."""
  _, cells, counts = np.unique(np.floor(lab / 5), axis=0, return_inverse=True, return_counts=True)
  return lab[cells.ravel() == counts.argmax()].mean(0)


def _square(inside, low, high, thick, gap) -> np.ndarray:
  """Line art [H, W] in [-1, 1]: a square around `inside` with a gap in its right side."""
  line = np.ones(inside.shape, np.float32)
  line[low - thick : high + thick, low - thick : high + thick] = -1
  line[inside] = 1
  line[(low + high) // 2 - gap // 2 :][:gap, high : high + thick] = 1
  return line


def _measure(before, after, tint, mask, line) -> tuple[float, float, float]:
  lab, far, moved = map(np.asarray, _compared(before, after, tint.astype(np.float32)))
  outside = ~mask & (line >= INK)
  return (
    float(_difference(commonest_color(lab[mask]), tint.astype(np.float32))),
    float(np.mean(far[mask] <= COVERED)),
    float(np.mean(moved[outside] > MOVED)) if outside.any() else np.nan,
  )


@jax.jit
def _compared(before, after, tint):
  """Of whole pictures, so that it is compiled once: Lab, and dE00 from the tint and from before."""
  lab = color.rgb_to_lab(after)
  return (
    lab,
    color.delta_e(lab, color.rgb_to_lab(tint)),
    color.delta_e(lab, color.rgb_to_lab(before)),
  )


@jax.jit
def _difference(lab, rgb):
  return color.delta_e(lab, color.rgb_to_lab(rgb))
