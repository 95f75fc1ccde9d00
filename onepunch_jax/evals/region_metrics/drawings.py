"""Drawings as regions with one colour each, and several predictions for each of them."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import jax
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Paint, fetch
from onepunch_jax.evals.hint_metrics.regions import Region, regions_of
from onepunch_jax.ops import color

DOT = 6  # side of a hint in px at 256


class Drawing(NamedTuple):
  """The regions of a drawing, the largest first; blank paper is none.

  Attributes:
    regions: masks without ink.
    lab: [R, 3], the true colour of each, the median of its pixels in Lab.
    weight: [R], the square root of its fraction of the picture.
    noun: int [R], of which part it is; 0 where that is not known.
  """

  regions: list[Region]
  lab: np.ndarray
  weight: np.ndarray
  noun: np.ndarray


def first(batches: Iterable[Batch], count: int) -> Iterator[tuple[Batch, np.ndarray]]:
  """(batch, places of the drawings that count) until there are `count` drawings."""
  for batch in batches:
    if count <= 0:
      return
    valid = np.flatnonzero(fetch(batch['valid']))[:count]
    count -= len(valid)
    yield batch, valid


def drawings_of(batch: Batch) -> list[Drawing]:
  """All drawings of a batch with 'rgb', 'line' and, where known, 'regions' and 'nouns'."""
  lab = to_lab(0.5 + 0.5 * batch['rgb'])
  numbers = fetch(batch['nouns']) if 'nouns' in batch and 'regions' in batch else None
  found = []
  for i, regions in enumerate(regions_of(batch, DOT)):
    area = np.array([r.mask.sum() / r.mask.size for r in regions], np.float32)
    nouns = [0 if numbers is None else int(numbers[i, r.id]) for r in regions]
    found.append(
      Drawing(regions, region_colors(lab[i], regions), np.sqrt(area), np.array(nouns, int))
    )
  return found


def region_colors(lab: np.ndarray, regions: list[Region]) -> np.ndarray:
  """The median of Lab [H, W, 3] over each region, [R, 3]."""
  medians = [np.median(lab[region.mask], 0) for region in regions]
  return np.array(medians, np.float32).reshape(-1, 3)


def to_lab(rgb: jax.Array) -> np.ndarray:
  """sRGB [B, H, W, 3] in [0, 1] -> Lab on the host."""
  return fetch(_to_lab(rgb))


def predictions(paint: Paint, batch: Batch, samples: int, **changed: Any) -> list[jax.Array]:
  """The likeliest prediction, sRGB [B, H, W, 3], and `samples` random ones.

  A method without randomness is asked once, and its prediction repeated.

  Args:
    paint: the method.
    batch: what it is asked on.
    samples: how many.
    **changed: further keys of the batch.
  """
  batch = {**batch, **changed}
  if not is_random(paint, batch):
    return [paint(batch)] * (1 + samples)
  return [paint(numbered(batch, i)) for i in range(1 + samples)]


def numbered(batch: Batch, sample: int) -> dict[str, jax.Array]:
  """The batch with 'sample', placed as its drawings are."""
  numbers = np.full(batch['line'].shape[0], sample, np.int32)
  return {**batch, 'sample': jax.device_put(numbers, batch['valid'].sharding)}


def is_random(paint: Paint, batch: Batch) -> bool:
  """Whether other numbers of samples give other predictions."""
  inputs = getattr(paint, 'inputs', None)
  if inputs is not None:
    return 'sample' in inputs
  one, two = (fetch(paint(numbered(batch, i))) for i in (1, 2))
  return not np.array_equal(one, two)


@jax.jit
def _to_lab(rgb):
  return color.rgb_to_lab(rgb)
