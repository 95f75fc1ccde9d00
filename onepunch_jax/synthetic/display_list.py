"""What a pen drew and is not on the sheet yet: all of it is worked out at once, then laid in turn.

A drawing has hundreds of shapes and strokes of few points each, so calls cost more than numbers.
The wobble of the hand, corners, normals and widths of all of them are therefore computed together;
laying them one after the other is then left to the rasteriser.
"""

import bisect
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from onepunch_jax.synthetic import hand, modelling
from onepunch_jax.synthetic.raster import Sheet

_SHORT = 26.0  # units of width and height together: a smaller outline is one stroke
_CORNER = 0.6  # cosine of the turn at which one stroke of an outline ends and the next begins
_BEYOND = 0.35  # of its width, how far such a stroke goes beyond its ends


class Shape(NamedTuple):
  """A closed shape: its region, its shading, its outline."""

  sheet: Sheet
  points: np.ndarray  # [n, 2] in units, without the wobble
  part: int
  volume: float
  dark: float
  hatched: bool
  weight: float  # of the pen
  ink: float  # width of the outline in strokes; 0: none
  echoed: bool  # whether a second, thinner outline strays from the first
  within: int | None


class Line(NamedTuple):
  """An open stroke."""

  sheet: Sheet
  points: np.ndarray
  width: float  # units
  start: float
  end: float
  within: int | None


class Blot(NamedTuple):
  """A solid black."""

  sheet: Sheet
  points: np.ndarray
  within: int | None


class Shade(NamedTuple):
  """A shadow (amount > 0) or a light on one region."""

  sheet: Sheet
  points: np.ndarray
  part: int
  amount: int
  blur: float  # units


class Ticks(NamedTuple):
  """Small ink shapes [k, 4, 2] where one region is seen."""

  sheet: Sheet
  polygons: np.ndarray  # in units, with the wobble
  within: int


Item = Shape | Line | Blot | Shade | Ticks


class DisplayList:
  """The items of one drawing, all in one style, in the order in which they were drawn."""

  def __init__(self, style: hand.Style):
    self._style = style
    self._items: list[Item] = []

  def add(self, item: Item) -> None:
    """Appends an item."""
    self._items.append(item)

  def lay(self) -> None:
    """Lays all items on their sheets, and forgets them."""
    items, self._items = self._items, []
    curves = _Curves([item for item in items if not isinstance(item, Ticks)], self._style)
    number = 0
    for item in items:
      sheet = item.sheet
      if isinstance(item, Ticks):
        sheet.ticks(sheet.fixed(item.polygons), item.within)
        continue
      if isinstance(item, Shape):
        self._lay_shape(item, curves, number)
      elif isinstance(item, Line):
        curves.lay_bands(sheet, number, item.within)
      elif isinstance(item, Blot):
        sheet.blot(curves.fixed(number), item.within)
      else:
        sheet.shade(curves.fixed(number), item.part, None, item.amount, item.blur)
      number += 1

  def _lay_shape(self, shape: Shape, curves: '_Curves', number: int) -> None:
    sheet, style, part, q = shape.sheet, self._style, shape.part, curves.fixed(number)
    sheet.fill(q, part, shape.within)
    if shape.dark and style.depth:
      sheet.shade(q, part, None, int(style.depth * shape.dark))
    if shape.volume:
      narrow = min(curves.extents[number])
      depth = narrow * 0.24 * shape.volume
      if style.depth:
        modelling.model(sheet, style, q, part, depth)
      if shape.hatched:
        p = curves.units(number)
        modelling.hatch_shadow(sheet, style, p, part, depth, shape.weight)
      modelling.blacken(sheet, style, q, part, narrow)
    if shape.ink:
      curves.lay_bands(sheet, number, None if shape.within is None else (shape.within, part))


class _Curves:
  """The outlines of items, and the bands of ink of their strokes.

  Attributes:
    extents: of each item its width and height, units.
  """

  def __init__(self, items: Sequence[Shape | Line | Blot | Shade], style: hand.Style):
    self._bands: list[list[tuple[hand.Band, np.ndarray]]] = [[] for _ in items]
    if not items:
      return
    sheet = items[0].sheet
    stops = list(itertools.accumulate(len(item.points) for item in items))
    self._spans = list(zip((0, *stops), stops))
    self._points = hand.wobble(np.concatenate([item.points for item in items]), style)
    self._fixed = sheet.fixed(self._points)
    outlines = _Outlines(self._points, self._spans)
    self.extents = outlines.extents
    curves, strokes = [], []
    for number, item in enumerate(items):
      if isinstance(item, Shape) and item.ink:
        width = style.weight * item.weight * item.ink
        outlines.trace(number, number, width, style.taper, curves, strokes)
        if item.echoed:
          strayed = hand.echo(self.units(number), style)
          one = _Outlines(strayed, [(0, len(strayed))])
          width = style.weight * item.weight * (item.ink * 0.5)
          one.trace(0, number, width, style.taper, curves, strokes)
      elif isinstance(item, Line):
        curves.append(outlines.curve(number))
        strokes.append(hand.Stroke(number, item.width, item.start, item.end))
    if strokes:
      edges, bands = hand.ink(curves, strokes, style, 1 / sheet.scale)
      left, right = sheet.fixed(edges)
      for band in bands:
        a, b = band.first, band.stop
        polygon = np.concatenate([left[a:b], right[a:b][::-1]])
        self._bands[band.owner].append((band, polygon))

  def fixed(self, number: int) -> np.ndarray:
    """An item's points in fixed-point canvas coordinates, int32 [n, 2]."""
    a, b = self._spans[number]
    return self._fixed[a:b]

  def units(self, number: int) -> np.ndarray:
    """An item's points in units, [n, 2]."""
    a, b = self._spans[number]
    return self._points[a:b]

  def lay_bands(self, sheet: Sheet, number: int, within: int | tuple[int, int] | None) -> None:
    """Lays the ink of an item's strokes."""
    for band, polygon in self._bands[number]:
      sheet.blot(polygon, within, band.density)


class _Outlines:
  """Closed polygons that lie one after the other in points [n, 2], and where they have corners."""

  def __init__(self, points: np.ndarray, spans: Sequence[tuple[int, int]]):
    xy = self._xy = np.ascontiguousarray(points.T)
    self._spans = spans
    first, stop = np.array(spans).T
    following = np.arange(1, len(points) + 1)
    following[stop - 1] = first
    after = xy[:, following]
    d = after - xy
    length = np.hypot(d[0], d[1])
    length += 1e-9
    d /= length
    before = np.empty_like(d)
    before[:, following] = d
    before *= d
    self._corners = np.flatnonzero(before[0] + before[1] < _CORNER).tolist()
    self._cross = xy[0] * after[1] - after[0] * xy[1]
    low = np.minimum.reduceat(xy, first, axis=1)
    self.extents = (np.maximum.reduceat(xy, first, axis=1) - low).T.tolist()

  def curve(self, number: int) -> np.ndarray:
    """One polygon's points, [2, n]."""
    a, b = self._spans[number]
    return self._xy[:, a:b]

  def trace(
    self,
    number: int,
    owner: int,
    width: float,
    taper: float,
    curves: list[np.ndarray],
    strokes: list[hand.Stroke],
  ) -> None:
    """Appends the strokes of one outline, from corner to corner."""
    a, b = self._spans[number]
    side = -1.0 if self._cross[a:b].sum() > 0 else 1.0
    low = bisect.bisect_left(self._corners, a)
    corners = self._corners[low : bisect.bisect_left(self._corners, b, low)]
    if not corners or sum(self.extents[number]) < _SHORT:
      curves.append(self._xy[:, [*range(a, b), a]])
      strokes.append(hand.Stroke(owner, width, 1.0, 1.0, side))
      return
    curves += [self._xy[:, i : j + 1] for i, j in itertools.pairwise(corners)]
    curves.append(self._xy[:, [*range(corners[-1], b), *range(a, corners[0] + 1)]])
    end = 0.5 + 0.5 * taper
    stroke = hand.Stroke(owner, width, end, end, side, _BEYOND * width)
    strokes += [stroke] * len(corners)
