"""Evaluations see a method through `Paint` alone: never players, losses or nets.

Each module's `make(**kwargs)` returns (paint, batches) -> {name: number or uint8 picture}.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping

import jax
import numpy as np

from onepunch_jax.core import Method, Variables


@dataclasses.dataclass(frozen=True)
class Paint:
  """A method with its variables: a cast batch -> sRGB [B, H, W, 3] in [0, 1]."""

  colorize: Callable
  measure: Callable  # batch -> {'<row>/<column>': [B]}: what only the method itself can measure

  def __call__(self, batch: Mapping) -> jax.Array:
    return self.colorize(batch)


def painter(method: Method, key: jax.Array) -> Callable[[Variables], Paint]:
  """variables -> Paint; what is compiled is kept for the next variables."""
  colorize = jax.jit(lambda v, batch: method.colorize(v, batch, key))
  measure = jax.jit(lambda v, batch: method.measure(v, batch, key))
  return lambda v: Paint(functools.partial(colorize, v), functools.partial(measure, v))


def fetch(x) -> np.ndarray:
  """A global array on the host, wherever its parts are."""
  if jax.process_count() > 1 and not isinstance(x, np.ndarray):
    from jax.experimental import multihost_utils

    return np.asarray(multihost_utils.process_allgather(x, tiled=True))
  return np.asarray(x)
