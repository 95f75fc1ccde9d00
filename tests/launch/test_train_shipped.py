"""The training of the shipped weights, rehearsed to its end with tiny sizes."""

import argparse
import sys

import pytest
from PIL import Image

from launch import train_shipped
from onepunch_jax.synthetic import draw
from onepunch_jax.weights import packed
from tests import forked


@pytest.fixture
def art(tmp_path):
  for n in range(4):
    record = draw(5, n, 64)
    for name, picture in (('line', record['line'][..., 0]), ('color', record['rgb'])):
      (tmp_path / 'art' / name).mkdir(parents=True, exist_ok=True)
      Image.fromarray(picture).save(tmp_path / 'art' / name / f'{n}.png')
  return tmp_path / 'art'


def test_it_ends_with_a_file_of_weights(art, tmp_path):
  words = f'--workdir={tmp_path}', f'--art={art}'
  how = ['--option=smoke', '--name=tiny', '--date=2026-11-28', '--limit=2']
  done = forked.run('launch.train_shipped', *words, *how)
  assert done.returncode == 0, done.stderr[-2000:]
  assert (tmp_path / 'evaluation' / 'report.json').exists()
  path = str(tmp_path / 'tiny.safetensors')
  facts = packed.read_facts(path)
  assert facts['name'] == 'tiny' and 'synthetic_all*7+art*3' in facts['command']
  assert set(packed.read_nets(path, ['trunk', 'tokens', 'colors'])) == {'trunk', 'tokens', 'colors'}


def test_a_piece_ends_with_its_own_status(capsys):
  saves = 'import signal, sys, time; signal.signal(15, lambda *_: sys.exit(75)); time.sleep(60)'
  with pytest.raises(SystemExit) as stopped:
    train_shipped.train([sys.executable, '-c', saves], 0.03)
  assert stopped.value.code == 75 and 'the same command goes on' in capsys.readouterr().out
  train_shipped.train([sys.executable, '-c', 'pass'], 1)
  with pytest.raises(SystemExit) as failed:
    train_shipped.train([sys.executable, '-c', 'raise SystemExit(3)'], 0)
  assert failed.value.code == 3


def test_the_command_names_the_mixture():
  options = argparse.Namespace(
    option='gpu', art='prepared/art', steps=7, workdir='w', flag=['--config.seed=3']
  )
  assert train_shipped.command(options)[1:] == [
    '-m',
    'onepunch_jax.main',
    '--config=configs/region_tokens.py:gpu,data=synthetic_all*7+prepared/art*3,steps=7',
    '--workdir=w/run',
    '--config.seed=3',
  ]
