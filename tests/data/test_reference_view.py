"""A drawing as a reference shows it: all maps warped alike, its lines found in its colours."""

import numpy as np

from onepunch_jax import synthetic
from onepunch_jax.data import pipeline
from onepunch_jax.data.reference_view import reference_view
from onepunch_jax.data.region_tokens import Kept
from onepunch_jax.regions import tokens
from onepunch_jax.regions.reference_lines import lines_of
from tests.data.test_region_tokens import config


def test_flats_and_regions_are_warped_alike():
  record = synthetic.draw(0, 3, 96)
  color_of = {int(r): tuple(c) for r, c in zip(record['regions'].ravel(), _rows(record['flat']))}
  moved = 0
  for seed in range(8):
    made = reference_view(record, np.random.default_rng(seed))
    assert {k: v.shape for k, v in made.items() if isinstance(v, np.ndarray)} == {
      k: v.shape for k, v in record.items() if isinstance(v, np.ndarray)
    }
    inside = made['regions'].ravel() > 0
    pairs = zip(made['regions'].ravel()[inside], _rows(made['flat'])[inside])
    same = [color_of[int(r)] == tuple(c) for r, c in pairs]
    assert np.mean(same) > 0.99
    np.testing.assert_array_equal(made['line'][..., 0], lines_of(made['rgb']))
    moved += (made['regions'] != record['regions']).mean() > 0.05
  assert moved == 8


def test_what_lies_outside_is_paper():
  dark = np.zeros((60, 40, 3), np.uint8)
  made = reference_view({'key': 'a', 'rgb': dark}, np.random.default_rng(0))
  assert (made['rgb'] == 255).all(-1).any()
  assert (made['rgb'] == 0).all(-1).mean() > 0.3


def test_a_drawing_without_another_of_its_character_is_its_own_reference():
  source = pipeline._open(config(), 'train')
  alone = next(i for i in range(14) if source.other(i) == i)
  fit = pipeline._fit(config(crops=0.0, rough_lines=0.0), True)
  pair = Kept(source, fit, pairs=True, references=1.0)[alone]
  assert pair['linked'].tolist() == [1, 1]
  assert (pair['line'][0] != pair['line'][1]).mean() > 0.02
  paints = [_paints(pair, i) for i in (0, 1)]
  assert len(paints[0] & paints[1]) >= min(2, len(paints[0])), 'their colours are the same'
  without = Kept(source, fit, pairs=True)[alone]
  assert without['linked'].tolist() == [0, 0]


def test_a_stream_without_references_is_what_it_was():
  """The share of references changes second drawings alone."""
  streams = [
    pipeline.train(config(references=share, count=14), seed=0, batch_size=4)[0]
    for share in (0.0, 1.0)
  ]
  without, full = (next(s) for s in streams)
  np.testing.assert_array_equal(without['line'][::2], full['line'][::2])
  assert (without['line'][1::2] != full['line'][1::2]).any() and full['linked'].all()


def _rows(picture: np.ndarray) -> np.ndarray:
  return picture.reshape(-1, picture.shape[-1])


def _paints(pair: dict, i: int) -> set:
  used = pair['geometry'][i][:, tokens.USED] > 0
  return {tuple(c) for c in pair['colors'][i][used].tolist()}
