"""How a shape gets its volume: shadow and light, hatched shadows, blacks with a rim of light."""

import numpy as np

from onepunch_jax.synthetic import palette, shapes
from onepunch_jax.synthetic.hand import SPREAD, Style
from onepunch_jax.synthetic.raster import Sheet

_HATCHED = 2.2  # units of depth from which on a shadow is hatched


def model(sheet: Sheet, style: Style, q: np.ndarray, part: int, depth: float) -> None:
  """Shades the side of a shape that is away from the light.

  Args:
    sheet: where the shape lies already.
    style: of the drawing.
    q: its outline [n, 2], fixed-point (`Sheet.fixed`).
    part: its region.
    depth: how far the shadow reaches, units.
  """
  light = np.array(style.light)
  if style.shading == 'cel':
    sheet.shade(q, part, light * depth, style.depth)
  elif style.shading == 'soft':
    sheet.shade(q, part, light * depth * 1.5, style.depth, depth * 0.8)
    sheet.shade(q, part, -light * depth * 2.4, -style.depth // 3, depth * 0.8)


def hatch_shadow(
  sheet: Sheet, style: Style, p: np.ndarray, part: int, depth: float, weight: float
) -> None:
  """Short strokes inside the side that is away from the light; the outline p [n, 2] in units."""
  if depth <= _HATCHED:
    return
  light = np.array(style.light)
  q = np.concatenate([p, p[:1]])
  n = shapes.normals(q)
  area = (p[:-1, 0] * p[1:, 1] - p[1:, 0] * p[:-1, 1]).sum()
  inward = n if area > 0 else -n
  d = q[1:] - q[:-1]
  s = np.concatenate([[0], np.cumsum(np.hypot(d[:, 0], d[:, 1]))])
  k = np.searchsorted(s, np.arange(0, s[-1], 3.4))[:90]
  facing = inward[k] @ light
  k, facing = k[facing > 0.35], facing[facing > 0.35]
  if len(k):
    direction = light * 0.8 + inward[k] * 0.4
    reach = depth * np.minimum(1.0, facing * 1.2)[:, None]
    polygons = ticks(q[k], q[k] + direction * reach, style.weight * weight * 0.55, sheet.scale)
    sheet.ticks(sheet.fixed(polygons), part)


def blacken(sheet: Sheet, style: Style, q: np.ndarray, part: int, narrow: float) -> None:
  """Makes a black thing solid ink that leaves a rim of light; `narrow`: its shorter side, units."""
  if style.blacks and palette.name_of(sheet.colors[part]) == 'black':
    sheet.blot(q, part)
    sheet.bare(q, part, -np.array(style.light) * (narrow * 0.1 + 1))


def ticks(starts: np.ndarray, ends: np.ndarray, width: float, scale: float) -> np.ndarray:
  """Straight strokes [k, 2] -> [k, 2], thick at the start, as polygons [k, 4, 2]; in units."""
  d = ends - starts
  side = d[:, ::-1] * (-1, 1) / (np.hypot(d[:, 0], d[:, 1])[:, None] + 1e-9)
  side = side * max(width / 2 - SPREAD / scale, 0.05)
  return np.stack([starts + side, ends + side * 0.3, ends - side * 0.3, starts - side], 1)
