"""Regions as a set of tokens of one length: what nets read of a picture beside its line art.

Regions are numbered by area, the largest first, so that a table of N rows (colours, geometry,
nouns) describes any picture; rows that no region uses are all zero.
"""

from typing import NamedTuple

import cv2
import numpy as np

from onepunch_jax.regions import colors as region_colors
from onepunch_jax.regions.geometry import Geometry, LineMaps, describe, geodesic, neighbours
from onepunch_jax.regions.ink import is_ink
from onepunch_jax.regions.join import join_small
from onepunch_jax.regions.reference_lines import lines_of
from onepunch_jax.regions.segment import segment
from onepunch_jax.regions.split import split_by_hints

COLUMNS = 12  # of `Tokens.geometry`
MIRRORED = (0, 2, 6)  # the columns that change their sign where a picture is mirrored
USED = 11  # the column that is 1 where there is a region
FAR = 100.0  # px of ink and steps: nothing is farther


class Tokens(NamedTuple):
  """The regions of a picture in a table of `count` rows.

  Attributes:
    labels: int32 [H, W], the row of each pixel.
    geometry: float32 [count, 12]: x and y of the centroid, x and y of the pixel farthest from ink
      (all in [-1, 1]); twice the standard deviations of x and y, and their correlation; the root of
      the share of the picture; its logarithm over 10; the mean distance to ink over the short side;
      1 at the picture's border; 1 where there is a region.
    distance: float32 [count, count], over the ink between regions (`geometry.geodesic`) in px at
      a short side of 128; 0 in unused rows.
  """

  labels: np.ndarray
  geometry: np.ndarray
  distance: np.ndarray


def tokenize(
  labels: np.ndarray,
  line: np.ndarray,
  count: int,
  maps: LineMaps | None = None,
  geometry: Geometry | None = None,
) -> Tokens:
  """Describes regions as tokens.

  Args:
    labels: int32 [H, W], 0 .. n - 1, each used; n is at most `count`.
    line: uint8 or float [H, W] as `segment` reads it.
    count: rows of the table.
    maps: `geometry.line_maps` of the line art, where they are known.
    geometry: of the labels as they are (`geometry.describe`), where it is known.

  Raises:
    ValueError: there are more regions than rows.
  """
  order = area_order(labels)
  n = len(order)
  if n > count:
    raise ValueError(f'{n} regions do not fit {count} tokens: segment with max_regions={count}.')
  found = describe(labels, line, maps) if geometry is None else geometry
  labels, found = renumbered(labels, order), Geometry(*(x[order] for x in found))
  height, width = labels.shape
  deepest = (found.deepest[:, ::-1] + 0.5) * (2 / np.array([width, height])) - 1
  deviation = np.sqrt(np.maximum(found.moments[:, :2], 0))
  both = np.maximum(deviation[:, 0] * deviation[:, 1], 1e-6)
  geometry = np.zeros((count, COLUMNS), np.float32)
  geometry[:n] = np.column_stack(
    [
      found.centroid,
      deepest,
      2 * deviation,
      np.clip(found.moments[:, 2] / both, -1, 1),
      np.sqrt(found.area),
      np.log(found.area) / 10,
      found.ink_distance,
      found.touches_border,
      np.ones(n),
    ]
  )
  edges = neighbours(labels, line, maps=maps)
  scale = 128 / min(height, width)
  cost = 1 + 2 * np.minimum(edges.ink * scale, 8)
  distance = np.zeros((count, count), np.float32)
  distance[:n, :n] = np.minimum(geodesic(edges, n, cost), FAR)
  return Tokens(labels, geometry, distance)


def find(line: np.ndarray, count: int, maps: LineMaps | None = None) -> np.ndarray:
  """int32 [H, W]: at most `count` regions of line art, whose `line_maps` may be known."""
  return segment(line, max_regions=count, maps=maps)


def true_regions(
  regions: np.ndarray, line: np.ndarray, count: int, maps: LineMaps | None = None
) -> np.ndarray:
  """The connected pieces of true regions, the smallest joined to a neighbour.

  Args:
    regions: integer ids [H, W] in 0 .. 255.
    line: uint8 or float [H, W].
    count: how many pieces there may be.
    maps: `geometry.line_maps` of the line art, where they are known.

  Returns:
    int32 [H, W], 0 .. n - 1.
  """
  labels, n = np.zeros(regions.shape, np.int32), 0
  for region in np.flatnonzero(np.bincount(regions.ravel())):
    inside = (regions == region).view(np.uint8)
    x, y, width, height = cv2.boundingRect(inside)
    box = slice(y, y + height), slice(x, x + width)
    pieces, parts = cv2.connectedComponents(inside[box], connectivity=4)
    np.add(parts, n, out=labels[box], where=inside[box].view(bool))
    n += pieces - 1
  joined = join_small(labels - 1, line, 4.0, count, maps=maps)
  used = np.bincount(joined.ravel()) > 0
  return (np.cumsum(used, dtype=np.int32) - 1)[joined]


def by_area(labels: np.ndarray) -> np.ndarray:
  """int32 [H, W]: the same regions, numbered by area, the largest first."""
  return renumbered(labels, area_order(labels))


def area_order(labels: np.ndarray) -> np.ndarray:
  """int [n]: the labels of regions, the largest region first."""
  return np.argsort(-np.bincount(labels.ravel()), kind='stable')


def renumbered(labels: np.ndarray, order: np.ndarray) -> np.ndarray:
  """int32 [H, W]: labels [H, W] by their places in `order` [n]; themselves if nothing changes."""
  number = np.arange(len(order), dtype=np.int32)
  if (order == number).all():
    return labels
  rank = np.empty(len(order), np.int32)
  rank[order] = number
  return rank[labels]


def majority(labels: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
  """The most frequent of `values` (integers [H, W] in 0 .. 255) in each region, int [count]."""
  votes = np.bincount(labels.ravel() * 256 + values.ravel().astype(np.int64), minlength=count * 256)
  return votes.reshape(count, 256).argmax(1)


def color_table(labels: np.ndarray, rgb: np.ndarray, line: np.ndarray, count: int) -> np.ndarray:
  """uint8 [count, 3]: the colour of most of each region's pixels without ink; unused rows are 0."""
  table = np.zeros((count, 3), np.uint8)
  found = region_colors.majority_colors(labels, rgb, ~is_ink(line))
  table[: len(found)] = found
  return table


def observe(
  line: np.ndarray, hint: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
  """The regions of pictures and the colours that hints give them.

  Args:
    line: float32 [B, H, W, 1] in [-1, 1].
    hint: float32 [B, H, W, 4] (`guides/hints.py`).
    count: number of tokens.

  Returns:
    labels int32 [B, H, W, 1], geometry float32 [B, count, 12], distance float32 [B, count, count],
    colors float32 [B, count, 3] in [-1, 1], known bool [B, count].
  """
  found = [_observe_one(*x, count) for x in zip(np.asarray(line), np.asarray(hint))]
  return tuple(np.stack(x) for x in zip(*found))


def observe_reference(reference: np.ndarray, count: int) -> tuple[np.ndarray, ...]:
  """The regions of references and their colours.

  Args:
    reference: float32 [B, H, W, 4] (`guides/references.py`).
    count: number of tokens.

  Returns:
    The line art found in them, float32 [B, H, W, 1] in [-1, 1]; labels, geometry, distance and
    colors as `observe` has them; and which regions there are, bool [B, count].
  """
  found = [_reference_one(x, count) for x in np.asarray(reference)]
  return tuple(np.stack(x) for x in zip(*found))


def split(line: np.ndarray, hints: np.ndarray, count: int) -> np.ndarray:
  """int32 [H, W]: at most `count` regions; one with hints of several colours is split.

  Args:
    line: uint8 or float [H, W].
    hints: uint8 RGBA [H, W, 4].
    count: most regions.
  """
  most = count
  while True:
    labels = find(line, most)
    if hints[..., 3].any():
      labels = split_by_hints(labels, line, hints)
      labels = np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.int32)
    over = int(labels.max()) + 1 - count
    if over <= 0:
      return labels
    if most == 1:
      raise ValueError(f'The hints ask for {count + over} regions; {count} are possible.')
    most = max(1, most - over)


def hinted_colors(labels: np.ndarray, hints: np.ndarray, count: int) -> tuple:
  """The colour of most of the hint in each region: float32 [count, 3] in [-1, 1]; bool [count]."""
  colors, known = np.zeros((count, 3), np.float32), np.zeros(count, bool)
  where = hints[..., 3] > 0
  codes = hints[where][:, :3].astype(np.int64) @ np.array([65536, 256, 1])
  pairs = labels[where].astype(np.int64) * 2**24 + codes
  values, number = np.unique(pairs, return_counts=True)
  for n in np.argsort(number, kind='stable').tolist():  # the most frequent one is written last
    region, code = int(values[n] >> 24), int(values[n] & 0xFFFFFF)
    colors[region] = np.array([code >> 16, code >> 8 & 255, code & 255]) / np.float32(127.5) - 1
    known[region] = True
  return colors, known


def _observe_one(line: np.ndarray, hint: np.ndarray, count: int) -> tuple:
  grey = np.clip(0.5 + 0.5 * line[..., 0], 0, 1)
  rgb = np.round(np.clip(127.5 + 127.5 * hint[..., :3], 0, 255))
  there = hint[..., 3] > 0
  there &= ~is_ink(grey) | is_ink(grey)[there].all()  # what lies on a line means no region
  rgba = np.concatenate([rgb, 255 * there[..., None]], -1).astype(np.uint8)
  made = tokenize(split(grey, rgba, count), grey, count)
  return (
    made.labels[..., None],
    made.geometry,
    made.distance,
    *hinted_colors(made.labels, rgba, count),
  )


def _reference_one(reference: np.ndarray, count: int) -> tuple:
  there = reference[..., 3] > 0
  rgb = np.where(there[..., None], np.round(127.5 + 127.5 * reference[..., :3]), 255)
  rgb = np.clip(rgb, 0, 255).astype(np.uint8)
  line = lines_of(rgb)
  made = tokenize(find(line, count), line, count)
  colors = color_table(made.labels, rgb, line, count) / np.float32(127.5) - 1
  inside = np.bincount(made.labels[there], minlength=count) > 0
  return (
    (line / np.float32(127.5) - 1)[..., None],
    made.labels[..., None],
    made.geometry,
    made.distance,
    colors.astype(np.float32),
    inside,
  )
