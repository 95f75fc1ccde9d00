"""Experiments by file and by name."""

import pathlib

import pytest

from onepunch_jax import configs
from tests import forked
from tests.conftest import ROOT


def test_experiments_have_names(monkeypatch):
  here = str(ROOT / 'configs' / 'pix2pix.py')
  monkeypatch.chdir(ROOT)
  assert configs.locate('configs/pix2pix.py:laptop') == 'configs/pix2pix.py:laptop'
  assert configs.locate('pix2pix:size=64') == f'{here}:size=64'
  monkeypatch.chdir('/')
  assert configs.locate('configs/pix2pix.py') == configs.locate('pix2pix') == here
  assert 'pix2pix' in configs.available() and 'common' not in configs.available()


def test_a_file_wins_and_a_misspelt_name_suggests_the_right_one(monkeypatch, tmp_path):
  monkeypatch.chdir(tmp_path)
  pathlib.Path('mine.py').write_text('')
  assert configs.locate('mine.py:x') == 'mine.py:x'
  with pytest.raises(ValueError, match=r"No config 'pix2pics'\. Did you mean 'pix2pix'\?"):
    configs.locate('pix2pics:laptop')
  with pytest.raises(ValueError, match='Give a file'):
    configs.locate('elsewhere/pix2pix.py')


@pytest.mark.parametrize(
  'config, sentence',
  [('pix2pix:lptop', "Did you mean 'laptop'?"), ('pix2pics', "Did you mean 'pix2pix'?")],
)
def test_a_mistake_after_config_is_one_sentence(config, sentence, tmp_path):
  done = forked.run('onepunch_jax.main', f'--config={config}', '--workdir=x', cwd=tmp_path)
  assert done.returncode == 1
  assert sentence in done.stderr and len(done.stderr.splitlines()) == 1
