"""Preparation: the same bytes anywhere, nothing lost or straddling, a reason for every refusal."""

import dataclasses
import json
import os
import pathlib
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from data_prep import cleaning, duplicates, execute, plan, work
from data_prep.folder import Folder
from data_prep.plan import Item, Job
from onepunch_jax.data import records

SHARED = pathlib.Path(
  os.environ.get('ONEPUNCH_SHARED_DATA')
  or pathlib.Path(__file__).resolve().parents[3] / 'shared' / 'data'
)


def page(seed=0, h=90, w=70):
  """A colour picture unlike those of other seeds, uint8 [H, W, 3]."""
  rng = np.random.default_rng(seed)
  coarse = rng.integers(0, 256, (5, 4, 3), np.uint8)
  return np.asarray(Image.fromarray(coarse).resize((w, h), Image.Resampling.BICUBIC))


def save(path, picture, **kw):
  path.parent.mkdir(parents=True, exist_ok=True)
  Image.fromarray(picture).save(path, **kw)


def folder(tmp_path, n=7):
  for i in range(n):
    save(tmp_path / 'in' / f'{i}.png', page(i))
  return Folder(str(tmp_path / 'in'), size=48, rules=cleaning.Rules(min_size=16))


def shards(output):
  return {p.name: p.read_bytes() for p in sorted(output.glob('*.array_record'))}


def lines(path):
  return [json.loads(x) for x in path.read_text().splitlines()]


def everything(output):
  info = records.read_info(output)
  return [
    r
    for s, n in info['splits'].items()
    if n
    for r in map(records.Records(output, s).__getitem__, range(n))
  ]


def test_same_bytes_for_any_number_of_workers_and_for_array_jobs(tmp_path):
  recipe = folder(tmp_path)
  for name, workers in (('one', 1), ('three', 3)):
    execute.run(Job(recipe, str(tmp_path / name), shards=3), workers=workers)
  job = Job(recipe, str(tmp_path / 'array'), shards=3)
  for i in (2, 0, 0, 1):  # any order, and twice
    assert execute.run(job, shard_index=i) is None
  info = execute.run(job, workers=1)
  assert len(shards(tmp_path / 'one')) >= 3 and sum(info['splits'].values()) == 7
  assert shards(tmp_path / 'one') == shards(tmp_path / 'three') == shards(tmp_path / 'array')
  assert not (tmp_path / 'array' / '.work').exists()
  with pytest.raises(ValueError, match='there are 3 shards'):
    execute.run(Job(recipe, str(tmp_path / 'x'), shards=3), shard_index=3)


def test_stopped_in_the_middle_goes_on_to_the_same_bytes(tmp_path):
  recipe = folder(tmp_path)
  execute.run(Job(recipe, str(tmp_path / 'whole'), shards=4), workers=1)
  job = Job(recipe, str(tmp_path / 'out'), shards=4)
  schedule = plan.make(job)
  work.begin(job, schedule)
  for i in (0, 1):
    work.write_shard(job, i, 4, schedule.shard(i))
  before = work.part_file(job.output, 0, 4).stat().st_mtime_ns
  (work.work_dir(job.output) / 'train-00002-of-00004.array_record.tmp.1').write_bytes(b'torn')
  with pytest.raises(ValueError, match=r'shards \[2, 3\] of 4 are not written'):
    work.finish(job, schedule)
  assert work.part_file(job.output, 0, 4).stat().st_mtime_ns == before
  execute.run(job, workers=1)
  assert shards(tmp_path / 'out') == shards(tmp_path / 'whole')
  stamp = (tmp_path / 'out' / 'dataset.json').stat().st_mtime_ns
  execute.run(job, workers=1)  # finished: nothing to do
  assert (tmp_path / 'out' / 'dataset.json').stat().st_mtime_ns == stamp


@pytest.mark.parametrize('killed_after', range(4))
def test_finish_survives_being_killed(tmp_path, monkeypatch, killed_after):
  save(tmp_path / 'in' / 'same.png', page(0))
  recipe = folder(tmp_path, 4)  # 0.png is the same picture as same.png
  execute.run(Job(recipe, str(tmp_path / 'whole'), shards=2), workers=1)
  job = Job(recipe, str(tmp_path / 'out'), shards=2)
  schedule = plan.make(job)
  work.begin(job, schedule)
  for i in (0, 1):
    work.write_shard(job, i, 2, schedule.shard(i))
  real, calls = os.replace, []

  def replace(a, b):
    if len(calls) == killed_after:
      raise KeyboardInterrupt
    calls.append(a)
    real(a, b)

  monkeypatch.setattr(os, 'replace', replace)
  try:
    work.finish(job, schedule)
  except KeyboardInterrupt:
    pass
  monkeypatch.undo()
  execute.run(job, workers=1)
  assert shards(tmp_path / 'out') == shards(tmp_path / 'whole')
  assert records.read_info(job.output)['left_out'] == {'duplicate': 1}


def test_another_preparation_is_not_overwritten(tmp_path):
  recipe = folder(tmp_path)
  job = Job(recipe, str(tmp_path / 'out'))
  execute.run(job, workers=1)
  (tmp_path / 'out' / 'mine.txt').write_text('keep')
  other = dataclasses.replace(job, recipe=dataclasses.replace(recipe, size=32))
  with pytest.raises(ValueError, match='size'):
    execute.run(other, workers=1)
  save(tmp_path / 'in' / 'new.png', page(99))
  with pytest.raises(ValueError, match='7 items there, 8 now'):
    execute.run(job, workers=1)
  execute.run(other, workers=1, restart=True)
  assert everything(tmp_path / 'out')[0]['rgb'].shape == (32, 32, 3)
  assert (tmp_path / 'out' / 'mine.txt').read_text() == 'keep'


@dataclasses.dataclass(frozen=True)
class Hostile:
  """A recipe whose item '3' kills or hangs the process that reads it."""

  how: str

  def items(self):
    return [Item(str(i), str(i)) for i in range(6)]

  def records(self, item):
    if item.key == '3':
      if self.how == 'crash':
        os._exit(11)
      if self.how == 'bug':
        raise KeyError('a bug')
      time.sleep(600)
    yield {'key': item.key, 'rgb': page(int(item.key))}

  def info(self):
    return {}


@pytest.mark.parametrize('how', ['crash', 'hang', 'bug'])
def test_a_decoder_that_crashes_or_hangs_costs_one_file(tmp_path, how):
  info = execute.run(
    Job(Hostile(how), str(tmp_path), shards=3, timeout=4.0 if how == 'hang' else 100.0), workers=2
  )
  assert sum(info['splits'].values()) == 5
  [refused] = lines(tmp_path / 'rejected.jsonl')
  assert refused['file'] == '3'
  assert ('a bug' if how == 'bug' else 'crashed') in refused['reason']
  assert info['fields'] == ['key', 'rgb', 'source', 'split']


def test_sources_never_straddle_splits(tmp_path):
  for chapter in range(12):
    for i in range(4):
      save(tmp_path / 'in' / f'ch{chapter}' / f'{i}.png', page(chapter * 9 + i))
  recipe = folder(tmp_path, 0)
  job = Job(recipe, str(tmp_path / 'out'), val=0.3, test=0.2)
  splits = {}
  for item in plan.make(job).items:
    splits.setdefault(item.source, set()).add(item.split)
  assert len(splits) == 12 and all(len(s) == 1 for s in splits.values())
  assert {'train', 'val', 'test'} == set().union(*splits.values())
  by_name = dataclasses.replace(recipe, source=r'ch\d')  # ch1, ch10 and ch11 are one
  assert len({i.source for i in by_name.items()}) == 10


def test_few_sources_still_give_a_val_split(tmp_path):
  two = plan.make(Job(folder(tmp_path, 2), 'x', val=0.01))
  assert sorted(i.split for i in two.items) == ['train', 'val'] and 'val' in two.notes[0]
  with zipfile.ZipFile(tmp_path / 'b.cbz', 'w') as book:
    for i in range(10):
      book.write(tmp_path / 'in' / f'{i % 2}.png', f'{i}.png')
  one = plan.make(Job(Folder(str(tmp_path / 'b.cbz')), 'x'))
  assert [i.split for i in one.items].count('val') == 2 and 'one source' in one.notes[0]
  for seed in range(30):  # whatever the names hash to
    names = [Item(f'{seed} {i}', f'{seed} {i}') for i in range(3)]
    splits = [i.split for i in plan.split(names, 0.4, 0.3)[0]]
    assert sorted(splits) == ['test', 'train', 'val']
    assert {
      i.split for i in plan.split([Item(f'{i}', f'{seed}') for i in range(4)], 0.9, 0)[0]
    } == {'train', 'val'}
  assert plan.split([Item('a', 'b')], 0.05, 0)[0][0].split in ('train', 'val')


def test_cleaning_rules_count_what_they_leave_out(tmp_path):
  src = tmp_path / 'in'
  base = page(1, 200, 160)
  save(src / 'ok.png', base)
  save(src / 'again.jpg', base, quality=85)
  save(src / 'mirrored.png', base[:, ::-1])
  save(src / 'recoloured.png', base[..., ::-1])
  save(src / 'small.png', page(2, 20, 90))
  save(src / 'strip.png', page(3, 900, 60))
  save(src / 'grey.png', np.repeat(base[..., :1], 3, 2))
  ink = np.full((120, 120, 3), 250, np.uint8)
  ink[30:34, 10:100] = ink[20:90, 60:63] = 10
  save(src / 'line.png', ink)
  tinted = (ink * np.array([1, 0.9, 0.7])).astype(np.uint8)
  save(src / 'sepia.png', tinted)
  save(src / 'blank.png', np.full((100, 100, 3), (200, 90, 30), np.uint8))
  save(src / 'notes.txt.png', base[:150])
  (src / 'readme.md').write_text('x')
  (src / 'bad.png').write_bytes(b'')
  info = execute.run(
    Job(Folder(str(src), size=64, rules=cleaning.Rules(min_size=50)), str(tmp_path / 'out')),
    workers=1,
  )
  assert info['left_out'] == {
    'aspect': 1,
    'blank': 1,
    'duplicate': 1,
    'grey': 1,
    'line_art': 2,
    'small': 1,
  }
  assert info['rejected'] == 1 and info['other_files'] == 1
  off = cleaning.Rules(0, 0, 0, False, False)
  info = execute.run(
    Job(Folder(str(src), size=64, rules=off), str(tmp_path / 'all'), duplicates=-1), workers=1
  )
  assert sum(info['splits'].values()) == 11 and not info['left_out']


def test_a_duplicate_leaves_train_not_val(tmp_path):
  entries = [
    [f'{i}', split, duplicates.sign({'rgb': page(seed)}), 1, 1]
    for i, (seed, split) in enumerate(
      [(1, 'train'), (1, 'val'), (2, 'train'), (1, 'test'), (2, 'train')]
    )
  ]
  assert duplicates.find(entries, 3) == {'0': '3', '1': '3', '4': '2'}


def test_duplicate_bands_miss_nothing():
  rng = np.random.default_rng(0)
  base = [int(x) for x in rng.integers(0, 2**63, 60)]
  noisy = [h ^ sum(1 << int(b) for b in rng.choice(64, rng.integers(0, 7), False)) for h in base]
  entries = [
    [f'{i:03d}', 'train', f'{h:016x}' + '00' * 48, 1, 1] for i, h in enumerate(base + noisy)
  ]
  for limit in (0, 3, 5):
    found = duplicates.find(entries, limit)
    expected = {f'{60 + i:03d}' for i, h in enumerate(noisy) if (h ^ base[i]).bit_count() <= limit}
    assert set(found) == expected


def test_robust_set_in_one_run(tmp_path):
  manifest = SHARED / 'robust' / 'manifest.jsonl'
  if not manifest.exists():
    pytest.skip(f'{manifest} is not there (set ONEPUNCH_SHARED_DATA)')
  facts = {f['file']: f['expect'] for f in lines(manifest)}
  execute.run(Job(Folder(str(manifest.parent), size=32), str(tmp_path)), workers=2)
  rejected = {e['file']: e['reason'] for e in lines(tmp_path / 'rejected.jsonl')}
  used = {r['key'] for r in everything(tmp_path)}
  left = {e['key'] for e in lines(tmp_path / 'left_out.jsonl')}
  named = {k.split('#')[0].split('/')[0] for k in used | left}
  for file, expect in facts.items():
    assert (file in rejected) != (file in named), file
    assert expect == 'either' or (expect == 'reject') == (file in rejected), file
  assert len(facts) == 84 and all(rejected.values())


def test_odd_folders(tmp_path):
  src = tmp_path / 'in'
  name = os.fsdecode(b'caf\xe9 \xff.png')  # no UTF-8
  save(src / name, page(1, 64, 64))
  (src / 'loop').symlink_to(src, target_is_directory=True)
  (src / '.hidden').mkdir()
  save(src / '.hidden' / 'x.png', page(2, 64, 64))
  job = Job(Folder(str(src), size=64, rules=cleaning.Rules(16)), str(src / 'prepared'))
  for _ in range(2):  # its own output, inside the input, is no input
    info = execute.run(job, workers=1)
    assert info['plan']['items'] == 1
  assert everything(src / 'prepared')[0]['key'] == name


def test_empty_inputs(tmp_path):
  (tmp_path / 'in').mkdir()
  with pytest.raises(ValueError, match='nothing to prepare'):
    execute.run(Job(Folder(str(tmp_path / 'in')), str(tmp_path / 'out')))
  with pytest.raises(ValueError, match='no such file or folder'):
    execute.run(Job(Folder(str(tmp_path / 'no')), str(tmp_path / 'out')))
