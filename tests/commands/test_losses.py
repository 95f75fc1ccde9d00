"""Nothing is lost in silence: journal, full disks, guides without effect, files that are no pages.

The work here is a made-up one that paints a page in the colour of its hint file, so that what is
tested is the way of files through a command.
"""

import contextlib
import errno
import io
import os
import zipfile

import numpy as np
import pytest
from PIL import Image

from onepunch_jax import colorize
from onepunch_jax.images import archive, write
from onepunch_jax.pages import book, journal, page_files
from onepunch_jax.pages.summary import Summary, sentence


def png(level=128, size=(12, 16)):
  out = io.BytesIO()
  Image.new('L', size, level).save(out, 'PNG')
  return out.getvalue()


class Painter:
  """Writes the mean of a page, the settings and the content of its hint file."""

  remember = False

  def __init__(self, settings='s', hints=''):
    self.settings, self.hints, self.calls = settings, page_files.PageFiles(str(hints)), []

  def prepare(self, pages):
    return self.hints.match(pages)

  def guides(self, page):
    path = self.hints.of(page)
    return book.read_bytes(path) if path else b''

  def __call__(self, page, pictures, earlier=''):
    self.calls.append(page.name)
    level = int(pictures[0].rgb.mean())
    text = f'{level} {self.settings} '.encode() + self.guides(page)
    return journal.Result(journal.COLORED, {'.png': png(level) + text, '.json': text})


def folder(path, names):
  for n, name in enumerate(names):
    file = path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(png(40 + n))
  return path


def color(source, target, painter=None, **options):
  painter = painter or Painter()
  return colorize.color_all(str(source), colorize.Output(str(target), **options), painter)


def content(path):
  return {str(p.relative_to(path)): p.read_bytes() for p in sorted(path.rglob('*')) if p.is_file()}


# --- the journal ---


def test_a_page_is_done_again_when_anything_changed_that_it_depends_on(tmp_path):
  source, hints = folder(tmp_path / 'in', ['1.png', '2.png', '3.png']), tmp_path / 'hints'
  hints.mkdir()
  (hints / '2.png').write_bytes(b'red')

  def calls(settings='s'):
    painter = Painter(settings, hints)
    color(source, tmp_path / 'out', painter)
    return painter.calls

  assert calls() == ['1.png', '2.png', '3.png'] and calls() == []
  (hints / '2.png').write_bytes(b'green')
  assert calls() == ['2.png']
  assert b'green' in (tmp_path / 'out' / '2.json').read_bytes()
  (hints / '3.png').write_bytes(b'blue')  # a new one
  assert calls() == ['3.png']
  (hints / '2.png').unlink()
  assert calls() == ['2.png'] and calls() == []
  (source / '1.png').write_bytes(png(99))
  assert calls() == ['1.png']
  os.remove(tmp_path / 'out' / '3.json')
  assert calls() == ['3.png']
  assert calls('other') == ['1.png', '2.png', '3.png']


def test_a_page_that_failed_is_tried_again(tmp_path):
  source = folder(tmp_path / 'in', ['1.png', '2.png'])
  painter = Painter()
  fails = {'2.png'}

  class Failing(Painter):
    def __call__(self, page, pictures, earlier=''):
      if page.name in fails:
        raise MemoryError('no memory just now')
      return super().__call__(page, pictures)

  done = color(source, tmp_path / 'out', Failing())
  assert [d.status for d in done.pages] == ['coloured', 'bad'] and done.exit_status() == 1
  fails.clear()
  done = color(source, tmp_path / 'out', painter)
  assert painter.calls == ['2.png'] and done.exit_status() == 0


def test_a_page_that_has_fewer_files_than_before_leaves_none_behind(tmp_path):
  source = folder(tmp_path / 'in', ['1.png', '1_2.png'])

  class More(Painter):
    def __call__(self, page, pictures, earlier=''):
      result = super().__call__(page, pictures)
      return journal.Result(result.status, {**result.files, '_3.png': b'3'})

  color(source, tmp_path / 'out', More('more'))
  assert (tmp_path / 'out' / '1_3.png').exists()
  (tmp_path / 'out' / 'mine.txt').write_bytes(b'mine')
  color(source, tmp_path / 'out')
  assert not (tmp_path / 'out' / '1_3.png').exists() and (tmp_path / 'out' / 'mine.txt').exists()
  assert (tmp_path / 'out' / '1_2.png').exists()


@pytest.mark.parametrize('target', ['out', 'out.cbz'])
def test_a_full_disk_stops_the_run_and_the_next_one_ends_as_if_nothing_was(
  tmp_path, monkeypatch, target
):
  names = [f'{n}.png' for n in range(9)]
  source = folder(tmp_path / 'in', names)
  color(source, tmp_path / f'whole_{target}')
  room, real = [4], write.replacing

  class Full(io.RawIOBase):
    def __init__(self, file):
      self.file = file

    def write(self, data):
      self.file.write(data[: len(data) // 2])
      raise OSError(errno.ENOSPC, 'No space left on device')

  def limited(path):
    @contextlib.contextmanager
    def opened():
      with real(path) as file:
        room[0] -= 1
        yield file if room[0] >= 0 else Full(file)

    return opened()

  monkeypatch.setattr(write, 'replacing', limited)
  total = []
  for _ in range(9):
    painter = Painter()
    try:
      color(source, tmp_path / target, painter)
      break
    except OSError as error:
      assert 'No space left' in sentence(error) or 'no space left' in sentence(error)
      assert 'same command' in sentence(error) and '\n' not in sentence(error)
      assert not [p for p in tmp_path.rglob('.*.part')]
      total += painter.calls
      assert len(painter.calls) <= 3  # it stops at the first page that cannot be written
      room[0] = 4
  total += painter.calls
  assert sorted(set(total)) == names and len(total) <= len(names) + 6
  one, other = tmp_path / target, tmp_path / f'whole_{target}'
  if target == 'out':
    assert content(one) == content(other)
  else:
    assert one.read_bytes() == other.read_bytes()


def test_a_journal_cut_off_in_a_line_loses_no_other(tmp_path):
  source = folder(tmp_path / 'in', ['1.png', '2.png', '3.png'])
  color(source, tmp_path / 'out')
  path = tmp_path / 'out' / journal.NAME
  rows = path.read_bytes().splitlines(keepends=True)
  path.write_bytes(rows[0] + rows[1][:30])
  for calls in (['2.png', '3.png'], []):
    painter = Painter()
    color(source, tmp_path / 'out', painter)
    assert painter.calls == calls


def test_a_name_that_cannot_be_written_is_that_page_alone(tmp_path):
  source = folder(tmp_path / 'in', ['1.png', '2.png', '3.png'])
  (tmp_path / 'out' / '2.png').mkdir(parents=True)
  done = color(source, tmp_path / 'out')
  assert [d.status for d in done.pages] == ['coloured', 'bad', 'coloured']
  assert not (tmp_path / 'out' / '2.json').exists()  # no half of a page


# --- files that are no pages ---


def book_of(path, members):
  with zipfile.ZipFile(path, 'w') as file:
    for name in members:
      file.writestr(name, png() if name.endswith('.png') else b'<ComicInfo/>')


def test_what_cannot_be_read_is_named(tmp_path):
  book_of(tmp_path / 'a.cbz', ['1.png', '2.jxl', '3.svg', 'in.cbz', 'x.docx', 'ComicInfo.xml'])
  done = color(tmp_path / 'a.cbz', tmp_path / 'b.cbz')
  lines = '\n'.join(done.lines())
  assert done.exit_status() == 1 and done.skipped == ['x.docx']
  assert '1 read, 1 coloured, 0 passed through (in colour already), 1 skipped, 3 refused' in lines
  for name in ('2.jxl', '3.svg', 'in.cbz', 'x.docx'):
    assert name in lines
  copied = color(tmp_path / 'a.cbz', tmp_path / 'c.cbz', on_bad='copy')
  assert copied.exit_status() == 1
  with zipfile.ZipFile(tmp_path / 'c.cbz') as file:
    assert {'2.jxl', '3.svg', 'ComicInfo.xml'} <= set(file.namelist())


def test_folders_are_followed_through_links_and_nothing_twice(tmp_path):
  source = folder(tmp_path / 'in', ['1.png', 'sub/2.png'])
  folder(tmp_path / 'elsewhere', ['3.png', 'deep/4.png'])
  os.symlink(tmp_path / 'elsewhere', source / 'linked')
  os.symlink(source, source / 'sub' / 'up')
  os.symlink(tmp_path / 'nowhere.png', source / 'gone.png')
  (source / 'half.cbz').write_bytes(b'PK\x03\x04 and no more')
  (source / 'old.cb7').write_bytes(b'7z')
  (source / 'notes.doc').write_bytes(b'?')
  done = color(source, tmp_path / 'out')
  named = sorted(d.page for d in done.pages if d.status == 'coloured')
  assert named == ['1.png', 'linked/3.png', 'linked/deep/4.png', 'sub/2.png']
  bad = ' '.join(d.message for d in done.pages if d.status == 'bad')
  assert all(name in bad for name in ('gone.png', 'half.cbz', 'old.cb7'))
  assert 'notes.doc' in done.skipped and any('sub/up' in name for name in done.skipped)
  assert done.exit_status() == 1


@pytest.mark.parametrize('source', ['folder', 'zip', 'folder of books'])
@pytest.mark.parametrize('target', ['out', 'out.cbz', 'out.pdf'])
def test_comicinfo_goes_wherever_pages_go(tmp_path, source, target):
  info = b'<ComicInfo><Title>T</Title></ComicInfo>'
  if source == 'folder':
    path = folder(tmp_path / 'in', ['1.png', '2.png'])
    (path / 'ComicInfo.xml').write_bytes(info)
    (path / '1.json').write_bytes(b'{}')  # of page 1, not of the book
  else:
    path = tmp_path / 'in.cbz'
    if source == 'folder of books':
      (tmp_path / 'in').mkdir()
      path = tmp_path / 'in' / 'a.cbz'
    with zipfile.ZipFile(path, 'w') as file:
      file.writestr('1.png', png())
      file.writestr('ComicInfo.xml', info)
    path = path if source == 'zip' else tmp_path / 'in'
  done = color(path, tmp_path / target)
  assert done.exit_status() == 0
  start = 'a/' if source == 'folder of books' else ''
  if target == 'out.pdf':
    assert done.skipped == [f'{start}ComicInfo.xml (a PDF has no place for it)']
  elif target == 'out.cbz' or source == 'folder of books':
    file = tmp_path / target if target == 'out.cbz' else tmp_path / 'out' / 'a.cbz'
    with zipfile.ZipFile(file) as opened:
      assert (
        opened.read(start + 'ComicInfo.xml' if target == 'out.cbz' else 'ComicInfo.xml') == info
      )
      assert '1.json' not in opened.namelist()
  else:
    assert (tmp_path / 'out' / 'ComicInfo.xml').read_bytes() == info


def test_chapters_stay_in_order(tmp_path):
  names = ['C 1/1.png', 'C 1 extra/1.png', 'C 1.5/1.png', 'C 2/1.png', 'C 10/1.png']
  book_of(tmp_path / 'a.cbz', names[::-1])
  color(tmp_path / 'a.cbz', tmp_path / 'b.cbz')
  with zipfile.ZipFile(tmp_path / 'b.cbz') as file:
    assert [n for n in file.namelist() if n.endswith('.png')] == names
  assert archive.members(tmp_path / 'b.cbz') == names


# --- guides without effect ---


@pytest.mark.parametrize(
  'pages, files, pairs',
  [
    (['page1.png'], ['page01.png'], {'page1.png': 'page01.png'}),
    (
      ['a 003.png', 'a 004.png'],
      ['3.json', '4.ora'],
      {'a 003.png': '3.json', 'a 004.png': '4.ora'},
    ),
    (['c1/1.png', 'c2/1.png'], ['c1/1.png'], {'c1/1.png': 'c1/1.png'}),
    (['1.png', 'x1.png'], ['1.png', 'y1.png'], {'1.png': '1.png', 'x1.png': 'y1.png'}),
    (['a.png', 'b.png'], ['c.png'], {}),
    (['p1.png', 'q1.png'], ['h1.png'], {}),  # for which of them?
    (['p1.png'], ['h1.png', 'k1.png'], {}),
  ],
)
def test_hints_are_found_by_name_then_by_number(tmp_path, pages, files, pairs):
  source = folder(tmp_path / 'in', pages)
  hints = tmp_path / 'hints'
  for name in files:
    (hints / name).parent.mkdir(parents=True, exist_ok=True)
    (hints / name).write_bytes(b'x')
  found = book.open_book(str(source)).pages
  matched = page_files.PageFiles(str(hints))
  unused = matched.match(found)
  assert {
    page.name: os.path.relpath(matched.of(page), hints) for page in found if matched.of(page)
  } == pairs
  assert len(unused) == len(files) - len(pairs)
  assert all('belongs to no page' in text and text.endswith('.') for text in unused)


def test_the_summary_counts_and_names_and_strict_makes_it_an_error():
  done = [journal.Done(f'{n}.png', '', 'coloured', (f'{n}.png',)) for n in range(3)]
  summary = Summary('out', done)
  assert list(summary.lines()) == [
    'out: 3 read, 3 coloured, 0 passed through (in colour already), 0 skipped, 0 refused.'
  ]
  assert summary.exit_status() == summary.exit_status(strict=True) == 0
  noted = journal.Done('3.png', '', 'coloured', ('3.png',), '', ('h.png: no stroke.',))
  summary.pages.append(noted)
  assert summary.exit_status() == 0 and summary.exit_status(strict=True) == 1
  assert list(summary.lines())[1] == '  without effect: h.png: no stroke.'
  summary.pages.append(journal.Done('4.png', '', 'bad', (), '4.png: damaged.'))
  assert summary.exit_status() == 1
  summary = Summary('out', [journal.Done('5.tif', '', 'coloured', (), '', (), ('first only.',))])
  assert summary.exit_status() == 1 and any('lost' in line for line in summary.lines())
  assert all('\n' not in line for line in summary.lines())


def test_errors_are_sentences():
  assert sentence(OSError(errno.ENOSPC, 'No space left on device', 'a/b.png')) == (
    'a/b.png: no space left on device.'
  )
  assert sentence(ValueError('a\nb')) == 'a b' and 'memory' in sentence(MemoryError())
  assert np.all([len(sentence(e)) > 3 for e in (KeyError('x'), RuntimeError())])


@pytest.mark.parametrize('target', ['out', 'out.cbz'])
def test_a_book_through_every_kind_of_trouble_ends_as_one_without(tmp_path, monkeypatch, target):
  """Killed three times, a full disk, a repaired hint, a replaced page: equal bytes, once each."""
  names, hints = [f'ch{n // 20}/{n}.png' for n in range(60)], tmp_path / 'hints'
  source = folder(tmp_path / 'in', names)
  for n in (3, 30, 55):
    path = hints / f'ch{n // 20}' / f'{n}.png'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b'broken')
  calls, events = [], {7: 'kill', 15: 'full', 22: 'kill', 41: 'kill', 50: 'repair'}
  real = write.replacing

  class Killed(BaseException):
    pass

  class Troubled(Painter):
    def __call__(self, page, pictures, earlier=''):
      event = events.pop(len(calls), None)
      if event == 'kill':
        raise Killed
      if event == 'full':
        monkeypatch.setattr(write, 'replacing', no_room)
      if event == 'repair':  # while the book is being coloured
        (hints / 'ch0' / '3.png').write_bytes(b'repaired')
        (source / 'ch1' / '25.png').write_bytes(png(222))
      calls.append(page.name)
      return super().__call__(page, pictures)

  @contextlib.contextmanager
  def no_room(path):
    with real(path):
      raise OSError(errno.ENOSPC, 'No space left on device')
    yield

  for _ in range(9):
    try:
      color(source, tmp_path / target, Troubled('s', hints))
      if not events:
        break
    except (OSError, Killed):
      monkeypatch.setattr(write, 'replacing', real)
  if target == 'out':  # the last run may have been past what changed during it
    color(source, tmp_path / target, Troubled('s', hints))
    twice = sorted(name for name in set(calls) if calls.count(name) > 1)
    lost = [name for name in twice if name not in ('ch0/3.png', 'ch1/25.png')]
    assert len(lost) <= 1 and len(calls) <= 60 + 2 + 1  # the page that found no room
    color(source, tmp_path / 'whole', Painter('s', hints))
    assert content(tmp_path / 'out') == content(tmp_path / 'whole')
  else:
    assert len(calls) <= 61 and (tmp_path / target).exists()
    assert not (tmp_path / f'{target}.part').exists()
