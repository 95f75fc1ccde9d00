"""The studio's sessions: each browser has a document of its own, and none reaches another's."""

import collections
import os
import threading
import weakref
from typing import Any

from onepunch_jax.log import log
from onepunch_jax.studio import document
from onepunch_jax.studio.background import Background
from onepunch_jax.studio.events import Events
from onepunch_jax.studio.journal import Journal, remember
from onepunch_jax.studio.store import Store, prune_answers, sessions

MOST = 2000  # sessions on disk
OPEN = 200  # whose documents are in memory
MAX_DISK = 20 << 30  # bytes of one session's folder
CACHE = 8 << 30  # bytes of all sessions beyond which old answers are deleted
JOURNAL = 1 << 20  # bytes of changes after which the document is written whole


class Session:
  """One document, its folder and its listeners; `lock` is held around every change of it.

  Args:
    store: its folder.
    background: what writes that which may wait.
  """

  def __init__(self, store: Store, background: Background):
    self.store = store
    self._background = background
    self.lock = threading.RLock()
    self.events = Events()
    self.document = store.load()
    self._journal = Journal(store.folder, self.document['written'])
    self._journal.replay(self.document)
    self.statuses: dict[str, str] = {}  # of pages in the queue: queued, working
    # answer of a page that was opened -> its ms and stages, until a browser hears of them
    self.first: dict[str, tuple[float, dict[str, float]]] = {}
    known = store.load_answers()
    self.answers: dict[str, str] = known['answers']  # page -> the id of its answer
    self.looked_at: dict[str, list[str]] = known['looked_at']  # answer -> earlier ones it looked at

  @property
  def id(self) -> str:
    """Its name, which nobody guesses."""
    return self.store.session

  def save(self) -> None:
    """Writes the document whole: what was changed is on disk when a request is answered."""
    with self.lock:
      number = self.document['written'] + 1
      journal = Journal(self.store.folder, number)
      journal.remove()  # of a document that was lost
      self.store.save({**self.document, 'written': number})
      self._journal.remove()
      self.document['written'], self._journal = number, journal

  def remember(self, page_id: str, answer: str, earlier: list[str]) -> None:
    """Notes which answer a page has, and what that looked at."""
    self.answers[page_id] = answer
    self.looked_at[answer] = earlier
    kept = set(self.answers.values())
    self.looked_at = {name: e for name, e in self.looked_at.items() if name in kept}
    self._background.later((self.id, 'answers'), self._write_answers)

  def _write_answers(self) -> None:
    """Writes which answers pages have, and deletes old ones that none has."""
    with self.lock:
      known = {'answers': dict(self.answers), 'looked_at': dict(self.looked_at)}
    self.store.save_answers(known)
    earlier = (name for names in known['looked_at'].values() for name in names)
    self.store.prune({*known['answers'].values(), *earlier})

  def is_new(self, sequence: Any) -> bool:
    """Whether a change of this number has not been made; a browser may send one twice."""
    if not isinstance(sequence, int) or isinstance(sequence, bool) or abs(sequence) > 2**53:
      raise document.Refused('A change has a number, seq.')
    return sequence not in self.document['changes']

  def change(self, sequence: int, page_id: Any, label: Any, operations: Any) -> dict[str, Any]:
    """Makes the change of this number and writes it; returns its step (`document.change`)."""
    step = document.change(self.document, page_id, label, operations)
    self._made(sequence, {'page': page_id, 'label': step['label'], 'ops': step['do']})
    return step

  def move(self, sequence: int, which: str) -> dict[str, Any] | None:
    """Undoes or redoes (`which`) a change, and writes that; its step, or None."""
    step = document.undo(self.document) if which == 'undo' else document.redo(self.document)
    if step:
      self._made(sequence, {'move': which})
    return step

  def _made(self, sequence: int, entry: dict[str, Any]) -> None:
    remember(self.document, sequence)
    self._journal.append({'seq': sequence, **entry})
    whole = self._journal.bytes > JOURNAL
    self._background.later((self.id, 'document'), self.save if whole else self._journal.sync)

  def page(self, page_id: Any) -> dict[str, Any]:
    """A page of the document."""
    return document.page_of(self.document, page_id)


class Sessions:
  """All sessions of a folder.

  Args:
    root: the folder, made private.
    background: what writes that which may wait.
  """

  def __init__(self, root: str, background: Background):
    self._background = background
    os.makedirs(root, mode=0o700, exist_ok=True)
    self.root = root
    self._open: collections.OrderedDict[str, Session] = collections.OrderedDict()
    # one object a session for as long as anything works with it, or changes would be lost
    self._alive: weakref.WeakValueDictionary[str, Session] = weakref.WeakValueDictionary()
    self._lock = threading.Lock()
    background.later('prune', self.prune)

  def new(self) -> Session:
    """A session with an empty document."""
    if sum(1 for _ in sessions(self.root)) >= MOST:
      raise document.Refused(f'There are {MOST} sessions already; delete some.')
    return self.get(document.new_id() + document.new_id())

  def get(self, name: str) -> Session:
    """The session of that id; those used least are let out of memory."""
    with self._lock:
      if name not in self._open:
        found = self._alive.get(name) or Session(Store(self.root, name), self._background)
        self._open[name] = self._alive[name] = found
      self._open.move_to_end(name)
      while len(self._open) > OPEN:
        self._open.popitem(last=False)
      return self._open[name]

  def prune(self) -> None:
    """Deletes answers of the sessions used least where the folder has grown beyond `CACHE`."""
    with self._lock:
      used = {*self._open, *self._alive}
    freed = prune_answers(self.root, CACHE, used)
    if freed:
      log.info('%s: deleted %d MB of old answers.', self.root, freed >> 20)

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
