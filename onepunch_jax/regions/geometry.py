"""What regions look like and who lies beside whom: the numbers that tokens carry."""

from typing import NamedTuple

import cv2
import numpy as np

from onepunch_jax.regions.ink import half_width, is_ink

MOST_BINS = 1 << 17  # values in a larger range are sorted where they are counted


class Geometry(NamedTuple):
  """Of n regions; lengths are shares of the picture's short side, places span [-1, 1]."""

  area: np.ndarray  # float32 [n], share of the picture
  centroid: np.ndarray  # float32 [n, 2], (x, y) in [-1, 1]
  moments: np.ndarray  # float32 [n, 3], var x, var y, cov xy of the places
  ink_distance: np.ndarray  # float32 [n], mean distance to ink
  touches_border: np.ndarray  # bool [n], of the picture
  deepest: np.ndarray  # int32 [n, 2], (row, column) of the pixel farthest from ink and borders


class Edges(NamedTuple):
  """Of m pairs of regions that touch, by the pixels on both sides of their common border."""

  pairs: np.ndarray  # int32 [m, 2], the lower label first
  length: np.ndarray  # float32 [m], px
  ink: np.ndarray  # float32 [m], mean half-width in px of the ink that lies on the border
  thinnest: np.ndarray  # float32 [m], the least half-width: 0 where the line has a hole


class LineMaps(NamedTuple):
  """What regions are measured by, of a drawing [H, W]; the same whatever its regions are."""

  to_ink: np.ndarray  # float32, px to ink, 0 on it
  half_width: np.ndarray  # float32, px from ink to paper (`ink.half_width`)


def line_maps(line: np.ndarray) -> LineMaps:
  """The maps of a drawing uint8 or float [H, W], as `segment` reads it."""
  return LineMaps(_distance(~is_ink(line)), half_width(line))


def describe(labels: np.ndarray, line: np.ndarray, maps: LineMaps | None = None) -> Geometry:
  """The geometry of regions.

  Args:
    labels: int32 [H, W], 0 .. n - 1, each used.
    line: uint8 or float [H, W] as `segment` reads it.
    maps: its `line_maps`, where they are known.
  """
  height, width = labels.shape
  count, flat = int(labels.max()) + 1, labels.ravel().astype(np.intp)
  pixels = np.bincount(flat, minlength=count)
  total = np.maximum(pixels, 1)
  rows = ((np.arange(height) + 0.5) * (2 / height) - 1).astype(np.float32)
  columns = ((np.arange(width) + 0.5) * (2 / width) - 1).astype(np.float32)
  y, x = np.repeat(rows, width), np.tile(columns, height)
  mean = lambda values: np.bincount(flat, values, count) / total
  cx, cy = mean(x), mean(y)
  xx, yy, xy = mean(x * x) - cx**2, mean(y * y) - cy**2, mean(x * y) - cx * cy
  to_ink = _distance(~is_ink(line)) if maps is None else maps.to_ink
  edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
  return Geometry(
    (pixels / labels.size).astype(np.float32),
    np.stack([cx, cy], -1).astype(np.float32),
    np.stack([xx, yy, xy], -1).astype(np.float32),
    (mean(to_ink.ravel()) / min(height, width)).astype(np.float32),
    np.bincount(edge, minlength=count) > 0,
    _deepest(labels, to_ink, count),
  )


def neighbours(
  labels: np.ndarray, line: np.ndarray, paper: float = 1.0, maps: LineMaps | None = None
) -> Edges:
  """The pairs of regions that touch, and what ink lies between them.

  Args:
    labels: int32 [H, W], 0 .. n - 1.
    line: uint8 or float [H, W] as `segment` reads it.
    paper: the level of blank paper as a share of white.
    maps: `line_maps` of the line art, where they are known.

  Returns:
    Edges ordered by their pairs.
  """
  widths = half_width(line, paper) if maps is None else maps.half_width
  return Edges(*border_values(labels, widths, np.maximum))


def border_values(
  labels: np.ndarray, values: np.ndarray, of_both: np.ufunc
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
  """What a picture has on the borders between regions.

  Args:
    labels: int32 [H, W], 0 .. n - 1.
    values: float32 [H, W].
    of_both: what makes one value of those at both sides of a border: np.minimum or np.maximum.

  Returns:
    The pairs that touch, int32 [m, 2], in order; px of their borders, the mean and the least
    value on them, float32 [m] each.
  """
  count, width = int(labels.max()) + 1, labels.shape[1]
  flat, values = labels.ravel(), values.ravel()
  codes, found = [], []
  down = np.flatnonzero(flat[:-width] != flat[width:])
  right = np.flatnonzero((labels[:, 1:] != labels[:, :-1]).ravel())
  right += right // max(width - 1, 1)
  for where, step in ((down, width), (right, 1)):
    one, other = flat[where], flat[where + step]
    codes.append(np.minimum(one, other).astype(np.int64) * count + np.maximum(one, other))
    found.append(of_both(values[where], values[where + step]))
  code, value = np.concatenate(codes), np.concatenate(found)
  unique, index, length = counted(code, count * count)
  least = np.full(len(unique), np.inf, np.float32)
  np.minimum.at(least, index, value)
  return (
    np.stack([unique // count, unique % count], -1).astype(np.int32),
    length.astype(np.float32),
    (np.bincount(index, value, len(unique)) / np.maximum(length, 1)).astype(np.float32),
    least,
  )


def counted(codes: np.ndarray, stop: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """np.unique with inverse and counts of integers in 0 .. stop - 1; without sorting, if few."""
  if stop > MOST_BINS:
    return np.unique(codes, return_inverse=True, return_counts=True)
  number = np.bincount(codes, minlength=stop)
  unique = np.flatnonzero(number)
  place = np.empty(stop, np.intp)
  place[unique] = np.arange(len(unique))
  return unique, place[codes], number[unique]


def geodesic(edges: Edges, count: int, cost: np.ndarray | None = None) -> np.ndarray:
  """The cheapest way between all regions, over the graph of those that touch.

  Args:
    edges: of `neighbours`.
    count: number of regions n.
    cost: float [m] of crossing each edge; None: the mean width in px of the ink on it, and 1.

  Returns:
    float32 [n, n], symmetric, 0 on the diagonal, inf where there is no way (Floyd and Warshall).
  """
  cost = 1 + 2 * edges.ink if cost is None else cost
  ways = np.full((count, count), np.inf, np.float32)
  ways[edges.pairs[:, 0], edges.pairs[:, 1]] = cost
  ways[edges.pairs[:, 1], edges.pairs[:, 0]] = cost
  np.fill_diagonal(ways, 0)
  through = np.empty_like(ways)
  for k in range(count):
    np.add(ways[:, k, None], ways[k], out=through)
    np.minimum(ways, through, out=ways)
  return ways


def borders(labels: np.ndarray) -> np.ndarray:
  """bool [H, W]: pixels whose right, left, upper or lower neighbour has another label."""
  width, flat = labels.shape[1], labels.ravel()
  across, down = flat[1:] != flat[:-1], flat[width:] != flat[:-width]
  across[width - 1 :: width] = False  # from the end of a row to the next one
  out = np.zeros(flat.shape, bool)
  out[1:] = across
  out[:-1] |= across
  out[width:] |= down
  out[:-width] |= down
  return out.reshape(labels.shape)


def _deepest(labels: np.ndarray, to_ink: np.ndarray, count: int) -> np.ndarray:
  """int32 [n, 2]: the pixel of each region farthest from borders, on paper where it has some."""
  border = borders(labels)
  border[[0, -1]] = border[:, [0, -1]] = True  # a hint is not put on the picture's edge
  inside = distance_inside(border)
  first = deepest_of(labels.ravel(), inside.ravel(), to_ink.ravel(), count)
  return np.stack([first // labels.shape[1], first % labels.shape[1]], -1).astype(np.int32)


def distance_inside(border: np.ndarray) -> np.ndarray:
  """float32 [H, W]: px to the nearest of the pixels `border`, bool [H, W], 0.5 on them."""
  return _distance(~border) + 0.5


def deepest_of(
  labels: np.ndarray, inside: np.ndarray, to_ink: np.ndarray, count: int
) -> np.ndarray:
  """int64 [count]: which of k pixels is the deepest of each region, the first one of several.

  Args:
    labels: int [k], regions in 0 .. count - 1.
    inside: float32 [k], px to a border (`distance_inside`).
    to_ink: float32 [k], px to ink.
  """
  depth = np.where(to_ink > 0, np.minimum(inside, to_ink), inside * 1e-3)
  peak = np.zeros(count, np.float32)
  np.maximum.at(peak, labels, depth)
  top = np.flatnonzero(depth >= peak[labels])[::-1]
  first = np.zeros(count, np.int64)
  first[labels[top]] = top  # the last one written is the first in the picture
  return first


def _distance(room: np.ndarray) -> np.ndarray:
  """float32 [H, W], px to the nearest pixel outside `room`; the short side where there is none."""
  if room.all():
    return np.full(room.shape, min(room.shape), np.float32)
  return cv2.distanceTransform(room.astype(np.uint8), cv2.DIST_L2, 5)
