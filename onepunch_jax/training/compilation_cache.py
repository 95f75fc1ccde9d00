"""Where compiled programs are kept between processes, so that no entry can hurt.

JAX reads an entry without looking whether it is whole, and a program that is not may end the
process. Here an entry begins with a hash of its key and content, and appears under its name only
when it is whole; another one is removed and compiled anew. Versions of JAX and kinds of processors
have folders of their own. Whatever goes wrong with files costs time, not the run.
"""

import contextlib
import hashlib
import os
import pathlib
import platform
from typing import Any

import jax
import jaxlib

from onepunch_jax.log import log

DIGEST = 32  # bytes of SHA-256 before the content of an entry
SUFFIX = '.program'
SHORT = 0.2  # s: programs for pages are kept that took as long


class CheckedCache:
  """Entries in a folder, as JAX's own cache has them: `get` and `put` of bytes by a key.

  Args:
    folder: where they are; it is made with the first entry.
  """

  def __init__(self, folder: str):
    self._path = pathlib.Path(folder)  # JAX's log names it
    self._writes = True

  def get(self, key: str) -> bytes | None:
    """The content of an entry; None where there is none that is whole."""
    path = self._file(key)
    try:
      data = path.read_bytes()
    except OSError:
      return None
    if data[:DIGEST] == _digest(key, data[DIGEST:]):
      return data[DIGEST:]
    log.info('%s is damaged: compiling anew.', path)
    with contextlib.suppress(OSError):
      path.unlink()
    return None

  def put(self, key: str, value: bytes) -> None:
    """Keeps an entry; where that fails, once says so and keeps no more."""
    if not self._writes:
      return
    path = self._file(key)
    part = path.with_name(f'{path.name}.{os.getpid()}.part')
    try:
      path.parent.mkdir(parents=True, exist_ok=True)
      part.write_bytes(_digest(key, value) + value)
      part.replace(path)
    except OSError as error:
      self._writes = False
      log.warning(
        'Compiled programs are not kept for the next start (%s: %s); set '
        '--config.compilation_cache to a folder with room that can be written, or to none.',
        self._path,
        error.strerror or error,
      )
      with contextlib.suppress(OSError):
        part.unlink()

  def _file(self, key: str) -> pathlib.Path:
    return self._path / (key + SUFFIX)


def use(folder: str, min_seconds: float = 1.0) -> None:
  """Keeps programs that took at least `min_seconds` to compile in `folder`; '' keeps none."""
  if not folder:
    return
  folder = os.path.join(os.path.expanduser(folder), _kind())
  if not _install():  # a JAX whose cache cannot be exchanged
    log.info('This version of JAX keeps compiled programs unchecked: none are kept.')
    return
  jax.config.update('jax_compilation_cache_dir', folder)
  jax.config.update('jax_persistent_cache_min_compile_time_secs', min_seconds)


def _install() -> bool:
  """Has JAX use `CheckedCache` for whatever folder is set; returns whether it can be done."""
  try:
    from jax._src import compilation_cache as cache
  except ImportError:
    return False
  if not (hasattr(cache, 'get_file_cache') and hasattr(cache, 'reset_cache')):
    return False
  if cache.get_file_cache is not _open:
    cache.get_file_cache = _open
    cache.reset_cache()  # one that was opened before
  return True


def _open(path: str) -> tuple[Any, str]:
  """What JAX calls for its cache in a folder."""
  return CheckedCache(path), path


def _digest(key: str, value: bytes) -> bytes:
  return hashlib.sha256(key.encode() + b'\0' + value).digest()


def _kind() -> str:
  """What programs depend on beside their text: the versions of JAX, and the processor."""
  features = platform.processor()
  with contextlib.suppress(OSError, StopIteration):
    with open('/proc/cpuinfo', encoding='utf-8') as file:
      features = next(line for line in file if line.startswith(('flags', 'Features')))
  host = hashlib.sha256(features.encode()).hexdigest()[:8]
  return f'{jax.__version__}-{jaxlib.__version__}-{platform.machine()}-{host}'
