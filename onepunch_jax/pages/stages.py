"""What a page is at: names of stages, told to who listens, and how long each took.

    with stages.watched(print) as seconds:
      session = colorizer.session(page)
    max(seconds, key=seconds.get)

Without a listener a stage costs nothing. The stages of a thread are its own.
"""

import contextlib
import contextvars
import time
from collections.abc import Callable, Iterator


class _Watch:
  """The stages that are open, the innermost last; each second counts for the innermost."""

  def __init__(self, tell: Callable[[str], None] | None):
    self.seconds: dict[str, float] = {}
    self._tell = tell
    self._open: list[str] = []
    self._since = time.perf_counter()

  def enter(self, name: str) -> None:
    self._count()
    self._open.append(name)
    if self._tell:
      self._tell(name)

  def leave(self) -> None:
    self._count()
    self._open.pop()
    if self._tell and self._open:
      self._tell(self._open[-1])

  def _count(self) -> None:
    now = time.perf_counter()
    if self._open:
      name = self._open[-1]
      self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
    self._since = now


_watch: contextvars.ContextVar[_Watch | None] = contextvars.ContextVar('watch', default=None)


@contextlib.contextmanager
def watched(tell: Callable[[str], None] | None = None) -> Iterator[dict[str, float]]:
  """Listens to the stages within, of this thread.

  Args:
    tell: called with the name of a stage when it begins or goes on; None: nobody.

  Yields:
    {name: seconds}, which grows; time within an inner stage counts for that alone.
  """
  watch = _Watch(tell)
  token = _watch.set(watch)
  try:
    yield watch.seconds
  finally:
    _watch.reset(token)


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
  """A stage, such as 'segmenting'."""
  watch = _watch.get()
  if watch is None:
    yield
    return
  watch.enter(name)
  try:
    yield
  finally:
    watch.leave()
