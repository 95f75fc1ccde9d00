"""Drawings made on the fly: line art, colour, flats, regions and tags from (seed, index) alone.

    from onepunch_jax import synthetic
    record = synthetic.draw(seed=0, index=7, size=256)

`python -m onepunch_jax.synthetic --grid=64 --output=synthetic.png` writes a contact sheet.
"""

from __future__ import annotations

import dataclasses

from onepunch_jax.synthetic.characters import kind, same_character
from onepunch_jax.synthetic.draw import draw
from onepunch_jax.synthetic.palette import COLOR_NAMES, paints
from onepunch_jax.synthetic.tags import VOCABULARY, parts

__all__ = [
  'COLOR_NAMES',
  'VOCABULARY',
  'Synthetic',
  'draw',
  'kind',
  'paints',
  'parts',
  'same_character',
]


@dataclasses.dataclass(frozen=True)
class Synthetic:
  """A random-access source of `count` drawings; seed, size and all_techniques as in `draw`."""

  count: int
  seed: int = 0
  size: int = 256
  all_techniques: bool = False

  def __len__(self) -> int:
    return self.count

  def __getitem__(self, index: int) -> dict:
    if not 0 <= index < self.count:
      raise IndexError(f'{index} is not in 0..{self.count - 1}')
    return draw(self.seed, int(index), self.size, all_techniques=self.all_techniques)

  def other(self, index: int) -> int:
    """Another of these drawings that shows the character of `index`; `index` if there is none."""
    others = (same_character(self.seed, index, k) for k in range(3))
    return next((i for i in others if i < self.count), index)
