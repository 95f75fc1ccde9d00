"""Tests run on eight virtual CPU devices; those of one method, or of one file, in one process."""

import os
import pathlib

os.environ.setdefault('JAX_PLATFORMS', 'cpu')

import jax
import pytest
from absl import flags

jax.config.update('jax_num_cpu_devices', 8)
jax.config.update('jax_disable_most_optimizations', True)  # halves the time to compile
if jax.__version_info__ < (0, 11):  # halves it again; later versions know no such flag, and die of it
  os.environ['XLA_FLAGS'] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_use_fusion_emitters=false"
flags.FLAGS.mark_as_parsed()  # grain's worker processes read absl flags

ROOT = pathlib.Path(__file__).parent.parent


def pytest_collection_modifyitems(items):
  """What compiles the same stays together: a method's tests, else a file's."""
  def group(item):
    name = item.callspec.params.get('name', '') if hasattr(item, 'callspec') else ''
    return f'{item.path.stem}_{name}' if item.path.stem in ('test_methods', 'test_configs') \
      else item.path.stem

  for item in items:
    item.add_marker(pytest.mark.xdist_group(group(item)))
  places = {}
  items.sort(key=lambda item: places.setdefault(group(item), len(places)))


@pytest.fixture(scope='session')
def pairs_folder() -> str:
  """A folder of real pairs (64 at 128 px), where the machine has it."""
  data = os.environ.get('ONEPUNCH_SHARED_DATA', str(ROOT.parent / 'shared' / 'data'))
  folder = os.path.join(data, 'mini')
  if not os.path.isdir(folder):
    pytest.skip('no folder of real pairs here (set ONEPUNCH_SHARED_DATA)')
  return folder
