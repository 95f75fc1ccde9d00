"""Which file of a folder belongs to which page: its hints, its mask of balloons."""

import os
import re
from collections.abc import Iterable, Sequence

from onepunch_jax.images import archive, reader
from onepunch_jax.log import log
from onepunch_jax.pages.book import Page

HINTS = ('.png', '.json', '.ora', '.kra', '.psd', '.psb', '.webp', '.tif', '.tiff')


class PageFiles:
  """What a command has for pages: one file for all of them, or a folder with a file for each.

  In a folder a page's file has the page's name, but for the suffix. A file that has the name of no
  page is that of the page with the same numbers, then of the one whose last number is the same,
  where there is only one such file and page: 'page01.png' is for 'page1.png', and 'hint 3.png' for
  'p003.png'.
  """

  def __init__(self, path: str, name: str = 'hints', suffixes: Sequence[str] = HINTS):
    """Looks for nothing yet.

    Args:
      path: a file, a folder, or '' for none.
      name: what messages call a page's file.
      suffixes: of files; of two files of one name the one whose suffix comes first is a page's.
    """
    self.path, self.name, self.suffixes = path, name, tuple(suffixes)
    self._files: dict[str, str] = {}

  def match(self, pages: Sequence[Page]) -> list[str]:
    """Finds the files of pages; returns a sentence for each file that belongs to none."""
    if not self.path or not os.path.isdir(self.path):
      return []
    files = _below(self.path, self.suffixes)
    names = [os.path.splitext(page.name.replace('\\', '/'))[0] for page in pages]
    left, free = {}, {}
    for page, name in zip(pages, names):
      found = files.get(name) or files.get(f'{page.book}/{name}')
      if found:
        self._files[page.label] = found
      else:
        free[page.label] = name
    used = set(self._files.values())
    left = {name: file for name, file in files.items() if file not in used}
    for key in (_same_numbers, _last_number):
      for label, name in _pairs(free, left, key):
        self._files[label] = left.pop(name)
        log.info('%s: its %s: %s, by number.', label, self.name, self._files[label])
        del free[label]
    twice = [file for name, file in files.items() if file in left.values()]
    bare = sorted(free.values(), key=archive.natural)
    without = f' ({bare[0]} has no {self.name})' if len(bare) == 1 else ''
    return [f'{file}: belongs to no page{without}.' for file in sorted(twice)]

  def of(self, page: Page) -> str:
    """The file of a page, '' where it has none."""
    if not self.path or not os.path.isdir(self.path):
      return self.path
    return self._files.get(page.label, '')


def masks(path: str) -> PageFiles:
  """The masks of balloons of a command; arguments as for `PageFiles`."""
  return PageFiles(path, 'mask of balloons', ('.png', *reader.SUFFIXES))


def _below(folder: str, suffixes: tuple[str, ...]) -> dict[str, str]:
  """{relative name without suffix: path} of the files below a folder."""

  def rank(name: str) -> tuple[int, str]:
    end = os.path.splitext(name)[1].lower()
    return suffixes.index(end) if end in suffixes else len(suffixes), name

  found: dict[str, str] = {}
  for place, folders, names in os.walk(folder, followlinks=True):
    folders[:] = sorted(f for f in folders if not f.startswith('.'))
    for name in sorted(names, key=rank):
      if name.startswith('.') or not name.lower().endswith(suffixes):
        continue
      path = os.path.join(place, name)
      key = os.path.splitext(os.path.relpath(path, folder).replace(os.sep, '/'))[0]
      found.setdefault(key, path)
  return found


def _pairs(pages: dict[str, str], files: dict[str, str], key) -> Iterable[tuple[str, str]]:
  """(page, file) wherever only one of each has a key."""
  by_page, by_file = {}, {}
  for label, name in pages.items():
    by_page.setdefault(key(name), []).append(label)
  for name in files:
    by_file.setdefault(key(name), []).append(name)
  for found, labels in by_page.items():
    names = by_file.get(found, [])
    if found is not None and len(labels) == len(names) == 1:
      yield labels[0], names[0]


def _same_numbers(name: str) -> str:
  """The name without case, separators and leading zeros."""
  return re.sub(r'0*(\d+)', r'\1', re.sub(r'[\s_.-]+', '', name.casefold()))


def _last_number(name: str) -> tuple[str, int] | None:
  folder, _, last = name.rpartition('/')
  numbers = re.findall(r'\d+', last)
  return (folder.casefold(), int(numbers[-1])) if numbers else None
