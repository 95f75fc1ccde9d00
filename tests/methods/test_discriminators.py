"""One contract for all discriminators: any may be named where its inputs make sense."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from onepunch_jax import core, registry
from onepunch_jax.losses import gan
from onepunch_jax.nets.blocks.judgement import Judgement
from tests.core.test_methods import METHODS, batch

DISCRIMINATORS = {
  'patchgan': dict(name='patchgan', width=4, layers=1, scales=2),
  'patchgan_sa': dict(name='patchgan_sa', width=4, layers=1),
  'sa_disc': dict(name='sa_disc', width=8, layers=1),
  'dcgan_disc': dict(name='dcgan_disc', width=4, layers=2),
  'res_critic': dict(name='res_critic', width=4, blocks=1),
  'hint_disc': dict(name='hint_disc', width=4),
  'alac_disc': dict(name='alac_disc', width=4, pairs=1),
  'style_disc': dict(name='style_disc', width=4, layers=2, size=3),
  'tag_disc': dict(name='tag_disc', width=4, blocks=(0, 1), norm='none', cardinality=2),
}
SMALL = jnp.zeros((1, 8, 8, 3))
HINTED = ('hint_disc', 'alac_disc')  # those that join maps of a sixteenth


def judged(section, *inputs):
  net = core.Net('disc', registry.net(section))
  params = dict(net.module.init(jax.random.key(0), *inputs))
  v = core.Variables({'disc': params.pop('params')}, {'disc': params}, {})
  return gan.judge(net, v, *inputs)[0]


def traced(method):
  """Shapes of two steps' metrics: the losses with the discriminator in them."""
  txs = {p.name: optax.sgd(1e-2) for p in method.players}
  key, data = jax.random.key(0), jax.tree.map(jnp.asarray, batch(2))
  state = jax.eval_shape(lambda k: core.init_state(method, txs, k, data), key)
  step = core.make_train_step(method, txs)
  after, metrics = jax.eval_shape(lambda s: step(step(s, data, key)[0], data, key), state)
  assert jax.tree.structure(after) == jax.tree.structure(state)
  return metrics


@pytest.mark.parametrize('name', DISCRIMINATORS)
def test_any_discriminator_judges_one_picture_or_several(name):
  line, rgb = (jnp.asarray(batch(2)[k]) for k in ('line', 'rgb'))
  for inputs in ((rgb,), (line, rgb)):
    judgement = jax.eval_shape(lambda *x: judged(DISCRIMINATORS[name], *x), *inputs)
    assert isinstance(judgement, Judgement)
    assert all(x.shape[0] == 2 and x.dtype == jnp.float32 for x in judgement.logits)
    assert len(judgement.features) == len(judgement.logits)
    assert all(x.ndim == 4 for maps in judgement.features for x in maps)
    assert judgement.tags is None


@pytest.mark.parametrize('name', DISCRIMINATORS)
def test_maps_of_a_sixteenth_are_joined_or_refused_by_name(name):
  rgb, maps = jnp.asarray(batch(2)['rgb']), jnp.ones((2, 1, 1, 5))
  if name in HINTED:
    first, second = (judged(DISCRIMINATORS[name], rgb, x) for x in (maps, 2 * maps))
    assert not np.array_equal(first.logits, second.logits)
  else:
    with pytest.raises(ValueError, match=rf"'disc' \(onepunch_jax.nets.{name}\) cannot judge"):
      net = core.Net('disc', registry.net(DISCRIMINATORS[name]))
      v = core.Variables({'disc': {}}, {'disc': {}}, {})
      gan.judge(net, v, rgb, maps)


@pytest.mark.parametrize(
  'section, disc',
  [
    ('adain', 'patchgan'),
    ('adain', 'tag_disc'),
    ('pix2pix', 'hint_disc'),
    ('pix2pix', 'style_disc'),
    ('wgan_gp', 'alac_disc'),
    ('pix2pixhd', 'hint_disc'),
    ('userhint', 'patchgan'),
    ('alacgan', 'patchgan'),
    ('vaegan', 'hint_disc'),
    ('aae', 'style_disc'),
  ],
)
def test_a_config_may_name_another_discriminator(section, disc):
  method = registry.method(dict(METHODS[section], disc=DISCRIMINATORS[disc]))
  metrics = traced(method)
  assert all(m.total.shape == () for m in metrics.values())


def test_feature_maps_are_no_logits():
  """AdaIN with PatchGAN: the loss is of the logits alone, whatever the features are."""
  method = registry.method(dict(METHODS['adain'], disc=dict(name='patchgan', width=4, layers=1)))
  txs = {p.name: optax.sgd(1e-2) for p in method.players}
  key, data = jax.random.key(0), jax.tree.map(jnp.asarray, batch(2))
  v = jax.jit(lambda k: core.init_state(method, txs, k, data))(key).variables
  out = {'fake': jnp.asarray(data['draft'])}
  loss, _ = method.players[0].loss(v, out, data, key, 0)
  disc = next(net for net in method.nets if net.name == 'disc')
  (real,), (fake,) = (disc.infer(v, x)[0] for x in (data['rgb'], out['fake']))
  np.testing.assert_allclose(loss, gan.make('hinge').d(real, fake), rtol=1e-5)


def test_a_net_that_is_no_discriminator_is_named():
  for section in (
    dict(name='unet', width=4, depth=2, dropout=0.0),
    dict(name='resnet', stages=(1,), width=4),
  ):
    with pytest.raises(ValueError, match=rf"'disc' \(onepunch_jax.nets.{section['name']}\) must"):
      judged(section, jnp.asarray(batch(2)['rgb']))


class Shallow(nn.Module):
  """A discriminator of one layer, without padding."""

  @nn.compact
  def __call__(self, x, train=False):
    return (nn.Conv(1, (8, 8), padding='VALID')(x),), ((),)


def test_pictures_too_small_for_a_discriminator_are_a_sentence():
  net = core.Net('disc', Shallow())
  v = core.Variables(
    dict(disc=net.module.init(jax.random.key(0), SMALL)['params']), {'disc': {}}, {}
  )
  with pytest.raises(ValueError, match=r'no logit for inputs as small as \(1, 4, 4, 3\)'):
    gan.judge(net, v, SMALL[:, :4, :4])


def test_tag2pix_needs_a_discriminator_of_tags():
  with pytest.raises(ValueError, match=r"not among 0 tags.*this one is 'patchgan'"):
    registry.method(dict(METHODS['tag2pix'], disc=DISCRIMINATORS['patchgan']))
