"""Experiments' own options after the colon: each builds, with its keys, its players, its steps."""

import importlib

import jax
import pytest

from launch import sweep
from onepunch_jax import core, prepare, registry
from onepunch_jax.data import batch as batches
from onepunch_jax.training import loop
from tests.conftest import ROOT

OPTIONS = (
  ('onepiece', 'gan'),
  ('onepiece', 'line'),
  ('onepiece', 'gan,line'),
  ('pix2pix_gp', 'wgan'),
  ('tagger', 'vgg'),
  ('zhang16', 'line'),
  ('zhang16', 'manga'),
)


@pytest.mark.parametrize('size', ['', ',laptop', ',smoke', ',zoo'])
@pytest.mark.parametrize('name, own', OPTIONS)
def test_own_options_build(name, own, size):
  config = importlib.import_module(f'onepunch_jax.configs.{name}').get_config(own + size)
  make = registry.maker('methods', config.method.name)
  assert set(config.method) - {'name'} == set(registry.keywords(make))
  loop.make_optimisers(config, registry.method(config.method))
  prepare.make(config.prepare), prepare.make(config.eval_prepare)


def test_stage_two_of_pix2pixhd_is_twice_as_large():
  get = lambda name, arg: importlib.import_module(f'onepunch_jax.configs.{name}').get_config(arg)
  for arg in ('', 'laptop'):
    one, two = get('pix2pixhd', arg), get('pix2pixhd_2', arg)
    assert two.data.size == 2 * one.data.size == two.prepare.crop.size
    assert two.method.gen == one.method.gen and two.method.freeze > 0
  assert get('pix2pixhd_2', 'zoo').data.size == 2 * get('pix2pixhd', 'zoo,size=32').data.size


@pytest.mark.parametrize(
  'point', sweep.read(str(ROOT / 'launch/sweeps/zoo.py'), ''), ids=lambda point: point.name
)
def test_every_point_of_the_zoo_fits_its_size(point):
  name, arg = point.config.removeprefix('configs/').split('.py:')
  config = importlib.import_module(f'onepunch_jax.configs.{name}').get_config(arg)
  method, prepares = registry.method(config.method), prepare.make(config.prepare)
  txs = loop.make_optimisers(config, method)
  key = jax.random.key(0)
  data = config.data
  raw = batches.fake(data.train_keys, 2, data.load_size, data.tags, data.tokens)
  given = {net.name: net.load() for net in method.nets if net.load}
  state = jax.eval_shape(
    lambda b: core.init_state(method, txs, key, prepares(b, key, 0), given), raw
  )
  assert set(state.variables.params) == {net.name for net in method.nets}
  assert config.steps * config.batch_size == 10_000 and data.size == 64
