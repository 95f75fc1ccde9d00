"""Bind a folder of finished pages into a CBZ or a PDF, the same bytes every time."""

import struct
import zipfile
import zlib
from collections.abc import Iterable

import numpy as np
from PIL import Image

from onepunch_jax.images import reader
from onepunch_jax.images.write import replacing

SUFFIXES = ('.cbz', '.zip', '.pdf')
EPOCH = (1980, 1, 1, 0, 0, 0)
DPI = 150.0  # of a page that says none


def bind(path: str, pages: Iterable[tuple[str, str]], extras: Iterable[tuple[str, bytes]]) -> None:
  """Writes a book.

  Args:
    path: its file; '.pdf' or a ZIP.
    pages: (name in the book, file), in reading order.
    extras: (name in the book, bytes) of what is no page, such as ComicInfo.xml; a PDF has none.
  """
  with replacing(path) as file:
    if path.lower().endswith('.pdf'):
      _pdf(file, [page for _, page in pages])
    else:
      with zipfile.ZipFile(file, 'w', zipfile.ZIP_STORED) as book:
        for name, data in extras:
          book.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
        for name, page in pages:
          with open(page, 'rb') as source:
            book.writestr(zipfile.ZipInfo(name, EPOCH), source.read())


def _pdf(file, pages: list[str]) -> None:
  """One picture a page, lossless: a PNG's own data is what PDF calls Flate with predictor 15."""
  offsets = {}

  def put(number: int, body: bytes) -> None:
    offsets[number] = file.tell()
    file.write(b'%d 0 obj\n' % number + body + b'\nendobj\n')

  file.write(b'%PDF-1.5\n%\xe2\xe3\xcf\xd3\n')
  put(1, b'<< /Type /Catalog /Pages 2 0 R >>')
  kids = b' '.join(b'%d 0 R' % (3 + 3 * i) for i in range(len(pages)))
  put(2, b'<< /Type /Pages /Count %d /Kids [%s] >>' % (len(pages), kids))
  for i, page in enumerate(pages):
    n = 3 + 3 * i
    width, height, data, (across, down) = _flate(page)
    w, h = width * 72 / across, height * 72 / down
    put(
      n,
      (
        f'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {w:.4f} {h:.4f}] /Resources << /XObject '
        f'<< /P {n + 1} 0 R >> >> /Contents {n + 2} 0 R >>'
      ).encode(),
    )
    head = (
      f'<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace '
      '/DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode /DecodeParms << /Predictor 15 '
      f'/Colors 3 /BitsPerComponent 8 /Columns {width} >> /Length {len(data)} >>\nstream\n'
    )
    put(n + 1, head.encode() + data + b'\nendstream')
    draw = f'q {w:.4f} 0 0 {h:.4f} 0 0 cm /P Do Q'.encode()
    put(n + 2, b'<< /Length %d >>\nstream\n' % len(draw) + draw + b'\nendstream')
  start = file.tell()
  count = 3 + 3 * len(pages)
  file.write(b'xref\n0 %d\n0000000000 65535 f \n' % count)
  file.write(b''.join(b'%010d 00000 n \n' % offsets[n] for n in range(1, count)))
  file.write(b'trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' % (count, start))


def _flate(page: str) -> tuple[int, int, bytes, tuple[float, float]]:
  """(width, height, deflated rows with PNG filters, dpi) of any picture file."""
  with open(page, 'rb') as file:
    data = file.read()
  dpi = (DPI, DPI)
  if data.startswith(b'\x89PNG') and data[24:26] == b'\x08\x02' and data[28] == 0:  # RGB, plain
    width, height = struct.unpack('>II', data[16:24])
    with Image.open(page) as image:
      dpi = image.info.get('dpi', dpi)
    at, found = 8, []
    while at < len(data):
      length, kind = struct.unpack('>I4s', data[at : at + 8])
      if kind == b'IDAT':
        found.append(data[at + 8 : at + 8 + length])
      at += 12 + length
    return width, height, b''.join(found), _sane(dpi)
  picture = reader.read(page)
  height, width = picture.rgb.shape[:2]
  rows = np.concatenate([np.zeros((height, 1), np.uint8), picture.rgb.reshape(height, -1)], 1)
  return width, height, zlib.compress(rows.tobytes(), 6), _sane(picture.dpi or dpi)


def _sane(dpi) -> tuple[float, float]:
  return tuple(float(v) if 10 <= v <= 10000 else DPI for v in dpi)
