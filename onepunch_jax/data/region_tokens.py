"""Records with their regions as tokens: made on the host, kept in memory for later epochs.

  labels         uint16 [H, W, 1]  the token of each pixel
  geometry       float32 [N, 12]   regions/tokens.py
  distance       float16 [N, N]    over the ink, between regions
  colors         uint8 [N, 3]      sRGB of each region
  token_nouns    uint8 [N]         its noun, as batch['nouns'] numbers them; 0 is unknown
  line_distance  uint8 [H/2, W/2, 2]  25 times the px to the intended lines; the loss's weight
  linked         uint8             1 where the neighbour in the batch shows the same character, or
                                   the same drawing as a reference shows it

Where a source knows its regions, one half of its drawings has them and the other half those that
the segmenter finds, by which one is trained to live with gaps; a region's colour is the one that
most of its pixels have. Other sources have the segmenter's regions alone.
"""

import dataclasses
import threading
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from onepunch_jax.data.batch import TOKENS
from onepunch_jax.regions import distance, tokens
from onepunch_jax.regions.geometry import borders, line_maps

TRUE = 0.5  # share of the drawings that have their true regions as tokens
KEEP_BYTES = 2**30
_RAW = ('line', 'rgb', 'flat', 'regions')  # what is read of a record


def raw_keys(keys: Sequence[str]) -> tuple[str, ...]:
  """The keys that a source must read so that a batch has `keys`."""
  plain = tuple(k for k in keys if k not in TOKENS)
  wanted = (*_RAW, 'nouns', 'character') if len(plain) < len(keys) else ()
  return tuple(dict.fromkeys((*plain, *wanted)))


def add(record: dict, fitted: dict, keys: Sequence[str], count: int) -> dict[str, np.ndarray]:
  """The token arrays `keys` of a record.

  Args:
    record: as its source reads it.
    fitted: its pictures at one size: line, rgb and, where the record has them, flat and regions.
    keys: of `batch.TOKENS`.
    count: number of tokens.
  """
  line, known = fitted['line'][..., 0], {'flat', 'regions'} <= set(record)
  regions = fitted['regions'][..., 0] if known else None
  true = known and zlib.crc32(record['key'].encode()) % 1000 < 1000 * TRUE
  maps = line_maps(line)
  if true:
    found = tokens.true_regions(regions, line, count, maps)
  else:
    found = tokens.find(line, count, maps)
  made = tokens.tokenize(found, line, count, maps)
  out = {
    'labels': made.labels[..., None].astype(np.uint16),
    'geometry': made.geometry,
    'distance': made.distance.astype(np.float16),
    'token_nouns': np.zeros(count, np.uint8),
    'line_distance': np.zeros((*(n // 2 for n in line.shape), 2), np.uint8),
    'linked': np.uint8(0),
  }
  if known:
    part = tokens.majority(made.labels, regions, count)
    used = made.geometry[:, tokens.USED] > 0
    out['colors'] = np.where(used[:, None], _flat_colors(regions, fitted['flat'])[part], 0)
    out['token_nouns'] = np.where(used, record['nouns'][part], 0)
    out['line_distance'] = _line_distance(regions, line)
  else:
    out['colors'] = tokens.color_table(made.labels, fitted['rgb'], line, count)
  return {k: out[k] for k in keys}


@dataclasses.dataclass
class Kept:
  """The records of a source after a step, kept while there is room; in pairs, if asked for.

  A pair is two drawings stacked on a first axis: of one character, where the source knows another
  one that shows it, or of two. In a share `references` of the pairs the second is as a reference
  shows it: of a character's other drawing, else of the first drawing itself.
  """

  source: Any
  step: Any  # pipeline.FitTokens: record -> arrays
  pairs: bool = False
  references: float = 0.0
  room: int = KEEP_BYTES

  def __post_init__(self):
    self._kept: dict[tuple[int, bool], dict] = {}
    self._lock = threading.Lock()

  @property
  def skipped(self) -> int:
    return self.source.skipped

  def __len__(self) -> int:
    return len(self.source)

  def __getitem__(self, index: int) -> dict[str, np.ndarray]:
    index = int(index)
    record = self._record(index)
    if not self.pairs:
      return record
    other = self.source.other(index) if hasattr(self.source, 'other') else index
    as_reference = np.random.default_rng(index).random() < self.references
    linked = other != index or as_reference
    if not linked:
      other = (index * 7919 + 1) % len(self)
    second = self._record(other, as_reference)
    pair = {k: np.stack([x, second[k]]) for k, x in record.items()}
    return pair | ({'linked': np.full(2, linked, np.uint8)} if 'linked' in pair else {})

  def _record(self, index: int, as_reference: bool = False) -> dict[str, np.ndarray]:
    key = index, as_reference
    if key in self._kept:
      return self._kept[key]
    make = self.step.as_reference if as_reference else self.step.map
    record = make(self.source[index])
    with self._lock:
      size = sum(x.nbytes for x in record.values())
      if key not in self._kept and size <= self.room:
        self.room -= size
        self._kept[key] = record
    return record

  def __getstate__(self):  # locks do not travel to worker processes
    return {k: v for k, v in self.__dict__.items() if k != '_lock'}

  def __setstate__(self, state):
    self.__dict__.update(state, _lock=threading.Lock())


def flatten(batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
  """A batch of pairs [B / 2, 2, ...] -> [B, ...], the two of a pair beside each other."""
  return {k: x.reshape(-1, *x.shape[2:]) for k, x in batch.items()}


def _flat_colors(regions: np.ndarray, flat: np.ndarray) -> np.ndarray:
  """uint8 [256, 3]: the colour of each region id, at its middle pixel; white where none is."""
  table = np.full((256, 3), 255, np.uint8)
  order = np.argsort(regions.ravel(), kind='stable')
  ids, start, size = np.unique(regions.ravel()[order], return_index=True, return_counts=True)
  table[ids] = flat.reshape(-1, 3)[order[start + size // 2]]
  return table


def _line_distance(regions: np.ndarray, line: np.ndarray) -> np.ndarray:
  """uint8 [H/2, W/2, 2]: see above."""
  border = borders(regions)
  near = distance.line_distance(regions, border=border) * (255 / distance.CAP)
  weights = distance.gap_weights(regions, line, border=border)
  both = np.stack([near[1::2, 1::2], weights[1::2, 1::2]], -1)
  return np.round(both).astype(np.uint8)
