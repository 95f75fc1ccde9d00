"""Several colourings of one drawing: how far apart they are, and which known ones they come near.

  pairwise_de00   CIEDE2000 between two colourings, over inside pixels that are not ink, mean over
                  pairs and pictures
  best_de00, one_de00   to the target: of the best of the colourings, and of the first
Where line art comes with several targets (its rows have the same lines), over those drawings:
  known_best, known_one   CIEDE2000 from a known colouring to the nearest of the samples, and to the
                  first, mean over a drawing's known colourings, then over drawings
  known_gain      known_one - known_best, and known_gain_low, known_gain_high: its bootstrap 95 %
                  interval over drawings
  known_drawings  how many these are
and a picture, a row a drawing: line | target | colourings 0, 1, 2 ... (0 is the likeliest).
Rows: `diversity`, the model; `turned`, what any answer gains by guessing: the first colouring, and
it with its hue turned by equal parts of a circle.  For methods that read batch['sample'].
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.evals.image import DRAWN, INK, WHITE
from onepunch_jax.evals.samples import grid
from onepunch_jax.ops import color

RESAMPLED = 2000  # of the bootstrap


def make(*, samples=4, pictures=32) -> Callable:
  """(paint, batches) -> numbers 'diversity/...' and a grid; of the first `pictures` rows."""

  def evaluate(paint: Callable, batches: Iterable) -> dict:
    found, lines, rows = {'diversity': [], 'turned': []}, [], []
    for batch in batches:
      count = batch['line'].shape[0]
      number = lambda i, n=count: jnp.full(n, i, jnp.int32)
      painted = jnp.stack([paint({**batch, 'sample': number(i)}) for i in range(samples)])
      valid = np.flatnonzero(np.asarray(batch['valid']) > 0)
      for row, answers in (('diversity', painted), ('turned', _turned(painted[0], samples))):
        measured = _measure(answers, batch)
        found[row] += [{k: float(x[i]) for k, x in measured.items()} for i in valid]
      lines += [np.asarray(batch['line'][i]).tobytes() for i in valid]
      shown = [jnp.repeat(0.5 + 0.5 * batch['line'], 3, -1), 0.5 + 0.5 * batch['rgb'], *painted]
      rows += [[np.asarray(x[i]) for x in shown] for i in valid]
      if len(rows) >= pictures:
        break
    results = {}
    for row, values in found.items():
      values = values[:pictures]
      results |= {f'{row}/{k}': float(np.nanmean([f[k] for f in values])) for k in values[0]}
      results |= {f'{row}/{k}': x for k, x in known(values, lines[:pictures]).items()}
    captions = ('line', 'target', *(f'colouring {i}' for i in range(samples)))
    return {**results, 'colourings': grid(rows[: min(8, pictures)], captions, 1)}

  return evaluate


def known(found: list[dict], lines: list[bytes]) -> dict[str, float]:
  """What is said above of drawings with several targets; {} where none has several.

  `found` has best_de00 and one_de00 of each row, `lines` what tells its line art.
  """
  groups = {}
  for values, line in zip(found, lines):
    groups.setdefault(line, []).append((values['best_de00'], values['one_de00']))
  means = np.array([np.nanmean(g, 0) for g in groups.values() if len(g) > 1])
  if not len(means):
    return {}
  gain = means[:, 1] - means[:, 0]
  again = np.random.default_rng(0).integers(0, len(gain), (RESAMPLED, len(gain)))
  low, high = np.percentile(gain[again].mean(1), [2.5, 97.5])
  best, one = means.mean(0)
  return {
    'known_best': float(best),
    'known_one': float(one),
    'known_gain': float(gain.mean()),
    'known_gain_low': float(low),
    'known_gain_high': float(high),
    'known_drawings': len(means),
  }


@functools.partial(jax.jit, static_argnums=1)
def _turned(painted, count):
  """[B, H, W, 3] -> [count, B, H, W, 3]: as it is, and with ab turned by parts of a circle."""
  lab = color.rgb_to_lab(painted)
  turns = []
  for i in range(count):
    c, s = math.cos(2 * math.pi * i / count), math.sin(2 * math.pi * i / count)
    ab = lab[..., 1:] @ jnp.array([[c, s], [-s, c]])
    turns.append(jnp.clip(color.lab_to_rgb(jnp.concatenate([lab[..., :1], ab], -1)), 0, 1))
  return jnp.stack(turns)


@jax.jit
def _measure(painted, batch):
  """[K, B, H, W, 3] in [0, 1] and a cast batch -> {name: [B]}."""
  target, line = 0.5 + 0.5 * batch['rgb'], 0.5 + 0.5 * batch['line'][..., 0]
  seen = (line >= INK) & ((line < DRAWN) | (target.min(-1) < WHITE))
  lab, truth = color.rgb_to_lab(painted), color.rgb_to_lab(target)
  mean = lambda x: jnp.sum(x * seen, (-2, -1)) / jnp.maximum(seen.sum((-2, -1)), 1)
  pairs = [
    mean(color.delta_e(lab[i], lab[j])) for i, j in itertools.combinations(range(len(lab)), 2)
  ]
  errors = mean(color.delta_e(lab, truth[None]))
  between = sum(pairs) / len(pairs) if pairs else jnp.zeros(errors.shape[1])
  return {'pairwise_de00': between, 'best_de00': errors.min(0), 'one_de00': errors[0]}
