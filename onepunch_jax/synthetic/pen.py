"""A pen: draws shapes and strokes given in a local frame, in the hand of one drawing's style."""

import dataclasses
import functools

import numpy as np

from onepunch_jax.synthetic import display_list, hand, modelling, raster
from onepunch_jax.synthetic.hand import Style

_QUARTERS = np.arange(4)[:, None] / 4


@dataclasses.dataclass(frozen=True)
class Pen:
  """Draws on a sheet through `frame` [2, 3]: local coordinates -> units.

  What is drawn goes to the display list, which all pens of a drawing share; `lay` lays it on the
  sheet.
  """

  sheet: raster.Sheet
  style: Style
  frame: np.ndarray
  weight: float = 1.0
  display: display_list.DisplayList | None = None

  def __post_init__(self):
    if self.display is None:
      object.__setattr__(self, 'display', display_list.DisplayList(self.style))

  @functools.cached_property
  def unit(self) -> float:
    """The length of a local unit on the sheet."""
    return float(np.sqrt(abs(np.linalg.det(self.frame[:, :2]))))

  def at(self, x, y, scale=1.0, angle=0.0, flip=False, weight=1.0, stretch=1.0) -> 'Pen':
    """A pen whose origin is (x, y) here, scaled, turned clockwise, mirrored."""
    c, s = np.cos(angle) * scale, np.sin(angle) * scale
    f = -1.0 if flip else 1.0
    local = np.array([[c * f, -s * stretch, x], [s * f, c * stretch, y], [0, 0, 1]], float)
    return Pen(self.sheet, self.style, self.frame @ local, self.weight * weight, self.display)

  def within(self, sheet: raster.Sheet, weight: float = 1.0) -> 'Pen':
    """A pen for a part of the sheet (`raster.window`), whose origin is the part's corner."""
    return Pen(sheet, self.style, self.frame, self.weight * weight, self.display)

  def lay(self) -> None:
    """Lays on the sheet what was drawn since, by this and related pens."""
    self.display.lay()

  def place(self, points) -> np.ndarray:
    """Local points -> units on the sheet, with the wobble of the hand."""
    return hand.wobble(self._steady(points), self.style)

  def part(self, name, rgb) -> int:
    return self.sheet.part(name, rgb)

  def tag(self, *names) -> None:
    self.sheet.tags.update(names)

  def fill(self, points, part, volume=0.0, ink=1.0, within=None, dark=0.0, hatched=True) -> None:
    """A closed shape: its region, its shading (volume 0..1; dark = all of it), its outline."""
    points = np.asarray(points, float)
    if len(points) < 10:
      points = _subdivided(points)
    style = self.style
    self.display.add(
      display_list.Shape(
        self.sheet,
        self._steady(points),
        part,
        volume,
        dark,
        hatched and style.hatching,
        self.weight,
        ink,
        bool(style.echo and within is None and self.unit * self.weight > 14),
        within,
      )
    )

  def line(self, points, width=1.0, taper=(None, None), within=None) -> None:
    """An open stroke; taper: width at (start, end) as a share of the middle's."""
    p = self._steady(_subdivided(points, False) if len(points) < 4 else points)
    start, end = (self.style.taper if t is None else t for t in taper)
    width = self.style.weight * self.weight * width
    self.display.add(display_list.Line(self.sheet, p, width, start, end, within))

  def black(self, points, within=None) -> None:
    """A solid black: ink in both pictures."""
    self.display.add(display_list.Blot(self.sheet, self._steady(points), within))

  def shadow(self, points, part, amount=1.0, blur=0.0) -> None:
    """A shadow that falls on one region; blur in local units where shading is soft."""
    self._shade(points, part, int(self.style.depth * amount), blur)

  def light(self, points, part, amount=1.0, blur=0.0) -> None:
    """A highlight on one region."""
    self._shade(points, part, -int(80 * amount), blur)

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
        inked = self.style.weight * self.weight * width
        polygons = modelling.ticks(ends[:, 0], ends[:, 1], inked, self.sheet.scale)
        self.display.add(display_list.Ticks(self.sheet, polygons, part))

  def _steady(self, points) -> np.ndarray:
    """Local points -> units on the sheet, without the wobble."""
    p = np.asarray(points, float) @ self.frame[:, :2].T
    p += self.frame[:, 2]
    return p

  def _shade(self, points, part, amount, blur) -> None:
    if self.style.depth:
      blur = blur * self.unit if self.style.shading == 'soft' else 0.0
      p = self._steady(points)
      self.display.add(display_list.Shade(self.sheet, p, part, amount, blur))


def _subdivided(points, closed=True):
  """Points put between those of a coarse polyline, so that the wobble bends its edges."""
  p = np.asarray(points, float)
  if closed:
    p = np.concatenate([p, p[:1]])
  q = (p[:-1, None] + _QUARTERS * (p[1:] - p[:-1])[:, None]).reshape(-1, 2)
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
