"""Folders of pairs as people keep them: rows of metadata.jsonl, or two folders of the same names.

Training reads such folders directly (`sources.Folder`), and `data_prep.pairs` prepares them; both
find the pairs here, so that they always agree.
"""

import dataclasses
import json
import os
from typing import Any

import numpy as np

from onepunch_jax.data.splits import SPLITS
from onepunch_jax.images import reader

METADATA = 'metadata.jsonl'
LAYOUTS = (  # (line art, colours); where None, the pictures themselves tell which is which
  ('line', 'color'),
  ('lines', 'colors'),
  ('lineart', 'color'),
  ('sketch', 'color'),
  ('sketches', 'colors'),
  ('input', 'target'),
  ('inputs', 'targets'),
)
NAMELESS = (('A', 'B'), ('{}A', '{}B'), ('{}/A', '{}/B'))  # {}: train, val, test


@dataclasses.dataclass(frozen=True)
class Sides:
  """Two folders whose pictures of the same name are pairs; `split` is '' where none is named."""

  line: str
  color: str
  split: str = ''


def find(path: str) -> list[Sides]:
  """The folders of line art and of colours in `path`; [] where it has none of a known layout.

  Raises:
    ValueError: it cannot be told which of two folders holds the line art.
  """
  for line, color in LAYOUTS:
    sides = Sides(os.path.join(path, line), os.path.join(path, color))
    if os.path.isdir(sides.line) and os.path.isdir(sides.color):
      return [sides]
  found = []
  for a, b in NAMELESS:
    for split in SPLITS if '{}' in a else ('',):
      pair = [os.path.join(path, name.format(split)) for name in (a, b)]
      if all(map(os.path.isdir, pair)):
        found.append(Sides(*_line_first(*pair), split))
  return found


def layouts() -> str:
  """The known layouts, for a message."""
  return ', '.join(f'{a}/ + {b}/' for a, b in (*LAYOUTS, ('A', 'B'), ('trainA', 'trainB')))


def rows(path: str) -> list[dict[str, Any]]:
  """The rows of a metadata.jsonl: 'id', 'line', 'colors' (files), 'split' ('' if none), 'several'.

  An id may be a number. 'several' is whether the row has a list of colourings.

  Raises:
    ValueError: a line is no such row; the message names the line and the field.
  """
  out = []
  try:
    with open(path, encoding='utf-8-sig') as f:
      lines = f.read().splitlines()
  except UnicodeDecodeError as error:
    raise ValueError(f'{path} is not UTF-8 ({error}): save it as UTF-8.') from None
  for number, text in enumerate(lines, 1):
    if text.strip():
      out.append(_row(text, f'{path}, line {number}'))
  return out


def _row(text: str, where: str) -> dict[str, Any]:
  try:
    row = json.loads(text)
  except (ValueError, RecursionError) as error:
    raise ValueError(f'{where}: not JSON ({error}).') from None
  if not isinstance(row, dict):
    raise ValueError(f'{where}: a row is a JSON object, not {type(row).__name__}.')
  if not isinstance(row.get('id'), str | int) or isinstance(row.get('id'), bool):
    raise ValueError(f'{where}: "id" is a name or a number, not {row.get("id")!r}.')
  if not isinstance(row.get('line'), str):
    raise ValueError(f'{where}: "line" is the path of a picture, not {row.get("line")!r}.')
  colors = row.get('colors', row.get('color'))
  if colors is None:
    raise ValueError(f'{where}: the row has neither "color" nor "colors".')
  colors = colors if isinstance(colors, list) else [colors]
  files = [c.get('file') if isinstance(c, dict) else c for c in colors]
  if not files or not all(isinstance(file, str) for file in files):
    raise ValueError(
      f'{where}: "color" is the path of a picture, "colors" a list of paths or of '
      f'{{"file": path}}, not {row.get("colors", row.get("color"))!r}.'
    )
  split = row.get('split')
  if split not in (None, '', *SPLITS):
    raise ValueError(f'{where}: "split" is one of {", ".join(SPLITS)}, not {split!r}.')
  several = isinstance(row.get('colors'), list)
  return {
    'id': str(row['id']),
    'line': row['line'],
    'colors': files,
    'split': split or '',
    'several': several,
  }


def _line_first(a: str, b: str) -> tuple[str, str]:
  """The two folders, that of line art first: its pictures have less colour."""
  chroma = [_chroma(folder) for folder in (a, b)]
  low, high = sorted(chroma)
  if high - low < 2:
    raise ValueError(
      f'{a} and {b}: their pictures are equally colourful, so it cannot be told which are line '
      'art; call the folders line/ and color/.'
    )
  return (a, b) if chroma[0] < chroma[1] else (b, a)


def _chroma(folder: str) -> float:
  """Mean difference of the first five readable pictures from grey, in levels of 255."""
  found = []
  for name in sorted(os.listdir(folder)):
    if len(found) < 5 and reader.looks_like_picture(name):
      try:
        rgb = reader.read(os.path.join(folder, name)).rgb
      except reader.PictureError:
        continue
      found.append(float(np.abs(rgb.astype(np.int16) - reader.to_grey(rgb)).mean()))
  return sum(found) / max(1, len(found))
