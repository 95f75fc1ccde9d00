"""What was changed since a document was written whole, a line of JSON for each change.

    {"seq": 7, "page": ID, "label": "dot", "ops": [...]}
    {"seq": 8, "move": "undo"}

A line is in the file when a request is answered, so that a process that is killed loses nothing;
`sync` has it on disk. A line that was cut off is none. Made again in their order, the changes give
the same document.
"""

import json
import os
from typing import Any

from onepunch_jax.log import log
from onepunch_jax.studio import document as documents

SEQUENCES = 64  # tabs whose last change is remembered


class Journal:
  """The changes after one writing of a document.

  Args:
    folder: of the session.
    number: of that writing.
  """

  def __init__(self, folder: str, number: int):
    self._path = os.path.join(folder, f'changes.{number}.jsonl')
    self.bytes = 0  # of changes in it

  def append(self, entry: dict[str, Any]) -> None:
    """Adds a change."""
    line = json.dumps(entry, separators=(',', ':')).encode() + b'\n'
    handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
      left = memoryview(line)
      while left:
        left = left[os.write(handle, left) :]
    finally:
      os.close(handle)
    self.bytes += len(line)

  def sync(self) -> None:
    """Returns when what was added is on disk."""
    try:
      handle = os.open(self._path, os.O_WRONLY)
    except FileNotFoundError:
      return  # the document was written whole meanwhile
    try:
      os.fsync(handle)
    finally:
      os.close(handle)

  def replay(self, document: dict[str, Any]) -> None:
    """Makes the changes of the file; what follows a damaged line has nothing to stand on."""
    try:
      with open(self._path, 'rb') as file:
        data = file.read()
    except FileNotFoundError:
      return
    for line in data.splitlines(keepends=True):
      try:
        if not line.endswith(b'\n'):
          raise ValueError('it was cut off')
        make(document, json.loads(line))
      except (ValueError, TypeError, KeyError) as error:
        left = data[self.bytes :]
        log.warning('%s: the last %d bytes are damaged (%s).', self._path, len(left), error)
        with open(os.path.join(os.path.dirname(self._path), 'damaged.jsonl'), 'wb') as file:
          file.write(left)
        os.truncate(self._path, self.bytes)
        return
      self.bytes += len(line)

  def remove(self) -> None:
    """Deletes the file."""
    try:
      os.unlink(self._path)
    except FileNotFoundError:
      pass


def make(document: dict[str, Any], entry: dict[str, Any]) -> None:
  """Makes one change of a journal."""
  match entry.get('move'):
    case 'undo':
      documents.undo(document)
    case 'redo':
      documents.redo(document)
    case _:
      documents.change(document, entry['page'], entry['label'], entry['ops'])
  remember(document, entry['seq'])


def remember(document: dict[str, Any], sequence: int) -> None:
  """Notes the number of a change, so that it is not made twice."""
  document['changes'] = [*document['changes'], sequence][-SEQUENCES:]
