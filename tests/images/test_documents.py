"""Painters' documents and rare containers: ORA, KRA, PSD of any depth, JPEG XL, HEIC."""

import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from onepunch_jax.images import archive, layered, reader

GREY = np.tile(np.linspace(0, 255, 40).astype(np.uint8), (30, 1))
RGB = np.stack([GREY, GREY[:, ::-1], np.full_like(GREY, 90)], -1)


def png(picture):
  out = io.BytesIO()
  Image.fromarray(picture).save(out, 'PNG')
  return out.getvalue()


def ora(members):
  out = io.BytesIO()
  with zipfile.ZipFile(out, 'w') as book:
    for name, data in members.items():
      book.writestr(name, data)
  return out.getvalue()


def krita_tiles(rgba, packed):
  """A paint layer as Krita stores it, from RGBA whose sides are multiples of 64."""
  out = b'VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE 4\n'
  tiles = [(x, y) for y in range(0, len(rgba), 64) for x in range(0, rgba.shape[1], 64)]
  out += b'DATA %d\n' % len(tiles)
  for x, y in tiles:
    tile = rgba[y : y + 64, x : x + 64][..., [2, 1, 0, 3]]
    if packed:  # LZF: one literal, then itself again and again
      raw, data, at = np.moveaxis(tile, -1, 0).tobytes(), b'', 0
      while at < len(raw):
        run = 1
        while at + run < len(raw) and run < 264 and raw[at + run] == raw[at]:
          run += 1
        data += b'\x00' + raw[at : at + 1]
        if run >= 9:  # 7 + 2 and more have a byte for the rest
          data += bytes([7 << 5, run - 1 - 9, 0]) if run >= 10 else b''
          at += run if run >= 10 else 1
        else:
          at += 1
      data = b'\x01' + data
    else:
      data = b'\x00' + np.ascontiguousarray(tile).tobytes()
    out += b'%d,%d,LZF,%d\n' % (x, y, len(data)) + data
  return out


def psd(planes, mode, depth, how=0, negative=False, version=1):
  """A PSD of the merged picture alone: planes of numbers as the file has them."""
  planes = np.asarray(planes)
  count, height, width = planes.shape
  head = b'8BPS' + struct.pack('>H6xHIIHH', version, count, height, width, depth, mode)
  layers = struct.pack('>Qh' if version == 2 else '>Ih', 2, -1) if negative else b''
  size = struct.pack('>Q' if version == 2 else '>I', len(layers))
  if depth == 1:
    raw = np.packbits(planes.astype(np.uint8), -1).tobytes()
  else:
    raw = planes.astype({8: '>u1', 16: '>u2', 32: '>f4'}[depth]).tobytes()
  row = len(raw) // (count * height)
  if how == 1:  # PackBits, literals only
    rows = [raw[i : i + row] for i in range(0, len(raw), row)]
    rows = [
      b''.join(bytes([len(r[i : i + 128]) - 1]) + r[i : i + 128] for i in range(0, len(r), 128))
      for r in rows
    ]
    raw = b''.join(struct.pack('>I' if version == 2 else '>H', len(r)) for r in rows)
    raw += b''.join(rows)
  return head + bytes(4) + bytes(4) + size + layers + struct.pack('>H', how) + raw


@pytest.mark.parametrize('mimetype', [True, False])
@pytest.mark.parametrize('form', ['ORA', 'KRA'])
def test_a_document_is_one_picture_and_no_book(tmp_path, form, mimetype):
  kinds = {'ORA': b'image/openraster', 'KRA': b'application/x-krita'}
  members = {'mimetype': kinds[form]} if mimetype else {}
  members |= {
    'stack.xml' if form == 'ORA' else 'maindoc.xml': '<x/>',
    'data/0.png': png(GREY),
    'mergedimage.png': png(RGB),
    'Thumbnails/thumbnail.png': png(GREY),
  }
  path = tmp_path / 'art.zip'
  path.write_bytes(ora(members))
  assert archive.kind(path) is None
  picture = reader.read(path)
  assert picture.format == form
  np.testing.assert_array_equal(picture.rgb, RGB)
  np.testing.assert_array_equal(reader.read(path.read_bytes()).rgb, RGB)
  del members['mergedimage.png']
  if mimetype:
    with pytest.raises(reader.PictureError, match='mergedimage'):
      reader.read(ora(members), name='a.ora')


def test_a_book_with_pictures_stays_a_book(tmp_path):
  (tmp_path / 'a.cbz').write_bytes(ora({'1.png': png(RGB), 'ComicInfo.xml': '<ComicInfo/>'}))
  assert archive.kind(tmp_path / 'a.cbz') == 'zip'


@pytest.mark.parametrize('packed', [True, False])
def test_layers_of_krita(tmp_path, packed):
  rgba = np.zeros((64, 128, 4), np.uint8)
  rgba[10:40, 30:100] = 200, 30, 20, 255
  document = (
    '<DOC xmlns="http://www.calligra.org/DTD/krita"><IMAGE name="art" width="200" height="100">'
    '<layers><layer nodetype="grouplayer" name="Hints" x="0" y="0"><layers>'
    '<layer nodetype="paintlayer" name="red" filename="layer3" colorspacename="RGBA" x="5" y="7"/>'
    '</layers></layer><layer nodetype="paintlayer" name="ink" filename="layer2"/></layers>'
    '</IMAGE></DOC>'
  )
  data = ora(
    {
      'mimetype': b'application/x-krita',
      'maindoc.xml': document,
      'art/layers/layer3': krita_tiles(rgba, packed),
      'mergedimage.png': png(RGB),
    }
  )
  found, size = layered.layers(data, 'hint')
  assert size == (200, 100) and [x.names for x in found] == [('Hints', 'red')]
  assert found[0].offset == (5, 7)
  np.testing.assert_array_equal(found[0].rgba, rgba)


@pytest.mark.parametrize('how', [0, 1])
@pytest.mark.parametrize('version', [1, 2])
@pytest.mark.parametrize('depth', [8, 16, 32])
def test_psd_of_any_depth(depth, version, how):
  top = {8: 255, 16: 65535, 32: 1.0}[depth]
  level = lambda x: x / 255 * top
  if depth == 32:  # they hold light, not levels
    level = lambda x: np.where(x > 10, ((x / 255 + 0.055) / 1.055) ** 2.4, x / 255 / 12.92)
  planes = np.moveaxis(RGB, -1, 0).astype(float)
  read = reader.read(psd(level(planes), 3, depth, how, version=version))
  assert np.abs(read.rgb.astype(int) - RGB).max() <= 1 and read.bits == depth
  grey = reader.read(psd(level(planes[:1]), 1, depth, how, version=version))
  assert np.abs(grey.rgb.astype(int) - GREY[..., None]).max() <= 1
  if depth > 8:
    alpha = np.full((1, *GREY.shape), top)
    alpha[:, :, :20] = 0
    clear = reader.read(psd(np.r_[level(planes), alpha], 3, depth, how, True, version))
    assert clear.alpha is not None and not clear.alpha[:, :20].any()
    kept = reader.read(psd(np.r_[level(planes), alpha], 3, depth, how, False, version))
    assert kept.alpha is None  # a channel that somebody saved is no transparency


def test_psd_of_one_bit_cmyk_and_lab():
  dots = GREY > 128
  read = reader.read(psd(~dots[None], 0, 1))
  np.testing.assert_array_equal(read.rgb[..., 0], dots * np.uint8(255))
  ink = np.stack([np.full(GREY.shape, 65535)] * 3 + [GREY.astype(int) * 257])
  read = reader.read(psd(ink, 4, 16)).grey.astype(int)  # black alone
  assert (np.diff(read, axis=1) >= 0).all() and read[0, 0] < 80 and read[0, -1] == 255
  lab = np.stack([GREY.astype(int) * 257, *[np.full(GREY.shape, 32768)] * 2])
  read = reader.read(psd(lab, 9, 16)).rgb.astype(int)
  assert np.ptp(read, axis=-1).max() <= 3 and read[0, 0].max() < 5 and read[0, -1].min() > 250


@pytest.mark.parametrize(
  'data, says',
  [
    (psd(np.zeros((2, 4, 5)), 7, 8), 'multichannel'),
    (psd(np.zeros((3, 4, 5)), 3, 16)[:-30], 'cut off'),
    (psd(np.zeros((1, 1, 1)), 1, 16)[:14] + struct.pack('>II', 90000, 90000) + bytes(99), '.'),
  ],
)
def test_psds_that_cannot_be_read_are_one_sentence(data, says):
  with pytest.raises(reader.PictureError, match=says) as error:
    reader.read(data, name='a.psd', max_pixels=10**8)
  assert str(error.value).startswith('a.psd: ') and str(error.value).endswith('.')
  assert '\n' not in str(error.value)


@pytest.mark.parametrize(
  'form, module', [('JXL', 'pillow_jxl'), ('HEIF', 'pillow_heif'), ('AVIF', 'PIL.AvifImagePlugin')]
)
def test_other_containers(form, module):
  plugin = pytest.importorskip(module, reason="needs pip install 'onepunch_jax[formats]'")
  if form == 'HEIF':
    plugin.register_heif_opener()
  out = io.BytesIO()
  try:
    Image.fromarray(RGB).save(out, form)
  except (OSError, KeyError):
    pytest.skip(f'this Pillow writes no {form}')
  read = reader.read(out.getvalue(), name='a.jpg')
  assert read.rgb.shape == RGB.shape and np.abs(read.rgb.astype(int) - RGB).mean() < 20


@pytest.mark.parametrize(
  'data, says',
  [
    (b'\0\0\0\x0cJXL \r\n\x87\n' + bytes(50), 'JPEG XL'),
    (b'\0\0\0\x18ftypheic' + bytes(50), 'HEIC'),
  ],
)
def test_containers_that_cannot_be_read_are_named(data, says):
  with pytest.raises(reader.PictureError, match=says) as error:
    reader.read(data, name='p.x')
  assert str(error.value).startswith('p.x: a ') and '\n' not in str(error.value)
