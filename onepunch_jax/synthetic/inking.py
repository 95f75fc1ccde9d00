"""What is laid on a finished sheet: screentone, hatching, solid blacks, and the grain of lines."""

import dataclasses

import cv2
import numpy as np

from onepunch_jax.synthetic import raster, screens
from onepunch_jax.synthetic.techniques import Technique

_LEAST = 0.012  # of the sheet: smaller parts get no screentone, hatching or pattern
_DARK = 75.0  # luminance of a colour below which blacks are solid ink
FACE = ('skin', 'left eye', 'right eye', 'eye white', 'teeth', 'mouth', 'tongue', 'speech bubble')


def finished(sheet: raster.Sheet, technique: Technique, person: bool) -> raster.Sheet:
  """The sheet with what its technique lays on it.

  Args:
    sheet: changed in place, but for its screentone.
    technique: of the drawing.
    person: whether a character is in it, whose colours must stay.
  """
  rng = technique.rng
  if technique.blacks:
    solid_blacks(sheet, rng, person)
  if technique.hatching:
    sheet.tags.add('hatching')
    for part in chosen(sheet, rng, 3):
      hatching(sheet, part, rng)
  if technique.texture:
    roughened(sheet, technique.texture, rng)
  if technique.screentone:
    tone = np.zeros_like(sheet.ink)
    for part in chosen(sheet, rng, 4):
      screentone(sheet, tone, part, rng)
    sheet = dataclasses.replace(sheet, screentone=tone)
  return sheet


def chosen(sheet: raster.Sheet, rng: np.random.Generator, most: int) -> list[int]:
  """Some of the large parts, at most `most`, in a random order."""
  area = np.bincount(sheet.labels[::4, ::4].ravel())
  large = np.flatnonzero(area > _LEAST * area.sum())
  return [int(n) for n in rng.permutation(large)[: int(rng.integers(1, most + 1))]]


def part_view(
  sheet: raster.Sheet, part: int
) -> tuple[tuple[slice, slice], np.ndarray, np.ndarray, np.ndarray]:
  """The box of a part: its slices, 255 where the part is seen, columns and rows in units."""
  seen = raster.where(sheet.labels, part)
  x, y, wide, high = cv2.boundingRect(seen)
  box = (slice(y, y + high), slice(x, x + wide))
  columns = (np.arange(x, x + wide) + 0.5) / sheet.scale
  rows = (np.arange(y, y + high) + 0.5) / sheet.scale
  return box, seen[box], columns, rows


def _somewhere(
  sheet: raster.Sheet, box: tuple, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> np.ndarray | None:
  """Where in a part's box ink is laid, uint8: in its shadows or on one side; None: everywhere."""
  kind = rng.random()
  if kind < 0.35:
    dark = cv2.compare(sheet.tone[box], raster.NEUTRAL - 12, cv2.CMP_LT)
    if cv2.countNonZero(dark) > 0.05 * dark.size:
      return dark
  if kind < 0.55:
    angle = rng.uniform(0, 2 * np.pi)
    reach = 0.3 * max(float(np.ptp(x)), float(np.ptp(y)))
    middle = x.mean() * np.cos(angle) + y.mean() * np.sin(angle) + rng.uniform(-0.6, 0.6) * reach
    side = screens.ramp(x, y, angle, middle - 0.01, middle + 0.01)
    return np.greater(side, 0.5).view(np.uint8) * np.uint8(255)
  return None


def screentone(sheet: raster.Sheet, tone: np.ndarray, part: int, rng: np.random.Generator) -> None:
  """Lays dots, lines or a grey, even or fading, on a part of the map `tone` (255 = full ink)."""
  box, seen, x, y = part_view(sheet, part)
  where = _somewhere(sheet, box, x, y, rng)
  cover = rng.uniform(0.08, 0.5)
  angle = rng.uniform(0, 2 * np.pi)
  fading = rng.random() < 0.4
  level: np.ndarray | float = cover
  if fading:
    way = np.outer([x[0], x[-1]], [np.cos(angle)]) + np.outer([y[0], y[-1]], [np.sin(angle)]).T
    low, high = float(way.min()), float(way.max()) + 1e-3
    stop = low + (high - low) * rng.uniform(0.4, 1.2)
    level = screens.ramp(x, y, angle, low, stop) * np.float32(rng.uniform(0.4, 0.9))
  kind = rng.random()
  if kind < 0.2:
    grey = level * 200.0
    laid = np.full(seen.shape, grey) if isinstance(grey, float) else grey
    laid = laid.astype(np.uint8)
  else:
    screen = screens.Screen(
      kind='dots' if kind < 0.72 else 'lines',
      ruling=float(np.exp(rng.uniform(np.log(2.0), np.log(8.0)))),
      angle=np.pi / 4 if rng.random() < 0.6 else rng.uniform(0, np.pi),
      phase=(0.0, 0.0, *rng.uniform(0, 6.28, 2)),
    )
    laid = np.greater(screen.values(x, y), 1 - 2 * level).view(np.uint8) * np.uint8(255)
  laid = cv2.bitwise_and(laid, seen)
  if where is not None:
    laid = cv2.bitwise_and(laid, where)
  cv2.max(tone[box], laid, dst=tone[box])


def hatching(sheet: raster.Sheet, part: int, rng: np.random.Generator) -> None:
  """Dense short strokes in rows, crossed or not, over a part or its shadows."""
  box, seen, x, y = part_view(sheet, part)
  where = _somewhere(sheet, box, x, y, rng)
  seen = seen if where is None else cv2.bitwise_and(seen, where)
  spacing, length = rng.uniform(1.8, 4.5), rng.uniform(10, 40)
  width = rng.uniform(0.35, 0.8)
  angle = rng.uniform(0, np.pi)
  mask = np.zeros(seen.shape, np.uint8)
  for turn in (0.0, rng.uniform(0.5, 1.6))[: 1 + int(rng.random() < 0.45)]:
    along = np.array([np.cos(angle + turn), np.sin(angle + turn)])
    strokes = _strokes(x, y, along, spacing, length, width, rng)
    fixed = np.rint((strokes - (x[0], y[0])) * (sheet.scale * 16)).astype(np.int32)
    cv2.fillPoly(mask, list(fixed), 255, cv2.LINE_AA, 4)
  mask = cv2.bitwise_and(mask, seen)
  cv2.max(sheet.ink[box], mask, dst=sheet.ink[box])


def _strokes(
  x: np.ndarray,
  y: np.ndarray,
  along: np.ndarray,
  spacing: float,
  length: float,
  width: float,
  rng: np.random.Generator,
) -> np.ndarray:
  """Pointed strokes [k, 4, 2] in units, in rows over the box of columns x and rows y."""
  centre = np.array([x.mean(), y.mean()])
  reach = float(np.hypot(np.ptp(x), np.ptp(y))) / 2 + 1
  across = np.array([-along[1], along[0]])
  rows, steps = np.arange(-reach, reach, spacing), np.arange(-reach, reach, length)
  count = (len(rows), len(steps))
  start = steps + rng.uniform(0, length, (len(rows), 1)) + rng.uniform(-0.1, 0.1, count) * length
  offset = rows[:, None] + rng.uniform(-0.25, 0.25, count) * spacing
  a = centre + offset.reshape(-1, 1) * across + start.reshape(-1, 1) * along
  bend = rng.uniform(-0.04, 0.04, (len(a), 1)) * length
  b = a + along * length * rng.uniform(0.7, 0.98, (len(a), 1)) + across * bend
  near = (np.abs((a + b) / 2 - centre) < np.array([np.ptp(x), np.ptp(y)]) / 2 + length).all(1)
  a, b, side = a[near], b[near], across * (width / 2)
  return np.stack([a + side, b + side * 0.4, b - side * 0.4, a - side], 1)


def solid_blacks(sheet: raster.Sheet, rng: np.random.Generator, person: bool) -> None:
  """Dark parts become solid ink but for their highlights; another large one may be made black."""
  area = np.bincount(sheet.labels[::4, ::4].ravel(), minlength=len(sheet.names))
  large = [int(n) for n in np.flatnonzero(area > _LEAST * area.sum()) if n]
  free = [n for n in large if sheet.names[n] not in FACE]
  if person:  # who keeps the colours of other drawings
    free = [n for n in free if sheet.names[n] in ('background', 'sky')]
  if free and rng.random() < 0.6:
    black = tuple(int(v) for v in rng.integers(16, 44, 3))
    sheet.colors[free[int(rng.integers(len(free)))]] = black
  inverted = rng.random() < 0.3  # lines on black are white
  for part in large:
    r, g, b = sheet.colors[part]
    if 0.3 * r + 0.59 * g + 0.11 * b > _DARK or sheet.names[part] in FACE:
      continue
    box, seen, _, _ = part_view(sheet, part)
    dull = cv2.compare(sheet.tone[box], raster.NEUTRAL + 8, cv2.CMP_LE)
    solid = cv2.bitwise_and(seen, dull)
    if inverted and cv2.mean(sheet.ink[box], seen)[0] < 90:  # the pen made it no black yet
      solid = cv2.subtract(solid, sheet.ink[box])
      sheet.ink[box][seen > 0] = 0
    cv2.max(sheet.ink[box], solid, dst=sheet.ink[box])


def roughened(sheet: raster.Sheet, texture: str, rng: np.random.Generator) -> None:
  """Lines cover the grain of the paper only in part, as a pencil or a dry brush leaves them."""
  number, across = int(rng.integers(1 << 16)), bool(rng.integers(2))
  if texture == 'pencil':
    kept = screens.grain(sheet.ink.shape[0], 1, across, number)
    gain, level = rng.uniform(1.2, 2.4), rng.uniform(90, 190)
  else:
    kept = screens.grain(sheet.ink.shape[0], int(rng.choice([9, 17, 33])), across, number)
    gain, level = rng.uniform(2.5, 5.0), rng.uniform(180, 320)
  kept = cv2.LUT(kept, np.clip((np.arange(256) - 128) * gain + level, 0, 255).astype(np.uint8))
  cv2.multiply(sheet.ink, kept, dst=sheet.ink, scale=1 / 255)
