"""Configurations of older runs load with the keys of today."""

import json

import pytest
from ml_collections import ConfigDict

from onepunch_jax.reports import metrics_log
from onepunch_jax.training import checkpoint
from onepunch_jax.weights import config_versions, runs


def test_keys_of_version_1_become_those_of_today(tmp_path):
  old = {'method': {'name': 'vaegan'}, 'data': {'path': 'drawn'}, 'evals': {'measure': {'a': 1}}}
  (tmp_path / 'config.json').write_text(json.dumps(old))
  config = runs.load_config(str(tmp_path))
  assert config.evals.method_metrics.a == 1 and 'measure' not in config.evals
  assert config.eval_prepare.order == [] and config.data.path == 'synthetic'
  assert config.config_version == config_versions.VERSION


def test_a_step_is_renamed_in_its_order_and_only_in_its_methods(monkeypatch):
  rename = config_versions.Renamed('prepare', 'old', 'new', methods=('mine',))
  monkeypatch.setattr(config_versions, 'RENAMED', (rename,))
  old = {'method': {'name': 'mine'}, 'prepare': {'order': ('flip', 'old'), 'old': {'x': 1}}}
  assert config_versions.migrate(old)['prepare'] == {'order': ['flip', 'new'], 'new': {'x': 1}}
  other = {**old, 'method': {'name': 'other'}}
  assert config_versions.migrate(other)['prepare']['old'] == {'x': 1}
  assert old['prepare']['order'] == ('flip', 'old')


def test_the_synthetic_drawings_have_their_name_of_today():
  old = {'method': {'name': 'mine'}, 'data': {'path': 'drawn*3+a/drawn', 'unpaired': 'drawn'}}
  data = config_versions.migrate(old)['data']
  assert (data['path'], data['unpaired']) == ('synthetic*3+a/drawn', 'synthetic')


def test_runs_whose_nets_were_replaced_say_so(tmp_path):
  old = {'method': {'name': 'sagan'}}
  (tmp_path / 'config.json').write_text(json.dumps(old))
  for load in (runs.load_nets, lambda run, _: checkpoint.save_config(run, ConfigDict(old))):
    with pytest.raises(ValueError, match=r'before 0\.2, whose nets of sagan were others'):
      load(str(tmp_path), ('gen',))
  config_versions.check_nets({**old, 'config_version': 2}, '')


def test_today_stays_and_tomorrow_is_refused():
  now = {'config_version': config_versions.VERSION, 'evals': {'image': {}}, 'method': {'name': 'x'}}
  assert config_versions.migrate(now) == now
  with pytest.raises(ValueError, match='install'):
    config_versions.migrate({'config_version': config_versions.VERSION + 1})


def test_metrics_have_the_names_of_today(tmp_path):
  old = {
    'best': 'val/model/psnr_inside',
    'evals': {'image': {'floors': False}},
    'method': {'name': 'x'},
  }
  found = config_versions.migrate(old)
  assert found['best'] == 'val/model/psnr_foreground'
  assert found['evals'] == {'image': {'baselines': False}}
  assert config_versions.metric_name('val/model/points_10') == 'val/model/points_10'
  row = {'step': 3, 'val/model/psnr_inside': 9.5, 'val/nearest/auc_random_inside': 8.0}
  (tmp_path / 'metrics.jsonl').write_text(json.dumps(row) + '\n{"step": 4')
  assert metrics_log.read(str(tmp_path)) == [
    {'step': 3, 'val/model/psnr_foreground': 9.5, 'val/nearest/auc_random_foreground': 8.0}
  ]
