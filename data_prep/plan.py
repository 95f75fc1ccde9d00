"""What is to be prepared: items, the split and the shard of each, all known before any is read.

The plan is a pure function of the input's listing and the options, so every process that computes
it (a worker, a task of a SLURM array, a Beam worker) gets the same one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import math
import shlex
import sys
from collections import Counter
from typing import Any, Protocol

from onepunch_jax.data.splits import assign


@dataclasses.dataclass(frozen=True)
class Item:
  """One thing to read: a picture file, a page of a book, a pair, a drawing's number.

  Attributes:
    key: unique name; the keys of its records begin with it.
    source: what never straddles splits (a chapter, a book).
    where: how the recipe finds it: strings only.
    split: 'train', 'val' or 'test'; '' is decided by the source.
  """

  key: str
  source: str
  where: tuple[str, ...] = ()
  split: str = ''


@dataclasses.dataclass(frozen=True)
class Left:
  """Something that gives no record. Rule 'unreadable' is a rejection, others are choices."""

  rule: str
  key: str
  reason: str


class Recipe(Protocol):
  """How one kind of input becomes records. Frozen, picklable, its fields are the options."""

  def items(self) -> list[Item]:
    """Lists the input without reading pictures."""

  def records(self, item: Item):
    """Yields record dicts (without 'split' and 'source') and `Left`s."""

  def info(self) -> dict[str, Any]:
    """What dataset.json says beyond counts: 'license', 'credit', 'tags' ..."""


@dataclasses.dataclass(frozen=True)
class Job:
  """A recipe, where its records go, and how they are written.

  Attributes:
    output: the prepared directory.
    shards: how many per split at most; 0 is chosen by the number of items.
    rgb: 'jpeg', 'png' or 'raw' (`records.encode`).
    duplicates: near-duplicates are pictures that differ in at most this many of 64 perceptual bits
      and hardly in colour; -1 keeps them.
    val, test: fractions of the sources.
    vocabulary: tags become multi-hot over these words; () keeps them as names.
    timeout: seconds after which reading one item is given up.
  """

  recipe: Recipe
  output: str
  shards: int = 0
  rgb: str = 'jpeg'
  duplicates: int = 3
  val: float = 0.05
  test: float = 0.0
  vocabulary: tuple[str, ...] = ()
  timeout: float = 120.0
  command: str = ''

  def options(self) -> dict[str, Any]:
    """All that decides the bytes, as JSON: equal options and items give equal shards."""
    own = {k: getattr(self, k) for k in ('rgb', 'duplicates', 'val', 'test', 'vocabulary')}
    return {'recipe': type(self.recipe).__name__, **dataclasses.asdict(self.recipe), **own}


@dataclasses.dataclass(frozen=True)
class Plan:
  """Items in order with their splits; `shard(i)` is what shard i of n holds."""

  items: tuple[Item, ...]
  shards: int
  notes: tuple[str, ...]

  def shard(self, i: int) -> list[Item]:
    return list(self.items[i :: self.shards])

  def digest(self) -> str:
    text = json.dumps([dataclasses.astuple(i) for i in self.items] + [self.shards])
    return hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()


def make(job: Job) -> Plan:
  """Lists the input, splits it by source, and deals it to shards.

  Raises:
    ValueError: for an empty input, or two items of one key.
  """
  items = sorted(job.recipe.items(), key=lambda i: i.key)
  if not items:
    raise ValueError('nothing to prepare: there is no picture, book or pair in the input')
  for a, b in itertools.pairwise(items):
    if a.key == b.key:
      raise ValueError(f'two items are called {a.key!r}; keys must differ')
  items, notes = split(items, job.val, job.test)
  shards = job.shards or min(1024, max(math.ceil(len(items) / 256), min(8, len(items))))
  return Plan(tuple(items), min(shards, len(items)), tuple(notes))


def command_line() -> str:
  """The command that is running, to be kept in dataset.json."""
  module = getattr(sys.modules['__main__'], '__spec__', None)
  start = ['python', '-m', module.name] if module else ['python', *sys.argv[:1]]
  return shlex.join([*start, *sys.argv[1:]])


def split(items: list[Item], val: float, test: float) -> tuple[list[Item], list[str]]:
  """Items with their splits, and notes on what the stable hash alone would have left empty."""

  def put(item: Item, split: str) -> Item:
    return dataclasses.replace(item, split=item.split or split)

  free = sorted({i.source for i in items if not i.split})
  known = {i.split for i in items if i.split}
  if len(free) == 1 and not known and len(items) > 1:
    # several, spread over the book: its last pages may all be ones that a rule leaves out
    some = min(max(1, len(items) // 4), max(4, round(val * len(items)))) if val > 0 else 0
    held = {(2 * i + 1) * len(items) // (2 * some) for i in range(some)}
    return [put(item, 'val' if i in held else 'train') for i, item in enumerate(items)], [
      f'there is one source only, {free[0]!r}, so {some} of its {len(items)} items, spread over '
      "it, are 'val'"
    ]
  counts = Counter(i.source for i in items)
  splits, notes = assign({s: counts[s] for s in free}, val, test, frozenset(known))
  return [put(item, splits.get(item.source, '')) for item in items], notes
