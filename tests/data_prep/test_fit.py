"""Fitting of pictures into records: bars, masks, squares, panels."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from data_prep import cleaning, fit, panels
from data_prep.folder import Folder
from tests.data_prep.test_pipeline import page


def test_letter_box_bars_and_masks():
  picture = np.zeros((80, 60, 3), np.uint8)
  picture[10:70] = page(1, 60, 60)
  np.testing.assert_array_equal(cleaning.cut_bars(picture), picture[10:70])
  white = np.where(picture == 0, 255, picture)
  assert cleaning.cut_bars(white.astype(np.uint8)).shape == white.shape  # paper stays
  square, mask = fit.resize(page(0, 100, 50), (0, 0, 50, 100), 40)
  assert square.shape == (40, 40, 3) and mask.sum() == 255 * 20 * 40
  assert (square[:, :10] == 255).all() and (mask[:, 10:30] == 255).all()
  tiny, mask = fit.resize(page(0, 8, 6), (0, 0, 6, 8), 40)  # never enlarged
  assert mask.sum() == 255 * 48
  np.testing.assert_array_equal(tiny[16:24, 17:23], page(0, 8, 6))


@pytest.mark.parametrize('h, w', [(1, 1), (7, 300), (300, 7), (64, 64), (200, 333)])
@pytest.mark.parametrize('how', fit.FITS)
def test_squares_lie_inside_and_are_the_same_every_time(h, w, how):
  boxes = list(fit.squares(h, w, how, 5, 'key', 64))
  assert boxes and boxes == list(fit.squares(h, w, how, 5, 'key', 64))
  for left, top, right, bottom in boxes:
    assert 0 <= left < right <= w and 0 <= top < bottom <= h
    assert how == 'letterbox' or right - left == bottom - top
    assert fit.resize(page(0, h, w), (left, top, right, bottom), 64)[0].shape == (64, 64, 3)


def test_panels():
  sheet = np.full((400, 300, 3), 255, np.uint8)
  boxes = [(10, 10, 290, 120), (10, 130, 145, 390), (155, 130, 290, 250), (155, 260, 290, 390)]
  for i, (left, top, right, bottom) in enumerate(boxes):
    sheet[top:bottom, left:right] = page(i, bottom - top, right - left) // 2
  found = panels.find(sheet)
  assert len(found) == 4
  for box, expected in zip(found, boxes):
    assert np.abs(np.subtract(box, expected)).max() <= 2
  assert panels.find(page(0, 90, 70)) == [(0, 0, 70, 90)]
  assert panels.find(np.full((50, 40, 3), 255, np.uint8)) == [(0, 0, 40, 50)]


def test_long_strips_are_cut_before_their_shape_is_judged(tmp_path):
  strip = np.full((1300, 160, 3), 255, np.uint8)
  for i in range(8):
    strip[160 * i + 10 : 160 * i + 140, 10:150] = page(i, 130, 140)
  Image.fromarray(strip).save(tmp_path / 'episode.png')
  whole = Folder(str(tmp_path))
  cut = dataclasses.replace(whole, panels=True)
  [item] = whole.items()
  assert [left.rule for left in whole.records(item)] == ['aspect']
  records = list(cut.records(item))
  assert len(records) == 8 and all(isinstance(r, dict) for r in records)
