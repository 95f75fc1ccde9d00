"""Procedural drawings rendered ahead into record shards.

    python -m data_prep.synthetic --count=100000 --size=256 --output=prepared/synthetic

For training that is faster than one host draws. The same records as `:data=synthetic`, or with
--all_techniques as `:data=synthetic_all`, makes while it trains: line, colour, flats, regions,
tags, character.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from absl import app, flags

from data_prep import options
from data_prep.plan import Item

KEYS = ('key', 'line', 'rgb', 'flat', 'regions', 'nouns', 'tags', 'character')


@dataclasses.dataclass(frozen=True)
class Synthetic:
  """Recipe: drawings `start` .. `start + count - 1` of a seed."""

  count: int
  size: int = 256
  seed: int = 0
  start: int = 0
  all_techniques: bool = False

  def items(self) -> list[Item]:
    names = [f'drawn-{self.seed}-{i:09d}' for i in range(self.start, self.start + self.count)]
    return [Item(name, name, (name.rpartition('-')[2],)) for name in names]

  def records(self, item: Item) -> Iterator[dict]:
    from onepunch_jax import synthetic

    record = synthetic.draw(
      self.seed, int(item.where[0]), self.size, all_techniques=self.all_techniques
    )
    yield {**{k: record[k] for k in KEYS}, 'key': item.key}

  def info(self) -> dict:
    from onepunch_jax import synthetic

    return {'license': 'CC0-1.0', 'credit': '', 'tags': list(synthetic.VOCABULARY)}


def recipe(f) -> Synthetic:
  """From parsed flags."""
  return Synthetic(f.count, f.size, f.seed, f.start, f.all_techniques)


if __name__ == '__main__':
  options.define_common('', size=256, duplicates=-1, rgb='png', needs_input=False)
  flags.DEFINE_integer('count', None, 'how many drawings', required=True, lower_bound=1)
  flags.DEFINE_integer('seed', 0, 'seed of the drawings')
  flags.DEFINE_integer('start', 0, 'number of the first one')
  flags.DEFINE_bool('all_techniques', False, 'screentone, hatching, icons ...: synthetic_all')
  app.run(lambda argv: options.main(argv, recipe))
