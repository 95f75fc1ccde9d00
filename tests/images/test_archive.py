"""Books: the order of their pages, names in any encoding, the geometry of PDF pages."""

import io
import random
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from onepunch_jax.images import archive


def png(level=200):
  out = io.BytesIO()
  Image.new('L', (8, 9), level).save(out, 'PNG')
  return out.getvalue()


@pytest.mark.parametrize(
  'names',
  [
    ['C 1/p1.png', 'C 1/p2.png', 'C 1/p10.png', 'C 1 extra/p1.png', 'C 1.5/p1.png', 'C 10/p1.png'],
    ['1.png', '1 extra.png', '1.5.png', '2.png', '10.png', '100.png'],
    ['v1/c1/1.png', 'v1/c1 omake/1.png', 'v1/c2/1.png', 'v1 special/c1/1.png', 'v2/c1/1.png'],
    ['a\\2.png', 'a\\10.png', 'a b\\1.png'],
  ],
)
def test_natural_order_is_folder_by_folder(names):
  mixed = names.copy()
  random.Random(0).shuffle(mixed)
  assert sorted(mixed, key=archive.natural) == names


@pytest.mark.parametrize(
  'encoding, name',
  [
    ('cp932', '第1話/ページ2.png'),
    ('gb18030', '第一章/页面2.png'),
    ('cp949', '제1화/페이지2.png'),
    ('utf-8', 'chapître/página2.png'),
    ('cp437', 'caractères/é2.png'),
  ],
)
def test_names_in_any_encoding(tmp_path, encoding, name):
  """As programs write them that set no flag for UTF-8."""
  path, raw = tmp_path / 'a.cbz', name.encode(encoding)
  stand_in = 'x' * len(raw)
  with zipfile.ZipFile(path, 'w') as book:
    book.writestr(stand_in, png())
    book.writestr('y.png', png(99))
  path.write_bytes(path.read_bytes().replace(stand_in.encode(), raw))
  assert archive.members(path) == sorted([name, 'y.png'], key=archive.natural)
  assert archive.read(path, name).rgb[0, 0, 0] == 200


def test_what_is_no_page_is_listed_and_nothing_vanishes(tmp_path):
  members = ['1.png', '2.jxl', '3.svg', 'ComicInfo.xml', 'notes.docx', 'page4', 'readme']
  with zipfile.ZipFile(tmp_path / 'a.zip', 'w') as book:
    for name in [*members, '.DS_Store', '__MACOSX/1.png', 'Thumbs.db', 'x/desktop.ini']:
      book.writestr(name, png() if name in ('1.png', 'page4') else b'text')
  pages, others = archive.contents(tmp_path / 'a.zip')
  assert pages == ['1.png', '2.jxl', '3.svg', 'page4']
  assert others == ['ComicInfo.xml', 'notes.docx', 'readme']


def pdf(pictures, box, rotate=0, crop=None):
  """A PDF page of `box` (left, bottom, right, top) with (w, h, (x, y, wide, high)) pictures."""
  out, offsets = io.BytesIO(), []

  def put(body):
    offsets.append(out.tell())
    out.write(b'%d 0 obj\n' % len(offsets) + body + b'\nendobj\n')

  out.write(b'%PDF-1.5\n')
  put(b'<< /Type /Catalog /Pages 2 0 R >>')
  put(b'<< /Type /Pages /Count 1 /Kids [3 0 R] >>')
  names = ' '.join(f'/P{n} {n + 5} 0 R' for n in range(len(pictures)))
  crop = f'/CropBox [{" ".join(map(str, crop))}]' if crop else ''
  put(
    f'<< /Type /Page /Parent 2 0 R /MediaBox [{" ".join(map(str, box))}] {crop} /Rotate {rotate} '
    f'/Resources << /XObject << {names} >> >> /Contents 4 0 R >>'.encode()
  )
  draw = ' '.join(
    f'q {wide} 0 0 {high} {x} {y} cm /P{n} Do Q'
    for n, (_, _, (x, y, wide, high)) in enumerate(pictures)
  ).encode()
  put(b'<< /Length %d >>\nstream\n' % len(draw) + draw + b'\nendstream')
  for width, height, _ in pictures:
    data = zlib.compress(bytes(width * height))
    put(
      f'<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray '
      f'/BitsPerComponent 8 /Filter /FlateDecode /Length {len(data)} >>\nstream\n'.encode()
      + data
      + b'\nendstream'
    )
  start = out.tell()
  out.write(b'xref\n0 %d\n0000000000 65535 f \n' % (len(offsets) + 1))
  out.write(b''.join(b'%010d 00000 n \n' % at for at in offsets))
  out.write(b'trailer\n<< /Size %d /Root 1 0 R >>\n' % (len(offsets) + 1))
  out.write(b'startxref\n%d\n%%%%EOF\n' % start)
  return out.getvalue()


SCAN = (400, 600, (0, 0, 96, 144))  # 300 dpi


@pytest.mark.parametrize(
  'data, shape',
  [
    (pdf([SCAN], (0, 0, 96, 144)), (600, 400)),
    (pdf([SCAN], (0, 0, 96, 144), 90), (400, 600)),
    (pdf([SCAN], (0, 0, 96, 144), 180), (600, 400)),
    (pdf([SCAN], (0, 0, 96, 144), 270), (400, 600)),
    (pdf([(400, 600, (30, -50, 96, 144))], (30, -50, 126, 94)), (600, 400)),
    (pdf([(400, 600, (30, 50, 96, 144))], (0, 0, 200, 300), 90, (30, 50, 126, 194)), (400, 600)),
    (pdf([(400, 200, (0, y, 96, 48)) for y in (0, 48, 96)], (0, 0, 96, 144)), (600, 400)),
    (pdf([(100, 150, (0, 0, 96, 144)), SCAN], (0, 0, 96, 144)), (600, 400)),
    (pdf([(400, 300, (0, 0, 96, 72))], (0, 0, 96, 144)), (300, 200)),  # half a page: 150 dpi
  ],
  ids=['plain', '90', '180', '270', 'origin', 'crop', 'strips', 'layers', 'no scan'],
)
def test_scans_in_pdfs_keep_their_pixels(tmp_path, data, shape):
  pytest.importorskip('pypdfium2', reason="PDF needs pip install 'onepunch_jax[pages]'")
  (tmp_path / 'a.pdf').write_bytes(data)
  read = archive.read(tmp_path / 'a.pdf', 'page-0001', dpi=150)
  assert read.rgb.shape[:2] == shape
  assert read.dpi == pytest.approx((300, 300) if shape[0] != 300 else (150, 150), abs=1)
  assert np.ptp(read.grey) == 0 or shape == (300, 200)
