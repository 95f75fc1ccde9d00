"""The first minute: from an installed package to a coloured page, without a training."""

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from onepunch_jax import Colorizer, evaluate, sample_page
from onepunch_jax.__main__ import COMMANDS
from onepunch_jax.weights import shipped
from tests import forked
from tests.conftest import ROOT


def command(*words, home, cwd):
  env = {**os.environ, 'HOME': str(home), 'PYTHONPATH': str(ROOT)}
  env.pop('JAX_COMPILATION_CACHE_DIR', None)
  words = [sys.executable, '-m', 'onepunch_jax', *words]
  return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_the_sample_page_is_coloured_by_one_command(tmp_path):
  done = command('colorize', '--sample', home=tmp_path, cwd=tmp_path)
  assert done.returncode == 0, done.stderr
  colored = np.asarray(Image.open(tmp_path / 'sample_colored.png').convert('RGB')).astype(int)
  page = np.asarray(sample_page())
  assert colored.shape[:2] == page.shape == (1800, 1200)
  ink = page < 40
  assert colored[ink].mean() < 60 and (np.ptp(colored, axis=-1)[~ink] > 30).mean() > 0.1
  kept = [f for _, _, files in os.walk(tmp_path / '.cache') for f in files]
  assert kept  # compiled programs, for the next start


def test_a_page_needs_no_checkpoint(tmp_path):
  page = sample_page().crop((40, 820, 584, 1364))
  page.save(tmp_path / 'page.png')
  colored = Colorizer.load()(page)
  assert colored.size == page.size
  found = Colorizer.load('region_tokens').fingerprint
  assert found == Colorizer(shipped.path()).fingerprint
  home = {**os.environ, 'HOME': str(tmp_path)}
  suggested = 'suggest', '--input=page.png', '--at=270,90'
  done = forked.run('onepunch_jax', *suggested, cwd=tmp_path, env=home)
  assert re.match('#[0-9a-f]{6}', json.loads(done.stdout)['colors'][0]), done.stderr
  wrong = 'colorize', '--checkpoint=rogion', '--input=page.png', '--output=o.png'
  wrong = forked.run('onepunch_jax', *wrong, env=home)
  assert wrong.returncode == 1 and wrong.stderr.count('\n') == 1
  assert 'come with the package: region_tokens' in wrong.stderr


def test_the_shipped_weights_are_measured_by_name(tmp_path):
  found = evaluate.evaluate('region_tokens', limit=2, batch_size=2)
  assert found['method'] == 'region_tokens' and found['pictures'] == 2
  assert 'publish' in COMMANDS


def test_the_wheel_has_what_the_first_minute_needs(tmp_path):
  pytest.importorskip('setuptools', minversion='77')
  copy = tmp_path / 'source'
  archive = tmp_path / 'source.tar'
  listed = subprocess.run(
    ['git', 'ls-files', '-co', '--exclude-standard'], cwd=ROOT, capture_output=True, text=True
  )
  if listed.returncode:
    pytest.skip('this is no checkout of git')
  with tarfile.open(archive, 'w') as tar:
    for name in listed.stdout.splitlines():
      if (ROOT / name).is_file() and not name.startswith(('tests/', 'docs/images/')):
        tar.add(ROOT / name, name)
  with tarfile.open(archive) as tar:
    tar.extractall(copy, filter='data')
  build = [
    sys.executable,
    '-c',
    'from setuptools import build_meta as b; print(b.build_wheel("."))',
  ]
  done = subprocess.run(build, cwd=copy, capture_output=True, text=True)
  assert done.returncode == 0, done.stderr[-2000:]
  (wheel,) = copy.glob('*.whl')
  with zipfile.ZipFile(wheel) as opened:
    names = opened.namelist()
  for name in (
    'onepunch_jax/weights/region_tokens.safetensors',
    'onepunch_jax/weights/line_distance.npz',
    'onepunch_jax/pages/sample.png',
    'onepunch_jax/configs/region_tokens.py',
    'onepunch_jax/configs/common.py',
    'onepunch_jax/py.typed',
  ):
    assert name in names, name
  licenses = [n for n in names if '.dist-info/licenses/' in n]
  assert {n.rpartition('/')[2] for n in licenses} == {'LICENSE', 'NOTICE'}
  assert not [n for n in names if n.startswith(('configs/', 'launch/', 'tests/'))]
  assert wheel.stat().st_size < 40e6
