"""The vocabulary of tags, in the order of batch['tags'], of data and of runs; tags as people type.

A run keeps its vocabulary (workdir/tags.json), so that "blue hair" finds its place whatever becomes
of the data. Colour-variant tags name the colour of a part, and are what a user changes;
colour-invariant tags name what is depicted (Tag2Pix, Kim et al. 2019).
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Sequence

import numpy as np

from onepunch_jax.weights import checked_json, packed, shipped

FILE = 'tags.json'
_COLORS = frozenset(
  'black blue brown red purple grey gray pink white green orange yellow aqua silver blonde beige '
  'lavender light dark pale tan shiny gradient denim'.split()
)
_SPELT = (('grey', 'gray'), ('gray', 'grey'))


def of(path: str) -> tuple[str, ...]:
  """The names of the tags of data (one or several, 'a*3+b'); () where it has none.

  Raises:
    ValueError: several that have different tags.
  """
  from onepunch_jax import synthetic
  from onepunch_jax.data import mixed, records, sources

  found = {}
  for name, _ in mixed.parse(path):
    if name in sources.SYNTHETIC:
      found[name] = synthetic.VOCABULARY
    elif records.is_prepared(name):
      found[name] = tuple(records.read_info(name).get('tags') or ())
  known = {names: name for name, names in found.items() if names}
  if len(known) > 1:
    raise ValueError(
      f'{sorted(known.values())} have different tags, so one net cannot read both: '
      'prepare them with the same --tags=FILE.'
    )
  return next(iter(known), ())


def variant(names: Sequence[str]) -> tuple[int, int]:
  """(first, one past the last) of the colour-variant tags: the longest run of such tags.

  Synthetic drawings have them last, vocabularies of data_prep.tags first.
  """
  best, start = (0, 0), 0
  for i, tag in enumerate(names, 1):
    start = start if is_variant(tag) else i
    best = max(best, (start, i), key=lambda run: run[1] - run[0])
  return best


def parts(names: Sequence[str]) -> tuple[tuple, tuple, tuple[int, ...], tuple[int, ...]]:
  """The colours, the nouns, and the number of each tag's colour and noun; -1 where it has none.

  'light_brown_hair' is the colour 'light brown' of the noun 'hair'.
  """
  split = [_split(name) if is_variant(name) else ('', '') for name in names]
  colors, nouns = (tuple(dict.fromkeys(s[i] for s in split if s[i])) for i in (0, 1))

  def place(words: tuple, word: str) -> int:
    return words.index(word) if word else -1

  return (
    colors,
    nouns,
    tuple(place(colors, color) for color, _ in split),
    tuple(place(nouns, noun) for _, noun in split),
  )


def is_variant(tag: str) -> bool:
  """Whether a tag names the colour of a part: 'blue hair', 'light_brown_hair'."""
  words = tag.replace('_', ' ').split()
  return len(words) > 1 and words[0] in _COLORS


def hot(tags: str | Sequence[str], names: Sequence[str]) -> np.ndarray:
  """'blue hair, red eyes' (or a list) -> multi-hot uint8 [len(names)].

  Case, underscores and grey / gray do not matter.

  Raises:
    ValueError: a tag that is not known; the nearest known ones are listed.
  """
  place = {_plain(name): i for i, name in enumerate(names)}
  if not any(place):
    raise ValueError('This checkpoint has no names of tags: the data it learned from had none.')
  out = np.zeros(len(names), np.uint8)
  for tag in tags.split(',') if isinstance(tags, str) else tags:
    word = _plain(tag)
    if not word:
      continue
    spelt = [word, *(word.replace(a, b) for a, b in _SPELT)]
    known = next((w for w in spelt if w in place), None)
    if known is None:
      close = ', '.join(repr(_plain(n)) for n in nearest(word, names))
      raise ValueError(f'This checkpoint knows no tag {word!r}; nearest to it are: {close}.')
    out[place[known]] = 1
  return out


def nearest(tag: str, names: Sequence[str], count: int = 5) -> list[str]:
  """The known tags most like one that is not: those that share words first, then letters."""
  words = set(_plain(tag).split())

  def unlikeness(name: str) -> tuple[float, float]:
    shared = len(words & set(_plain(name).split()))
    return -shared, -difflib.SequenceMatcher(None, _plain(tag), _plain(name)).ratio()

  return sorted(names, key=unlikeness)[:count]


def save(workdir: str, names: Sequence[str]) -> None:
  """Writes workdir/tags.json, where there are names."""
  if names:
    path = os.path.join(workdir, FILE)
    with open(path + '.tmp', 'w', encoding='utf-8') as f:
      json.dump(list(names), f, indent=0)
    os.replace(path + '.tmp', path)


def load(workdir: str) -> tuple[str, ...]:
  """The names of the tags that a run was trained with; () where it has none."""
  workdir = shipped.find(workdir)
  if packed.is_packed(workdir):
    return packed.read_tags(workdir)
  path = os.path.join(workdir, FILE)
  if not os.path.isfile(path):
    return ()
  return checked_json.check_names(checked_json.read_json(path, 'the names of tags'), path)


def _split(tag: str) -> tuple[str, str]:
  """'light_brown_hair' -> ('light brown', 'hair')."""
  words = tag.replace('_', ' ').split()
  count = next((i for i, word in enumerate(words) if word not in _COLORS), len(words) - 1)
  return ' '.join(words[:count]), ' '.join(words[count:])


def _plain(tag: str) -> str:
  return ' '.join(str(tag).lower().replace('_', ' ').split())
