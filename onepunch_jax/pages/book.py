"""What there is to colour: pictures, folders and books as lists of pages with output names."""

import collections
import dataclasses
import functools
import os
import zipfile
from collections.abc import Callable, Sequence

from onepunch_jax.images import archive, reader
from onepunch_jax.images.reader import Picture
from onepunch_jax.log import log

TEXTS = ('.xml', '.json', '.txt')  # what is kept of a book beside its pages


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
  """

  name: str
  stem: str
  label: str
  bytes: Callable[[], bytes]
  pictures: Callable[[], list[Picture]]
  path: str = ''
  rendered: bool = False

  @property
  def suffix(self) -> str:
    """What its own file's name has beyond `stem`."""
    end = os.path.splitext(self.name)[1]
    return '' if end and self.stem.endswith(end) else end


@dataclasses.dataclass(frozen=True, eq=False)
class Book:
  """Pages in reading order; `extras` are the (name, bytes) of what is no page; books within."""

  pages: tuple[Page, ...]
  extras: tuple[tuple[str, bytes], ...] = ()
  inner: tuple[str, ...] = ()  # books below a folder, by their relative paths
  refused: tuple[str, ...] = ()  # sentences


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
  files, inner, refused = [], [], []
  for folder, folders, names in os.walk(source):
    folders[:] = sorted((f for f in folders if not f.startswith('.')), key=archive.natural)
    for name in folders:
      path = os.path.join(folder, name)
      if reader.looks_like_picture(name) and all(n.startswith('.') for n in os.listdir(path)):
        refused.append(f'{path}: a folder, not a picture file.')
    for name in names:
      path = os.path.join(folder, name)
      relative = os.path.relpath(path, source).replace(os.sep, '/')
      if name.startswith('.'):
        continue
      if name.lower().endswith(archive.SUFFIXES) and archive.kind(path):
        inner.append(relative)
      elif reader.looks_like_picture(name) or ('.' not in name and _opens(path)):
        files.append(relative)
  pages = [
    _file(os.path.join(source, *name.split('/')), name, max_pixels)
    for name in sorted(files, key=archive.natural)
  ]
  return Book(
    _named(pages, split, max_pixels),
    inner=tuple(sorted(inner, key=archive.natural)),
    refused=tuple(refused),
  )


def _archive(source: str, max_pixels: int, dpi: float) -> Book:
  rendered = archive.kind(source) == 'pdf'
  pages = []
  for member in archive.members(source):
    read = functools.partial(_member, source, member, dpi, max_pixels)
    raw = functools.partial(_part_of if rendered else archive.read_bytes, source, member)
    pages.append(Page(member, '', f'{source}/{member}', raw, read, '', rendered))
  extras = _extras(source) if archive.kind(source) == 'zip' else ()
  return Book(_named(pages, False, max_pixels), extras)


def _extras(source: str) -> tuple[tuple[str, bytes], ...]:
  """The small texts of a ZIP, ComicInfo.xml among them."""
  found = []
  with zipfile.ZipFile(source) as book:
    for info in book.infolist():
      if (
        info.filename.lower().endswith(TEXTS)
        and info.file_size < 1 << 20
        and not (info.flag_bits & 1 or info.filename.startswith(('.', '/', '__MACOSX')))
      ):
        try:
          found.append((info.filename, book.read(info)))
        except Exception as error:  # zlib, zipfile, struct ...
          log.warning('%s/%s: damaged, left out (%s).', source, info.filename, error)
  return tuple(found)


def _file(path: str, name: str, max_pixels: int) -> Page:
  raw = functools.partial(_bytes_of, path)
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
      bytes=functools.partial(_bytes_of, page.path, b'%d' % i),
      rendered=True,
    )
    for i in range(count)
  ]


def _clean(name: str) -> str:
  """The name of a member as a path that stays below its folder."""
  parts = [part for part in name.replace('\\', '/').split('/') if part not in ('', '.', '..')]
  return '/'.join(parts) or 'page'


def _bytes_of(path: str, mark: bytes = b'') -> bytes:
  with open(path, 'rb') as file:
    return file.read() + mark


def _all_frames(path: str, max_pixels: int) -> list[Picture]:
  return list(reader.frames(path, max_pixels=max_pixels))


def _frame(path: str, frame: int, max_pixels: int) -> list[Picture]:
  return [reader.read(path, frame=frame, max_pixels=max_pixels)]


def _member(path: str, member: str, dpi: float, max_pixels: int) -> list[Picture]:
  return [archive.read(path, member, dpi=dpi, max_pixels=max_pixels)]


def _part_of(path: str, member: str) -> bytes:
  """What stands for a page of a PDF: the file's facts, as its bytes may be hundreds of MB."""
  facts = os.stat(path)
  return f'{facts.st_size} {facts.st_mtime_ns} {member}'.encode()


def _opens(path: str) -> bool:
  try:
    reader.pages(path)
  except reader.PictureError:
    return False
  return True
