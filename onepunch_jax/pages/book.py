"""What there is to colour: pictures, folders and books as lists of pages with output names."""

import collections
import dataclasses
import functools
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence

from onepunch_jax.images import archive, reader
from onepunch_jax.images.reader import Picture
from onepunch_jax.log import log

TEXTS = ('.xml', '.json', '.txt')  # what is kept of a book beside its pages
LARGEST_TEXT = 1 << 20  # bytes
UNREAD = ('.cb7', '.7z', '.cbt', '.tar', '.cba', '.ace', '.epub', '.mobi', '.azw3')  # books


@dataclasses.dataclass(frozen=True, eq=False)
class Page:
  """A page to be coloured.

  Attributes:
    name: inside its folder or book, with '/', as the input has it.
    stem: the same for the output, without a suffix; no two pages share one.
    label: what messages call it.
    bytes: reads its file; what tells whether it changed, and what is copied.
    pictures: reads it: one picture, or the pages of a TIFF.
    path: its file, or '' within a book.
    rendered: whether `bytes` is no picture file of its own (a page of a PDF, of a TIFF).
    book: the book below a folder that it is in, without its suffix; or ''.
  """

  name: str
  stem: str
  label: str
  bytes: Callable[[], bytes]
  pictures: Callable[[], list[Picture]]
  path: str = ''
  rendered: bool = False
  book: str = ''

  @property
  def suffix(self) -> str:
    """What its own file's name has beyond `stem`."""
    end = os.path.splitext(self.name)[1]
    return '' if end and self.stem.endswith(end) else end


@dataclasses.dataclass(frozen=True, eq=False)
class Book:
  """What there is at a source.

  Attributes:
    pages: in reading order.
    extras: the (name, bytes) of small texts that stay with the pages, such as ComicInfo.xml.
    inner: books below a folder, by their relative paths.
    refused: sentences on what looks like pages and cannot be read.
    skipped: names of files that are neither.
  """

  pages: tuple[Page, ...]
  extras: tuple[tuple[str, bytes], ...] = ()
  inner: tuple[str, ...] = ()
  refused: tuple[str, ...] = ()
  skipped: tuple[str, ...] = ()


def open_book(
  source: str, *, max_pixels: int = reader.MAX_PIXELS, dpi: float = 150, split: bool = False
) -> Book:
  """A picture, a folder with all below it, or a CBZ, CBR, ZIP, RAR or PDF.

  Args:
    source: its path.
    max_pixels: larger pictures are refused when they are read.
    dpi: at which PDF pages without a scan are rendered.
    split: each page of a TIFF is a page of its own.

  Raises:
    ValueError: there is nothing at `source`, or a book that cannot be opened.
  """
  if os.path.isdir(source):
    return _folder(source, max_pixels, split)
  if not os.path.exists(source):
    raise ValueError(f'{source}: there is no such file or folder.')
  if archive.kind(source):
    return _archive(source, max_pixels, dpi)
  return Book(_named([_file(source, os.path.basename(source), max_pixels)], split, max_pixels))


def below(page: Page, folder: str) -> Page:
  """The page of a book within a book, named by both."""
  start = os.path.splitext(folder)[0]
  return dataclasses.replace(page, name=f'{start}/{page.name}', stem=f'{start}/{page.stem}')


def _folder(source: str, max_pixels: int, split: bool) -> Book:
  files, others, inner, refused, skipped = [], [], [], [], []
  for relative, path in _walk(source, refused, skipped):
    name = relative.rpartition('/')[2]
    if name.lower().endswith(archive.SUFFIXES):
      if archive.kind(path):
        inner.append(relative)
      else:
        refused.append(f'{path}: not a ZIP, RAR or PDF, or damaged; get a whole copy.')
    elif name.lower().endswith(UNREAD):
      refused.append(f'{path}: a book of a kind that is not read; repack it as CBZ.')
    elif reader.looks_like_picture(name) or ('.' not in name and _opens(path)):
      files.append(relative)
    else:
      others.append(relative)
  pages = [
    _file(os.path.join(source, *name.split('/')), name, max_pixels)
    for name in sorted(files, key=archive.natural)
  ]
  extras = []
  for name in sorted(_texts(others, files), key=archive.natural):
    path = os.path.join(source, *name.split('/'))
    if os.path.getsize(path) < LARGEST_TEXT:
      extras.append((name, read_bytes(path)))
  kept = {name for name, _ in extras}
  stems = {os.path.splitext(name)[0] for name in files}
  skipped += [
    name
    for name in sorted(others, key=archive.natural)
    if name not in kept and not (name.endswith('.json') and os.path.splitext(name)[0] in stems)
  ]
  return Book(
    _named(pages, split, max_pixels),
    tuple(extras),
    tuple(sorted(inner, key=archive.natural)),
    tuple(refused),
    tuple(skipped),
  )


def _walk(source: str, refused: list[str], skipped: list[str]) -> Iterator[tuple[str, str]]:
  """(relative name, path) of the files below a folder, links followed, none of them twice."""
  visited = {os.path.realpath(source)}
  for folder, folders, names in os.walk(source, followlinks=True):
    kept = []
    for name in sorted(folders, key=archive.natural):
      path = os.path.join(folder, name)
      real = os.path.realpath(path)
      if archive.hidden(f'{name}/'):
        continue
      if real in visited:
        skipped.append(f'{os.path.relpath(path, source)} (a link to what is there already)')
        continue
      visited.add(real)
      kept.append(name)
      if reader.looks_like_picture(name) and all(n.startswith('.') for n in os.listdir(path)):
        refused.append(f'{path}: a folder, not a picture file.')
    folders[:] = kept
    for name in names:
      path = os.path.join(folder, name)
      if archive.hidden(name):
        continue
      if not os.path.exists(path):
        refused.append(f'{path}: a link to {os.readlink(path)}, which is not there.')
      elif not os.path.isfile(path):
        skipped.append(f'{os.path.relpath(path, source)} (no file)')
      else:
        yield os.path.relpath(path, source).replace(os.sep, '/'), path


def _texts(others: Sequence[str], pages: Sequence[str]) -> list[str]:
  """The texts of a book; those that are beside a page, under its name, are of the page."""
  stems = {os.path.splitext(name)[0] for name in pages}
  return [
    name
    for name in others
    if name.lower().endswith(TEXTS) and os.path.splitext(name)[0] not in stems
  ]


def _archive(source: str, max_pixels: int, dpi: float) -> Book:
  rendered = archive.kind(source) == 'pdf'
  members, others = archive.contents(source)
  pages = []
  for member in members:
    read = functools.partial(_member, source, member, dpi, max_pixels)
    raw = functools.partial(_part_of, source, member, dpi)
    raw = raw if rendered else functools.partial(archive.read_bytes, source, member)
    pages.append(Page(member, '', f'{source}/{member}', raw, read, '', rendered))
  extras, refused, skipped = [], [], []
  texts = set(_texts(others, members))
  for name in others:
    if name.lower().endswith((*archive.SUFFIXES, *UNREAD)):
      refused.append(f'{source}/{name}: a book within a book; unpack {source} and give its folder.')
    elif name in texts:
      try:
        extras.append((name, archive.read_bytes(source, name, LARGEST_TEXT)))
      except reader.PictureError as error:
        log.warning('%s', error)
        skipped.append(name)
    else:
      skipped.append(name)
  named = _named(pages, False, max_pixels)
  return Book(named, tuple(extras), (), tuple(refused), tuple(skipped))


def _file(path: str, name: str, max_pixels: int) -> Page:
  raw = functools.partial(read_bytes, path)
  return Page(name, '', path, raw, functools.partial(_all_frames, path, max_pixels), path)


def _named(pages: Sequence[Page], split: bool, max_pixels: int) -> tuple[Page, ...]:
  """Gives pages their output stems: a name without its suffix, or whole where two would meet."""
  if split:
    pages = [part for page in pages for part in _frames(page, max_pixels)]
  stems = [os.path.splitext(_clean(page.name))[0] for page in pages]
  often = collections.Counter(stem.casefold() for stem in stems)
  taken: set[str] = set()
  out = []
  for page, stem in zip(pages, stems):
    stem = _clean(page.name) if often[stem.casefold()] > 1 else stem
    while stem.casefold() in taken:
      stem += '_'
    taken.add(stem.casefold())
    out.append(dataclasses.replace(page, stem=stem))
  return tuple(out)


def _frames(page: Page, max_pixels: int) -> list[Page]:
  """A page for each page of a TIFF."""
  if not page.path or not page.name.lower().endswith(('.tif', '.tiff')):
    return [page]
  try:
    count = reader.pages(page.path)
  except reader.PictureError:
    return [page]  # refused when it is read
  if count == 1:
    return [page]
  start, suffix = os.path.splitext(page.name)
  return [
    dataclasses.replace(
      page,
      name=f'{start}-{i + 1:04d}{suffix}',
      pictures=functools.partial(_frame, page.path, i, max_pixels),
      bytes=functools.partial(read_bytes, page.path, b'%d' % i),
      rendered=True,
    )
    for i in range(count)
  ]


def _clean(name: str) -> str:
  """The name of a member as a path that stays below its folder."""
  parts = [part for part in name.replace('\\', '/').split('/') if part not in ('', '.', '..')]
  return '/'.join(parts) or 'page'


def read_bytes(path: str, mark: bytes = b'') -> bytes:
  """The content of a file, and a mark."""
  with open(path, 'rb') as file:
    return file.read() + mark


def _all_frames(path: str, max_pixels: int) -> list[Picture]:
  return list(reader.frames(path, max_pixels=max_pixels))


def _frame(path: str, frame: int, max_pixels: int) -> list[Picture]:
  return [reader.read(path, frame=frame, max_pixels=max_pixels)]


def _member(path: str, member: str, dpi: float, max_pixels: int) -> list[Picture]:
  return [archive.read(path, member, dpi=dpi, max_pixels=max_pixels)]


def _part_of(path: str, member: str, dpi: float) -> bytes:
  """What stands for a page of a PDF: a hash of the file, which may have hundreds of MB."""
  facts = os.stat(path)
  return f'{_digest(path, facts.st_size, facts.st_mtime_ns)} {member} {dpi}'.encode()


@functools.lru_cache(16)
def _digest(path: str, size: int, time: int) -> str:
  with open(path, 'rb') as file:
    return hashlib.file_digest(file, 'sha256').hexdigest()


def _opens(path: str) -> bool:
  try:
    reader.pages(path)
  except reader.PictureError:
    return False
  return True
