"""Random-access readers of drawings: a folder of pairs, record shards, or made here (no files).

`synthetic` are the drawings made here in pen, `synthetic_all` those in all techniques.

A source has a length and gives, for an index, a record: a dict of `key` (str) and uint8 arrays
(line [H, W, 1], rgb [H, W, 3], ... as in data/batch.py), each picture in its own size.
"""

import dataclasses
import os
import threading
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from onepunch_jax.data import pair_folders
from onepunch_jax.data import splits as splitting
from onepunch_jax.data.batch import SHADINGS
from onepunch_jax.images import reader
from onepunch_jax.log import log

ALL_TECHNIQUES = 'synthetic_all'  # drawings made here, with screentone, hatching, icons ... too
SYNTHETIC = ('synthetic', 'drawn', ALL_TECHNIQUES)  # their names; 'drawn' in old configs
KEEP_BYTES = 2**29
_EXTENSIONS = ('.png', '.jpg', '.jpeg', '.webp', '.tif', '.tiff', '.bmp', '.gif', '.avif')


class Source(Protocol):
  """What the pipeline reads from."""

  skipped: int  # bad records met so far, each replaced by the next good one

  def __len__(self) -> int: ...
  def __getitem__(self, index: int) -> dict[str, Any]: ...


def make(
  path: str,
  split: str,
  *,
  size: int,
  count: int,
  seed: int,
  on_bad: str,
  keys: Sequence[str] | None = None,
  keep: bool = True,
) -> Source:
  """Opens `path`: 'synthetic', 'synthetic_all', a folder of pairs, or a folder of record shards.

  Args:
    path: where the drawings are.
    split: 'train', 'val' or 'test'.
    size: the side of synthetic drawings.
    count: how many synthetic drawings this split has.
    seed: the seed of synthetic drawings; splits never share drawings.
    on_bad: 'error' or 'skip', for a picture that cannot be read.
    keys: what will be read of a record; shards decode no more. None is all.
    keep: whether synthetic drawings are kept for later epochs.

  Raises:
    ValueError: nothing usable is there, in a sentence that says what is missing.
  """
  if on_bad not in ('error', 'skip'):
    raise ValueError(f"config.data.on_bad is 'error' or 'skip', not {on_bad!r}.")
  if path in SYNTHETIC:
    from onepunch_jax.synthetic import Synthetic

    seed = 3 * seed + ('train', 'val', 'test').index(split)
    made = Synthetic(count, seed, size, all_techniques=path == ALL_TECHNIQUES)
    return Drawings(made, 'reference' in (keys or ()), KEEP_BYTES if keep else 0)
  if not os.path.isdir(path):
    raise ValueError(
      f"No folder {path!r}: give a folder of pairs or of record shards, or 'synthetic'."
    )
  if os.path.exists(os.path.join(path, 'dataset.json')):
    from onepunch_jax.data.records import Records

    return Records(path, split, on_bad=on_bad, want=keys)
  return Folder.open(path, split, on_bad)


class Drawings:
  """Synthetic drawings; what fits into KEEP_BYTES is drawn once and kept for later epochs.

  With `references`, a record also has another drawing of its character, where there is one: its
  colours, and the noun of each of its pixels.
  """

  skipped = 0

  def __init__(self, drawings, references: bool = False, room: int = KEEP_BYTES):
    self._source = drawings
    self._references = references
    self._room = room
    self._kept: dict[int, dict] = {}

  def __len__(self) -> int:
    return len(self._source)

  def __getitem__(self, index: int) -> dict[str, Any]:
    record = self._drawing(int(index))
    other = self._source.other(int(index)) if self._references else index
    if other == index:
      return record
    reference = self._drawing(other)
    parts = reference['nouns'][reference['regions']]
    return {**record, 'reference': reference['rgb'], 'reference_part': parts}

  def other(self, index: int) -> int:
    """Another drawing of the character of `index`; `index` where there is none."""
    return self._source.other(index)

  def _drawing(self, index: int) -> dict[str, Any]:
    if index in self._kept:
      return self._kept[index]
    record = self._source[index]
    arrays = {k: v for k, v in record.items() if isinstance(v, np.ndarray) and k != 'tone'}
    self._room -= sum(x.nbytes for x in arrays.values())
    record = {
      'key': record['key'],
      'character': record['character'],
      'gap': record['gap'],
      'shading': SHADINGS.index(record['shading']),
      **arrays,
    }
    if self._room > 0:
      self._kept[index] = record
    return record


@dataclasses.dataclass(frozen=True)
class Pair:
  """One line art and one colouring of it, as files; one of the two may be ''."""

  key: str
  line: str
  color: str


class Folder:
  """A folder of pairs: with metadata.jsonl, or two folders of one of the known layouts.

  A row of the metadata names the files: {"id", "line", "color" or "colors": [{"file"}], "split"}.
  Without metadata, files of the same stem are pairs (data/pair_folders.py). Pairs without a split
  get one from a hash of their id, so that it never changes; a single pair serves for training and
  for validation.
  """

  def __init__(self, pairs: Sequence[Pair], on_bad: str):
    self.pairs = list(pairs)
    self._on_bad = on_bad
    self._bad: set[int] = set()
    self._lock = threading.Lock()

  @classmethod
  def open(cls, path: str, split: str, on_bad: str) -> 'Folder':
    """The pairs of one split of a folder.

    Raises:
      ValueError: it is no folder of pairs, a file is missing (with on_bad='error'), or the split
        is empty.
    """
    metadata = os.path.join(path, pair_folders.METADATA)
    rows = pair_folders.rows(metadata) if os.path.exists(metadata) else _match_stems(path)
    splits, _ = splitting.assign(
      {row['id']: len(row['colors']) for row in rows if not row['split']},
      taken=frozenset(row['split'] for row in rows if row['split']),
    )
    alone = len(rows) == 1 and not rows[0]['split']
    chosen = [r for r in rows if alone or (r['split'] or splits[r['id']]) == split]
    pairs = [pair for row in chosen for pair in _pairs_of(path, row)]
    missing = [f for pair in pairs for f in (pair.line, pair.color) if not os.path.exists(f)]
    if missing and on_bad == 'error':
      raise ValueError(
        f'{missing[0]} is missing, so its pair is incomplete ({len(missing)} such in {path}); '
        "restore it, remove its row, or set data.on_bad='skip'."
      )
    if missing:
      log.warning('%s: %d pairs skipped, a file is missing (%s).', path, len(missing), missing)
      pairs = [p for p in pairs if p.line not in missing and p.color not in missing]
    if not pairs:
      raise ValueError(
        f'{path} has no pairs for the split {split!r}: give some of its rows in '
        f'{pair_folders.METADATA} "split": "{split}".'
      )
    return cls(pairs, on_bad)

  @property
  def skipped(self) -> int:
    return len(self._bad)

  def __len__(self) -> int:
    return len(self.pairs)

  def __getitem__(self, index: int) -> dict[str, Any]:
    index = int(index)
    for offset in range(len(self.pairs)):  # a bad pair is replaced by the next good one
      at = (index + offset) % len(self.pairs)
      try:
        return _load(self.pairs[at])
      except ValueError as error:
        if self._on_bad == 'error':
          raise
        with self._lock:
          if at not in self._bad:
            log.warning('Skipped: %s', error)
          self._bad.add(at)
    first = self.pairs[0].line or self.pairs[0].color
    raise ValueError(f'No picture can be read; the first is {first}.')

  def __getstate__(self):  # locks do not travel to worker processes
    return {k: v for k, v in self.__dict__.items() if k != '_lock'}

  def __setstate__(self, state):
    self.__dict__.update(state, _lock=threading.Lock())


def _load(pair: Pair) -> dict[str, Any]:
  rgb = reader.read(pair.color).rgb if pair.color else None
  line = reader.read(pair.line).rgb if pair.line else None
  if line is None or rgb is None:
    side = {'rgb': rgb} if line is None else {'line': reader.to_grey(line)}
    return {'key': pair.key, **side}
  if rgb.shape != line.shape:
    sizes = [f'{a.shape[1]}x{a.shape[0]}' for a in (line, rgb)]
    raise ValueError(
      f'{pair.line} is {sizes[0]} but its colouring {pair.color} is {sizes[1]}: a pair has '
      'one size.'
    )
  return {'key': pair.key, 'line': reader.to_grey(line), 'rgb': rgb}


def _pairs_of(path: str, row: dict[str, Any]) -> list[Pair]:
  """The pairs of a row: one for each of its colourings."""
  line, colors = os.path.join(path, row['line']), row['colors']
  keys = [f'{row["id"]}#{i}' for i in range(len(colors))] if row.get('several') else [row['id']]
  return [Pair(key, line, os.path.join(path, color)) for key, color in zip(keys, colors)]


def _match_stems(path: str) -> list[dict[str, Any]]:
  """Rows for a folder without metadata: files of the same stem belong together."""
  sides = pair_folders.find(path)
  if not sides:
    raise ValueError(
      f'{path} is no folder of pairs: it has no {pair_folders.METADATA} and none of the known '
      f'layouts ({pair_folders.layouts()}); of record shards it has no dataset.json.'
    )
  rows = []
  for side in sides:
    line, color = (_stems(folder, path) for folder in (side.line, side.color))
    inside = [os.path.relpath(folder, path) for folder in (side.line, side.color)]
    for stem in sorted({*line, *color}):
      absent = [f'{folder}/{stem}.png' for folder in inside]
      rows.append(
        {
          'id': stem if len(sides) == 1 else f'{side.split}/{stem}',
          'line': line.get(stem, absent[0]),
          'colors': [color.get(stem, absent[1])],
          'split': side.split,
        }
      )
  return rows


def _stems(folder: str, path: str) -> dict[str, str]:
  """{stem: path from `path`} of the pictures in a folder."""
  names = sorted(n for n in os.listdir(folder) if n.lower().endswith(_EXTENSIONS))
  inside = os.path.relpath(folder, path)
  return {os.path.splitext(n)[0]: os.path.join(inside, n) for n in names}
