"""An evaluation's curves as pictures: points, Hint-AUC, leaks; the model against nearest hint."""

import dataclasses
import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from onepunch_jax.evals.hint_metrics.report import Curve, HintReport
from onepunch_jax.reports.tables import NAMES

SIZE = (960, 600)
FINE = 2  # pictures are made so many times larger, then reduced
COLORS = {
  'model': (200, 60, 30),
  'nearest': (40, 100, 170),
  'model_open': (235, 150, 60),
  'nearest_open': (120, 170, 210),
  'model_soft': (150, 60, 140),
  'nearest_soft': (130, 120, 190),
}


@dataclasses.dataclass(frozen=True)
class Series:
  """A line of a chart: (x, y) from left to right."""

  name: str
  points: Sequence[tuple[float, float]]
  color: tuple[int, int, int]
  dashed: bool = False


def curves(report: HintReport) -> dict[str, np.ndarray]:
  """The curves of evals/hints: {name: uint8 picture [H, W, 3]}; without those not measured."""
  rows = {name: report.rows[name] for name in COLORS if name in report.rows}
  both = {name: row for name, row in rows.items() if name in ('model', 'nearest')}
  points = [_series(name, row.points) for name, row in rows.items()]
  auc, leak = [], []
  for name, row in both.items():
    first, shuffled = row.largest_first, row.random_order
    auc.append(_series(name, first and first.curve, ', the largest first'))
    auc.append(_series(name, shuffled and shuffled.curve, ', random order', dashed=True))
    leak.append(_series(name, row.square_leak, ', a square', times=100))
    leak.append(_series(name, row.leak_by_gap, ', drawings', times=100, dashed=True))
  charts = {
    'plot_points': _chart('Points curve', 'points', 'foreground PSNR, dB', points, math.log1p),
    'plot_hint_auc': _chart('Hint-AUC', 'regions with a dot, per cent', 'PSNR, dB', auc, math.sqrt),
    'plot_leak': _chart(
      'Leak', 'gap in the lines, px at 256', 'pixels moved, per cent', leak, lowest=0.0
    ),
  }
  return {name: picture for name, picture in charts.items() if picture is not None}


def _series(
  row: str, curve: Curve | None, name: str = '', times: float = 1.0, dashed: bool = False
) -> Series | None:
  """The finite points of a curve; None where there are fewer than two."""
  pairs = [] if curve is None else zip(*curve)
  points = [(x, times * y) for x, y in pairs if math.isfinite(y)]
  return Series(NAMES[row] + name, points, COLORS[row], dashed) if len(points) > 1 else None


def _chart(title, across, up, series, scale=float, lowest=None) -> np.ndarray | None:
  found = [s for s in series if s is not None]
  return chart(title, across, up, found, scale=scale, lowest=lowest) if found else None


def chart(
  title: str,
  across: str,
  up: str,
  series: Sequence[Series],
  *,
  scale: Callable[[float], float] = float,
  lowest: float | None = None,
) -> np.ndarray:
  """Lines over a common x axis, uint8 [H, W, 3].

  Args:
    title, across, up: of the chart and its axes.
    series: the lines; ticks of the x axis are at all their x.
    scale: of the x axis.
    lowest: where the y axis begins; None: a bit below the lowest value.
  """
  xs = sorted({x for s in series for x, _ in s.points})
  ys = [y for s in series for _, y in s.points]
  step = _step(max(ys) - (min(ys) if lowest is None else lowest))
  low = lowest if lowest is not None else step * math.floor(min(ys) / step)
  high = max(step * math.ceil(max(ys) / step), low + step)
  width, height = (FINE * n for n in SIZE)
  left, right, top, bottom = (FINE * n for n in (84, 30, 60 + 24 * math.ceil(len(series) / 2), 72))
  sheet = Image.new('RGB', (width, height), 'white')
  draw = ImageDraw.Draw(sheet)
  span = max(scale(xs[-1]) - scale(xs[0]), 1e-9)

  def place(x, y):
    return (
      left + (scale(x) - scale(xs[0])) / span * (width - left - right),
      height - bottom - (y - low) / (high - low) * (height - top - bottom),
    )

  for i in range(round((high - low) / step) + 1):
    y = low + i * step
    draw.line([place(xs[0], y), place(xs[-1], y)], (225, 225, 225), FINE)
    draw.text((left - 10 * FINE, place(xs[0], y)[1]), f'{y:g}', (60, 60, 60), _font(15), 'rm')
  free = -1e9
  for x in xs:
    at = place(x, low)
    draw.line([at, (at[0], at[1] + 6 * FINE)], (60, 60, 60), FINE)
    half = draw.textlength(f'{x:g}', _font(15)) / 2
    if at[0] - half > free:
      draw.text((at[0], at[1] + 18 * FINE), f'{x:g}', (60, 60, 60), _font(15), 'mm')
      free = at[0] + half + 4 * FINE
  draw.line([place(xs[0], high), place(xs[0], low), place(xs[-1], low)], (60, 60, 60), FINE)
  draw.text((left, 16 * FINE), title, 'black', _font(20), 'lm')
  draw.text(((left + width - right) / 2, height - 20 * FINE), across, 'black', _font(16), 'mm')
  draw.text((width - right, 16 * FINE), up, 'black', _font(16), 'rm')
  for i, s in enumerate(series):
    at = left + (i % 2) * (width - left - right) / 2, (48 + 24 * (i // 2)) * FINE
    _line(draw, [at, (at[0] + 40 * FINE, at[1])], s)
    draw.text((at[0] + 48 * FINE, at[1]), s.name, 'black', _font(15), 'lm')
    spots = [place(x, y) for x, y in s.points]
    _line(draw, spots, s)
    for x, y in spots:
      r = 4 * FINE
      draw.ellipse([x - r, y - r, x + r, y + r], s.color)
  return np.asarray(sheet.resize(SIZE, Image.Resampling.LANCZOS))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
  return ImageFont.load_default(FINE * size)


def _line(draw: ImageDraw.ImageDraw, spots: Sequence, series: Series) -> None:
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
