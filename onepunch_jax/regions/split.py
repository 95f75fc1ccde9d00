"""Regions that hold hints of several colours are split: each hint keeps what is nearest to it.

The way from a hint costs 1 for a pixel, more in narrow places and most over ink. So two hints in
rooms that a gap joins meet in the gap, and two hints in one room share it.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from scipy import ndimage

from onepunch_jax.regions.ink import is_ink

OPAQUE = 128  # alpha from which a pixel is a hint
ALIKE = 24  # of 255, in every channel: such colours are one hint, with a blurred edge
INK = 64  # what a pixel of ink costs
NARROW = 0.5  # of the region's half-width: narrower places cost more
LARGEST = 200_000  # px of a region's box; a larger one is split at a smaller size
KEPT = 40_000_000  # px of boxes whose split is kept


def split_by_hints(labels: np.ndarray, line: np.ndarray, hints: np.ndarray) -> np.ndarray:
  """Splits the regions that hold hints of several colours.

  Args:
    labels: int32 [H, W], 0 .. n - 1.
    line: uint8 or float [H, W] as `segment` reads it.
    hints: uint8 RGBA [H, W, 4], a hint where alpha is at least 128.

  Returns:
    int32 [H, W]: the same labels, new ones from n on; a region's first hint keeps its label.

  Raises:
    ValueError: the hints have another size than the labels.
  """
  splitter = Splitter(labels, line)
  return splitter.labels(splitter.find(hints))


class Split(NamedTuple):
  """What the hints of a region split it into.

  Attributes:
    region: its label.
    box: its rows and columns.
    owner: uint8 or int32 [h, w], the piece, from 1 on, of each pixel of the box; 0 outside the
      region. The same object as before where nothing has changed.
    count: pieces.
  """

  region: int
  box: tuple[slice, slice]
  owner: np.ndarray
  count: int


class Splitter:
  """Splits the regions of one drawing, as `split_by_hints` does, for hints that change little.

  How a region was split the last time is kept, so that one hint more costs one region. What is
  kept is a function of the region and its hints: the answers are those of a fresh one. Safe in
  threads.

  Args:
    labels: int32 [H, W], 0 .. n - 1, which nobody changes.
    line: uint8 or float [H, W] as `segment` reads it.
  """

  def __init__(self, labels: np.ndarray, line: np.ndarray):
    self._labels, self._line = labels, line
    self._kept: dict[int, tuple[bytes, np.ndarray]] = {}  # region -> (its hints, who owns what)

  @functools.cached_property
  def _boxes(self) -> list[tuple[slice, slice]]:
    return ndimage.find_objects(self._labels + 1)

  def find(self, hints: np.ndarray) -> list[Split]:
    """The regions that hints uint8 RGBA [H, W, 4] split, in the order of their labels."""
    labels = self._labels
    if hints.shape != (*labels.shape, 4):
      raise ValueError(
        f"Hints are RGBA of the labels' size {labels.shape}; these are {hints.shape}."
      )
    where = np.flatnonzero(hints[..., 3] >= OPAQUE)
    at, rgb = labels.ravel()[where], hints.reshape(-1, 4)[where, :3].astype(np.int64)
    found: list[Split] = []
    kept, pixels = {}, 0
    for region in np.unique(at).tolist():
      inside = at == region
      groups = _groups(rgb[inside])
      count = int(groups.max()) + 1
      if count == 1:
        continue
      owner = self._owner(region, where[inside], groups)
      found.append(Split(region, self._boxes[region], owner, count))
      pixels += owner.size
      if pixels <= KEPT:
        kept[region] = _key(where[inside], groups), owner
    self._kept = kept
    return found

  def labels(self, splits: Sequence[Split]) -> np.ndarray:
    """int32 [H, W]: the labels after splits; new ones from n on, in the order of the splits."""
    out, fresh = self._labels.copy(), int(self._labels.max()) + 1
    for split in splits:
      new = np.arange(fresh - 2, fresh - 1 + split.count, dtype=np.int32)
      out[split.box] = np.where(split.owner > 1, new[split.owner], out[split.box])
      fresh += split.count - 1
    return out

  def _owner(self, region: int, where: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """`Split.owner` of a region.

    Args:
      region: its label.
      where: int [k], the places of its hints in the flat picture.
      groups: int [k], their groups from 0 on.
    """
    key, found = self._kept.get(region, (b'', np.zeros(0)))
    if key == _key(where, groups):
      return found
    box = self._boxes[region]
    top, left = box[0].start, box[1].start
    mask = self._labels[box] == region
    seeds = np.zeros(mask.shape, np.int32)
    width = self._labels.shape[1]
    seeds[where // width - top, where % width - left] = groups + 1
    owner = _share(mask, is_ink(self._line[box]), seeds)
    return owner.astype(np.uint8) if groups.max() < 255 else owner


def _key(where: np.ndarray, groups: np.ndarray) -> bytes:
  """What tells hints of a region apart."""
  return where.tobytes() + groups.tobytes()


def _groups(rgb: np.ndarray) -> np.ndarray:
  """int [k]: which of the distinct colours each of [k, 3] is, in order of their first pixel."""
  colors, first, index, number = np.unique(
    rgb, axis=0, return_index=True, return_inverse=True, return_counts=True
  )
  kept: list[int] = []
  which = np.zeros(len(colors), np.int64)
  for n in np.lexsort((first, -number)).tolist():
    alike = [k for k in kept if np.abs(colors[k] - colors[n]).max() <= ALIKE]
    which[n] = alike[0] if alike else n
    if not alike:
      kept.append(n)
  place = {n: i for i, n in enumerate(sorted(kept, key=lambda n: first[which == n].min()))}
  return np.array([place[n] for n in which.tolist()])[index.ravel()]


def _share(region: np.ndarray, ink: np.ndarray, seeds: np.ndarray) -> np.ndarray:
  """int32 [h, w]: the seed, from 1 on, to which each pixel of a region goes; 0 elsewhere."""
  step = max(1, int(np.ceil((region.size / LARGEST) ** 0.5)))
  if step == 1:
    owner = _grow(region, ink, seeds)
  else:
    owner = _grow(*(_shrunk(x, step) for x in (region, ink, seeds)))
    height, width = region.shape
    owner = owner.repeat(step, 0)[:height].repeat(step, 1)[:, :width]
  owner = np.where(seeds > 0, seeds, owner) * region
  lost = region & (owner == 0)  # pieces that no way reaches
  if lost.any():
    _, index = cv2.distanceTransformWithLabels(
      (owner == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    lookup = np.zeros(int(index.max()) + 1, np.int32)
    lookup[index[owner > 0]] = owner[owner > 0]
    owner = np.where(lost, lookup[index], owner)
  return owner.astype(np.int32)


def _shrunk(x: np.ndarray, step: int) -> np.ndarray:
  """The largest value of each block of `step` x `step` pixels."""
  height, width = (-(-n // step) * step for n in x.shape)
  padded = np.zeros((height, width), x.dtype)
  padded[: x.shape[0], : x.shape[1]] = x
  return padded.reshape(height // step, step, width // step, step).max((1, 3))


def _grow(region: np.ndarray, ink: np.ndarray, seeds: np.ndarray) -> np.ndarray:
  """Cheapest ways from the seeds within a region, in the order of what they cost (Dial, 1969)."""
  region, ink, seeds = (np.pad(x, 1) for x in (region, ink, seeds))
  room = cv2.distanceTransform((region & ~ink).astype(np.uint8), cv2.DIST_L2, 5)
  narrow = (NARROW * room.max() / np.maximum(room, 1)) ** 2
  power = np.round(np.log2(1 + np.minimum(narrow, INK - 1))).astype(np.int64)
  cost = np.where(ink, INK, 2**power).ravel()  # few distinct costs: few arrays a step
  width, owner = region.shape[1], np.where(region, seeds, 0).ravel().astype(np.int32)
  far = np.iinfo(np.int64).max
  ways = np.where(owner > 0, 0, far)
  ways[~region.ravel()] = -1  # never improved
  offsets = np.array([[-width], [-1], [1], [width]])
  position = np.zeros(len(owner), np.int64)  # of a pixel among those of one step
  buckets: list[list[np.ndarray]] = [[] for _ in range(INK + 1)]
  buckets[0].append(np.flatnonzero(owner))
  now = pending = 0
  while pending <= INK:
    bucket = buckets[now % (INK + 1)]
    buckets[now % (INK + 1)] = []
    pending = 0 if bucket else pending + 1
    if bucket:
      here = bucket[0] if len(bucket) == 1 else np.concatenate(bucket)
      here = here[ways[here] == now]
      there = (here + offsets).ravel()
      better = (now + cost[there] < ways[there]).nonzero()[0]
      there = there[better]
      # of those that reach a pixel at once, which all cost the same, the first one has it
      count = np.arange(len(there))
      position[there[::-1]] = count[::-1]
      first = (position[there] == count).nonzero()[0]
      there, source = there[first], here[better[first] % len(here)]
      price = cost[there]
      ways[there], owner[there] = now + price, owner[source]
      for value in np.bincount(price).nonzero()[0].tolist():
        buckets[(now + value) % (INK + 1)].append(there[price == value])
    now += 1
  return owner.reshape(region.shape)[1:-1, 1:-1]
