"""The segmenter of line art: every pixel gets a region, and gaps in lines are closed."""

import cv2
import numpy as np

from onepunch_jax.regions.balls import nearest, trapped_balls
from onepunch_jax.regions.geometry import LineMaps
from onepunch_jax.regions.ink import is_ink, without_dots
from onepunch_jax.regions.join import join_open, join_small

GAP = 0.01  # of the short side, what --gap of strength 1 is
LEAST_GAP = 4.0  # px, on small pictures
MOST_PIXELS = 6_000_000  # a larger page is segmented at this size and refined
WORK_PIXELS = 400_000  # so is one whose line distance is known: that has no fine detail
DOT = 0.006  # of the short side: smaller marks bound nothing
SPECK = 0.004  # of the short side: regions of a smaller side join a neighbour
BALL = 0.04  # of the short side: radius of the largest ball
NECK = 0.5  # of the narrower room's width: a wider neck joins two at once
OPEN = 0.2  # at strength 1, how open borders are that join two
WALL = 0.25  # px: as near to a predicted line is on it
INK = 0.3  # on ink that is no line to the net, this share of its distance is left
BAND = 3  # px of the smaller size about borders in which ink is shared out anew


def segment(
  line: np.ndarray,
  *,
  distance: np.ndarray | None = None,
  strength: float = 1.0,
  max_regions: int | None = 512,
  paper: float = 1.0,
  maps: LineMaps | None = None,
) -> np.ndarray:
  """Labels every pixel of a drawing with its region.

  Args:
    line: uint8 [H, W], or float [H, W] in [0, 1]; 0 is ink.
    distance: float32 [h, w], px of the line art to the nearest line as its artist meant it, gaps
      closed, as a net predicts it; of the line art's size or smaller. None: trapped balls close
      gaps in the ink.
    strength: 0 closes no gap; 1 gaps up to 1 % of the short side, or with line distances those
      that look like gaps; more closes more.
    max_regions: the smallest regions join a neighbour until there are no more; None: no limit.
    paper: the level of blank paper as a share of white.
    maps: `geometry.line_maps` of the line art at this level, where they are known.

  Returns:
    int32 [H, W], 0 .. n - 1 in order of their first pixel.

  Raises:
    ValueError: the line art is not [H, W], or an option is out of its range.
  """
  if strength < 0 or (max_regions is not None and max_regions < 1):
    raise ValueError(
      f'strength is at least 0 and max_regions at least 1; these are {strength}, {max_regions}.'
    )
  if distance is None or strength == 0:
    labels = _from_ink(line, strength, paper)
  else:
    labels = _from_distance(line, distance, strength, paper)
  labels = ordered(labels)
  least = (SPECK * min(line.shape)) ** 2
  return ordered(join_small(labels, line, least, max_regions, paper, maps))


def gap_width(shape: tuple[int, ...]) -> float:
  """Px of the widest gap that strength 1 closes in a picture of this shape."""
  return max(LEAST_GAP, GAP * min(shape[:2]))


def ordered(labels: np.ndarray) -> np.ndarray:
  """int32 [H, W]: the same regions numbered 0 .. n - 1 by their first pixel."""
  flat = labels.ravel()
  first = np.full(int(flat.max()) + 1, flat.size)
  first[flat[::-1]] = np.arange(flat.size)[::-1]  # the last one written is the first pixel
  lookup = np.empty(len(first), np.int32)
  lookup[np.argsort(first, kind='stable')] = np.arange(len(first), dtype=np.int32)
  return lookup[labels]


def _from_ink(line: np.ndarray, strength: float, paper: float) -> np.ndarray:
  """int32 [H, W] from 1 on: basins of the distance to ink."""
  scale = min(1.0, (MOST_PIXELS / line.size) ** 0.5)
  if scale < 1.0:
    width, height = round(line.shape[1] * scale), round(line.shape[0] * scale)
    small = cv2.resize(line, (width, height), interpolation=cv2.INTER_AREA)
    return _refine(_from_ink(small, strength, paper), line, paper)
  light = _light(line, paper)
  if light.all():
    return np.ones(light.shape, np.int32)
  return _basins(cv2.distanceTransform(light, cv2.DIST_L2, 5), strength)


def _from_distance(
  line: np.ndarray, distance: np.ndarray, strength: float, paper: float
) -> np.ndarray:
  """int32 [H, W] from 1 on: basins of the line distance; their borders lie under the ink."""
  scale = min(1.0, (WORK_PIXELS / line.size) ** 0.5, distance.shape[0] / line.shape[0])
  size = (max(1, round(line.shape[1] * scale)), max(1, round(line.shape[0] * scale)))
  light = _light(line, paper)
  to_ink = cv2.distanceTransform(light, cv2.DIST_L2, 5) if not light.all() else distance
  distance, to_ink = (
    cv2.resize(x.astype(np.float32), size, interpolation=cv2.INTER_AREA) * np.float32(scale)
    for x in (distance, to_ink)
  )
  room = np.minimum(distance, np.maximum(to_ink, INK * distance))
  return _refine(_basins(np.maximum(room - WALL, 0), strength), line, paper)


def _basins(distance: np.ndarray, strength: float) -> np.ndarray:
  """int32 [H, W] from 1 on: rooms by the distance to their walls, joined where they are open."""
  radius = BALL * min(distance.shape)
  labels = ordered(nearest(trapped_balls(distance, radius, neck=NECK)))
  return join_open(labels, distance, 1 - (1 - OPEN) ** strength) + 1


def _light(line: np.ndarray, paper: float) -> np.ndarray:
  """uint8 [H, W], 1 where there is no line; the dots of screentone are none."""
  return 1 - without_dots(is_ink(line, paper), DOT * min(line.shape)).astype(np.uint8)


def _refine(labels: np.ndarray, line: np.ndarray, paper: float) -> np.ndarray:
  """Labels [h, w] at the size of the line art: ink about their borders is shared out anew."""
  step = int(np.ceil(line.shape[0] / labels.shape[0]))
  size = line.shape[::-1]
  large = cv2.resize(labels.astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
  sure = _uniform(large, step) & ~is_ink(line, paper)
  return nearest(np.where(sure | _uniform(large, BAND * step), large, 0).astype(np.int32))


def _uniform(labels: np.ndarray, reach: int) -> np.ndarray:
  """bool [H, W]: whether all labels up to `reach` px away are the same."""
  around = np.ones((2 * reach + 1,) * 2, np.uint8)
  return cv2.dilate(labels, around) == cv2.erode(labels, around)
