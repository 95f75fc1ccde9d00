"""The pictures of a book: CBZ or ZIP, CBR or RAR, PDF. Nothing is unpacked to disk.

A book is known by its contents, not its name (many .cbr files are ZIPs).
"""

import os
import re
import threading
import zipfile

import numpy as np

from onepunch_jax.images import layered, rar, reader
from onepunch_jax.images.reader import Picture, PictureError

SUFFIXES = ('.cbz', '.zip', '.cbr', '.rar', '.pdf')
MAX_BYTES = 1 << 29  # one member, unpacked: 512 MiB
_HIDDEN = re.compile(
  r'(^|[/\\])(\.[^./\\]|__MACOSX[/\\]|Thumbs\.db$|desktop\.ini$|ehthumbs)', re.IGNORECASE
)
_HANGUL = re.compile('[\uac00-\ud7a3]+')
_SCRIPT = re.compile('[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef\u2000-\u206f]+')
_CHAPTER = '第話巻章回卷话화권장제편'
GRID = 100  # cells a side, to measure how much of a page its pictures cover
LARGE = 0.02  # of a page: smaller pictures say nothing of its resolution
MAX_DPI = 2400
_PDF = threading.Lock()  # PDFium is not safe in threads


def kind(path: str | os.PathLike) -> str | None:
  """'zip', 'rar', 'pdf', or None for a file that is no book (or cannot be opened)."""
  try:
    with open(path, 'rb') as file:
      head = file.read(1024)
  except OSError:
    return None
  if head.startswith((b'PK\x03\x04', b'PK\x05\x06')):
    return None if layered.kind(path) else 'zip'  # a painter's document is one picture
  if head.startswith(b'Rar!\x1a\x07'):
    return 'rar'
  return 'pdf' if b'%PDF-' in head else None


def members(path: str | os.PathLike) -> list[str]:
  """Names of a book's pictures in reading order: '2.png' before '10.png'. PDF pages: 'page-0001'.

  Raises:
    PictureError: if the book is damaged, locked, or of no known kind.
  """
  return contents(path)[0]


def contents(path: str | os.PathLike) -> tuple[list[str], list[str]]:
  """(the pictures of a book in reading order, its other members).

  What has the suffix of a picture is one, whether it can be read or not; so is a member without a
  suffix that begins as a picture does. Hidden files and those that systems add are neither.

  Raises:
    PictureError: if the book is damaged, locked, or of no known kind.
  """
  form = kind(path)
  if form == 'zip':
    with _zip(path) as book:
      names = [i.filename for i in book.infolist() if not i.is_dir()]
  elif form == 'rar':
    names = [name for name in rar.names(path) if not name.endswith('/')]
  elif form == 'pdf':
    with _PDF:
      document = _pdf(path)
      count = len(document)
      document.close()
    return [f'page-{i + 1:04d}' for i in range(count)], []
  else:
    raise PictureError(f'{path}: not a ZIP, RAR or PDF; give a picture, a folder or such a book.')
  names = sorted({name for name in names if not hidden(name)}, key=natural)
  pictures = [n for n in names if reader.looks_like_picture(n) or _sniffed(path, n)]
  known = set(pictures)
  return pictures, [n for n in names if n not in known]


def _sniffed(path: str | os.PathLike, member: str) -> bool:
  """Whether a member whose name has no suffix is a picture."""
  if '.' in re.split(r'[/\\]', member)[-1]:
    return False
  try:
    reader.pages(read_bytes(path, member))
  except PictureError:
    return False
  return True


def hidden(name: str) -> bool:
  """Whether a member is a hidden file, or one that a system adds by itself."""
  return bool(_HIDDEN.search(name))


def read(
  path: str | os.PathLike, member: str, *, dpi: float = 150, max_pixels: int = reader.MAX_PIXELS
) -> Picture:
  """One picture of a book (of a multi-page TIFF inside a book, the first page).

  Args:
    path: the book.
    member: a name from `members`.
    dpi: at which a PDF page is rendered; a page that is one picture, as scans are, is rendered at
      that picture's own resolution instead.
    max_pixels: a larger picture is refused before memory is taken for it.

  Raises:
    PictureError: naming book and member.
  """
  name = f'{os.fspath(path)}/{member}'
  if kind(path) == 'pdf':
    return _page(path, member, name, dpi, max_pixels)
  return reader.read(read_bytes(path, member), name=name, max_pixels=max_pixels)


def read_bytes(path: str | os.PathLike, member: str, max_bytes: int = MAX_BYTES) -> bytes:
  """The stored file of one member of a ZIP or RAR; PictureError as `read`."""
  name = f'{os.fspath(path)}/{member}'
  if kind(path) == 'rar':
    return rar.read(path, member, max_bytes)
  with _zip(path) as book:
    try:
      info = book.getinfo(member)
      if info.flag_bits & 1:
        raise PictureError(f'{name}: locked with a password; unpack and pack the book again.')
      if info.file_size > max_bytes:
        raise PictureError(
          f'{name}: {info.file_size:,} bytes unpacked, more than the limit of {max_bytes:,}.'
        )
      return book.read(info)  # reads no more than file_size, and checks the CRC
    except PictureError:
      raise
    except Exception as error:  # zlib, zipfile, struct, NotImplementedError ...
      raise PictureError(f'{name}: damaged in the archive ({error}); get a whole copy.') from None


def natural(name: str) -> list:
  """Sort key: folder by folder, numbers as numbers, a name before longer ones that begin with it.

  So 'Chapter 1/p2.png' comes before 'Chapter 1/p10.png', and both before 'Chapter 1 extra/p1.png'.
  """
  parts = re.split(r'[/\\]', name.casefold())
  parts[-1] = re.sub(r'\.[a-z][a-z0-9]{0,4}$', '', parts[-1])
  return [*map(_tokens, parts), [(2, 0, name)]]


def _tokens(part: str) -> list[tuple[int, int, str]]:
  return [
    (0, int(token), '') if token.isdecimal() else (1, 0, token.replace('_', ' '))
    for token in re.split(r'(\d+)', part)
    if token
  ]


def _zip(path: str | os.PathLike) -> zipfile.ZipFile:
  try:
    with zipfile.ZipFile(path) as book:
      names = [i.filename for i in book.infolist() if not i.flag_bits & 0x800]
    return zipfile.ZipFile(path, metadata_encoding=_encoding(names))
  except Exception as error:
    raise PictureError(f'{path}: a damaged ZIP or CBZ ({error}); get a whole copy.') from None


def _encoding(names: list[str]) -> str | None:
  """How names that zipfile took for the old DOS encoding were written; None if they were not.

  UTF-8 without its flag, else a double-byte encoding under which all that is not ASCII is of its
  script, and some of it a word: a single such character would be a letter of the West.
  """
  foreign = [name for name in names if not name.isascii()]
  if not foreign:
    return None
  try:
    raw = [name.encode('cp437') for name in foreign]
  except UnicodeEncodeError:
    return None
  for encoding in ('utf-8', 'cp932', 'cp949', 'gb18030', 'big5'):
    try:
      found = [name.decode(encoding) for name in raw]
    except UnicodeDecodeError:
      continue
    runs = [run for name in found for run in re.findall(r'[^\x00-\x7f]+', name)]
    words = any(len(run) > 1 or run in _CHAPTER for run in runs)
    script = _HANGUL if encoding == 'cp949' else _SCRIPT
    if encoding == 'utf-8' or (words and all(script.fullmatch(run) for run in runs)):
      return encoding
  return None


def _pdf(path):
  try:
    import pypdfium2
  except ImportError:
    raise PictureError(
      f"{path}: a PDF needs pypdfium2: pip install 'onepunch_jax[pages]'."
    ) from None
  try:
    return pypdfium2.PdfDocument(os.fspath(path))
  except Exception as error:
    raise PictureError(
      f'{path}: a PDF that cannot be opened, damaged or locked with a password ({error}).'
    ) from None


def _page(path, member: str, name: str, dpi: float, max_pixels: int) -> Picture:
  with _PDF:
    document = _pdf(path)
    try:
      page = document[int(member.rpartition('-')[2]) - 1]
      width, height = page.get_size()
      if min(width, height) <= 0:
        raise PictureError(f'{name}: a page of {width:g} x {height:g} points; it is empty.')
      scale = _scan_scale(page) or dpi / 72
      if width * height * scale**2 > max_pixels:
        raise PictureError(
          f'{name}: {width * scale:.0f} x {height * scale:.0f} pixels are more than the limit of '
          f'{max_pixels:,}; lower the dpi, or raise max_pixels.'
        )
      image = page.render(scale=scale).to_pil().convert('RGB')
    except PictureError:
      raise
    except Exception as error:
      raise PictureError(f'{name}: this page cannot be rendered ({error}).') from None
    finally:
      document.close()
  found = reader.pixels.convert(image)
  return Picture(
    found.rgb, None, None, False, 8, 'RGB', 'PDF', (scale * 72, scale * 72), 1, None, 1, name
  )


def _scan_scale(page) -> float | None:
  """Pixels per point of the pictures that cover a page, as those of a scan do; None: they do not.

  All is measured in the page's own coordinates, before it is rotated: those of its boxes and of
  what lies on it. A scan may come in several pictures; the finest of the large ones counts.
  """
  import pypdfium2.raw as pdfium

  left, bottom, right, top = page.get_cropbox()
  width, height = right - left, top - bottom
  covered, finest = np.zeros((GRID, GRID), bool), 0.0
  for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]):
    low_x, low_y, high_x, high_y = item.get_bounds()
    x = np.clip([(low_x - left) / width, (high_x - left) / width], 0, 1) * GRID
    y = np.clip([(low_y - bottom) / height, (high_y - bottom) / height], 0, 1) * GRID
    covered[round(y[0]) : round(y[1]), round(x[0]) : round(x[1])] = True
    if (x[1] - x[0]) * (y[1] - y[0]) < LARGE * GRID**2:
      continue
    matrix, (across, down) = item.get_matrix(), item.get_px_size()
    wide, high = np.hypot(matrix.a, matrix.b), np.hypot(matrix.c, matrix.d)
    if wide > 0 and high > 0:
      finest = max(finest, across / wide, down / high)
  if covered.mean() < 0.9 or not finest:
    return None
  return float(min(finest, MAX_DPI / 72) * (1 - 1e-5))  # a hair less, as PDFium rounds sizes up
