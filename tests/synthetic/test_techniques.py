"""The techniques of `synthetic_all`: what they draw, and that other drawings stay the same."""

import cv2
import numpy as np
import pytest

from onepunch_jax import synthetic
from onepunch_jax.synthetic import icons, inking, patterns, raster, screens, techniques
from onepunch_jax.synthetic.pen import Pen
from onepunch_jax.synthetic.style import style_of

PICTURES = ('line', 'rgb', 'flat', 'regions', 'tags')


def first(wanted: str, count: int, without: tuple[str, ...] = ()) -> list[int]:
  """Indices of drawings of seed 0 that have a technique and none of others."""
  found = []
  for i in range(2000):
    t = techniques.technique_of(0, i)
    if getattr(t, wanted) and not any(getattr(t, name) for name in without):
      found.append(i)
    if len(found) == count:
      break
  return found


def both(index: int, size: int = 128) -> tuple[dict, dict]:
  return synthetic.draw(0, index, size), synthetic.draw(0, index, size, all_techniques=True)


def test_the_plain_ones_stay_as_they_are():
  plain = [i for i in range(60) if techniques.technique_of(0, i) is techniques.NONE]
  assert 10 <= len(plain) <= 35
  for i in plain[:6]:
    a, b = both(i, 64)
    for key in PICTURES:
      np.testing.assert_array_equal(a[key], b[key])
    assert a['parts'] == b['parts']


def test_every_technique_occurs():
  made = [techniques.technique_of(3, i) for i in range(400)]
  for name in ('screentone', 'hatching', 'blacks', 'patterns', 'texture', 'icon', 'angles'):
    assert 8 < sum(bool(getattr(t, name)) for t in made) < 200, name
  assert {t.texture for t in made} == {'', 'pencil', 'brush'}


def test_screentone_is_in_the_line_art_alone():
  others = ('hatching', 'blacks', 'patterns', 'texture', 'icon', 'angles')
  covered = []
  for i in first('screentone', 6, others):
    plain, toned = both(i)
    for key in ('rgb', 'flat', 'regions'):
      np.testing.assert_array_equal(plain[key], toned[key])
    assert (toned['line'] <= plain['line']).all()
    covered.append((toned['line'] < plain['line']).mean())
  assert np.median(covered) > 0.03


def test_hatching_and_blacks_keep_the_regions():
  for name in ('hatching', 'blacks'):
    others = {'screentone', 'hatching', 'blacks', 'patterns', 'texture', 'icon', 'angles'} - {name}
    for i in first(name, 3, tuple(others)):
      plain, inked = both(i)
      np.testing.assert_array_equal(plain['regions'], inked['regions'])
      assert inked['line'].mean() <= plain['line'].mean()


def test_a_pattern_is_a_region_with_lines_around_it():
  others = ('screentone', 'hatching', 'blacks', 'texture', 'icon', 'angles')
  seen = 0
  for i in first('patterns', 12, others):
    plain, drawn = both(i, 256)
    new = drawn['regions'] != plain['regions']
    if not new.any():
      continue
    seen += 1
    assert {drawn['parts'][n] for n in np.unique(drawn['regions'][new])} == {'pattern'}
    edge = cv2.morphologyEx(new[..., 0].astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3)))
    near = cv2.erode(drawn['line'][..., 0], np.ones((3, 3)))  # darkest within a pixel
    assert (near[edge > 0] < 200).mean() > 0.85
  assert seen >= 3


@pytest.mark.parametrize('name', icons.ICONS)
def test_icons_have_thick_lines_around_coloured_shapes(name):
  rng = np.random.default_rng(0)
  index = first('icon', 1)[0]
  style, _ = techniques.restyled(techniques.technique_of(0, index), *style_of(0, index))
  assert 0.03 * 256 <= style.weight <= 0.08 * 256
  sheet = raster.new_sheet(128)
  pen = Pen(sheet, style, np.array([[1.0, 0, 0], [0, 1.0, 0]])).at(128, 128, 90)
  icons.ICONS[name](pen, rng)
  pen.lay()
  assert (sheet.labels > 0).mean() > 0.02
  depth = cv2.distanceTransform((sheet.ink > 128).astype(np.uint8), cv2.DIST_L2, 5).max()
  assert depth > 0.01 * sheet.ink.shape[0]


def test_screen_covers_what_its_level_says():
  x = np.arange(200) / 2
  for kind in ('dots', 'lines', 'checks'):
    values = screens.Screen(kind, 5.0, 0.6).values(x, x)
    assert values.shape == (200, 200) and np.abs(values).max() <= 1.0001
    assert abs((values > 0).mean() - 0.5) < 0.03
    assert (values > 0.5).mean() < (values > 0).mean() < (values > -0.5).mean()


def test_same_at_every_size():
  for name in ('icon', 'patterns', 'blacks'):
    for i in first(name, 2, ('screentone', 'texture', 'hatching')):
      small, large = (synthetic.draw(0, i, s, all_techniques=True) for s in (128, 256))
      assert small['parts'] == large['parts']
      shrunk = cv2.resize(large['rgb'], (128, 128), interpolation=cv2.INTER_AREA)
      assert np.abs(shrunk.astype(int) - small['rgb']).mean() < 4


def test_a_part_smaller_than_a_dot_is_left_alone():
  sheet = raster.new_sheet(32)
  rng = np.random.default_rng(0)
  sheet.labels[5, 5] = sheet.part('wall', (1, 2, 3))
  assert inking.chosen(sheet, rng, 3) == [0]
  patterns.draw_patterns(sheet, rng, 1.0)
  assert sheet.names == ['paper', 'wall']
