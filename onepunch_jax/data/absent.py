"""What a method is trained on and its data do not have: found before the first step, not after."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from onepunch_jax.data import sources

COUNT = 12  # records that are looked at, evenly over the data
GREY = 4  # levels of 255 between the channels of a picture: up to these it has no colours


def warnings(source: sources.Source, path: str, keys: Sequence[str], method: str) -> list[str]:
  """A sentence for each kind of guide that no record has: what follows, and what to do.

  Args:
    source: the training split.
    path: its name, for the sentences.
    keys: `config.data.train_keys`.
    method: its name.
  """
  picks = np.unique(np.linspace(0, len(source) - 1, COUNT).round().astype(int))
  records = [source[int(index)] for index in picks]
  looked = f'none of {len(records)} records of {path!r} that were looked at'
  found = []
  if 'tags' in keys and not any(_has_tags(record) for record in records):
    found.append(
      f'Tags are absent: {looked} has any, so {method} learns no words; prepare the data with '
      '--tags=FILE (docs/data.md), or train a method without tags.'
    )
  if 'reference' in keys and not any(np.any(r.get('reference', 0)) for r in records):
    found.append(
      f'References are absent: {looked} has another drawing of its character, so each reference '
      'is the drawing itself, warped; add `synthetic` to the data (data=PATH+synthetic) if poses '
      'shall differ.'
    )
  if {'nouns', 'token_nouns'} & set(keys) and not any(np.any(r.get('nouns', 0)) for r in records):
    found.append(
      f'Names of parts are absent: {looked} has nouns, so {method} does not learn which part a tag '
      'means; add data with nouns (docs/data.md), as `synthetic`.'
    )
  if any('rgb' in r for r in records) and all(_is_grey(r['rgb']) for r in records if 'rgb' in r):
    found.append(
      f'Colours are absent: {looked} has a picture in colour, so {method} and its hints learn '
      'grey; give the coloured pictures as colours.'
    )
  return found


def _has_tags(record: dict[str, Any]) -> bool:
  tags = record.get('tags', ())
  return bool(len(tags) and (isinstance(tags, list) or np.any(tags)))


def _is_grey(rgb: np.ndarray) -> bool:
  return int(np.ptp(rgb[::4, ::4].astype(np.int16), axis=-1).max()) <= GREY
