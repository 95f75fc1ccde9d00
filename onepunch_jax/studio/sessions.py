"""The studio's sessions: each browser has a document of its own, and none reaches another's."""

import collections
import os
import threading
import weakref
from typing import Any

from onepunch_jax.studio import document
from onepunch_jax.studio.events import Events
from onepunch_jax.studio.store import Store, sessions

MOST = 2000  # sessions on disk
OPEN = 200  # whose documents are in memory
MAX_DISK = 20 << 30  # bytes of one session's folder
SEQUENCES = 64  # tabs whose last change is remembered


class Session:
  """One document, its folder and its listeners; `lock` is held around every change of it."""

  def __init__(self, store: Store):
    self.store = store
    self.lock = threading.RLock()
    self.events = Events()
    self.document = store.load()
    self.statuses: dict[str, str] = {}  # of pages in the queue: queued, working
    known = store.load_answers()
    self.answers: dict[str, str] = known['answers']  # page -> the id of its answer
    self.looked_at: dict[str, list[str]] = known['looked_at']  # answer -> earlier ones it looked at

  @property
  def id(self) -> str:
    """Its name, which nobody guesses."""
    return self.store.session

  def save(self) -> None:
    """Writes the document: what was changed is on disk when a request is answered."""
    self.store.save(self.document)

  def remember(self, page_id: str, answer: str, earlier: list[str]) -> None:
    """Notes which answer a page has, and what that looked at."""
    self.answers[page_id] = answer
    self.looked_at[answer] = earlier
    kept = set(self.answers.values())
    self.looked_at = {name: e for name, e in self.looked_at.items() if name in kept}
    self.store.save_answers({'answers': self.answers, 'looked_at': self.looked_at})

  def is_new(self, sequence: Any) -> bool:
    """Whether a change of this number has not been made; a browser may send one twice."""
    if not isinstance(sequence, int) or isinstance(sequence, bool) or abs(sequence) > 2**53:
      raise document.Refused('A change has a number, seq.')
    return sequence not in self.document['changes']

  def made(self, sequence: int) -> None:
    """Writes the document after the change of this number."""
    self.document['changes'] = [*self.document['changes'], sequence][-SEQUENCES:]
    self.save()

  def page(self, page_id: Any) -> dict[str, Any]:
    """A page of the document."""
    return document.page_of(self.document, page_id)


class Sessions:
  """All sessions of a folder.

  Args:
    root: the folder, made private.
  """

  def __init__(self, root: str):
    os.makedirs(root, mode=0o700, exist_ok=True)
    self.root = root
    self._open: collections.OrderedDict[str, Session] = collections.OrderedDict()
    # one object a session for as long as anything works with it, or changes would be lost
    self._alive: weakref.WeakValueDictionary[str, Session] = weakref.WeakValueDictionary()
    self._lock = threading.Lock()

  def new(self) -> Session:
    """A session with an empty document."""
    if sum(1 for _ in sessions(self.root)) >= MOST:
      raise document.Refused(f'There are {MOST} sessions already; delete some.')
    return self.get(document.new_id() + document.new_id())

  def get(self, name: str) -> Session:
    """The session of that id; those used least are let out of memory."""
    with self._lock:
      if name not in self._open:
        found = self._alive.get(name) or Session(Store(self.root, name))
        self._open[name] = self._alive[name] = found
      self._open.move_to_end(name)
      while len(self._open) > OPEN:
        self._open.popitem(last=False)
      return self._open[name]

  def by_cookie(self, cookie: str) -> Session | None:
    """The session that a cookie 'id.secret' opens, or None."""
    name, _, secret = cookie.partition('.')
    if not secret or (name not in self._open and name not in set(sessions(self.root))):
      return None
    found = self.get(name)
    return found if found.store.owns(secret) else None

  def enter(self, name: str) -> str:
    """The cookie of a session, of a new one where `name` is '' or there is none."""
    known = name and name in set(sessions(self.root))
    session = self.get(name) if known else self.new()
    return f'{session.id}.{session.store.secret}'

  def forget(self, session: Session) -> None:
    """Deletes a session and its files."""
    with self._lock:
      self._open.pop(session.id, None)
      self._alive.pop(session.id, None)
    session.store.remove()
