"""A pen: draws shapes and strokes given in a local frame, in the hand of one drawing's style."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math

import numpy as np

from onepunch_jax.synthetic import palette, raster, shapes

_SPREAD = 0.62  # canvas pixels that antialiasing adds to each side of a shape
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


@dataclasses.dataclass(frozen=True)
class Pen:
  """Draws on a sheet through `frame` [2, 3]: local coordinates -> units."""

  sheet: raster.Sheet
  style: Style
  frame: np.ndarray
  weight: float = 1.0

  @functools.cached_property
  def unit(self) -> float:
    """The length of a local unit on the sheet."""
    return float(np.sqrt(abs(np.linalg.det(self.frame[:, :2]))))

  @functools.cached_property
  def _phases(self) -> np.ndarray:
    return np.array(self.style.phase)[:, None]

  def at(self, x, y, scale=1.0, angle=0.0, flip=False, weight=1.0, stretch=1.0) -> Pen:
    """A pen whose origin is (x, y) here, scaled, turned clockwise, mirrored."""
    c, s = np.cos(angle) * scale, np.sin(angle) * scale
    f = -1.0 if flip else 1.0
    local = np.array([[c * f, -s * stretch, x], [s * f, c * stretch, y], [0, 0, 1]], float)
    return Pen(self.sheet, self.style, self.frame @ local, self.weight * weight)

  def place(self, points) -> np.ndarray:
    """Local points -> units on the sheet, with the wobble of the hand."""
    p = np.asarray(points, float) @ self.frame[:, :2].T
    p += self.frame[:, 2]
    if self.style.wobble:
      xy = p.T
      angle = xy[[1, 1, 0, 0]]
      angle *= _ALONG
      angle[1::2] += _ACROSS * xy
      angle += self._phases
      sway = np.sin(angle, out=angle)
      sway[1::2] *= 0.6
      moved = sway[::2] + sway[1::2]
      moved *= self.style.wobble
      xy += moved
    return p

  def part(self, name, rgb) -> int:
    return self.sheet.part(name, rgb)

  def tag(self, *names) -> None:
    self.sheet.tags.update(names)

  def fill(self, points, part, volume=0.0, ink=1.0, within=None, dark=0.0, hatched=True) -> None:
    """A closed shape: its region, its shading (volume 0..1; dark = all of it), its outline."""
    points = np.asarray(points, float)
    if len(points) < 10:
      points = _subdivided(points)
    p = self.place(points)
    self.sheet.fill(p, part, within)
    if dark and self.style.depth:
      self.sheet.shade(p, part, None, int(self.style.depth * dark))
    if volume:
      self._model(p, part, volume, hatched and self.style.hatching)
      if self.style.blacks and palette.name_of(self.sheet.colors[part]) == 'black':
        self._spot(p, part)
    if ink:
      within = within if within is None else (within, part)
      self._outline(p, ink, within)
      if self.style.echo and within is None and self.unit * self.weight > 14:
        a, b, c, d = self.style.phase
        drift = np.sin(p[:, ::-1] * 0.17 + (b, d)) + np.sin(p * 0.09 + (c, a))
        self._outline(p + drift * self.style.echo, ink * 0.5, None)

  def line(self, points, width=1.0, taper=(None, None), within=None) -> None:
    """An open stroke; taper: width at (start, end) as a share of the middle's."""
    p = self.place(_subdivided(points, False) if len(points) < 4 else points)
    a, b = (self.style.taper if t is None else t for t in taper)
    self._strokes(p, (len(p),), width, a, b, within)

  def black(self, points, within=None) -> None:
    """A solid black: ink in both pictures."""
    self.sheet.blot(self.place(points), within)

  def shadow(self, points, part, amount=1.0, blur=0.0) -> None:
    """A shadow that falls on one region; blur in local units where shading is soft."""
    if self.style.depth:
      blur = blur * self.unit if self.style.shading == 'soft' else 0.0
      self.sheet.shade(self.place(points), part, None, int(self.style.depth * amount), blur)

  def light(self, points, part, amount=1.0, blur=0.0) -> None:
    """A highlight on one region."""
    if self.style.depth:
      blur = blur * self.unit if self.style.shading == 'soft' else 0.0
      self.sheet.shade(self.place(points), part, None, -int(80 * amount), blur)

  def tint(self, part, rgb, polygons=(), blur=0.0, ramp=(), amount=1.0) -> None:
    """A colour over one region of the colour picture only (see raster.Tint), in local units."""
    origin = np.array(self.sheet.origin)
    polygons = tuple(self.place(p) + origin for p in polygons)
    if len(ramp):
      ramp = tuple((self.place(np.reshape(ramp, (2, 2))) + origin).ravel())
    blur = blur * self.unit
    box = self.sheet.box
    self.sheet.tints.append(raster.Tint(part, tuple(rgb), box, polygons, blur, ramp, amount))

  def hatch(self, points, part, angle=0.8, spacing=3.2, width=0.55, cross=False) -> None:
    """Parallel strokes over a shape where one region is seen; spacing in units."""
    p = self.place(points)
    low, high = p.min(0), p.max(0)
    centre, reach = (low + high) / 2, float(np.hypot(*(high - low))) / 2
    for a in (angle, angle + np.pi / 2)[: 2 if cross else 1]:
      along, across = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
      ends = []
      for o in np.arange(-reach, reach, spacing):
        span = _span(p, centre + across * o, along)
        if span is not None and span[1] - span[0] > 2:
          ends.append(centre + across * o + along * np.array(span)[:, None])
      if ends:
        ends = np.array(ends)
        self._ticks(ends[:, 0], ends[:, 1], width, part)

  def _ticks(self, starts, ends, width, part) -> None:
    """Straight strokes [k, 2] -> [k, 2], thick at the start, where one region is seen."""
    d = ends - starts
    side = d[:, ::-1] * (-1, 1) / (np.hypot(d[:, 0], d[:, 1])[:, None] + 1e-9)
    half = self.style.weight * self.weight * width / 2 - _SPREAD / self.sheet.scale
    side = side * max(half, 0.05)
    tips = np.stack([starts + side, ends + side * 0.3, ends - side * 0.3, starts - side], 1)
    self.sheet.ticks(tips, part)

  def _spot(self, p, part) -> None:
    """Black things as solid ink that leaves a rim of light."""
    rim = np.array(self.style.light) * (_narrow(p) * 0.1 + 1)
    self.sheet.blot(p, part)
    self.sheet.bare(p, part, -rim)

  def _model(self, p, part, volume, hatched) -> None:
    style = self.style
    if not style.depth and not hatched:
      return
    d = _narrow(p) * 0.24 * volume
    light = np.array(style.light)
    if style.shading == 'cel':
      self.sheet.shade(p, part, light * d, style.depth)
    elif style.shading == 'soft':
      self.sheet.shade(p, part, light * d * 1.5, style.depth, d * 0.8)
      self.sheet.shade(p, part, -light * d * 2.4, -style.depth // 3, d * 0.8)
    if hatched and d > 2.2:
      self._hatched_rim(p, part, d)

  def _hatched_rim(self, p, part, depth) -> None:
    """Short strokes inside the side that is away from the light."""
    light = np.array(self.style.light)
    q = np.concatenate([p, p[:1]])
    n = shapes.normals(q)
    area = (p[:-1, 0] * p[1:, 1] - p[1:, 0] * p[:-1, 1]).sum()
    inward = n if area > 0 else -n
    s = _along(q)
    k = np.searchsorted(s, np.arange(0, s[-1], 3.4))[:90]
    facing = inward[k] @ light
    k, facing = k[facing > 0.35], facing[facing > 0.35]
    if len(k):
      way = light * 0.8 + inward[k] * 0.4
      reach = depth * np.minimum(1.0, facing * 1.2)[:, None]
      self._ticks(q[k], q[k] + way * reach, 0.55, part)

  def _outline(self, p, width, within) -> None:
    x, y = p.T
    q = np.concatenate([p[1:], p[:1]])
    d = q - p
    length = np.hypot(d[:, 0], d[:, 1])
    length += 1e-9
    d /= length[:, None]
    turn = d * np.concatenate([d[-1:], d[:-1]])
    corners = np.flatnonzero(turn[:, 0] + turn[:, 1] < 0.6)
    side = -1.0 if (x * q[:, 1] - q[:, 0] * y).sum() > 0 else 1.0
    if not len(corners) or (x.max() - x.min()) + (y.max() - y.min()) < 26:
      p = np.concatenate([p, p[:1]])
      self._strokes(p, (len(p),), width, 1.0, 1.0, within, side=side)
      return
    begin = (corners - corners[0]).tolist()
    counts = [b - a + 1 for a, b in itertools.pairwise((*begin, len(p)))]
    at = np.arange(corners[0], corners[0] + len(p) + len(counts))
    at -= np.repeat(np.arange(len(counts)), counts)  # a corner ends a stroke and begins one
    at %= len(p)
    taper = 0.5 + 0.5 * self.style.taper
    self._strokes(p[at], counts, width, taper, taper, within, reach=0.35, side=side)

  def _strokes(self, p, counts, width, start, end, within, reach=0.0, side=0.0) -> None:
    """Strokes along the polylines p [sum of counts, 2], one after the other."""
    style, pixel = self.style, 1 / self.sheet.scale
    w = style.weight * self.weight * width
    stops = list(itertools.accumulate(counts))
    spans = list(zip((0, *stops), stops))
    table = np.empty((5, len(p)))  # x, y, the normal's x and y, half the width
    xy, normal, half = table[:2], table[2:4], table[4]
    xy[:] = p.T
    if reach:
      _extend(xy, spans, reach * w)
    _normals(xy, spans, normal)
    for a, b in spans:
      half[a:b] = _profile(b - a, start, end)
    half *= w / 2
    if side:  # an outline is heavier on the side away from the light
      x, y = style.light
      half *= 1 - (style.contrast * side) * (normal[0] * x + normal[1] * y)
    least = _SPREAD * pixel
    density = [min(1.0, float(half[a:b].max()) / least) for a, b in spans]
    if style.gap:
      pieces = [_cut(table[:, a:b], style) for a, b in spans]
      density = [d for d, found in zip(density, pieces) for _ in found]
      pieces = list(itertools.chain.from_iterable(pieces))
      if not pieces:
        return
      table = np.concatenate(pieces, 1)
      xy, normal, half = table[:2], table[2:4], table[4]
      stops = list(itertools.accumulate(piece.shape[1] for piece in pieces))
      spans = list(zip((0, *stops), stops))
    half -= least
    normal *= np.maximum(half, 0.05 * pixel, out=half)
    both = np.empty((2, table.shape[1], 2))
    np.add(xy, normal, out=both[0].T)
    np.subtract(xy, normal, out=both[1].T)
    left, right = self.sheet.fixed(both)
    for (a, b), dense in zip(spans, density):
      self.sheet.blot_fixed(np.concatenate([left[a:b], right[a:b][::-1]]), within, dense)


@functools.lru_cache(512)
def _profile(n: int, start: float, end: float) -> np.ndarray:
  """The width along a stroke: start and end are shares of its middle."""
  t = np.linspace(0, 1, n)
  rise = np.minimum(start + (1 - start) * t * 4, end + (1 - end) * (1 - t) * 4)
  return np.clip(rise, 0.05, 1)


def _along(p):
  d = p[1:] - p[:-1]
  return np.concatenate([[0], np.cumsum(np.hypot(d[:, 0], d[:, 1]))])


def _narrow(p) -> float:
  """The shorter side of the box about points [n, 2]."""
  x, y = p.T
  return min(float(x.max() - x.min()), float(y.max() - y.min()))


def _extend(xy, spans, reach) -> None:
  """Move the two ends of each polyline outwards by `reach`, in place; xy [2, n]."""
  xs, ys = xy.tolist()
  for first, stop in spans:
    for i, j in ((first, first + 1), (stop - 1, stop - 2)):
      x, y = xs[i] - xs[j], ys[i] - ys[j]
      k = reach / (math.hypot(x, y) + 1e-6)
      xs[i] += x * k
      ys[i] += y * k
  xy[0], xy[1] = xs, ys


def _normals(xy, spans, out) -> None:
  """Unit normals along polylines that lie one after the other in xy [2, n], into out [2, n]."""
  d = np.empty_like(xy)
  np.subtract(xy[:, 2:], xy[:, :-2], out=d[:, 1:-1])
  for first, stop in spans:
    d[:, first] = xy[:, first + 1] - xy[:, first]
    d[:, stop - 1] = xy[:, stop - 1] - xy[:, stop - 2]
  length = np.hypot(d[0], d[1])
  length += 1e-9
  np.divide(d[0], length, out=out[1])
  np.negative(d[1], out=d[1])
  np.divide(d[1], length, out=out[0])


def _cut(table, style) -> list:
  """Break a stroke [5, n]: gaps of style.gap units at random places along it."""
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


def _subdivided(points, closed=True):
  """Points put between those of a coarse polyline, so that the wobble bends its edges."""
  p = np.asarray(points, float)
  if closed:
    p = np.concatenate([p, p[:1]])
  t = np.arange(4)[:, None] / 4
  q = (p[:-1, None] + t * (p[1:] - p[:-1])[:, None]).reshape(-1, 2)
  return q if closed else np.concatenate([q, p[-1:]])


def _span(polygon, origin, along):
  """The first and last crossing of a line with a polygon, as distances from origin, or None."""
  q = np.roll(polygon, -1, 0)
  across = np.array([-along[1], along[0]])
  a, b = (polygon - origin) @ across, (q - origin) @ across
  hit = np.flatnonzero((a < 0) != (b < 0))
  if len(hit) < 2:
    return None
  t = a[hit] / (a[hit] - b[hit])
  x = ((polygon[hit] + t[:, None] * (q[hit] - polygon[hit])) - origin) @ along
  return float(x.min()), float(x.max())
