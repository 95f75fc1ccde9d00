"""Regions with an open border join, and what a net says about lines closes wider gaps."""

import cv2
import numpy as np
import pytest

from onepunch_jax.regions.balls import nearest, trapped_balls
from onepunch_jax.regions.distance import line_distance
from onepunch_jax.regions.graph import Graph
from onepunch_jax.regions.join import join_open
from onepunch_jax.regions.segment import ordered, segment
from onepunch_jax.synthetic.draw import draw
from tests.regions.test_segment import count, rooms


def basins(line: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Regions before any joins, and the distance to ink."""
  away = cv2.distanceTransform((line > 128).astype(np.uint8), cv2.DIST_L2, 5)
  return ordered(nearest(trapped_balls(away, 10.0, neck=0.95))), away


def test_a_graph_keeps_what_lies_on_borders():
  graph = Graph(4)
  pairs = np.array([[0, 1], [1, 2], [0, 2], [2, 3]])
  graph.connect(pairs, np.array([4.0, 2, 3, 1]), np.array([1.0, 2, 0, 5]))
  graph.join(1, 0)
  assert graph.beside[0] == {2: (5.0, 4.0)} and graph.beside[2] == {0: (5.0, 4.0), 3: (1.0, 5.0)}
  graph.join(0, 2)
  assert graph.beside[2] == {3: (1.0, 5.0)} and not graph.beside[0]
  assert graph.roots().tolist() == [2, 2, 2, 3] and not graph.alive(0)


def test_more_open_borders_join_first_and_nothing_comes_apart():
  line = draw(1, 5007, 128, gap=8)['line'][..., 0]
  labels, away = basins(line)
  before, counts = labels, []
  for open_from in (1.0, 0.6, 0.4, 0.2, 0.1, 0.0):
    joined = ordered(join_open(labels, away, open_from))
    counts.append(count(joined))
    pairs = np.unique(np.stack([before.ravel(), joined.ravel()]), axis=1)
    assert pairs.shape[1] == count(before)  # each region of before lies within one
    before = joined
  assert counts == sorted(counts, reverse=True) and counts[0] > counts[-1]


@pytest.mark.parametrize('door, joined', [(10, False), (150, True)])
def test_a_door_in_a_long_wall_stays_closed(door, joined):
  line = rooms()
  line[25 : 25 + door, 148:151] = 255
  labels = segment(line)
  assert (labels[100, 50] == labels[100, 250]) == joined


def test_true_distances_give_the_true_regions():
  shares = []
  for n in range(6):
    record = draw(1, 5000 + n, 256, gap=12)
    line, parts = record['line'][..., 0], record['regions'][..., 0]
    labels = segment(line, distance=line_distance(parts))
    common = np.bincount(labels.ravel() * 256 + parts.ravel(), minlength=(labels.max() + 1) * 256)
    shares.append(common.reshape(-1, 256).max(1).sum() / line.size)
    assert labels.max() > 2
  assert np.mean(shares) > 0.96


def test_distances_of_a_smaller_size_serve_a_large_page():
  record = draw(1, 5001, 256, gap=12)
  line = cv2.resize(record['line'][..., 0], (1024, 1024), interpolation=cv2.INTER_CUBIC)
  away = line_distance(record['regions'][..., 0])
  small = segment(record['line'][..., 0], distance=away)
  large = segment(line, distance=away * 4)
  assert large.shape == (1024, 1024)
  small = cv2.resize(small.astype(np.float32), large.shape, interpolation=cv2.INTER_NEAREST)
  count_large = int(large.max()) + 1
  common = np.bincount((small.astype(np.int64) * count_large + large).ravel())
  common.resize((int(small.max()) + 1, count_large))
  assert common.max(1).sum() / large.size > 0.95


def test_strength_zero_closes_nothing_whatever_the_net_says():
  line = rooms(8)
  walls = np.full(line.shape, 10, np.float32)
  walls[:, 148:151] = 0
  labels = segment(line, distance=walls, strength=0)
  assert labels[50, 50] == labels[50, 250]
  labels = segment(line, distance=walls)
  assert labels[50, 50] != labels[50, 250]
