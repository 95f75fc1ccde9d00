"""Hint-AUC: PSNR with a dot on a share a of the regions, integrated over a in [0, 1]."""

import numpy as np

from onepunch_jax.evals.hint_metrics.common import ask, fetch, psnr


def areas(answer, batch, number, parts, alphas, orders) -> dict:
  """{'auc': [B], 'auc_inside': [B], 'auc_at_5': [B] ...}, and 'auc_random...' with `orders`.

  Args:
    answer, batch: what is asked, and on what.
    number: of the batch: drawings of other batches take other orders.
    parts: the regions of each drawing, the largest first.
    alphas: shares, from 0 to 1: the first floor(a n) of n regions have dots.
    orders: over how many random orders of the regions 'auc_random' is a mean; 0 for none.
  """
  order = [list(range(len(p))) for p in parts]
  curve = _curve(answer, batch, parts, order, alphas)
  found = _columns('auc', curve, alphas)
  if orders:
    curves = []
    for seed in range(orders):
      dice = np.random.default_rng((seed, number))
      order = [list(dice.permutation(len(p))) for p in parts]
      ends = {0: curve[0], len(alphas) - 1: curve[-1]}  # none, and all: any order is the same
      curves.append(_curve(answer, batch, parts, order, alphas, ends if alphas[-1] == 1 else {}))
    found |= _columns('auc_random', np.mean(curves, 0), alphas)
  return found


def _curve(answer, batch, parts, order, alphas, known=()) -> np.ndarray:
  """PSNR, whole and inside, [A, 2, B]."""
  shape, before, curve = batch['line'].shape, None, []
  for i, alpha in enumerate(alphas):
    counts = [int(np.floor(alpha * len(p) + 1e-9)) for p in parts]
    if i in known:
      curve.append(known[i])
    elif counts == before:  # few regions: the same hints again
      curve.append(curve[-1])
    else:
      hint = np.zeros((*shape[:3], 4), np.float32)
      for b, n in enumerate(counts):
        for j in order[b][:n]:
          parts[b][j].show(hint[b])
      curve.append(np.stack([fetch(x) for x in psnr(ask(answer, batch, hint=hint), batch)]))
    before = counts
  return np.array(curve)


def _columns(name, curve, alphas) -> dict:
  area = np.trapezoid(curve, alphas, axis=0)
  return {
    name: area[0],
    f'{name}_inside': area[1],
    **{f'{name}_at_{100 * a:g}': x[0] for a, x in zip(alphas, curve)},
  }
