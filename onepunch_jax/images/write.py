"""A coloured page as the bytes of a file: the input's size, alpha and DPI, upright.

Lossless unless JPEG is asked for. No time stamps: the same page gives the same bytes.
"""

import contextlib
import hashlib
import io
import os
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from PIL import Image

from onepunch_jax.images.arrays import under_alpha
from onepunch_jax.images.reader import Picture

OPTIONS = {
  'PNG': {'compress_level': 4},
  'WEBP': {'lossless': True, 'method': 3, 'exact': True},
  'TIFF': {'compression': 'tiff_adobe_deflate'},
  'JPEG': {'quality': 95, 'subsampling': 0},
}
SUFFIXES = {
  '.png': 'PNG',
  '.webp': 'WEBP',
  '.tif': 'TIFF',
  '.tiff': 'TIFF',
  '.jpg': 'JPEG',
  '.jpeg': 'JPEG',
}
LONGEST = {'.webp': 16383, '.jpg': 65500, '.jpeg': 65500, '.psd': 30000}  # px of a side


def upright_dpi(picture: Picture) -> tuple[float, float] | None:
  """(horizontal, vertical) of the picture as seen, whichever way it was stored."""
  turned = picture.dpi and picture.orientation >= 5
  return picture.dpi[::-1] if turned else picture.dpi


def check_size(shape: tuple[int, ...], suffix: str) -> None:
  """Raises a ValueError where a page of (height, width, ...) is too large for a kind of file."""
  longest = LONGEST.get(suffix.lower())
  if longest and max(shape[:2]) > longest:
    better = '.ora' if suffix.lower() == '.psd' else '.png'
    raise ValueError(
      f'{shape[1]} x {shape[0]} pixels are more than {suffix} can hold ({longest}); write {better}.'
    )


def encode(pages: list[tuple[np.ndarray, Picture]], suffix: str) -> bytes:
  """The file of one page, or of several in a TIFF.

  Args:
    pages: (uint8 sRGB [H, W, 3] as seen on paper, the picture that it was made from).
    suffix: '.png', '.webp', '.tif', '.tiff', '.jpg' or '.jpeg'. JPEG has no alpha.

  Raises:
    ValueError: a kind that is not written, or a page too large for it.
  """
  form = SUFFIXES.get(suffix.lower())
  if form is None:
    raise ValueError(f'Pictures are written as {", ".join(SUFFIXES)}, not as {suffix!r}.')
  for rgb, _ in pages:
    check_size(rgb.shape, suffix)
  images = [_image(rgb, picture, form) for rgb, picture in pages]
  options = dict(OPTIONS[form])
  if dpi := upright_dpi(pages[0][1]):
    options['dpi'] = tuple(round(v, 3) for v in dpi)
  if form == 'TIFF' and len(images) > 1:
    options |= {'save_all': True, 'append_images': images[1:]}
  out = io.BytesIO()
  images[0].save(out, form, **options)
  return out.getvalue()


def replace(path: str | os.PathLike, data: bytes) -> None:
  """Writes a file that is there whole or not at all; makes its folder."""
  path = os.path.abspath(path)
  os.makedirs(os.path.dirname(path), exist_ok=True)
  with replacing(path) as file:
    file.write(data)


@contextlib.contextmanager
def replacing(path: str | os.PathLike) -> Iterator[BinaryIO]:
  """A file to write that takes the place of `path` at the end; if that fails nothing is left."""
  folder, name = os.path.split(os.path.abspath(path))
  short = hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]
  part = os.path.join(folder, f'.{short}.part')
  try:
    with open(part, 'wb') as file:
      yield file
      file.flush()
      os.fsync(file.fileno())
    os.replace(part, path)
  except BaseException:
    with contextlib.suppress(OSError):
      os.remove(part)
    raise


def _image(rgb: np.ndarray, picture: Picture, form: str) -> Image.Image:
  if picture.alpha is None or form == 'JPEG':
    return Image.fromarray(rgb)
  return Image.fromarray(under_alpha(rgb, picture.alpha))
