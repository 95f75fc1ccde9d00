"""Trapped balls on a distance map (after Zhang et al., "Vectorizing Cartoon Animations", 2009).

A ball that rolls about between the lines does not pass a gap narrower than itself. Balls of
falling radius are the components of the distance map above falling thresholds. Below each
threshold come new components: one that touches no region is a region, one that touches a single
region belongs to it, and one between regions is a gap, or, where the neck is no narrower than half
the smaller of the two, it joins them.
"""

import cv2
import numpy as np

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
NECK = 0.5  # of the smaller region's width: a wider neck joins two


def trapped_balls(
  distance: np.ndarray, radius: float, smallest: float = 4.0, neck: float = NECK
) -> np.ndarray:
  """Labels the basins of a distance map; passages narrower than two radii are closed.

  Args:
    distance: float32 [H, W], px to the nearest wall, 0 on walls.
    radius: px of the largest ball.
    smallest: px; a component of less area is no region.
    neck: a passage wider than this share of the smaller region's width joins two regions.

  Returns:
    int32 [H, W], 1 .. n in no particular order; 0 on walls and in components too small.
  """
  distance = cv2.copyMakeBorder(distance, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
  flat, width = distance.ravel(), distance.shape[1]
  labels = np.zeros(flat.size, np.int32)
  free = np.ones(distance.shape, np.uint8)
  regions = _Union()
  levels = np.unique(np.floor(np.linspace(0, max(1.0, radius), min(12, int(radius) + 2))))
  for level in levels[::-1]:
    fresh = cv2.compare(distance, float(level), cv2.CMP_GT) & free
    count, parts = cv2.connectedComponents(fresh, connectivity=4)
    if count == 1:
      continue
    where = np.flatnonzero(fresh)
    part = parts.ravel()[where]
    peaks = np.zeros(count, np.float32)
    np.maximum.at(peaks, part, flat[where])
    area = np.bincount(part, minlength=count)
    beside, of_part = _touching(fresh, parts, labels, len(regions.parent))
    number = np.bincount(of_part, minlength=count)
    label, between = np.zeros(count, np.int32), np.zeros(count, bool)
    one = number[of_part] == 1
    label[of_part[one]] = beside[one]
    for n in np.flatnonzero((number[1:] == 0) & (area[1:] >= smallest)) + 1:
      label[n] = regions.add(float(peaks[n]))
    starts = np.cumsum(number) - number
    for n in np.flatnonzero(number > 1):
      met = beside[starts[n] : starts[n] + number[n]].tolist()
      roots = regions.join(met, float(peaks[n]), neck)
      label[n], between[n] = (roots[0], False) if len(roots) == 1 else (0, True)
    labels[where] = label[part]
    _grow(labels, where[between[part]], width)
    free.ravel()[where] = labels[where] == 0
  labels = regions.roots()[labels]
  return labels.reshape(distance.shape)[1:-1, 1:-1]


def nearest(labels: np.ndarray) -> np.ndarray:
  """int32 [H, W]: pixels without a label (0) take the nearest one; 1 where there is none at all."""
  known = labels > 0
  if not known.any():
    return np.ones_like(labels)
  _, index = cv2.distanceTransformWithLabels(
    (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
  )
  flat, missing = labels.ravel(), np.flatnonzero(~known)
  numbered = flat[np.flatnonzero(known)]  # in the order in which `index` counts from 1 on
  out = flat.copy()
  out[missing] = numbered[index.ravel()[missing] - 1]
  return out.reshape(labels.shape)


class _Union:
  """Regions that may be joined: a forest of parents, and how deep each region is."""

  def __init__(self):
    self.parent, self.peak = [0], [0.0]

  def add(self, peak: float) -> int:
    self.parent.append(len(self.parent))
    self.peak.append(peak)
    return len(self.parent) - 1

  def root(self, n: int) -> int:
    while self.parent[n] != n:
      n = self.parent[n]
    return n

  def roots(self) -> np.ndarray:
    roots = np.array(self.parent, np.int32)
    while (roots != (above := roots[roots])).any():
      roots = above
    return roots

  def join(self, labels: list[int], width: float, neck: float) -> list[int]:
    """Joins the regions that meet in a passage wide for the smaller one; returns those left."""
    roots = sorted({self.root(n) for n in labels}, key=lambda n: (-self.peak[n], n))
    left = roots[:1]
    for root in roots[1:]:
      if width >= neck * self.peak[root]:
        self.parent[root] = left[0]
      else:
        left.append(root)
    return left


def _touching(
  fresh: np.ndarray, parts: np.ndarray, labels: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
  """The regions beside new components: int [k] each, a region and its component, by component.

  Args:
    fresh: uint8 [H, W], not 0 on the new components.
    parts: int32 [H, W], the component of each of their pixels.
    labels: int32 [H W], the regions so far.
    count: the labels are below this.
  """
  width = parts.shape[1]
  labelled = (labels > 0).view(np.uint8).reshape(parts.shape)
  where = np.flatnonzero(cv2.dilate(labelled, _CROSS) & fresh)
  part, codes = parts.ravel()[where], []
  for step in (-1, 1, -width, width):
    beside = labels[where + step]
    some = np.flatnonzero(beside)
    codes.append(part[some].astype(np.int64) * count + beside[some])
  found = np.unique(np.concatenate(codes))
  return found % count, found // count


def _grow(labels: np.ndarray, room: np.ndarray, width: int) -> None:
  """Grows regions into the pixels `room` of the flat padded labels, in step."""
  while room.size:
    beside = labels[room - 1]
    for step in (1, -width, width):
      np.maximum(beside, labels[room + step], out=beside)
    if not beside.any():
      return
    labels[room] = beside
    room = room[beside == 0]
