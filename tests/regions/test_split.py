"""Splits by hints again and again: what is kept changes nothing, and every pixel goes to the
hint whose way is the cheapest."""

import heapq

import cv2
import numpy as np

from onepunch_jax.regions.geometry import describe, line_maps
from onepunch_jax.regions.segment import segment
from onepunch_jax.regions.split import Splitter, _grow, split_by_hints
from onepunch_jax.regions.split_geometry import SplitGeometry

COLORS = (200, 0, 0), (0, 200, 0), (0, 0, 200), (210, 10, 5)


def drawing(rng: np.random.Generator, size: int = 90) -> np.ndarray:
  """uint8 [size, size]: circles and lines, some open, some at the edge."""
  line = np.full((size, size), 255, np.uint8)
  for _ in range(4):
    x, y = (int(v) for v in rng.integers(0, size, 2))
    end = int(rng.integers(250, 361))
    cv2.ellipse(line, (x, y), (int(rng.integers(8, 30)),) * 2, 0, 0, end, 0, 2)
  return line


def test_hints_one_by_one_split_as_all_at_once_do_and_are_measured_alike():
  rng = np.random.default_rng(0)
  splits = 0
  for _ in range(6):
    line = drawing(rng)
    labels, maps = segment(line), line_maps(line)
    splitter = Splitter(labels, line)
    geometry = SplitGeometry(describe(labels, line, maps), maps.to_ink)
    hints = np.zeros((*line.shape, 4), np.uint8)
    for n in range(8):
      x, y = (int(v) for v in rng.integers(0, 90, 2))
      cv2.circle(hints, (x, y), 2, (*COLORS[n % 4], 255), -1)
      found = splitter.find(hints)
      made = splitter.labels(found)
      np.testing.assert_array_equal(made, split_by_hints(labels, line, hints))
      for one, other in zip(geometry.measure(found), describe(made, line, maps)):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
      splits += len(found)
  assert splits > 20


def test_a_region_whose_hints_are_the_same_is_not_split_again():
  line = np.full((60, 120), 255, np.uint8)
  line[:, 59:61] = 0
  labels = segment(line)
  splitter = Splitter(labels, line)
  hints = np.zeros((*line.shape, 4), np.uint8)
  hints[10, 10], hints[50, 50] = (200, 0, 0, 255), (0, 200, 0, 255)
  (first,) = splitter.find(hints)
  hints[10, 100], hints[50, 70] = (200, 0, 0, 255), (0, 0, 200, 255)
  again, other = sorted(splitter.find(hints), key=lambda split: split.owner is not first.owner)
  assert again.owner is first.owner and other.region != first.region
  hints[10, 10] = 0
  (left,) = splitter.find(hints)
  assert left.region == other.region


def test_every_pixel_goes_where_its_way_is_cheapest():
  rng = np.random.default_rng(1)
  region = cv2.GaussianBlur(rng.random((30, 40)), (0, 0), 2) > 0.47
  ink = region & (rng.random(region.shape) < 0.1)
  seeds = np.where(region & (rng.random(region.shape) < 0.01), rng.integers(1, 4, region.shape), 0)
  owner = _grow(region, ink, seeds.astype(np.int32))
  room = cv2.distanceTransform(np.pad(region & ~ink, 1).astype(np.uint8), cv2.DIST_L2, 5)[
    1:-1, 1:-1
  ]
  narrow = np.minimum((0.5 * room.max() / np.maximum(room, 1)) ** 2, 63)
  cost = np.where(ink, 64, 2 ** np.round(np.log2(1 + narrow)).astype(int))
  away = np.stack([ways(region, cost, seeds == n) for n in (1, 2, 3)])
  reached = np.isfinite(away.min(0))
  assert ((owner > 0) == reached).all() and reached.sum() > 300
  own = np.take_along_axis(away, np.maximum(owner - 1, 0)[None], 0)[0]
  np.testing.assert_array_equal(own[reached], away.min(0)[reached])


def ways(region: np.ndarray, cost: np.ndarray, start: np.ndarray) -> np.ndarray:
  """What the cheapest way from `start` to each pixel costs (Dijkstra)."""
  found = np.full(region.shape, np.inf)
  heap = [(0, *place) for place in np.argwhere(start & region).tolist()]
  while heap:
    now, y, x = heapq.heappop(heap)
    if now >= found[y, x]:
      continue
    found[y, x] = now
    for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
      if 0 <= v < region.shape[0] and 0 <= u < region.shape[1] and region[v, u]:
        heapq.heappush(heap, (now + cost[v, u], v, u))
  return found
