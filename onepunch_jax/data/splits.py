"""Which split a picture belongs to, when nothing else says so."""

from __future__ import annotations

import hashlib

SPLITS = ('train', 'val', 'test')


def split_of(source_id: str, val: float = 0.05, test: float = 0.0) -> str:
  """The split of a source: a fact of its id alone.

  The first 8 bytes of sha256(id) are read as a number u in [0, 1): u < val is 'val',
  u < val + test is 'test', the rest is 'train'. So a source keeps its split whatever else is in
  the folder, on every machine, in any order; raising `test` moves pictures out of 'train' only.
  Give pictures that belong together (the pages of one chapter, the crops of one page) one id.

  Raises:
    ValueError: for shares outside [0, 1] or summing to more than 1.
  """
  if not (0 <= val <= 1 and 0 <= test <= 1 and val + test <= 1):
    raise ValueError(
      f'the shares of val and test must lie in [0, 1] and sum to at most 1; '
      f'got val={val}, test={test}'
    )
  u = (
    int.from_bytes(hashlib.sha256(source_id.encode('utf-8', 'surrogatepass')).digest()[:8], 'big')
    / 2**64
  )
  return 'val' if u < val else 'test' if u < val + test else 'train'
