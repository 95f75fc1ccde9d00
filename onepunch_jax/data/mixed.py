"""Several sources as one, with weights for training: 'a*3+b' reads a three times as often as b."""

import bisect
import dataclasses
import itertools
from os.path import isdir
from typing import Any

from onepunch_jax.data import sources
from onepunch_jax.log import log


@dataclasses.dataclass(frozen=True)
class Mixed:
  """Sources one after the other; training draws from them in proportion to `weights`."""

  parts: tuple[sources.Source, ...]
  weights: tuple[float, ...]

  @property
  def skipped(self) -> int:
    return sum(part.skipped for part in self.parts)

  def __len__(self) -> int:
    return sum(map(len, self.parts))

  def __getitem__(self, index: int) -> dict[str, Any]:
    ends = list(itertools.accumulate(map(len, self.parts)))
    which = bisect.bisect_right(ends, int(index))
    return self.parts[which][int(index) - (ends[which - 1] if which else 0)]


def parse(path: str) -> tuple[tuple[str, float], ...]:
  """'a*3+b' -> (('a', 3.0), ('b', 1.0)).

  Raises:
    ValueError: a part is empty or its weight is no positive number.
  """
  found = []
  for part in path.split('+'):
    name, star, weight = part.partition('*')
    try:
      value = float(weight) if star else 1.0
    except ValueError:
      value = 0.0
    if not name or value <= 0:
      raise ValueError(f'{part!r} in the data {path!r} is no PATH or PATH*WEIGHT.')
    found.append((name, value))
  return tuple(found)


def present(path: str) -> str:
  """The parts of 'a*3+b' that are here, 'synthetic' among them; all of it where none is."""
  parts = path.split('+')
  names = [name for name, _ in parse(path)]
  here = [p for p, name in zip(parts, names) if name in sources.SYNTHETIC or isdir(name)]
  if here and len(here) < len(parts):
    log.info('Of the data %s only %s is here.', path, '+'.join(here))
  left = here or parts
  return '+'.join(left) if len(left) > 1 else parse(left[0])[0][0]


def make(path: str, split: str, **kwargs: Any) -> Mixed:
  """Opens every part of 'a*3+b'; `kwargs` as `sources.make` takes them."""
  parts = parse(path)
  opened = tuple(sources.make(name, split, **kwargs) for name, _ in parts)
  return Mixed(opened, tuple(weight for _, weight in parts))
