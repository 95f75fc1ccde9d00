"""The segmenter of line art: every pixel gets a region, and gaps in lines are closed."""

import cv2
import numpy as np

from onepunch_jax.regions.balls import nearest, trapped_balls
from onepunch_jax.regions.ink import is_ink, without_dots
from onepunch_jax.regions.join import join_small

GAP = 0.01  # of the short side: gaps up to this width are closed at strength 1
LEAST_GAP = 4.0  # px, on small pictures
MOST_PIXELS = 6_000_000  # a larger page is segmented at this size and refined
DOT = 0.006  # of the short side: smaller marks bound nothing
SPECK = 0.004  # of the short side: regions of a smaller side join a neighbour


def segment(
  line: np.ndarray,
  *,
  distance: np.ndarray | None = None,
  strength: float = 1.0,
  max_regions: int | None = 512,
  paper: float = 1.0,
) -> np.ndarray:
  """Labels every pixel of a drawing with its region.

  Args:
    line: uint8 [H, W], or float [H, W] in [0, 1]; 0 is ink.
    distance: float32 [H, W], px to the nearest line as its artist meant it, gaps closed, as
      `nets/line_distance` predicts it; None: trapped balls close gaps in the ink.
    strength: 0 closes no gap, 1 gaps up to 1 % of the short side, 2 twice as wide ones.
    max_regions: the smallest regions join a neighbour until there are no more; None: no limit.
    paper: the level of blank paper as a share of white.

  Returns:
    int32 [H, W], 0 .. n - 1 in order of their first pixel.

  Raises:
    ValueError: the line art is not [H, W], or an option is out of its range.
  """
  if strength < 0 or (max_regions is not None and max_regions < 1):
    raise ValueError(
      f'strength is at least 0 and max_regions at least 1; these are {strength}, {max_regions}.'
    )
  scale = min(1.0, (MOST_PIXELS / line.size) ** 0.5)
  radius = strength * gap_width(line.shape) / 2
  if scale == 1.0:
    labels = _balls(_light(line, paper), radius)
  else:
    width, height = round(line.shape[1] * scale), round(line.shape[0] * scale)
    small = cv2.resize(line, (width, height), interpolation=cv2.INTER_AREA)
    labels = _refine(_balls(_light(small, paper), radius * scale), _light(line, paper))
  labels = ordered(labels)
  least = (SPECK * min(line.shape)) ** 2
  return ordered(join_small(labels, line, least, max_regions, paper))


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


def _balls(light: np.ndarray, radius: float) -> np.ndarray:
  """int32 [H, W] from 1 on: trapped balls between the lines, grown over them."""
  if light.all():
    return np.ones(light.shape, np.int32)
  distance = cv2.distanceTransform(light, cv2.DIST_L2, 5)
  return nearest(trapped_balls(distance, radius))


def _light(line: np.ndarray, paper: float) -> np.ndarray:
  """uint8 [H, W], 1 where there is no line; the dots of screentone are none."""
  return 1 - without_dots(is_ink(line, paper), DOT * min(line.shape)).astype(np.uint8)


def _refine(labels: np.ndarray, light: np.ndarray) -> np.ndarray:
  """Labels at the size of `light`, found anew where a border lies within a small pixel."""
  step = int(np.ceil(light.shape[0] / labels.shape[0]))
  around = np.ones((2 * step - 1,) * 2, np.uint8)
  size = light.shape[::-1]
  large = cv2.resize(labels.astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
  sure = cv2.dilate(large, around) == cv2.erode(large, around)
  return nearest(np.where(sure & (light > 0), large, 0).astype(np.int32))
