"""Regions that hold hints of several colours are split: each hint keeps what is nearest to it.

The way from a hint costs 1 for a pixel, more in narrow places and most over ink. So two hints in
rooms that a gap joins meet in the gap, and two hints in one room share it.
"""

import cv2
import numpy as np

from onepunch_jax.regions.ink import is_ink

OPAQUE = 128  # alpha from which a pixel is a hint
ALIKE = 24  # of 255, in every channel: such colours are one hint, with a blurred edge
INK = 64  # what a pixel of ink costs
NARROW = 0.5  # of the region's half-width: narrower places cost more
LARGEST = 200_000  # px of a region's box; a larger one is split at a smaller size


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
  if hints.shape != (*labels.shape, 4):
    raise ValueError(f"Hints are RGBA of the labels' size {labels.shape}; these are {hints.shape}.")
  where = np.flatnonzero(hints[..., 3] >= OPAQUE)
  at, rgb = labels.ravel()[where], hints.reshape(-1, 4)[where, :3].astype(np.int64)
  out, fresh = labels.copy(), int(labels.max()) + 1
  for region in np.unique(at).tolist():
    inside = at == region
    groups = _groups(rgb[inside])
    count = int(groups.max()) + 1
    if count == 1:
      continue
    seeds = np.zeros(labels.shape, np.int32)
    seeds.ravel()[where[inside]] = groups + 1
    box = _box(labels == region)
    owner = _share(labels[box] == region, is_ink(line[box]), seeds[box])
    out[box] = np.where(owner > 1, fresh + owner - 2, out[box])
    fresh += count - 1
  return out


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


def _box(mask: np.ndarray) -> tuple[slice, slice]:
  """The slices of the rows and columns that a mask reaches."""
  rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
  return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


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
  buckets: list[list[np.ndarray]] = [[] for _ in range(INK + 1)]
  buckets[0].append(np.flatnonzero(owner))
  now = pending = 0
  while pending <= INK:
    bucket = buckets[now % (INK + 1)]
    buckets[now % (INK + 1)] = []
    pending = 0 if bucket else pending + 1
    here = np.concatenate(bucket) if bucket else np.zeros(0, np.int64)
    here = here[ways[here] == now]
    for offset in (-width, -1, 1, width) if here.size else ():
      there = here + offset
      total = now + cost[there]
      better = total < ways[there]
      there, source, total = there[better], here[better], total[better]
      ways[there], owner[there] = total, owner[source]
      for value in (now + np.flatnonzero(np.bincount(total - now))).tolist():
        buckets[value % (INK + 1)].append(there[total == value])
    now += 1
  return owner.reshape(region.shape)[1:-1, 1:-1]
