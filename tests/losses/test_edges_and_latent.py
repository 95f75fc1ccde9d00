"""Edge maps and latent codes, by hand."""

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.losses import edges, latent


def test_edges_of_a_ramp_and_of_flat_colour():
  ramp = jnp.broadcast_to(jnp.arange(8.0)[None, None, :, None], (1, 8, 8, 1))
  found = edges.edges(ramp)
  np.testing.assert_allclose(found[..., 0], 1.0)  # along x, per pixel
  np.testing.assert_allclose(found[..., 1], 0.0)
  assert edges.edge_l1(ramp, ramp + 3) == 0
  np.testing.assert_allclose(edges.edge_l1(ramp, 0 * ramp), 0.5)


def test_kl_by_hand_and_samples_by_number():
  assert latent.kl(jnp.zeros((2, 3)), jnp.zeros((2, 3))) == 0
  np.testing.assert_allclose(latent.kl(jnp.ones((2, 3)), jnp.zeros((2, 3))), 1.5)
  key, numbers = jax.random.key(0), jnp.array([0, 1, 2, 1])
  noise = latent.draw(key, numbers, (5,))
  assert not noise[0].any() and noise[1].all()
  np.testing.assert_array_equal(noise[1], noise[3])
  assert (noise[1] != noise[2]).all()
  z = jnp.arange(4.0)[:, None]
  assert (jnp.abs(latent.mix(z, 0.5, key) - z) <= 1.5).all()
