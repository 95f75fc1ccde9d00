"""Ink along the borders of colours that nothing outlines, as a pen draws it.

The pen has a width that varies along the line, wobbles off the border by a little, and leaves gaps.
"""

import dataclasses

import cv2
import numpy as np

_SHORTEST = 0.03  # of the side: borders shorter than this are left without ink


@dataclasses.dataclass(frozen=True)
class Pen:
  """How outlines are drawn; lengths are in pixels of a picture of 256.

  Attributes:
    width: mean width of the line.
    pressure: how much the width varies along the line, 0 .. 1.
    wobble: how far the line strays off the border.
    gap: length of the breaks in the line; 0 is none.
    gap_every: length of line from one break to the next.
    stroke_scale: width of the strokes that a file has, relative to what it says.
  """

  width: float
  pressure: float
  wobble: float
  gap: float
  gap_every: float
  stroke_scale: float

  @classmethod
  def random(cls, rng: np.random.Generator) -> 'Pen':
    """A pen: half of them leave no gaps."""
    return cls(
      width=float(np.exp(rng.uniform(np.log(0.9), np.log(3.4)))),
      pressure=float(rng.uniform(0, 0.7)),
      wobble=float(rng.choice([0.0, rng.uniform(0.2, 1.0)])),
      gap=float(rng.choice([0.0, rng.uniform(1, 12)])),
      gap_every=float(rng.uniform(50, 200)),
      stroke_scale=float(np.exp(rng.uniform(np.log(0.6), np.log(1.3)))),
    )


def borders(labels: np.ndarray, ink: np.ndarray) -> np.ndarray:
  """Where colours meet without ink between them, bool [H, W], one to two pixels wide.

  Args:
    labels: int [H, W], what is painted alike.
    ink: bool [H, W].
  """
  out = np.zeros(labels.shape, np.uint8)
  for axis in (0, 1):
    a, b = _neighbors(labels, axis)
    x, y = _neighbors(ink, axis)
    meet = (a != b) & ~x & ~y
    first, second = _neighbors(out, axis)
    first |= meet.astype(np.uint8)
    second |= meet.astype(np.uint8)
  count, pieces, facts, _ = cv2.connectedComponentsWithStats(out, connectivity=8)
  if count < 2:
    return out.astype(bool)
  sides = facts[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1)
  return (out > 0) & (sides >= _SHORTEST * labels.shape[0])[pieces]


def outline(border: np.ndarray, pen: Pen, rng: np.random.Generator) -> np.ndarray:
  """Ink along borders, float32 [H, W], 1 is all ink.

  Args:
    border: bool [H, W], square.
    pen: how it is drawn.
    rng: where it wobbles and breaks.
  """
  if not border.any():
    return np.zeros(border.shape, np.float32)
  side = border.shape[0]
  scale = side / 256
  distance = cv2.distanceTransform((~border).astype(np.uint8), cv2.DIST_L2, 5)
  distance = warp(distance, pen.wobble * scale, rng)
  width = pen.width * scale * (1 + pen.pressure * (smooth_noise(side, 18 * scale, rng)))
  ink = np.clip(np.maximum(width, 0.7 * scale) / 2 + 0.5 - distance, 0, 1)
  return ink * gaps(border, pen, rng)


def gaps(border: np.ndarray, pen: Pen, rng: np.random.Generator) -> np.ndarray:
  """What gaps leave of the lines at `border`: float32 [H, W], 0 in a gap, 1 elsewhere."""
  kept = np.ones(border.shape, np.float32)
  scale = border.shape[0] / 256
  places = np.argwhere(border)
  if pen.gap <= 0 or not len(places):
    return kept
  # Half a band's width is twice the mean distance to its outside.
  depth = cv2.distanceTransform(border.astype(np.uint8), cv2.DIST_L2, 3)[border].mean()
  length = len(places) / max(2.0, 4 * depth - 2)
  count = max(1, round(length / (pen.gap_every * scale)))
  radius = max(1, round((pen.gap / 2 + pen.width / 4) * scale))
  for y, x in places[rng.integers(len(places), size=count)]:
    cv2.circle(kept, (int(x), int(y)), radius, 0.0, -1, cv2.LINE_AA)
  return kept


def warp(values: np.ndarray, reach: float, rng: np.random.Generator) -> np.ndarray:
  """Float32 [S, S] moved about by a smooth field of up to about `reach` pixels."""
  if reach <= 0:
    return values
  side = values.shape[0]
  scale = side / 256
  rows_columns = np.mgrid[:side, :side].astype(np.float32)
  y, x = (at + reach * smooth_noise(side, 10 * scale, rng) for at in rows_columns)
  return cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def smooth_noise(side: int, length: float, rng: np.random.Generator) -> np.ndarray:
  """Float32 [side, side] of mean about 0, nearly all in [-1, 1], that changes over `length` px."""
  cells = max(2, round(side / length)) + 3
  coarse = np.clip(rng.normal(0, 0.6, (cells, cells)), -1.5, 1.5).astype(np.float32)
  return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)


def _neighbors(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
  """Views of each pixel and of the one after it."""
  return (values[:-1], values[1:]) if axis == 0 else (values[:, :-1], values[:, 1:])
