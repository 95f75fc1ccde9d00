"""The one on-disk record format: pictures and facts as protobuf Examples in ArrayRecord shards.

A prepared directory holds `<split>-00000-of-00008.array_record` files and a `dataset.json` that
lists them with their counts and hashes. `data_prep` writes such directories; `Records` reads one.

Features of one record (every one but `version` and `key` may be missing):

  version int   key, split, source, license, credit bytes   height, width int   character int
  rgb     bytes: one encoded picture per colouring; rgb_format: b'jpeg' | b'png' | b'raw'
  line, flat, regions, mask   bytes: one picture each, of the same size as rgb; map_format: b'png' |
          b'raw'
  tags    bytes: tag names, or ints: multi-hot over the vocabulary in dataset.json
  nouns   bytes: 256 of them, for each region id the number of its noun; 0 is unknown
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
import os
import threading
from collections.abc import Iterable
from typing import Any

import numpy as np

from onepunch_jax.data import codecs, example, splits
from onepunch_jax.log import log
from onepunch_jax.weights import checked_json

VERSION = 1
INFO = 'dataset.json'
DESCRIPTION = 'the description of a dataset'
GREY = ('line', 'regions', 'mask')  # uint8 [H, W, 1]
COLOR = ('flat',)  # uint8 [H, W, 3]
TEXT = ('key', 'split', 'source', 'license', 'credit')


def encode(record: dict, *, rgb: str = 'jpeg') -> bytes:
  """One record -> bytes: the same bytes for the same record and Pillow.

  Args:
    record: 'key', and any of: 'rgb' uint8 [H,W,3] or 'rgbs' (a list of them, the first is 'rgb'),
      'line' 'regions' 'mask' uint8 [H,W,1], 'flat' uint8 [H,W,3], 'tags' (list of str, or ints),
      'nouns' uint8 [256], 'character' int, 'split' 'source' 'license' 'credit' str. All pictures
      have one size.
    rgb: how colour is stored: 'jpeg' (quality 95, 4:4:4), 'png' (lossless: for flat colour, where
      JPEG's ringing would teach wrong edges) or 'raw'. The other pictures are PNG; with 'raw' they
      are raw too, which is the fastest to read and the largest.

  Raises:
    ValueError: naming the record and what is wrong with it.
  """
  key = record.get('key')
  if not key:
    raise ValueError('a record needs a key')
  if rgb not in codecs.FORMATS:
    raise ValueError(f'unknown rgb format {rgb!r}; there are: {", ".join(codecs.FORMATS)}')
  unknown = set(record) - {*TEXT, *GREY, *COLOR, 'rgb', 'rgbs', 'tags', 'nouns', 'character'}
  if unknown:
    raise ValueError(f'record {key}: unknown fields {sorted(unknown)}')
  colorings = list(record.get('rgbs') or ([record['rgb']] if 'rgb' in record else []))
  pictures = [('rgb', c, 3) for c in colorings]
  pictures += [(k, record[k], 1 if k in GREY else 3) for k in GREY + COLOR if k in record]
  if not pictures:
    raise ValueError(f'record {key}: no picture in it')
  size = pictures[0][1].shape[:2]
  for name, picture, channels in pictures:
    if picture.dtype != np.uint8 or picture.shape != (*size, channels):
      raise ValueError(
        f'record {key}: {name} is {picture.dtype} {picture.shape}, not uint8 {(*size, channels)}'
      )
  features = {'version': [VERSION], 'height': [int(size[0])], 'width': [int(size[1])]}
  features |= {k: [record[k].encode('utf-8', 'surrogatepass')] for k in TEXT if k in record}
  if colorings:
    features['rgb'] = [codecs.encode(c, rgb) for c in colorings]
    features['rgb_format'] = [rgb.encode()]
  form = 'raw' if rgb == 'raw' else 'png'
  maps = {k: [codecs.encode(record[k], form)] for k in GREY + COLOR if k in record}
  if maps:
    features |= {**maps, 'map_format': [form.encode()]}
  if 'nouns' in record:
    nouns = record['nouns']
    if nouns.dtype != np.uint8 or nouns.shape != (256,):
      raise ValueError(f'record {key}: nouns is {nouns.dtype} {nouns.shape}, not uint8 (256,)')
    features['nouns'] = [nouns.tobytes()]
  if 'character' in record:
    features['character'] = [int(record['character'])]
  if len(record.get('tags', ())):
    features['tags'] = [t.encode() if isinstance(t, str) else int(t) for t in record['tags']]
  return example.pack(features)


def decode(data: bytes, *, want: Iterable[str] | None = None) -> dict:
  """Bytes -> the record dict of `encode`, with 'height' and 'width'.

  'rgbs' is there when a record has several colourings; 'tags' is a list of str, or uint8 [T].

  Args:
    want: the pictures to decode; None is all. Asking for less saves the time of the rest.

  Raises:
    ValueError: for bytes that are no record, a newer format version, or a damaged picture.
  """
  features = example.unpack(data)
  try:
    if features['version'][0] > VERSION:
      raise ValueError(_newer(features['version'][0]))
    return _decode(features, want)
  except (LookupError, AttributeError, TypeError) as error:
    raise ValueError(
      f'an Example, but no whole record ({error!r}); it has {sorted(features) or "no features"}'
    ) from None


def _decode(features: dict[str, list], want: Iterable[str] | None) -> dict:
  record = {k: features[k][0].decode('utf-8', 'surrogatepass') for k in TEXT if k in features}
  record |= {k: features[k][0] for k in ('height', 'width', 'character') if k in features}
  size = record['height'], record['width']

  def wanted(name: str) -> bool:
    return name in features and (want is None or name in want)

  if 'rgb' in features and (want is None or 'rgb' in want or 'rgbs' in want):
    several = len(features['rgb']) > 1 and (want is None or 'rgbs' in want)
    form = features['rgb_format'][0].decode()
    rgbs = [
      codecs.decode(p, form, (*size, 3))
      for p in (features['rgb'] if several else features['rgb'][:1])
    ]
    record['rgb'] = rgbs[0]
    if several:
      record['rgbs'] = rgbs
  for name in GREY + COLOR:
    if wanted(name):
      form = features.get('map_format', [b'png'])[0].decode()
      record[name] = codecs.decode(features[name][0], form, (*size, 1 if name in GREY else 3))
  if 'nouns' in features:
    record['nouns'] = np.frombuffer(features['nouns'][0], np.uint8)
  if 'tags' in features:
    tags = features['tags']
    names = isinstance(tags[0], bytes)
    record['tags'] = [t.decode() for t in tags] if names else np.array(tags, np.uint8)
  return record


def write_shard(path: str, payloads: Iterable[bytes]) -> dict:
  """Write records to one shard file, whole or not at all.

  Returns:
    {'file', 'count', 'bytes', 'sha256'} as `dataset.json` lists it.
  """
  from array_record.python import array_record_module

  tmp = f'{path}.tmp.{os.getpid()}'
  count = 0
  try:
    # group_size:1 gives random access; the payloads are compressed pictures already.
    writer = array_record_module.ArrayRecordWriter(tmp, 'group_size:1,uncompressed')
    for payload in payloads:
      writer.write(payload)
      count += 1
    writer.close()
    with open(tmp, 'rb') as file:
      digest = hashlib.file_digest(file, 'sha256').hexdigest()
      os.fsync(file.fileno())
      size = os.fstat(file.fileno()).st_size
    os.replace(tmp, path)
  finally:
    if os.path.exists(tmp):
      os.remove(tmp)
  return {'file': os.path.basename(path), 'count': count, 'bytes': size, 'sha256': digest}


def read_shard(path: str) -> list[bytes]:
  """All records of a shard file, still encoded, in order."""
  from array_record.python import array_record_module

  reader = array_record_module.ArrayRecordReader(path)
  try:
    return reader.read_all() if reader.num_records() else []
  finally:
    reader.close()


class Records:
  """Random access to one split of a prepared directory: `len(r)`, `r[i]` -> record dict.

  Picklable and safe to read from many threads.

  Args:
    path: a directory with a dataset.json.
    split: 'train', 'val' or 'test'. Where nothing was prepared for validation, a few records are
      held out from training (a single one serves for both).
    on_bad: what a damaged record does: 'error' raises; 'skip' gives the next whole record instead
      (the same one every time) and counts the damaged one in `skipped`.
    want: the pictures to decode (see `decode`).

  Attributes:
    info: dataset.json as a dict.

  Raises:
    ValueError: if this is no prepared directory, a newer one, a shard is missing or cut off
      (with on_bad='error'), or there is no such split; from `r[i]`: naming the shard and record.
  """

  def __init__(
    self, path: str, split: str, on_bad: str = 'error', want: Iterable[str] | None = None
  ):
    if on_bad not in ('error', 'skip'):
      raise ValueError(f"on_bad is 'error' or 'skip', not {on_bad!r}")
    self.info = read_info(path)
    self.split = split
    self._path, self._on_bad = os.fspath(path), on_bad
    self._want = None if want is None else frozenset(want)
    self._shards = [s for s in self.info['shards'] if s['split'] == split and s['count']]
    counts = self.info['splits']
    lacks_val = bool(counts.get('train')) and not counts.get('val')
    if split == 'val' and lacks_val:
      self._shards = [s for s in self.info['shards'] if s['split'] == 'train' and s['count']]
    if not self._shards:
      there = {k: n for k, n in self.info['splits'].items() if n}
      raise ValueError(
        f'{path}: no records in split {split!r}; there are: {there}. Prepare it '
        f'again with more sources, or a larger --{split}.'
      )
    for shard in self._shards:
      problem = _shard_problem(os.path.join(path, shard['file']), shard['bytes'])
      if problem and on_bad == 'error':
        raise ValueError(problem)
      if problem:
        log.warning('%s', problem)
    self._ends = list(itertools.accumulate(s['count'] for s in self._shards))
    self._chosen = range(self._ends[-1])
    if lacks_val and split in ('train', 'val'):
      self._chosen = _chosen(self._ends[-1], split)
      if split == 'val':
        log.warning(
          '%s has no records for validation: %d of its %d for training are held out instead.',
          path,
          len(self._chosen),
          self._ends[-1],
        )
    self._bad: set[int] = set()
    self._readers: dict[int, object] = {}
    self._lock = threading.Lock()

  def __len__(self) -> int:
    return len(self._chosen)

  def __getitem__(self, index: int) -> dict:
    index = index.__index__()
    if not -len(self) <= index < len(self):
      raise IndexError(f'record {index} of {len(self)}')
    index %= len(self)
    for i in range(index, index + len(self)):
      try:
        return self._read(self._chosen[i % len(self)])
      except ValueError as error:
        if self._on_bad == 'error':
          raise
        with self._lock:
          if i % len(self) not in self._bad:
            log.warning('Skipped: %s', error)
          self._bad.add(i % len(self))
    raise ValueError(f'{self._path}: all {len(self)} records of {self.split!r} are damaged')

  @property
  def skipped(self) -> int:
    """Damaged records met so far by this object in this process."""
    return len(self._bad)

  def __getstate__(self) -> dict:
    return {k: v for k, v in self.__dict__.items() if k not in ('_readers', '_lock')}

  def __setstate__(self, state: dict) -> None:
    self.__dict__.update(state, _readers={}, _lock=threading.Lock())

  def __repr__(self) -> str:
    return f'Records({self._path!r}, {self.split!r}, {len(self)} records)'

  def _read(self, index: int) -> dict:
    shard = bisect.bisect_right(self._ends, index)
    inside = index - (self._ends[shard] - self._shards[shard]['count'])
    file = os.path.join(self._path, self._shards[shard]['file'])
    try:
      return decode(self._reader(shard, file).read([inside])[0], want=self._want)
    except (ValueError, RuntimeError, IndexError, OSError) as error:
      raise ValueError(
        f'{file}: record {inside} is damaged ({error}). Restore the file, or go on '
        "without such records with on_bad='skip'."
      ) from None

  def _reader(self, shard: int, file: str):
    if shard not in self._readers:
      from array_record.python import array_record_module

      with self._lock:
        if shard not in self._readers:
          self._readers[shard] = array_record_module.ArrayRecordReader(
            file, 'readahead_buffer_size:0'
          )
    return self._readers[shard]


def _chosen(count: int, split: str) -> list[int]:
  """Which of `count` records for training belong to `split`, where none is for validation."""
  held = splits.held_out(count)
  if split == 'val' or count == 1:
    return held
  return sorted(set(range(count)) - set(held))


def is_prepared(path: str) -> bool:
  """Whether a directory holds record shards."""
  return os.path.isfile(os.path.join(path, INFO))


def read_info(path: str) -> dict:
  """dataset.json of a prepared directory; ValueError in one sentence if it is not one."""
  file = os.path.join(path, INFO)
  if not os.path.exists(file):
    raise ValueError(
      f'{path}: no {INFO} here, so this is not a finished prepared directory; make '
      'one with `python -m data_prep.folder --input=PATH --output=DIR`'
    )
  info = checked_json.read_json(file, DESCRIPTION)
  if wrong := _wrong(info):
    raise checked_json.damaged(file, DESCRIPTION, wrong)
  if info['version'] > VERSION:
    raise ValueError(f'{file}: {_newer(info["version"])}')
  return info


def _wrong(info: Any) -> str:
  """What keeps a dataset.json from being used, in words; '' for nothing."""
  if not isinstance(info, dict):
    return 'it is no object'
  for key, kind in (('version', int), ('splits', dict), ('shards', list)):
    if not isinstance(info.get(key), kind) or isinstance(info[key], bool):
      return f'{key} is {info.get(key)!r:.60}'
  for shard in info['shards']:
    if not isinstance(shard, dict):
      return f'a shard is {shard!r:.60}'
    for key, kind in (('file', str), ('split', str), ('count', int), ('bytes', int)):
      value = shard.get(key)
      if not isinstance(value, kind) or isinstance(value, bool) or (kind is int and value < 0):
        return f'{key} of a shard is {value!r:.60}'
  if not all(isinstance(count, int) for count in info['splits'].values()):
    return f'splits are {info["splits"]!r:.60}'
  for key in ('tags', 'fields'):
    names = info.get(key) or []
    if not isinstance(names, list | dict) or not all(isinstance(name, str) for name in names):
      return f'{key} are {names!r:.60}'
  return ''


def _newer(version: int) -> str:
  return (
    f'format version {version}, and this program reads up to {VERSION}: update onepunch_jax, '
    'or prepare the data again with this version.'
  )


def _shard_problem(file: str, size: int) -> str:
  # ArrayRecord itself says "0 records" of a missing or shortened file.
  if not os.path.isfile(file):
    return f'{file}: this shard is missing; copy it again, or prepare the data again'
  if os.path.getsize(file) != size:
    return f'{file}: {os.path.getsize(file)} bytes instead of {size}; the copy is not complete'
  return ''
