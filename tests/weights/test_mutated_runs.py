"""Spoilt files of runs and data are one sentence each; benchmarks/mutated_runs tries many more."""

import json
import pathlib

import pytest

from benchmarks import mutated_runs
from onepunch_jax.data import records, vocabulary
from onepunch_jax.weights import runs


@pytest.fixture(scope='module')
def sound(tmp_path_factory):
  folder = tmp_path_factory.mktemp('sound')
  mutated_runs.make(str(folder))
  return str(folder)


@pytest.mark.parametrize('kind', mutated_runs.KINDS)
def test_a_change_is_read_or_refused_in_a_sentence(sound, kind):
  found = [mutated_runs.once(kind, sound, seed) for seed in range(5)]
  assert set(found) <= {'read', 'refused'}, found


@pytest.mark.parametrize(
  'change, words',
  [
    (lambda c: [], 'not an object'),
    (lambda c: {}, 'names no method'),
    (lambda c: {**c, 'data': 5}, 'data is 5'),
    (lambda c: {**c, 'data': {**c['data'], 'size': 'x'}}, "data.size is 'x'"),
    (lambda c: {**c, 'data': {**c['data'], 'size': 10**9}}, 'data.size is 1000000000'),
    (lambda c: {**c, 'seed': True}, 'seed is True'),
    (lambda c: {**c, 'prepare': {'order': [1]}}, r'prepare.order is \[1\]'),
    (lambda c: {k: v for k, v in c.items() if k != 'seed'}, 'has no seed'),
    (lambda c: {k: v for k, v in c.items() if k != 'data'}, 'has no data.size'),
    (lambda c: {**c, 'method': {'name': 'pix2pix'}}, 'missing'),
  ],
)
def test_a_configuration_names_the_key_that_is_wrong(sound, tmp_path, change, words):
  good = json.loads(pathlib.Path(sound, 'run', 'config.json').read_text())
  (tmp_path / 'config.json').write_text(json.dumps(change(good)))
  with pytest.raises(ValueError, match=words) as error:
    runs.load_for_inference(str(tmp_path))
  assert str(tmp_path) in str(error.value) and str(error.value).endswith('.')


@pytest.mark.parametrize('text', [b'', b'{"a": ', b'\xff\xfe{', b'[' * 100_000, b'[NaN'])
def test_what_is_no_json_names_its_file(tmp_path, text):
  for name in ('config.json', 'tags.json', 'dataset.json'):
    (tmp_path / name).write_bytes(text)
  for read in (runs.load_config, vocabulary.load, records.read_info):
    with pytest.raises(ValueError, match=r'\.json: not readable as .*; restore it from a copy\.$'):
      read(str(tmp_path))


def test_a_byte_order_mark_does_no_harm(sound, tmp_path):
  text = pathlib.Path(sound, 'run', 'config.json').read_text()
  (tmp_path / 'config.json').write_text(text, encoding='utf-8-sig')
  assert runs.load_config(str(tmp_path)).method.name == 'pix2pix'
