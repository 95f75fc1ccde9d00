"""Tag names from whatever people keep them in, and multi-hot vectors over a vocabulary."""

from __future__ import annotations

import json
import os
import re
from collections import Counter

KEYS = ('tags', 'tag_string', 'tag_string_general', 'general')  # Danbooru's and Gelbooru's names


def names(fact: dict) -> list[str]:
  """Tags of one metadata object: a list, a string ('a b' or 'a, b c'), or Danbooru's fields."""
  for key in KEYS:
    if fact.get(key):
      return split(fact[key])
  return []


def split(value) -> list[str]:
  """Tag text or a list of tags -> names: lower case, underscores for spaces, each once."""
  if isinstance(value, dict):  # {'general': [...], 'character': [...]}
    value = [t for group in value.values() for t in (group if isinstance(group, list) else [group])]
  if isinstance(value, str):
    # With commas or lines a tag may hold spaces; without, spaces divide tags.
    value = re.split(r'[,\n]', value) if re.search(r'[,\n]', value.strip()) else value.split()
  if not isinstance(value, list):
    return []
  found = ('_'.join(str(t).lower().split()) for t in value)
  return list(dict.fromkeys(t for t in found if t))


def sidecar(path: str) -> list[str]:
  """Tags in picture.txt, picture.png.txt, picture.json or picture.png.json beside a picture."""
  for base in (os.path.splitext(path)[0], path):
    for suffix in ('.txt', '.json'):
      try:
        with open(base + suffix, encoding='utf-8') as file:
          text = file.read()
        value = json.loads(text) if suffix == '.json' else text
      except (OSError, ValueError):
        continue
      return names(value) if isinstance(value, dict) else split(value)
  return []


def folder_names(relative: str) -> list[str]:
  """Tags from the folders of a relative path: 'blue hair/1.png' -> ['blue_hair']."""
  return split([part for part in os.path.dirname(relative).split('/') if part])


def multi_hot(tags: list[str], vocabulary: tuple[str, ...], unknown: Counter) -> list[int]:
  """0/1 per word of the vocabulary; tags outside it are counted."""
  index = {t: i for i, t in enumerate(vocabulary)}
  vector = [0] * len(vocabulary)
  for tag in tags:
    if tag in index:
      vector[index[tag]] = 1
    else:
      unknown[tag] += 1
  return vector


def read_vocabulary(path: str) -> tuple[str, ...]:
  """The words of a vocabulary file of `data_prep.tags`, colour-variant ones first.

  Raises:
    ValueError: if it is none.
  """
  try:
    with open(path, encoding='utf-8') as file:
      value = json.load(file)
    return (*value['color_variant'], *value['color_invariant'])
  except (OSError, ValueError, KeyError, TypeError) as error:
    raise ValueError(
      f'{path}: no vocabulary file of `python -m data_prep.tags` ({error!r})'
    ) from None
