"""Every config builds, has exactly its method's keys, and its options work."""

import importlib
import pathlib

import jax
import pytest

from onepunch_jax import core, prepare, registry
from onepunch_jax.configs import common
from onepunch_jax.data import batch
from onepunch_jax.training import loop, optim

NAMES = sorted(
  p.stem
  for p in (pathlib.Path(__file__).parents[2] / 'configs').glob('*.py')
  if p.stem not in ('common', '__init__')
)


def get(name, arg=None):
  return importlib.import_module(f'onepunch_jax.configs.{name}').get_config(arg)


@pytest.mark.parametrize('arg', [None, 'laptop', 'smoke', 'smoke,lines'])
@pytest.mark.parametrize('name', NAMES)
def test_keys_are_the_signatures(name, arg):
  config = get(name, arg)
  make = registry.maker('methods', config.method.name)
  assert set(config.method) - {'name'} == set(registry.keywords(make))
  for key, section in config.method.items():
    if hasattr(section, 'name'):
      model = registry.maker('nets', section.name)
      assert set(section) - {'name'} <= set(registry.keywords(model)), key
  for section in config.optim.values():
    assert set(section) <= set(optim.KEYWORDS)
  for step in config.prepare.order:
    make = registry.maker('prepare', step)
    assert set(config.prepare[step]) == set(registry.keywords(make)), step
  for evaluation, section in config.evals.items():
    assert set(section) == set(registry.keywords(registry.maker('evals', evaluation)))
  method = registry.method(config.method)
  loop.make_optimisers(config, method)
  prepare.make(config.prepare)


@pytest.mark.parametrize('name', NAMES)
def test_the_smoke_step_fits_its_data(name):
  """Traced, not compiled: what a config prepares is what its method reads."""
  config = get(name, 'smoke')
  method, prepares = registry.method(config.method), prepare.make(config.prepare)
  txs = loop.make_optimisers(config, method)
  raw = batch.fake(
    config.data.train_keys,
    config.batch_size,
    config.data.load_size,
    config.data.tags,
    config.data.tokens,
  )
  key = jax.random.key(0)
  given = {net.name: net.load() for net in method.nets if net.load}
  init = lambda key: core.init_state(method, txs, key, prepares(raw, key, 0), given)
  state = jax.eval_shape(init, key)
  after, _ = jax.eval_shape(core.make_train_step(method, txs, prepares), state, raw, key)
  same = jax.tree.map(lambda a, b: (a.shape, a.dtype) == (b.shape, b.dtype), state, after)
  assert jax.tree.all(same)


@pytest.mark.parametrize('name', NAMES)
def test_pictures_without_line_art_are_enough(name):
  """What a method needs is there when lines are drawn from the colours, whatever reads them."""
  traced = set()
  for arg in ('smoke,lines', 'laptop,lines'):
    config = get(name, arg)
    data = config.data
    steps = (*data.train_keys, *config.prepare.order, data.extract_lines)
    if steps in traced:  # the same steps at another size
      continue
    traced.add(steps)
    raw = batch.fake(data.train_keys, 2, data.load_size, data.tags, data.tokens)
    assert 'line' not in raw or data.extract_lines  # on the host, where regions are found
    out = jax.eval_shape(prepare.make(config.prepare), raw, jax.random.key(0), 0)
    known = {'truth', 'tags', 'reference', 'character', 'scan'}  # as the data has them
    assert set(registry.method(config.method).train_inputs) - known <= set(out)


@pytest.mark.parametrize('name', ['pix2pix', 'tagger', 'zhang16'])  # all: benchmarks/smoke.py
def test_smoke_ends(name, tmp_path):
  config = get(name, f'smoke,batch={jax.device_count()}')
  assert not loop.train(config, str(tmp_path)).stopped
  assert list((tmp_path / 'samples').glob('*.png'))


def test_options_after_the_colon():
  config = get('pix2pix', 'laptop,data=some/folder,size=64,batch=3,steps=7,seed=5')
  assert (config.data.path, config.data.size, config.batch_size) == ('some/folder', 64, 3)
  assert (config.steps, config.seed, config.prepare.crop.size) == (7, 5, 64)


def test_a_misspelt_option_suggests_the_right_one_and_lists_all():
  with pytest.raises(ValueError, match=r"No option 'labtop' .* Did you mean 'laptop'\?"):
    common.options('labtop')
  with pytest.raises(ValueError, match='size='):
    common.options('size')
  with pytest.raises(ValueError, match='size=big: give a whole number'):
    common.options('size=big')
  with pytest.raises(
    ValueError, match=r"Did you mean 'wgan'\? There are wgan \(of this experiment\)"
  ):
    get('pix2pix_gp', 'wgam,laptop')
  with pytest.raises(ValueError, match='wgan'):  # another experiment's option
    get('pix2pix', 'wgan')


@pytest.mark.parametrize('name', NAMES)
def test_options_are_declared_with_a_sentence(name):
  module = importlib.import_module(f'onepunch_jax.configs.{name}')
  own = getattr(module, 'OPTIONS', {})
  assert not set(own) & {*common.FLAGS, *common.VALUES}
  plain = module.get_config('smoke')
  for option, sentence in own.items():
    data = ',data=synthetic' if option == 'finetune' else ''  # which asks for pages of one's own
    assert sentence and module.get_config(f'smoke,{option}{data}') != plain, option


def test_optimisers_are_the_players():
  config = get('pix2pix', 'smoke')
  del config.optim['d']
  with pytest.raises(ValueError, match='players are'):
    loop.make_optimisers(config, registry.method(config.method))
