"""What only the method itself can measure (`Method.measure`), each the mean over pictures."""

from collections.abc import Iterable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Paint


def make() -> Evaluation:
  """(paint, batches) -> {'<row>/<column>': mean}; NaN where a picture has no value is left out."""

  @jax.jit
  def sums(values, valid):
    there = {k: (valid > 0) & ~jnp.isnan(x) for k, x in values.items()}
    return {
      k: jnp.stack([jnp.sum(jnp.where(there[k], x, 0)), there[k].sum()]) for k, x in values.items()
    }

  def evaluate(paint: Paint, batches: Iterable[Batch]) -> dict[str, float]:
    totals = {}
    for batch in batches:
      found = jax.device_get(sums(paint.measure(batch), batch['valid']))
      totals = {k: totals.get(k, 0) + np.float64(x) for k, x in found.items()}
    return {
      k: float(total / count) if count else float('nan') for k, (total, count) in totals.items()
    }

  return evaluate
