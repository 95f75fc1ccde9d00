"""Curves as pictures, and tables of curves."""

import numpy as np

from onepunch_jax.reports import plots
from onepunch_jax.reports.tables import table

RESULTS = {
  **{f'model/points_{n}': 12 + 2 * np.log1p(n) for n in (0, 10, 500)},
  **{f'nearest/points_{n}': 9 + 3 * np.log1p(n) for n in (0, 10, 500)},
  **{
    f'{row}/auc_{kind}at_{p}': p / 10
    for row in ('model', 'nearest')
    for kind in ('', 'random_')
    for p in (0, 5, 100)
  },
  'model/leak_gap_0': 0.0,
  'model/leak_gap_16': 0.4,
  'model/leak_drawn_4': float('nan'),
  'model/psnr': 14.5,
  'line/psnr': 9.0,
  'pictures': 7,
}


def test_each_curve_is_a_picture():
  found = plots.curves(RESULTS)
  assert set(found) == {'plot_points', 'plot_hint_auc', 'plot_leak'}
  for picture in found.values():
    assert picture.shape == (600, 960, 3) and picture.dtype == np.uint8
    assert np.any(np.all(np.abs(picture - np.array(plots.ROWS['model'])) < 8, -1))
  assert plots.curves({'model/psnr': 3.0}) == {}
  again = plots.curves(RESULTS)
  assert all(np.array_equal(found[k], again[k]) for k in found)


def test_a_higher_value_is_drawn_higher():
  def highest(y):
    red = plots.Series('', [(0, 1.0), (1, y)], (255, 0, 0))
    picture = plots.chart('', '', '', [red, plots.Series('', [(0, 0.0), (1, 9.0)], (0, 0, 0))])
    rows = np.argwhere(np.all(picture == (255, 0, 0), -1))[:, 0]
    return rows[rows > 84].min()  # below the legend

  assert highest(8.0) < highest(2.0) - 200


def test_a_table_of_curves_is_in_natural_order():
  text = table(RESULTS, 'of a run')
  assert text.startswith('of a run (N = 7)')
  lines = text.splitlines()
  at = lambda start: next(i for i, x in enumerate(lines) if x.startswith(f'| {start} '))
  assert at('points_0') < at('points_10') < at('points_500')
  assert at('model') < at('points_0')  # the titled columns come first
  few = table({'model/psnr': 3.0, 'model/points_2': 1.0, 'model/points_10': 2.0}, 'few')
  assert 'points_2 | points_10' in few
