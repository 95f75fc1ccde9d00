"""Random resized crops."""

import jax
import jax.numpy as jnp
import numpy as np


def test_a_resized_crop_of_everything_is_a_resize_and_maps_keep_their_ids():
  from onepunch_jax.prepare import resized_crop

  ramp = jnp.broadcast_to(jnp.arange(16.0)[None, :, None, None], (2, 16, 16, 3))
  ids = (ramp[..., :1] * 10).astype(jnp.uint8)
  raw = {'rgb': ramp, 'regions': ids, 'tags': jnp.zeros((2, 3))}
  whole = resized_crop.make(size=16, low=1.0)(raw, jax.random.key(0), 0)
  np.testing.assert_allclose(whole['rgb'], ramp, atol=1e-5)
  part = resized_crop.make(size=8, low=0.3, high=0.6)(raw, jax.random.key(1), 0)
  assert part['rgb'].shape == (2, 8, 8, 3) and part['regions'].dtype == jnp.uint8
  assert set(np.unique(part['regions'])) <= set(range(0, 160, 10))
  rows = np.asarray(part['rgb'][:, :, 0, 0])
  steps = np.diff(rows, axis=1)
  np.testing.assert_allclose(steps, steps[:, :1].repeat(7, 1), atol=1e-4)  # a straight ramp
  assert (0.5 < steps).all() and (steps < 1.3).all()
