"""The promise to pages, from file to file: size, alpha, DPI, orientation, ink and paper stay.

The net here is a formula that paints everything in loud colours, so that what stays does so because
of pages/ and not because a net was kind.
"""

import json
import os
import pathlib
import threading
import types

import cv2
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from onepunch_jax import Colorizer, colorize
from onepunch_jax.core import Variables
from onepunch_jax.images import arrays, reader
from onepunch_jax.images.write import encode
from onepunch_jax.pages import book, journal, work
from tests.pages.test_pages import assert_black_stays

hypothesis = pytest.importorskip('hypothesis')
given, example, st = hypothesis.given, hypothesis.example, hypothesis.strategies
SHARED = pathlib.Path(
  os.environ.get('ONEPUNCH_SHARED_DATA')
  or pathlib.Path(__file__).resolve().parents[3] / 'shared' / 'data'
)
PIXELS = 150_000  # of a page; larger ones are in the explicit examples
MODES = ('1', 'L', 'LA', 'P', 'RGB', 'RGBA', 'CMYK', 'I;16', 'F')
ORIENTATION = 0x0112


def loud(v, batch, key):
  """Saturated colours that change with place and with ink."""
  line = batch['line']
  y, x = (jnp.linspace(0, 1, n)[:, None, None] for n in line.shape[1:3])
  where = (y + jnp.moveaxis(x, 0, 1)) * jnp.array([3.0, 5.0, 7.0])
  return jnp.broadcast_to(0.5 + 0.5 * jnp.sin(where + line), (*line.shape[:3], 3))


def painter(colors=loud):
  """A colorizer without a net."""
  nets = (types.SimpleNamespace(module=None),)
  method = types.SimpleNamespace(nets=nets, inputs=('line',), multiple=32, colorize=colors)
  return Colorizer.from_method(method, Variables({}, {}, {}), 64)


PAINTER = painter()


def strokes(height, width, seed):
  """Lines of several greys and a solid black, uint8 [H, W]."""
  rng = np.random.default_rng(seed)
  page = np.full((height, width), 255, np.uint8)
  for _ in range(8):
    a, b = (tuple(int(v) for v in rng.integers(0, (width, height))) for _ in range(2))
    cv2.line(page, a, b, int(rng.integers(0, 200)), int(rng.integers(1, 6)), cv2.LINE_AA)
  cv2.circle(page, (width // 2, height // 3), min(height, width) // 6, 0, -1)
  return page


def picture(page, mode, alpha):
  """A PIL image of `mode`, with `alpha` where the mode has it."""
  if mode == 'I;16':
    return Image.fromarray(page.astype(np.uint16) * 257)
  if mode == 'F':
    return Image.fromarray(page.astype(np.float32) / 255)
  image = Image.fromarray(page).convert(mode)
  if mode in ('LA', 'RGBA'):
    image.putalpha(Image.fromarray(alpha))
  return image


def transparency(kind, height, width, seed):
  if kind == 'soft':
    return np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
  return np.full((height, width), 0 if kind == 'clear' else 255, np.uint8)


def colored(path):
  """The file as `--output=x.png --force` would give it, and read again."""
  item = book.open_book(str(path)).pages[0]
  result = work.Colorist(PAINTER, work.Options(force=True))(item, item.pictures())
  assert result.status == journal.COLORED
  return reader.read(result.files['.png'])


@st.composite
def sizes(draw):
  """(height, width), each from 1 to 2000 px."""
  one = draw(st.integers(1, 2000))
  other = draw(st.integers(1, min(2000, max(1, PIXELS // one))))
  return (one, other) if draw(st.booleans()) else (other, one)


@given(
  sizes(),
  st.sampled_from(MODES),
  st.sampled_from(['soft', 'clear', 'full']),
  st.integers(1, 8),
  st.tuples(st.integers(20, 1200), st.integers(20, 1200)),
  st.integers(0, 99),
)
@example((2000, 1500), 'L', 'full', 1, (600, 600), 0)
@example((1, 2000), '1', 'full', 6, (72, 300), 1)
@example((2000, 1), 'RGBA', 'soft', 8, (72, 300), 2)
@example((1, 1), 'LA', 'clear', 1, (72, 72), 3)
@hypothesis.settings(max_examples=40, deadline=None)
def test_contract_from_file_to_file(tmp_path_factory, size, mode, kind, orientation, dpi, seed):
  path = tmp_path_factory.getbasetemp() / 'contract.tif'
  exif = Image.Exif()
  exif[ORIENTATION] = orientation
  image = picture(strokes(*size, seed), mode, transparency(kind, *size, seed))
  image.save(path, exif=exif, dpi=dpi)
  before, after = reader.read(path), colored(path)
  turned = orientation >= 5
  assert after.rgb.shape[:2] == (size[::-1] if turned else size) and after.orientation == 1
  assert [round(v) for v in after.dpi] == list(dpi[::-1] if turned else dpi)
  assert (after.alpha is None) == (before.alpha is None)
  visible = np.ones(before.grey.shape, bool)
  if before.alpha is not None:
    np.testing.assert_array_equal(before.alpha, after.alpha)
    visible = before.alpha[..., 0] > 0
  # Through alpha a page is rounded twice: as seen, and as stored.
  more = 0 if before.alpha is None else 1
  assert (after.rgb[visible] <= before.rgb[visible].astype(int) + more).all()
  assert_black_stays(after.rgb[visible], before.rgb[visible])


# --- paper ---


def page_with_balloon(height, width, x, y, radius):
  """(page uint8 [H, W], bool margin, bool balloon): a frame, a balloon with lettering in it."""
  short = min(height, width)
  page, thick = np.full((height, width), 255, np.uint8), max(2, round(0.005 * short))
  edge = round(0.05 * short)
  cv2.rectangle(page, (edge, edge), (width - edge - 1, height - edge - 1), 0, thick)
  room = short * radius
  wide, tall = round(1.3 * room), round(room)
  centre = (
    round(edge * 2 + wide + x * (width - 4 * edge - 2 * wide)),
    round(edge * 2 + tall + y * (height - 4 * edge - 2 * tall)),
  )
  cv2.ellipse(page, centre, (wide, tall), 0, 0, 360, 0, thick, cv2.LINE_AA)
  size = room / 100
  for n, word in enumerate(('WHAT IS', 'THIS HERE', 'SAYING')):
    at = centre[0] - round(0.75 * room), centre[1] + round((n - 0.7) * 0.45 * room)
    cv2.putText(page, word, at, cv2.FONT_HERSHEY_SIMPLEX, size, 0, max(1, round(size)), cv2.LINE_AA)
  margin, balloon = np.zeros((2, height, width), np.uint8)
  margin[:] = 1
  margin[edge - thick : thick - edge, edge - thick : thick - edge] = 0
  cv2.ellipse(balloon, centre, (wide - 2 * thick, tall - 2 * thick), 0, 0, 360, 1, -1)
  return page, margin > 0, balloon > 0


@given(
  st.integers(500, 2000),
  st.integers(500, 2000),
  st.floats(0, 1),
  st.floats(0, 1),
  st.floats(0.12, 0.25),
)
@hypothesis.example(500, 1921, 0.0, 0.0, 0.25)  # seen in three parts, the middle one without ends
@hypothesis.settings(max_examples=8, deadline=None)
def test_margins_and_balloons_stay_paper(height, width, x, y, radius):
  page, margin, balloon = page_with_balloon(height, width, x, y, radius)
  out = PAINTER(page)
  changed = (out != page[..., None]).any(-1)
  assert not changed[margin].any() and not changed[balloon].any()
  rest = (
    (page == 255) & ~margin & ~cv2.dilate(balloon.astype(np.uint8), np.ones((25, 25))).astype(bool)
  )
  assert changed[rest].mean() > 0.9


# --- a folder of trouble ---


@pytest.mark.skipif(
  not (SHARED / 'robust' / 'manifest.jsonl').exists(),
  reason='no folder of trouble here (set ONEPUNCH_SHARED_DATA)',
)
@pytest.mark.filterwarnings('ignore')
def test_a_folder_of_trouble(tmp_path, caplog):
  """What is readable is worked on, what is not has a sentence and no file; all in one go."""
  rows = [json.loads(row) for row in (SHARED / 'robust' / 'manifest.jsonl').open(encoding='utf-8')]
  dot = encode([(np.zeros((1, 1, 3), np.uint8), arrays.picture(Image.new('L', (1, 1))))], '.png')

  class Dots:
    settings, remember = '', False

    def prepare(self, pages):
      return []

    def guides(self, page):
      return b''

    def __call__(self, page, pictures, earlier=''):
      return journal.Result(journal.COLORED, {'.png': dot})

  output = colorize.Output(str(tmp_path / 'out'))
  done = colorize.color_all(str(SHARED / 'robust'), output, Dots()).pages
  bad = {os.path.basename(d.page) for d in done if d.status == journal.BAD}
  assert {r['file'] for r in rows if r['expect'] == 'reject'} <= bad
  assert not {r['file'] for r in rows if r['expect'] == 'ok'} & bad
  for name in sorted(bad):
    said = [r.getMessage() for r in caplog.records if f'/{name}:' in r.getMessage()]
    assert len(said) == 1 and said[0].endswith('.') and '\n' not in said[0]
  assert sum(bool(d.file) for d in done) == len(done) - len(bad)


# --- threads ---


def test_a_fresh_colorizer_in_many_threads():
  """Threads that meet in its first call, on pages of several shapes, get what one gets."""
  calls = []

  def counted(v, batch, key):
    calls.append(batch['line'].shape)  # once for each trace
    return loud(v, batch, key)

  pages = [strokes(90 + 70 * (n % 3), 120 + 50 * (n % 2), n) for n in range(12)]
  shared, together, start = painter(counted), [None] * len(pages), threading.Barrier(len(pages))

  def work_on(n):
    start.wait()
    together[n] = shared(pages[n])

  threads = [threading.Thread(target=work_on, args=(n,)) for n in range(len(pages))]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  for page, out in zip(pages, together):
    np.testing.assert_array_equal(PAINTER(page), out)
  assert len(set(calls)) <= 6
