"""Regions of a drawing, gaps in its lines closed: trapped balls on a distance map.

A ball that rolls about between the lines does not pass a gap narrower than itself. Balls of
falling radius (Zhang et al., "Vectorizing Cartoon Animations", 2009) are the components of the
distance map above falling thresholds. Below each threshold come new components: one that touches
no region is a region, one that touches a single region belongs to it, one between regions is a
gap -- or, where the neck is no narrower than half the smaller of the two, it joins them.
"""

import cv2
import numpy as np

from onepunch_jax.pages.scale import resize

LINE = 0.72  # of the level of paper; darker is line here
MOST = 6_000_000  # pixels; a larger page is segmented at this size and refined
NECK = 0.5  # of the smaller region's width: a wider neck joins two
DOT = 0.006  # of the short side: smaller marks bound nothing
SPECK = 0.004  # smaller regions are none


def segment(grey: np.ndarray, white: float = 255.0, *, gap: float | None = None) -> np.ndarray:
  """Labels every pixel of a drawing with its region.

  Args:
    grey: uint8 [H, W], 0 is ink.
    white: the level of blank paper.
    gap: px at the page's own size up to which a gap is closed; None: 1 % of the short side.

  Returns:
    int32 [H, W], 1 .. number of regions, in order of their first pixel; lines and solid blacks
    belong to the nearest region.
  """
  gap = max(4.0, 0.01 * min(grey.shape)) if gap is None else gap
  scale = min(1.0, (MOST / grey.size) ** 0.5)
  if scale == 1.0:
    return _ordered(nearest(trapped(_light(grey, white), gap / 2)))
  small = resize(grey, round(grey.shape[0] * scale), round(grey.shape[1] * scale))
  labels = nearest(trapped(_light(small, white), gap * scale / 2))
  return _ordered(nearest(_refine(labels, _light(grey, white))))


def dominant(labels: np.ndarray, color: np.ndarray, count: int, mask: np.ndarray) -> np.ndarray:
  """The most frequent colour of each region.

  Args:
    labels: int32 [H, W], 1 .. count.
    color: uint8 sRGB [H, W, 3].
    count: number of regions.
    mask: bool [H, W], the pixels that count; a region without any counts whole.

  Returns:
    uint8 [count, 3].
  """
  sums = np.bincount(labels[mask], minlength=count + 1)
  mask = mask | (sums == 0)[labels]
  step = -(-labels.size // MOST)
  if step > 1:  # of large regions one pixel in `step` tells enough
    mask &= (sums < 1000 * step)[labels] | (np.arange(labels.size) % step == 0).reshape(mask.shape)
  ids, rgb = labels[mask].astype(np.int64), color[mask]
  cells = (rgb >> 4).astype(np.int64) @ np.array([256, 16, 1])
  codes, where, number = np.unique(ids * 4096 + cells, return_inverse=True, return_counts=True)
  means = np.stack([np.bincount(where, rgb[:, c], len(codes)) / number for c in range(3)], -1)
  order = np.lexsort((codes, -number))
  region = codes[order] // 4096
  regions, first = np.unique(region, return_index=True)
  out = np.full((count, 3), 255, np.uint8)
  out[regions - 1] = np.round(means[order[first]])
  return out


def _light(grey, white):
  """uint8 [H, W], 1 where there is no line; the dots of screentone are none."""
  light = (grey > LINE * white).astype(np.uint8)
  _, parts, stats, _ = cv2.connectedComponentsWithStats(1 - light, connectivity=8)
  dots = stats[:, cv2.CC_STAT_AREA] <= (DOT * min(grey.shape)) ** 2
  dots[0] = False
  return light | dots[parts]


def trapped(light: np.ndarray, radius: float) -> np.ndarray:
  """Regions of a drawing, gaps up to two radii wide closed.

  Args:
    light: uint8 [H, W], 1 where there is no line.
    radius: px of the largest ball.

  Returns:
    int32 [H, W], 0 on lines and in specks.
  """
  dist = cv2.distanceTransform(light, cv2.DIST_L2, 5)
  labels = np.zeros(light.shape, np.int32)
  parent, peak = [0], [0.0]
  least = max(4.0, (SPECK * min(light.shape)) ** 2)
  levels = np.unique(np.floor(np.linspace(0, max(1.0, radius), min(12, int(radius) + 2))))[::-1]
  for level in levels:
    fresh = ((dist > level) & (labels == 0)).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(fresh, connectivity=4)
    if count == 1:
      continue
    touched = _touching(parts, labels, parent)
    assign = np.zeros(count, np.int32)
    split = np.zeros(count, np.uint8)
    tallest = np.zeros(count, np.float32)
    np.maximum.at(tallest, parts[parts > 0], dist[parts > 0])
    for part in range(1, count):
      near = touched.get(part, [])
      if not near:
        if stats[part, cv2.CC_STAT_AREA] >= least:
          parent.append(len(parent))
          peak.append(float(tallest[part]))
          assign[part] = len(parent) - 1
        continue
      roots = _join(
        [n for _, n in sorted((-peak[n], n) for n in {_root(parent, n) for n in near})],
        float(tallest[part]),
        parent,
        peak,
      )
      if len(roots) == 1:
        assign[part] = roots[0]
      else:
        split[part] = 1
    labels += assign[parts]
    _grow(labels, split[parts])
  roots = np.array([_root(parent, n) for n in range(len(parent))], np.int32)
  return roots[labels]


def _touching(parts: np.ndarray, labels: np.ndarray, parent) -> dict[int, list[int]]:
  """Part -> the regions beside it."""
  width = len(parent)
  codes = []
  for a, b in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
    for one, other in ((a, b), (b, a)):
      beside = (parts[one] > 0) & (labels[other] > 0)
      codes.append(parts[one][beside].astype(np.int64) * width + labels[other][beside])
  found: dict[int, list[int]] = {}
  for code in np.unique(np.concatenate(codes)):
    found.setdefault(int(code // width), []).append(int(code % width))
  return found


def _join(roots: list[int], neck: float, parent: list[int], peak: list[float]) -> list[int]:
  """Joins regions that meet in a neck which is wide for the smaller one; returns those left."""
  left = roots[:1]
  for root in roots[1:]:
    if neck >= NECK * peak[root]:
      parent[root] = left[0]
    else:
      left.append(root)
  return left


def _root(parent: list[int], n: int) -> int:
  while parent[n] != n:
    n = parent[n]
  return n


def _grow(labels: np.ndarray, room: np.ndarray) -> None:
  """Grows regions into `room`, in step."""
  room = (room > 0) & (labels == 0)
  cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
  while room.any():
    grown = cv2.dilate(labels.astype(np.float32), cross).astype(np.int32)
    new = room & (grown > 0)
    if not new.any():
      return
    labels[new] = grown[new]
    room &= ~new


def _refine(labels: np.ndarray, light: np.ndarray) -> np.ndarray:
  """Labels at the page's own size, 0 where a border between two lies within a small pixel."""
  step = int(np.ceil(light.shape[0] / labels.shape[0]))
  around = np.ones((2 * step - 1,) * 2, np.uint8)
  large = cv2.resize(labels.astype(np.float32), light.shape[::-1], interpolation=cv2.INTER_NEAREST)
  sure = cv2.dilate(large, around) == cv2.erode(large, around)
  return np.where(sure & (light > 0), large, 0).astype(np.int32)


def nearest(labels: np.ndarray) -> np.ndarray:
  """int32 [H, W]: unlabelled pixels (0) take the nearest label."""
  known = labels > 0
  if not known.any():
    return np.ones_like(labels)
  _, index = cv2.distanceTransformWithLabels(
    (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
  )
  lookup = np.zeros(int(index.max()) + 1, np.int32)
  lookup[index[known]] = labels[known]
  return lookup[index]


def _ordered(labels: np.ndarray) -> np.ndarray:
  """The same regions numbered 1 .. n by their first pixel."""
  values, first = np.unique(labels, return_index=True)
  lookup = np.zeros(int(values.max()) + 1, np.int32)
  lookup[values[np.argsort(first)]] = np.arange(1, len(values) + 1)
  return lookup[labels]
