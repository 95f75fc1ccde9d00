"""The merged picture of a Photoshop file that Pillow does not read: 1, 16 and 32 bits a channel."""

import dataclasses
import os
import struct
import zlib

import numpy as np
from PIL import Image

SIGNATURE = b'8BPS'
MODES = {
  0: 'bitmap',
  1: 'grey',
  2: 'indexed',
  3: 'RGB',
  4: 'CMYK',
  7: 'multichannel',
  8: 'duotone',
  9: 'Lab',
}
_PLANES = {0: 1, 1: 1, 3: 3, 4: 4, 8: 1, 9: 3}
_ICC, _RESOLUTION, _VERSION = 1039, 1005, 1057


@dataclasses.dataclass(frozen=True)
class Header:
  """Of a PSD or PSB file: `depth` is bits a channel, `mode` a key of MODES."""

  large: bool
  channels: int
  height: int
  width: int
  depth: int
  mode: int


def header(head: bytes) -> Header | None:
  """The header in the first 26 bytes of a file, or None where there is none."""
  if len(head) < 26 or head[:4] != SIGNATURE:
    return None
  version, channels, height, width, depth, mode = struct.unpack('>H6xHIIHH', head[4:26])
  return Header(version == 2, channels, height, width, depth, mode)


def is_psd(path: str | os.PathLike) -> bool:
  """Whether a file begins as a Photoshop file does."""
  try:
    with open(path, 'rb') as file:
      return file.read(4) == SIGNATURE
  except OSError:
    return False


def by_pillow(found: Header) -> bool:
  """Whether Pillow reads such a file."""
  return found.depth == 8 and not found.large and found.mode in (1, 2, 3, 4, 8, 9)


def read(data: bytes, max_pixels: int) -> Image.Image:
  """The merged picture, with its DPI, its ICC profile and its bits a channel in `info`.

  Returns:
    Of mode L, I;16, RGB, RGBA, CMYK or LAB.

  Raises:
    ValueError: what is wrong with it.
  """
  found = header(data)
  if found.mode not in _PLANES or found.depth not in (1, 8, 16, 32):
    raise ValueError(
      f'a {MODES.get(found.mode, "strange")} PSD of {found.depth} bits a channel; save it as RGB'
    )
  if found.width * found.height > max_pixels:
    raise ValueError(
      f'{found.width} x {found.height} pixels are more than the limit of {max_pixels:,}; if you '
      'trust the file, raise max_pixels'
    )
  at, resources, transparent = 26, {}, False
  for part in ('colours', 'resources', 'layers'):
    size = '>Q' if part == 'layers' and found.large else '>I'
    (length,) = struct.unpack_from(size, data, at)
    at += struct.calcsize(size)
    if part == 'resources':
      resources = _resources(data[at : at + length])
    if part == 'layers':
      transparent = _has_transparency(data[at : at + length], found.large)
    at += length
  if resources.get(_VERSION, b'\0\0\0\0\1')[4:5] == b'\0':
    raise ValueError(
      'it was saved without its merged picture; save it with "maximize compatibility", or as PNG'
    )
  count = _PLANES[found.mode]
  if found.channels < count:
    raise ValueError(f'damaged, it has {found.channels} channels')
  alpha = transparent and found.mode in (1, 3, 8) and found.channels > count
  planes = _planes(data[at:], found, count + alpha)
  image = _image(planes, found, alpha)
  image.format = 'PSD'
  image.info['bits'] = found.depth
  if _ICC in resources:
    image.info['icc_profile'] = resources[_ICC]
  if len(resources.get(_RESOLUTION, b'')) >= 16:
    across, _, _, down = struct.unpack('>IHHI', resources[_RESOLUTION][:12])
    image.info['dpi'] = across / 65536, down / 65536
  return image


def _resources(data: bytes) -> dict[int, bytes]:
  found, at = {}, 0
  while at + 12 <= len(data):
    number, name = struct.unpack_from('>4xHB', data, at)
    at += 6 + (name + 2) // 2 * 2
    (length,) = struct.unpack_from('>I', data, at)
    found[number] = data[at + 4 : at + 4 + length]
    at += 4 + (length + 1) // 2 * 2
  return found


def _has_transparency(data: bytes, large: bool) -> bool:
  """Whether the first channel beyond the colours is the transparency of the merged picture."""
  at = 8 if large else 4
  return len(data) >= at + 2 and struct.unpack_from('>h', data, at)[0] < 0


def _planes(data: bytes, found: Header, count: int) -> np.ndarray:
  """The first `count` channels as they are stored: uint8 [count, H, bytes of a row]."""
  (how,) = struct.unpack_from('>H', data, 0)
  row = (found.width * found.depth + 7) // 8
  size = count * found.height * row
  if how == 0:
    raw = data[2 : 2 + size]
  elif how == 1:
    item = 4 if found.large else 2
    start = 2 + found.channels * found.height * item
    rows = Image.frombytes('L', (row, count * found.height), data[start:], 'packbits', 'L')
    raw = rows.tobytes()
  elif how in (2, 3):
    raw = zlib.decompressobj().decompress(data[2:], size)
  else:
    raise ValueError(f'damaged, it is packed in an unknown way ({how})')
  if len(raw) < size:
    raise ValueError('cut off')
  out = np.frombuffer(raw, np.uint8, size).reshape(count, found.height, row)
  return _sums(out, found) if how == 3 else out


def _sums(rows: np.ndarray, found: Header) -> np.ndarray:
  """Undoes the differences between neighbours in a row."""
  if found.depth == 16:
    values = np.cumsum(rows.view('>u2'), -1, dtype=np.uint16)
    return np.ascontiguousarray(values.astype('>u2')).view(np.uint8)
  sums = np.cumsum(rows, -1, dtype=np.uint8)
  if found.depth != 32:
    return sums
  parts = sums.reshape(*rows.shape[:2], 4, found.width)  # the bytes of floats, plane by plane
  return np.ascontiguousarray(np.moveaxis(parts, -2, -1)).reshape(rows.shape)


def _image(planes: np.ndarray, found: Header, alpha: bool) -> Image.Image:
  if found.depth == 1:
    bits = np.unpackbits(planes[0], axis=-1)[:, : found.width]
    return Image.fromarray((1 - bits) * np.uint8(255))
  values = np.ascontiguousarray(planes).view({8: 'u1', 16: '>u2', 32: '>f4'}[found.depth])
  if found.depth == 32:  # light, not levels
    light = np.clip(np.nan_to_num(values.astype(np.float32)), 0, 1)
    curve = np.where(light > 0.0031308, 1.055 * np.power(light, 1 / 2.4) - 0.055, 12.92 * light)
    if alpha:
      curve[-1] = light[-1]
    values = np.round(curve * 65535).astype(np.uint16)
  if found.mode in (1, 8) and found.depth > 8 and not alpha:
    return Image.fromarray(values[0].astype(np.uint16))
  if found.depth > 8:
    values = ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
  bands = [Image.fromarray(np.ascontiguousarray(band)) for band in values]
  if found.mode == 4:
    bands = [Image.fromarray(255 - np.asarray(band)) for band in bands[:4]] + bands[4:]
  mode = {1: 'L', 3: 'RGB', 4: 'CMYK', 8: 'L', 9: 'LAB'}[found.mode]
  image = Image.merge(mode, bands[: _PLANES[found.mode]])
  if alpha:
    image.putalpha(bands[-1])
  return image
