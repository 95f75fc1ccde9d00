"""Books whose pages look at the pages before them: by a rule, and the same whatever stopped."""

import json
import os
import types

import numpy as np
import pytest
from PIL import Image

from onepunch_jax import colorize
from onepunch_jax.pages import book, journal, remembered, work
from onepunch_jax.pages.remembered import Remembered
from tests.commands.test_colorize import asked
from tests.pages.test_session import page

RED = '#c81e1e'


def picture(n):
  """Two rooms, the wall between them at another place on each page."""
  rgb = page()
  rgb[20 + 6 * n, 8:48] = 0
  return rgb


def make_book(folder, count=3, size=1):
  folder.mkdir()
  for n in range(count):
    Image.fromarray(picture(n).repeat(size, 0).repeat(size, 1)).save(folder / f'{n}.png')
  return folder


def hints(folder, color=RED):
  folder.mkdir(exist_ok=True)
  dots = [{'x': 70, 'y': 20, 'color': color, 'radius': 2}]
  (folder / '0.json').write_text(json.dumps([*dots, {'x': 28, 'y': 70, 'color': '#1e9650'}]))
  (folder / '1.json').write_text(json.dumps([{'x': 70, 'y': 70, 'color': '#e6c83c'}]))
  return str(folder)


def run(colorizer, source, target, worker=work.Colorist, **options):
  options = work.Options(remember=True, **options)
  return colorize.color_all(str(source), colorize.Output(str(target)), worker(colorizer, options))


def files(folder):
  return {name: (folder / name).read_bytes() for name in sorted(os.listdir(folder))}


def regions(n, by_hand, value):
  return Remembered(
    np.full((n, 2), value, np.float32), np.full((n, 3), 0.0, np.float32), np.arange(n) < by_hand
  )


def test_the_rule_is_by_hand_then_the_first_page_then_the_newest(monkeypatch):
  pages = [regions(3, 1, 10), regions(4, 2, 20), regions(4, 0, 30), regions(3, 1, 40)]
  found = remembered.recall(pages)
  assert found.tokens[:, 0].tolist() == [40, 20, 20, 10, 10, 10, 40, 40, *4 * [30], 20, 20]
  assert found.by_hand.tolist() == 4 * [True] + 10 * [False]
  monkeypatch.setattr(remembered, 'OF_BOOK', 5)
  assert remembered.recall(pages).tokens[:, 0].tolist() == [40, 20, 20, 10, 10]
  assert remembered.recall(pages[:1]).tokens[:, 0].tolist() == 3 * [10]


def test_what_is_remembered_is_text_and_back():
  r = np.random.default_rng(0)
  colors = r.integers(0, 256, (5, 3)) / np.float32(127.5) - 1
  found = remembered.unpack(
    remembered.pack(Remembered(r.normal(size=(5, 7)), colors, colors[:, 0] > 0))
  )
  again = remembered.unpack(remembered.pack(found))
  for a, b in zip(found, again):
    np.testing.assert_array_equal(a, b)
  np.testing.assert_allclose(found.colors, colors, atol=1e-6)


def test_pages_look_at_those_before_them(colorizer, tmp_path):
  source = make_book(tmp_path / 'in')
  run(colorizer, source, tmp_path / 'red', hints=hints(tmp_path / 'h'), flats=True)
  run(colorizer, source, tmp_path / 'blue', hints=hints(tmp_path / 'b', '#1e1ec8'), flats=True)
  rows = [
    [json.loads(row) for row in (tmp_path / name / journal.NAME).read_text().splitlines()]
    for name in ('red', 'blue')
  ]
  for red, blue in zip(*rows):
    assert red['remembered'] and red['key'] != blue['key']
  first = remembered.unpack(rows[0][0]['remembered'])
  assert first.by_hand[:2].all() and first.by_hand.sum() == 2
  wanted = np.array([0xC8, 0x1E, 0x1E]) / 127.5 - 1
  assert np.abs(first.colors[:2] - wanted).max(-1).min() < 1e-6
  seen = []

  class Watched(work.Colorist):
    def __call__(self, page, pictures, earlier=''):
      seen.append(earlier)
      return super().__call__(page, pictures, earlier)

  run(colorizer, source, tmp_path / 'again', Watched, hints=hints(tmp_path / 'h'), flats=True)
  looked_at = [remembered.unpack(text) if text else None for text in seen]
  assert looked_at[0] is None and looked_at[1].by_hand.sum() == 2
  assert looked_at[2].by_hand[:3].all() and looked_at[2].by_hand.sum() == 3
  np.testing.assert_array_equal(looked_at[2].tokens[1:3], first.tokens[:2])


def test_a_stopped_book_goes_on_with_the_same_bytes(colorizer, tmp_path):
  source = make_book(tmp_path / 'in', 4)
  how = dict(hints=hints(tmp_path / 'h'))
  run(colorizer, source, tmp_path / 'whole', **how)

  class Stopped(work.Colorist):
    def __call__(self, page, pictures, earlier=''):
      if page.name == stop:
        raise KeyboardInterrupt
      called.append(page.name)
      return super().__call__(page, pictures, earlier)

  called = []
  for stop in ('2.png', '3.png', ''):
    try:
      run(colorizer, source, tmp_path / 'parts', Stopped, **how)
    except KeyboardInterrupt:
      assert stop
  assert called == ['0.png', '1.png', '2.png', '3.png']  # none twice
  assert files(tmp_path / 'parts') == files(tmp_path / 'whole')
  called.clear()
  hints(tmp_path / 'h', '#1e1ec8')  # of the first page: all look at it
  run(colorizer, source, tmp_path / 'parts', Stopped, **how)
  assert called == ['0.png', '1.png', '2.png', '3.png']
  called.clear()
  Image.fromarray(picture(9)).save(source / '2.png')
  run(colorizer, source, tmp_path / 'parts', Stopped, **how)
  assert called == ['2.png', '3.png']
  run(colorizer, source, tmp_path / 'new', **how)
  assert files(tmp_path / 'parts') == files(tmp_path / 'new')


def test_a_page_in_colour_is_looked_at(colorizer, tmp_path):
  source = make_book(tmp_path / 'in', 2)
  painted = picture(0)
  painted[10:18, 10:46], painted[52:86, 54:86] = (200, 40, 90), (30, 60, 160)
  Image.fromarray(painted).save(source / '0.png')
  done = run(colorizer, source, tmp_path / 'out').pages
  assert [d.status for d in done] == [journal.PASSED, journal.COLORED]
  found = remembered.unpack(done[0].remembered)
  assert found.by_hand.all()
  for color in ((200, 40, 90), (30, 60, 160)):
    wanted = np.array(color) / 127.5 - 1
    assert np.abs(found.colors - wanted).max(-1).min() < 0.02


def test_bad_pages_and_frames_are_no_trouble(colorizer, tmp_path):
  source = make_book(tmp_path / 'in', 2)
  (source / '0.png').write_bytes(b'no picture')
  frames = [Image.fromarray(picture(n)) for n in range(2)]
  frames[0].save(source / '3.tif', save_all=True, append_images=frames[1:])
  folder = tmp_path / 'hints'
  folder.mkdir()
  for name in ('1', '3'):
    (folder / f'{name}.json').write_text(json.dumps([{'x': 70, 'y': 70, 'color': RED}]))
  done = run(colorizer, source, tmp_path / 'out', hints=str(folder)).pages
  assert [d.status for d in done] == [journal.BAD, journal.COLORED, journal.COLORED]
  one, two = (remembered.unpack(d.remembered).by_hand.sum() for d in done[1:])
  assert (one, two) == (1, 2)  # of both frames
  assert all(len(p.pictures()) for p in book.open_book(str(source)).pages[1:])


def test_it_needs_a_checkpoint_that_colours_by_regions(monkeypatch, tmp_path):
  palette = tmp_path / 'p.json'
  palette.write_text('{"hair": "#7a4b2a"}')
  with pytest.raises(ValueError, match='--remember needs a --checkpoint'):
    colorize.run(asked('', 'in', 'out', palette=str(palette), remember=True))
  other = types.SimpleNamespace(by_regions=False)
  monkeypatch.setattr(colorize, 'Colorizer', lambda *a, **k: other)
  monkeypatch.setattr(colorize, 'load_config', lambda run: other)
  monkeypatch.setattr(other, 'compilation_cache', '', raising=False)
  with pytest.raises(ValueError, match='colours by regions'):
    colorize.run(asked('run', 'in', 'out', remember=True))
