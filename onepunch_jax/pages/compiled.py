"""Programs compiled at their first use, with a line in the log where that takes a while."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import jax

from onepunch_jax.log import log
from onepunch_jax.pages.stages import stage

QUIET = 0.8  # s; what takes less, as reading from the cache, is not logged


class Compiled:
  """A function that is compiled once for each shape of its arguments; safe in threads.

  Args:
    function: of parameters, and of arrays, of which the first one's shape is logged.
    name: what it is called in the log.
    static: names of keyword arguments that are no arrays.
  """

  def __init__(self, function: Callable, name: str, static: tuple[str, ...] = ()):
    self._jitted = jax.jit(function, static_argnames=static)
    self._name = name
    self._programs: dict[Any, Any] = {}
    self._lock = threading.Lock()

  def __call__(self, *args: Any, **static: Any) -> Any:
    leaves, tree = jax.tree.flatten(args)
    shapes = tuple((x.shape, x.dtype) for x in leaves)
    key = tree, shapes, tuple(sorted(static.items()))
    with self._lock:
      if key not in self._programs:
        size = ' x '.join(str(n) for n in args[1].shape[1:])
        with announced(f'{self._name} for {size}'), stage('compiling'):
          self._programs[key] = self._jitted.lower(*args, **static).compile()
    return self._programs[key](*args)


@contextlib.contextmanager
def announced(what: str) -> Iterator[None]:
  """Logs what is compiled, and its seconds, where it takes more than `QUIET`."""
  clock, logged = time.perf_counter(), threading.Event()

  def start() -> None:
    logged.set()
    log.info('Compiling %s ...', what)

  timer = threading.Timer(QUIET, start)
  timer.daemon = True
  timer.start()
  try:
    yield
  finally:
    timer.cancel()
    timer.join()
    if logged.is_set():
      log.info('Compiled %s in %.1f s.', what, time.perf_counter() - clock)
