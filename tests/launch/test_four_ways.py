"""The picture of four ways: dots where regions are deep, tags of other colours."""

import numpy as np

from launch.experiments import four_ways
from onepunch_jax import synthetic


def test_dots_have_the_colours_of_their_regions():
  record = synthetic.draw(seed=2, index=3, size=64)
  dots = four_ways.places(record, 5)
  assert 1 <= len(dots) <= 5
  for dot in dots:
    region = record['regions'][dot['y'], dot['x'], 0]
    inside = (record['regions'][..., 0] == region) & (record['line'][..., 0] > 128)
    color = [int(dot['color'][i : i + 2], 16) for i in (1, 3, 5)]
    np.testing.assert_allclose(color, record['rgb'][inside].mean(0), atol=1)
  shown = four_ways.marked(np.repeat(record['line'], 3, -1), dots)
  assert tuple(shown[dots[-1]['y'], dots[-1]['x']]) == tuple(color)


def test_other_tags_are_known_and_differ():
  said = ['brown hair', 'red skirt', 'white background']
  assert four_ways.changed(said) == ['green hair', 'purple skirt', 'white background']
  assert set(four_ways.changed(said)) <= set(synthetic.VOCABULARY)
