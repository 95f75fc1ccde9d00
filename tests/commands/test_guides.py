"""Pages coloured as a person says: hints, several samples, and what a method cannot do."""

import functools
import json

import jax
import numpy as np
import optax
import pytest
from PIL import Image, ImageDraw

from onepunch_jax import Colorizer, core, registry
from onepunch_jax.pages.book import open_book
from onepunch_jax.pages.work import Colorist, Options
from tests.core.test_methods import METHODS, batch


@functools.cache
def colorizer(name) -> Colorizer:
  """With fresh parameters."""
  section = (
    dict(METHODS[name], head=dict(METHODS[name]['head'], hint_bias=9.0))
    if name == 'anyhint'
    else METHODS[name]
  )
  method = registry.method(section)
  txs = {p.name: optax.sgd(0.0) for p in method.players}
  make = jax.jit(lambda k, b: core.init_state(method, txs, k, b))
  return Colorizer.from_method(method, make(jax.random.key(0), batch(2)).averaged, 64)


def room() -> Image.Image:
  """Two rooms."""
  image = Image.new('L', (96, 64), 255)
  draw = ImageDraw.Draw(image)
  draw.rectangle((8, 8, 88, 56), outline=0, width=3)
  draw.line((48, 8, 48, 56), fill=0, width=3)
  return image


def test_a_dot_colours_its_room():
  dots = [
    {'x': 28, 'y': 30, 'color': '#c03020', 'radius': 3},
    {'x': 70, 'y': 30, 'color': '#2040c0', 'radius': 3},
  ]
  out = np.asarray(colorizer('anyhint')(room(), hints=dots)).astype(int)
  for x, color in ((20, (0xC0, 0x30, 0x20)), (78, (0x20, 0x40, 0xC0))):
    assert np.abs(out[20, x] - color).max() < 24
  again = np.asarray(colorizer('anyhint')(room(), hints=dots))
  np.testing.assert_array_equal(out, again)


def test_methods_that_can_are_named():
  assert {'points', 'anyhint', 'userhint', 'alacgan'} <= set(registry.methods_with('hint'))
  with pytest.raises(ValueError, match=r'anyhint.*points'):
    colorizer('pix2pix')(room(), hints=[{'x': 1, 'y': 1, 'color': '#eee'}])
  with pytest.raises(ValueError, match='vaegan'):
    colorizer('pix2pix')(room(), sample=1)
  takes = lambda name: registry.maker('methods', name).__globals__.get('GUIDES', ())
  found = {}  # by all settings of a method together
  for section in METHODS.values():
    method = registry.method(section)
    found.setdefault(section['name'], set()).update(
      {*method.inputs, *method.optional_inputs} - {'line'}
    )
  for name, keys in found.items():
    assert set(takes(name)) == keys, name


def test_samples_are_files_of_their_own(tmp_path):
  path = tmp_path / 'a.png'
  room().save(path)
  (item,) = open_book(str(path)).pages
  work = Colorist(colorizer('vaegan'), Options(samples=3))
  files = work(item, item.pictures()).files
  assert list(files) == ['.png', '_2.png', '_3.png'] and len(set(files.values())) == 3
  assert files == work(item, item.pictures()).files
  assert (
    files['.png'] == Colorist(colorizer('vaegan'), Options())(item, item.pictures()).files['.png']
  )


@pytest.mark.parametrize(
  'rows, says',
  [
    ([{'x': 500, 'y': 5, 'color': '#aabbcc'}], 'dot 1 .* outside the page'),
    ([{'x': 5, 'y': 5, 'color': 'blurple'}], 'blurple'),
    ([{'x': 5, 'color': '#aabbcc'}], "no 'y'"),
  ],
)
def test_hints_that_say_nothing_are_one_sentence(tmp_path, rows, says):
  room().save(tmp_path / 'a.png')
  (tmp_path / 'h.json').write_text(json.dumps(rows))
  (item,) = open_book(str(tmp_path / 'a.png')).pages
  work = Colorist(colorizer('anyhint'), Options(hints=str(tmp_path / 'h.json')))
  with pytest.raises(ValueError, match=says) as error:
    work(item, item.pictures())
  assert '\n' not in str(error.value)
