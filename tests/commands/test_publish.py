"""Publishing a run: one file that stands for it, with what others must know of it."""

import json
import os
import shutil

import jax
import numpy as np
import pytest

from onepunch_jax import publish
from onepunch_jax.data import vocabulary
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.synthetic import draw
from onepunch_jax.training import origin
from onepunch_jax.weights import packed, runs, shipped
from tests.tiny import trained

HOW = dict(name='mine', command='onepunch train', commit='0' * 40, date='2026-11-28')


@pytest.fixture(scope='module')
def run(tmp_path_factory):
  workdir = str(shutil.copytree(trained(), tmp_path_factory.mktemp('folder') / 'run'))
  origin.record(workdir, ['main.py', '--config=pix2pix:smoke', '--workdir=/home/me/runs/x'])
  with open(f'{workdir}/tags.json', 'w', encoding='utf-8') as f:
    json.dump(['blue hair', 'smile'], f)
  return workdir


def test_a_file_stands_for_a_run(run, tmp_path):
  path = str(tmp_path / 'mine.safetensors')
  size = publish.publish(run, path, **HOW)
  one, other = (runs.load_for_inference(x) for x in (run, path))
  assert one.config.method == other.config.method and vocabulary.load(path) == (
    'blue hair',
    'smile',
  )
  leaves = [jax.tree.leaves((x.variables.params, x.variables.stats)) for x in (one, other)]
  assert jax.tree.structure(one.variables) == jax.tree.structure(other.variables)
  for a, b in zip(*leaves, strict=True):
    assert a.shape == b.shape and b.dtype == np.float32
    np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-6)
  assert size == os.path.getsize(path) < 2.2 * sum(x.size for x in leaves[0]) + 20_000


def test_float16_changes_no_colour_by_more_than_one_level(run, tmp_path):
  path = str(tmp_path / 'mine.safetensors')
  publish.publish(run, path, **HOW)
  for index in range(3):
    line = draw(5, index, 96)['line'][..., 0]
    apart = Colorizer(run)(line).astype(int) - Colorizer(path)(line)
    assert np.abs(apart).max() <= 1


def test_the_file_says_where_it_is_from_and_is_the_same_again(run, tmp_path):
  files = [str(tmp_path / f'{name}.safetensors') for name in 'ab']
  for path in files:
    publish.publish(run, path, name='mine', commit='0' * 40, date='2026-11-28')
  with open(files[0], 'rb') as one, open(files[1], 'rb') as other:
    assert one.read() == other.read()
  facts = packed.read_facts(files[0])
  assert facts['license'] == 'Apache-2.0' and facts['created'] == '2026-11-28'
  assert facts['command'] == 'onepunch train --config=pix2pix:smoke --workdir=x'  # no folder
  assert json.loads(facts['data']) == [{'path': 'synthetic', 'sha256': ''}]
  publish.publish(files[0], files[1], name='mine')  # anew, of a file
  assert packed.read_facts(files[1]) == facts


def test_manifests_are_hashed_and_their_credits_kept(tmp_path):
  shards = [{'file': 'a', 'split': 'train', 'count': 1, 'bytes': 9, 'sha256': '0' * 64}]
  content = {
    'version': 1,
    'splits': {'train': 1},
    'credits': [{'license': 'CC0', 'credit': 'Somebody'}],
    'shards': shards,
  }
  (tmp_path / 'dataset.json').write_text(json.dumps(content), encoding='utf-8')
  run = str(tmp_path / 'run')
  (own, art) = publish.manifests(run, f'synthetic*7+{tmp_path}*3')
  assert own == ('synthetic', '', [])
  assert art[0] == tmp_path.name and len(art[1]) == 64 and art[2] == ['Somebody (CC0)']
  with pytest.raises(ValueError, match='nowhere: the training data are not there'):
    publish.manifests(run, str(tmp_path / 'nowhere'))


def test_folders_of_the_machine_stay_private():
  known = {'a': ['synthetic*7+/home/me/art*3', '~/.cache/x'], 'b': {'c': "data='/x/y/z'", 'd': 1}}
  found = publish.public(known)
  assert found == {'a': ['synthetic*7+art*3', '~/.cache/x'], 'b': {'c': "data='z'", 'd': 1}}
  assert origin.without_folders('https://a.b/c/d runs/x .*') == 'https://a.b/c/d runs/x .*'


def test_what_is_missing_is_named(run, tmp_path):
  path = str(tmp_path / 'a.safetensors')
  with pytest.raises(ValueError, match='small letters'):
    publish.publish(run, path, name='My weights')
  with pytest.raises(ValueError, match='day of creation'):
    publish.publish(run, path, name='mine', commit='0' * 40, date='yesterday')
  os.rename(f'{run}/origin.json', f'{run}/kept.json')
  try:
    with pytest.raises(ValueError, match='give --command'):
      publish.publish(run, path, name='mine')
  finally:
    os.rename(f'{run}/kept.json', f'{run}/origin.json')


def other(nets, edit):
  params, stats = nets
  return {name: (edit(dict(tree)), stats[name]) for name, tree in params.items()}


def lacking(tree):
  del tree[min(tree)]
  return tree


def unknown(tree):
  return {**tree, 'zz': {'kernel': np.ones(3)}}


def smaller(tree):
  first = min(tree)
  return {**tree, first: jax.tree.map(lambda x: x[..., :1], tree[first])}


@pytest.mark.parametrize(
  ('edit', 'words'),
  [(lacking, 'lacks params/'), (unknown, 'has params/zz/kernel'), (smaller, 'this version wants')],
)
def test_parameters_of_another_version_of_a_net_are_refused(run, tmp_path, edit, words):
  path = str(tmp_path / 'mine.safetensors')
  v = jax.device_get(runs.load_for_inference(run).variables)
  config = runs.load_config(run).to_json()
  packed.write(path, other((v.params, v.stats), edit), config, ())
  with pytest.raises(ValueError, match=f'mine.safetensors: .*{words}'):
    runs.load_for_inference(path)


def test_names_are_found_and_others_listed(tmp_path, monkeypatch):
  assert shipped.names() == ['region_tokens']
  assert shipped.find() == shipped.find('region_tokens') == shipped.path()
  assert shipped.find(tmp_path) == str(tmp_path)
  with pytest.raises(ValueError, match=r"'region_token' is no run .* package: region_tokens"):
    shipped.find('region_token')
  with pytest.raises(ValueError, match=r'a.safetensors: there is no such file'):
    shipped.find('a.safetensors')


def test_the_weights_that_come_with_the_package_fit_their_nets(tmp_path):
  copy = str(tmp_path / 'copy.safetensors')  # those in the package are not checked at each start
  shutil.copy(shipped.path(), copy)
  assert runs.load_for_inference(copy).config.method.name == 'region_tokens'


def test_the_weights_that_come_with_the_package_say_what_they_are():
  facts = packed.read_facts(shipped.path())
  assert facts['license'] == 'Apache-2.0' and facts['name'] == 'region_tokens'
  assert facts['command'] and facts['commit'] and facts['created'] and json.loads(facts['data'])
  assert os.path.getsize(shipped.path()) < 30e6
  config = packed.read_config(shipped.path())
  assert publish.public(config) == config
