"""The results of evals/hints as one typed object, from which table, plots and report.json read."""

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple


class Curve(NamedTuple):
  """y over x, x ascending."""

  x: tuple[float, ...]
  y: tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class HintAuc:
  """Hint-AUC for one order of the regions.

  Attributes:
    whole, foreground: PSNR in dB integrated over the fraction of hinted regions.
    curve: PSNR of whole pictures over per cent of hinted regions.
  """

  whole: float
  foreground: float
  curve: Curve


@dataclasses.dataclass(frozen=True)
class HintRow:
  """Means of one predictor over drawings of one kind; None where it was not measured.

  Attributes:
    points: foreground PSNR over the number of points.
    largest_first, random_order: Hint-AUC.
    obedience: median CIEDE2000 from a hint's colour to the commonest colour of its region.
    exact: fraction of the drawings in which that is at most 1.
    coverage: fraction of the region within 5 of the hint's colour.
    leak: fraction of the pixels outside of it that the hint moves.
    leak_by_gap: `leak` over the width of gaps in the drawings' lines, px at 256.
    square_leak: the leak out of a square over the width of its gap, px at 256.
  """

  points: Curve | None = None
  largest_first: HintAuc | None = None
  random_order: HintAuc | None = None
  obedience: float | None = None
  exact: float | None = None
  coverage: float | None = None
  leak: float | None = None
  leak_by_gap: Curve | None = None
  square_leak: Curve | None = None

  def numbers(self) -> dict[str, float]:
    """{column: value}: points_N, auc..., obedience, leak... (evals/hints lists them)."""
    found = _columns('points', self.points)
    for name, auc in (('auc', self.largest_first), ('auc_random', self.random_order)):
      if auc is not None:
        found |= {name: auc.whole, f'{name}_foreground': auc.foreground}
        found |= _columns(f'{name}_at', auc.curve)
    for name in ('obedience', 'exact', 'coverage', 'leak'):
      if getattr(self, name) is not None:
        found[name] = getattr(self, name)
    return found | _columns('leak_drawn', self.leak_by_gap) | _columns('leak_gap', self.square_leak)


@dataclasses.dataclass(frozen=True)
class HintReport:
  """What hints do.

  Attributes:
    rows: 'model' and 'nearest', and each of the two over the drawings of a kind: 'model_open',
      'model_soft', ...
  """

  rows: Mapping[str, HintRow]

  def numbers(self) -> dict[str, float]:
    """{'<row>/<column>': value} for the table and metrics.jsonl."""
    return {f'{name}/{k}': x for name, row in self.rows.items() for k, x in row.numbers().items()}

  def to_json(self) -> dict[str, Any]:
    """Plain lists and dicts for report.json."""
    return {name: dataclasses.asdict(row) for name, row in self.rows.items()}

  @classmethod
  def from_json(cls, rows: Mapping[str, Any]) -> 'HintReport':
    """The report that `to_json` wrote."""
    return cls({name: _row(row) for name, row in rows.items()})


def _columns(name: str, curve: Curve | None) -> dict[str, float]:
  return {f'{name}_{x:g}': y for x, y in zip(*curve)} if curve else {}


def _row(values: Mapping[str, Any]) -> HintRow:
  found = dict(values)
  for name in ('points', 'leak_by_gap', 'square_leak'):
    found[name] = _curve(found[name])
  for name in ('largest_first', 'random_order'):
    if found[name] is not None:
      found[name] = HintAuc(**{**found[name], 'curve': _curve(found[name]['curve'])})
  return HintRow(**found)


def _curve(pair: Any) -> Curve | None:
  return None if pair is None else Curve(tuple(pair[0]), tuple(pair[1]))
