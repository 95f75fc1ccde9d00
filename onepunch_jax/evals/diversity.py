"""Several colourings of one drawing: how far apart they are, and how near the best one comes.

  pairwise_de00   CIEDE2000 between two colourings, over inside pixels that are not ink, mean over
                  pairs and pictures
  best_de00, one_de00   to the target: of the best of the colourings, and of the first
and a picture, a row a drawing: line | target | colourings 0, 1, 2 ... (0 is the likeliest).
For methods that read batch['sample'].
"""

import itertools
from collections.abc import Callable, Iterable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import color
from onepunch_jax.evals.image import DRAWN, INK, WHITE
from onepunch_jax.evals.samples import grid


def make(*, samples=4, pictures=32) -> Callable:
  """(paint, batches) -> numbers 'diversity/...' and a grid; of the first `pictures` drawings."""

  def evaluate(paint: Callable, batches: Iterable) -> dict:
    found, rows = [], []
    for batch in batches:
      count = batch['line'].shape[0]
      number = lambda i, n=count: jnp.full(n, i, jnp.int32)
      painted = jnp.stack([paint({**batch, 'sample': number(i)}) for i in range(samples)])
      measured, valid = _measure(painted, batch), np.asarray(batch['valid']) > 0
      found += [{k: float(x[i]) for k, x in measured.items()} for i in np.flatnonzero(valid)]
      shown = [jnp.repeat(0.5 + 0.5 * batch['line'], 3, -1), 0.5 + 0.5 * batch['rgb'], *painted]
      rows += [[np.asarray(x[i]) for x in shown] for i in np.flatnonzero(valid)]
      if len(found) >= pictures:
        break
    found = found[:pictures]
    means = {f'diversity/{k}': float(np.nanmean([f[k] for f in found])) for k in found[0]}
    captions = ('line', 'target', *(f'colouring {i}' for i in range(samples)))
    return {**means, 'colourings': grid(rows[: min(8, pictures)], captions, 1)}

  return evaluate


@jax.jit
def _measure(painted, batch):
  """[K, B, H, W, 3] in [0, 1] and a cast batch -> {name: [B]}."""
  target, line = 0.5 + 0.5 * batch['rgb'], 0.5 + 0.5 * batch['line'][..., 0]
  seen = (line >= INK) & ((line < DRAWN) | (target.min(-1) < WHITE))
  lab, truth = color.rgb_to_lab(painted), color.rgb_to_lab(target)
  mean = lambda x: jnp.sum(x * seen, (-2, -1)) / jnp.maximum(seen.sum((-2, -1)), 1)
  pairs = [mean(color.delta_e(lab[i], lab[j])) for i, j in
           itertools.combinations(range(len(lab)), 2)]  # fmt: skip
  errors = mean(color.delta_e(lab, truth[None]))
  between = sum(pairs) / len(pairs) if pairs else jnp.zeros(errors.shape[1])
  return {'pairwise_de00': between, 'best_de00': errors.min(0), 'one_de00': errors[0]}
