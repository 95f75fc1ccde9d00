"""Strokes of hints: which pixels of a transparent layer count, and whose region each stroke is in.

A stroke is a connected mark of one colour. It counts from half of its own strongest alpha on, so
a faint stroke is as good as an opaque one, and the soft edge of a brush does not count. Its core
is what lies deeper than half of its own depth: a stroke that runs over a line by a few pixels says
nothing of the region beyond.
"""

from typing import NamedTuple

import cv2
import numpy as np

VISIBLE = 8  # alpha of 255 below which nothing can be seen
ALIKE = 24  # of 255, in every channel: such colours are one stroke's
PART = 0.1  # of a mark's alpha: what has less of another colour is its edge
SHARE = 0.25  # of a stroke's core: a region with less of it is not meant
MOST_COLORS = 4096  # of a mark; more are rounded first


class Strokes(NamedTuple):
  """The strokes of a layer.

  Attributes:
    labels: int32 [H, W], the number of the stroke from 1 on, or 0.
    core: bool [H, W], the cores of the strokes.
    colors: uint8 sRGB [n + 1, 3], by number; the first is of no stroke.
  """

  labels: np.ndarray
  core: np.ndarray
  colors: np.ndarray


def find(rgba: np.ndarray) -> Strokes:
  """The strokes of a layer uint8 RGBA [H, W, 4], not premultiplied."""
  shape = rgba.shape[:2]
  labels, core = np.zeros(shape, np.int32), np.zeros(shape, bool)
  visible = (rgba[..., 3] >= VISIBLE).astype(np.uint8)
  left, top, width, height = cv2.boundingRect(visible)
  if not width:
    return Strokes(labels, core, np.zeros((1, 3), np.uint8))
  # with a pixel of nothing about them, but where the page ends; from even places on, since how
  # OpenCV numbers components goes by blocks of two
  top, left, bottom, right = top - 1, left - 1, top + height + 1, left + width + 1
  box = slice(max(0, top - top % 2), bottom), slice(max(0, left - left % 2), right)
  labels[box], core[box], colors = _find(rgba[box], visible[box])
  return Strokes(labels, core, colors)


def _find(rgba: np.ndarray, visible: np.ndarray) -> Strokes:
  """The strokes of a layer, something of which is `visible`, uint8 [h, w]."""
  count, marks = cv2.connectedComponents(visible, connectivity=8)
  where = np.flatnonzero(marks)
  pixels = rgba.reshape(-1, 4)[where]
  mark, weight, rgb = marks.ravel()[where], pixels[:, 3].astype(np.int64), pixels[:, :3]
  order = np.argsort(mark, kind='stable')
  ends = np.cumsum(np.bincount(mark, minlength=count))
  number, colors = np.zeros(where.size, np.int32), [np.zeros(3, np.uint8)]
  starts = ends[:-1]
  one = (np.minimum.reduceat(rgb[order], starts) == np.maximum.reduceat(rgb[order], starts)).all(
    -1
  )  # of one exact colour, as most are
  for n in range(1, count):
    here = order[ends[n - 1] : ends[n]]
    if one[n - 1]:
      groups, found = 0, [rgb[here[0]]]
    else:
      groups, found = _by_color(rgb[here], weight[here])
    number[here] = groups + len(colors)
    colors += found
  strongest = np.zeros(len(colors), np.int64)
  np.maximum.at(strongest, number, weight)
  number[2 * weight < strongest[number]] = 0
  labels = np.zeros(visible.shape, np.int32)
  labels.ravel()[where] = number
  room = (labels > 0).astype(np.uint8)
  depth = cv2.distanceTransform(room, cv2.DIST_L2, 5).ravel()[where]
  deepest = np.zeros(len(colors), np.float32)
  np.maximum.at(deepest, number, depth)
  core = np.zeros(visible.shape, bool)
  core.ravel()[where] = (number > 0) & (depth >= 0.5 * deepest[number])
  return Strokes(labels, core, np.stack(colors))


def cores(strokes: Strokes, shape: tuple[int, ...]) -> np.ndarray:
  """int32 [h, w]: the numbers of the cores at another size; the smallest stroke stays."""
  height, width = strokes.labels.shape
  y, x = np.nonzero(strokes.core)
  out = np.zeros(shape[:2], np.int32)
  out[y * shape[0] // height, x * shape[1] // width] = strokes.labels[y, x]
  return out


def owned(
  numbers: np.ndarray, regions: np.ndarray, counted: np.ndarray | None = None
) -> np.ndarray:
  """bool, of the shape of `numbers`: the pixels of cores that lie in a region which is meant.

  Args:
    numbers: int32 [H, W], of the strokes, 0 where there is none (`cores`); or of some pixels, [k].
    regions: int, labels from 0 on, of the same shape as `numbers`.
    counted: bool of that shape or None, the pixels that are no ink; a stroke on nothing but ink
      counts whole.
  """
  if not numbers.size:
    return np.zeros(numbers.shape, bool)
  if counted is not None:
    clear = np.bincount(numbers[counted], minlength=int(numbers.max()) + 1)
    numbers = np.where(counted | (clear[numbers] == 0), numbers, 0)
  here = numbers > 0
  if not here.any():
    return here
  width = int(regions.max()) + 1
  codes = numbers[here].astype(np.int64) * width + regions[here]
  found, where, size = np.unique(codes, return_inverse=True, return_counts=True)
  whole = np.bincount(numbers[here])
  out = here.copy()
  out[here] = (size >= SHARE * whole[found // width])[where]
  return out


def _by_color(rgb: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
  """The pixels [k, 3] of a mark -> (which of its colours each has [k], those colours)."""
  rounded = rgb
  if len(rgb) > MOST_COLORS and len(np.unique(rgb[:: len(rgb) // MOST_COLORS], axis=0)) > 256:
    rounded = rgb & 0xF0 | 8
  codes = rounded.astype(np.int64) @ np.array([65536, 256, 1])
  found, where = np.unique(codes, return_inverse=True)
  total = np.bincount(where, weight)
  colors = np.stack([found >> 16, found >> 8 & 255, found & 255], -1)
  kept: list[int] = []
  near = np.full(len(found), -1)
  for n in np.argsort(-total, kind='stable').tolist():
    away = np.abs(colors[kept] - colors[n]).max(-1) if kept else np.array([256])
    near[n] = len(kept) if away.min() > ALIKE else int(away.argmin())
    if away.min() > ALIKE:
      kept.append(n)
  share = np.bincount(near, total) / total.sum()
  main = np.flatnonzero(share >= min(PART, share.max()))
  away = np.abs(colors[:, None] - colors[np.array(kept)[main]][None]).max(-1)
  return away.argmin(1)[where], [colors[kept[n]].astype(np.uint8) for n in main]
