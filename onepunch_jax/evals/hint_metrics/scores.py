"""The scores of single drawings, and their means over drawings of a kind."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.data.batch import SHADINGS, UNKNOWN
from onepunch_jax.evals import fetch
from onepunch_jax.evals.hint_metrics.report import Curve, HintAuc, HintRow
from onepunch_jax.evals.hint_metrics.single_hint import EXACT, SingleHint


@dataclasses.dataclass(frozen=True)
class Scores:
  """One predictor's scores of D drawings; None where they were not measured.

  Attributes:
    points: [N, D], foreground PSNR by number of points.
    largest_first, random_order: [A, 2, D], PSNR of whole pictures and of their foreground.
    single: arrays [D].
  """

  points: np.ndarray | None = None
  largest_first: np.ndarray | None = None
  random_order: np.ndarray | None = None
  single: SingleHint | None = None

  def select(self, which: np.ndarray) -> 'Scores':
    """Those of some of the drawings: indices, or bool [D]."""
    return Scores(
      *(None if x is None else x[..., which] for x in self._arrays),
      None if self.single is None else SingleHint(*(x[which] for x in self.single)),
    )

  @property
  def _arrays(self) -> tuple[np.ndarray | None, ...]:
    return self.points, self.largest_first, self.random_order


def join(parts: Sequence[Scores]) -> Scores:
  """The scores of the drawings of all batches."""
  arrays = zip(*(part._arrays for part in parts))
  singles = [part.single for part in parts]
  return Scores(
    *(None if xs[0] is None else np.concatenate(xs, -1) for xs in arrays),
    None if singles[0] is None else SingleHint(*map(np.concatenate, zip(*singles))),
  )


@dataclasses.dataclass(frozen=True)
class Traits:
  """What the data knows of D drawings; UNKNOWN where it does not.

  Attributes:
    gap: [D], px at 256 of breaks in the lines.
    shading: [D], an index of SHADINGS.
  """

  gap: np.ndarray
  shading: np.ndarray

  @classmethod
  def of(cls, batch: Batch, valid: np.ndarray) -> 'Traits':
    """Those of the drawings `valid` of a batch."""
    unknown = np.full(len(valid), UNKNOWN)
    found = [fetch(batch[k])[valid] if k in batch else unknown for k in ('gap', 'shading')]
    return cls(*found)

  def kinds(self) -> dict[str, np.ndarray]:
    """{suffix of a row: which drawings}: all, those with open lines, those with soft shading."""
    return {
      '': np.ones(len(self.gap), bool),
      '_open': (self.gap > 0) & (self.gap != UNKNOWN),
      '_soft': self.shading == SHADINGS.index('soft'),
    }


def rows(
  name: str, scores: Scores, traits: Traits, counts: Sequence[int], alphas: Sequence[float]
) -> dict[str, HintRow]:
  """{row: means}: of all drawings, and of each kind that there is.

  Args:
    name: 'model' or a baseline.
    scores: of all drawings.
    traits: of the same.
    counts: numbers of points.
    alphas: fractions of hinted regions.
  """
  found = {
    name + kind: _means(scores.select(which), counts, alphas)
    for kind, which in traits.kinds().items()
    if which.any()
  }
  if scores.single is not None:
    gaps = [int(g) for g in np.unique(traits.gap[traits.gap != UNKNOWN])]
    leaks = [_mean(scores.single.leak[traits.gap == g]) for g in gaps]
    if gaps:
      found[name] = dataclasses.replace(found[name], leak_by_gap=Curve(tuple(gaps), tuple(leaks)))
  return found


def _means(scores: Scores, counts, alphas) -> HintRow:
  one = scores.single
  return HintRow(
    points=None if scores.points is None else Curve(tuple(counts), _each(scores.points)),
    largest_first=_auc(scores.largest_first, alphas),
    random_order=_auc(scores.random_order, alphas),
    obedience=None if one is None else float(np.nanmedian(one.obedience)),
    exact=None
    if one is None
    else _mean(np.where(np.isnan(one.obedience), np.nan, one.obedience <= EXACT)),
    coverage=None if one is None else _mean(one.coverage),
    leak=None if one is None else _mean(one.leak),
  )


def _auc(psnr: np.ndarray | None, alphas: Sequence[float]) -> HintAuc | None:
  """The area under PSNR [A, 2, D] over the fractions, and the curve of whole pictures."""
  if psnr is None:
    return None
  area = np.trapezoid(psnr, alphas, axis=0)
  percent = tuple(float(f'{100 * a:g}') for a in alphas)
  return HintAuc(_mean(area[0]), _mean(area[1]), Curve(percent, _each(psnr[:, 0])))


def _each(values: np.ndarray) -> tuple[float, ...]:
  return tuple(_mean(np.ascontiguousarray(x)) for x in values)


def _mean(x: np.ndarray) -> float:
  return float(np.nanmean(x))
