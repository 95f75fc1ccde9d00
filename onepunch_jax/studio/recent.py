"""What was used last is kept, within a number of things and of pixels."""

import collections
import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Thing = TypeVar('Thing')


class Recent(Generic[Thing]):
  """Things by key; those used least recently go where there are too many. Safe for threads.

  Args:
    most: things.
    pixels: of all things together; the one used last is kept however large it is.
  """

  def __init__(self, most: int, pixels: int):
    self._most, self._pixels = most, pixels
    self._found: collections.OrderedDict[Hashable, tuple[Thing, int]] = collections.OrderedDict()
    self._lock = threading.Lock()

  def __len__(self) -> int:
    return len(self._found)

  def clear(self) -> None:
    """Lets all go."""
    with self._lock:
      self._found.clear()

  def get(self, key: Hashable, pixels: int, make: Callable[[], Thing]) -> Thing:
    """The thing of a key, made where it is not there; two threads may both make it."""
    with self._lock:
      if key in self._found:
        self._found.move_to_end(key)
        return self._found[key][0]
    made = make()
    with self._lock:
      self._found[key] = made, pixels
      while len(self._found) > 1 and self._too_much():
        self._found.popitem(last=False)
    return made

  def _too_much(self) -> bool:
    total = sum(pixels for _, pixels in self._found.values())
    return len(self._found) > self._most or total > self._pixels
