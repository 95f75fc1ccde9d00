"""-log p of the regions' true colours: for methods that have a distribution of colours.

  nll_N   mean over drawings of -log p of a region's colour in Lab, weighted by the square root of
          its area, the N largest regions being known; without the constant 3 / 2 log 2 pi

Rows: `model`, as `Method.measure` returns it; and the baseline `noun`: the colours of the region's
noun in the other drawings (region_metrics/noun_prior.py), which knows no other region of the
drawing, over the same regions. Needs batches with region tokens (data/region_tokens); {} without.
"""

from collections.abc import Iterable

import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Paint, fetch
from onepunch_jax.evals.region_metrics.drawings import first, to_lab
from onepunch_jax.evals.region_metrics.noun_prior import NounPrior

NEEDED = ('colors', 'geometry', 'token_nouns')
ROOT_AREA, USED = 7, 11  # columns of batch['geometry'] (regions/tokens)


def make(*, known: tuple[int, ...] = (0, 1, 5, 20), pictures: int = 200) -> Evaluation:
  """(paint, batches) -> {'<row>/nll_N': value}.

  Args:
    known: the numbers N for the baseline; the method chooses its own.
    pictures: how many drawings, the first ones.
  """

  def evaluate(paint: Paint, batches: Iterable[Batch]) -> dict[str, float]:
    model, regions = {}, []
    for batch, valid in first(batches, pictures):
      if any(key not in batch for key in NEEDED):
        return {}
      for name, values in paint.measure(batch).items():
        if name.split('/')[-1].startswith('nll_'):
          model.setdefault(name, []).extend(fetch(values)[valid])
      lab, geometry = to_lab(0.5 + 0.5 * batch['colors']), fetch(batch['geometry'])
      nouns = fetch(batch['token_nouns'])
      for i in valid:
        used = geometry[i, :, USED] > 0
        regions.append((lab[i][used], geometry[i, used, ROOT_AREA], nouns[i][used]))
    if not regions:
      return {}
    prior = NounPrior(*zip(*regions))
    found = {name: float(np.nanmean(x)) for name, x in model.items()}
    for count in known:
      values = [_mean(prior, i, *own[:2], count) for i, own in enumerate(regions)]
      values = [x for x in values if not np.isnan(x)]
      found[f'noun/nll_{count}'] = float(np.mean(values)) if values else float('nan')
    return found

  return evaluate


def _mean(prior: NounPrior, drawing: int, lab: np.ndarray, weight: np.ndarray, known: int) -> float:
  """The weighted mean of a drawing's regions behind the first `known`; NaN where there is none."""
  if len(lab) <= known:
    return float('nan')
  values = prior.negative_log_likelihood(drawing, lab)[known:]
  return float(np.average(values, weights=weight[known:]))
