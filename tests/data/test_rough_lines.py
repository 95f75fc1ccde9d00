"""Rough line art of pictures: where it is, that it breaks, and that it is the same each time."""

import itertools

import numpy as np

from onepunch_jax.configs import region_tokens
from onepunch_jax.data import pipeline
from onepunch_jax.data.rough_lines import rough_lines


def picture(ink: int = 20) -> np.ndarray:
  """A red square with an outline on a grey ground, 96 x 64."""
  rgb = np.full((96, 64, 3), 150, np.uint8)
  rgb[20:70, 12:50] = ink
  rgb[23:67, 15:47] = (190, 60, 50)
  return rgb


def test_ink_is_where_the_outline_is():
  outline = (picture() == 20).all(-1)
  for seed in range(8):
    line = rough_lines(picture(), np.random.default_rng(seed))
    assert line.shape == (96, 64) and line.dtype == np.uint8
    assert line[outline].mean() < line[~outline].mean() - 60
    assert np.median(line) > 240, 'paper, and not the grey of the picture'


def test_lines_of_one_picture_differ_and_break():
  pale = picture(ink=60)
  made = [rough_lines(pale, np.random.default_rng(seed)) for seed in range(12)]
  assert any((a != b).mean() > 0.03 for a, b in itertools.pairwise(made))
  side = [line[25:65, 12:15].min(1) for line in made]  # the darkest of each row of the left line
  broken = [(s > 200).any() for s in side]
  assert any(broken) and not all(broken)


def test_white_paper_stays_empty():
  blank = np.full((64, 64, 3), 255, np.uint8)
  shares = [(rough_lines(blank, np.random.default_rng(s)) < 128).mean() for s in range(12)]
  assert np.median(shares) < 0.01 and max(shares) < 0.25


def lines(share: float) -> np.ndarray:
  data = region_tokens.get_config('smoke').data
  data.update(
    {
      'size': 64,
      'load_size': 64,
      'count': 16,
      'threads': 0,
      'references': 0.0,
      'rough_lines': share,
    }
  )
  return next(pipeline.train(data, seed=0, batch_size=8)[0])['line']


def test_a_share_of_the_drawings_is_rough_the_same_whenever_they_are_read():
  plain, some, all_of_them = lines(0.0), lines(0.5), lines(1.0)
  np.testing.assert_array_equal(some, lines(0.5))
  changed = [(a != b).any() for a, b in zip(plain, some)]
  assert 0 < sum(changed) < 8 and all((a != b).any() for a, b in zip(plain, all_of_them))


def test_what_is_measured_has_its_own_lines():
  data = region_tokens.get_config('smoke').data
  data.rough_lines = 1.0
  source = pipeline.evaluation(data, 'val', batch_size=2)
  np.testing.assert_array_equal(source.fit.map(source.source[0])['line'], source.source[0]['line'])
