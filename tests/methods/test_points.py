"""The parts of `points` beside its training: suggestions and global hints."""

import jax.numpy as jnp
import numpy as np

from onepunch_jax.methods import points
from onepunch_jax.ops import ab_bins


def test_suggestions_are_likely_and_differ():
  bins, _ = ab_bins.load('grid')
  p = np.zeros(len(bins))
  peaks = np.array([[50, 40], [-60, 0], [0, -80]])
  for peak, share in zip(peaks, (0.5, 0.3, 0.2)):
    p[np.argmin(((bins - peak) ** 2).sum(1))] = share
  np.testing.assert_allclose(points.suggest(p, bins, 3), peaks)
  assert points.suggest(p, bins, 9).shape == (9, 2)


def test_a_global_hint_has_the_parts_that_it_is_asked_for():
  bins, _ = ab_bins.load('gamut')
  rgb = jnp.stack([jnp.full((8, 8, 3), 0.0), jnp.broadcast_to(jnp.array([1.0, -1, -1]), (8, 8, 3))])
  hint = points.global_hint(rgb, bins, jnp.array([[True], [True]]), jnp.array([[True], [False]]))
  assert hint.shape == (2, len(bins) + 3)
  np.testing.assert_allclose(hint[:, :-3].sum(1), 1, rtol=1e-6)
  np.testing.assert_allclose(hint[:, -3:], [[1, 0, 1], [1, 0, 0]], atol=1e-6)
