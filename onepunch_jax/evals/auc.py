"""Zhang's AuC (2016, section 3.1): how much of the picture is within an ab error, all errors tried.

  auc             the share of pixels within t, averaged over t from 0 to 150, in per cent
  auc_rebalanced  the same, each pixel weighted by one over its colour's share of all pixels

Rows: `model`, and `line`: no colour at all.
"""

from collections.abc import Callable, Iterable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.ops import ab_bins, color

FARTHEST = 150.0


def make() -> Callable:
  """(paint, batches) -> {'<row>/auc': ..., '<row>/auc_rebalanced': ...}."""
  bins, _ = ab_bins.load('gamut')

  @jax.jit
  def sums(painted, batch):
    """Per colour class of the target: [Q] pixels, {row: [Q] sum of their scores}."""
    ab = lambda rgb: color.rgb_to_lab(rgb)[..., 1:]
    true = ab(0.5 + 0.5 * batch['rgb'])
    kind = ab_bins.nearest(true, bins)
    valid = jnp.broadcast_to(batch['valid'][:, None, None] > 0, kind.shape).astype(jnp.float32)
    total = lambda x: jnp.zeros(len(bins)).at[kind.reshape(-1)].add((x * valid).reshape(-1))
    # averaged over t, the share of pixels within t is the mean of 1 - error / 150
    score = lambda x: jnp.clip(1 - jnp.sqrt(jnp.sum((x - true) ** 2, -1)) / FARTHEST, 0, 1)
    return total(1.0), {'model': total(score(ab(painted))), 'line': total(score(0.0))}

  def evaluate(paint: Callable, batches: Iterable) -> dict[str, float]:
    count, scores = np.zeros(len(bins)), {}
    for batch in batches:
      n, found = jax.device_get(sums(paint(batch), batch))
      count += n
      scores = {row: scores.get(row, 0) + x.astype(np.float64) for row, x in found.items()}
    there = count > 0
    return {
      f'{row}/{name}': 100 * float(value)
      for row, x in scores.items()
      for name, value in (
        ('auc', x.sum() / count.sum()),
        ('auc_rebalanced', (x[there] / count[there]).mean()),
      )
    }

  return evaluate
