"""The pipeline: every record once, the same batches for any number of hosts, clear refusals."""

import json
import logging

import grain
import jax
import numpy as np
import pytest
from PIL import Image

from onepunch_jax import prepare
from onepunch_jax.data import batch, mixed, pipeline, records, sources
from tests.data.data_config import config


@pytest.fixture
def folder(tmp_path):
  """Eleven pairs; the grey of pair i is 20 i everywhere."""
  for part in ('line', 'color'):
    (tmp_path / part).mkdir()
  rows = []
  for i in range(11):
    Image.new('L', (16, 16), 20 * i).save(tmp_path / 'line' / f'{i}.png')
    Image.new('RGB', (16, 16), (20 * i, 0, 0)).save(tmp_path / 'color' / f'{i}.png')
    split = 'train' if i < 8 else 'val'
    rows.append({'id': f'{i}', 'line': f'line/{i}.png', 'color': f'color/{i}.png', 'split': split})
  (tmp_path / 'metadata.jsonl').write_text('\n'.join(map(json.dumps, rows)) + '\n')
  return tmp_path


def values(batches, steps):
  return [sorted(next(batches)['line'][:, 0, 0, 0].tolist()) for _ in range(steps)]


def test_an_epoch_reads_every_record_once(folder):
  data, _ = pipeline.train(config(folder), seed=1, batch_size=4)
  first, second = values(data, 2), values(data, 2)
  everything = [20 * i for i in range(8)]
  flat = lambda batches: sorted(x for batch in batches for x in batch)
  assert flat(first) == flat(second) == everything
  assert first != second  # shuffled again


@pytest.fixture(params=['pairs', 'shards'])
def prepared(request, folder, tmp_path):
  """The pairs as a folder, and as record shards of different lengths."""
  if request.param == 'pairs':
    return folder
  found = sources.Folder.open(str(folder), 'train', 'error')
  rows = [records.encode({k: found[i][k] for k in ('key', 'line', 'rgb')}) for i in range(8)]
  out = tmp_path / 'shards'
  out.mkdir()
  parts = [rows[:3], rows[3:4], rows[4:]]
  shards = [
    records.write_shard(str(out / f'train-{i:05d}-of-00003.array_record'), part)
    for i, part in enumerate(parts)
  ]
  (out / 'dataset.json').write_text(
    json.dumps(
      {
        'version': 1,
        'fields': ['key', 'line', 'rgb'],
        'splits': {'train': 8},
        'shards': [{**shard, 'split': 'train'} for shard in shards],
      }
    )
  )
  return out


@pytest.mark.parametrize('hosts', [2, 3, 4])
def test_hosts_share_the_same_global_batches(prepared, hosts):
  stream = lambda **which: pipeline.train(config(prepared), seed=1, batch_size=12, **which)[0]
  one, parts = stream(), [stream(index=i, of=hosts) for i in range(hosts)]
  shades = lambda batch: batch['line'][:, 0, 0, 0].tolist()
  states = []
  for _ in range(4):  # 48 pictures: six epochs of 8
    assert [x for part in parts for x in shades(next(part))] == shades(next(one))
    states.append([part.get_state() for part in parts])
  expected = [shades(next(one)) for _ in range(3)]
  again = [stream(index=i, of=hosts) for i in range(hosts)]
  for part, state in zip(again, states[-1]):
    part.set_state(state)
  assert [[x for part in again for x in shades(next(part))] for _ in range(3)] == expected


def test_a_stream_continues_by_its_number_on_other_hosts(folder):
  one, _ = pipeline.train(config(folder), seed=1, batch_size=4)
  parts = [pipeline.train(config(folder), seed=1, batch_size=4, index=i, of=2)[0] for i in range(2)]
  values(one, 3)
  for part in parts:
    part.set_state({'next_index': 3})
  for _ in range(3):
    together = [x for part in parts for x in values(part, 1)[0]]
    assert sorted(together) == values(one, 1)[0]


@pytest.mark.parametrize('changes', [dict(threads=0), dict(threads=4), dict(workers=2)])
def test_threads_and_processes_change_nothing(folder, changes):
  expected = values(pipeline.train(config(folder), seed=1, batch_size=4)[0], 5)
  data, _ = pipeline.train(config(folder, **changes), seed=1, batch_size=4)
  assert values(data, 5) == expected
  if hasattr(data, 'close'):
    data.close()


def test_a_stream_continues_where_it_was(folder):
  data, _ = pipeline.train(config(folder), seed=1, batch_size=4)
  assert isinstance(data, grain.DatasetIterator)
  values(data, 3)
  state = data.get_state()
  expected = values(data, 3)
  again, _ = pipeline.train(config(folder), seed=1, batch_size=4)
  again.set_state(state)
  assert values(again, 3) == expected


@pytest.mark.parametrize('hosts', [1, 2])
def test_evaluation_sees_each_picture_once(folder, hosts):
  seen = []
  for i in range(hosts):
    pictures = pipeline.evaluation(config(folder), 'val', batch_size=2, index=i, of=hosts)
    assert len(pictures) == 3
    for b in pictures:
      assert b['line'].shape == (2 // hosts, 16, 16, 1)
      seen += b['line'][b['valid'] > 0, 0, 0, 0].tolist()
  assert sorted(seen) == [160, 180, 200]


def test_several_colourings_are_several_pairs(folder):
  row = {
    'id': 'x',
    'line': 'line/0.png',
    'split': 'train',
    'colors': [{'file': f'color/{i}.png'} for i in (1, 2, 3)],
  }
  (folder / 'metadata.jsonl').write_text(json.dumps(row) + '\n')
  source = sources.Folder.open(str(folder), 'train', 'error')
  assert [source[i]['key'] for i in range(3)] == ['x#0', 'x#1', 'x#2']
  assert [source[i]['rgb'][0, 0, 0] for i in range(3)] == [20, 40, 60]


def test_without_metadata_stems_are_matched(folder):
  (folder / 'metadata.jsonl').unlink()
  found = [len(sources.Folder.open(str(folder), 'train', 'error'))]
  assert found[0] >= 9  # a hash puts a few of eleven into val
  (folder / 'line' / '3.png').unlink()
  with pytest.raises(ValueError, match=r'line/3\.png is missing'):
    sources.Folder.open(str(folder), 'train', 'error')


@pytest.mark.parametrize(
  'damage, message',
  [
    (lambda p: p.write_bytes(b''), r'0\.png'),
    (lambda p: p.write_bytes(p.read_bytes()[:40]), r'0\.png'),
    (lambda p: Image.new('L', (15, 16)).save(p), r'0\.png is 15x16 but its colouring .* 16x16'),
  ],
)
def test_bad_pictures_are_named_or_skipped(folder, damage, message, caplog):
  damage(folder / 'line' / '0.png')
  strict = sources.Folder.open(str(folder), 'train', 'error')
  with pytest.raises(ValueError, match=message):
    strict[0]
  lenient = sources.Folder.open(str(folder), 'train', 'skip')
  with caplog.at_level(logging.WARNING, logger='onepunch_jax'):
    assert lenient[0]['key'] == '1' and lenient[0]['key'] == '1'
  assert lenient.skipped == 1
  assert len(caplog.records) == 1 and '0.png' in caplog.text


def test_missing_things_say_so(tmp_path, folder):
  with pytest.raises(ValueError, match='No folder'):
    sources.make('/nowhere', 'train', size=16, count=1, seed=0, on_bad='error')
  with pytest.raises(ValueError, match='no folder of pairs'):
    sources.make(str(folder / 'line'), 'train', size=16, count=1, seed=0, on_bad='error')
  with pytest.raises(ValueError, match="no pairs for the split 'test'"):
    sources.Folder.open(str(folder), 'test', 'error')
  (folder / 'metadata.jsonl').write_text('{"id": 3\n')
  with pytest.raises(ValueError, match=r'metadata\.jsonl, line 1'):
    sources.Folder.open(str(folder), 'train', 'error')
  with pytest.raises(ValueError, match='batch may hold'):
    pipeline.train(config('synthetic', train_keys=('lines',)), seed=0, batch_size=1)


def test_sources_are_mixed_by_weight(folder):
  (folder / 'other').mkdir()
  for part in ('line', 'color'):
    (folder / 'other' / part).mkdir()
    for i in range(40):
      Image.new('L', (16, 16), 255).save(folder / 'other' / part / f'{i}.png')
  both = config(f'{folder}*3+{folder / "other"}')
  data, source = pipeline.train(both, seed=0, batch_size=4)
  assert len(source) > 8 + 30
  white = [sum(v == 255 for v in batch) for batch in values(data, 6)]
  assert white == [1] * 6
  for wrong in ('a*x+b', '+b', 'a*0+b'):
    with pytest.raises(ValueError, match='PATH'):
      pipeline.train(config(wrong), seed=0, batch_size=4)


def test_drawn_splits_share_no_drawing():
  make = lambda split: sources.make('synthetic', split, size=16, count=2, seed=0, on_bad='error')
  train, val = make('train'), make('val')
  assert {train[i]['key'] for i in range(2)}.isdisjoint(val[i]['key'] for i in range(2))
  assert train[0]['line'].shape == (16, 16, 1) and train[0]['rgb'].dtype == np.uint8


def test_all_techniques_are_a_source_of_their_own():
  plain, every = (
    sources.make(name, 'train', size=32, count=40, seed=0, on_bad='error')
    for name in ('synthetic', 'synthetic_all')
  )
  same = [np.array_equal(plain[i]['line'], every[i]['line']) for i in range(40)]
  assert 5 <= sum(same) <= 25  # a third has no technique
  assert [plain[i]['character'] for i in range(40)] == [every[i]['character'] for i in range(40)]


@pytest.mark.parametrize('shape', [(10, 20), (20, 10), (16, 16), (1, 40)])
def test_fit_keeps_the_aspect_on_paper(shape):
  black = np.zeros((*shape, 1), np.uint8)
  fitted = pipeline.fit(black, 16, 'line')
  assert fitted.shape == (16, 16, 1)
  ink = max(1, round(16 * min(shape) / max(shape))) * 16
  assert (fitted == 0).sum() == ink
  assert (pipeline.fit(black + 7, 16, 'regions') == 7).sum() == ink


def test_prepare_moves_line_and_colours_together():
  rng = np.random.default_rng(0)
  line = rng.integers(0, 255, (16, 20, 20, 1), np.uint8)
  raw = {'line': line, 'rgb': np.repeat(line, 3, -1)}
  steps = prepare.make(dict(order=('crop', 'flip'), crop=dict(size=16), flip=dict(probability=0.5)))
  out = jax.jit(steps)(raw, jax.random.key(0), 0)
  assert out['line'].shape == (16, 16, 16, 1)
  np.testing.assert_array_equal(out['line'], out['rgb'][..., :1])
  assert -1 <= out['line'].min() and out['line'].max() <= 1
  shades = np.round((np.asarray(out['line'][:, 0, 0, 0]) + 1) * 127.5)  # of the corners
  assert all(shade in line[i, :5] for i, shade in enumerate(shades))
  again = jax.jit(steps)(raw, jax.random.key(1), 0)
  assert not np.array_equal(out['line'], again['line'])


def test_a_method_that_lacks_a_key_says_which():
  with pytest.raises(ValueError, match=r"pix2pix reads \['rgb'\]"):
    batch.check_needs(('line', 'rgb'), {'line': 0}, 'pix2pix')


def test_of_data_that_is_not_here_the_rest_is_left(tmp_path):
  there = tmp_path / 'there'
  there.mkdir()
  assert mixed.present('synthetic_all*7+no_folder*3') == 'synthetic_all'
  assert mixed.present(f'{there}+synthetic*2') == f'{there}+synthetic*2'
  assert mixed.present('no_folder') == 'no_folder'
