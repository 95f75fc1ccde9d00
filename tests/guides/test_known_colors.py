"""What training lets a net know: sets of regions, palettes, tags."""

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.guides import known_colors


def test_tags_that_name_colours_come_first():
  tags = jnp.ones((1, 6), jnp.uint8).at[0, 1].set(0)
  color_of = (-1, 0, -1, 1, -1, 0)
  for seed in range(5):
    numbers, present = known_colors.tag_numbers(jax.random.key(seed), tags, 3, color_of)
    assert {3, 5} < set(numbers[0].tolist()) and present.all()
  numbers, present = known_colors.tag_numbers(jax.random.key(0), tags, 8, color_of)
  assert sorted(numbers[0, :5].tolist()) == [0, 2, 3, 4, 5]
  np.testing.assert_array_equal(present[0], [1, 1, 1, 1, 1, 0, 0, 0])


def test_known_sets_keep_to_the_regions():
  used = np.arange(20) < np.array([[20], [3], [1]])
  area = np.where(used, np.linspace(0.5, 0.01, 20), 0)
  colors = np.zeros((3, 20, 3), np.float32)
  colors[:, :, 0] = np.arange(20) // 4 / 5  # five colours
  sample = jax.jit(known_colors.sample, static_argnums=4)
  sets = sample(jax.random.key(0), colors, used, area, 400)
  assert sets.shape == (3, 400, 20) and not (sets & ~used[:, None]).any()
  counts = np.asarray(sets.sum(-1))
  assert 0.1 < (counts[0] == 0).mean() < 0.35 and (counts[0] > 10).mean() > 0.05
  assert (np.asarray(sets)[0].mean(0)[:3] > np.asarray(sets)[0].mean(0)[-3:]).all()
  of_color = np.asarray(sets)[0].reshape(400, 5, 4).sum(-1)  # known ones of each colour
  whole = ((of_color == 0) | (of_color == 4)).all(-1) & (of_color.sum(-1) > 4)
  assert 0.03 < whole.mean() < 0.2, 'all of some colours, nothing of the others'


def test_palettes_have_each_color_once():
  colors = np.array([[[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]]], np.float32)
  used = np.array([[True, True, True, True, False]])
  found, there = known_colors.palette(colors, used, 4)
  assert there.tolist() == [[True, True, True, False]]
  np.testing.assert_array_equal(found[0, :3], colors[0, [0, 1, 3]])
