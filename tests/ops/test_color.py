"""Lab against published values; CIEDE2000 against the test data of Sharma et al. (2005)."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.ops import color

PRIMARIES = {  # D65, 2 degrees
  (0, 0, 0): (0, 0, 0),
  (1, 1, 1): (100, 0, 0),
  (1, 0, 0): (53.2408, 80.0925, 67.2032),
  (0, 1, 0): (87.7347, -86.1827, 83.1793),
  (0, 0, 1): (32.2970, 79.1875, -107.8602),
  (1, 1, 0): (97.1393, -21.5537, 94.4780),
}

# Sharma, Wu, Dalal 2005, Table 1: L1 a1 b1 L2 a2 b2 dE00
SHARMA = np.array(
  """
50 2.6772 -79.7751 50 0 -82.7485 2.0425
50 3.1571 -77.2803 50 0 -82.7485 2.8615
50 2.8361 -74.0200 50 0 -82.7485 3.4412
50 -1.3802 -84.2814 50 0 -82.7485 1.0000
50 -1.1848 -84.8006 50 0 -82.7485 1.0000
50 -0.9009 -85.5211 50 0 -82.7485 1.0000
50 0 0 50 -1 2 2.3669
50 -1 2 50 0 0 2.3669
50 2.4900 -0.0010 50 -2.4900 0.0009 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0010 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0011 7.2195
50 2.4900 -0.0010 50 -2.4900 0.0012 7.2195
50 -0.0010 2.4900 50 0.0009 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0010 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0011 -2.4900 4.7461
50 2.5 0 50 0 -2.5 4.3065
50 2.5 0 73 25 -18 27.1492
50 2.5 0 61 -5 29 22.8977
50 2.5 0 56 -27 -3 31.9030
50 2.5 0 58 24 15 19.4535
50 2.5 0 50 3.1736 0.5854 1.0000
50 2.5 0 50 3.2972 0 1.0000
50 2.5 0 50 1.8634 0.5757 1.0000
50 2.5 0 50 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
""".split(),
  np.float64,
).reshape(34, 7)


@pytest.mark.parametrize('rgb, lab', PRIMARIES.items())
def test_lab_of_the_primaries(rgb, lab):
  np.testing.assert_allclose(color.rgb_to_lab(jnp.array(rgb, jnp.float32)), lab, atol=2e-2)


def test_lab_and_back():
  rgb = jax.random.uniform(jax.random.key(0), (4096, 3))
  rgb = jnp.concatenate([rgb, jnp.zeros((1, 3)), jnp.ones((1, 3))])
  lab = color.rgb_to_lab(rgb)
  np.testing.assert_allclose(color.lab_to_rgb(lab), rgb, atol=1e-4)
  np.testing.assert_allclose(color.unit_to_lab(color.lab_to_unit(lab)), lab, atol=1e-4)


def test_gradients_are_finite_at_black_grey_and_equal_colours():
  x = jnp.array([[0.0, 0, 0], [0.5, 0.5, 0.5], [1, 1, 1], [1, 0, 0]])
  lab = color.rgb_to_lab(x)
  for grad in (
    jax.grad(lambda x: color.rgb_to_lab(x).sum())(x),
    jax.grad(lambda y: color.lab_to_rgb(y, clip=False).sum())(lab),
    jax.grad(lambda y: color.delta_e(y, lab).sum())(lab),
    jax.grad(lambda y: color.delta_e(y, lab[::-1]).sum())(lab),
  ):
    assert np.isfinite(grad).all()


def test_ciede2000():
  with jax.enable_x64(True):
    one, two = jnp.asarray(SHARMA[:, :3]), jnp.asarray(SHARMA[:, 3:6])
    np.testing.assert_allclose(color.delta_e(one, two), SHARMA[:, 6], atol=1e-4)
    np.testing.assert_allclose(color.delta_e(two, one), SHARMA[:, 6], atol=1e-4)


def test_against_scikit_image():
  skimage = pytest.importorskip('skimage.color')
  rgb = np.random.default_rng(0).random((500, 3)).astype(np.float32)
  np.testing.assert_allclose(color.rgb_to_lab(rgb), skimage.rgb2lab(rgb), atol=2e-3)
