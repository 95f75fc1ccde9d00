"""Two domains without pairs: their own orders, no drawing in both, plain folders of pictures."""

import numpy as np
import pytest
from PIL import Image

from onepunch_jax.data import pipeline, sources, unpaired
from tests.data.data_config import config


@pytest.fixture
def folders(tmp_path):
  """24 colourings, picture i of red 10 i; 20 scans of grey 10 i in two subfolders."""
  for part in ('color', 'scans/a', 'scans/b'):
    (tmp_path / 'x' / part).mkdir(parents=True)
  for i in range(24):
    Image.new('RGB', (16, 16), (10 * i, 0, 0)).save(tmp_path / 'x' / 'color' / f'{i}.png')
  for i in range(20):
    Image.new('L', (16, 16), 10 * i).save(tmp_path / 'x' / 'scans' / 'ab'[i % 2] / f'{i}.jpg')
  return tmp_path / 'x' / 'color', tmp_path / 'x' / 'scans'


def epoch(data, key, count):
  return [int(x) for _ in range(count) for x in next(data)[key][:, 0, 0, 0]]


def test_each_domain_has_its_own_order(folders):
  setup = config(*folders)
  data, source = pipeline.train(setup, seed=1, batch_size=1)
  n = len(source.colors)
  assert n >= 16 and len(source.scans) >= 12
  reds = epoch(data, 'rgb', n)
  assert len(set(reds)) == n  # an epoch reads every colouring once
  state = data.get_state()
  expected = epoch(data, 'scan', 5)
  again, _ = pipeline.train(setup, seed=1, batch_size=1)
  again.set_state(state)
  assert epoch(again, 'scan', 5) == expected
  pairs = set()  # which scan a colouring meets changes from epoch to epoch
  for _ in range(6 * n):
    batch = next(data)
    pairs.add((int(batch['rgb'][0, 0, 0, 0]), int(batch['scan'][0, 0, 0, 0])))
  assert len(pairs) > 3 * n


@pytest.mark.parametrize('hosts', [2, 4])
def test_hosts_share_the_same_global_batches(folders, hosts):
  make = lambda i, n: pipeline.train(config(*folders), seed=1, batch_size=4, index=i, of=n)[0]
  one, parts = make(0, 1), [make(i, hosts) for i in range(hosts)]
  for _ in range(3):
    both = lambda b: list(zip(b['rgb'][:, 0, 0, 0].tolist(), b['scan'][:, 0, 0, 0].tolist()))
    assert sorted(pair for p in parts for pair in both(next(p))) == sorted(both(next(one)))


def test_validation_of_folders_is_held_out(folders):
  train = unpaired.make(config(*folders), 'train', size=16, count=1, seed=0, on_bad='error')
  val = unpaired.make(config(*folders), 'val', size=16, count=1, seed=0, on_bad='error')
  keys = lambda source: {source[i]['key'] for i in range(len(source))}
  assert keys(train.colors) | keys(val.colors) == set(unpaired.pictures(str(folders[0])))
  assert not keys(train.colors) & keys(val.colors)
  assert not keys(train.scans) & keys(val.scans)
  for batch in pipeline.evaluation(config(*folders), 'val', batch_size=2):
    assert np.array_equal(batch['line'], batch['scan'])  # what there is to colour


def test_drawn_gives_no_drawing_to_both_domains():
  source = unpaired.make(
    config('synthetic', 'synthetic'), 'val', size=32, count=4, seed=0, on_bad='error'
  )
  keys = lambda s: {s[i]['key'] for i in range(len(s))}
  assert not keys(source.colors) & keys(source.scans)
  record = source[0]
  known = source.colors[0]['line']
  assert np.array_equal(record['line'], known) and not np.array_equal(record['scan'], known)


def test_pairs_for_both_domains_give_each_a_half(pairs_folder):
  both = f'synthetic+{pairs_folder}*2'
  setup = config(both, both)
  how = dict(size=16, count=8, seed=0, on_bad='error')
  train, val = (unpaired.make(setup, split, **how) for split in ('train', 'val'))
  keys = lambda s: {s[i]['key'] for i in range(len(s))}
  assert not keys(train.colors) & keys(train.scans)
  whole = sources.make(str(pairs_folder), 'train', **how)
  assert keys(train.colors) | keys(train.scans) >= keys(whole)
  assert keys(val.colors) >= keys(sources.make(str(pairs_folder), 'val', **how))
  assert np.array_equal(val[len(val) - 1]['line'], val.colors[len(val) - 1]['line'])
  data, source = pipeline.train(setup, seed=1, batch_size=6)
  assert source.colors.weights == (1.0, 2.0)
  assert next(data)['scan'].shape == (6, 16, 16, 1)


def test_what_cannot_be_says_so(folders, tmp_path):
  how = dict(size=16, count=1, seed=0, on_bad='error')
  with pytest.raises(ValueError, match='two folders with different drawings'):
    unpaired.make(config(folders[0], str(folders[0]) + '/'), 'train', **how)
  (tmp_path / 'empty').mkdir()
  with pytest.raises(ValueError, match='no pictures'):
    unpaired.make(config(folders[0], tmp_path / 'empty'), 'train', **how)
  with pytest.raises(ValueError, match="has no 'line'"):
    alone = sources.Folder([sources.Pair('x', '', str(folders[0] / '1.png'))], 'error')
    pipeline.Fit(('line',), 16).map(alone[0])
