"""An evaluation's curves as pictures: points, Hint-AUC, leaks; the model against nearest hint."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (960, 600)
FINE = 2  # drawn so many times larger, then reduced
ROWS = {
  'model': (200, 60, 30),
  'nearest': (40, 100, 170),
  'model_open': (235, 150, 60),
  'nearest_open': (120, 170, 210),
  'model_soft': (150, 60, 140),
  'nearest_soft': (130, 120, 190),
}
NAMES = {
  'model': 'model',
  'nearest': 'nearest hint',
  'model_open': 'model, open lines',
  'nearest_open': 'nearest hint, open lines',
  'model_soft': 'model, soft shading',
  'nearest_soft': 'nearest hint, soft shading',
}


@dataclasses.dataclass(frozen=True)
class Series:
  """A line of a chart: (x, y) from left to right."""

  name: str
  points: Sequence[tuple[float, float]]
  color: tuple[int, int, int]
  dashed: bool = False


def curves(results: Mapping[str, float]) -> dict[str, np.ndarray]:
  """The curves that evals/hints measured: {name: uint8 picture [H, W, 3]}; {} where it did not."""
  pictures = {}
  found = [s for row in ROWS for s in _series(results, row, r'points_(\d+)')]
  if found:
    pictures['plot_points'] = chart(
      'Points curve', 'points', 'PSNR inside, dB', found, scale=math.log1p
    )
  found = [
    s
    for row in ('model', 'nearest')
    for s in (
      *_series(results, row, r'auc_at_([\d.]+)', ', the largest first'),
      *_series(results, row, r'auc_random_at_([\d.]+)', ', random order', dashed=True),
    )
  ]
  if found:
    pictures['plot_hint_auc'] = chart(
      'Hint-AUC', 'regions with a dot, per cent', 'PSNR, dB', found, scale=math.sqrt
    )
  found = [
    s
    for row in ('model', 'nearest')
    for s in (
      *_series(results, row, r'leak_gap_(\d+)', ', a square', times=100),
      *_series(results, row, r'leak_drawn_(\d+)', ', drawings', times=100, dashed=True),
    )
  ]
  if found:
    pictures['plot_leak'] = chart(
      'Leak', 'gap in the lines, px at 256', 'pixels moved, per cent', found, floor=0.0
    )
  return pictures


def _series(results, row, pattern, name='', times=1.0, dashed=False) -> list[Series]:
  """The columns of a row that match, by their number; none where there are fewer than two."""
  points = []
  for key, y in results.items():
    match = re.fullmatch(f'{row}/{pattern}', key)
    if match and math.isfinite(y):
      points.append((float(match[1]), times * y))
  return [Series(NAMES[row] + name, sorted(points), ROWS[row], dashed)] if len(points) > 1 else []


def chart(
  title: str,
  across: str,
  up: str,
  series: Sequence[Series],
  *,
  scale=lambda x: x,
  floor: float | None = None,
) -> np.ndarray:
  """Lines over a common x axis, uint8 [H, W, 3].

  Args:
    title, across, up: of the chart and its axes.
    series: what is drawn; ticks of the x axis are at all their x.
    scale: of the x axis.
    floor: where the y axis begins; None: a bit below the lowest value.
  """
  xs = sorted({x for s in series for x, _ in s.points})
  ys = [y for s in series for _, y in s.points]
  step = _step(max(ys) - (min(ys) if floor is None else floor))
  low = floor if floor is not None else step * math.floor(min(ys) / step)
  high = max(step * math.ceil(max(ys) / step), low + step)
  width, height = (FINE * n for n in SIZE)
  left, right, top, bottom = (FINE * n for n in (84, 30, 60 + 24 * math.ceil(len(series) / 2), 72))
  sheet = Image.new('RGB', (width, height), 'white')
  draw = ImageDraw.Draw(sheet)
  font = lambda size: ImageFont.load_default(FINE * size)
  span = max(scale(xs[-1]) - scale(xs[0]), 1e-9)
  place = lambda x, y: (
    left + (scale(x) - scale(xs[0])) / span * (width - left - right),
    height - bottom - (y - low) / (high - low) * (height - top - bottom),
  )

  for i in range(round((high - low) / step) + 1):
    y = low + i * step
    draw.line([place(xs[0], y), place(xs[-1], y)], (225, 225, 225), FINE)
    draw.text((left - 10 * FINE, place(xs[0], y)[1]), f'{y:g}', (60, 60, 60), font(15), 'rm')
  free = -1e9
  for x in xs:
    at = place(x, low)
    draw.line([at, (at[0], at[1] + 6 * FINE)], (60, 60, 60), FINE)
    half = draw.textlength(f'{x:g}', font(15)) / 2
    if at[0] - half > free:
      draw.text((at[0], at[1] + 18 * FINE), f'{x:g}', (60, 60, 60), font(15), 'mm')
      free = at[0] + half + 4 * FINE
  draw.line([place(xs[0], high), place(xs[0], low), place(xs[-1], low)], (60, 60, 60), FINE)
  draw.text((left, 16 * FINE), title, 'black', font(20), 'lm')
  draw.text(((left + width - right) / 2, height - 20 * FINE), across, 'black', font(16), 'mm')
  draw.text((width - right, 16 * FINE), up, 'black', font(16), 'rm')
  for i, s in enumerate(series):
    at = left + (i % 2) * (width - left - right) / 2, (48 + 24 * (i // 2)) * FINE
    _line(draw, [at, (at[0] + 40 * FINE, at[1])], s)
    draw.text((at[0] + 48 * FINE, at[1]), s.name, 'black', font(15), 'lm')
    spots = [place(x, y) for x, y in s.points]
    _line(draw, spots, s)
    for x, y in spots:
      r = 4 * FINE
      draw.ellipse([x - r, y - r, x + r, y + r], s.color)
  return np.asarray(sheet.resize(SIZE, Image.Resampling.LANCZOS))


def _line(draw, spots, series) -> None:
  """A line through spots, solid or in dashes of 8 pixels."""
  for start, end in itertools.pairwise(np.array(spots)):
    count = max(1, round(math.hypot(*(end - start)) / (8 * FINE))) if series.dashed else 1
    for i in range(0, count, 2):
      ends = (start + t * (end - start) for t in (i / count, min(1, (i + 1) / count)))
      draw.line([tuple(at) for at in ends], series.color, 3 * FINE)


def _step(span: float) -> float:
  """1, 2 or 5 times a power of ten, such that four to eight fit."""
  rough = max(span, 1e-6) / 6
  power = 10 ** math.floor(math.log10(rough))
  return power * min((1, 2, 5, 10), key=lambda n: abs(math.log(n * power / rough)))
