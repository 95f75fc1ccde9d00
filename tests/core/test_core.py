"""Nets, their initialisation from a method's own calls, and inference without training."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from onepunch_jax import core, registry
from onepunch_jax.weights.runs import LoadedRun
from tests.core.test_methods import METHODS, batch, same


class Scale(nn.Module):
  """A factor for each channel, and a mean that training keeps."""

  @nn.compact
  def __call__(self, x, extra=None, train=False):
    scale = self.param('scale', nn.initializers.normal(1.0), (x.shape[-1],))
    mean = self.variable('batch_stats', 'mean', jnp.zeros, x.shape[-1])
    if train:
      mean.value = x.mean((0, 1, 2))
    if extra is not None:
      scale = scale + self.param('extra', nn.initializers.normal(1.0), (extra['a'].shape[-1],))
    return x * scale


def method(forward, loss, nets, colorize=None, exports=()):
  return core.Method(
    nets=nets,
    forward=forward,
    turns=((core.Player('p', (nets[0].name,), loss),),),
    colorize=colorize,
    exports=exports,
    train_inputs=('rgb',),
  )


def state(made, data, **kwargs):
  return core.init_state(made, {'p': optax.sgd(0.1)}, jax.random.key(0), data, **kwargs)


DATA = {'rgb': jnp.ones((2, 4, 4, 3))}


def test_nets_are_initialised_for_the_calls_of_forward_losses_and_colorize():
  """One is called in a scan, one inside a gradient, one with a dict and one in colorize alone."""
  a, b, c, d = (core.Net(name, Scale()) for name in 'abcd')

  def forward(v, batch, key):
    def body(x, _):
      return x + a.infer(v, x), None

    x, _ = jax.lax.scan(body, batch['rgb'], length=2)
    y, v = c(v, x, {'a': batch['rgb'][0]})
    return {'x': x + y}, v

  def loss(v, out, batch, key, step):
    gradient = jax.grad(lambda x: b(v, x)[0].sum())(out['x'][..., :2])
    return out['x'].sum() + gradient.sum(), (v, {})

  def colorize(v, batch, key=None):
    return d.infer(v, batch['rgb'][..., :1])

  v = state(method(forward, loss, (a, b, c, d), colorize), DATA).variables
  sizes = {name: {k: x.shape for k, x in params.items()} for name, params in v.params.items()}
  assert sizes == {
    'a': {'scale': (3,)},
    'b': {'scale': (2,)},
    'c': {'scale': (3,), 'extra': (3,)},
    'd': {'scale': (1,)},
  }
  assert v.stats['b']['batch_stats']['mean'].shape == (2,)
  alone = Scale().init(core.fold_in(jax.random.key(0), 'c'), DATA['rgb'], {'a': DATA['rgb']})
  assert same(alone['params'], v.params['c'])


def test_a_net_that_nothing_calls_is_named():
  a, idle = core.Net('a', Scale()), core.Net('idle', Scale())

  def forward(v, batch, key):
    x, v = a(v, batch['rgb'])
    return {'x': x}, v

  def loss(v, out, batch, key, step):
    return out['x'].sum(), (v, {})

  def colorize(v, batch, key=None):
    return a.infer(v, batch['rgb'])

  with pytest.raises(ValueError, match=r"calls the nets \['idle'\]: leave them out"):
    state(method(forward, loss, (a, idle), colorize), DATA)


def test_loaded_weights_replace_fresh_ones():
  ones = {'scale': jnp.ones(3)}, {'batch_stats': {'mean': jnp.zeros(3)}}
  a = core.Net('a', Scale(), load=lambda: ones)

  def forward(v, batch, key):
    x, v = a(v, batch['rgb'])
    return {'x': x}, v

  def loss(v, out, batch, key, step):
    return out['x'].sum(), (v, {})

  made = method(forward, loss, (a,))
  assert same(state(made, DATA).variables.params['a'], ones[0])
  twos = {'scale': jnp.full(3, 2.0)}, ones[1]
  assert same(state(made, DATA, loaded={'a': twos}).variables.params['a'], twos[0])


def test_initialisation_runs_no_forward_pass():
  """In the jitted function are the parameters' random numbers alone, no convolution."""
  made = registry.method(METHODS['pix2pix'])
  txs = {p.name: optax.sgd(0.1) for p in made.players}
  init = jax.jit(lambda key, data: core.init_state(made, txs, key, data))
  compiled = init.lower(jax.random.key(0), batch(2)).compile().as_text()
  assert 'convolution' not in compiled and 'custom-call' not in compiled


def test_a_net_by_name_and_one_that_was_not_loaded():
  made = registry.method(METHODS['pix2pix'])
  assert made.net('gen') is made.nets[0]
  with pytest.raises(ValueError, match=r"no net 'generator'; its nets are \['disc', 'gen'\]"):
    made.net('generator')
  v = core.Variables({'gen': {}}, {'gen': {}}, {})
  with pytest.raises(ValueError, match=r"hold no net 'disc', only \['gen'\].*load_nets"):
    made.net('disc').infer(v, batch(1)['rgb'])


def test_a_key_is_needed_only_where_something_is_random():
  line = jnp.asarray(batch(2)['line'])
  made = registry.method(METHODS['vaegan'])
  txs = {p.name: optax.sgd(0.1) for p in made.players}
  start = jax.jit(lambda k: core.init_state(made, txs, k, batch(2)))(jax.random.key(0))
  run = LoadedRun(made, start.averaged, None)
  likeliest = run.colorize(line)
  assert likeliest.shape == (2, 16, 16, 3)
  sample = jnp.array([0, 1])
  several = run.colorize(line, jax.random.key(1), sample=sample)
  np.testing.assert_allclose(several[0], likeliest[0], atol=1e-6)
  assert not np.allclose(several[1], likeliest[1], atol=1e-6)
  with pytest.raises(ValueError, match="'sample' is drawn at random: pass a key"):
    run.colorize(line, sample=sample)


def test_a_missing_input_is_named():
  run = LoadedRun(registry.method(METHODS['adain']), None, None)
  with pytest.raises(ValueError, match=r"also needs \['reference'\]"):
    run.colorize(jnp.ones((1, 16, 16, 1)))
