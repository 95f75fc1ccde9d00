"""Shapes of icons in colours of their kind."""

from collections.abc import Callable

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.pen import Pen

Draw = Callable[[Pen, np.random.Generator], None]


def fill(pen: Pen, rng: np.random.Generator, name: str, kind: str, shape, **how) -> int:
  """A closed shape in a colour of a kind; returns its part."""
  part = pen.part(name, palette.pick(kind, rng))
  pen.fill(shape, part, volume=how.pop('volume', 0.3), **how)
  return part


def one(name: str, kind: str, shape) -> Draw:
  """An icon that is a single shape."""

  def draw(pen: Pen, rng: np.random.Generator) -> None:
    fill(pen, rng, name, kind, shape)

  return draw
