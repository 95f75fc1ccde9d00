"""Hint-AUC: PSNR with a dot on a fraction a of the regions, integrated over a in [0, 1]."""

from collections.abc import Sequence

import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Predict, fetch, predict
from onepunch_jax.evals.hint_metrics.regions import Region
from onepunch_jax.metrics.image import psnr

Regions = Sequence[Sequence[Region]]  # of each drawing, the largest first


def largest_first(
  paint: Predict, batch: Batch, regions: Regions, alphas: Sequence[float]
) -> np.ndarray:
  """PSNR of whole pictures and of their foreground, [A, 2, B], with dots on the largest regions.

  Args:
    paint: the method or a baseline.
    batch: what it is asked on.
    regions: the regions of each drawing, the largest first.
    alphas: fractions, from 0 to 1: the first floor(a n) of n regions have dots.
  """
  return _curve(paint, batch, regions, [range(len(r)) for r in regions], alphas, {})


def random_order(
  paint: Predict,
  batch: Batch,
  regions: Regions,
  alphas: Sequence[float],
  orders: int,
  number: int,
  ordered: np.ndarray,
) -> np.ndarray:
  """The mean of `largest_first` over `orders` random orders of the regions, [A, 2, B].

  Args:
    paint, batch, regions, alphas: as for `largest_first`.
    orders: how many.
    number: of the batch: drawings of other batches have other orders.
    ordered: what `largest_first` found: no dots, and dots everywhere, are the same in any order.
  """
  known = {0: ordered[0], len(alphas) - 1: ordered[-1]} if alphas[-1] == 1 else {}
  curves = []
  for seed in range(orders):
    rng = np.random.default_rng((seed, number))
    order = [list(rng.permutation(len(r))) for r in regions]
    curves.append(_curve(paint, batch, regions, order, alphas, known))
  return np.mean(curves, 0)


def _curve(paint, batch, regions, order, alphas, known) -> np.ndarray:
  """[A, 2, B]; `known` has the rows that need no prediction."""
  shape, before, curve = batch['line'].shape, None, []
  for i, alpha in enumerate(alphas):
    counts = [int(np.floor(alpha * len(r) + 1e-9)) for r in regions]
    if i in known:
      curve.append(known[i])
    elif counts == before:  # few regions: the same hints again
      curve.append(curve[-1])
    else:
      hint = np.zeros((*shape[:3], 4), np.float32)
      for b, n in enumerate(counts):
        for j in order[b][:n]:
          regions[b][j].draw_dot(hint[b])
      curve.append(np.stack([fetch(x) for x in psnr(predict(paint, batch, hint=hint), batch)]))
    before = counts
  return np.array(curve)
