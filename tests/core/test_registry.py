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


def test_only_what_can_be_built_is_listed():
  assert 'unet' in registry.available('nets') and 'conv' not in registry.available('nets')
  everything = registry.available()
  assert list(everything) == ['methods', 'nets', 'prepare', 'evals']
  for folder, names in everything.items():
    assert names and all(callable(registry.maker(folder, n)) for n in names)
    assert not [n for n in names if n.startswith('_')]
  with pytest.raises(ValueError, match=r"Did you mean 'nets'"):
    registry.available('net')


MODULE = """
from onepunch_jax.methods import pix2pix
from onepunch_jax.nets import unet

Model, made = unet.Model, pix2pix.make


def make(*, factor=1.0, **kwargs):
  return lambda *arguments: (factor, arguments)
"""


@pytest.fixture
def third_party(tmp_path, monkeypatch):
  """A folder on the path with a package of one's own."""
  folder = tmp_path / 'third_party'
  folder.mkdir()
  (folder / 'mine.py').write_text(MODULE)
  (folder / 'empty.py').write_text('')
  (folder / 'broken.py').write_text('import no_such_library')
  monkeypatch.syspath_prepend(tmp_path)


def test_dotted_names_are_modules_of_ones_own(third_party):
  section = dict(name='third_party.mine', factor=3.0)
  assert registry.evaluation(section)('paint', 'batches') == (3.0, ('paint', 'batches'))
  assert registry.method(section)() == (3.0, ())
  config = dict(order=('flip', 'mine'), flip=dict(probability=1.0), mine=section)
  assert callable(prepare.make(config))  # ConfigDicts have no dotted keys: the section has the name
  assert registry.net(dict(name='third_party.mine', width=4)).width == 4


def test_a_module_that_cannot_be_built_is_one_sentence(third_party):
  with pytest.raises(ValueError, match=r"'third_party.none'.* cannot be imported .*install its"):
    registry.net(dict(name='third_party.none'))
  with pytest.raises(ValueError, match=r"third_party.broken'.*no_such_library"):
    registry.method(dict(name='third_party.broken'))
  with pytest.raises(ValueError, match=r'third_party.empty has no `Model`'):
    registry.net(dict(name='third_party.empty'))


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
