"""The answers of all sessions: the newest ones in memory, all of them in the sessions' folders."""

from onepunch_jax.studio.background import Background
from onepunch_jax.studio.recent import Recent
from onepunch_jax.studio.records import Record
from onepunch_jax.studio.store import Store

MOST = 256  # answers in memory
PIXELS = 60_000_000  # of them: 2 bytes each, 5 of a checkpoint without regions


class Answers:
  """Answers by the session and their ids. Safe for threads.

  Args:
    background: what writes them.
  """

  def __init__(self, background: Background):
    self._background = background
    self._recent: Recent[Record] = Recent(MOST, PIXELS)

  def get(self, store: Store, name: str) -> Record:
    """An answer.

    Raises:
      OSError, ValueError: it is not there, or its file is damaged.
    """
    path = store.path('answers', name, '.npz')
    found = self._recent.find(path)
    if found is None:
      found = Record.read(path)
      self._recent.put(path, found.labels.size, found)
    return found

  def put(self, store: Store, name: str, record: Record) -> None:
    """Keeps an answer, and has it written."""
    path = store.path('answers', name, '.npz')
    self._recent.put(path, record.labels.size, record)

    def write() -> None:
      store.write(f'answers/{name}.npz', record.bytes(), lasting=False)

    self._background.later(path, write)

  def forget(self, store: Store) -> None:
    """Lets a session's answers out of memory."""
    self._recent.drop(lambda path: str(path).startswith(store.folder))
