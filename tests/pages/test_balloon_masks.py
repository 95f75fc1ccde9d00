"""Masks of balloons: what is marked stays paper, pixel by pixel, with every kind of checkpoint."""

import cv2
import numpy as np
import pytest
from PIL import Image

from onepunch_jax import Colorizer, colorize
from onepunch_jax.pages.balloon_masks import MOST, BalloonMask, word_and_file
from onepunch_jax.pages.book import open_book
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.work import Colorist, Options
from tests.commands.test_colorize import asked, statuses


def drawing(height=160, width=120):
  """A frame; in it a balloon whose line has a wide gap, with a stroke of grey in it."""
  page = np.full((height, width), 255, np.uint8)
  cv2.rectangle(page, (8, 8), (width - 9, height - 9), 0, 3)
  cv2.ellipse(page, (60, 50), (32, 22), 0, 30, 330, 0, 2)
  cv2.line(page, (45, 50), (70, 50), 60, 2)
  return page


def oval(height=160, width=120):
  """bool [height, width]: the inside of the balloon, up to its line."""
  mask = np.zeros((height, width), np.uint8)
  cv2.ellipse(mask, (60, 50), (33, 23), 0, 0, 360, 1, -1)
  return mask > 0


def changed(out, page):
  return (np.asarray(out) != page[..., None]).any(-1)


def test_what_is_white_or_opaque_is_marked():
  mask = oval()
  shape = mask.shape
  grey = Image.fromarray(np.where(mask, 200, 90).astype(np.uint8))
  clear = np.zeros((*shape, 4), np.uint8)
  clear[mask] = 0, 0, 0, 255  # black, on a transparent layer
  for kind in (mask, grey, grey.convert('RGB'), clear, Image.fromarray(clear)):
    np.testing.assert_array_equal(BalloonMask.make(kind, shape).marked, mask)
  with pytest.raises(ValueError, match='120 x 160 pixels does not fit a page of 50 x 90'):
    BalloonMask.make(mask, (90, 50))
  with pytest.raises(TypeError):
    BalloonMask.make('mask.png', shape)


def test_regions_are_cut_along_marks_and_many_marks_are_few_regions():
  labels = np.zeros((60, 60), np.int32)
  labels[:, 30:] = 1
  marked = np.zeros((60, 60), bool)
  assert BalloonMask(marked).cut(labels) is labels
  marked[10:20, 20:40] = marked[30:33, 5:9] = True
  cut = BalloonMask(marked).cut(labels)
  assert np.unique(cut[marked]).size == 2 and cut.max() == 3
  assert not set(np.unique(cut[marked])) & set(np.unique(cut[~marked]))
  marked = np.zeros((60, 60), bool)
  marked[::2, ::2] = True  # 900 marks
  cut = BalloonMask(marked).cut(labels)
  assert np.unique(cut).tolist() == list(range(2 + MOST + 1))


def test_marked_pixels_keep_theirs_and_a_hint_frees_a_mark(tiny_run):
  page, mask = drawing(), oval()
  colorizer = Colorizer(tiny_run)
  assert changed(colorizer(page), page)[mask].mean() > 0.5
  out = colorizer(page, balloons=mask)
  assert not changed(out, page)[mask].any() and changed(out, page).mean() > 0.2
  flat = colorizer(page, balloons=mask, flats=True)
  assert (flat[mask] == 255).all()
  dot = [{'x': 60, 'y': 60, 'color': '#3050a0', 'radius': 4}]
  freed = colorizer(page, hints=dot, balloons=mask, flats=True)
  assert (freed[60, 60] == (0x30, 0x50, 0xA0)).all()
  strip = np.tile(page, (20, 1))  # in parts
  out = colorizer(strip, balloons=np.tile(mask, (20, 1)))
  assert not changed(out, strip)[np.tile(mask, (20, 1))].any()
  with pytest.raises(ValueError, match='does not fit a page'):
    colorizer(page, balloons=mask[:90])


def test_marks_are_regions_of_their_own(colorizer):
  page, mask = drawing(), oval()
  assert changed(colorizer(page), page)[mask].any()
  out = colorizer(page, balloons=mask)
  assert not changed(out, page)[mask].any() and changed(out, page).any()
  session = colorizer.session(page, balloons=mask)
  plain = session.answer().page
  assert plain.paper[mask].all() and plain.balloons.any()
  dot = [{'x': 60, 'y': 60, 'color': '#3050a0', 'radius': 4}]
  freed = session.answer(dot).page
  assert (freed.color[mask] == (0x30, 0x50, 0xA0)).all()
  ink = np.zeros(page.shape, bool)
  ink[49:52, 45:71] = True  # on nothing but a stroke, of grey
  assert not changed(colorizer(page, balloons=ink), page)[ink].any()


def test_a_mark_is_free_where_the_core_of_a_stroke_lies():
  mask = oval()
  rgba = np.zeros((*mask.shape, 4), np.uint8)
  rgba[80:100, 50:70] = 200, 30, 30, 255
  over = rgba.copy()
  over[70:80, 58:62] = 200, 30, 30, 255  # a few pixels over the line
  assert BalloonMask(mask).unhinted(Hints(over)).marked.any()
  rgba[40:60, 50:70] = 200, 30, 30, 255
  assert not BalloonMask(mask).unhinted(Hints(rgba)).marked.any()
  rgba[..., :3] = 255  # white means paper
  assert BalloonMask(mask).unhinted(Hints(rgba)).marked.any()


@pytest.fixture
def pages(tmp_path):
  """A folder of three pages, and one of masks: of page 1 by name, of page 2 by number."""
  for name in ('in', 'masks'):
    (tmp_path / name).mkdir()
  for n in range(1, 4):
    Image.fromarray(drawing()).save(tmp_path / 'in' / f'{n}.png')
  for name in ('1.png', 'mask 02.png'):
    Image.fromarray(oval()).save(tmp_path / 'masks' / name)
  return tmp_path


def run(pages, **changes):
  target = changes.pop('target', pages / 'out')
  return colorize.run(asked(changes.pop('run'), pages / 'in', target, **changes))


def test_a_folder_of_masks(tiny_run, pages):
  """Found by name, then by number; what is missing is said; what changed is coloured anew."""
  mask, masks = oval(), str(pages / 'masks')
  done = run(pages, run=tiny_run, balloons=masks)
  assert statuses(done) == ['coloured'] * 3
  assert [text.split(': ')[1] for text in done.notes] == [
    f'has no mask for {pages / "in" / "3.png"}, whose balloons are found.'
  ]
  assert done.exit_status() == 0 and done.exit_status(strict=True) == 1
  outs = [np.asarray(Image.open(pages / 'out' / f'{n}.png').convert('RGB')) for n in (1, 2, 3)]
  kept = [not changed(out, drawing())[mask].any() for out in outs]
  assert kept == [True, True, False]
  before = {n: (pages / 'out' / f'{n}.png').stat().st_mtime_ns for n in (1, 2, 3)}
  Image.fromarray(np.zeros_like(mask)).save(pages / 'masks' / '1.png')
  again = run(pages, run=tiny_run, balloons=masks)
  assert any('1.png: marks no balloon' in text for text in again.notes)
  after = {n: (pages / 'out' / f'{n}.png').stat().st_mtime_ns for n in (1, 2, 3)}
  assert [after[n] != before[n] for n in (1, 2, 3)] == [True, False, False]


def test_masks_that_cannot_be_used_are_one_sentence(tiny_run, pages):
  Image.fromarray(oval()[:90]).save(pages / 'masks' / '1.png')
  (pages / 'masks' / 'mask 02.png').write_bytes(b'no picture')
  done = run(pages, run=tiny_run, balloons=str(pages / 'masks'))
  assert statuses(done) == ['bad', 'bad', 'coloured'] and done.exit_status() == 1
  wrong, unreadable = (row.message for row in done.pages[:2])
  assert 'masks/1.png' in wrong and 'does not fit a page of 120 x 160' in wrong
  assert 'mask 02.png' in unreadable and '\n' not in unreadable
  with pytest.raises(ValueError, match="no file or folder 'kept'"):
    run(pages, run=tiny_run, balloons='kept')
  assert word_and_file('keep') == ('keep', '')


def test_layers_and_books_know_masks(tiny_run, pages):
  masks = str(pages / 'masks')
  done = run(pages, run=tiny_run, balloons=masks, target=pages / 'out.cbz')
  assert statuses(done) == ['coloured'] * 3
  (item,) = open_book(str(pages / 'in' / '1.png')).pages
  work = Colorist(Colorizer(tiny_run), Options(suffix='.ora', balloons=f'{masks}/1.png'))
  (pages / 'out.ora').write_bytes(work(item, item.pictures()).files['.ora'])
  from onepunch_jax.images import layered, reader

  seen = reader.read(str(pages / 'out.ora')).rgb
  assert not changed(seen, drawing())[oval()].any()
  names = {layer.names[-1] for layer in layered.layers(str(pages / 'out.ora'), '')[0]}
  assert 'lettering' in names
