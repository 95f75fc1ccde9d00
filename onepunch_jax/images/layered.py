"""Documents of painting programs in a ZIP: OpenRaster (.ora) and Krita (.kra).

Both hold the picture as it is seen (`mergedimage.png`) and its layers. A ZIP is one of them by its
contents, not its name.
"""

import io
import os
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
from PIL import Image

SUFFIXES = ('.ora', '.kra')
MERGED = 'mergedimage.png'
_TYPES = {b'image/openraster': 'ORA', b'application/x-krita': 'KRA', b'application/x-kra': 'KRA'}
MAX_BYTES = 1 << 29  # of one member, unpacked
DEPTH = 50  # groups within groups
_TILE_LINE = 100  # bytes of a tile's header at most


class Layer(NamedTuple):
  """A layer with pixels.

  Attributes:
    names: of its groups, the outermost first, and its own.
    rgba: uint8 [h, w, 4], not premultiplied.
    offset: (left, top) on the canvas, px.
  """

  names: tuple[str, ...]
  rgba: np.ndarray
  offset: tuple[int, int]


def kind(source: str | os.PathLike | bytes) -> str | None:
  """'ORA' or 'KRA' for such a document, None for anything else."""
  try:
    with zipfile.ZipFile(_file(source)) as book:
      names = set(book.namelist())
      if 'mimetype' in names:
        found = _TYPES.get(_read(book, 'mimetype').strip())
        if found:
          return found
      if 'stack.xml' in names and (MERGED in names or any(n.startswith('data/') for n in names)):
        return 'ORA'
      return 'KRA' if 'maindoc.xml' in names and MERGED in names else None
  except Exception:  # zipfile, zlib, struct ...: no ZIP, or a damaged one
    return None


def merged(source: str | os.PathLike | bytes) -> bytes:
  """The picture of a document as it is seen: the bytes of a PNG.

  Raises:
    ValueError: it has none, or one that is damaged.
  """
  with zipfile.ZipFile(_file(source)) as book:
    if MERGED not in book.namelist():
      raise ValueError(f'it has no {MERGED}; save it again with the picture, or as PNG')
    return _read(book, MERGED)


def layers(source: str | os.PathLike | bytes, start: str) -> tuple[list[Layer], tuple[int, int]]:
  """The layers of a name, or in a group of a name, that begins with `start`; bottom first.

  Returns:
    (layers, (width, height) of the canvas).

  Raises:
    ValueError: the document is damaged, or in a colour space that is not read.
  """
  form = kind(source)
  with zipfile.ZipFile(_file(source)) as book:
    if form == 'ORA':
      root = _xml(book, 'stack.xml')
      size = _number(root, 'w'), _number(root, 'h')
      found = [
        Layer(names, _png(_read(book, node.get('src', ''))), offset)
        for names, node, offset in _walk(root.find('stack'), 'stack', 'layer', (), (0, 0))
        if begins(names, start)
      ]
    else:
      root = _xml(book, 'maindoc.xml')
      image = next(node for node in root.iter() if _tag(node) == 'IMAGE')
      size = _number(image, 'width'), _number(image, 'height')
      inner = next((node for node in image if _tag(node).lower() == 'layers'), None)
      found = [
        Layer(names, *_krita(book, image.get('name', ''), node, offset))
        for names, node, offset in _walk(inner, 'layers', 'layer', (), (0, 0))
        if begins(names, start) and node.get('nodetype', 'paintlayer') == 'paintlayer'
      ]
  return found[::-1], size


def begins(names: tuple[str, ...], start: str) -> bool:
  """Whether a layer's own name, or one of its groups', begins with `start` in any case."""
  return any(name.strip().casefold().startswith(start) for name in names)


def _walk(
  node, group: str, layer: str, names: tuple[str, ...], offset: tuple[int, int]
) -> Iterator[tuple[tuple[str, ...], ElementTree.Element, tuple[int, int]]]:
  """(names, element, offset) of the layers below a group, the topmost first."""
  if len(names) > DEPTH:
    raise ValueError(f'more than {DEPTH} groups lie within each other')
  for child in () if node is None else node:
    tag = _tag(child).lower()
    at = offset[0] + _number(child, 'x', 0), offset[1] + _number(child, 'y', 0)
    own = (*names, child.get('name', ''))
    if tag == layer and child.get('nodetype') != 'grouplayer':
      yield own, child, at
    elif tag == group:  # a group of an ORA
      yield from _walk(child, group, layer, own, at)
    elif tag == layer:  # a group of Krita's: its layers are in an element below it
      for inner in child:
        yield from _walk(inner, group, layer, own, at)


def _krita(
  book: zipfile.ZipFile, name: str, node: ElementTree.Element, offset: tuple[int, int]
) -> tuple[np.ndarray, tuple[int, int]]:
  """(RGBA, offset) of a paint layer: tiles of 64 x 64 px, each compressed by itself."""
  space = node.get('colorspacename', 'RGBA')
  if space != 'RGBA':
    raise ValueError(f'its layer {node.get("name", "")!r} is {space}; only 8-bit RGBA is read')
  end = f'/layers/{node.get("filename", "")}'
  member = next((n for n in book.namelist() if n.endswith(end)), f'{name}{end}')
  file = io.BytesIO(_read(book, member))
  head, line = {}, file.readline(_TILE_LINE).split()
  while line and line[0] != b'DATA':
    head[line[0]] = int(line[1])
    line = file.readline(_TILE_LINE).split()
  wide, high = head.get(b'TILEWIDTH', 64), head.get(b'TILEHEIGHT', 64)
  if head.get(b'PIXELSIZE', 4) != 4 or (wide, high) != (64, 64):
    raise ValueError(f'its layer {node.get("name", "")!r} has no pixels of 4 bytes')
  tiles = {}
  for _ in range(int(line[1]) if line else 0):
    x, y, how, size = file.readline(_TILE_LINE).strip().split(b',')
    data = file.read(int(size))
    raw = _lzf(data[1:], 64 * 64 * 4) if how == b'LZF' and data[:1] == b'\x01' else data[1:]
    planes = np.frombuffer(raw, np.uint8)
    if planes.size != 64 * 64 * 4:
      raise ValueError(f'its layer {node.get("name", "")!r} is damaged')
    shape = (4, 64, 64) if data[:1] == b'\x01' else (64, 64, 4)
    tile = planes.reshape(shape)
    tiles[int(x), int(y)] = np.moveaxis(tile, 0, -1) if shape[0] == 4 else tile
  if not tiles:
    return np.zeros((1, 1, 4), np.uint8), offset
  left, top = (min(at[i] for at in tiles) for i in (0, 1))
  right, bottom = (max(at[i] for at in tiles) + 64 for i in (0, 1))
  if (right - left) * (bottom - top) > MAX_BYTES // 4:
    raise ValueError(f'its layer {node.get("name", "")!r} is {right - left} x {bottom - top} px')
  rgba = np.zeros((bottom - top, right - left, 4), np.uint8)
  for (x, y), tile in tiles.items():
    rgba[y - top : y - top + 64, x - left : x - left + 64] = tile[..., [2, 1, 0, 3]]  # BGRA
  return rgba, (offset[0] + left, offset[1] + top)


def _lzf(data: bytes, size: int) -> bytes:
  """Unpacks LZF, as liblzf has it."""
  out, at = bytearray(), 0
  while at < len(data) and len(out) <= size:
    control = data[at]
    at += 1
    if control < 32:
      out += data[at : at + control + 1]
      at += control + 1
      continue
    length, high = control >> 5, control & 31
    if length == 7:
      length += data[at]
      at += 1
    start = len(out) - (high << 8 | data[at]) - 1
    at += 1
    if start < 0:
      raise ValueError('a tile of a layer is damaged')
    for i in range(length + 2):  # it may overlap what it writes
      out.append(out[start + i])
  return bytes(out)


def _file(source: str | os.PathLike | bytes):
  return io.BytesIO(source) if isinstance(source, bytes) else source


def _read(book: zipfile.ZipFile, member: str) -> bytes:
  if member not in book.namelist():
    raise ValueError(f'it lacks {member!r}')
  if book.getinfo(member).file_size > MAX_BYTES:
    raise ValueError(f'{member!r} has more than {MAX_BYTES:,} bytes')
  return book.read(member)


def _xml(book: zipfile.ZipFile, member: str) -> ElementTree.Element:
  data = _read(book, member)
  if b'<!ENTITY' in data:
    raise ValueError(f'{member} defines entities of its own, which are not read')
  try:
    return ElementTree.fromstring(data)
  except ElementTree.ParseError as error:
    raise ValueError(f'{member} is no XML ({error})') from None


def _png(data: bytes) -> np.ndarray:
  with Image.open(io.BytesIO(data)) as image:
    if image.width * image.height > MAX_BYTES // 4:
      raise ValueError(f'a layer is {image.width} x {image.height} px')
    return np.asarray(image.convert('RGBA'))


def _tag(node: ElementTree.Element) -> str:
  return str(node.tag).rpartition('}')[2]


def _number(node: ElementTree.Element, name: str, default: int | None = None) -> int:
  text = node.get(name)
  if text is None and default is not None:
    return default
  try:
    return round(float(text))
  except (TypeError, ValueError, OverflowError):
    raise ValueError(f'{name}={text!r} is no number') from None
