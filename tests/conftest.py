"""Tests run on eight virtual CPU devices; those of one method, or of one file, in one process."""

import os
import pathlib

os.environ.setdefault('JAX_PLATFORMS', 'cpu')

import jax
import pytest
from absl import flags

from onepunch_jax.training import compilation_cache

jax.config.update('jax_num_cpu_devices', 8)
jax.config.update('jax_disable_most_optimizations', True)  # halves the time to compile
if jax.__version_info__ < (0, 11):  # halves it again; later ones know no such flag and die of it
  os.environ['XLA_FLAGS'] = f'{os.environ.get("XLA_FLAGS", "")} --xla_cpu_use_fusion_emitters=false'
# threads of XLA's: with one for each device collectives that run at once can block each other
os.environ.setdefault('PJRT_NPROC', '64')
if jax.config.jax_compilation_cache_dir:  # JAX_COMPILATION_CACHE_DIR, which many processes share
  compilation_cache.use(
    jax.config.jax_compilation_cache_dir, jax.config.jax_persistent_cache_min_compile_time_secs
  )
flags.FLAGS.mark_as_parsed()  # grain's worker processes read absl flags

ROOT = pathlib.Path(__file__).parents[1]


# The longest first, so that no process is left alone with one of them at the end.
LONG = 'test_methods', 'test_loop', 'test_configs', 'test_onepunch', 'test_colorize'


def group(nodeid: str) -> str:
  """What compiles the same shares a process: a method's or a config's tests, else a file's."""
  path, _, test = nodeid.partition('::')
  kept = test.partition('[')[2] if path.endswith(('test_methods.py', 'test_configs.py')) else ''
  return path + kept


def pytest_collection_modifyitems(items):
  places = {file: place for place, file in enumerate(LONG)}
  items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
  from xdist.scheduler import LoadScopeScheduling

  class ByGroup(LoadScopeScheduling):
    _split_scope = staticmethod(group)

  return ByGroup(config, log)


@pytest.fixture(scope='session')
def pairs_folder() -> str:
  """A folder of real pairs (64 at 128 px), where the machine has it."""
  data = os.environ.get('ONEPUNCH_SHARED_DATA', str(ROOT.parent / 'shared' / 'data'))
  folder = os.path.join(data, 'mini')
  if not os.path.isdir(folder):
    pytest.skip('no folder of real pairs here (set ONEPUNCH_SHARED_DATA)')
  return folder
