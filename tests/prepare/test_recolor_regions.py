"""Regions in other colours: equal ones stay equal, paper stays, tags go."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.prepare import recolor_regions


def _batch():
  colors = jax.random.uniform(jax.random.key(0), (8, 1, 3), minval=-0.6, maxval=0.6)
  colors = jnp.concatenate([colors[::2].repeat(2, 0)] * 2 + [jnp.ones((8, 1, 3))], 1)
  return {'colors': colors, 'tags': jnp.ones((8, 4)), 'line': jnp.zeros((8, 4, 4, 1))}


def test_colors_change_alike_in_a_region_and_in_a_pair():
  batch = _batch()
  out = recolor_regions.make(probability=1.0)(batch, jax.random.key(1), 0)
  new = np.asarray(out['colors'])
  np.testing.assert_array_equal(new[:, 0], new[:, 1])  # equal colours stay equal
  np.testing.assert_array_equal(new[::2], new[1::2])  # in both drawings of a pair
  np.testing.assert_array_equal(new[:, 2], 1.0)  # paper
  assert np.abs(new[:, 0] - np.asarray(batch['colors'])[:, 0]).max(-1).min() > 0.02
  assert new.min() >= -1 and new.max() <= 1
  assert not out['tags'].any() and out['recolored'].all()


def test_each_pair_has_a_choice_of_its_own():
  batch = _batch()
  out = recolor_regions.make(probability=0.5)(batch, jax.random.key(3), 0)
  recolored = np.asarray(out['recolored'])
  np.testing.assert_array_equal(recolored[::2], recolored[1::2])
  assert 0 < recolored.sum() < 8
  same = recolored == 0
  np.testing.assert_array_equal(np.asarray(out['colors'])[same], np.asarray(batch['colors'])[same])
  assert np.asarray(out['tags'])[same].all()


def test_a_probability_is_one():
  with pytest.raises(ValueError, match='between 0 and 1'):
    recolor_regions.make(probability=2)
