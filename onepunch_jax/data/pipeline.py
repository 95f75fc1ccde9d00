"""config.data + split + seed -> a checkpointable grain iterator of host batches (uint8).

The host does only what needs variable shapes: read, decode, fit to a square. Flips, crops and
everything else happen on the device (prepare/). The order, and so every batch, is a function of the
seed alone: threads, worker processes and the number of hosts change nothing. Step n + 1 trains on
batch n, so a stream can continue from its number alone.
"""

import dataclasses
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import grain
import numpy as np
from ml_collections import ConfigDict
from PIL import Image

from onepunch_jax.data import mixed, region_tokens, sources, unpaired, vocabulary
from onepunch_jax.data.batch import (
  MAPS,
  PICTURES,
  SPATIAL,
  TOKENS,
  TRAITS,
  UNKNOWN,
  check_keys,
)
from onepunch_jax.data.reference_view import reference_view
from onepunch_jax.data.rough_lines import rough_lines
from onepunch_jax.regions.reference_lines import lines_of

SMALLEST = 0.45  # share of a side that a crop has, at least


def train(
  config: ConfigDict, *, seed: int, batch_size: int, index: int = 0, of: int = 1
) -> tuple[grain.DatasetIterator, sources.Source]:
  """An endless, shuffled stream of this process's part of each batch.

  Args:
    config: config.data.
    seed: of the shuffling.
    batch_size: of all processes together.
    index, of: which part of each batch this process reads (`sharding.share`).
  """
  source, fit = _open(config, 'train'), _fit(config, True)
  if config.unpaired:
    both = _shuffled(source.colors, seed), _shuffled(source.scans, seed + 1)
    dataset = grain.experimental.ZipMapDataset(both).map(_joined).map(fit)
  elif config.tokens:
    dataset = _shuffled(
      source, seed, lambda part: region_tokens.Kept(part, fit, config.pairs, config.references)
    )
    batch_size //= 2 if config.pairs else 1
  else:
    dataset = _shuffled(source, seed).map(fit)
  # the index-th part of every batch, its records in the batch's order
  dataset = dataset.batch(batch_size // of, drop_remainder=True)[index::of]
  if config.tokens and config.pairs:
    dataset = dataset.map(region_tokens.flatten)
  ahead = grain.ReadOptions(  # counted in batches
    num_threads=config.threads, prefetch_buffer_size=max(2, config.threads) if config.threads else 0
  )
  batches = dataset.to_iter_dataset(ahead)
  if config.workers:
    options = grain.MultiprocessingOptions(num_workers=config.workers, per_worker_buffer_size=2)
    batches = batches.mp_prefetch(options)
  return iter(batches), source


@dataclasses.dataclass(frozen=True)
class Evaluation:
  """One pass over a split in an order that never changes; iterate it as often as needed.

  The order is a fixed permutation, so that the first few pictures stand for all of them.
  """

  source: sources.Source
  fit: 'Fit | FitTokens'
  batch_size: int  # of this process
  index: int
  of: int
  limit: int

  def __len__(self) -> int:
    """Number of pictures, over all processes."""
    return min(len(self.source), self.limit) if self.limit else len(self.source)

  def __iter__(self) -> Iterator[dict[str, np.ndarray]]:
    """Batches of one shape; where a last one is not full, `valid` is 0 and a picture repeats."""
    order = np.random.default_rng(0).permutation(len(self.source))
    together = self.batch_size * self.of
    for first in range(0, len(self), together):
      start = first + self.index * self.batch_size
      wanted = range(start, start + self.batch_size)
      records = [self.fit.map(self.source[order[min(i, len(self) - 1)]]) for i in wanted]
      batch = {k: np.stack([r[k] for r in records]) for k in records[0]}
      yield {**batch, 'valid': np.asarray([i < len(self) for i in wanted], np.uint8)}


def evaluation(
  config: ConfigDict,
  split: str,
  *,
  batch_size: int,
  index: int = 0,
  of: int = 1,
  limit: int = 0,
  names: Sequence[str] = (),
) -> Evaluation:
  """The pictures of a split; `limit` > 0 takes so many of them.

  `names` are those of the tags that a checkpoint knows; without them, those of the data.
  """
  fit = _fit(config, False, names)
  return Evaluation(_open(config, split), fit, batch_size // of, index, of, limit)


@dataclasses.dataclass(frozen=True)
class Fit(grain.transforms.Map):
  """A record -> arrays of one size: resized with its aspect kept, on white paper."""

  keys: Sequence[str]
  size: int
  tags: int = 0
  names: Sequence[str] = ()

  def map(self, record: dict) -> dict[str, np.ndarray]:
    """The arrays of `keys`; what the source does not know is 0, -1 or UNKNOWN."""
    out = {}
    for key in self.keys:
      if key == 'character':
        out[key] = np.int32(record.get(key, -1))
      elif key in TRAITS:
        out[key] = np.uint8(record.get(key, UNKNOWN))
      elif key == 'nouns':
        out[key] = record.get(key, np.zeros(256, np.uint8))
      elif key == 'tags':
        out[key] = self._tags(record)
      elif key in record:
        out[key] = fit(record[key], self.size, key)
      elif key == 'mask':  # all of the picture, and not what it is padded with
        height, width = next(record[k] for k in PICTURES if k in record).shape[:2]
        out[key] = fit(np.full((height, width, 1), 255, np.uint8), self.size, key)
      elif key in MAPS or key == 'reference':  # this source does not know it
        out[key] = np.zeros((self.size, self.size, SPATIAL[key]), np.uint8)
      else:
        raise ValueError(f'{record["key"]} has no {key!r}; it has {sorted(record)}.')
    return out

  def _tags(self, record: dict) -> np.ndarray:
    if 'tags' not in record:  # this source has none
      return np.zeros(self.tags, np.uint8)
    if isinstance(record['tags'], list):  # names: of those that are known
      if len(self.names) != self.tags:
        raise ValueError(
          f'The tags of {record["key"]} are names: prepare the data with '
          '--tags=FILE, a vocabulary, so that they are multi-hot.'
        )
      present = set(record['tags'])
      return np.array([name in present for name in self.names], np.uint8)
    if len(record['tags']) != self.tags:
      raise ValueError(
        f'{record["key"]} has {len(record["tags"])} tags, config.data.tags says '
        f'{self.tags}: set it, and the number of classes of the net, to the former.'
      )
    return record['tags']


@dataclasses.dataclass(frozen=True)
class FitTokens(grain.transforms.Map):
  """A record -> arrays of one size, with its regions as `count` tokens.

  Line art is extracted from the colours where the record has none, or where `extract` asks for it.
  A share `crops` of the records is cut to a part of itself, as panels of comics are, and the line
  art of a share `rough` is rough (`rough_lines`): the same whenever they are read.
  """

  fit: Fit
  keys: Sequence[str]
  count: int
  extract: bool = False
  crops: float = 0.0
  rough: float = 0.0

  def map(self, record: dict) -> dict[str, np.ndarray]:
    if self.extract or 'line' not in record:
      record = {**record, 'line': lines_of(record['rgb'])[..., None]}
    raw = ('line', 'rgb', *(k for k in ('flat', 'regions') if k in record))
    plain = tuple(k for k in self.keys if k not in TOKENS)
    keys = tuple(dict.fromkeys((*plain, *raw)))
    rng = np.random.default_rng(zlib.crc32(record['key'].encode()))
    is_crop, is_rough = rng.random(2) < (self.crops, self.rough)
    if is_crop:
      record = crop(record, rng)
    fitted = dataclasses.replace(self.fit, keys=keys).map(record)
    if is_rough:
      fitted['line'] = rough_lines(fitted['rgb'], rng)[..., None]
    wanted = [k for k in self.keys if k in TOKENS]
    made = region_tokens.add(record, fitted, wanted, self.count)
    return {k: fitted[k] for k in plain} | made

  def as_reference(self, record: dict) -> dict[str, np.ndarray]:
    """The same arrays of what a reference shows of a record (`reference_view`)."""
    rng = np.random.default_rng([zlib.crc32(record['key'].encode()), 1])
    record = {**reference_view(record, rng), 'key': record['key'] + ' as a reference'}
    return dataclasses.replace(self, extract=False, rough=0.0).map(record)


def fit(picture: np.ndarray, size: int, key: str) -> np.ndarray:
  """uint8 [H, W, C] -> [size, size, C], centred, padded with paper (maps: with 0)."""
  height, width = picture.shape[:2]
  if height == width == size:
    return picture
  scale = size / max(height, width)
  h, w = max(1, round(height * scale)), max(1, round(width * scale))
  exact = key in MAPS or key == 'flat'  # a mixture of two regions' colours is neither's
  how = Image.Resampling.NEAREST if exact else Image.Resampling.LANCZOS
  image = Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture)
  small = np.asarray(image.resize((w, h), how)).reshape(h, w, -1)
  out = np.full((size, size, picture.shape[-1]), 255 if key in PICTURES else 0, np.uint8)
  top, left = (size - h) // 2, (size - w) // 2
  out[top : top + h, left : left + w] = small
  return out


def crop(record: dict, rng: np.random.Generator) -> dict:
  """A random part of a record's pictures and maps [H, W, C], its sides SMALLEST to 1 of theirs."""
  share = rng.uniform(SMALLEST, 1.0)
  top, left = rng.uniform(0, 1 - share, 2)

  def part(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    y, x = int(top * height), int(left * width)
    return picture[y : y + max(1, round(share * height)), x : x + max(1, round(share * width))]

  return {**record, **{k: part(record[k]) for k in (*PICTURES, *MAPS) if k in record}}


def _open(config, split: str) -> sources.Source:
  count = config.count if split == 'train' else config.eval_count
  size = config.load_size if split == 'train' else config.size
  if split == 'train' and config.tokens and config.crops:
    size = round(size / SMALLEST**0.5)  # so that crops are not much enlarged
  how = dict(
    size=size,
    count=count,
    seed=config.seed,
    on_bad=config.on_bad,
  )
  if config.unpaired:
    return unpaired.make(config, split, **how)
  how['keys'] = region_tokens.raw_keys(_fit(config, split == 'train').keys)
  how['keep'] = not (config.tokens and split == 'train')
  if '+' in config.path:
    return mixed.make(config.path, split, **how)
  return sources.make(config.path, split, **how)


def _shuffled(
  source: sources.Source, seed: int, wrap: Callable[[Any], Any] = lambda part: part
) -> grain.MapDataset:
  """A source in an order of `seed`, without end; several sources are mixed by their weights."""
  if not isinstance(source, mixed.Mixed):
    return grain.MapDataset.source(wrap(source)).seed(seed).shuffle().repeat()
  parts = [_shuffled(part, seed + i, wrap) for i, part in enumerate(source.parts)]
  return grain.MapDataset.mix(parts, weights=source.weights) if len(parts) > 1 else parts[0]


def _joined(records: tuple[dict, dict]) -> dict:
  colored, scan = records
  return {**colored, 'scan': unpaired.as_scan(scan)['scan']}


def _fit(config, training: bool, names: Sequence[str] = ()) -> Fit | FitTokens:
  keys = tuple(config.train_keys) if training else (*config.train_keys, *config.eval_keys)
  check_keys(keys)
  if not training and not config.unpaired:
    keys = tuple(k for k in keys if k != 'scan')  # only training reads it
  size = config.load_size if training else config.size
  names = names or (vocabulary.of(config.path) if 'tags' in keys else ())
  keys = tuple(dict.fromkeys(keys))
  whole = Fit(keys, size, config.tags, names)
  if not config.tokens:
    return whole
  crops, rough = (config.crops, config.rough_lines) if training else (0.0, 0.0)
  return FitTokens(whole, keys, config.tokens, config.extract_lines, crops, rough)
