"""Rotation, perspective, blots and blur: known maps, white outside, pictures and maps alike."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.prepare import distort, erase, soften


def test_a_quarter_turn_is_numpys():
  still = jnp.zeros((1, 4, 2))
  places = distort.sources(jnp.array([jnp.pi / 2]), still, 8, 8)
  x = jax.random.uniform(jax.random.key(0), (1, 8, 8, 2))
  out = distort._linear(x, places)
  np.testing.assert_allclose(out[0], np.rot90(x[0]), atol=1e-5)
  np.testing.assert_allclose(
    distort.sources(jnp.zeros(1), still, 5, 7)[0], np.moveaxis(np.mgrid[:5, :7], 0, -1), atol=1e-5
  )


def test_corners_move_inwards_and_the_rest_follows():
  """All corners by a half: the picture at half its size, white around it."""
  places = distort.sources(jnp.zeros(1), jnp.full((1, 4, 2), 0.5), 16, 16)
  np.testing.assert_allclose(places[0, 4, 4], [0.5, 0.5], atol=1e-4)
  np.testing.assert_allclose(places[0, 11, 11], [14.5, 14.5], atol=1e-4)
  one = jnp.zeros((1, 4, 2)).at[0, 0].set(0.5)  # the corner above on the left alone
  places = distort.sources(jnp.zeros(1), one, 64, 64)
  np.testing.assert_allclose(places[0, 63, 63], [63, 63], atol=0.2)
  np.testing.assert_allclose(places[0, 16, 16], [0, 0], atol=1.5)


def test_pictures_and_maps_move_alike_on_white():
  rgb = jnp.full((8, 32, 32, 3), -1.0)
  regions = jnp.full((8, 32, 32, 1), 7, jnp.uint8)
  tags = jnp.ones((8, 4))
  step = distort.make(degrees=45, distortion=0.5, probability=0.5)
  out = jax.jit(step)({'rgb': rgb, 'regions': regions, 'tags': tags}, jax.random.key(0), 0)
  inside, outside = out['regions'][..., 0] == 7, out['regions'][..., 0] == 0
  assert (inside | outside).all() and 0.05 < outside.mean() < 0.6
  assert out['regions'].dtype == jnp.uint8
  np.testing.assert_array_equal(out['tags'], tags)
  dark = np.asarray(out['rgb'][..., 0]) < 0
  assert (dark != np.asarray(inside)).mean() < 0.1  # they differ at the rim alone
  np.testing.assert_allclose(out['rgb'].max(), 1, atol=1e-5)  # and outside is white
  calm = distort.make(degrees=0, distortion=0.5, probability=0)
  np.testing.assert_allclose(calm({'rgb': rgb}, jax.random.key(0), 0)['rgb'], rgb, atol=1e-5)


def test_half_lose_a_rectangle_of_the_asked_area():
  white = jnp.ones((400, 40, 40, 1))
  out = erase.make(area=(0.02, 0.1))({'line': white, 'rgb': white}, jax.random.key(0), 0)
  np.testing.assert_array_equal(out['line'], out['rgb'])
  lost = np.asarray((out['line'] == -1).mean((1, 2, 3)))
  assert 0.4 < (lost > 0).mean() < 0.6
  assert 0.01 < lost[lost > 0].min() and lost.max() < 0.12
  one = np.asarray(out['line'][np.flatnonzero(lost)[0], ..., 0] == -1)
  assert one.sum() == one.any(1).sum() * one.any(0).sum()  # a rectangle


def test_a_quarter_is_blurred():
  x = jax.random.uniform(jax.random.key(1), (200, 16, 16, 1))
  out = soften.make()({'rgb': x}, jax.random.key(0), 0)['rgb']
  changed = np.asarray(jnp.abs(out - x).max((1, 2, 3)) > 1e-4)
  assert 0.15 < changed.mean() < 0.35
  assert (out[changed].std((1, 2, 3)) < x[changed].std((1, 2, 3))).all()


@pytest.mark.parametrize(
  'make, wrong', [(distort.make, {'degrees': -1}), (erase.make, {'area': (0.2, 0.1)})]
)
def test_numbers_out_of_range_are_a_sentence(make, wrong):
  with pytest.raises(ValueError, match='got'):
    make(**wrong)
  with pytest.raises(ValueError, match='got'):
    soften.make(sigma=(0, 1))
