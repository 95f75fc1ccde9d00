"""Nets claimed to be the originals' have as many parameters (docs/faithfulness.md)."""

import jax
import jax.numpy as jnp
import pytest

from onepunch_jax import registry

TAGS = (1, 256, 256, 1), (1, 115), (1, 32, 32, 512)  # line art, colour tags, features
SIZES = [  # section, shapes of the inputs, parameters of the released code
  (dict(name='tag2pix'), TAGS, 15_809_398),
  (dict(name='tag_disc', classes=485), ((1, 256, 256, 3),), 4_515_558),
  (dict(name='alacgan'), ((1, 512, 512, 1), (1, 128, 128, 4), (1, 32, 32, 512)), 21_936_003),
  (dict(name='alac_disc'), ((1, 512, 512, 3), (1, 32, 32, 512)), 10_612_033),
  (dict(name='sagan_unet'), ((1, 64, 64, 1),), 24_479_122),
  (
    dict(name='resnet', stages=(3, 4), cardinality=32, se=True, grey=True),
    ((1, 64, 64, 3),),
    1_564_784,
  ),
  (dict(name='sa_disc'), ((1, 128, 128, 3),), 4_141_890),
]


@pytest.mark.parametrize('section, shapes, size', SIZES)
def test_as_many_parameters_as_the_original(section, shapes, size):
  net = registry.net(section)

  def init(key):
    return net.init(key, *(jnp.zeros(shape) for shape in shapes), train=False)['params']

  params = jax.eval_shape(init, jax.random.key(0))
  assert sum(x.size for x in jax.tree.leaves(params)) == size
