"""A session's folder: the document, its pictures and answers, private to its owner.

<root>/<session>/document.json        now and then written whole, under its name when complete
                 changes.N.jsonl      what was changed since, a line each (`journal`)
                 secret               of the browser that owns it
                 pages/ID.png         as opened, encoded anew      pages/ID.hints.png
                 references/ID.png
                 answers/ID.npz       answers.json: which page has which
"""

import hmac
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Collection, Iterator
from typing import Any

from onepunch_jax.studio import document

ANSWERS = 200  # that are kept of a session beside those that its pages show
KINDS = ('pages', 'references', 'answers')
NAME = re.compile(r'[0-9a-f]{16,64}(\.hints)?')  # ids are the server's own, never a client's text


class Store:
  """The files of one session.

  Args:
    root: the folder of all sessions.
    session: the id of this one.
  """

  def __init__(self, root: str, session: str):
    if not NAME.fullmatch(session):
      raise document.Refused('There is no such session.')
    self.session = session
    self.folder = os.path.join(root, session)
    for kind in KINDS:
      os.makedirs(os.path.join(self.folder, kind), mode=0o700, exist_ok=True)
    os.chmod(self.folder, 0o700)
    self._secret = self._read('secret') or self._new_secret()

  @property
  def secret(self) -> str:
    """What the owner's browser keeps as its cookie."""
    return self._secret

  def owns(self, secret: str) -> bool:
    """Whether it is the session's secret, in a time that says nothing of how much of it is."""
    return hmac.compare_digest(secret.encode(), self._secret.encode())

  def load(self) -> dict[str, Any]:
    """The document as it was written whole; a new one where there is none."""
    text = self._read('document.json')
    try:
      return {**document.empty(), **json.loads(text)} if text else document.empty()
    except (ValueError, TypeError):  # of a damaged disk: kept for who can mend it
      os.replace(
        os.path.join(self.folder, 'document.json'), os.path.join(self.folder, 'damaged.json')
      )
      return document.empty()

  def save(self, value: dict[str, Any]) -> None:
    """Writes the document."""
    self.write('document.json', json.dumps(value, separators=(',', ':')).encode())

  def load_answers(self) -> dict[str, Any]:
    """Which answer each page has, of those that are there, and which earlier ones it looked at."""
    try:
      known = json.loads(self._read('answers.json'))
    except ValueError:  # none yet, or damaged: they are made anew
      return {'answers': {}, 'looked_at': {}}
    there = {p: n for p, n in known['answers'].items() if self._has(n)}
    return {'answers': there, 'looked_at': known['looked_at']}

  def _has(self, answer: str) -> bool:
    return os.path.exists(self.path('answers', answer, '.npz'))

  def save_answers(self, value: dict[str, Any]) -> None:
    """Writes the same."""
    self.write('answers.json', json.dumps(value).encode(), lasting=False)

  def path(self, kind: str, name: str, suffix: str) -> str:
    """Where a file lies: `kind` of KINDS, `name` an id of the server's."""
    if kind not in KINDS or not NAME.fullmatch(name):
      raise document.Refused('There is no such file in this session.')
    return os.path.join(self.folder, kind, name + suffix)

  def write(self, name: str, content: bytes, *, lasting: bool = True) -> None:
    """Writes a file that appears under its name when it is whole.

    Args:
      name: within the folder.
      content: its bytes.
      lasting: whether it is on disk then; else a machine that loses its power may lose it.
    """
    path = os.path.join(self.folder, name)
    handle, made = tempfile.mkstemp(dir=os.path.dirname(path))  # mode 0600
    try:
      with os.fdopen(handle, 'wb') as file:
        file.write(content)
        file.flush()
        if lasting:
          os.fsync(file.fileno())
      os.replace(made, path)
    except BaseException:
      os.unlink(made)
      raise

  def prune(self, kept: set[str]) -> None:
    """Deletes the oldest answers beyond the newest ANSWERS, but none that is `kept`."""
    with os.scandir(os.path.join(self.folder, 'answers')) as entries:
      files = sorted((e.stat().st_mtime, e.path) for e in entries if e.name.endswith('.npz'))
    for _, path in files[: -ANSWERS or None]:
      if os.path.basename(path).removesuffix('.npz') not in kept:
        os.unlink(path)

  @property
  def changed(self) -> float:
    """When the document was changed last, s since 1970; 0 where there is none."""
    with os.scandir(self.folder) as entries:
      times = [e.stat().st_mtime for e in entries if e.name.endswith(('.json', '.jsonl'))]
    return max(times, default=0.0)

  def remove_answers(self) -> int:
    """Deletes all answers; the bytes that they had."""
    freed = 0
    with os.scandir(os.path.join(self.folder, 'answers')) as entries:
      for entry in entries:
        freed += entry.stat().st_size
        os.unlink(entry.path)
    return freed

  def bytes_used(self) -> int:
    """The size of all its files."""
    walk = os.walk(self.folder)
    return sum(os.path.getsize(os.path.join(p, f)) for p, _, files in walk for f in files)

  def remove(self) -> None:
    """Deletes all of it."""
    shutil.rmtree(self.folder, ignore_errors=True)

  def _read(self, name: str) -> str:
    try:
      with open(os.path.join(self.folder, name), encoding='utf-8') as file:
        return file.read()
    except FileNotFoundError:
      return ''

  def _new_secret(self) -> str:
    made = secrets.token_hex(32)
    self.write('secret', made.encode())
    return made


def sessions(root: str) -> Iterator[str]:
  """The ids of the sessions in a folder."""
  for name in sorted(os.listdir(root)) if os.path.isdir(root) else ():
    if NAME.fullmatch(name) and os.path.isdir(os.path.join(root, name)):
      yield name


def prune_answers(root: str, limit: int, kept: Collection[str] = ()) -> int:
  """Deletes answers, which are made again when they are asked for, until a folder is smaller.

  Those of sessions that were not changed for the longest time go first. Documents, pages and
  references stay: they are a person's work.

  Args:
    root: the folder of all sessions.
    limit: bytes that the folder may have.
    kept: ids of sessions that are left alone.

  Returns:
    The bytes that were freed.
  """
  found = []
  for name in sessions(root):
    store = Store(root, name)
    found.append((store.changed, store.bytes_used(), store))
  over = sum(size for _, size, _ in found) - limit
  freed = 0
  for _, _, store in sorted(found, key=lambda row: row[0]):
    if freed >= over:
      break
    if store.session not in kept:
      freed += store.remove_answers()
  return freed
