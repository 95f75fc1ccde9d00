"""Curves as pictures."""

import numpy as np

from onepunch_jax.evals.hint_metrics.report import Curve, HintAuc, HintReport, HintRow
from onepunch_jax.reports import plots

ROWS = {
  row: HintRow(
    points=Curve((0, 10, 500), tuple(12 + times * np.log1p(n) for n in (0, 10, 500))),
    largest_first=HintAuc(15.0, 13.0, Curve((0, 5, 100), (0.0, 0.5, 10.0))),
    random_order=HintAuc(15.0, 13.0, Curve((0, 5, 100), (0.0, 0.4, 10.0))),
    square_leak=Curve((0, 16), (0.0, 0.4)),
    leak_by_gap=Curve((4,), (float('nan'),)),
  )
  for row, times in (('model', 2), ('nearest', 3))
}
REPORT = HintReport(ROWS)


def test_each_curve_is_a_picture():
  found = plots.curves(REPORT)
  assert set(found) == {'plot_points', 'plot_hint_auc', 'plot_leak'}
  for picture in found.values():
    assert picture.shape == (600, 960, 3) and picture.dtype == np.uint8
    assert np.any(np.all(np.abs(picture - np.array(plots.COLORS['model'])) < 8, -1))
  assert plots.curves(HintReport({'model': HintRow()})) == {}
  again = plots.curves(REPORT)
  assert all(np.array_equal(found[k], again[k]) for k in found)


def test_a_higher_value_is_drawn_higher():
  def highest(y):
    red = plots.Series('', [(0, 1.0), (1, y)], (255, 0, 0))
    picture = plots.chart('', '', '', [red, plots.Series('', [(0, 0.0), (1, 9.0)], (0, 0, 0))])
    rows = np.argwhere(np.all(picture == (255, 0, 0), -1))[:, 0]
    return rows[rows > 84].min()  # below the legend

  assert highest(8.0) < highest(2.0) - 200
