"""What open art leaves out of training, so that it can be tested on.

Whole styles and characters, and of two styles the variants whose names a stable hash puts into the
last fifth: so it stays the same whatever is added to a package.
"""

import hashlib
from collections.abc import Iterable

FRACTION = 0.2
STYLES = ('micah',)
CHARACTERS = ('ringo', 'priya')
COMPONENTS = {'adventurer': 'hair', 'open-peeps': 'head'}  # style -> the component that is divided
# Nothing of these may be in a training set either; this recipe does not read them.
NEVER = ('openmoji', 'ringonuovo', 'priyanuova')


def is_held_out(variant: str) -> bool:
  """Whether a variant's name hashes into the last fifth: SHA-256's first 8 bytes as a number."""
  digest = hashlib.sha256(variant.encode()).digest()
  return int.from_bytes(digest[:8], 'big') / 2**64 >= 1 - FRACTION


def variants(style: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
  """(for training, for testing): the variants of the divided component of a style."""
  names = sorted(names)
  if style not in COMPONENTS:
    return ([], names) if style in STYLES else (names, [])
  return [n for n in names if not is_held_out(n)], [n for n in names if is_held_out(n)]


def named(sources: Iterable[str]) -> list[str]:
  """The sources of a training set's records that are held out: of a style, a character, a variant.

  Args:
    sources: as records have them: 'adventurer/hair:long03', 'comicgen/ringo/sitting/x'.
  """
  return [source for source in sources if _is_named(source)]


def _is_named(source: str) -> bool:
  first, _, rest = source.partition('/')
  if {first, rest.partition('/')[0]} & {*STYLES, *CHARACTERS, *NEVER}:
    return True
  component, _, variant = rest.partition(':')
  return COMPONENTS.get(first) == component and is_held_out(variant)
