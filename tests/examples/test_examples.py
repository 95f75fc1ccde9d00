"""The examples run: a method out of tree trains and colours, notebooks run to their end."""

import json
import os

import numpy as np
import pytest
from PIL import Image

from tests import forked
from tests.conftest import ROOT


def test_a_method_out_of_tree_trains_and_colours_a_page(tmp_path):
  page = tmp_path / 'page.png'
  Image.fromarray(np.full((48, 40), 255, np.uint8)).save(page)
  run, out = tmp_path / 'run', tmp_path / 'colored.png'
  commands = (
    ['main', '--config=examples/custom_method.py:smoke', f'--workdir={run}'],
    ['colorize', f'--checkpoint={run}', f'--input={page}', f'--output={out}'],
  )
  for module, *flags in commands:
    done = forked.run(f'onepunch_jax.{module}', *flags)
    assert done.returncode == 0, done.stderr
  assert Image.open(out).size == (40, 48)


@pytest.mark.parametrize('name', ['colorize', 'train_on_your_pages'])
def test_notebooks_run(name, tmp_path):
  """Their code cells, in order, in one process; a kernel would add nothing but dependencies."""
  cells = json.loads((ROOT / 'examples' / f'{name}.ipynb').read_text(encoding='utf-8'))['cells']
  code = '\n'.join(''.join(c['source']) for c in cells if c['cell_type'] == 'code')
  env = {**os.environ, 'ONEPUNCH_OPTION': 'smoke', 'ONEPUNCH_WORKDIR': str(tmp_path)}
  done = forked.run('-c', code, env=env)
  assert done.returncode == 0, done.stderr
