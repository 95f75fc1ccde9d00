"""What became of everything that a command was asked to colour, in a few lines and a number."""

import collections
import dataclasses
import os
from collections.abc import Iterator

from onepunch_jax.pages.journal import BAD, COLORED, PASSED, Done

NAMES = 12  # of one kind that are listed


@dataclasses.dataclass(eq=False)
class Summary:
  """The outcome of a command.

  Attributes:
    target: where pages went.
    pages: the outcome of each, in reading order.
    skipped: names of files that are no pages and were left out.
    unused: sentences on what was asked for and had no effect: hints, flags.
  """

  target: str
  pages: list[Done] = dataclasses.field(default_factory=list)
  skipped: list[str] = dataclasses.field(default_factory=list)
  unused: list[str] = dataclasses.field(default_factory=list)

  def add(self, other: 'Summary') -> None:
    """Adds the outcome of a part."""
    self.pages += other.pages
    self.skipped += other.skipped
    self.unused += other.unused

  @property
  def notes(self) -> list[str]:
    """What had no effect, of the command and of its pages."""
    return [*self.unused, *(note for page in self.pages for note in page.notes)]

  @property
  def lost(self) -> list[str]:
    """What of the input is not in the output: sentences."""
    refused = [page.message for page in self.pages if page.status == BAD]
    return [*refused, *(lost for page in self.pages for lost in page.lost)]

  def exit_status(self, strict: bool = False) -> int:
    """0, or 1 if anything was lost; if `strict`, also if anything was skipped or without effect."""
    return int(bool(self.lost or (strict and (self.skipped or self.notes))))

  def lines(self) -> Iterator[str]:
    """The summary: counts first, then a line for each kind that needs one."""
    count = collections.Counter(page.status for page in self.pages)
    read = count[COLORED] + count[PASSED]
    yield (
      f'{self.target}: {read} read, {count[COLORED]} coloured, {count[PASSED]} passed through '
      f'(in colour already), {len(self.skipped)} skipped, {count[BAD]} refused.'
    )
    yield from _line('refused', [page.page for page in self.pages if page.status == BAD])
    yield from _line('lost', [lost for page in self.pages for lost in page.lost])
    yield from _line('skipped, no pages', self.skipped)
    yield from _line('without effect', self.notes)


def _line(kind: str, names: list[str]) -> Iterator[str]:
  if names:
    more = f' and {len(names) - NAMES} more' if len(names) > NAMES else ''
    text = '; '.join(name.rstrip('.') for name in names[:NAMES])
    yield f'  {kind}: {text}{more}.'


def sentence(error: BaseException) -> str:
  """An error as one sentence for people."""
  if isinstance(error, OSError) and error.strerror:
    name = f'{os.fspath(error.filename)}: ' if error.filename else ''
    return f'{name}{error.strerror[:1].lower()}{error.strerror[1:]}.'
  if isinstance(error, MemoryError):
    return 'There is not enough memory; close other programs, or give less --memory.'
  text = ' '.join(str(error).split()) or type(error).__name__
  return text if isinstance(error, ValueError | TypeError) else f'{type(error).__name__}: {text}'
