"""Writing that may wait a moment: a thread of its own does it, so that clicks do not."""

import threading
import time
from collections.abc import Callable, Hashable

from onepunch_jax.log import log

DELAY = 1.0  # s that something waits
MOST = 16  # things that wait; then who brings one more waits too


class Background:
  """Does things later, in their order; of one key only the newest counts. Safe for threads.

  Args:
    delay: s after which a thing is done. One that replaces another waits no longer than that.
    most: things that wait.
  """

  def __init__(self, delay: float = DELAY, most: int = MOST):
    self._delay, self._most = delay, most
    self._waiting: dict[Hashable, tuple[float, Callable[[], None]]] = {}
    self._changed = threading.Condition()
    self._working = False
    self._closed = False
    self._thread = threading.Thread(target=self._run, name='background', daemon=True)
    self._thread.start()

  def later(self, key: Hashable, work: Callable[[], None]) -> None:
    """Has something done in a moment, in place of what waits under the same key."""
    with self._changed:
      while len(self._waiting) >= self._most and key not in self._waiting and not self._closed:
        self._changed.wait()
      due, _ = self._waiting.get(key, (time.monotonic() + self._delay, None))
      self._waiting[key] = due, work
      self._changed.notify_all()

  def flush(self) -> None:
    """Waits until all is done that waits now; it is done at once."""
    with self._changed:
      self._waiting = {key: (0.0, work) for key, (_, work) in self._waiting.items()}
      self._changed.notify_all()
      while self._thread.is_alive() and (self._waiting or self._working):
        self._changed.wait(1)

  def close(self) -> None:
    """Does what waits, and ends."""
    self.flush()
    with self._changed:
      self._closed = True
      self._changed.notify_all()
    self._thread.join(30)

  def _run(self) -> None:
    while True:
      with self._changed:
        self._working = False
        self._changed.notify_all()
        while not self._closed and (wait := self._left()) > 0:
          self._changed.wait(wait if wait < float('inf') else None)
        if self._closed:
          return
        _, work = self._waiting.pop(next(iter(self._waiting)))
        self._working = True
      try:
        work()
      except FileNotFoundError:
        pass  # the session was deleted meanwhile
      except Exception as error:  # a full disk must not end the thread
        log.error('The studio could not write: %s', error)

  def _left(self) -> float:
    """Seconds until the oldest thing is due."""
    if not self._waiting:
      return float('inf')
    due, _ = next(iter(self._waiting.values()))
    return due - time.monotonic()
