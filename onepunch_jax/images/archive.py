"""The pictures of a book: CBZ or ZIP, CBR or RAR, PDF. Nothing is unpacked to disk.

A book is known by its contents, not its name (many .cbr files are ZIPs).
"""

import os
import re
import threading
import zipfile

from onepunch_jax.images import rar, reader
from onepunch_jax.images.reader import Picture, PictureError

SUFFIXES = ('.cbz', '.zip', '.cbr', '.rar', '.pdf')
MAX_BYTES = 1 << 29  # one member, unpacked: 512 MiB
_PDF = threading.Lock()  # PDFium is not safe in threads


def kind(path: str | os.PathLike) -> str | None:
  """'zip', 'rar', 'pdf', or None for a file that is no book (or cannot be opened)."""
  try:
    with open(path, 'rb') as file:
      head = file.read(1024)
  except OSError:
    return None
  if head.startswith((b'PK\x03\x04', b'PK\x05\x06')):
    return 'zip'
  if head.startswith(b'Rar!\x1a\x07'):
    return 'rar'
  return 'pdf' if b'%PDF-' in head else None


def members(path: str | os.PathLike) -> list[str]:
  """Names of a book's pictures in reading order: '2.png' before '10.png'. PDF pages: 'page-0001'.

  Raises:
    PictureError: if the book is damaged, locked, or of no known kind.
  """
  form = kind(path)
  if form == 'zip':
    with _zip(path) as book:
      names = [i.filename for i in book.infolist() if not i.is_dir()]
  elif form == 'rar':
    names = rar.names(path)
  elif form == 'pdf':
    with _PDF:
      document = _pdf(path)
      count = len(document)
      document.close()
    return [f'page-{i + 1:04d}' for i in range(count)]
  else:
    raise PictureError(f'{path}: not a ZIP, RAR or PDF; give a picture, a folder or such a book.')
  return sorted((n for n in names if reader.looks_like_picture(n) and not hidden(n)), key=natural)


def hidden(name: str) -> bool:
  """Whether a member is a hidden file, or one that macOS adds to archives."""
  return bool(re.search(r'(^|/)(\.[^./]|__MACOSX/)', name))


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


def read_bytes(path: str | os.PathLike, member: str) -> bytes:
  """The stored file of one member of a ZIP or RAR; PictureError as `read`."""
  name = f'{os.fspath(path)}/{member}'
  if kind(path) == 'rar':
    return rar.read(path, member, MAX_BYTES)
  with _zip(path) as book:
    try:
      info = book.getinfo(member)
      if info.flag_bits & 1:
        raise PictureError(f'{name}: locked with a password; unpack and pack the book again.')
      if info.file_size > MAX_BYTES:
        raise PictureError(
          f'{name}: {info.file_size:,} bytes unpacked, more than the limit of {MAX_BYTES:,}.'
        )
      return book.read(info)  # reads no more than file_size, and checks the CRC
    except PictureError:
      raise
    except Exception as error:  # zlib, zipfile, struct, NotImplementedError ...
      raise PictureError(f'{name}: damaged in the archive ({error}); get a whole copy.') from None


def natural(name: str) -> list:
  """Sort key under which numbers in names count as numbers."""
  return [
    (0, int(part), '') if part.isdecimal() else (1, 0, part)
    for part in re.split(r'(\d+)', name.casefold())
  ] + [(2, 0, name)]


def _zip(path) -> zipfile.ZipFile:
  try:
    return zipfile.ZipFile(path)
  except Exception as error:
    raise PictureError(f'{path}: a damaged ZIP or CBZ ({error}); get a whole copy.') from None


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
      scale = _scan_scale(page) or dpi / 72
      width, height = page.get_size()
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
  """Pixels per point of the one picture that covers a page, or None."""
  import pypdfium2.raw as pdfium

  width, height = page.get_size()
  pictures = list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]))
  if len(pictures) != 1:
    return None
  left, bottom, right, top = pictures[0].get_bounds()
  covers = (min(right, width) - max(left, 0)) * (min(top, height) - max(bottom, 0))
  if covers < 0.9 * width * height:
    return None
  across, down = pictures[0].get_px_size()
  # A hair less, as PDFium rounds sizes up and points are inexact.
  return max(across / (right - left), down / (top - bottom)) * (1 - 1e-5)
