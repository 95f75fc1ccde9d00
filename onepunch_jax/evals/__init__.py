"""Evaluations see a method through `Paint` alone: never its players, losses or nets.

Each module's `make(**kwargs)` returns (paint, batches) -> {name: number or uint8 picture}.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jax
import numpy as np
from tqdm import tqdm

from onepunch_jax.core import Method, Variables
from onepunch_jax.data.pipeline import Evaluation


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


def fetch(x: jax.Array) -> np.ndarray:
  """A global array on the host, wherever its parts are."""
  if jax.process_count() > 1 and not isinstance(x, np.ndarray):
    from jax.experimental import multihost_utils

    return np.asarray(multihost_utils.process_allgather(x, tiled=True))
  return np.asarray(x)


class PreparedBatches:
  """Evaluation batches after the steps of preparation; iterable as often as an evaluation reads.

  Args:
    pictures: `data.pipeline.evaluation`.
    prepares: `prepare.make(config.eval_prepare)`.
    key: PRNG key of the steps.
    place: puts a host batch on the devices.
    progress: whether to show a progress bar.
  """

  def __init__(
    self,
    pictures: Evaluation,
    prepares: Callable,
    key: jax.Array,
    place: Callable[[Mapping], Mapping] = dict,
    progress: bool = False,
  ):
    self._pictures, self._place, self._progress = pictures, place, progress
    self._prepare = jax.jit(lambda batch: prepares(batch, key, 0))

  def __iter__(self) -> Iterator[Mapping[str, jax.Array]]:
    pictures = self._pictures
    total = -(-len(pictures) // (pictures.batch_size * pictures.of))
    hidden = None if self._progress else True  # None: shown in a terminal only
    for batch in tqdm(pictures, total=total, unit='batch', leave=False, disable=hidden):
      yield self._prepare(self._place(batch))


def run(evaluations: Iterable[Callable], paint: Paint, batches: PreparedBatches) -> dict[str, Any]:
  """The results of all evaluations together: {name: number or uint8 picture}."""
  results = {}
  for evaluation in evaluations:
    results |= evaluation(paint, batches)
  return results
