"""Pictures of any size -> squares of one size: letter-boxed whole, covered, or cropped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

FITS = ('letterbox', 'cover', 'crops')
Box = tuple[float, float, float, float]  # left, top, right, bottom in pixels


def squares(height: int, width: int, fit: str, crops: int, key: str, size: int) -> Iterator[Box]:
  """The boxes of a picture that become records.

  'letterbox' is the whole picture; 'cover' the largest square (the top of a portrait, where faces
  are, else the middle); 'crops' up to `crops` squares, their sides between `size` and the short
  side, placed by a hash of the key, so that they are the same on every machine.
  """
  short = min(height, width)
  if fit == 'letterbox':
    yield 0, 0, width, height
  elif fit == 'cover':
    left = (width - short) // 2
    yield left, 0, left + short, short
  else:
    # No more crops than have room beside each other: the rest would be the same pixels again.
    room = max(1, round(height * width / min(short, max(size, short / 2)) ** 2))
    for i in range(min(crops, room)):
      side, down, right = _unit(key, i)
      side = round(max(min(size, short), short * (0.5 + 0.5 * side)))
      top, left = int(down * (height - side + 1)), int(right * (width - side + 1))
      yield left, top, left + side, top + side


def resize(picture: np.ndarray, box: Box, size: int, resample=Image.Resampling.LANCZOS):
  """The box of a picture (uint8 [H, W, 1 or 3]) on a white square, never enlarged.

  Returns:
    (uint8 [size, size, C], uint8 mask [size, size, 1]: 255 where the picture is, or None where it
    fills the square).
  """
  left, top, right, bottom = box
  width, height = right - left, bottom - top
  scale = min(1.0, size / max(width, height))
  w, h = max(1, round(width * scale)), max(1, round(height * scale))
  cut = picture[int(top) : int(bottom), int(left) : int(right)]
  if (h, w) != cut.shape[:2]:
    image = Image.fromarray(cut[..., 0] if cut.shape[2] == 1 else cut)
    cut = np.asarray(image.resize((w, h), resample)).reshape(h, w, picture.shape[2])
  if (h, w) == (size, size):
    return cut, None
  out = np.full((size, size, picture.shape[2]), 255, np.uint8)
  mask = np.zeros((size, size, 1), np.uint8)
  y, x = (size - h) // 2, (size - w) // 2
  out[y : y + h, x : x + w] = cut
  mask[y : y + h, x : x + w] = 255
  return out, mask


def _unit(key: str, i: int) -> list[float]:
  digest = hashlib.sha256(f'{key} {i}'.encode('utf-8', 'surrogatepass')).digest()
  return [int.from_bytes(digest[j : j + 6], 'big') / 2**48 for j in (0, 6, 12)]
