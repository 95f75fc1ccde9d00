"""Records: what goes in comes out, the bytes are fixed, damage is named."""

import io
import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from onepunch_jax.data import codecs, example, records
from onepunch_jax.data.splits import split_of
from tests import forked

RNG = np.random.default_rng(0)


def _picture(h, w, c):
  return RNG.integers(0, 256, (h, w, c), np.uint8)


def _record(i=0, h=9, w=7):
  return {
    'key': f'a/ページ {i}.png',
    'split': 'train',
    'source': 'a',
    'license': 'CC0',
    'credit': 'nobody',
    'rgbs': [_picture(h, w, 3), _picture(h, w, 3)],
    'line': _picture(h, w, 1),
    'flat': _picture(h, w, 3),
    'regions': _picture(h, w, 1),
    'mask': _picture(h, w, 1),
    'tags': ['blue_hair', '青'],
    'character': 7,
  }


def _dataset(path, n=6, shards=2, split='train', others=1):
  """A small prepared directory, written by hand."""
  listed = []
  for s in range(shards):
    payloads = [
      records.encode({'key': f'{i}', 'rgb': np.full((8, 8, 3), i, np.uint8)}, rgb='png')
      for i in range(s, n, shards)
    ]
    fact = records.write_shard(f'{path}/{split}-{s:05d}-of-{shards:05d}.array_record', payloads)
    listed.append({**fact, 'split': split})
  info = {'version': records.VERSION, 'shards': listed, 'splits': {split: n, 'val': others}}
  (path / records.INFO).write_text(json.dumps(info))
  return path


def _flip(file, at):
  data = bytearray(file.read_bytes())
  data[at] ^= 0xFF
  file.write_bytes(data)


@pytest.mark.parametrize('form', ['png', 'raw'])
def test_round_trip(form):
  record = _record()
  back = records.decode(records.encode(record, rgb=form))
  assert (back.pop('height'), back.pop('width')) == (9, 7)
  np.testing.assert_array_equal(back.pop('rgb'), record['rgbs'][0])
  np.testing.assert_equal(back, record)


def test_jpeg_is_close_and_full_colour():
  yy, xx = np.mgrid[:32, :32]
  rgb = np.stack([yy * 8, xx * 8, (yy + xx) * 4], -1).astype(np.uint8)
  back = records.decode(records.encode({'key': 'k', 'rgb': rgb}))['rgb']
  assert np.abs(back.astype(int) - rgb).max() <= 8
  # 4:4:4: neighbouring red and blue columns stay red and blue
  stripes = np.zeros((16, 16, 3), np.uint8)
  stripes[:, ::2, 0] = stripes[:, 1::2, 2] = 255
  back = records.decode(records.encode({'key': 'k', 'rgb': stripes}))['rgb']
  assert back[:, ::2, 0].min() > 180 and back[:, ::2, 2].max() < 75


@pytest.mark.parametrize('form', ['png', 'jpeg'])
@pytest.mark.parametrize('shape', [(33, 47, 3), (33, 47, 1), (1, 1, 3), (64, 64, 3)])
def test_fast_decoders_give_the_same_pixels(form, shape, monkeypatch):
  pytest.importorskip('simplejpeg')
  data = codecs.encode(_picture(*shape), form)
  fast = codecs.decode(data, form, shape)
  monkeypatch.setattr(codecs, 'simplejpeg', None)
  monkeypatch.setattr(codecs, '_rows_of_png', lambda data, shape: None)
  np.testing.assert_array_equal(fast, codecs.decode(data, form, shape))


def test_a_png_of_another_writer():
  """Rows with filters, or more chunks, are read as well."""
  picture = _picture(33, 47, 3)
  out = io.BytesIO()
  Image.fromarray(picture).save(out, 'PNG', dpi=(72, 72))
  np.testing.assert_array_equal(codecs.decode(out.getvalue(), 'png', picture.shape), picture)


@settings(max_examples=30, deadline=None)
@given(h=st.integers(1, 40), w=st.integers(1, 40), tags=st.lists(st.integers(0, 1), max_size=9))
def test_any_size_and_multi_hot_tags(h, w, tags):
  record = {'key': 'k', 'line': _picture(h, w, 1), 'tags': tags}
  back = records.decode(records.encode(record))
  np.testing.assert_array_equal(back['line'], record['line'])
  np.testing.assert_array_equal(back.get('tags', []), tags)
  assert 'rgb' not in back  # a record of the scans' domain has a line only


def test_same_record_same_bytes():
  record = _record()
  shuffled = dict(reversed(list(record.items())))
  assert records.encode(record) == records.encode(shuffled)


def test_want_decodes_only_what_is_asked():
  data = records.encode(_record())
  back = records.decode(data, want=('line', 'rgb'))
  assert {'line', 'rgb', 'key', 'tags'} <= set(back) and not {'rgbs', 'flat', 'mask'} & set(back)


@pytest.mark.parametrize(
  'change, says',
  [
    ({'key': ''}, 'key'),
    ({'line': np.zeros((9, 8, 1), np.uint8)}, 'line is uint8'),
    ({'mask': np.zeros((9, 7, 1))}, 'float64'),
    ({'colour': 1}, 'unknown fields'),
  ],
)
def test_encode_refuses(change, says):
  with pytest.raises(ValueError, match=says):
    records.encode({**_record(), **change})
  with pytest.raises(ValueError, match='no picture'):
    records.encode({'key': 'k'})


def test_newer_version_is_refused_in_a_sentence(tmp_path):
  features = example.unpack(records.encode(_record()))
  features['version'] = [records.VERSION + 1]
  with pytest.raises(ValueError, match='update onepunch_jax'):
    records.decode(example.pack(features))
  _dataset(tmp_path)
  info = json.loads((tmp_path / records.INFO).read_text())
  (tmp_path / records.INFO).write_text(json.dumps({**info, 'version': records.VERSION + 1}))
  with pytest.raises(ValueError, match='update onepunch_jax'):
    records.Records(tmp_path, 'train')


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_damaged_bytes_are_values_or_value_errors(at, bit):
  data = bytearray(_DATA)
  data[at % len(data)] ^= 1 << bit
  try:
    records.decode(bytes(data))
  except ValueError:
    pass


_DATA = records.encode(_record(), rgb='png')


def test_tensorflow_reads_ours_and_we_read_its():
  code = """
import sys
import numpy as np
from onepunch_jax.data import codecs, example, records
data = records.encode({'key': 'k', 'rgb': np.zeros((4, 5, 3), np.uint8), 'tags': [1, 0]})
assert 'tensorflow' not in sys.modules
import tensorflow as tf
theirs = tf.train.Example.FromString(data)
assert theirs.features.feature['key'].bytes_list.value[0] == b'k'
parsed = tf.io.parse_single_example(data, {'rgb': tf.io.FixedLenFeature([], tf.string),
                                           'width': tf.io.FixedLenFeature([], tf.int64)})
assert parsed['width'] == 5 and tf.io.decode_jpeg(parsed['rgb']).shape == (4, 5, 3)
theirs.features.feature['f'].float_list.value.extend([1.5, 2.5])
back = example.unpack(theirs.SerializeToString())
assert back['f'] == [1.5, 2.5] and back['tags'] == [1, 0]
assert example.pack(back) == example.pack(example.unpack(example.pack(back)))
"""
  pytest.importorskip('tensorflow', reason='the wire format is checked against TensorFlow')
  done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=False)
  assert done.returncode == 0, done.stderr[-2000:]


def test_reader(tmp_path):
  source = records.Records(_dataset(tmp_path), 'train')
  assert len(source) == 6
  assert [source[i]['key'] for i in range(6)] == ['0', '2', '4', '1', '3', '5']
  assert source[-1]['key'] == '5' and source[np.int64(2)]['rgb'][0, 0, 0] == 4
  with pytest.raises(IndexError):
    source[6]
  again = pickle.loads(pickle.dumps(source))
  with ThreadPoolExecutor(8) as pool:
    keys = list(pool.map(lambda i: again[i % 6]['key'], range(600)))
  assert keys == ['0', '2', '4', '1', '3', '5'] * 100


def test_missing_split_and_directory(tmp_path):
  with pytest.raises(ValueError, match=r"no records in split 'test'; there are: \{'train': 6\}"):
    records.Records(_dataset(tmp_path, others=0), 'test')
  with pytest.raises(ValueError, match='not a finished prepared directory'):
    records.Records(tmp_path / 'no', 'train')


def test_damaged_record_is_named_or_skipped_and_counted(tmp_path):
  _dataset(tmp_path, n=4, shards=2)
  file = tmp_path / 'train-00000-of-00002.array_record'
  data = file.read_bytes()
  _flip(file, data.index(b'IHDR'))  # inside the first record
  with pytest.raises(ValueError, match=r'train-00000-of-00002.array_record: record 0 is damaged'):
    records.Records(tmp_path, 'train')[0]
  source = records.Records(tmp_path, 'train', on_bad='skip')
  assert [source[i]['key'] for i in (0, 0, 1, 2)] == ['2', '2', '2', '1'] and source.skipped == 1


def test_a_skipped_record_is_reported_where_people_look(tmp_path):
  """`show_log` mutes the libraries' logger; a damaged record must still be heard of, once."""
  _dataset(tmp_path, n=4, shards=2)
  file = tmp_path / 'train-00000-of-00002.array_record'
  _flip(file, file.read_bytes().index(b'IHDR'))
  code = (
    'from onepunch_jax.data import records; from onepunch_jax.log import show_log; show_log();'
    f"source = records.Records({str(tmp_path)!r}, 'train', on_bad='skip'); source[0]; source[0]"
  )
  out = forked.run('-c', code)
  assert (
    out.returncode == 0
    and out.stderr.count('Skipped: ') == 1
    and 'record 0 is damaged' in out.stderr
  )


def test_shortened_and_missing_shards(tmp_path):
  _dataset(tmp_path, n=4, shards=2)
  file = tmp_path / 'train-00000-of-00002.array_record'
  file.write_bytes(file.read_bytes()[:100])
  with pytest.raises(ValueError, match='100 bytes instead of'):
    records.Records(tmp_path, 'train')
  source = records.Records(tmp_path, 'train', on_bad='skip')
  assert [source[i]['key'] for i in range(4)] == ['1', '1', '1', '3'] and source.skipped == 2
  file.unlink()
  with pytest.raises(ValueError, match='missing'):
    records.Records(tmp_path, 'train')
  (tmp_path / 'train-00001-of-00002.array_record').unlink()
  with pytest.raises(ValueError, match='all 4 records'):
    records.Records(tmp_path, 'train', on_bad='skip')[0]


def test_shard_is_written_whole_or_not_at_all(tmp_path):
  def payloads():
    yield b'one'
    raise RuntimeError('stop')

  with pytest.raises(RuntimeError):
    records.write_shard(f'{tmp_path}/x.array_record', payloads())
  assert not list(tmp_path.iterdir())
  first = records.write_shard(f'{tmp_path}/x.array_record', [b'a', b'b'])
  again = records.write_shard(f'{tmp_path}/y.array_record', iter([b'a', b'b']))
  assert first['sha256'] == again['sha256'] and first['count'] == 2
  assert records.read_shard(f'{tmp_path}/x.array_record') == [b'a', b'b']


def test_splits_are_stable_and_sized():
  ids = [f'chapter {i}' for i in range(4000)]
  parts = [split_of(i, 0.05, 0.1) for i in ids]
  assert 0.035 < parts.count('val') / 4000 < 0.065 and 0.08 < parts.count('test') / 4000 < 0.12
  assert parts == [split_of(i, 0.05, 0.1) for i in ids]
  assert all(split_of(i, 0.05) == 'val' for i, p in zip(ids, parts) if p == 'val')
  assert split_of('x', 0, 0) == 'train' and split_of('x', 1, 0) == 'val'
  assert split_of('1F600') == 'train'  # pinned: a change of the rule would move pictures
  with pytest.raises(ValueError):
    split_of('x', 0.8, 0.3)


@pytest.mark.parametrize('n', [1, 2, 6, 50])
def test_where_nothing_is_for_validation_a_few_records_are_held_out(tmp_path, n):
  _dataset(tmp_path, n=n, shards=1, others=0)
  train, val = (records.Records(tmp_path, split) for split in ('train', 'val'))
  keys = [{source[i]['key'] for i in range(len(source))} for source in (train, val)]
  assert len(val) == max(1, round(0.05 * n)) and len(keys[0] | keys[1]) == n
  assert n == 1 or not keys[0] & keys[1]
