"""The target of gap closing: distances to the true borders, whatever the pen left open."""

import numpy as np

from onepunch_jax.regions.distance import CAP, gap_weights, line_distance
from onepunch_jax.synthetic.draw import draw


def test_distance_to_the_border_between_two_regions():
  regions = np.zeros((8, 40), np.uint8)
  regions[:, 20:] = 3
  away = line_distance(regions)
  np.testing.assert_allclose(away[4, 15:25], [4, 3, 2, 1, 0, 0, 1, 2, 3, 4], atol=0.1)
  assert away.dtype == np.float32 and away.max() == CAP
  assert (line_distance(np.ones((5, 5), np.uint8)) == CAP).all()


def test_gaps_weigh_more_than_lines():
  regions = np.zeros((40, 40), np.uint8)
  regions[:, 20:] = 1
  line = np.full((40, 40), 255, np.uint8)
  line[:15, 19:21] = 0
  weights = gap_weights(regions, line)
  assert (weights[25:, 19:21] == 10).all() and (weights[:12] == 1).all()
  assert (weights[:, :15] == 1).all()


def test_gaps_change_lines_and_no_regions():
  closed, open_ = draw(0, 3, 128, gap=0), draw(0, 3, 128, gap=12)
  np.testing.assert_array_equal(closed['regions'], open_['regions'])
  np.testing.assert_array_equal(closed['flat'], open_['flat'])
  more = open_['line'].astype(int) - closed['line']
  assert open_['gap'] == 12 and (more > 20).mean() > 20 * (more < -20).mean()
  assert (more > 20).mean() > 0.005
