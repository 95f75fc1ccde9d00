"""Unpaired data for methods that learn without pairs: scans and colour pictures of other drawings.

`config.data.path` is where colour pictures come from, `config.data.unpaired` where scans come from.
Each is `synthetic`, a folder of pairs or record shards (of which one side is read), a plain folder
of pictures with any subfolders, or several of these ('a*3+b'). A folder named for both domains
gives half of its drawings to each, and `synthetic` other drawings, so that no drawing is in both.

Training reads 'rgb' and 'scan', each shuffled by itself. Validation reads the same, and 'line':
the line art of the colouring where it is known; else a scan, which shows another drawing.
"""

import dataclasses
import os
import zlib
from typing import Any

from ml_collections import ConfigDict

from onepunch_jax.data import mixed, sources
from onepunch_jax.data.splits import split_of
from onepunch_jax.images import reader

OTHER_DRAWINGS = 1_000_003  # added to the seed of synthetic drawings for the domain of scans


@dataclasses.dataclass(frozen=True)
class Half:
  """Every other drawing of a source, from the one numbered `first`."""

  source: sources.Source
  first: int

  @property
  def skipped(self) -> int:
    return self.source.skipped

  def __len__(self) -> int:
    return (len(self.source) + 1 - self.first) // 2

  def __getitem__(self, index: int) -> dict[str, Any]:
    return self.source[2 * int(index) + self.first]


def as_scan(record: dict[str, Any]) -> dict[str, Any]:
  """The scan of a record: its line art, or else its colours as grey."""
  scan = record['line'] if 'line' in record else reader.to_grey(record['rgb'])
  return {'key': record['key'], 'scan': scan}


@dataclasses.dataclass(frozen=True)
class Both:
  """Colour pictures, each with a fixed scan beside it: for evaluation."""

  colors: sources.Source
  scans: sources.Source

  @property
  def skipped(self) -> int:
    return self.colors.skipped + self.scans.skipped

  def __len__(self) -> int:
    return len(self.colors)

  def __getitem__(self, index: int) -> dict[str, Any]:
    scan = as_scan(self.scans[int(index) % len(self.scans)])['scan']
    return {'line': scan, **self.colors[index], 'scan': scan}


def make(config: ConfigDict, split: str, **kwargs: Any) -> Both:
  """Both domains of config.data; `kwargs` as `sources.make` takes them.

  Raises:
    ValueError: a domain is not there, or both are one folder that holds no pairs.
  """
  colors, scans = mixed.parse(config.path), mixed.parse(config.unpaired)
  shared = _folders(colors) & _folders(scans)
  if plain := sorted(path for path in shared if _is_plain(path)):
    raise ValueError(
      f'config.data.path and config.data.unpaired are both {plain[0]!r}, which holds no pairs: '
      'give two folders with different drawings.'
    )
  shared = shared if split == 'train' else ()
  return Both(
    _side(colors, shared, split, 'color', **kwargs), _side(scans, shared, split, 'line', **kwargs)
  )


def _folders(parts: tuple[tuple[str, float], ...]) -> set[str]:
  return {os.path.realpath(path) for path, _ in parts if path not in sources.SYNTHETIC}


def _side(parts, shared, split: str, side: str, seed: int, **kwargs) -> mixed.Mixed:
  """One domain; of `shared` folders, 'color' has the even drawings and 'line' the odd ones."""
  seed, first = (seed, 0) if side == 'color' else (seed + OTHER_DRAWINGS, 1)
  opened = [_domain(path, split, side, seed=seed, **kwargs) for path, _ in parts]
  halved = [
    Half(source, first) if os.path.realpath(path) in shared else source
    for source, (path, _) in zip(opened, parts)
  ]
  return mixed.Mixed(tuple(halved), tuple(weight for _, weight in parts))


def _domain(path: str, split: str, side: str, **kwargs) -> sources.Source:
  if not _is_plain(path):
    return sources.make(path, split, **kwargs)
  found = pictures(path)
  if not found:
    raise ValueError(f'There are no pictures in {path!r} or its subfolders.')
  held_out = {name for name in found if split_of(name) == 'val'} or {min(found, key=_place)}
  chosen = [n for n in found if (n in held_out) == (split != 'train')] or found
  one_sided = [
    sources.Pair(n, **{'line': '', 'color': '', side: os.path.join(path, n)}) for n in chosen
  ]
  return sources.Folder(one_sided, kwargs['on_bad'])


def _is_plain(path: str) -> bool:
  """Whether it is a folder of pictures, not of pairs or records."""
  special = ('dataset.json', 'metadata.jsonl', 'line', 'color')
  return os.path.isdir(path) and not any(os.path.exists(os.path.join(path, n)) for n in special)


def pictures(path: str) -> list[str]:
  """The picture files below a folder, sorted, as paths inside it."""
  found = []
  for folder, _, names in os.walk(path):
    inner = [os.path.relpath(os.path.join(folder, name), path) for name in names]
    found += [name for name in inner if name.lower().endswith(reader.SUFFIXES)]
  return sorted(found)


def _place(name: str) -> int:
  """Where a file comes in an order that depends on nothing but its name."""
  return zlib.crc32(name.encode('utf-8', 'surrogatepass'))
