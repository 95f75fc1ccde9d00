"""Strokes split and join regions."""

import numpy as np
import pytest

from onepunch_jax.regions.edit import edit


def halves():
  labels = np.zeros((40, 60), np.int32)
  labels[:, 30:] = 1
  return labels


def stroke(rows, columns):
  mask = np.zeros((40, 60), bool)
  mask[rows, columns] = True
  return mask


def test_a_stroke_through_a_region_makes_two_of_it():
  found = edit(halves(), [('split', stroke(20, slice(0, 30)))])
  assert found.max() == 2 and found.dtype == np.int32
  assert len({found[5, 5], found[35, 5], found[5, 50]}) == 3
  assert found[5, 50] == found[35, 50]  # the other region stays whole
  assert set(np.unique(found[:, :30])) == {found[5, 5], found[35, 5]}  # no pixel is left over


def test_a_stroke_that_ends_inside_cuts_nothing():
  np.testing.assert_array_equal(edit(halves(), [('split', stroke(20, slice(0, 15)))]), halves())


def test_a_stroke_across_regions_joins_them_and_order_counts():
  across = stroke(10, slice(20, 40))
  assert edit(halves(), [('join', across)]).max() == 0
  cut = stroke(slice(0, 40), 30)
  assert edit(halves(), [('join', across), ('split', cut)]).max() == 1


def test_other_edits_are_refused():
  with pytest.raises(ValueError, match='split'):
    edit(halves(), [('paint', stroke(0, 0))])
