"""Regions in other colours: equal ones stay equal, paper stays, tags go or name the new colours."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.prepare import recolor_regions
from onepunch_jax.synthetic import COLOR_NAMES, VOCABULARY, palette
from onepunch_jax.synthetic.tags import NOUN_NAMES


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


def _name(rgb) -> str:
  return palette.name_of(
    tuple(np.clip(127.5 * np.asarray(rgb) + 127.5, 0, 255).round().astype(int))
  )


def test_tags_name_the_new_colours():
  names = list(COLOR_NAMES)
  colors = np.array([COLOR_NAMES[c] for c in ('blue', 'red', 'red', 'green')]) / 127.5 - 1
  nouns = [NOUN_NAMES.index(n) + 1 for n in ('hair', 'shirt', 'eyes')] + [0]
  tags = np.zeros(len(VOCABULARY), np.uint8)
  tags[[VOCABULARY.index(t) for t in ('smile', 'blue hair', 'red shirt')]] = 1
  batch = {
    'colors': jnp.asarray(np.stack([colors] * 2), jnp.float32),
    'token_nouns': jnp.asarray(np.stack([nouns] * 2), jnp.uint8),
    'tags': jnp.asarray(np.stack([tags] * 2)),
  }
  found = set()
  for seed in range(8):
    out = recolor_regions.make(probability=1.0)(batch, jax.random.key(seed), 0)
    new = np.asarray(out['colors'])[0]
    there = {VOCABULARY[i] for i in np.flatnonzero(out['tags'][0])}
    assert there == {'smile', f'{_name(new[0])} hair', f'{_name(new[1])} shirt'}
    np.testing.assert_array_equal(out['named'][0], [1, 1, 0, 0])  # no tag named the eyes
    found |= there
  assert len(found) > 6  # other names, and not those of before
  assert {t.split()[0] for t in found} - {'smile'} <= set(names)


def test_a_probability_is_one():
  with pytest.raises(ValueError, match='between 0 and 1'):
    recolor_regions.make(probability=2)
