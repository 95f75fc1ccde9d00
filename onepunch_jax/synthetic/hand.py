"""The hand of a drawing: its style, its wobble, and its strokes as bands of ink with breaks."""

import dataclasses
import functools
import itertools
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

SPREAD = 0.62  # canvas pixels that antialiasing adds to each side of a shape
# The wobble is a sum of two sines in x and in y: their frequencies along y, y, x, x and x, y.
_ALONG = np.array([[0.11], [0.23], [0.12], [0.21]])
_ACROSS = np.array([[0.07], [-0.08]])


@dataclasses.dataclass(frozen=True)
class Style:
  """How one drawing is drawn. Lengths in units (a sheet is 256 wide)."""

  weight: float  # stroke width
  contrast: float  # how much heavier a stroke is on the side away from the light
  taper: float  # width at the end of a stroke as a share of its middle
  wobble: float  # unsteadiness of the hand
  phase: tuple  # of the wobble
  echo: float  # how far a second, thinner outline strays from the first; 0 = none
  gap: int  # width of the breaks in the strokes, 0 = closed
  gap_every: float  # mean length between breaks
  shading: str  # flat | cel | soft
  depth: int  # tone of a shadow, 0..127
  light: tuple  # unit vector towards the light
  hatching: bool  # shadows are also drawn as ink
  blacks: bool  # black things are solid ink in both pictures
  rng: np.random.Generator  # breaks only: they disturb nothing else


class Stroke(NamedTuple):
  """How a polyline [2, n] in units is inked.

  Attributes:
    owner: the number of what it belongs to.
    width: of its middle, units.
    start: the width at its first point as a share of its middle's.
    end: the same at its last point.
    side: 1 or -1 where it is an outline, heavier on the side away from the light; else 0.
    reach: how far it is drawn beyond both ends, units.
  """

  owner: int
  width: float
  start: float
  end: float
  side: float = 0.0
  reach: float = 0.0


class Band(NamedTuple):
  """A stroke's ink: the columns first .. stop of the table of all of them."""

  owner: int
  density: float  # below 1 it is thinner than a pixel
  first: int
  stop: int


def wobble(p: np.ndarray, style: Style) -> np.ndarray:
  """Moves points [n, 2] in units, in place, as an unsteady hand does."""
  if style.wobble:
    xy = p.T
    angle = xy[[1, 1, 0, 0]]
    angle *= _ALONG
    angle[1::2] += _ACROSS * xy
    angle += np.array(style.phase)[:, None]
    sway = np.sin(angle, out=angle)
    sway[1::2] *= 0.6
    moved = sway[::2] + sway[1::2]
    moved *= style.wobble
    xy += moved
  return p


def echo(p: np.ndarray, style: Style) -> np.ndarray:
  """Where a second outline strays to from the points [n, 2] of the first."""
  a, b, c, d = style.phase
  drift = np.sin(p[:, ::-1] * 0.17 + (b, d)) + np.sin(p * 0.09 + (c, a))
  return p + drift * style.echo


def ink(
  curves: Sequence[np.ndarray], strokes: Sequence[Stroke], style: Style, pixel: float
) -> tuple[np.ndarray, list[Band]]:
  """What strokes cover.

  Args:
    curves: of each stroke its polyline [2, n] in units, n >= 2.
    strokes: one for each.
    style: of the drawing.
    pixel: the size of a canvas pixel, units.

  Returns:
    The left and the right edges of all bands, [2, n, 2] in units, and where each band is in them;
    a stroke has one band, or as many as its breaks leave.
  """
  counts = [curve.shape[1] for curve in curves]
  stops = list(itertools.accumulate(counts))
  spans = list(zip((0, *stops), stops))
  table = np.empty((5, stops[-1]))  # x, y, the normal's x and y, half the width
  xy, normal, half = table[:2], table[2:4], table[4]
  np.concatenate(curves, 1, out=xy)
  _extend(xy, spans, strokes)
  _normals(xy, spans, normal)
  np.concatenate([_profile(n, s.start, s.end) for n, s in zip(counts, strokes)], out=half)
  half *= np.repeat([s.width / 2 for s in strokes], counts)
  if any(s.side for s in strokes):
    x, y = style.light
    heavier = np.repeat([style.contrast * s.side for s in strokes], counts)
    half *= 1 - heavier * (normal[0] * x + normal[1] * y)
  least = SPREAD * pixel
  widest = np.maximum.reduceat(half, [a for a, _ in spans]).tolist()
  bands = [Band(s.owner, min(1.0, w / least), *span) for s, w, span in zip(strokes, widest, spans)]
  if style.gap:
    table, bands = _broken(table, bands, style)
    xy, normal, half = table[:2], table[2:4], table[4]
  half -= least
  normal *= np.maximum(half, 0.05 * pixel, out=half)
  edges = np.empty((2, table.shape[1], 2))
  np.add(xy, normal, out=edges[0].T)
  np.subtract(xy, normal, out=edges[1].T)
  return edges, bands


@functools.lru_cache(2048)
def _profile(n: int, start: float, end: float) -> np.ndarray:
  """The width along a stroke: start and end are shares of its middle."""
  t = np.linspace(0, 1, n)
  rise = np.minimum(start + (1 - start) * t * 4, end + (1 - end) * (1 - t) * 4)
  return np.clip(rise, 0.05, 1)


def _extend(xy: np.ndarray, spans: Iterable[tuple[int, int]], strokes: Iterable[Stroke]) -> None:
  """Moves both ends of the strokes that have a reach outwards, in place; xy [2, n]."""
  far = [(span, s.reach) for span, s in zip(spans, strokes) if s.reach]
  if not far:
    return
  xs, ys = xy.tolist()
  for (first, stop), reach in far:
    for i, j in ((first, first + 1), (stop - 1, stop - 2)):
      x, y = xs[i] - xs[j], ys[i] - ys[j]
      k = reach / (math.hypot(x, y) + 1e-6)
      xs[i] += x * k
      ys[i] += y * k
  xy[0], xy[1] = xs, ys


def _normals(xy: np.ndarray, spans: Sequence[tuple[int, int]], out: np.ndarray) -> None:
  """Unit normals along polylines that lie one after the other in xy [2, n], into out [2, n]."""
  d = np.empty_like(xy)
  np.subtract(xy[:, 2:], xy[:, :-2], out=d[:, 1:-1])
  first, last = np.array(spans).T
  last -= 1
  d[:, first] = xy[:, first + 1] - xy[:, first]
  d[:, last] = xy[:, last] - xy[:, last - 1]
  length = np.hypot(d[0], d[1])
  length += 1e-9
  np.divide(d[0], length, out=out[1])
  np.negative(d[1], out=d[1])
  np.divide(d[1], length, out=out[0])


def _broken(
  table: np.ndarray, bands: Iterable[Band], style: Style
) -> tuple[np.ndarray, list[Band]]:
  """The table of `ink` and its bands with gaps of style.gap units at random places."""
  pieces, left, at = [table[:, :0]], [], 0
  for band in bands:
    for piece in _cut(table[:, band.first : band.stop], style):
      pieces.append(piece)
      left.append(band._replace(first=at, stop=at + piece.shape[1]))
      at = left[-1].stop
  return np.concatenate(pieces, 1), left


def _cut(table: np.ndarray, style: Style) -> list[np.ndarray]:
  """What is left of a stroke [5, n] between its breaks."""
  d = table[:2, 1:] - table[:2, :-1]
  s = np.empty(table.shape[1])
  s[0] = 0
  np.cumsum(np.hypot(d[0], d[1]), out=s[1:])
  length = s[-1]
  count = style.rng.poisson(length / style.gap_every)
  if not count or length < style.gap * 2.5:
    return [table]
  start = np.sort(style.rng.random(count)) * (length - style.gap)
  ends, begin = [], 0.0
  for a in [*start, length + style.gap]:
    stop = min(a, length)
    if stop - begin > 1:
      ends += [begin, stop]
    begin = max(begin, a + style.gap)
  if not ends:
    return []
  cuts = np.stack([np.interp(ends, s, row) for row in table])
  table = table[:, np.searchsorted(s, s, 'right') - 1]  # of points at one place, the last
  low = np.searchsorted(s, ends[::2], 'right').tolist()
  high = np.searchsorted(s, ends[1::2], 'left').tolist()
  return [
    np.concatenate([cuts[:, 2 * i, None], table[:, a:b], cuts[:, 2 * i + 1, None]], 1)
    for i, (a, b) in enumerate(zip(low, high))
  ]
