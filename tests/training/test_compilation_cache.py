"""No entry of the compilation cache can hurt: damaged, foreign, in a folder that cannot be used."""

import errno
import os
import pathlib
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.training import compilation_cache
from tests.conftest import ROOT

KEPT = (
  'jax_compilation_cache_dir',
  'jax_persistent_cache_min_compile_time_secs',
  'jax_enable_compilation_cache',
)


@pytest.fixture
def forget():
  """Drops what JAX knows of programs and caches; its settings are restored at the end."""
  from jax._src import compilation_cache as jax_cache

  before = {name: getattr(jax.config, name) for name in KEPT}

  def drop():
    jax.clear_caches()
    jax_cache.reset_cache()

  jax.config.update('jax_enable_compilation_cache', True)
  drop()
  yield drop
  for name, value in before.items():
    jax.config.update(name, value)
  drop()


def answer():
  """What a program gives; it is compiled, or read from the cache."""
  return float(jax.jit(lambda x: jnp.sum(jnp.sin(x) @ jnp.cos(x)))(jnp.eye(7)))


def entries(folder):
  return sorted(pathlib.Path(folder).rglob(f'*{compilation_cache.SUFFIX}'))


def test_a_program_is_read_again(tmp_path, forget):
  compilation_cache.use(str(tmp_path), 0)
  hits = []

  def listen(event, **_):
    hits.extend([event] * event.endswith('/cache_hits'))

  jax.monitoring.register_event_listener(listen)
  expected = answer()
  assert entries(tmp_path) and not hits
  forget()
  assert answer() == expected and hits
  assert not list(tmp_path.rglob('*.part'))


def test_damaged_and_foreign_entries_are_compiled_anew(tmp_path, forget):
  compilation_cache.use(str(tmp_path), 0)
  expected = answer()
  files = entries(tmp_path)
  sound = {file: file.read_bytes() for file in files}
  rng = np.random.default_rng(0)
  for n in range(24):
    for file, data in sound.items():
      changed = bytearray(data)
      if n % 4 == 0:
        changed = changed[: rng.integers(len(data))]
      elif n % 4 == 1:
        changed[rng.integers(len(data))] ^= 1 << rng.integers(8)
      elif n % 4 == 2:
        changed = rng.bytes(rng.integers(0, 200))
      else:  # of another program, whole
        changed = sound[files[(files.index(file) + 1) % len(files)]] if len(files) > 1 else b''
      file.write_bytes(changed)
    forget()
    assert answer() == expected
    assert {file: file.read_bytes()[:32] for file in files}.keys() == sound.keys()


def test_a_folder_that_cannot_be_used_costs_a_warning(tmp_path, forget, caplog, monkeypatch):
  (tmp_path / 'file').write_text('')
  expected = answer()
  for folder in (tmp_path / 'file' / 'cache', pathlib.Path('/proc/none')):
    forget()
    caplog.clear()
    compilation_cache.use(str(folder), 0)
    assert answer() == expected
    assert sum('compiled programs are not kept' in r.message.lower() for r in caplog.records) == 1

  def full(self, data):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

  forget()
  monkeypatch.setattr(pathlib.Path, 'write_bytes', full)
  compilation_cache.use(str(tmp_path / 'full'), 0)
  assert answer() == expected and 'No space left' in caplog.text


def test_the_cache_of_these_tests_is_checked():
  from jax._src import compilation_cache as jax_cache

  if not jax.config.jax_compilation_cache_dir:
    pytest.skip('these tests keep no compiled programs (set JAX_COMPILATION_CACHE_DIR)')
  assert jax_cache.get_file_cache is compilation_cache._open


def test_versions_have_folders_of_their_own(tmp_path, forget, monkeypatch):
  compilation_cache.use(str(tmp_path), 0)
  first = jax.config.jax_compilation_cache_dir
  monkeypatch.setattr(jax, '__version__', '99.0')
  compilation_cache.use(str(tmp_path), 0)
  assert jax.config.jax_compilation_cache_dir != first
  compilation_cache.use('', 0)  # none: what is set stays
  assert jax.config.jax_compilation_cache_dir.startswith(str(tmp_path))


WRITER = """
import sys
from onepunch_jax.training.compilation_cache import CheckedCache
cache = CheckedCache(sys.argv[1])
while True:
  cache.put('key', b'x' * 5_000_000)
"""


def test_a_writer_that_is_killed_leaves_no_part_of_an_entry(tmp_path):
  """Two processes write one entry, and are killed; what can be read is whole."""
  cache = compilation_cache.CheckedCache(str(tmp_path))
  command = [sys.executable, '-c', WRITER, str(tmp_path)]
  writers = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
  try:
    while cache.get('key') is None:
      assert all(writer.poll() is None for writer in writers)
    found = {cache.get('key') for _ in range(20)}
  finally:
    for writer in writers:
      writer.kill()
      writer.wait()
  assert found == {b'x' * 5_000_000} == {cache.get('key')}
