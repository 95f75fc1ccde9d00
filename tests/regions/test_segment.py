"""The segmenter: every pixel has a region, gaps are closed, small regions join a neighbour."""

import cv2
import numpy as np
import pytest

from onepunch_jax.regions import balls, geometry
from onepunch_jax.regions.geometry import describe, geodesic, neighbours
from onepunch_jax.regions.segment import segment
from onepunch_jax.regions.split import split_by_hints


def rooms(gap: int = 0, wall: int = 3) -> np.ndarray:
  """Two rooms in a frame, with a door of `gap` px in the wall between them."""
  page = np.full((200, 300), 255, np.uint8)
  cv2.rectangle(page, (20, 20), (280, 180), 0, 3)
  page[20:180, 148 : 148 + wall] = 0
  page[100 : 100 + gap, 148 : 148 + wall] = 255
  return page


def grid(rows: int, columns: int, cell: int = 12, wall: int = 2) -> np.ndarray:
  """A page full of little rooms."""
  page = np.full((rows * cell + wall, columns * cell + wall), 255, np.uint8)
  for k in range(wall):
    page[k::cell] = 0
    page[:, k::cell] = 0
  return page


def count(labels: np.ndarray) -> int:
  """The number of regions, after a check that they are 0 .. n - 1, each used."""
  used = np.unique(labels)
  assert labels.dtype == np.int32
  np.testing.assert_array_equal(used, np.arange(len(used)))
  return len(used)


@pytest.mark.parametrize('gap', [0, 2, 4])
def test_gaps_are_closed(gap):
  labels = segment(rooms(gap))
  assert count(labels) == 3 and len({labels[50, 50], labels[50, 250], labels[5, 5]}) == 3
  np.testing.assert_array_equal(labels, segment(rooms(gap)))


def test_float_and_uint8_line_art_agree():
  np.testing.assert_array_equal(segment(rooms(3)), segment(rooms(3) / np.float32(255)))


def test_wide_doors_stay_open():
  labels = segment(rooms(60))
  assert count(labels) == 2 and labels[50, 50] == labels[50, 250]


def test_strength_is_monotone():
  joined = [segment(rooms(8), strength=s)[50, [50, 250]] for s in (0, 0.5, 1, 2, 3, 5)]
  closed = [a != b for a, b in joined]
  assert not closed[0] and closed[-1] and closed == sorted(closed)


@pytest.mark.parametrize('level', [0, 255])
def test_blank_and_black_pages_are_one_region(level):
  assert count(segment(np.full((30, 20), level, np.uint8))) == 1


@pytest.mark.parametrize('shape', [(1, 1), (1, 7), (7, 1), (2, 2)])
def test_tiny_pictures(shape):
  line = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
  labels = segment(line)
  assert labels.shape == shape and count(labels) >= 1
  describe(labels, line)
  neighbours(labels, line)


def test_more_regions_than_a_byte_counts():
  line = grid(20, 30)
  labels = segment(line, max_regions=None)
  assert count(labels) == 600
  assert labels[5, 5] != labels[5, 17]


@pytest.mark.parametrize('most', [1, 2, 50, 255, 256, 599])
def test_no_more_regions_than_asked(most):
  assert count(segment(grid(20, 30), max_regions=most)) == most


def test_the_smallest_regions_join_first():
  line = rooms()
  line[60:66, 60:66] = 0
  line[61:65, 61:65] = 255  # a room of 16 px within the left one
  assert count(segment(line, max_regions=None)) == 4
  labels = segment(line, max_regions=3)
  assert count(labels) == 3 and labels[63, 63] == labels[50, 50]


def test_thick_ink_keeps_small_regions():
  page = np.full((1000, 1000), 255, np.uint8)
  for x, wall in ((300, 1), (700, 6)):
    cv2.rectangle(page, (x - wall, 500 - wall), (x + 3 + wall, 503 + wall), 0, -1)
    page[500:504, x : x + 4] = 255  # 16 px: clutter at this size
  labels = segment(page)
  assert labels[501, 301] == labels[0, 0] and labels[501, 701] != labels[0, 0]


@pytest.mark.parametrize(
  'options', [dict(strength=-1.0), dict(max_regions=0), dict(line=np.zeros((4, 4, 3), np.uint8))]
)
def test_impossible_options_are_named(options):
  with pytest.raises(ValueError, match=r'strength is|Line art is'):
    segment(**{'line': rooms(), **options})


def test_geometry_of_two_rooms():
  line = rooms()
  labels = segment(line)
  left, right, outside = labels[50, 50], labels[50, 250], labels[0, 0]
  shape = describe(labels, line)
  np.testing.assert_allclose(shape.area.sum(), 1, atol=1e-6)
  assert shape.centroid[left, 0] < -0.3 < 0.3 < shape.centroid[right, 0]
  np.testing.assert_allclose(shape.centroid[[left, right], 1], 0, atol=0.02)
  np.testing.assert_array_equal(np.flatnonzero(shape.touches_border), [outside])
  row, column = shape.deepest[left]
  assert labels[row, column] == left and abs(row - 100) < 40 and abs(column - 85) < 5
  assert shape.ink_distance[left] > shape.ink_distance[outside]


def test_neighbours_and_ways_over_the_graph():
  line = rooms(wall=9)
  labels = segment(line)
  left, right, outside = labels[50, 50], labels[50, 250], labels[0, 0]
  edges = neighbours(labels, line)
  assert edges.pairs.tolist() == sorted(edges.pairs.tolist()) and (edges.length > 0).all()
  between = {tuple(sorted(pair)): i for i, pair in enumerate(edges.pairs.tolist())}
  inner = between[tuple(sorted((int(left), int(right))))]
  outer = between[tuple(sorted((int(left), int(outside))))]
  assert edges.ink[inner] > edges.ink[outer] > 1
  ways = geodesic(edges, 3)
  np.testing.assert_array_equal(ways, ways.T)
  assert ways[left, left] == 0
  np.testing.assert_allclose(
    ways[left, right], min(1 + 2 * edges.ink[inner], ways[left, outside] + ways[outside, right])
  )


def test_hints_of_two_colors_split_a_room():
  line = rooms(30)
  labels = segment(line)
  assert labels[50, 50] == labels[50, 250]
  hints = np.zeros((*line.shape, 4), np.uint8)
  hints[90:94, 60:64] = 255, 0, 0, 255
  hints[40:44, 260:264] = 0, 0, 255, 255
  out = split_by_hints(labels, line, hints)
  assert count(out) == count(labels) + 1
  assert out[50, 50] == out[91, 61] != out[50, 250] == out[41, 261]
  room = out[23:178, 23:278]
  assert (room[:, :123] == out[50, 50]).mean() > 0.98  # they meet in the door
  assert (room[:, 130:] == out[50, 250]).mean() > 0.98
  np.testing.assert_array_equal(out == out[0, 0], labels == labels[0, 0])


def test_hints_of_one_color_split_nothing():
  line = rooms()
  labels = segment(line)
  hints = np.zeros((*line.shape, 4), np.uint8)
  hints[50:60, 50:60] = 200, 30, 30, 255
  hints[90:94, 60:64] = 210, 40, 25, 255  # the same paint with a blurred edge
  hints[50:60, 250:260] = 0, 0, 255, 255
  np.testing.assert_array_equal(split_by_hints(labels, line, hints), labels)


def test_two_hints_in_one_open_room_share_it():
  line = np.full((120, 240), 255, np.uint8)
  labels = segment(line)
  hints = np.zeros((*line.shape, 4), np.uint8)
  hints[60, 60] = 255, 0, 0, 255
  hints[60, 180] = 0, 0, 255, 255
  out = split_by_hints(labels, line, hints)
  assert count(out) == 2
  assert 0.45 < (out == out[60, 60]).mean() < 0.55


def test_a_large_region_is_split_at_a_smaller_size():
  line = np.kron(rooms(30), np.ones((4, 4), np.uint8))
  labels = segment(line)
  hints = np.zeros((*line.shape, 4), np.uint8)
  hints[360:380, 240:260] = 255, 0, 0, 255
  hints[160:180, 1040:1060] = 0, 0, 255, 255
  out = split_by_hints(labels, line, hints)
  assert count(out) == 3
  np.testing.assert_array_equal(out == out[0, 0], labels == labels[0, 0])
  assert (out[100:700, 100:580] == out[365, 245]).mean() > 0.98


def test_hints_of_another_size_are_refused():
  labels = segment(rooms())
  with pytest.raises(ValueError, match='size'):
    split_by_hints(labels, rooms(), np.zeros((5, 5, 4), np.uint8))


def test_pixels_without_a_label_take_the_nearest_one():
  r = np.random.default_rng(0)
  for share in (0.003, 0.1, 0.9):
    labels = np.where(r.random((60, 47)) < share, r.integers(1, 9, (60, 47)), 0).astype(np.int32)
    found = balls.nearest(labels)
    known = labels > 0
    np.testing.assert_array_equal(found[known], labels[known])
    away = lambda mask: cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    for label in np.unique(labels[known]):
      here = found == label
      np.testing.assert_allclose(away(labels == label)[here], away(known)[here], atol=1e-4)


def test_kept_maps_change_no_measure():
  line = np.full((40, 50), 255, np.uint8)
  line[20], line[:, 25:28] = 0, 60
  labels = segment(line)
  maps = geometry.line_maps(line)
  for function in (describe, neighbours):
    for a, b in zip(function(labels, line), function(labels, line, maps=maps)):
      np.testing.assert_array_equal(a, b)
