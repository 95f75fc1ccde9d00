"""Evaluations see a method through `Paint` alone: never its players, losses or nets.

Each module's `make(**keywords)` returns (paint, batches) -> {name: result}, where a result is a
number, a uint8 picture [H, W, 3], or a report: a frozen dataclass with `numbers()`. Names of
numbers are '<row>/<column>'; the row 'model' is the method, other rows are baselines, which need no
learning. What is measured is in the first lines of each module.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import jax
import numpy as np
from tqdm import tqdm

from onepunch_jax.core import Batch, Method, Variables
from onepunch_jax.data import pipeline

GUIDES = ('hint', 'tags', 'reference', 'palette')  # batch keys that a person may provide
Predict = Callable[[Batch], jax.Array]  # a cast batch -> sRGB [B, H, W, 3] in [0, 1]


class Report(Protocol):
  """Results with a structure, from which tables and plots read."""

  def numbers(self) -> dict[str, float]:
    """All its numbers as {'<row>/<column>': value}."""


Results = dict[str, Any]  # name -> number, uint8 picture or Report
Evaluation = Callable[['Paint', Iterable[Batch]], Results]


@dataclasses.dataclass(frozen=True)
class Paint:
  """A method with its variables: a cast batch -> sRGB [B, H, W, 3] in [0, 1].

  Attributes:
    colorize: batch -> prediction.
    measure: batch -> {'<row>/<column>': [B]}: what only the method itself can measure.
    inputs: the batch keys that `colorize` reads, optional ones too; None where that is not known.
  """

  colorize: Predict
  measure: Callable[[Batch], dict[str, jax.Array]]
  inputs: tuple[str, ...] | None = None

  def __call__(self, batch: Batch) -> jax.Array:
    return self.colorize(batch)


def painter(method: Method, key: jax.Array) -> Callable[[Variables], Paint]:
  """variables -> Paint; what is compiled is kept for the next variables."""

  @jax.jit
  def colorize(v, batch):
    return method.colorize(v, batch, key)

  @jax.jit
  def measure(v, batch):
    return method.measure(v, batch, key)

  def paint(v: Variables) -> Paint:
    inputs = (*method.inputs, *method.optional_inputs)
    return Paint(functools.partial(colorize, v), functools.partial(measure, v), inputs)

  return paint


def numbers(results: Mapping[str, Any]) -> dict[str, float]:
  """The numbers among results, those of reports too; no pictures and no strings."""
  found = {}
  for name, value in results.items():
    if hasattr(value, 'numbers'):
      found |= value.numbers()
    elif not isinstance(value, np.ndarray | str):
      found[name] = value
  return found


def fetch(x: Any) -> np.ndarray:
  """A global array on the host, wherever its parts are."""
  if jax.process_count() > 1 and not isinstance(x, np.ndarray):
    from jax.experimental import multihost_utils

    return np.asarray(multihost_utils.process_allgather(x, tiled=True))
  return np.asarray(x)


def only(batch: Batch, *guides: str) -> dict[str, jax.Array]:
  """The batch without the guides that a person may provide, but for `guides`."""
  return {k: x for k, x in batch.items() if k in guides or k not in GUIDES}


def unconditional(batch: Batch) -> dict[str, jax.Array]:
  """The batch without what a person may provide beside the line art; its tags are all 0."""
  found = only(batch, 'tags')
  return {**found, 'tags': 0 * batch['tags']} if 'tags' in batch else found


def predict(paint: Predict, batch: Batch, **changed: Any) -> jax.Array:
  """The prediction for a batch with other hints, lines ..., placed as its 'rgb' is.

  All calls with the same keys share one compilation.
  """
  placed = {k: jax.device_put(x, batch['rgb'].sharding) for k, x in changed.items()}
  return paint({**batch, **placed})


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
    pictures: pipeline.Evaluation,
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


def run(evaluations: Iterable[Evaluation], paint: Paint, batches: Iterable[Batch]) -> Results:
  """The results of all evaluations together."""
  results = {}
  for evaluation in evaluations:
    results |= evaluation(paint, batches)
  return results
