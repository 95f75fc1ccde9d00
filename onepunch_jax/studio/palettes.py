"""Palettes of painters' tools: JSON (ours), GPL (GIMP, Krita), ASE (Adobe), ACO (Photoshop).

A palette is a list of (name, '#rrggbb'). ASE and ACO are read and written by their published
layouts: big-endian, names in UTF-16; colours in RGB, grey, CMYK or Lab are read, RGB is written.
"""

import json
import struct
from collections.abc import Sequence

import cv2
import numpy as np

from onepunch_jax.pages.palette import MOST, Palette, hexa, parse

MEDIA = {
  'json': 'application/json',
  'gpl': 'text/plain; charset=utf-8',
  'ase': 'application/octet-stream',
  'aco': 'application/octet-stream',
}
Colors = list[tuple[str, str]]


def read(data: bytes, name: str) -> Colors:
  """The colours of a file, by its contents.

  Raises:
    ValueError: it is no palette of a known kind; the message calls it `name`.
  """
  try:
    if data.startswith(b'ASEF'):
      found = _read_ase(data)
    elif data.lstrip(b'\xef\xbb\xbf').startswith(b'GIMP Palette'):
      found = _read_gpl(data.decode('utf-8-sig', 'replace'))
    elif data.lstrip(b'\xef\xbb\xbf \r\n\t').startswith((b'{', b'[')):
      palette = Palette.loads(data.decode('utf-8-sig'))
      found = list(zip(palette.names, map(hexa, palette.rgb)))
    elif data[:2] in (b'\0\1', b'\0\2'):
      found = _read_aco(data)
    else:
      raise ValueError('it is neither JSON, GPL, ASE nor ACO')
    if not found:
      raise ValueError('it has no colours')
  except (struct.error, IndexError, UnicodeDecodeError):
    raise ValueError(f'{name}: no palette, it is cut off or damaged.') from None
  except ValueError as error:
    raise ValueError(f'{name}: no palette, {str(error).rstrip(".")}.') from None
  return found[: MOST - 1]


def write(colors: Sequence[tuple[str, str]], form: str, title: str = 'Palette') -> bytes:
  """The bytes of a file.

  Raises:
    ValueError: a kind that is not written.
  """
  if form == 'json':
    rows = [{'name': n, 'rgb': c} for n, c in _unique(colors)]
    return json.dumps({'colors': rows}, indent=1, ensure_ascii=False).encode()
  if form == 'gpl':
    rows = ['{:3d} {:3d} {:3d}\t{}'.format(*parse(c), _line(n)) for n, c in colors]
    return '\n'.join(
      ['GIMP Palette', f'Name: {_line(title)}', 'Columns: 8', '#', *rows, '']
    ).encode()
  if form == 'ase':
    return _write_ase(colors)
  if form == 'aco':
    return _write_aco(colors)
  raise ValueError(f'Palettes are written as {", ".join(MEDIA)}, not as {form[:20]!r}.')


def _unique(colors: Sequence[tuple[str, str]]) -> Colors:
  """The same with names that differ, since JSON goes by them."""
  found: dict[str, str] = {}
  for name, color in colors:
    number, new = 2, name
    while new in found:
      new, number = f'{name} {number}', number + 1
    found[new] = color
  return list(found.items())


def _line(text: str) -> str:
  return ' '.join(text.split())


def _read_gpl(text: str) -> Colors:
  found = []
  for line in text.splitlines()[1:]:
    if line.startswith(('#', 'Name:', 'Columns:')) or not line.strip():
      continue
    parts = line.split(None, 3)
    rgb = [int(p) for p in parts[:3]]
    if len(rgb) < 3 or not all(0 <= v <= 255 for v in rgb):
      raise ValueError(f'{line.strip()[:40]!r} is no colour')
    found.append((parts[3].strip() if len(parts) > 3 else hexa(rgb), hexa(rgb)))
  return found


def _read_ase(data: bytes) -> Colors:
  _, _, blocks = struct.unpack_from('>HHI', data, 4)
  place, found = 12, []
  for _ in range(min(blocks, 10_000)):
    kind, size = struct.unpack_from('>HI', data, place)
    body = data[place + 6 : place + 6 + size]
    if len(body) < size:
      raise IndexError
    place += 6 + size
    if kind != 1:
      continue  # the begin or end of a group
    (length,) = struct.unpack_from('>H', body)
    name = body[2 : 2 + 2 * length].decode('utf-16-be').rstrip('\0')
    model, at = body[2 + 2 * length : 6 + 2 * length], 6 + 2 * length
    count = {b'RGB ': 3, b'Gray': 1, b'CMYK': 4, b'LAB ': 3}.get(model)
    if count is None:
      raise ValueError(f'{name!r} is a colour of an unknown kind')
    values = struct.unpack_from(f'>{count}f', body, at)
    found.append((name, _color(model, values)))
  return found


def _color(model: bytes, values: Sequence[float]) -> str:
  """Values of a model, each in [0, 1] (of Lab: L in [0, 1], a and b in [-128, 127]) -> hex."""
  if model == b'Gray':
    rgb = np.repeat(values, 3)
  elif model == b'CMYK':
    c, m, y, k = values
    rgb = np.array([(1 - v) * (1 - k) for v in (c, m, y)])
  elif model == b'LAB ':
    lab = np.array([[[100 * values[0], values[1], values[2]]]], np.float32)
    rgb = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)[0, 0]
  else:
    rgb = np.array(values)
  if not np.isfinite(rgb).all():
    raise ValueError('a colour is no number')
  return hexa(np.round(255 * np.clip(rgb, 0, 1)))


def _write_ase(colors: Sequence[tuple[str, str]]) -> bytes:
  blocks = []
  for name, color in colors:
    text = name.encode('utf-16-be') + b'\0\0'
    rgb = [v / 255 for v in parse(color)]
    body = struct.pack('>H', len(text) // 2) + text + b'RGB ' + struct.pack('>3fH', *rgb, 0)
    blocks.append(struct.pack('>HI', 1, len(body)) + body)
  return b'ASEF' + struct.pack('>HHI', 1, 0, len(blocks)) + b''.join(blocks)


def _read_aco(data: bytes) -> Colors:
  version, count = struct.unpack_from('>HH', data)
  place = 4
  found, place = _aco_colors(data, place, count, version)
  if version == 1 and len(data) > place + 4 and data[place : place + 2] == b'\0\2':
    _, count = struct.unpack_from('>HH', data, place)
    found, _ = _aco_colors(data, place + 4, count, 2)  # the same colours, with names
  return found


def _aco_colors(data: bytes, place: int, count: int, version: int) -> tuple[Colors, int]:
  found = []
  for _ in range(count):
    space, *values = struct.unpack_from('>5H', data, place)
    place += 10
    name = ''
    if version == 2:
      (length,) = struct.unpack_from('>I', data, place)
      if length > 1000:
        raise IndexError
      name = data[place + 4 : place + 4 + 2 * length].decode('utf-16-be').rstrip('\0')
      place += 4 + 2 * length
    color = _aco_color(space, values)
    found.append((name or color, color))
  return found, place


def _aco_color(space: int, values: Sequence[int]) -> str:
  signed = [v - 65536 if v > 32767 else v for v in values]
  if space == 0:
    return _color(b'RGB ', [v / 65535 for v in values[:3]])
  if space == 1:
    hsv = np.array([[[360 * values[0] / 65535, values[1] / 65535, values[2] / 65535]]], np.float32)
    return _color(b'RGB ', cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0].tolist())
  if space == 2:
    return _color(b'CMYK', [1 - v / 65535 for v in values])
  if space == 7:
    return _color(b'LAB ', [values[0] / 10000, signed[1] / 100, signed[2] / 100])
  if space == 8:
    return _color(b'Gray', [1 - values[0] / 10000])
  raise ValueError(f'it has a colour of an unknown kind, {space}')


def _write_aco(colors: Sequence[tuple[str, str]]) -> bytes:
  head = [struct.pack('>5H', 0, *(257 * v for v in parse(c)), 0) for _, c in colors]
  named = []
  for (name, _), row in zip(colors, head):
    text = name.encode('utf-16-be') + b'\0\0'
    named.append(row + struct.pack('>I', len(text) // 2) + text)
  count = len(head)
  one, two = struct.pack('>HH', 1, count), struct.pack('>HH', 2, count)
  return one + b''.join(head) + two + b''.join(named)
