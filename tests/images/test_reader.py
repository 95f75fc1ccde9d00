"""Reading pictures and books: what people have, and what they must not be hurt by."""

import io as stdio
import json
import os
import pathlib
import stat
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from onepunch_jax.images import archive, pixels, reader

SHARED = pathlib.Path(
  os.environ.get('ONEPUNCH_SHARED_DATA')
  or pathlib.Path(__file__).resolve().parents[3] / 'shared' / 'data'
)
RNG = np.random.default_rng(0)


def _robust():
  manifest = SHARED / 'robust' / 'manifest.jsonl'
  if not manifest.exists():
    return [
      pytest.param(
        None, marks=pytest.mark.skip(reason=f'{manifest} is not there (set ONEPUNCH_SHARED_DATA)')
      )
    ]
  return [json.loads(line) for line in manifest.open(encoding='utf-8')]


def _bytes(image, form='PNG', **kw):
  out = stdio.BytesIO()
  image.save(out, form, **kw)
  return out.getvalue()


def _noise(*shape, dtype=np.uint8):
  return RNG.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize('fact', _robust(), ids=lambda f: f['file'] if f else 'absent')
def test_robust_set(fact):
  path = SHARED / 'robust' / fact['file']
  try:
    picture = reader.read(path)
  except reader.PictureError as error:
    assert fact['expect'] in ('reject', 'either'), error
    assert str(error).startswith(str(path)) and str(error).endswith('.') and '\n' not in str(error)
    return
  assert fact['expect'] in ('ok', 'either')
  assert picture.rgb.dtype == np.uint8 and picture.rgb.shape[2] == 3
  turned = 'exif6' in fact['file'] or 'exif5' in fact['file']
  assert picture.rgb.shape[:2] == tuple(fact['size'] if turned else fact['size'][::-1])
  if not fact['file'].startswith(('blank', 'size', 'real_pc_E06P00')):
    assert np.ptp(picture.rgb) > 100  # something is on it: no alpha, palette or 16-bit accident


def test_exif_and_modes_of_one_page_agree():
  if not (SHARED / 'robust').exists():
    pytest.skip('the robust set is not there')
  read = lambda name: reader.read(SHARED / 'robust' / name).rgb.astype(int)
  base = read('page_exif6.jpg')
  for name in (
    'page_exif3.jpg',
    'page_exif5.jpg',
    'page_cmyk.jpg',
    'page_cmyk.tif',
    'page_lab.tif',
    'page_ycbcr.tif',
    'page_wrong_icc.jpg',
    'page.avif',
    'page.jp2',
    'page_palette.png',
  ):
    assert np.abs(read(name) - base).mean() < 10, name
  line = read('line_opaque_alpha.png')
  for name in (
    'line_grey16.png',
    'line_float32.tif',
    'line_black_on_transparent.png',
    'line_la.png',
    'line_alpha.webp',
    'line_interlaced.png',
  ):
    assert np.abs(read(name) - line).mean() < 2, name


@pytest.mark.parametrize('orientation', range(1, 9))
def test_orientation_by_hand(orientation):
  upright = np.zeros((4, 6, 3), np.uint8)
  upright[0, 0] = 255, 0, 0  # a red corner, top left
  stored = {
    1: upright,
    2: upright[:, ::-1],
    3: upright[::-1, ::-1],
    4: upright[::-1],
    5: upright.transpose(1, 0, 2),
    6: np.rot90(upright, 1),
    7: np.rot90(upright.transpose(1, 0, 2), 2),
    8: np.rot90(upright, -1),
  }[orientation]
  exif = Image.Exif()
  exif[0x0112] = orientation
  for form in ('PNG', 'TIFF'):
    data = _bytes(Image.fromarray(np.ascontiguousarray(stored)), form, exif=exif)
    picture = reader.read(data)
    np.testing.assert_array_equal(picture.rgb, upright)
    assert picture.orientation == orientation


def test_sixteen_bits_are_not_clipped_and_kept():
  values = np.linspace(0, 65535, 256).round().astype(np.uint16).reshape(16, 16)
  picture = reader.read(_bytes(Image.fromarray(values)))
  np.testing.assert_array_equal(picture.rgb[..., 0].ravel(), np.arange(256))
  np.testing.assert_array_equal(picture.deep[..., 0], values)
  assert picture.bits == 16 and picture.is_grey


@pytest.mark.parametrize('scale', [1.0, 255.0, 65535.0])
def test_floats_of_any_range(scale):
  values = np.linspace(0, scale, 256, dtype=np.float32).reshape(16, 16)
  values[3, 3] = np.nan
  picture = reader.read(_bytes(Image.fromarray(values), 'TIFF'))
  expected = np.arange(256).reshape(16, 16)
  expected[3, 3] = 255
  assert np.abs(picture.rgb[..., 0].astype(int) - expected).max() <= 1
  assert picture.bits == 32 and 'NaN' in picture.notes[0]


def test_alpha_is_put_on_white_and_kept():
  rgba = _noise(8, 9, 4)
  picture = reader.read(_bytes(Image.fromarray(rgba)))
  a = rgba[..., 3:] / 255
  assert np.abs(picture.rgb - (rgba[..., :3] * a + 255 * (1 - a))).max() <= 1
  np.testing.assert_array_equal(picture.alpha, rgba[..., 3:])
  assert reader.read(_bytes(Image.fromarray(rgba[..., :3]))).alpha is None


def test_ink_in_alpha_only():
  alpha = np.zeros((8, 8), np.uint8)
  alpha[3] = 255
  for ink in (0, 255):
    rgba = np.dstack([np.full((8, 8, 3), ink, np.uint8), alpha])
    picture = reader.read(_bytes(Image.fromarray(rgba)))
    np.testing.assert_array_equal(picture.rgb[..., 0], 255 - alpha)


def test_profile_is_applied():
  # A profile of sRGB primaries with another name goes through lcms and changes next to nothing;
  # one that is no profile is ignored with a note.
  rgb = _noise(8, 8, 3)
  srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
  plain = reader.read(_bytes(Image.fromarray(rgb), icc_profile=srgb))
  np.testing.assert_array_equal(plain.rgb, rgb)
  assert plain.icc == srgb
  broken = reader.read(_bytes(Image.fromarray(rgb), icc_profile=b'no profile'))
  np.testing.assert_array_equal(broken.rgb, rgb)
  assert 'ICC' in broken.notes[0]
  lab = ImageCms.ImageCmsProfile(ImageCms.createProfile('LAB')).tobytes()
  assert 'ignored' in reader.read(_bytes(Image.fromarray(rgb), icc_profile=lab)).notes[0]


def test_first_frame_of_animations_and_all_pages_of_tiff():
  frames = [Image.fromarray(np.full((5 + i, 6, 3), 60 * i, np.uint8)) for i in range(3)]
  tiff = _bytes(frames[0], 'TIFF', save_all=True, append_images=frames[1:])
  assert [p.rgb.shape[0] for p in reader.frames(tiff)] == [5, 6, 7] and reader.pages(tiff) == 3
  same = [f.resize((6, 5)) for f in frames]
  for form in ('GIF', 'PNG', 'WEBP'):
    kw = {'save_all': True, 'append_images': same[1:]}
    data = _bytes(same[0], form, **kw)
    pictures = list(reader.frames(data))
    assert len(pictures) == 1 and pictures[0].rgb.max() < 5 and pictures[0].frames == 3


def _png_header(width, height):
  body = b'IHDR' + struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)
  return b'\x89PNG\r\n\x1a\n' + struct.pack('>I', 13) + body + struct.pack('>I', zlib.crc32(body))


def test_limit_is_taken_from_the_header_and_can_be_raised():
  with pytest.raises(reader.PictureError, match='raise max_pixels'):
    reader.read(_png_header(60000, 60000) + b'\0\0\0\4IDAT' + b'\0' * 8, name='bomb.png')
  page = _bytes(Image.new('L', (40, 30)))
  with pytest.raises(reader.PictureError, match='40 x 30'):
    reader.read(page, max_pixels=1199)
  assert reader.read(page, max_pixels=1200).rgb.shape == (30, 40, 3)
  assert Image.MAX_IMAGE_PIXELS  # Pillow's own guard is left as it was


@pytest.mark.parametrize(
  'data, says',
  [
    (b'', 'empty file'),
    (b'<html><body>404', 'web page'),
    (b'<svg xmlns="">', 'SVG'),
    (b'hello', 'text file'),
    (b'%PDF-1.4', 'PDF'),
    (b'PK\x03\x04', 'archive'),
    (b'\0\1\2\3' * 9, 'not a picture'),
    (_png_header(0, 4), 'not a picture|empty'),
  ],
)
def test_refusals_say_what_it_is(data, says, tmp_path):
  file = tmp_path / 'ページ.png'
  file.write_bytes(data)
  with pytest.raises(reader.PictureError, match=says) as caught:
    reader.read(file)
  assert str(file) in str(caught.value)


def test_missing_file_folder_and_truncation(tmp_path):
  with pytest.raises(reader.PictureError, match='No such file'):
    reader.read(tmp_path / 'no.png')
  with pytest.raises(reader.PictureError, match='folder'):
    reader.read(tmp_path)
  for form in ('PNG', 'JPEG'):
    data = _bytes(Image.fromarray(_noise(64, 64, 3)), form)
    with pytest.raises(reader.PictureError, match='damaged'):
      reader.read(data[: len(data) // 2])


def test_contents_count_not_the_name(tmp_path):
  file = tmp_path / 'a.png'
  file.write_bytes(_bytes(Image.new('RGB', (3, 2)), 'JPEG', dpi=(300, 300)))
  picture = reader.read(file)
  assert picture.format == 'JPEG' and picture.dpi == (300, 300)


def test_grey_is_pillows():
  rgb = _noise(16, 16, 3)
  np.testing.assert_array_equal(
    pixels.to_grey(rgb)[..., 0], np.asarray(Image.fromarray(rgb).convert('L'))
  )


def _book(path, names, junk=()):
  with zipfile.ZipFile(path, 'w') as book:
    for i, name in enumerate(names):
      book.writestr(name, _bytes(Image.new('RGB', (4, 3), (i, 0, 0))))
    for name in junk:
      book.writestr(name, b'junk')


def test_zip_in_reading_order(tmp_path):
  book = tmp_path / 'book.cbr'  # known by its contents
  _book(
    book,
    ['p10.png', 'p2.png', 'a/1.PNG', '../evil.png'],
    junk=['ComicInfo.xml', '__MACOSX/p2.png', '.hidden.png'],
  )
  assert archive.kind(book) == 'zip'
  assert archive.members(book) == ['../evil.png', 'a/1.PNG', 'p2.png', 'p10.png']
  assert archive.read(book, 'p2.png').rgb[0, 0, 0] == 1
  assert not (tmp_path.parent / 'evil.png').exists()


def test_damaged_member_is_named(tmp_path):
  book = tmp_path / 'b.cbz'
  _book(book, ['1.png', '2.png'], junk=['3.png'])
  data = bytearray(book.read_bytes())
  data[data.index(b'IDAT') + 6] ^= 0xFF  # the first member's CRC no longer fits
  book.write_bytes(data)
  with pytest.raises(reader.PictureError, match=r'b.cbz/1.png: damaged in the archive'):
    archive.read(book, '1.png')
  assert archive.read(book, '2.png').rgb.shape == (3, 4, 3)
  with pytest.raises(reader.PictureError, match=r'b.cbz/3.png: a text file'):
    archive.read(book, '3.png')
  book.write_bytes(bytes(data[:50]))
  with pytest.raises(reader.PictureError, match='damaged ZIP'):
    archive.members(book)


def test_pdf_pages_at_the_resolution_of_their_scan(tmp_path):
  pytest.importorskip('pypdfium2', reason="PDF needs pip install 'onepunch_jax[pages]'")
  pages = [Image.fromarray(_noise(60, 40, 3)), Image.new('RGB', (90, 30), 'red')]
  pages[0].save(tmp_path / 'b.pdf', save_all=True, append_images=pages[1:], resolution=100)
  assert archive.members(tmp_path / 'b.pdf') == ['page-0001', 'page-0002']
  assert archive.read(tmp_path / 'b.pdf', 'page-0001').rgb.shape == (60, 40, 3)
  page = archive.read(tmp_path / 'b.pdf', 'page-0002')
  assert page.rgb.shape == (30, 90, 3) and page.rgb[5, 5].tolist() == [254, 0, 0]
  with pytest.raises(reader.PictureError, match='more than the limit'):
    archive.read(tmp_path / 'b.pdf', 'page-0002', max_pixels=100)
  (tmp_path / 'c.pdf').write_bytes((tmp_path / 'b.pdf').read_bytes()[:200])
  with pytest.raises(reader.PictureError, match='cannot be opened'):
    archive.members(tmp_path / 'c.pdf')


def test_rar_with_and_without_a_tool(tmp_path, monkeypatch):
  book = tmp_path / 'b.cbr'
  book.write_bytes(b'Rar!\x1a\x07\x00 not really')
  monkeypatch.setenv('PATH', str(tmp_path))
  with pytest.raises(reader.PictureError, match='needs one of these programs'):
    archive.members(book)
  (tmp_path / 'page.png').write_bytes(_bytes(Image.new('RGB', (4, 3))))
  tool = tmp_path / 'bsdtar'  # a stand-in that answers as bsdtar does
  tool.write_text(
    f'#!/bin/sh\n[ "$1" = -tf ] && echo page.png && exit 0\n'
    f'[ "$3" = page.png ] && exec /bin/cat {tmp_path}/page.png\nexit 3\n'
  )
  tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
  assert archive.members(book) == ['page.png']
  assert archive.read(book, 'page.png').rgb.shape == (3, 4, 3)
  with pytest.raises(reader.PictureError, match='exit status 3'):
    archive.read(book, 'other.png')
