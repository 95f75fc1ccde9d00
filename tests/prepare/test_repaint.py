"""Recoloured regions of hints."""

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.prepare import repaint


def test_a_hint_of_another_colour_moves_its_region_and_nothing_else():
  """Left red with a shadow, right green, a line with a gap between; a hint on the left."""
  line = np.ones((2, 16, 16, 1), np.float32)
  line[:, 2:, 8] = -1
  rgb = np.zeros((2, 16, 16, 3), np.float32)
  rgb[0, :, :8], rgb[0, :, 8:], rgb[1] = (1, 0, 0), (0, 1, 0), (0, 0, 1)
  rgb[0, 8:, :8] /= 2
  rgb = 2 * np.where(line < 0, 0, rgb) - 1
  hint = np.zeros((2, 16, 16, 4), np.float32)
  hint[0, 4:6, 2:4] = 1, -1, -1, 1
  batch = {'line': jnp.asarray(line), 'rgb': jnp.asarray(rgb), 'hint': jnp.asarray(hint)}
  out = repaint.make(probability=1.0)(batch, jax.random.key(0), 0)
  new = 0.5 + 0.5 * np.asarray(out['rgb'])
  other = new[0, 4, 2]
  assert np.allclose(other, (0, 0, 1), atol=1e-3) or np.allclose(other, 0, atol=1e-3)  # or its ink
  np.testing.assert_allclose(new[0, :8, :8], np.broadcast_to(other, (8, 8, 3)), atol=1e-3)
  np.testing.assert_allclose(
    new[0, 8:, :8], np.broadcast_to((0.5, 0, 0) + (other - (1, 0, 0)) / 2, (8, 8, 3)), atol=1e-3
  )  # half the lightness, half the difference
  np.testing.assert_array_equal(out['rgb'][0, :, 8:], rgb[0, :, 8:])
  np.testing.assert_allclose(0.5 + 0.5 * out['hint'][0, 4:6, 2:4, :3], new[0, 4:6, 2:4], atol=1e-3)
  np.testing.assert_array_equal(out['hint'][..., 3], hint[..., 3])
  np.testing.assert_array_equal(out['rgb'][1], rgb[1])  # no hints
  where = np.asarray(out['repainted'])
  assert where[0, :, :8].all() and not where[0, :, 8:].any() and not where[1].any()
  any_ = repaint.make(probability=1.0, random_color=1.0)(batch, jax.random.key(0), 0)
  np.testing.assert_array_equal(any_['repainted'], where)
  assert not np.allclose(any_['rgb'][0, 4, 2], out['rgb'][0, 4, 2], atol=0.01)
  none = repaint.make(probability=0.0)(batch, jax.random.key(0), 0)
  np.testing.assert_array_equal(none['rgb'], rgb)
