"""Hand values of an undecided discriminator; penalties of critics with known gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.losses import gan, penalty, pixel
from onepunch_jax.nets import patchgan

ZERO = (jnp.zeros((2, 3, 3, 1)), jnp.zeros((2, 1, 1, 1)))


@pytest.mark.parametrize(
  'name, d, g',
  [('vanilla', 2 * np.log(2), np.log(2)), ('lsgan', 0.5, 1.0), ('hinge', 2.0, 0.0), ('wgan', 0, 0)],
)
def test_an_undecided_discriminator(name, d, g):
  loss = gan.make(name)
  np.testing.assert_allclose(loss.d(ZERO, ZERO), d, rtol=1e-6)
  np.testing.assert_allclose(loss.g(ZERO), g, rtol=1e-6)


def test_scales_weigh_the_same():
  logits = (jnp.full((2, 8, 8, 1), 3.0), jnp.full((2, 1, 1, 1), 1.0))
  np.testing.assert_allclose(gan.make('wgan').g(logits), -2.0)


def test_unknown_loss_lists_the_known():
  with pytest.raises(ValueError, match='hinge'):
    gan.make('hing')


def test_penalties_of_a_linear_critic():
  x = jax.random.normal(jax.random.key(0), (4, 5, 5, 2))
  w = jax.random.normal(jax.random.key(1), (5, 5, 2))
  critic = lambda x: jnp.einsum('bhwc,hwc->b', x, w)[:, None, None, None]
  norm = jnp.sqrt(jnp.sum(w**2))
  np.testing.assert_allclose(penalty.zero_centred(critic, x), norm**2, rtol=1e-5)
  np.testing.assert_allclose(
    penalty.wgan_gp(critic, x, -x, jax.random.key(2)), (norm - 1) ** 2, rtol=1e-5
  )


def test_the_norm_of_each_pixel_may_be_asked_for_instead():
  """A critic whose gradient is (3, 4) / HW at each pixel: norm 5 / HW there, 5 / sqrt(HW) whole."""
  size, key = 6, jax.random.key(0)
  x = jax.random.normal(key, (2, size, size, 2))
  w = jnp.array([3.0, 4.0])
  critic = lambda x: jnp.mean(x @ w, (1, 2))[:, None]
  pixel, whole = (penalty.wgan_gp(critic, x, -x, key, over=over) for over in ('pixel', 'picture'))
  np.testing.assert_allclose(pixel, (5 / size**2 - 1) ** 2, rtol=1e-5)
  np.testing.assert_allclose(whole, (5 / size - 1) ** 2, rtol=1e-5)
  with pytest.raises(ValueError, match="'picture' or a 'pixel'"):
    penalty.make(patchgan.Model(), gp=1.0, gp_over='row')


def test_pixel_losses():
  a, b = jnp.zeros((2, 2)), jnp.array([[1.0, -1.0], [3.0, 1.0]])
  assert pixel.l1(a, b) == 1.5 and pixel.l2(a, b) == 3.0


def test_penalties_by_weight():
  x = jax.random.normal(jax.random.key(0), (4, 5, 5, 2))
  w = jax.random.normal(jax.random.key(1), (5, 5, 2))
  critic = lambda x: (jnp.einsum('bhwc,hwc->b', x, w)[:, None, None, None],)
  norm = jnp.sum(w**2)
  plain = patchgan.Model(norm='instance')
  penalise = penalty.make(plain, r1=2.0, r2=3.0, drift=0.5)
  total, terms = penalise(critic, x, -x, (jnp.full((4, 1, 1, 1), 2.0),), jax.random.key(2))
  assert set(terms) == {'r1', 'r2', 'drift'}
  np.testing.assert_allclose(total, 5 * norm + 0.5 * 4, rtol=1e-5)
  assert penalty.make(patchgan.Model(norm='batch'))(critic, x, x, (), None) == (0, {})
  with pytest.raises(ValueError, match='batch norm'):
    penalty.make(patchgan.Model(norm='batch'), r1=1.0)
