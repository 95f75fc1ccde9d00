"""Shading over flats: what masks do to colours, and what the net is worth on held-out drawings."""

import numpy as np
import pytest

from launch.train_shading import targets
from onepunch_jax.pages import line_distance, shading
from onepunch_jax.synthetic.draw import draw
from onepunch_jax.synthetic.style import style_of

HALF = np.full((4, 4), 0.5, np.float32)
NONE = np.zeros((4, 4), np.float32)


def test_shadow_is_darker_and_light_lighter():
  flats = np.random.default_rng(0).integers(0, 256, (4, 4, 3)).astype(np.uint8)
  np.testing.assert_array_equal(shading.lay(flats, shading.Masks(NONE, NONE)), flats)
  dark = shading.lay(flats, shading.Masks(HALF, NONE))
  light = shading.lay(flats, shading.Masks(NONE, HALF))
  assert (dark <= flats).all() and (light >= flats).all()
  assert dark.mean() < flats.mean() - 10 and light.mean() > flats.mean() + 10
  white, grey = (shading.shadow_tint(np.full(3, v, np.float32)) for v in (1.0, 0.2))
  np.testing.assert_allclose(white, grey)  # of the hue alone
  assert white[2] > white[0]  # shadows are cool


def test_off_is_off_and_other_words_are_an_error():
  flats = np.zeros((4, 4, 3), np.uint8)
  line = np.full((4, 4), 255, np.uint8)
  assert shading.shade(flats, line, HALF, 'off') is flats
  with pytest.raises(ValueError, match=r"off, cel or soft, not 'hard'"):
    shading.shade(flats, line, HALF, 'hard')


def shaded(count: int, kind: str) -> list[int]:
  return [i for i in range(5000, 5200) if style_of(1, i)[0].shading == kind][:count]


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
  """[pixels in both, pixels in either]."""
  return np.array([(a & b).sum(), (a | b).sum()])


@pytest.mark.parametrize('kind', ['cel', 'soft'])
def test_shadows_of_drawings_that_it_never_saw(kind):
  counts = np.zeros((2, 2))
  for i in shaded(8, kind):
    style, record = style_of(1, i)[0], draw(1, i, 256)
    line, flats = record['line'][..., 0], record['flat']
    away = line_distance.predict(line)
    x, y = style.light
    true = targets(record, style.depth)[..., 0] > 100
    for n, sun in enumerate(((x, y), (-x, y))):
      found = shading.masks(flats, line, away, kind, sun)
      counts[n] += overlap(found.shadow > 0.4, true)
  right, wrong = counts[:, 0] / counts[:, 1]
  assert right > 0.2 and right > 1.3 * wrong  # shadows lie where the light says


def test_cel_has_edges_and_paper_stays():
  record = draw(1, shaded(1, 'cel')[0], 256)
  line, flats = record['line'][..., 0], record['flat']
  away = line_distance.predict(line)
  cel, soft = (shading.masks(flats, line, away, kind).shadow for kind in ('cel', 'soft'))
  between = [((m > 0.1) & (m < 0.9)).mean() for m in (cel, soft)]
  assert between[0] < 0.05 and between[0] < between[1]
  bare = record['regions'][..., 0] == record['regions'][0, 0, 0]
  made = shading.shade(flats, line, away, 'cel', bare=bare)
  np.testing.assert_array_equal(made[bare], flats[bare])
  assert (made != flats).any()


@pytest.mark.parametrize('shape', [(1, 1), (3, 50), (700, 560)])
def test_pictures_of_any_shape(shape):
  line = np.full(shape, 255, np.uint8)
  flats = np.full((*shape, 3), 200, np.uint8)
  made = shading.shade(flats, line, line_distance.predict(line), 'soft')
  assert made.shape == flats.shape and made.dtype == np.uint8
