"""Corrupted colours for the refining stage of user hints."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.prepare import corrupt

OFF = dict(patches=0, sprays=0, strength=0.0)


def corrupted(count=6, **kwargs):
  """Corrupts images of one colour each: where they have their own, another's, and the draft."""
  colors = np.random.default_rng(0).uniform(-0.9, 0.9, (count, 1, 1, 3)).astype(np.float32)
  rgb = jnp.asarray(np.broadcast_to(colors, (count, 32, 32, 3)))
  step = corrupt.make(**{**OFF, **kwargs})
  out = jax.jit(lambda b, k: step(b, k, 0))({'rgb': rgb}, jax.random.key(0))
  np.testing.assert_array_equal(out['rgb'], rgb)
  draft = np.asarray(out['draft'])
  same = lambda c: np.abs(draft - c).max(-1) < 1e-4
  return same(colors), same(np.roll(colors, 1, 0)), draft


def test_pasted_squares_are_of_another_drawing_and_of_the_right_sizes():
  own, other, _ = corrupted(patches=1, sides=(0.25, 0.5))
  assert np.all(own ^ other)  # each pixel is one of the two
  area = other.sum((1, 2))
  assert area.min() >= 7**2 and area.max() <= 17**2
  own, other, _ = corrupted(patches=7)
  assert 0.2 < other.mean() < 0.95 and np.all(own | other)


def test_a_spray_of_its_own_colour_changes_nothing_and_a_warp_keeps_one_colour():
  own, _, draft = corrupted(sprays=7, strength=0.2)
  assert own.all() and draft.shape == (6, 32, 32, 3)


def test_sprays_fade_by_their_rate():
  x = jnp.zeros((1, 49, 49, 3)).at[:, :, 25:].set(1.0)
  error = {
    rate: float(
      jnp.abs(
        corrupt.make(patches=0, sprays=3, strength=0.0, rates=(rate, rate))(
          {'rgb': x}, jax.random.key(1), 0
        )['draft']
        - x
      ).mean()
    )
    for rate in (0.01, 1.0, 10.0)
  }
  assert error[0.01] > error[1.0] > error[10.0]
  with pytest.raises(ValueError, match='rates'):
    corrupt.make(rates=(0, 1))
