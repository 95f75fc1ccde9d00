"""Tests run on eight virtual CPU devices, with a compilation cache of their own."""

import os
import pathlib
import tempfile

os.environ.setdefault('JAX_PLATFORMS', 'cpu')

import jax
import pytest
from absl import flags

jax.config.update('jax_num_cpu_devices', 8)
jax.config.update('jax_disable_most_optimizations', True)  # halves the time to compile
jax.config.update(
  'jax_compilation_cache_dir', os.path.join(tempfile.gettempdir(), f'onepunch_jax_{os.getuid()}')
)
jax.config.update('jax_persistent_cache_min_compile_time_secs', 0.5)
flags.FLAGS.mark_as_parsed()  # grain's worker processes read absl flags

ROOT = pathlib.Path(__file__).parent.parent


@pytest.fixture(scope='session')
def pairs_folder() -> str:
  """A folder of real pairs (64 at 128 px), where the machine has it."""
  data = os.environ.get('ONEPUNCH_SHARED_DATA', str(ROOT.parent / 'shared' / 'data'))
  folder = os.path.join(data, 'mini')
  if not os.path.isdir(folder):
    pytest.skip('no folder of real pairs here (set ONEPUNCH_SHARED_DATA)')
  return folder
