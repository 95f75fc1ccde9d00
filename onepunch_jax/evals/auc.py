"""AuC of Zhang et al. (2016, section 3.1): the fraction of pixels within an ab error.

  auc             the fraction of pixels within t, averaged over t from 0 to 150, in per cent
  auc_rebalanced  the same, each pixel weighted by one over its colour's fraction of all pixels

Rows: `model`, and the baseline `line`: no colour at all.
"""

from collections.abc import Iterable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Predict
from onepunch_jax.ops import ab_bins, color

FARTHEST = 150.0


def make() -> Evaluation:
  """(paint, batches) -> {'<row>/auc': ..., '<row>/auc_rebalanced': ...}."""
  bins, _ = ab_bins.load('gamut')

  @jax.jit
  def sums(prediction, batch):
    """Per colour class of the ground truth: [Q] pixels, {row: [Q] sum of their scores}."""
    true = _ab(0.5 + 0.5 * batch['rgb'])
    kind = ab_bins.nearest(true, bins)
    valid = jnp.broadcast_to(batch['valid'][:, None, None] > 0, kind.shape).astype(jnp.float32)

    def total(x):
      return jnp.zeros(len(bins)).at[kind.reshape(-1)].add((x * valid).reshape(-1))

    def score(
      ab,
    ):  # averaged over t, the fraction of pixels within t is the mean of 1 - error / 150
      return jnp.clip(1 - jnp.sqrt(jnp.sum((ab - true) ** 2, -1)) / FARTHEST, 0, 1)

    return total(1.0), {'model': total(score(_ab(prediction))), 'line': total(score(0.0))}

  def evaluate(paint: Predict, batches: Iterable[Batch]) -> dict[str, float]:
    count, scores = np.zeros(len(bins)), {}
    for batch in batches:
      n, found = jax.device_get(sums(paint(batch), batch))
      count += n
      scores = {row: scores.get(row, 0) + x.astype(np.float64) for row, x in found.items()}
    present = count > 0
    results = {}
    for row, x in scores.items():
      results[f'{row}/auc'] = 100 * float(x.sum() / count.sum())
      results[f'{row}/auc_rebalanced'] = 100 * float((x[present] / count[present]).mean())
    return results

  return evaluate


def _ab(rgb: jax.Array) -> jax.Array:
  return color.rgb_to_lab(rgb)[..., 1:]
