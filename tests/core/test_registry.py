"""Config sections become objects; a misspelt one is an error that helps."""

import pathlib
import subprocess
import sys

import pytest
from ml_collections import ConfigDict

from onepunch_jax import prepare, registry
from tests.core.test_methods import METHODS


def test_unknown_names_list_what_there_is():
  with pytest.raises(ValueError, match=r"Did you mean 'pix2pix'"):
    registry.method(dict(name='pix3pix'))
  with pytest.raises(ValueError, match='needs a `name`'):
    registry.net(dict(width=8))
  with pytest.raises(ValueError, match="No nets named 'conv'"):
    registry.net(dict(name='conv'))


def test_unknown_keywords_suggest_the_known_one():
  with pytest.raises(TypeError, match=r"Did you mean 'lambda_l1'"):
    registry.method(dict(METHODS['pix2pix'], lamda_l1=1.0))


def test_config_dicts_and_json_lists_work_like_dicts_and_tuples():
  config = ConfigDict(dict(order=['flip'], flip=dict(probability=1.0)))
  assert callable(prepare.make(config))
  with pytest.raises(ValueError, match='crop'):
    prepare.make(dict(order=('crop',)))


def test_no_module_imports_tensorflow():
  root = pathlib.Path(__file__).parents[2]
  names = [
    '.'.join(p.relative_to(root).with_suffix('').parts)
    for p in sorted((root / 'onepunch_jax').rglob('*.py'))
    if p.name not in ('__init__.py', '__main__.py')
  ]
  code = f'import importlib, sys\nfor n in {names}: importlib.import_module(n)\n'
  code += 'assert not {"tensorflow", "torch", "clu"} & set(sys.modules), "imported early"'
  subprocess.run([sys.executable, '-c', code], check=True, cwd=root)
