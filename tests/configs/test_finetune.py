"""Fine-tuning: a few pages teach the weights that come with the package; the mixture; the split."""

import json
import os

import jax
import numpy as np
import pytest
from PIL import Image

from onepunch_jax import Colorizer, publish
from onepunch_jax.configs import region_tokens
from onepunch_jax.synthetic import draw
from onepunch_jax.training.loop import train
from onepunch_jax.weights import runs, shipped

DEVICES = jax.device_count()


def tiny(**more):
  config = region_tokens.get_config(f'smoke,steps=2,batch={2 * DEVICES}')
  config.update(dict(evals={}, best='', eval_every=0, **more))
  return config


@pytest.fixture(scope='module')
def weights(tmp_path_factory):
  """A file of tiny weights."""
  folder = tmp_path_factory.mktemp('weights')
  train(tiny(), str(folder / 'run'))
  path = str(folder / 'tiny.safetensors')
  how = dict(command='onepunch train', commit='0' * 40, date='2026-11-28')
  publish.publish(str(folder / 'run'), path, name='tiny', **how)
  return path


@pytest.fixture
def pages(tmp_path):
  """A folder of four real pairs: line art and colours, no regions."""
  for n in range(4):
    record = draw(5, n, 64)
    for name, picture in (('line', record['line'][..., 0]), ('color', record['rgb'])):
      (tmp_path / 'pages' / name).mkdir(parents=True, exist_ok=True)
      Image.fromarray(picture).save(tmp_path / 'pages' / name / f'{n}.png')
  return str(tmp_path / 'pages')


def test_float16_changes_no_probability_by_more_than_a_hundredth(weights):
  """So a draw is another one only where it was nearly one, and colours differ by rounding alone."""
  half, whole = weights, os.path.join(os.path.dirname(weights), 'run')
  for index in range(3):
    line = draw(5, index, 96)['line'][..., 0]
    found = []
    for run in (half, whole):
      session = Colorizer(run).session(line)
      page, known = session._state(None, '', ())
      found.append(session._model.mixture(page, known))
    chances = [np.asarray(jax.nn.softmax(mixture.bins)) for mixture in found]
    assert np.abs(chances[0] - chances[1]).max() < 0.01
    assert np.abs(found[0].residual - found[1].residual).max() < 0.1  # dE


def test_pages_teach_the_shipped_weights(weights, pages, tmp_path, monkeypatch):
  find = shipped.find
  monkeypatch.setattr(
    shipped, 'find', lambda run=shipped.DEFAULT: find(weights if run == shipped.DEFAULT else run)
  )
  config = region_tokens.get_config(f'finetune,smoke,data={pages},batch={2 * DEVICES}')
  assert config.data.path == f'{pages}+synthetic_all*0.333333'
  assert tuple(config.method.trunk.widths) == tiny().method.trunk.widths  # the nets are the file's
  assert config.optim.net.lr < region_tokens.get_config().optim.net.lr
  config.update(dict(evals={}, best='', eval_every=0))
  assert train(config, str(tmp_path / 'run')).step == 4
  before, after = (
    runs.load_for_inference(x).variables.params for x in (weights, str(tmp_path / 'run'))
  )
  apart = jax.tree.map(lambda a, b: float(np.abs(a - b).max()), before, after)
  assert 0 < max(jax.tree.leaves(apart)) < 0.05  # it moved, from there


def test_fine_tuning_needs_data_and_keeps_a_mixture():
  with pytest.raises(ValueError, match='give data=FOLDER'):
    region_tokens.get_config('finetune')
  mixture = region_tokens.with_synthetic('a*3+b')
  assert mixture == 'a*3+b+synthetic_all*1.33333'
  assert region_tokens.with_synthetic('a+synthetic*2') == 'a+synthetic*2'


def test_the_benchmark_divides_pages_by_name(pages, tmp_path):
  from benchmarks.finetune import divide

  rows = [{'id': str(n), 'line': f'line/{n}.png', 'color': f'color/{n}.png'} for n in range(4)]
  with open(f'{pages}/metadata.jsonl', 'w', encoding='utf-8') as file:
    file.writelines(json.dumps(row) + '\n' for row in rows)
  assert divide(pages, 3, 9, str(tmp_path / 'a')) == (3, 1)
  made = [json.loads(line) for line in (tmp_path / 'a' / 'metadata.jsonl').read_text().splitlines()]
  assert [row['split'] for row in made] == ['train'] * 3 + ['val']
  assert {row['id'] for row in made} == set('0123')
