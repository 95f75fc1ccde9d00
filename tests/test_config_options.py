"""Experiments' own options after the colon: each builds, with its keys, its players, its steps."""

import importlib

import pytest

from onepunch_jax import prepare, registry, train

OPTIONS = (
  ('onepiece', 'gan'), ('onepiece', 'line'), ('onepiece', 'gan,line'), ('pix2pix_gp', 'wgan'),
  ('tagger', 'vgg'), ('zhang16', 'line'), ('zhang16', 'manga'),
)  # fmt: skip


@pytest.mark.parametrize('size', ['', ',laptop', ',smoke', ',zoo'])
@pytest.mark.parametrize('name, own', OPTIONS)
def test_own_options_build(name, own, size):
  config = importlib.import_module(f'configs.{name}').get_config(own + size)
  make = registry.maker('methods', config.method.name, 'make')
  assert set(config.method) - {'name'} == set(registry.keywords(make))
  train.make_optimisers(config, registry.method(config.method))
  prepare.make(config.prepare), prepare.make(config.eval_prepare)


def test_stage_two_of_pix2pixhd_is_twice_as_large():
  get = lambda name, arg: importlib.import_module(f'configs.{name}').get_config(arg)
  for arg in ('', 'laptop'):
    one, two = get('pix2pixhd', arg), get('pix2pixhd_2', arg)
    assert two.data.size == 2 * one.data.size == two.prepare.crop.size
    assert two.method.gen == one.method.gen and two.method.freeze > 0
  assert get('pix2pixhd_2', 'zoo').data.size == 2 * get('pix2pixhd', 'zoo,size=32').data.size
