"""The model card's numbers: rows once for the same weights, the card as the numbers say."""

import json

import numpy as np
import pytest

from benchmarks import card_rows, model_card
from onepunch_jax.synthetic import draw, kind
from tests.conftest import ROOT


def test_the_card_shows_the_numbers_that_were_measured():
  report = json.loads((ROOT / model_card.NUMBERS).read_text(encoding='utf-8'))
  card = (ROOT / model_card.CARD).read_text(encoding='utf-8')
  assert model_card.fill(card, model_card.table(report)) == card
  assert {'procedural drawings', 'skin', 'cost'} <= set(report['rows'])


def test_a_row_is_measured_once_for_the_same_weights(tmp_path):
  path, calls = str(tmp_path / 'a.json'), []
  row = lambda: calls.append(1) or {'x': len(calls)}
  about = {'sha256': 'a'}
  assert model_card.measure(path, about, {'one': row})['rows'] == {'one': {'x': 1}}
  assert model_card.measure(path, about, {'one': row, 'two': row})['rows']['two'] == {'x': 2}
  assert model_card.measure(path, {'sha256': 'b'}, {'one': row})['rows'] == {'one': {'x': 3}}
  with pytest.raises(ValueError, match='no lines'):
    model_card.fill('nothing', '')


def test_intervals_hold_the_mean():
  mean, low, high = card_rows.interval([1.0, 2.0, 3.0, 4.0, np.nan])
  assert low <= mean == 2.5 <= high and low < high


def test_hints_lie_in_the_largest_regions():
  index = next(i for i in range(99) if kind(1, i) == 'character')
  record = draw(1, index, 96)
  raw = {k: record[k][None] for k in ('line', 'regions', 'flat', 'rgb')}
  table = labels, hinted, deepest, _ = card_rows.regions_of(raw, 0, 24)
  assert hinted[:3].tolist() == [0, 1, 2]
  dots = card_rows.dots(table, 3)
  assert set(np.unique(labels[dots[..., 3] > 0])) == {0, 1, 2}
  row, column = deepest[0]
  np.testing.assert_allclose(127.5 + 127.5 * dots[row, column, :3], record['flat'][row, column])
  assert not card_rows.dots(table, 0).any()


def test_solid_blacks_are_not_hinted():
  line, regions = np.full((1, 32, 32, 1), 255, np.uint8), np.ones((1, 32, 32, 1), np.uint8)
  line[:, :24, :20] = 0
  regions[:, :24, :20] = 2
  rgb = np.repeat(line, 3, -1)
  table = card_rows.regions_of({'line': line, 'regions': regions, 'flat': rgb, 'rgb': rgb}, 0, 8)
  dots = card_rows.dots(table, 5)
  assert dots[..., 3].any() and not dots[:24, :20, 3].any()


def test_skin_is_found_where_it_was_painted():
  people = next(card_rows._people(1, 96))
  masks = [card_rows._skin_pixels(record) for record in people]
  found = card_rows._colors(np.stack([r['flat'] for r in people]) / 255, masks)
  assert len(found) == card_rows.BATCH
  light = np.array(found)[:, 0]
  assert light.min() > 20 and light.max() < 97
