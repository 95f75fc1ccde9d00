"""Scans and colourings that do not belong together, for methods that learn without pairs.

`config.data.path` then says where colourings come from, `config.data.unpaired` where scans do.
Each is `drawn`, a folder of pairs or record shards (of which one side is read), or a plain folder
of pictures with any subfolders.  With `drawn` for both, no drawing is in both domains.

Training reads 'rgb' and 'scan', each shuffled by itself.  Validation reads the same, and 'line':
the line art of the colouring where it is known; else a scan, which shows another drawing.
"""

import dataclasses
import os
import zlib
from typing import Any

from onepunch_jax.data import sources
from onepunch_jax.data.splits import split_of
from onepunch_jax.pages import io

OTHER_DRAWINGS = 1_000_003  # added to the seed of `drawn` for the domain of scans


@dataclasses.dataclass(frozen=True)
class Scans:
  """The domain of scans: records with 'scan' alone."""

  source: sources.Source

  def __len__(self) -> int:
    return len(self.source)

  def __getitem__(self, index: int) -> dict[str, Any]:
    record = self.source[index]
    scan = record['line'] if 'line' in record else io.to_grey(record['rgb'])
    return {'key': record['key'], 'scan': scan}


@dataclasses.dataclass(frozen=True)
class Both:
  """Colourings with a scan beside each, always the same one: for evaluation."""

  colors: sources.Source
  scans: Scans

  @property
  def skipped(self) -> int:
    return self.colors.skipped + self.scans.source.skipped

  def __len__(self) -> int:
    return len(self.colors)

  def __getitem__(self, index: int) -> dict[str, Any]:
    scan = self.scans[int(index) % len(self.scans)]['scan']
    return {'line': scan, **self.colors[index], 'scan': scan}


def make(config, split: str, **kwargs) -> Both:
  """Both domains of config.data; `kwargs` as `sources.make` takes them.

  Raises:
    ValueError: a domain is not there, or both are the same folder.
  """
  path, other = config.path, config.unpaired
  drawn = path == other == sources.DRAWN
  if not drawn and os.path.realpath(path) == os.path.realpath(other):
    raise ValueError(
      f'config.data.path and config.data.unpaired are both {path!r}: then a drawing would give '
      'both its line art and its colours. Give two folders with different drawings.'
    )
  seed = kwargs.pop('seed')
  colors = _domain(path, split, 'color', seed=seed, **kwargs)
  scans = _domain(other, split, 'line', seed=seed + OTHER_DRAWINGS, **kwargs)
  return Both(colors, Scans(scans))


def _domain(path: str, split: str, side: str, **kwargs) -> sources.Source:
  special = ('dataset.json', 'metadata.jsonl', 'line', 'color')
  if not os.path.isdir(path) or any(os.path.exists(os.path.join(path, n)) for n in special):
    return sources.make(path, split, **kwargs)
  found = pictures(path)
  if not found:
    raise ValueError(f'There are no pictures in {path!r} or its subfolders.')
  held_out = {name for name in found if split_of(name) == 'val'} or {min(found, key=_place)}
  chosen = [n for n in found if (n in held_out) == (split != 'train')] or found
  alone = lambda name: {'line': '', 'color': '', side: os.path.join(path, name)}
  return sources.Folder([sources.Pair(n, **alone(n)) for n in chosen], kwargs['on_bad'])


def pictures(path: str) -> list[str]:
  """The picture files below a folder, sorted, as paths inside it."""
  found = []
  for folder, _, names in os.walk(path):
    inner = [os.path.relpath(os.path.join(folder, name), path) for name in names]
    found += [name for name in inner if name.lower().endswith(io.SUFFIXES)]
  return sorted(found)


def _place(name: str) -> int:
  """Where a file comes in an order that depends on nothing but its name."""
  return zlib.crc32(name.encode('utf-8', 'surrogatepass'))
