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
    found = self.find(key)
    if found is None:
      found = make()
      self.put(key, pixels, found)
    return found

  def find(self, key: Hashable) -> Thing | None:
    """The thing of a key, or None."""
    with self._lock:
      if key not in self._found:
        return None
      self._found.move_to_end(key)
      return self._found[key][0]

  def put(self, key: Hashable, pixels: int, thing: Thing) -> None:
    """Keeps a thing under its key."""
    with self._lock:
      self._found[key] = thing, pixels
      self._found.move_to_end(key)
      while len(self._found) > 1 and self._too_much():
        self._found.popitem(last=False)

  def drop(self, matches: Callable[[Hashable], bool]) -> None:
    """Lets those go whose keys match."""
    with self._lock:
      for key in [k for k in self._found if matches(k)]:
        del self._found[key]

  def _too_much(self) -> bool:
    total = sum(pixels for _, pixels in self._found.values())
    return len(self._found) > self._most or total > self._pixels
