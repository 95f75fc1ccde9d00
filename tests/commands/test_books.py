"""Books: every page, in order, the same bytes each time, whatever is broken or killed."""

import os
import shutil
import signal
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from onepunch_jax import colorize
from onepunch_jax.images import archive
from tests import forked
from tests.commands.test_colorize import asked, page, statuses


def make_book(path, pages=5):
  with zipfile.ZipFile(path, 'w') as book:
    book.writestr('ComicInfo.xml', '<ComicInfo><Title>T</Title></ComicInfo>')
    for n in range(pages):
      name = path.parent / f'p{n}.png'
      picture = page(n, (60, 90))
      if n == 1:
        picture = Image.fromarray(
          np.uint8(np.random.default_rng(0).integers(0, 255, (9, 6, 3)))
        ).resize((60, 90))
      picture.save(name)
      data = name.read_bytes()
      book.writestr(f'ch/{n + 8}.png', data[: len(data) // 2] if n == 2 else data)
      os.remove(name)


def test_a_book_stays_a_book(tiny_run, tmp_path):
  make_book(tmp_path / 'in.cbz')
  for name in ('a.cbz', 'b.cbz'):
    done = colorize.run(asked(tiny_run, tmp_path / 'in.cbz', tmp_path / name))
    assert statuses(done) == ['coloured', 'passed through', 'bad', 'coloured', 'coloured']
  assert (tmp_path / 'a.cbz').read_bytes() == (tmp_path / 'b.cbz').read_bytes()
  assert not (tmp_path / 'a.cbz.part').exists()
  assert archive.members(tmp_path / 'a.cbz') == ['ch/8.png', 'ch/9.png', 'ch/11.png', 'ch/12.png']
  with zipfile.ZipFile(tmp_path / 'a.cbz') as book, zipfile.ZipFile(tmp_path / 'in.cbz') as source:
    for name in ('ComicInfo.xml', 'ch/9.png'):
      assert book.read(name) == source.read(name)


def test_pdf_in_and_out(tiny_run, tmp_path):
  pdfium = pytest.importorskip('pypdfium2', reason="PDF needs pip install 'onepunch_jax[pages]'")
  make_book(tmp_path / 'in.cbz')
  colorize.run(asked(tiny_run, tmp_path / 'in.cbz', tmp_path / 'a.pdf', on_bad='copy'))
  colorize.run(asked(tiny_run, tmp_path / 'in.cbz', tmp_path / 'a.cbz'))
  assert len(archive.members(tmp_path / 'a.pdf')) == 4
  document = pdfium.PdfDocument(tmp_path / 'a.pdf')
  held = next(iter(document[0].get_objects())).get_bitmap().to_pil()
  document.close()
  np.testing.assert_array_equal(held, archive.read(tmp_path / 'a.cbz', 'ch/8.png').rgb)
  done = colorize.run(asked(tiny_run, tmp_path / 'a.pdf', tmp_path / 'folder', force=True))
  assert statuses(done) == ['coloured'] * 4
  assert (tmp_path / 'folder' / 'page-0001.png').exists()


def test_a_killed_book_goes_on(tiny_run, tmp_path):
  """SIGKILL in the middle of a folder: finished pages are not computed again, bytes are equal."""
  make_book(tmp_path / 'in.cbz', 8)
  start = lambda target: forked.Command(
    'onepunch_jax.colorize',
    f'--output={target}',
    f'--checkpoint={tiny_run}',
    f'--input={tmp_path / "in.cbz"}',
  )
  killed = tmp_path / 'killed.cbz'
  journal = tmp_path / 'killed.cbz.part' / '.colorize.jsonl'
  process = start(killed)
  deadline = time.time() + 100
  while time.time() < deadline and process.poll() is None:
    if journal.exists() and journal.read_text().count('\n') >= 2:
      process.send_signal(signal.SIGKILL)
      break
    time.sleep(0.005)
  process.communicate()
  assert process.returncode == -signal.SIGKILL and not killed.exists()
  finished = set(journal.parent.rglob('*.png'))
  assert finished
  shutil.copytree(journal.parent, tmp_path / 'as_killed')
  seen = []
  replaced = colorize.journal.replace
  try:
    colorize.journal.replace = lambda path, data: (seen.append(str(path)), replaced(path, data))
    done = colorize.run(asked(tiny_run, tmp_path / 'in.cbz', killed))
  finally:
    colorize.journal.replace = replaced
  assert len(done.pages) == 8 and not {str(p) for p in finished} & set(seen)
  killed.unlink()  # the same once more as the command line does it, for the bytes
  shutil.copytree(tmp_path / 'as_killed', journal.parent, dirs_exist_ok=True)
  for target in (killed, tmp_path / 'whole.cbz'):
    start(target).communicate()
  assert killed.read_bytes() == (tmp_path / 'whole.cbz').read_bytes()
