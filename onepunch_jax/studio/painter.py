"""The net's only thread: of a page the newest request alone is done, and all have their turn."""

import dataclasses
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

CLICK, LOOK, PAGE, WARM = 0, 1, 2, 3  # whose turn it is first: a click, a question about it, ...


class Superseded(Exception):
  """A newer request of the same kind, or one that goes first, came before this one was done."""


class Busy(Exception):
  """More waits than the studio takes."""


@dataclasses.dataclass(order=True)
class Job:
  """Something to be done; jobs of one key are for one place, where only the newest counts."""

  priority: int
  order: int
  key: Any = dataclasses.field(compare=False)
  work: Callable[[], Any] = dataclasses.field(compare=False)
  future: Future = dataclasses.field(compare=False, default_factory=Future)


class Painter:
  """Runs jobs one at a time in a thread of its own.

  Args:
    most: jobs that may wait.
  """

  def __init__(self, most: int = 1500):
    self._jobs: list[Job] = []
    self._most = most
    self._count = itertools.count()
    self._ready = threading.Condition()
    self._closed = False
    self._now: Job | None = None  # what is being done
    self._thread = threading.Thread(target=self._run, name='painter', daemon=True)
    self._thread.start()

  def submit(self, key: Any, priority: int, work: Callable[[], Any]) -> Future:
    """Has something done. A job of the same key that waits is superseded.

    Returns:
      The future of what `work` returns. It raises Superseded where a newer job took its place;
      cancelled, it is not begun.

    Raises:
      Busy: too many jobs wait.
    """
    job = Job(priority, next(self._count), key, work)
    with self._ready:
      for other in [j for j in self._jobs if j.key == key]:
        self._jobs.remove(other)
        if other.future.set_running_or_notify_cancel():
          other.future.set_exception(Superseded())
      if len(self._jobs) >= self._most:
        raise Busy('More is waiting than the studio takes; try again in a moment.')
      self._jobs.append(job)
      self._ready.notify()
    return job.future

  def drop(self, matches: Callable[[Any], bool]) -> None:
    """Takes out jobs that wait, by their keys."""
    with self._ready:
      for job in [j for j in self._jobs if matches(j.key)]:
        self._jobs.remove(job)
        job.future.cancel()

  def check(self) -> None:
    """Called by a job now and then: ends it where another waits that goes first.

    Raises:
      Superseded: so it is.
    """
    now = self._now
    if now and any(job.priority < now.priority for job in list(self._jobs)):
      raise Superseded

  @property
  def waiting(self) -> int:
    """How many jobs wait."""
    return len(self._jobs)

  def close(self) -> None:
    """Ends the thread after what it is at."""
    with self._ready:
      self._closed = True
      self._ready.notify()
    self._thread.join(30)

  def _run(self) -> None:
    while True:
      with self._ready:
        while not self._jobs and not self._closed:
          self._ready.wait()
        if self._closed:
          return
        job = min(self._jobs)
        self._jobs.remove(job)
        self._now = job
      if not job.future.set_running_or_notify_cancel():
        continue
      try:
        job.future.set_result(job.work())
      except BaseException as error:  # belongs to who asked; the thread lives on
        job.future.set_exception(error)
