"""Several samples for one drawing: how far apart they are, and which known colourings they meet.

  pairwise_de00   CIEDE2000 between two samples, over foreground pixels that are not ink, mean over
                  pairs and pictures
  best_de00, one_de00   to the ground truth: of the best of the samples, and of the first
Where line art comes with several ground truths (rows with the same lines), over those drawings:
  known_best, known_one   CIEDE2000 from a known colouring to the nearest of the samples, and to the
                  first, mean over a drawing's known colourings, then over drawings
  known_gain      known_one - known_best, and known_gain_low, known_gain_high: its bootstrap 95 %
                  interval over drawings
  known_drawings  how many these are
and a picture, a row a drawing: line art, ground truth, samples 0, 1, 2 ... (0 is the likeliest).
Rows: `diversity`, the model; `turned`, a baseline, what any prediction gains by guessing: the first
sample, and it with its hue turned by equal parts of a circle. For methods that read
batch['sample'].
"""

import functools
import itertools
import math
from collections.abc import Iterable, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Predict
from onepunch_jax.evals.samples import grid
from onepunch_jax.metrics.image import colored_pixels
from onepunch_jax.ops import color

RESAMPLED = 2000  # of the bootstrap


def make(*, samples: int = 4, pictures: int = 32) -> Evaluation:
  """(paint, batches) -> numbers 'diversity/...' and 'turned/...', and the picture 'colourings'.

  Args:
    samples: how many for each drawing.
    pictures: how many drawings, the first ones.
  """

  def evaluate(paint: Predict, batches: Iterable[Batch]) -> dict:
    found, lines, sheet = {'diversity': [], 'turned': []}, [], []
    for batch in batches:
      count = batch['line'].shape[0]
      predictions = jnp.stack(
        [paint({**batch, 'sample': jnp.full(count, i, jnp.int32)}) for i in range(samples)]
      )
      valid = np.flatnonzero(np.asarray(batch['valid']) > 0)
      for row, x in (('diversity', predictions), ('turned', _turn(predictions[0], samples))):
        measured = _measure(x, batch)
        found[row] += [{k: float(x[i]) for k, x in measured.items()} for i in valid]
      lines += [np.asarray(batch['line'][i]).tobytes() for i in valid]
      shots = [jnp.repeat(0.5 + 0.5 * batch['line'], 3, -1), 0.5 + 0.5 * batch['rgb'], *predictions]
      sheet += [[np.asarray(x[i]) for x in shots] for i in valid]
      if len(sheet) >= pictures:
        break
    results = {}
    for row, values in found.items():
      values = values[:pictures]
      results |= {f'{row}/{k}': float(np.nanmean([f[k] for f in values])) for k in values[0]}
      results |= {f'{row}/{k}': x for k, x in known(values, lines[:pictures]).items()}
    captions = ('line', 'target', *(f'colouring {i}' for i in range(samples)))
    return {**results, 'colourings': grid(sheet[: min(8, pictures)], captions, 1)}

  return evaluate


def known(found: Sequence[dict[str, float]], lines: Sequence[bytes]) -> dict[str, float]:
  """The columns known_... over the drawings with several ground truths; {} where none has several.

  Args:
    found: best_de00 and one_de00 of each row.
    lines: of each row what identifies its line art.
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
def _turn(prediction, count):
  """[B, H, W, 3] -> [count, B, H, W, 3]: as it is, and with ab turned by parts of a circle."""
  lab = color.rgb_to_lab(prediction)
  turns = []
  for i in range(count):
    c, s = math.cos(2 * math.pi * i / count), math.sin(2 * math.pi * i / count)
    ab = lab[..., 1:] @ jnp.array([[c, s], [-s, c]])
    turns.append(jnp.clip(color.lab_to_rgb(jnp.concatenate([lab[..., :1], ab], -1)), 0, 1))
  return jnp.stack(turns)


@jax.jit
def _measure(predictions, batch):
  """[K, B, H, W, 3] in [0, 1] and a cast batch -> {name: [B]}."""
  seen = colored_pixels(batch)
  lab, truth = color.rgb_to_lab(predictions), color.rgb_to_lab(0.5 + 0.5 * batch['rgb'])

  def mean(x):
    return jnp.sum(x * seen, (-2, -1)) / jnp.maximum(seen.sum((-2, -1)), 1)

  pairs = [
    mean(color.delta_e(lab[i], lab[j])) for i, j in itertools.combinations(range(len(lab)), 2)
  ]
  errors = mean(color.delta_e(lab, truth[None]))
  between = sum(pairs) / len(pairs) if pairs else jnp.zeros(errors.shape[1])
  return {'pairwise_de00': between, 'best_de00': errors.min(0), 'one_de00': errors[0]}
