"""Colour the pages of a book into a folder, so that a killed run goes on where it was.

Each finished page is in the folder whole or not at all, and then in the folder's journal with a
key of its source and of all settings; a page whose key is there is not computed again.
"""

import concurrent.futures
import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Iterable
from typing import Protocol

from tqdm import tqdm

from onepunch_jax.images.reader import Picture
from onepunch_jax.images.write import replace
from onepunch_jax.log import log
from onepunch_jax.pages.book import Page

NAME = '.colorize.jsonl'
COLORED, PASSED, BAD = 'coloured', 'passed through', 'bad'


@dataclasses.dataclass(frozen=True)
class Done:
  """A page that is finished; `file` is relative to the folder, '' where none was written."""

  page: str
  key: str
  status: str
  file: str = ''
  message: str = ''


@dataclasses.dataclass(frozen=True)
class Result:
  """What became of a page: status and files {suffix: bytes}, the page itself first."""

  status: str
  files: dict[str, bytes]


class Work(Protocol):
  """What is done to a page; `settings` is all that the outcome depends on beside the page."""

  settings: str

  def __call__(self, page: Page, pictures: list[Picture]) -> Result: ...


def run(
  pages: Iterable[Page],
  folder: str,
  work: Work,
  *,
  on_bad: str = 'skip',
  quiet: bool = False,
) -> list[Done]:
  """Colours what is not finished yet; returns all, in reading order.

  Args:
    pages: of a book.
    folder: where files go.
    work: colours a page.
    on_bad: 'copy' or 'skip' a page that cannot be read.
    quiet: no progress bar.
  """
  pages = list(pages)
  journal = os.path.join(folder, NAME)
  known = _load(journal)
  os.makedirs(folder, exist_ok=True)
  done, clock = [], time.monotonic()
  with (
    concurrent.futures.ThreadPoolExecutor(1) as ahead,
    open(journal, 'ab') as record,
    tqdm(pages, unit='page', disable=quiet or len(pages) < 2) as bar,
  ):
    fetched = ahead.submit(_fetch, pages[0], work.settings, known, folder) if pages else None
    fresh = 0
    for n, page in enumerate(bar):
      found = fetched.result()
      if n + 1 < len(pages):
        fetched = ahead.submit(_fetch, pages[n + 1], work.settings, known, folder)
      if not isinstance(found, Done):
        found = _finish(page, *found, folder, work, on_bad)
        record.write(json.dumps(dataclasses.asdict(found)).encode() + b'\n')
        record.flush()
        os.fsync(record.fileno())
        fresh += 1
        bar.set_postfix_str(f'{60 * fresh / (time.monotonic() - clock):.1f} pages/min')
      if found.status == BAD:
        log.error('%s', found.message)
      done.append(found)
  lines = ''.join(json.dumps(dataclasses.asdict(d)) + '\n' for d in done)
  replace(journal, lines.encode())
  return done


def _fetch(page: Page, settings: str, known: dict[str, Done], folder: str):
  """Done as the journal has it; or (key, bytes, pictures or the error)."""
  try:
    data = page.bytes()
  except (OSError, ValueError) as error:
    return '', b'', error
  key = hashlib.sha256(settings.encode() + b'\0' + page.name.encode() + b'\0' + data).hexdigest()
  before = known.get(page.name)
  if (
    before
    and before.key == key
    and (not before.file or os.path.exists(os.path.join(folder, before.file)))
  ):
    return before
  try:
    return key, data, page.pictures()
  except Exception as error:  # one bad page never stops a book
    return key, data, error


def _finish(
  page: Page, key: str, data: bytes, pictures, folder: str, work: Work, on_bad: str
) -> Done:
  error = pictures
  if not isinstance(pictures, Exception):
    try:
      result = work(page, pictures)
      for suffix, content in reversed(result.files.items()):  # the page itself last
        replace(os.path.join(folder, page.stem + suffix), content)
      return Done(page.name, key, result.status, page.stem + next(iter(result.files)))
    except Exception as raised:  # one bad page never stops a book
      error = raised
  message = str(error) if isinstance(error, ValueError) else f'{type(error).__name__}: {error}'
  message = ' '.join(message.split())
  if page.label not in message:
    message = f'{page.label}: {message}'
  if on_bad != 'copy' or not data or page.rendered:
    return Done(page.name, key, BAD, '', message)
  file = page.stem + page.suffix
  replace(os.path.join(folder, file), data)
  return Done(page.name, key, BAD, file, message)


def _load(path: str) -> dict[str, Done]:
  if not os.path.exists(path):
    return {}
  found = {}
  with open(path, encoding='utf-8') as file:
    for line in file:
      try:
        done = Done(**json.loads(line))
      except (ValueError, TypeError):  # cut off by a kill
        continue
      found[done.page] = done
  return found
