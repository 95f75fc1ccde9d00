"""How nets see hints: encodings, and hints at a smaller size."""

import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.guides import hints


def test_encodings():
  hint = jnp.zeros((1, 4, 4, 4)).at[0, 1, 2].set(jnp.array([0.5, -0.5, 0.2, 1]))
  line = jnp.full((1, 4, 4, 1), -0.3)
  encoded = {k: hints.encode(hint, line, k) for k in hints.ENCODINGS}
  assert {k: x.shape[-1] for k, x in encoded.items()} == hints.ENCODINGS
  for x in encoded.values():
    np.testing.assert_allclose(x[0, 1, 2, :3], [0.5, -0.5, 0.2], atol=1e-6)
  assert [float(encoded[k][0, 0, 0, 0]) for k in ('line', 'white', 'zero')] == pytest.approx(
    [-0.3, 1, 0]
  )
  with pytest.raises(ValueError, match='white'):
    hints.check('black')
  small = hints.shrink(hint, 2)
  np.testing.assert_allclose(small[0, 0, 1], hint[0, 1, 2], atol=1e-6)
  assert small.shape == (1, 2, 2, 4) and not small[0, 1].any()
