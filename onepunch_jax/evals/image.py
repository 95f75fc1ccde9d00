"""Picture metrics beside their baselines, each the mean over pictures (metrics/image.compare).

Columns: psnr, psnr_foreground, ssim, de00, de00_p95, de00_ok, colorful.

Rows: `model`, and baselines: `line` (the line art as it is), `mean` (one colour, the mean of all
ground truths), `regions` (each true region filled with its own mean; where regions are known).
"""

import dataclasses
from collections.abc import Iterable, Mapping

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Predict
from onepunch_jax.metrics.image import compare, fill_regions


def make(*, baselines: bool = True) -> Evaluation:
  """(paint, batches) -> {'<row>/<column>': value, 'pictures': N}.

  Args:
    baselines: whether the baselines are measured too, by the first call.
  """
  return _Evaluation(baselines)


@dataclasses.dataclass
class _Evaluation:
  """Keeps the numbers of the baselines: they do not change from one evaluation to the next."""

  with_baselines: bool
  baselines: dict[str, float] | None = None

  def __call__(self, paint: Predict, batches: Iterable[Batch]) -> dict[str, float]:
    if self.with_baselines and self.baselines is None:
      self.baselines = _average(_baselines(batches), batches)
    return {**(self.baselines or {}), **_average({'model': paint}, batches)}


def as_line(batch: Batch) -> jax.Array:
  """The line art as the prediction."""
  return jnp.repeat(0.5 + 0.5 * batch['line'], 3, -1)


def _baselines(batches: Iterable[Batch]) -> dict[str, Predict]:
  """The baselines that these batches allow; the mean colour is theirs."""
  total, count, known = np.zeros(3), 0.0, True
  for batch in batches:
    t, n, all_known = jax.device_get(_sums(batch))
    total, count, known = total + t, count + n, known and bool(all_known)
  mean = jnp.asarray(total / max(count, 1), jnp.float32)

  def as_mean(batch):
    return jnp.broadcast_to(mean, batch['rgb'].shape)

  rows = {'line': jax.jit(as_line), 'mean': jax.jit(as_mean)}
  return {**rows, 'regions': _as_regions} if known else rows


@jax.jit
def _as_regions(batch):
  return fill_regions(0.5 + 0.5 * batch['rgb'], batch['regions'])


@jax.jit
def _sums(batch):
  """The sum of mean colours, the number of pictures, and whether all have known regions."""
  return (
    jnp.sum(jnp.mean(0.5 + 0.5 * batch['rgb'], (1, 2)) * batch['valid'][:, None], 0),
    batch['valid'].astype(jnp.float32).sum(),
    jnp.all(batch['regions'].max((1, 2, 3)) > 0) if 'regions' in batch else False,
  )


def _average(rows: Mapping[str, Predict], batches: Iterable[Batch]) -> dict[str, float]:
  """Means over all pictures that have a value."""

  @jax.jit
  def measure(prediction, batch):
    valid = batch['valid'] > 0
    return {
      k: (jnp.sum(jnp.where(valid & ~jnp.isnan(x), x, 0)), jnp.sum(valid & ~jnp.isnan(x)))
      for k, x in compare(prediction, batch).items()
    }

  totals, pictures = {}, 0
  for batch in batches:
    sums = {name: measure(answer(batch), batch) for name, answer in rows.items()}
    totals = jax.tree.map(np.add, totals, jax.device_get(sums)) if totals else jax.device_get(sums)
    pictures += int(jax.device_get(batch['valid'].sum()))
  means = {
    f'{row}/{k}': float(total / count) if count else float('nan')
    for row, columns in totals.items()
    for k, (total, count) in columns.items()
  }
  return {**means, 'pictures': pictures}
