"""Every config builds, has exactly its method's keys, and its options work."""

import importlib
import pathlib

import jax
import pytest

from configs import common
from onepunch_jax import optim, prepare, registry, train

NAMES = sorted(
  p.stem
  for p in (pathlib.Path(__file__).parent.parent / 'configs').glob('*.py')
  if p.stem not in ('common', '__init__')
)


def get(name, arg=None):
  return importlib.import_module(f'configs.{name}').get_config(arg)


@pytest.mark.parametrize('arg', [None, 'laptop', 'smoke', 'smoke,lines'])
@pytest.mark.parametrize('name', NAMES)
def test_keys_are_the_signatures(name, arg):
  config = get(name, arg)
  make = registry.maker('methods', config.method.name, 'make')
  assert set(config.method) - {'name'} == set(registry.keywords(make))
  for key, section in config.method.items():
    if hasattr(section, 'name'):
      model = registry.maker('nets', section.name, 'Model')
      assert set(section) - {'name'} <= set(registry.keywords(model)), key
  for section in config.optim.values():
    assert set(section) <= set(optim.KEYWORDS)
  for step in config.prepare.order:
    make = registry.maker('prepare', step, 'make')
    assert set(config.prepare[step]) == set(registry.keywords(make)), step
  for evaluation, section in config.evals.items():
    assert set(section) == set(registry.keywords(registry.maker('evals', evaluation, 'make')))
  method = registry.method(config.method)
  train.make_optimisers(config, method)
  prepare.make(config.prepare)


@pytest.mark.parametrize('name', NAMES)
def test_smoke_ends(name, tmp_path):
  config = get(name, f'smoke,batch={jax.device_count()}')
  assert train.train(config, str(tmp_path)) == 0
  assert list((tmp_path / 'samples').glob('*.png'))


def test_options_after_the_colon():
  config = get('pix2pix', 'laptop,data=some/folder,size=64,batch=3,steps=7,seed=5')
  assert (config.data.path, config.data.size, config.batch_size) == ('some/folder', 64, 3)
  assert (config.steps, config.seed, config.prepare.crop.size) == (7, 5, 64)
  with pytest.raises(ValueError, match='laptop'):
    common.options('labtop')
  with pytest.raises(ValueError, match='size='):
    common.options('size')


def test_optimisers_are_the_players():
  config = get('pix2pix', 'smoke')
  del config.optim['d']
  with pytest.raises(ValueError, match='players are'):
    train.make_optimisers(config, registry.method(config.method))
