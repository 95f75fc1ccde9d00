"""Which split a picture belongs to, when nothing else decides it."""

import hashlib
from collections.abc import Mapping

SPLITS = ('train', 'val', 'test')


def split_of(source_id: str, val: float = 0.05, test: float = 0.0) -> str:
  """The split of a source: a fact of its id alone.

  The first 8 bytes of sha256(id) are read as a number u in [0, 1): u < val is 'val',
  u < val + test is 'test', the rest is 'train'. So a source keeps its split whatever else is in
  the folder, on every machine, in any order; raising `test` moves pictures out of 'train' only.
  Give pictures that belong together (the pages of one chapter, the crops of one page) one id.

  Raises:
    ValueError: for fractions outside [0, 1] or summing to more than 1.
  """
  if not (0 <= val <= 1 and 0 <= test <= 1 and val + test <= 1):
    raise ValueError(
      f'the fractions of val and test must lie in [0, 1] and sum to at most 1; '
      f'got val={val}, test={test}'
    )
  u = int.from_bytes(_digest(source_id)[:8], 'big') / 2**64
  return 'val' if u < val else 'test' if u < val + test else 'train'


def assign(
  sizes: Mapping[str, int],
  val: float = 0.05,
  test: float = 0.0,
  taken: frozenset[str] = frozenset(),
) -> tuple[dict[str, str], list[str]]:
  """The split of every source by `split_of`; a few may move so that no split is left empty.

  A few sources can all hash to one split, but training needs data, and data to be judged on.

  Args:
    sizes: source id -> how many pictures it has; the smallest source moves.
    val, test: fractions of the sources.
    taken: splits that other pictures fill already.

  Returns:
    {source id: split}, and a note for each source that was moved.
  """
  splits = {source: split_of(source, val, test) for source in sorted(sizes)}
  notes = []
  for name, fraction in (('train', 1 - val - test), ('val', val), ('test', test)):
    held = {n: [s for s in splits if splits[s] == n] for n in SPLITS}
    largest = max(held, key=lambda n: len(held[n]))
    if fraction > 0 and not held[name] and name not in taken and len(held[largest]) > 1:
      order = {s: (sizes[s], _digest(f'{name} {s}')) for s in held[largest]}
      chosen = min(order, key=order.get)
      splits[chosen] = name
      notes.append(f'no source hashed to {name!r}, so {chosen!r} was put there')
  return splits, notes


def held_out(count: int, fraction: float = 0.05) -> list[int]:
  """The numbers of a few of `count` pictures, at least one, evenly distributed."""
  few = max(1, round(fraction * count))
  return [(2 * i + 1) * count // (2 * few) for i in range(few)]


def _digest(text: str) -> bytes:
  return hashlib.sha256(text.encode('utf-8', 'surrogatepass')).digest()
