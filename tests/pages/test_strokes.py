"""Strokes of hints: the region of their core, faint and blurred ones, several colours."""

import cv2
import numpy as np
import pytest

from onepunch_jax.pages import strokes
from onepunch_jax.pages.hints import Hints, by_region

GREEN, RED, BLUE = (30, 160, 60), (230, 40, 40), (40, 80, 230)
LABELS = np.zeros((120, 200), np.int32)
LABELS[:, 100:] = 1
LIGHT = np.ones(LABELS.shape, bool)
LIGHT[:, 98:102] = False  # the line between the two regions


def layer():
  return np.zeros((120, 200, 4), np.uint8)


def meant(rgba):
  """{region: colour} of a layer."""
  found = by_region(Hints.make(rgba, LABELS.shape).seeds(LABELS, LIGHT), LABELS)
  return {region: tuple(rgb.tolist()) for region, rgb in found.items()}


@pytest.mark.parametrize('over', [0, 1, 3, 6, 9])
@pytest.mark.parametrize('shape', ['square', 'dot', 'line'])
def test_a_stroke_over_a_line_means_the_region_of_its_core(over, shape):
  rgba = layer()
  left = 102 - 4 - over
  if shape == 'square':
    rgba[40:80, left : left + 40] = (*GREEN, 255)
  elif shape == 'dot':
    cv2.circle(rgba, (left + 20, 60), 20, (*GREEN, 255), -1)
  else:
    cv2.line(rgba, (left, 60), (left + 80, 70), (*GREEN, 255), 5)
  assert meant(rgba) == {1: GREEN}


def test_a_stroke_through_two_regions_means_both():
  rgba = layer()
  cv2.line(rgba, (40, 60), (160, 60), (*RED, 255), 6)
  assert meant(rgba) == {0: RED, 1: RED}


@pytest.mark.parametrize('alpha', [20, 51, 102, 127, 255])
def test_faint_strokes_are_as_good_as_opaque_ones(alpha):
  rgba = layer()
  cv2.circle(rgba, (50, 60), 9, (*RED, alpha), -1)
  cv2.circle(rgba, (150, 60), 9, (*BLUE, 255), -1)
  assert meant(rgba) == {0: RED, 1: BLUE}
  assert Hints.make(rgba, LABELS.shape).mask[60, 50]


@pytest.mark.parametrize('straight', [True, False])
def test_the_soft_edge_of_a_brush_is_no_hint(straight):
  rgba = layer().astype(np.float32)
  cv2.circle(rgba, (130, 60), 20, (*GREEN, 255), -1)
  soft = cv2.GaussianBlur(rgba, (0, 0), 8)
  if straight:
    soft[..., :3] = GREEN
  soft = soft.astype(np.uint8)
  assert (soft[:, 90] >= 1).any()
  assert list(meant(soft)) == [1]
  found = strokes.find(soft)
  assert not found.labels[:, :98].any() and found.labels[60, 130]
  assert np.abs(found.colors[found.labels[60, 130]].astype(int) - soft[60, 130, :3]).max() <= 24


def test_strokes_that_touch_keep_their_colours():
  rgba = layer()
  rgba[50:70, 20:60] = (*RED, 255)
  rgba[50:70, 60:90] = (*BLUE, 120)
  rgba[50:70, 110:150] = (*BLUE, 255)
  found = strokes.find(rgba)
  assert found.labels[60, 30] and found.labels[60, 75] and found.labels[60, 130]
  for x, color in ((30, RED), (75, BLUE), (130, BLUE)):
    assert tuple(found.colors[found.labels[60, x]]) == color


def test_nothing_visible_is_nothing():
  rgba = layer()
  rgba[50:70, 20:60] = (*RED, strokes.VISIBLE - 1)
  hints = Hints.make(rgba, LABELS.shape)
  assert not hints.mask.any() and not meant(rgba) and not hints.plane((30, 50)).any()


def test_the_smallest_dot_stays_at_any_size():
  rgba = layer()
  rgba[10, 20] = (*RED, 255)
  assert meant(rgba) == {0: RED}
  assert strokes.cores(strokes.find(rgba), (7, 11)).max() == 1


def test_a_stroke_on_nothing_but_ink_counts():
  rgba = layer()
  rgba[10:100, 100:102] = (*RED, 255)
  assert meant(rgba) == {1: RED}
