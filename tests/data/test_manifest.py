"""Data that were moved are known again by their manifest, or missed in one sentence."""

import json
import logging
import os
import shutil

import pytest
from ml_collections import ConfigDict
from PIL import Image

from onepunch_jax.data import manifest, records, sources
from onepunch_jax.training import checkpoint
from onepunch_jax.weights import runs
from tests.data.data_config import config


def pairs(folder, count=4, shade=20):
  for part in ('line', 'color'):
    os.makedirs(folder / part)
    for n in range(count):
      Image.new('L', (16, 16), shade * n).save(folder / part / f'{n}.png')
  return folder


def shards(folder, count=3):
  found = sources.Folder.open(str(pairs(folder.parent / 'raw', 24)), 'train', 'error')
  rows = [records.encode({k: found[n][k] for k in ('key', 'line', 'rgb')}) for n in range(count)]
  os.makedirs(folder)
  shard = records.write_shard(str(folder / 'train-00000-of-00001.array_record'), rows)
  info = {'version': 1, 'splits': {'train': count}, 'shards': [{**shard, 'split': 'train'}]}
  (folder / 'dataset.json').write_text(json.dumps(info))
  return folder


@pytest.mark.parametrize('make', [pairs, shards])
def test_moved_data_are_found_near(tmp_path, make, caplog):
  run = tmp_path / 'runs' / 'a'
  run.mkdir(parents=True)
  old = make(tmp_path / 'data' / 'mine')
  manifest.save(str(run), config(f'{old}*3+synthetic'))
  new = tmp_path / 'data' / 'kept' / ('mine' if make is pairs else 'renamed')
  new.parent.mkdir()
  shutil.copytree(old, new.parent / 'another', dirs_exist_ok=True)
  for file in (new.parent / 'another').rglob('*'):  # one that has other content
    if file.is_file():
      file.unlink()
  shutil.move(old, new)
  data = config(f'{old}*3+synthetic')
  with caplog.at_level(logging.INFO, logger='onepunch_jax'):
    manifest.relocate(data, str(run))
  assert data.path == f'{new}*3+synthetic' and str(new) in caplog.text
  assert manifest.same(str(run), f'{old}*3+synthetic', data.path)
  assert not manifest.same(str(run), f'{old}*2+synthetic', data.path)
  assert not manifest.same(str(run), str(old), str(pairs(tmp_path / 'others', shade=9)))


def test_data_that_are_gone_are_missed_in_one_sentence(tmp_path):
  old = pairs(tmp_path / 'data')
  manifest.save(str(tmp_path), config(old, old))
  shutil.rmtree(old)
  with pytest.raises(ValueError, match=r"no longer at '.*data', nor near: name the folder"):
    manifest.relocate(config(old), str(tmp_path))
  unknown = config(tmp_path / 'never')  # no data of the run: what opens it says so
  manifest.relocate(unknown, str(tmp_path))
  assert unknown.path == str(tmp_path / 'never')


def test_a_run_goes_on_with_the_same_data_elsewhere(tmp_path):
  run, old = tmp_path / 'run', pairs(tmp_path / 'data')

  def of(path):
    method = ConfigDict({'name': 'x'})
    return ConfigDict({'config_version': 2, 'data': config(path), 'steps': 4, 'method': method})

  checkpoint.save_config(str(run), of(old))
  manifest.save(str(run), of(old).data)
  new = tmp_path / 'elsewhere'
  shutil.move(old, new)
  checkpoint.save_config(str(run), of(new))
  assert runs.load_config(str(run)).data.path == str(new)
  with pytest.raises(ValueError, match=r'data\.path'):
    checkpoint.save_config(str(run), of(pairs(tmp_path / 'others', 6)))


@pytest.mark.parametrize('text', ['', '[1]', '[' * 9999, '{"a": {}}', 'null'])
def test_a_file_that_cannot_be_read_means_nothing_is_known(tmp_path, text):
  (tmp_path / manifest.FILE).write_text(text)
  manifest.relocate(config(tmp_path / 'never'), str(tmp_path))
