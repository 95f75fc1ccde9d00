"""Sweeps run each point once, mark what failed, go on, and end with a table."""

import json
import sys

import numpy as np
import pytest
from PIL import Image

from launch import results, sweep

# stands in for a training: writes a metric; fails for lr 3; is "killed" for lr 4 on its first start
FAKE = """
import json, os, sys
workdir = next(a for a in sys.argv if a.startswith('--workdir='))[10:]
lr = float(next(a for a in sys.argv if a.startswith('--config.optim.g.lr')).split('=')[1])
started = os.path.join(workdir, 'started')
open(started, 'a').write('x')
if lr == 3:
  sys.exit(1)
if lr == 4 and len(open(started).read()) == 1:
  sys.exit(75)
with open(os.path.join(workdir, 'metrics.jsonl'), 'w') as f:
  f.write(json.dumps({'step': 1, 'score': 10 * lr}) + '\\n')
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
  """Trainings are FAKE."""
  script = tmp_path / 'fake.py'
  script.write_text(FAKE)
  command = sweep.Point.command.fget
  monkeypatch.setattr(
    sweep.Point, 'command', property(lambda p: [sys.executable, str(script), *command(p)[3:]])
  )


@pytest.fixture
def points(fake, tmp_path):
  """Four points, of which the second fails, and the third is stopped once."""
  file = tmp_path / 'lr.py'
  file.write_text(
    "CONFIG = 'configs/pix2pix.py:smoke'\n"
    'def sweep(add):\n'
    '  for lr in (1, 3, 4, 2):\n'
    "    add(**{'optim.g.lr': lr})\n"
  )
  return sweep.read(str(file), str(tmp_path / 'out'))


def starts(point):
  with open(point.path('started')) as f:
    return len(f.read())


def test_a_sweep_goes_on_and_runs_no_point_twice(points, tmp_path):
  ends = sweep.run_all(points, workers=2)
  assert list(ends.values()) == ['done', 'failed', 'stopped', 'done']
  ends = sweep.run_all(points, workers=1)
  assert list(ends.values()) == ['done', 'failed', 'done', 'done']
  assert [starts(p) for p in points] == [1, 2, 2, 1]
  table = results.write({p.name: p.workdir for p in points}, ends, 'score', str(tmp_path / 'out'))
  order = [line.split('|')[1].strip()[-1] for line in table.splitlines()[2:]]
  assert order == ['4', '2', '1', '3'] and 'failed' in table
  assert np.asarray(Image.open(tmp_path / 'out' / 'sweep.png')).std() > 0


def test_a_point_is_one_absl_command_line(tmp_path):
  file = tmp_path / 's.py'
  file.write_text(
    "def sweep(add):\n  add(config='configs/pix2pix.py:smoke', **{'method.gan': 'hinge'})\n"
  )
  (point,) = sweep.read(str(file), 'out')
  assert point.command[1:] == [
    '-m',
    'onepunch_jax.main',
    '--config=configs/pix2pix.py:smoke',
    '--workdir=out/pix2pix-smoke-method.gan=hinge',
    '--config.method.gan=hinge',
  ]
  assert '--array=0-0' in sweep.print_for('slurm', str(file), 'out', [point])
  assert 'tpu_pod.sh' in sweep.print_for('tpu', str(file), 'out', [point])


@pytest.mark.parametrize(
  'text, message',
  [
    ('x = 1', r'no sweep\(add\)'),
    ('def sweep(add):\n  add()', 'CONFIG'),
    ("CONFIG = 'c.py'\ndef sweep(add):\n  add(a=1)\n  add(a=1)", 'twice'),
    ('def sweep(add):\n  pass', 'no points'),
  ],
)
def test_a_bad_sweep_file_says_why(tmp_path, text, message):
  file = tmp_path / 's.py'
  file.write_text(text)
  with pytest.raises(ValueError, match=message):
    sweep.read(str(file), 'out')


def test_runs_without_the_metric_come_last(tmp_path):
  (tmp_path / 'metrics.jsonl').write_text(json.dumps({'step': 1, 'other': 1}) + '\n')
  assert np.isnan(results.last(str(tmp_path), 'score'))
  assert np.isnan(results.last(str(tmp_path / 'none'), 'score'))


def test_optuna_chooses_points_and_goes_on(fake, tmp_path):
  optuna = pytest.importorskip('optuna')
  optuna.logging.set_verbosity(optuna.logging.ERROR)
  from launch import search

  class File:
    CONFIG = 'configs/pix2pix.py:smoke'
    suggest = staticmethod(lambda trial: {'optim.g.lr': (1, 4, 2)[trial.number]})  # see FAKE

  output = str(tmp_path / 'out')
  _, ends = search.search(File, output, 3, 'score')
  assert ends == {'trial-000': 'done', 'trial-001': 'stopped'}
  workdirs, ends = search.search(File, output, 3, 'score')
  assert list(ends) == ['trial-001', 'trial-002', 'trial-000'] and 'stopped' not in ends.values()
  times = lambda name: len((tmp_path / 'out' / name / 'started').read_text())
  assert [times(name) for name in sorted(workdirs)] == [1, 2, 1]
