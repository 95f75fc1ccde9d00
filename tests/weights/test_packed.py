"""A method in one file: what is packed is what is read, and files that are none."""

import json
import struct

import numpy as np
import pytest

from onepunch_jax.weights import packed

TREE = {'net': ({'a': {'w': np.arange(6, dtype=np.float32).reshape(2, 3)}, 'b': np.ones(2)}, {})}


def change(path, edit):
  """Rewrites a file with its header and its data changed by `edit(header, data)`."""
  with open(path, 'rb') as file:
    (size,) = struct.unpack('<Q', file.read(8))
    header, data = json.loads(file.read(size)), bytearray(file.read())
  edit(header, data)
  text = json.dumps(header).encode()
  with open(path, 'wb') as file:
    file.write(struct.pack('<Q', len(text)) + text + data)


def test_what_is_written_is_read_and_the_same_twice(tmp_path):
  path, again = str(tmp_path / 'a.safetensors'), str(tmp_path / 'b.safetensors')
  for name in (path, again):
    packed.write(name, TREE, '{"seed": 3}', ['a', 'b'], {'license': 'Apache-2.0'})
  with open(path, 'rb') as one, open(again, 'rb') as other:
    assert one.read() == other.read()
  assert packed.read_config(path) == {'seed': 3} and packed.read_tags(path) == ('a', 'b')
  facts = packed.read_facts(path)
  assert facts['license'] == 'Apache-2.0' and len(facts['sha256']) == 64
  params, stats = packed.read_nets(path, ['net'])['net']
  np.testing.assert_array_equal(params['a']['w'], TREE['net'][0]['a']['w'])
  assert params['b'].dtype == np.float32 and stats == {}


def test_a_scalar_stays_a_scalar(tmp_path):
  path = str(tmp_path / 'a.safetensors')
  packed.write(path, {'net': ({'gain': np.array(2.5), 'w': np.ones((2, 3)).T}, {})}, '{}', [])
  params, _ = packed.read_nets(path, ['net'])['net']
  assert params['gain'].shape == () and params['gain'] == 2.5
  assert params['w'].shape == (3, 2)


def test_any_reader_of_safetensors_reads_it(tmp_path):
  safetensors = pytest.importorskip('safetensors.numpy')
  path = str(tmp_path / 'a.safetensors')
  packed.write(path, TREE, '{}', ['a'])
  np.testing.assert_array_equal(
    safetensors.load_file(path)['net/params/a/w'], TREE['net'][0]['a']['w']
  )


def test_what_is_no_packed_method_is_one_sentence(tmp_path):
  path = str(tmp_path / 'a.safetensors')
  with pytest.raises(ValueError, match=r'a.safetensors: cannot be opened'):
    packed.read_config(path)
  for content in (b'', b'12345', b'\xff' * 20, b'\2\0\0\0\0\0\0\0{}', b'\2\0\0\0\0\0\0\0[]'):
    with open(path, 'wb') as f:
      f.write(content)
    with pytest.raises(ValueError, match=r'a.safetensors: no packed method'):
      packed.read_config(path)
  with pytest.raises(ValueError, match='ends in'):
    packed.write(str(tmp_path / 'a.npz'), {}, '{}', [])
  for bad in (1e6, np.nan, np.inf):
    with pytest.raises(ValueError, match='float16 cannot hold'):
      packed.write(path, {'net': ({'w': np.full(2, bad)}, {})}, '{}', [])
  packed.write(path, TREE, '{}', [])
  with pytest.raises(ValueError, match=r"a.safetensors: has no net \['other'\]; it has"):
    packed.read_nets(path, ['other'])


def damaged(header, data):
  data[0] ^= 1


def renamed(header, data):
  header['net/params/c'] = header.pop('net/params/b')


def reshaped(header, data):
  header['net/params/a/w']['shape'] = [3, 2]


def enlarged(header, data):
  header['net/params/a/w']['shape'] = [3, 3]


def left_out(header, data):
  del header['net/params/b']


def other_type(header, data):
  header['net/params/a/w']['dtype'] = 'BF16'


def not_finite(header, data):
  data[1] = 0x7E
  arrays = {
    'net/params/a/w': np.frombuffer(bytes(data[:12]), '<f2').reshape(2, 3),
    'net/params/b': np.frombuffer(bytes(data[12:]), '<f2'),
  }
  header['__metadata__']['sha256'] = packed._digest(arrays)


def cut_off(header, data):
  del data[-2:]


def unsigned(header, data):
  del header['__metadata__']['sha256']


@pytest.mark.parametrize(
  ('edit', 'words'),
  [
    (damaged, 'its SHA-256 is not that'),
    (renamed, 'its SHA-256 is not that'),
    (reshaped, 'its SHA-256 is not that'),
    (enlarged, 'places of its tensors do not fit'),
    (left_out, 'it has .* bytes where its header says'),
    (other_type, 'places of its tensors do not fit'),
    (not_finite, 'net/params/a/w has numbers that are not finite'),
    (cut_off, 'it has .* bytes where its header says'),
    (unsigned, 'lack sha256'),
  ],
)
def test_a_file_that_was_changed_is_refused_by_name(tmp_path, edit, words):
  path = str(tmp_path / 'a.safetensors')
  packed.write(path, TREE, '{}', ['a'])
  packed.read_nets(path, ['net'])
  change(path, edit)
  with pytest.raises(ValueError, match=f'a.safetensors: .*{words}'):
    packed.read_nets(path, ['net'])
