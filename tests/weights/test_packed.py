"""A method in one file: what is packed is what is read, and files that are none."""

import json

import jax
import numpy as np
import pytest

from onepunch_jax.configs import pix2pix
from onepunch_jax.data import vocabulary
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.training import loop, pack
from onepunch_jax.weights import packed, runs


@pytest.fixture(scope='module')
def run(tmp_path_factory):
  workdir = str(tmp_path_factory.mktemp('run'))
  config = pix2pix.get_config(f'smoke,steps=1,batch={jax.device_count()}')
  config.evals = {}
  config.best = ''
  loop.train(config, workdir)
  with open(f'{workdir}/tags.json', 'w', encoding='utf-8') as f:
    json.dump(['blue hair', 'smile'], f)
  return workdir


def test_a_file_stands_for_a_run(run, tmp_path):
  path = str(tmp_path / 'net.safetensors')
  size = pack.pack(run, path)
  one, other = (runs.load_for_inference(x) for x in (run, path))
  assert one.config == other.config and vocabulary.load(path) == ('blue hair', 'smile')
  leaves = [jax.tree.leaves((x.variables.params, x.variables.stats)) for x in (one, other)]
  assert jax.tree.structure(one.variables) == jax.tree.structure(other.variables)
  for a, b in zip(*leaves, strict=True):
    assert a.shape == b.shape and b.dtype == np.float32
    np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-6)
  assert size < 2.2 * sum(x.size for x in leaves[0]) + 20_000
  line = np.full((40, 40), 255, np.uint8)
  line[20] = 0
  apart = Colorizer(run)(line).astype(int) - Colorizer(path)(line)
  assert np.abs(apart).max() <= 3


def test_any_reader_of_safetensors_reads_it(tmp_path):
  safetensors = pytest.importorskip('safetensors.numpy')
  path = str(tmp_path / 'a.safetensors')
  value = np.arange(6, dtype=np.float32).reshape(2, 3)
  packed.write(path, {'net': ({'w': value}, {})}, '{}', ['a'])
  np.testing.assert_array_equal(safetensors.load_file(path)['net/params/w'], value)


def test_what_is_no_packed_method_is_one_sentence(tmp_path):
  path = str(tmp_path / 'a.safetensors')
  with pytest.raises(ValueError, match='cannot be opened'):
    packed.read_config(path)
  for content in (b'', b'12345', b'\xff' * 20, b'\2\0\0\0\0\0\0\0{}'):
    with open(path, 'wb') as f:
      f.write(content)
    with pytest.raises(ValueError, match='no packed method'):
      packed.read_config(path)
  with pytest.raises(ValueError, match='ends in'):
    packed.write(str(tmp_path / 'a.npz'), {}, '{}', [])
  with pytest.raises(ValueError, match='float16 cannot hold'):
    packed.write(path, {'net': ({'w': np.full(2, 1e6)}, {})}, '{}', [])
  packed.write(path, {'net': ({'w': np.ones(2)}, {})}, '{}', [])
  with pytest.raises(ValueError, match="no net \\['other'\\]; it has \\['net'\\]"):
    packed.read_nets(path, ['other'])
