"""Paler lines: paper stays, ink comes nearer to it by one factor a picture."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.prepare import pale_lines


def test_paper_stays_and_ink_is_paler_by_one_factor_a_picture():
  line = jnp.tile(jnp.array([1.0, -1.0, 0.0])[None, None, :, None], (64, 2, 1, 1))
  out = np.asarray(pale_lines.make(low=0.7)({'line': line}, jax.random.key(0), 0)['line'])
  np.testing.assert_allclose(out[:, :, 0], 1, atol=1e-6)
  r = (1 - out[:, :, 1]) / 2  # ink at -1 goes to 1 - 2 r
  assert np.ptp(r, axis=1).max() < 1e-6 and 0.7 <= r.min() < 0.75 and 0.95 < r.max() <= 1
  np.testing.assert_allclose(out[:, :, 2], 1 - r, atol=1e-6)
  with pytest.raises(ValueError, match='0 <= low <= high <= 1'):
    pale_lines.make(low=1.2)
