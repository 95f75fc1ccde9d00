"""Colour the pages of a book into a folder, so that a killed run goes on where it was.

Each finished page is in the folder whole or not at all, and then in the folder's journal with a
key of all that it depends on: the page, the settings, the content of its guides, and what it looks
at of the pages before it. A page whose key is there is not computed again. A page that failed is
tried again by the next run, as the reason may have passed. When nothing can be written any more,
the run stops.
"""

import concurrent.futures
import dataclasses
import errno
import hashlib
import json
import os
import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from tqdm import tqdm

from onepunch_jax.images.reader import Picture
from onepunch_jax.images.write import replace
from onepunch_jax.log import log
from onepunch_jax.pages.book import Page

NAME = '.colorize.jsonl'
COLORED, PASSED, BAD = 'coloured', 'passed through', 'bad'
# what is wrong with the name of one page, not with the place where all are written
_OF_A_NAME = {errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.EINVAL}


class CannotWrite(OSError):
  """Nothing can be written any more; the message says what is finished and how to go on."""


@dataclasses.dataclass(frozen=True)
class Done:
  """The outcome of a page.

  Attributes:
    page: its name.
    key: of all that it depends on.
    status: COLORED, PASSED or BAD.
    files: written, relative to the folder, the page itself first; () if none was.
    message: what is wrong with a bad page, a sentence.
    notes: sentences on guides without effect.
    lost: sentences on what of the page is not in the output.
    remembered: what later pages may look at, as `Work` writes it.
  """

  page: str
  key: str
  status: str
  files: tuple[str, ...] = ()
  message: str = ''
  notes: tuple[str, ...] = ()
  lost: tuple[str, ...] = ()
  remembered: str = ''

  @property
  def file(self) -> str:
    """The page itself, or '' where none was written."""
    return self.files[0] if self.files else ''


@dataclasses.dataclass(frozen=True)
class Result:
  """What became of a page: `files` {suffix: bytes}, the page itself first; else as of `Done`."""

  status: str
  files: dict[str, bytes]
  notes: tuple[str, ...] = ()
  lost: tuple[str, ...] = ()
  remembered: str = ''


class Work(Protocol):
  """What is done to a page.

  Attributes:
    settings: all that every page depends on.
    remember: whether pages look at those before them; else pages are read ahead.
  """

  settings: str
  remember: bool

  def prepare(self, pages: Sequence[Page]) -> list[str]:
    """Looks up the guides of all pages; returns sentences on those that belong to none."""

  def guides(self, page: Page) -> bytes:
    """The content of the guides of a page."""

  def earlier(self, done: Sequence[Done]) -> str:
    """What a page looks at of the finished pages before it; '' for nothing."""

  def __call__(self, page: Page, pictures: list[Picture], earlier: str = '') -> Result:
    """Colours a page that looks at what `earlier` gave."""


def run(
  pages: Iterable[Page], folder: str, work: Work, *, on_bad: str = 'skip', quiet: bool = False
) -> list[Done]:
  """Colours what is not finished yet; returns all, in reading order.

  Args:
    pages: of a book.
    folder: where files go.
    work: colours a page.
    on_bad: 'copy' or 'skip' a page that cannot be read.
    quiet: no progress bar.

  Raises:
    CannotWrite: the disk is full, or the folder cannot be written.
  """
  pages = list(pages)
  journal = os.path.join(folder, NAME)
  known = _load(journal)
  done, clock, fresh = [], time.monotonic(), 0
  try:
    os.makedirs(folder, exist_ok=True)
    with (
      concurrent.futures.ThreadPoolExecutor(1) as ahead,
      open(journal, 'ab') as record,
      tqdm(pages, unit='page', disable=quiet or len(pages) < 2) as bar,
    ):
      record.write(b'\n')  # a line that was cut off ends here
      fetched = None
      for n, page in enumerate(bar):
        earlier = work.earlier(done) if work.remember else ''
        found = fetched.result() if fetched else _fetch(page, work, known, folder, earlier)
        if n + 1 < len(pages) and not work.remember:
          fetched = ahead.submit(_fetch, pages[n + 1], work, known, folder)
        if not isinstance(found, Done):
          found = _finish(page, *found, folder, work, on_bad, earlier)
          _remove_stale(folder, known.get(page.name), found, pages)
          _append(record, found)
          fresh += 1
          bar.set_postfix_str(f'{60 * fresh / (time.monotonic() - clock):.1f} pages/min')
        if found.status == BAD:
          log.error('%s', found.message)
        done.append(found)
    replace(journal, b''.join(map(_line, done)))
  except OSError as error:
    raise CannotWrite(
      error.errno,
      f'{folder}: cannot be written ({error.strerror or error}); {len(done)} of {len(pages)} pages '
      'are finished, and the same command goes on when there is room.',
    ) from None
  return done


def _fetch(page: Page, work: Work, known: dict[str, Done], folder: str, earlier: str = ''):
  """Done as the journal has it; or (key, bytes, pictures or the error)."""
  data = b''
  try:
    data = page.bytes()
    guides = work.guides(page)
  except Exception as error:  # one bad page never stops a book
    return '', data, error
  digest = hashlib.sha256()
  name = page.name.encode('utf-8', 'surrogatepass')
  looked_at = [earlier.encode()] if earlier else []
  for part in (work.settings.encode(), name, guides, data, *looked_at):
    digest.update(b'%d ' % len(part) + part)
  key = digest.hexdigest()
  before = known.get(page.name)
  if before and before.key == key and before.status != BAD and before.files:
    if all(os.path.exists(os.path.join(folder, file)) for file in before.files):
      return before
  try:
    return key, data, page.pictures()
  except Exception as error:
    return key, data, error


def _finish(
  page: Page, key: str, data: bytes, pictures, folder: str, work: Work, on_bad: str, earlier: str
) -> Done:
  error = pictures
  if not isinstance(pictures, Exception):
    try:
      result = work(page, pictures, earlier)
    except Exception as raised:  # one bad page never stops a book
      error = raised
    else:
      files = {page.stem + suffix: content for suffix, content in result.files.items()}
      error = _write(folder, files)
      if error is None:
        facts = result.notes, result.lost, result.remembered
        return Done(page.name, key, result.status, tuple(files), '', *facts)
  message = str(error) if isinstance(error, ValueError) else f'{type(error).__name__}: {error}'
  message = ' '.join(message.split())
  if page.label not in message:
    message = f'{page.label}: {message}'
  if on_bad != 'copy' or not data or page.rendered:
    return Done(page.name, key, BAD, (), message)
  file = page.stem + page.suffix
  if _write(folder, {file: data}) is not None:
    return Done(page.name, key, BAD, (), message)
  return Done(page.name, key, BAD, (file,), message)


def _write(folder: str, files: dict[str, bytes]) -> OSError | None:
  """Writes the files of a page, the page itself last; returns what is wrong with its name.

  Raises:
    OSError: nothing can be written at all.
  """
  written = []
  try:
    for file, content in reversed(files.items()):
      path = os.path.join(folder, file)
      fresh = not os.path.exists(path)
      replace(path, content)
      if fresh:
        written.append(path)
  except OSError as error:
    for path in written:  # no half of a page stays
      os.remove(path)
    if error.errno in _OF_A_NAME:
      return error
    raise
  return None


def _remove_stale(folder: str, before: Done | None, found: Done, pages: Sequence[Page]) -> None:
  """Removes what an earlier run wrote of a page and this one does not."""
  if before is None:
    return
  stems = {page.stem for page in pages if page.name != found.page}
  for file in {*before.files} - {*found.files}:
    path = os.path.join(folder, file)
    if os.path.splitext(file)[0] not in stems and os.path.isfile(path):
      os.remove(path)


def _line(done: Done) -> bytes:
  return json.dumps(dataclasses.asdict(done)).encode() + b'\n'


def _append(record, done: Done) -> None:
  record.write(_line(done))
  record.flush()
  os.fsync(record.fileno())


def _load(path: str) -> dict[str, Done]:
  if not os.path.exists(path):
    return {}
  found = {}
  with open(path, encoding='utf-8', errors='replace') as file:
    for line in file:
      try:
        row = json.loads(line)
        done = Done(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
      except (ValueError, TypeError, AttributeError):  # cut off by a kill, or of another version
        continue
      found[done.page] = done
  return found
