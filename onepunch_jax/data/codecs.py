"""Pictures inside records: JPEG and PNG by Pillow, or raw bytes."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

FORMATS = ('jpeg', 'png', 'raw')


def encode(picture: np.ndarray, form: str) -> bytes:
  """uint8 [H, W, 1 or 3] -> bytes. JPEG is quality 95 without chroma subsampling."""
  if form == 'raw':
    return picture.tobytes()
  image = Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture)
  out = io.BytesIO()
  if form == 'jpeg':
    image.save(out, 'JPEG', quality=95, subsampling=0)
  else:
    image.save(out, 'PNG', compress_level=6)
  return out.getvalue()


def decode(data: bytes, form: str, shape: tuple[int, int, int]) -> np.ndarray:
  """Bytes -> uint8 of this shape, read-only; ValueError for damaged bytes or another shape."""
  try:
    if form == 'raw':
      return np.frombuffer(data, np.uint8).reshape(shape)
    with Image.open(io.BytesIO(data), formats=[form.upper()]) as image:
      return np.asarray(image).reshape(shape)
  except Exception as error:  # Pillow raises many kinds on damaged bytes
    raise ValueError(f'damaged {form} picture ({error})') from None
