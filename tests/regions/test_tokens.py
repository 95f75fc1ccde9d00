"""Tokens of regions: tables that describe any picture, and what hints say of them."""

import numpy as np
import pytest

from onepunch_jax.regions import codebook, tokens
from onepunch_jax.regions.reference_lines import lines_of


def rooms(size=32):
  """Line art of four rooms of different sizes, uint8 [size, size]."""
  line = np.full((size, size), 255, np.uint8)
  line[:, 10] = line[20, :] = 0
  return line


def hint(size, *dots):
  rgba = np.zeros((size, size, 4), np.uint8)
  for row, column, color in dots:
    rgba[row, column] = (*color, 255)
  return rgba


def test_rows_go_by_area_and_unused_ones_are_zero():
  line = rooms()
  made = tokens.tokenize(tokens.find(line, 8), line, 8)
  n = made.labels.max() + 1
  assert n == 4 and (np.diff(np.bincount(made.labels.ravel())) <= 0).all()
  np.testing.assert_allclose(made.geometry[:n, 7] ** 2, np.bincount(made.labels.ravel()) / 32**2)
  assert (made.geometry[:n, tokens.USED] == 1).all()
  assert not made.geometry[n:].any() and not made.distance[n:].any()
  assert not made.distance[:, n:].any()
  inside = (0.5 + 0.5 * made.geometry[:n, 2:4]) * 32
  assert [made.labels[int(y), int(x)] for x, y in inside] == list(range(n))


def test_distance_counts_lines():
  line = np.full((32, 48), 255, np.uint8)
  line[:, [12, 24, 36]] = 0
  made = tokens.tokenize(tokens.find(line, 8), line, 8)
  at = [made.labels[5, x] for x in (4, 18, 30, 42)]
  near, far = made.distance[at[0], at[1]], made.distance[at[0], at[3]]
  assert 0 < near < far and far == pytest.approx(3 * near, rel=0.2)


def test_a_mirrored_picture_has_mirrored_columns():
  line = rooms()
  labels = tokens.by_area(tokens.find(line, 8))
  one = tokens.tokenize(labels, line, 8)
  other = tokens.tokenize(labels[:, ::-1].copy(), line[:, ::-1].copy(), 8)
  signs = np.where(np.isin(np.arange(tokens.COLUMNS), tokens.MIRRORED), -1, 1)
  columns = [c for c in range(tokens.COLUMNS) if c not in (2, 3)]  # the deepest pixel can tie
  np.testing.assert_allclose(
    other.geometry[:, columns], (one.geometry * signs)[:, columns], atol=1e-5
  )


def test_too_many_regions_are_an_error():
  line = rooms()
  with pytest.raises(ValueError, match='4 regions do not fit 3 tokens'):
    tokens.tokenize(tokens.find(line, 8), line, 3)


def test_true_regions_are_the_connected_pieces():
  regions = np.zeros((16, 16), np.uint8)
  regions[:, 6:9] = 1
  found = tokens.true_regions(regions, np.full((16, 16), 255, np.uint8), 8)
  assert found.max() + 1 == 3 and len({found[0, 0], found[0, 7], found[0, 15]}) == 3
  assert tokens.true_regions(regions, np.full((16, 16), 255, np.uint8), 2).max() + 1 == 2


def test_two_colors_in_a_region_split_it_and_hold():
  line = np.full((24, 24), 255, np.uint8)
  line[:, 12] = 0
  red, blue = (200, 10, 10), (10, 10, 200)
  batch = (line[None, ..., None] / 127.5 - 1).astype(np.float32)
  rgba = hint(24, (4, 4, red), (20, 4, blue)).astype(np.float32)
  said = np.concatenate([rgba[..., :3] / 127.5 - 1, rgba[..., 3:] / 255], -1) * (rgba[..., 3:] > 0)
  labels, geometry, _, colors, known = tokens.observe(batch, said[None], 6)
  assert (geometry[0, :, tokens.USED] > 0).sum() == 3 and known.sum() == 2
  for row, color in ((4, red), (20, blue)):
    row_of = labels[0, row, 4, 0]
    np.testing.assert_array_equal(np.round(127.5 + 127.5 * colors[0, row_of]), color)


def test_more_hints_than_tokens_join_other_regions_first():
  line = rooms()
  rgba = hint(32, (2, 2, (255, 0, 0)), (15, 5, (0, 255, 0)))
  assert tokens.split(line, rgba, 4).max() + 1 <= 4
  with pytest.raises(ValueError, match='hints ask for'):
    tokens.split(line, hint(32, *((2, x, (40 * x, 0, 0)) for x in range(0, 6, 2))), 2)


def test_classes_are_distinct_and_start_with_paper():
  colors = codebook.colors()
  assert colors.shape == (256, 3) and len(np.unique(colors, axis=0)) == 256
  assert (colors[codebook.PAPER] == 1).all() and (colors[1] == 0).all()


def test_lines_of_a_colored_picture():
  rgb = np.full((64, 64, 3), (200, 60, 60), np.uint8)
  rgb[:, 32:] = (60, 60, 200)
  rgb[30:32] = 20
  line = lines_of(rgb)
  assert (line[30:32, 5:25] < 80).all()  # a dark stroke
  assert (line[10:20, 31:33].min(1) < 80).all()  # a border without one
  assert (line[5:20, 5:25] > 200).all()
