"""Read any picture file: upright sRGB pixels, and what is needed to write one like it.

One door for the preparation of data and for colouring pages. A file that cannot be read ends in a
`PictureError`, one sentence that names it, says what is wrong and what to do.
"""

import dataclasses
import functools
import io
import os
import threading
from collections.abc import Iterator

import numpy as np
from PIL import Image

from onepunch_jax.images import layered, pixels, psd
from onepunch_jax.images.pixels import to_grey as to_grey

MAX_PIXELS = 100_000_000  # 600 dpi A3 is 70 million; about 700 MB while a colour picture is read
FORMATS = (
  'PNG',
  'JPEG',
  'WEBP',
  'AVIF',
  'JPEG2000',
  'BMP',
  'DIB',
  'GIF',
  'TIFF',
  'PPM',
  'ICO',
  'PCX',
  'PSD',
  'QOI',
  'SGI',
)
SUFFIXES = (
  '.png',
  '.apng',
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.webp',
  '.avif',
  '.jp2',
  '.j2k',
  '.bmp',
  '.dib',
  '.gif',
  '.tif',
  '.tiff',
  '.tga',
  '.ppm',
  '.pgm',
  '.pbm',
  '.pnm',
  '.ico',
  '.pcx',
  '.psd',
  '.psb',
  '.qoi',
  '.sgi',
  '.jxl',
  '.heic',
  '.heif',
  '.hif',
  *layered.SUFFIXES,
)
UNREAD = tuple(  # of pictures of kinds that are not read: they are refused, not passed over
  '.svg .svgz .ai .eps .xcf .clip .sai .sai2 .mdp .procreate .afphoto .afdesign .cdr .lip .exr '
  '.hdr .dds .jxr .wdp .hdp .bpg .flif .djvu .djv .wmf .emf .dng .cr2 .cr3 .nef .arw .raf .orf '
  '.rw2 .jpf .jpx .jpm .mj2 .jls .fits .xpm .xbm .pict .heics .avifs .webm .mng'.split()
)
_TGA = ('.tga', '.vda', '.icb', '.vst')
_ORIENTATION = 0x0112
_OPENING = threading.Lock()
_JXL = (b'\xff\x0a', b'\0\0\0\x0cJXL \r\n\x87\n')
_HEIF = (b'heic', b'heix', b'hevc', b'hevx', b'heim', b'heis', b'mif1', b'msf1')


class PictureError(ValueError):
  """A picture that cannot be read: the file, what is wrong, what to do."""


@dataclasses.dataclass(frozen=True, eq=False)
class Picture:
  """A picture as seen (`rgb`), and the facts of its file.

  Attributes:
    rgb: uint8 sRGB [H, W, 3], upright, on white paper.
    alpha: uint8 [H, W, 1], or None where the file has none.
    deep: uint16 [H, W, 1] of a 16-bit or float grey file, upright, not colour managed; else None.
    is_grey: whether the file is of a grey or black-and-white kind.
    bits: per channel in the file: 1, 8, 16 or 32.
    mode, format: Pillow's names of the file's pixels and kind ('CMYK', 'TIFF').
    dpi: (horizontal, vertical) as the file says (of the stored, not the upright picture), or None.
    orientation: EXIF 1..8 of the file; the pixels here are already turned by it.
    icc: the file's ICC profile or None; the pixels here are already converted by it.
    frames: pages or animation frames in the file.
    name: what errors call it.
    notes: what was done that a reader may want to know, a clause each.
  """

  rgb: np.ndarray
  alpha: np.ndarray | None
  deep: np.ndarray | None
  is_grey: bool
  bits: int
  mode: str
  format: str
  dpi: tuple[float, float] | None
  orientation: int
  icc: bytes | None
  frames: int
  name: str
  notes: tuple[str, ...] = ()

  @functools.cached_property
  def grey(self) -> np.ndarray:
    """uint8 [H, W], the page in grey (ITU-R 601 luma of `rgb`), computed once."""
    out = np.empty(self.rgb.shape[:2], np.uint8)
    for top in range(0, len(out), 256):  # its 32-bit sums stay small
      out[top : top + 256] = to_grey(self.rgb[top : top + 256])[..., 0]
    return out


def read(
  source: str | os.PathLike | bytes, *, name: str = '', frame: int = 0, max_pixels: int = MAX_PIXELS
) -> Picture:
  """Read a picture, trusting its contents and not its name.

  Args:
    source: a path, or the bytes of a file.
    name: what errors call it; default: the path.
    frame: the page of a multi-page TIFF. Of an animation the first frame is the picture.
    max_pixels: a larger picture is refused from its header, before memory is taken for it.

  Raises:
    PictureError: if it cannot be read.
  """
  name = name or (
    f'picture of {len(source)} bytes' if isinstance(source, bytes) else os.fspath(source)
  )
  with _open(source, name, max_pixels) as image:
    try:
      if frame:
        image.seek(frame)
      mode, bits, form = image.mode, _bits(image), image.format or ''
      frames = _frames(image)
      # Pillow turns a TIFF by itself while loading, so what the file says is asked before; of the
      # others after, as asking a PNG loads it (and a failure to load must not go unseen).
      stored = _orientation(image) if form == 'TIFF' else None
      width, height = image.size
    except Exception as error:
      raise PictureError(f'{name}: damaged, {_reason(error)}; get a whole copy.') from None
    if width < 1 or height < 1:
      raise PictureError(f'{name}: a picture of {width} x {height} pixels; it is empty.')
    if width * height > max_pixels:
      raise PictureError(
        f'{name}: {width} x {height} pixels are more than the limit of {max_pixels:,}; if you '
        'trust the file, raise max_pixels.'
      )
    try:
      image.load()
      left = _orientation(image)
      found = pixels.convert(image, left)
      dpi, icc = _dpi(image), image.info.get('icc_profile')
    except Exception as error:  # decoders raise two dozen kinds on damaged data
      raise PictureError(f'{name}: damaged, {_reason(error)}; get a whole copy.') from None
  return Picture(
    found.rgb,
    found.alpha,
    found.deep,
    mode in ('1', 'L', 'LA', *pixels.DEEP),
    bits,
    mode,
    form,
    dpi,
    stored or left,
    icc,
    frames,
    name,
    found.notes,
  )


def pages(source: str | os.PathLike | bytes, *, name: str = '') -> int:
  """How many pictures a file is: the pages of a TIFF; 1 for all others, animations too.

  Raises:
    PictureError: if it is no picture file.
  """
  name = name or (
    f'picture of {len(source)} bytes' if isinstance(source, bytes) else os.fspath(source)
  )
  with _open(source, name) as image:
    return _frames(image) if image.format == 'TIFF' else 1


def frames(
  source: str | os.PathLike | bytes, *, name: str = '', max_pixels: int = MAX_PIXELS
) -> Iterator[Picture]:
  """Every page of a multi-page TIFF in turn; of any other file the one picture."""
  for i in range(pages(source, name=name)):
    yield read(source, name=name, frame=i, max_pixels=max_pixels)


def looks_like_picture(name: str) -> bool:
  """Whether a file name has a suffix of a picture, of a kind that `read` knows or not."""
  return name.lower().endswith((*SUFFIXES, *UNREAD))


def _open(
  source: str | os.PathLike | bytes, name: str, max_pixels: int = MAX_PIXELS
) -> Image.Image:
  if isinstance(source, bytes):
    file, head = io.BytesIO(source), source[:512]
  else:
    if os.path.isdir(source):
      raise PictureError(f'{name}: a folder, not a picture file.')
    try:
      file = open(source, 'rb')
      head = file.read(512)
    except OSError as error:
      raise PictureError(f'{name}: cannot be opened ({error.strerror or error}).') from None
  file.seek(0)
  if head.startswith((b'PK', psd.SIGNATURE)):
    try:
      special = _open_document(file, head, max_pixels)
    except Exception as error:  # zipfile, zlib, struct ...
      file.close()
      raise PictureError(f'{name}: {_reason(error)}.') from None
    if special is not None:
      file.close()
      return special
    file.seek(0)
  formats = (*FORMATS, 'TGA') if name.lower().endswith(_TGA) else FORMATS  # TGA has no signature
  formats = (*formats, *_plugin(head))
  try:
    # Pillow's own limit is a global and fixed; ours is per call and looked at before loading.
    with _OPENING:
      limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
      try:
        return Image.open(file, formats=formats)
      finally:
        Image.MAX_IMAGE_PIXELS = limit
  except Exception as error:
    file.close()
    raise PictureError(f'{name}: {_what_it_is(head, error)}') from None


def _open_document(file, head: bytes, max_pixels: int) -> Image.Image | None:
  """The picture of a painting program's document, or None for what it does not concern."""
  if head.startswith(psd.SIGNATURE):
    found = psd.header(head)
    if found is None or psd.by_pillow(found):
      return None
    return psd.read(file.read(), max_pixels)
  data = file.read()
  form = layered.kind(data)
  if form is None:
    return None
  image = Image.open(io.BytesIO(layered.merged(data)), formats=('PNG',))
  image.format = form
  return image


def _plugin(head: bytes) -> tuple[str, ...]:
  """The formats of a Pillow plugin that a file needs, where it is installed."""
  try:
    if head.startswith(_JXL):
      import pillow_jxl  # noqa: F401

      return ('JXL',)
    if head[4:8] == b'ftyp' and head[8:12] in _HEIF:
      import pillow_heif

      pillow_heif.register_heif_opener()
      return ('HEIF',)
  except ImportError:
    pass
  return ()


def _what_it_is(head: bytes, error: Exception) -> str:
  text = head.lstrip(b'\xef\xbb\xbf \t\r\n')[:256].lower()
  if not head:
    return 'an empty file (0 bytes); copy or download it again.'
  if text.startswith((b'<svg', b'<?xml')) or b'<svg' in text:
    return 'an SVG drawing (text), not pixels; render it to PNG first.'
  if text.startswith((b'<!doctype', b'<html', b'<head')):
    return 'a web page saved under the name of a picture; download the picture itself.'
  if head.startswith(b'%PDF'):
    return 'a PDF, not a picture; give it as a book (its pages are then rendered).'
  if head.startswith(b'PK\x03\x04'):
    return 'a ZIP or CBZ archive, not a picture; give it as a book.'
  kind = 'JPEG XL' if head.startswith(_JXL) else ''
  if head[4:8] == b'ftyp' and head[8:12] in _HEIF:
    kind = 'HEIC'
  if kind and not _plugin(head):
    return f"a {kind} picture, which needs: pip install 'onepunch_jax[formats]'."
  if kind:
    return f'a damaged {kind} picture; get a whole copy.'
  if not isinstance(error, Image.UnidentifiedImageError):
    return f'damaged, {_reason(error)}; get a whole copy.'
  if all(32 <= b < 127 or b in b'\t\r\n' for b in head):
    return 'a text file, not a picture.'
  return (
    'not a picture that can be read, or damaged from its first bytes; readable are '
    f'{", ".join(FORMATS)}, TGA.'
  )


def _reason(error: Exception) -> str:
  return (str(error).strip() or type(error).__name__).splitlines()[0].strip().rstrip('.')


def _frames(image: Image.Image) -> int:
  try:
    return max(1, int(getattr(image, 'n_frames', 1)))
  except Exception:  # counting walks through a file that may be damaged further on
    return 1


def _bits(image: Image.Image) -> int:
  if 'bits' in image.info and image.format == 'PSD':
    return image.info['bits']
  if image.mode == '1':
    return 1
  if image.mode in ('I', 'F'):
    return 32
  raw = str(image.tile[0][3]) if image.tile else ''
  return 16 if ';16' in image.mode or ';16' in raw else 8


def _orientation(image: Image.Image) -> int:
  try:
    value = int(image.getexif().get(_ORIENTATION, 1))
  except Exception:  # a damaged EXIF block is no reason to refuse the pixels
    return 1
  return value if 1 <= value <= 8 else 1


def _dpi(image: Image.Image) -> tuple[float, float] | None:
  try:
    x, y = (float(v) for v in image.info['dpi'])
  except (KeyError, TypeError, ValueError, ZeroDivisionError):
    return None
  return (x, y) if 1 < x < 1e5 and 1 < y < 1e5 else None  # TIFFs say 1
