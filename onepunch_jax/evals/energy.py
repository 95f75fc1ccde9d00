"""Whether samples differ as the true colours do: measures that an average cannot win.

Over the regions of drawings, weighted by the square root of their area, colours in Lab:

  energy        energy score of `samples` random samples: mean distance to the true colour less half
                the mean distance between samples (metrics/samples.py); lower is better
  best_of       distance to the true colour of the nearest of the samples
  likeliest     distance to the true colour of the likeliest prediction
  calibration   calibration error of the likeliest prediction by area: its confidence is the
                fraction of samples within 10 of it, and it is right within 10 of the truth
  macro_f       F1 of the likeliest prediction's colour name (of thirteen), mean over the names

Rows: `model`, which is asked with batch['sample'] = 0 (the likeliest), 1, 2 ...; and baselines:
`mean` (one colour, the mean of all regions), `mode` (the commonest colour of the region's noun in
the other drawings) and `noun` (samples of the colours of the region's noun in the other drawings).
Without known nouns all regions have one noun. Nothing but the line art is given to the model, and
the drawings' tags if `tags` is set.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Paint, only, unconditional
from onepunch_jax.evals.region_metrics.drawings import (
  Drawing,
  drawings_of,
  first,
  predictions,
  region_colors,
  to_lab,
)
from onepunch_jax.evals.region_metrics.noun_prior import NounPrior
from onepunch_jax.metrics.samples import calibration_error, energy_score, macro_f
from onepunch_jax.ops import color
from onepunch_jax.synthetic import palette

NEAR = 10.0  # Lab: what counts as the same colour for calibration


def make(*, samples: int = 8, pictures: int = 100, tags: bool = False) -> Evaluation:
  """(paint, batches) -> {'<row>/<column>': value}.

  Args:
    samples: how many for each drawing.
    pictures: how many drawings, the first ones.
    tags: whether the model may read the drawings' tags.
  """

  def evaluate(paint: Paint, batches: Iterable[Batch]) -> dict[str, float]:
    drawings, found = [], []
    for batch, valid in first(batches, pictures):
      these = drawings_of(batch)
      asked = only(batch, 'tags') if tags else unconditional(batch)
      labs = [to_lab(x) for x in predictions(paint, asked, samples)]
      for i in valid:
        if these[i].regions:
          drawings.append(these[i])
          found.append(np.stack([region_colors(x[i], these[i].regions) for x in labs]))
    if not drawings:
      return {}
    rows = {'model': found, **_baselines(drawings, samples)}
    return {
      f'{row}/{k}': x for row, labs in rows.items() for k, x in _score(labs, drawings).items()
    }

  return evaluate


def _baselines(drawings: Sequence[Drawing], samples: int) -> dict[str, list[np.ndarray]]:
  """{row: of each drawing the likeliest prediction and samples, Lab [1 + S, R, 3]}."""
  prior = NounPrior(*([getattr(d, k) for d in drawings] for k in ('lab', 'weight', 'noun')))
  mean = np.average(
    np.concatenate([d.lab for d in drawings]), 0, np.concatenate([d.weight for d in drawings])
  )
  modes = [prior.mode(i) for i in range(len(drawings))]
  draws = [prior.sample(i, samples) for i in range(len(drawings))]
  return {
    'mean': [np.broadcast_to(mean, (1 + samples, *d.lab.shape)) for d in drawings],
    'mode': [np.broadcast_to(mode, (1 + samples, *mode.shape)) for mode in modes],
    'noun': [np.concatenate([mode[None], draw]) for mode, draw in zip(modes, draws)],
  }


def _score(labs: Sequence[np.ndarray], drawings: Sequence[Drawing]) -> dict[str, float]:
  """The columns of a row; `labs` of each drawing are [1 + S, R, 3]."""
  lab = np.concatenate(labs, 1).astype(np.float64)
  truth = np.concatenate([d.lab for d in drawings]).astype(np.float64)
  weight = np.concatenate([d.weight for d in drawings]).astype(np.float64)
  likeliest, samples = lab[0], lab[1:]
  away = np.linalg.norm(samples - truth, axis=-1)
  error = np.linalg.norm(likeliest - truth, axis=-1)
  agree = np.linalg.norm(samples - likeliest, axis=-1) <= NEAR
  return {
    'energy': float(np.average(energy_score(samples, truth), weights=weight)),
    'best_of': float(np.average(away.min(0), weights=weight)),
    'likeliest': float(np.average(error, weights=weight)),
    'calibration': calibration_error(agree.mean(0), error <= NEAR, weight**2),
    'macro_f': macro_f(_names(likeliest), _names(truth), weight),
  }


def _names(lab: np.ndarray) -> np.ndarray:
  """The colour name of each of Lab [R, 3]."""
  padded = np.zeros((-(-len(lab) // 256) * 256, 3), np.float32)  # few shapes, few compilations
  padded[: len(lab)] = lab
  rgb = np.asarray(color.lab_to_rgb(padded))[: len(lab)]
  return np.array([palette.name_of(tuple(c)) for c in np.uint8(np.round(255 * rgb))])
