"""The training of the shipped weights, rehearsed to its end with tiny sizes, twice, to the bit."""

import subprocess
import sys

import pytest
from PIL import Image

from onepunch_jax.synthetic import draw
from onepunch_jax.weights import packed
from tests.conftest import ROOT


@pytest.fixture
def art(tmp_path):
  for n in range(4):
    record = draw(5, n, 64)
    for name, picture in (('line', record['line'][..., 0]), ('color', record['rgb'])):
      (tmp_path / 'art' / name).mkdir(parents=True, exist_ok=True)
      Image.fromarray(picture).save(tmp_path / 'art' / name / f'{n}.png')
  return tmp_path / 'art'


def start(workdir, art, *more):
  words = [sys.executable, '-m', 'launch.train_shipped', f'--workdir={workdir}', f'--art={art}']
  how = ['--option=smoke', '--name=tiny', '--date=2026-11-28', '--limit=2']
  return subprocess.run([*words, *how, *more], cwd=ROOT, capture_output=True, text=True)


def test_it_ends_with_a_file_and_makes_the_same_one_again(art, tmp_path):
  files = []
  for name in ('first', 'again'):
    folder = tmp_path / name
    done = start(folder, art)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (folder / 'evaluation' / 'report.json').exists()
    files.append(folder / 'tiny.safetensors')
  facts = packed.read_facts(str(files[0]))
  assert facts['name'] == 'tiny' and 'synthetic_all*7+art*3' in facts['command']
  assert files[0].read_bytes() == files[1].read_bytes()


def test_a_piece_ends_with_its_own_status_and_the_command_goes_on(art, tmp_path):
  slow = ['--steps=100000', '--flag=--config.eval_every=0', '--flag=--config.save_every=0']
  done = start(tmp_path / 'run', art, *slow, '--minutes=0.75')
  assert done.returncode == 75 and 'the same command goes on' in done.stdout, done.stderr[-2000:]
  steps = [int(f.name) for f in (tmp_path / 'run' / 'run' / 'checkpoints').iterdir()]
  assert steps and 0 < max(steps) < 100000
