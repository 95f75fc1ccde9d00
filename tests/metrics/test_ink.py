"""Ink F1: hand values."""

import numpy as np

from onepunch_jax.metrics import ink


def bar(column, width=1):
  line = np.ones((1, 16, 16, 1), np.float32)
  line[:, 4:12, column : column + width] = 0
  return line


def test_shifts_within_the_tolerance_cost_nothing():
  assert ink.f1(bar(5), bar(5)) == 1
  assert ink.f1(bar(5), bar(7)) == 1
  assert ink.f1(bar(5), bar(8)) == 0


def test_too_much_ink_costs_precision_and_too_little_recall():
  solid = bar(5, 6)  # columns 5 to 10; of these 5, 6, 7 are within 2 of column 5
  precision, recall = 3 / 6, 1
  np.testing.assert_allclose(ink.f1(solid, bar(5)), 2 * precision * recall / 1.5, rtol=1e-6)
  np.testing.assert_allclose(ink.f1(bar(5), solid), 2 * precision * recall / 1.5, rtol=1e-6)
  assert ink.f1(np.ones_like(solid), bar(5)) == 0
  assert np.isnan(ink.f1(bar(5), np.ones_like(solid)))
