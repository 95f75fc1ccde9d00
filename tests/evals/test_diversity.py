"""Several colourings of one drawing, of made-up models whose answers are known."""

import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.evals import diversity

COLORS = np.array([[0.9, 0.2, 0.2], [0.2, 0.7, 0.3], [0.2, 0.3, 0.8]], np.float32)


def batches(lines=4):
  """`lines` drawings of three known colourings each, all of one colour."""
  line = np.ones((lines, 8, 8, 1), np.float32)
  for i in range(lines):
    line[i, i, 0] = -1  # what tells them apart
  rgb = np.tile(np.broadcast_to(2 * COLORS[:, None, None] - 1, (3, 8, 8, 3)), (lines, 1, 1, 1))
  return [
    {
      'line': jnp.asarray(np.repeat(line, 3, 0)),
      'rgb': jnp.asarray(rgb),
      'valid': jnp.ones(3 * lines, jnp.uint8),
    }
  ]


def test_samples_that_are_the_known_colourings_cover_them():
  run = diversity.make(samples=3, pictures=100)
  known = lambda b: jnp.broadcast_to(
    jnp.asarray(COLORS)[b['sample'] % 3][:, None, None], b['rgb'].shape
  )
  found = run(known, batches())
  assert found['diversity/known_best'] == pytest.approx(0, abs=1e-3)
  assert found['diversity/known_drawings'] == 4
  one = found['diversity/known_one']
  assert one > 20 and found['diversity/known_gain'] == pytest.approx(one, abs=1e-2)
  assert found['diversity/known_gain_low'] == pytest.approx(one, abs=1e-2)  # all drawings alike
  assert found['turned/known_one'] == pytest.approx(one, abs=1e-3)
  assert 0 < found['turned/known_gain'] < one  # guesses help, less

  found = run(lambda b: jnp.full(b['rgb'].shape, 0.5), batches())  # always the same grey
  assert found['diversity/known_gain'] == 0 == found['diversity/known_gain_high']
  assert found['diversity/pairwise_de00'] == 0
  assert found['turned/known_gain'] == pytest.approx(0, abs=0.1)  # grey has no hue


def test_the_interval_holds_the_mean_and_narrows_with_drawings():
  dice = np.random.default_rng(1)

  def width(count):
    gains = dice.normal(5, 2, count)
    rows = [{'best_de00': 0.0, 'one_de00': g} for g in gains for _ in range(2)]
    found = diversity.known(rows, [b'%d' % (i // 2) for i in range(2 * count)])
    assert found['known_gain_low'] < found['known_gain'] < found['known_gain_high']
    assert found['known_gain'] == pytest.approx(gains.mean())
    return found['known_gain_high'] - found['known_gain_low']

  assert width(200) < 0.5 * width(20)
  assert width(100) == pytest.approx(2 * 1.96 * 2 / 10, rel=0.25)


def test_one_colouring_a_drawing_says_nothing_of_known_ones():
  rows = [{'best_de00': 1.0, 'one_de00': 2.0}] * 3
  assert diversity.known(rows, [b'a', b'b', b'c']) == {}
