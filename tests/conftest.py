"""Tests run on eight virtual CPU devices; those of one method, or of one file, in one process."""

import atexit
import gc
import os
import pathlib
import shutil
import tempfile

os.environ.setdefault('JAX_PLATFORMS', 'cpu')
# halves the time to compile, in what tests start, too
os.environ.setdefault('JAX_DISABLE_MOST_OPTIMIZATIONS', '1')

import jax
import pytest
from absl import flags

from onepunch_jax.training import compilation_cache

jax.config.update('jax_num_cpu_devices', 8)
XLA_FLAGS = ['--xla_cpu_parallel_codegen_split_count=1']  # what splits a program costs a tenth
if jax.__version_info__ < (0, 11):  # halves it again; later ones know no such flag and die of it
  XLA_FLAGS += ['--xla_cpu_use_fusion_emitters=false']
os.environ['XLA_FLAGS'] = ' '.join([os.environ.get('XLA_FLAGS', ''), *XLA_FLAGS])
# threads of XLA's: with one for each device collectives that run at once can block each other
os.environ.setdefault('PJRT_NPROC', '64')
if 'ONEPUNCH_TEST_PROGRAMS' not in os.environ:  # the first process, from which others inherit it
  os.environ['ONEPUNCH_TEST_PROGRAMS'] = jax.config.jax_compilation_cache_dir or tempfile.mkdtemp()
  if not jax.config.jax_compilation_cache_dir:
    atexit.register(shutil.rmtree, os.environ['ONEPUNCH_TEST_PROGRAMS'], ignore_errors=True)
# many tests compile what another has compiled, in this process or beside it
compilation_cache.use(os.environ['ONEPUNCH_TEST_PROGRAMS'], 0.1)
flags.FLAGS.mark_as_parsed()  # grain's worker processes read absl flags
gc.set_threshold(50_000)  # tracing makes many objects and little garbage: a sixth of its time

ROOT = pathlib.Path(__file__).parents[1]


# The longest first, so that no process is left alone with one of them at the end.
LONG = (
  'test_methods',
  'test_loop',
  'test_configs',
  'test_session',
  'test_colorize',
  'test_onepunch',
  'test_first_minute',
  'test_finetune',
  'test_processes',
  'test_mutated_runs',
  'test_examples',
)
# Files that compile the same: those that colour with one tiny checkpoint (tests/tiny.py).
TOGETHER = {
  'tests/studio/': 'regions',
  'tests/pages/test_session.py': 'regions',
  'tests/pages/test_region_pages.py': 'regions',
  'tests/pages/test_remember.py': 'regions',
  'tests/commands/test_suggest.py': 'regions',
  'tests/weights/test_export_regions.py': 'regions',
  'tests/pages/test_balloon_masks.py': 'pixels',
  'tests/commands/test_colorize.py': 'pixels',
  'tests/commands/test_books.py': 'pixels',
  'tests/commands/test_export.py': 'pixels',
  'tests/commands/test_publish.py': 'pixels',
}
APART = 'tests/studio/test_kill.py', 'tests/studio/test_many_sessions.py', 'tests/studio/browser/'


def group(nodeid: str) -> str:
  """What compiles the same shares a process: a method's or a config's tests, else a file's."""
  path, _, test = nodeid.partition('::')
  if not path.startswith(APART):
    for start, together in TOGETHER.items():
      if path.startswith(start):
        return together
  kept = test.partition('[')[2] if path.endswith(('test_methods.py', 'test_configs.py')) else ''
  return path + kept


def pytest_collection_finish():
  gc.collect()
  gc.freeze()  # what is imported stays


def pytest_collection_modifyitems(items):
  places = {file: place for place, file in enumerate(LONG)}
  items.sort(key=lambda item: places.get(item.path.stem, len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
  from xdist.scheduler import LoadScopeScheduling

  class ByGroup(LoadScopeScheduling):
    _split_scope = staticmethod(group)

  return ByGroup(config, log)


@pytest.fixture
def tiny_run(monkeypatch) -> str:
  """The workdir of a checkpoint that colours pixel by pixel; loading it again costs little."""
  from tests import tiny  # imports JAX's users, after the settings above

  tiny.load_once(monkeypatch)
  return tiny.trained()


@pytest.fixture
def colorizer():
  """A `Colorizer` by regions that has learned nothing; it has looked at no references yet."""
  from tests import tiny

  made = tiny.by_regions()
  made._region_model.references.clear()
  return made


@pytest.fixture(scope='session')
def pairs_folder() -> str:
  """A folder of real pairs (64 at 128 px), where the machine has it."""
  data = os.environ.get('ONEPUNCH_SHARED_DATA', str(ROOT.parent / 'shared' / 'data'))
  folder = os.path.join(data, 'mini')
  if not os.path.isdir(folder):
    pytest.skip('no folder of real pairs here (set ONEPUNCH_SHARED_DATA)')
  return folder
