"""Named colours: what flats are made of, on the page and in the JSON beside it.

    {"colors": [{"name": "hair", "rgb": "#7a4b2a"}, ...]}     or shorter {"hair": "#7a4b2a", ...}

A flats picture is a palette PNG, so each pixel is the number of a named colour. Given another
palette, names that it has change colour; others snap to its nearest colour.
"""

import dataclasses
import json
import os
import re
from collections.abc import Mapping
from typing import NamedTuple, Self

import cv2
import numpy as np
from PIL import Image

PAPER = 'paper'
MOST = 256  # colours of a palette PNG
ALIKE = 6.0  # regions whose colours differ less, in Lab, share one


@dataclasses.dataclass(frozen=True, eq=False)
class Palette:
  """Colours by name: `names` and uint8 sRGB `rgb` [N, 3]."""

  names: tuple[str, ...]
  rgb: np.ndarray

  @classmethod
  def make(cls, colors: Self | Mapping[str, str] | None) -> Self | None:
    """From {name: '#rrggbb'}; None and a Palette pass.

    Raises:
      ValueError: a colour that does not parse, none at all, or more than 255.
    """
    if colors is None or isinstance(colors, Palette):
      return colors
    if not colors or len(colors) > MOST - 1:
      raise ValueError(f'A palette has 1 to {MOST - 1} colours, not {len(colors)}.')
    return cls(tuple(map(str, colors)), np.array([parse(c) for c in colors.values()], np.uint8))

  @classmethod
  def read(cls, path: str | os.PathLike) -> Self:
    """From a JSON file; ValueError names the file and what is wrong with it."""
    try:
      with open(path, encoding='utf-8-sig') as file:
        return cls.loads(file.read())
    except OSError as error:
      raise ValueError(f'{path}: cannot be opened ({error.strerror}).') from None
    except ValueError as error:
      raise ValueError(f'{path}: no palette, {str(error).rstrip(".")}.') from None

  @classmethod
  def loads(cls, text: str) -> Self:
    """From JSON; ValueError says what is wrong with it."""
    try:
      data = json.loads(text)
    except RecursionError:
      raise ValueError('it is nested too deeply') from None
    if isinstance(data, dict) and isinstance(data.get('colors'), list):
      data = _by_name(data['colors'])
    if not isinstance(data, dict):
      raise ValueError('neither {"colors": [...]} nor {"name": "#rrggbb"}')
    for name, color in data.items():
      if not isinstance(color, str):
        raise ValueError(f'the colour {name!r} is {str(color)[:40]}; write "#rrggbb"')
    return cls.make(data)

  def text(self) -> str:
    """Names and colours as JSON."""
    return json.dumps([self.names, self.rgb.tolist()])

  def with_paper(self) -> Self:
    """The same with paper first: the entry 'paper', or white."""
    rest = [i for i, name in enumerate(self.names) if name != PAPER]
    paper = self.rgb[self.names.index(PAPER)] if PAPER in self.names else (255, 255, 255)
    rgb = np.concatenate([np.reshape(paper, (1, 3)), self.rgb[rest]])
    return Palette((PAPER, *(self.names[i] for i in rest)), rgb.astype(np.uint8))

  def nearest(self, rgb: np.ndarray) -> np.ndarray:
    """uint8 [N, 3] -> the index of the nearest colour in Lab, [N]."""
    away = lab(rgb)[:, None] - lab(self.rgb)[None]
    return np.argmin((away**2).sum(-1), 1)


def _by_name(entries: list) -> dict[str, str]:
  """[{"name": ..., "rgb": ...}] -> {name: colour}."""
  found = {}
  for n, entry in enumerate(entries, 1):
    if not isinstance(entry, dict):
      raise ValueError(f'colour {n} is {str(entry)[:40]!r}, not {{"name": ..., "rgb": ...}}')
    for key in ('name', 'rgb'):
      if not isinstance(entry.get(key), str):
        raise ValueError(f'colour {n} has no {key!r}, or one that is no text')
    if entry['name'] in found:
      raise ValueError(f'the name {entry["name"]!r} is there twice')
    found[entry['name']] = entry['rgb']
  return found


@dataclasses.dataclass(frozen=True, eq=False)
class Flats:
  """A page in solid colours: uint8 [H, W] numbers into `palette`, whose first colour is paper."""

  index: np.ndarray
  palette: Palette
  regions: tuple[int, ...]  # number of regions of each colour

  @property
  def rgb(self) -> np.ndarray:
    return self.palette.rgb[self.index]

  def image(self) -> Image.Image:
    """A palette PNG to be."""
    out = Image.frombytes('P', self.index.shape[::-1], np.ascontiguousarray(self.index).tobytes())
    out.putpalette(self.palette.rgb.tobytes())
    return out

  def sidecar(self) -> str:
    """The JSON beside it: each colour with its name, regions and pixels."""
    pixels = np.bincount(self.index.ravel(), minlength=len(self.palette.names))
    rows = [
      {'name': n, 'rgb': hexa(c), 'regions': r, 'pixels': int(p)}
      for n, c, r, p in zip(self.palette.names, self.palette.rgb, self.regions, pixels)
    ]
    lines = ',\n  '.join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{{"colors": [\n  {lines}\n]}}\n'


class Regions(NamedTuple):
  """The regions of a page, and one colour for each.

  Attributes:
    labels: int32 [H, W], 0 .. n - 1.
    colors: uint8 sRGB [n, 3].
    is_paper: bool [n], those that stay paper.
    hinted: bool [n], those whose colour is a hint's.
  """

  labels: np.ndarray
  colors: np.ndarray
  is_paper: np.ndarray
  hinted: np.ndarray


def paint_regions(
  labels: np.ndarray, colors: np.ndarray, is_paper: np.ndarray, palette: Palette | None
) -> Flats:
  """Regions in few exact colours.

  Args:
    labels: int32 [H, W], 0 .. N - 1.
    colors: uint8 sRGB [N, 3] of the regions.
    is_paper: bool [N].
    palette: the only colours allowed; None: alike ones are joined, and named by their hex code.
  """
  if palette is None:
    area = np.bincount(labels.ravel(), minlength=len(colors))
    which, rgb = _join_alike(colors, np.where(is_paper, 0, area))
    palette = Palette(tuple(map(hexa, rgb)), rgb).with_paper()
    which = which + 1
  else:
    palette = palette.with_paper()
    some = palette if len(palette.names) == 1 else Palette(palette.names[1:], palette.rgb[1:])
    which = some.nearest(colors) + (some is not palette)
  which = np.where(is_paper, 0, which)
  used = np.bincount(which, minlength=len(palette.names))
  return Flats(which.astype(np.uint8)[labels], palette, tuple(map(int, used)))


def recolor(flats: Flats, palette: Palette) -> Flats:
  """The same regions in another palette: by name, else the nearest colour."""
  new = palette.with_paper()
  near = new.nearest(flats.palette.rgb)
  lookup = np.array(
    [new.names.index(n) if n in new.names else near[i] for i, n in enumerate(flats.palette.names)]
  )
  regions = np.bincount(lookup, flats.regions, len(new.names)).astype(int)
  return Flats(lookup.astype(np.uint8)[flats.index], new, tuple(map(int, regions)))


def parse(text: str) -> tuple[int, int, int]:
  """'#rrggbb' or '#rgb' -> (r, g, b); ValueError for all else."""
  code = str(text).strip().removeprefix('#')
  if not re.fullmatch(r'[0-9a-fA-F]{3}|[0-9a-fA-F]{6}', code):
    raise ValueError(f'{text!r} is no colour; write #rrggbb')
  code = ''.join(c * 2 for c in code) if len(code) == 3 else code
  return tuple(bytes.fromhex(code))


def hexa(rgb) -> str:
  return '#{:02x}{:02x}{:02x}'.format(*map(int, rgb))


def lab(rgb: np.ndarray) -> np.ndarray:
  """uint8 sRGB [N, 3] -> CIE Lab [N, 3]."""
  values = np.asarray(rgb, np.float32).reshape(1, -1, 3) / 255
  return cv2.cvtColor(values, cv2.COLOR_RGB2Lab)[0]


def _join_alike(colors: np.ndarray, area: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Colours [N, 3] -> (which of the kept ones each is, kept [M, 3]), the largest areas first."""
  places = lab(colors)
  order = np.lexsort((np.arange(len(colors)), -area))
  alike = ALIKE
  while True:
    kept: list[int] = []
    for n in order:
      if not kept or ((places[kept] - places[n]) ** 2).sum(1).min() > alike**2:
        kept.append(n)
    rgb, first = np.unique(colors[kept], axis=0, return_index=True)
    rgb = colors[kept][np.sort(first)]
    if len(rgb) < MOST:
      break
    alike *= 1.3
  which = np.argmin(((places[:, None] - lab(rgb)[None]) ** 2).sum(-1), 1)
  return which, rgb
