"""The sheet that is drawn on: a label map, an ink map and a tone map, filled polygon by polygon.

A sheet is 256 units wide whatever its size in pixels. Fills set the label and wipe ink and tone
(the painter's algorithm: what lies under a shape is gone); strokes add ink; shading changes tone,
which the colour picture sees and the line picture does not.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np

UNITS = 256.0  # the width of every sheet in its own units
NEUTRAL = 128  # tone: below is shadow, above is light
_SHIFT = 4  # polygons are rounded to 1/16 of a canvas pixel


def canvas_size(size: int) -> int:
  """The side in pixels of the canvas behind a picture: a multiple of it, at least 512."""
  return size * max(2, -(-512 // size))


@dataclasses.dataclass(frozen=True)
class Tint:
  """A colour laid over one region of the colour picture only: blush, gradient, woven pattern."""

  part: int
  rgb: tuple
  box: tuple  # (x0, y0, x1, y1): not outside of it, units
  polygons: tuple = ()  # in units; empty: the whole region
  blur: float = 0.0  # units
  ramp: tuple = ()  # (x0, y0, x1, y1): strength goes from 0 at the first point to 1 at the second
  amount: float = 1.0


@dataclasses.dataclass(frozen=True)
class Sheet:
  """Maps [side, side] uint8: labels (region ids), ink (255 = full ink), tone; and the parts.

  Polygons are int32 [n, 2] in fixed-point canvas coordinates, as `fixed` makes them of units.
  """

  labels: np.ndarray
  ink: np.ndarray
  tone: np.ndarray
  names: list  # of region id
  colors: list  # rgb tuples of region id
  tints: list
  tags: set  # colour-invariant tags of what was drawn
  scale: float  # canvas pixels per unit
  origin: tuple = (0.0, 0.0)  # of this view on the whole sheet, units
  screentone: np.ndarray | None = None  # [side, side] uint8: ink of the line picture alone

  @property
  def box(self) -> tuple:
    """What this view shows of the whole sheet: (x0, y0, x1, y1) in units."""
    (x, y), (high, wide) = self.origin, self.labels.shape
    return (x, y, x + wide / self.scale, y + high / self.scale)

  def part(self, name: str, rgb) -> int:
    """The region id of a named colour; the same name and colour give the same id."""
    rgb = tuple(int(c) for c in rgb)
    for i, (n, c) in enumerate(zip(self.names, self.colors)):
      if n == name and c == rgb:
        return i
    if len(self.names) > 254:
      return len(self.names) - 1
    self.names.append(name)
    self.colors.append(rgb)
    return len(self.names) - 1

  def fill(self, q: np.ndarray, part: int, within: int | None = None) -> None:
    """Lay a region over what is there; `within`: only where that region is seen."""
    if within is None:
      for image, value in ((self.labels, part), (self.ink, 0), (self.tone, NEUTRAL)):
        cv2.fillPoly(image, [q], value, cv2.LINE_8, _SHIFT)
      return
    found = self._mask(q, within, 255, cv2.LINE_8)
    if found is not None:
      box, mask = found
      inside = mask > 0
      for image, value in ((self.labels, part), (self.ink, 0), (self.tone, NEUTRAL)):
        np.copyto(image[box], value, where=inside)

  def blot(self, q: np.ndarray, within=None, density: float = 1.0) -> None:
    """Fill with ink, antialiased; a density below 1 is a line thinner than a canvas pixel."""
    value = int(255 * density)
    if within is None and value == 255:
      cv2.fillPoly(self.ink, [q], 255, cv2.LINE_AA, _SHIFT)
      return
    found = self._mask(q, within, value, cv2.LINE_AA)
    if found is not None:
      box, mask = found
      cv2.max(self.ink[box], mask, dst=self.ink[box])

  def bare(self, q: np.ndarray, part: int, shift) -> None:
    """Take the ink off what the copy of a polygon moved by `shift` leaves of one region."""
    found = self._mask(q, part, 255, cv2.LINE_8)
    if found is not None:
      box, mask = found
      origin = np.array([box[1].start << _SHIFT, box[0].start << _SHIFT], np.int32)
      moved = q + np.rint(np.asarray(shift) * (self.scale * 16)).astype(np.int32) - origin
      cv2.fillPoly(mask, [moved], 0, cv2.LINE_8, _SHIFT)
      np.copyto(self.ink[box], 0, where=mask > 0)

  def ticks(self, q: np.ndarray, within: int) -> None:
    """Many small ink shapes [k, n, 2] that do not overlap, where one region is seen."""
    found = self._roi(q.reshape(-1, 2))
    if found is None:
      return
    box, origin, shape = found
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, list(q - origin), 255, cv2.LINE_AA, _SHIFT)
    mask *= np.equal(self.labels[box], within).view(np.uint8)
    cv2.max(self.ink[box], mask, dst=self.ink[box])

  def shade(self, q: np.ndarray, part: int, shift, amount: int, blur: float = 0.0) -> None:
    """Darken (amount > 0) or lighten the part of a polygon that its copy moved by `shift` leaves.

    Args:
      q: the polygon [n, 2]. part: only where this region is seen.
      shift: (dx, dy) in units; None shades all of it. amount: -127..127. blur: units, 0 = hard.
    """
    found = self._roi(q, int(2 * blur * self.scale) if shift is None else 0)
    if found is None:
      return
    box, origin, shape = found
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [q - origin], abs(amount), cv2.LINE_8, _SHIFT)
    if shift is not None:
      moved = q + np.rint(np.asarray(shift) * (self.scale * 16)).astype(np.int32) - origin
      cv2.fillPoly(mask, [moved], 0, cv2.LINE_8, _SHIFT)
    if blur > 0:
      mask = soften(mask, blur * self.scale)
    mask *= np.equal(self.labels[box], part).view(np.uint8)
    (cv2.subtract if amount > 0 else cv2.add)(self.tone[box], mask, dst=self.tone[box])

  def fixed(self, polygon: np.ndarray) -> np.ndarray:
    """Units -> fixed-point canvas coordinates (1/16 pixel, centres at whole numbers)."""
    q = polygon * (self.scale * 16)
    q -= 8
    return np.rint(q, out=q).astype(np.int32)

  def _roi(self, q, pad=0):
    """The box of a polygon on the canvas: (slices, fixed-point origin, shape) or None."""
    high, wide = self.labels.shape
    x, y, w, h = cv2.boundingRect(q)
    x0, y0 = max((x >> _SHIFT) - 2 - pad, 0), max((y >> _SHIFT) - 2 - pad, 0)
    x1 = min(((x + w - 1) >> _SHIFT) + 4 + pad, wide)
    y1 = min(((y + h - 1) >> _SHIFT) + 4 + pad, high)
    if x1 - x0 < 1 or y1 - y0 < 1:
      return None
    origin = np.array([x0 << _SHIFT, y0 << _SHIFT], np.int32)
    return (slice(y0, y1), slice(x0, x1)), origin, (y1 - y0, x1 - x0)

  def _mask(self, q, within, value, kind):
    found = self._roi(q)
    if found is None:
      return None
    box, origin, shape = found
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [q - origin], value, kind, _SHIFT)
    if within is not None:
      labels = self.labels[box]
      if isinstance(within, int):
        seen = np.equal(labels, within)
      else:
        seen = np.equal(labels, within[0])
        for part in within[1:]:
          seen |= np.equal(labels, part)
      mask *= seen.view(np.uint8)
    return box, mask


def where(labels: np.ndarray, part: int) -> np.ndarray:
  """255 where a region is seen.  (cv2.compare takes a number beside a 1 x 1 box for an array.)"""
  return np.equal(labels, part).view(np.uint8) * np.uint8(255)


def new_sheet(size: int) -> Sheet:
  side = canvas_size(size)
  return Sheet(
    labels=np.zeros((side, side), np.uint8),
    ink=np.zeros((side, side), np.uint8),
    tone=np.full((side, side), NEUTRAL, np.uint8),
    names=['paper'],
    colors=[(255, 255, 255)],
    tints=[],
    tags=set(),
    scale=side / UNITS,
  )


def window(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> Sheet:
  """The same sheet seen through a box (units): drawing outside of it leaves no mark."""
  box = tuple(
    slice(round(a * sheet.scale), round(b * sheet.scale)) for a, b in ((y0, y1), (x0, x1))
  )
  origin = (box[1].start / sheet.scale, box[0].start / sheet.scale)
  return dataclasses.replace(
    sheet,
    labels=sheet.labels[box],
    ink=sheet.ink[box],
    tone=sheet.tone[box],
    origin=(sheet.origin[0] + origin[0], sheet.origin[1] + origin[1]),
  )


def soften(mask: np.ndarray, radius: float) -> np.ndarray:
  """A wide blur, made at a quarter of the size where it is wide enough for that."""
  high, wide = mask.shape
  step = 4 if radius > 6 and min(high, wide) > 16 else 1
  if step > 1:
    mask = cv2.resize(mask, (wide // step, high // step), interpolation=cv2.INTER_AREA)
  k = max(1, round(radius / step)) * 2 + 1
  mask = cv2.blur(cv2.blur(mask, (k, k)), (k, k))
  if step > 1:
    mask = cv2.resize(mask, (wide, high), interpolation=cv2.INTER_LINEAR)
  return mask
