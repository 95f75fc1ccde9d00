"""What the background gets when a person colours the figure alone.

    python -m benchmarks.hinted_figure --checkpoint=runs/region --count=60

Each procedural drawing has a dot of its true colour in each region of its figure and none
elsewhere. The table has, of the area of what lies beyond the figure (sky, walls, things), the share
within 10 dE00 of a hint's colour and the median dE00 to the true colours: in the drawings
themselves, coloured without hints, and coloured with these hints.
"""

import argparse
from collections.abc import Iterator

import numpy as np
from tqdm import tqdm

from benchmarks.book_colors import NEAR, OF_CHARACTER, difference, dots, nouns_of
from onepunch_jax import synthetic
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.palette import parse
from onepunch_jax.regions.ink import is_ink
from onepunch_jax.synthetic.tags import NOUN_NAMES

BEYOND = NOUN_NAMES[NOUN_NAMES.index('background') :]
LEAST = 0.1  # of a drawing lies beyond its figure
FIGURE = 0.1  # of a drawing shows its figure


def drawings(count: int, size: int, seed: int) -> Iterator[tuple[dict, np.ndarray]]:
  """Records of drawings with a figure and a background, and where the background is."""
  number = index = 0
  while number < count:
    record = synthetic.draw(seed, index, size)
    index += 1
    nouns, light = nouns_of(record), ~is_ink(record['line'][..., 0])
    beyond = light & _is(nouns, BEYOND)
    if beyond.mean() >= LEAST and _is(nouns, OF_CHARACTER).mean() >= FIGURE:
      number += 1
      yield record, beyond


def _is(nouns: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
  return np.isin(nouns, [n for n, name in enumerate(NOUN_NAMES, 1) if name in names])


def shares(rgb: np.ndarray, record: dict, beyond: np.ndarray, hinted: np.ndarray) -> list[float]:
  """Of the background: the share near a hinted colour; the median dE00 to the truth."""
  both, inverse = np.unique(
    np.concatenate([rgb, record['flat']], -1)[beyond], axis=0, return_inverse=True
  )
  near = difference(both[:, None, :3], hinted).min(-1) < NEAR
  off = difference(both[:, :3], both[:, 3:])
  return [float(near[inverse].mean()), float(np.median(off[inverse]))]


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument(
    '--checkpoint', default='', help='a run or weights; by default the shipped ones'
  )
  parser.add_argument('--count', type=int, default=60, help='drawings')
  parser.add_argument('--size', type=int, default=256, help='px of a side')
  parser.add_argument('--seed', type=int, default=77, help='of the drawings; training has 0')
  options = parser.parse_args()
  colorizer = Colorizer.load(options.checkpoint) if options.checkpoint else Colorizer.load()
  rows: dict[str, list] = {'the drawings': [], 'without hints': [], 'the figure hinted': []}
  every = drawings(options.count, options.size, options.seed)
  for record, beyond in tqdm(every, total=options.count, unit='drawing'):
    hints = dots(record)
    hinted = np.array([parse(hint['color']) for hint in hints])
    session = colorizer.session(record['line'][..., 0])
    some = Hints.make(hints, record['line'].shape[:2])
    answers = [session.colors(given).regions for given in (None, some)]
    pictures = [record['flat'], *(found.colors[found.labels] for found in answers)]
    for values, rgb in zip(rows.values(), pictures):
      values.append(shares(rgb, record, beyond, hinted))
  print('| background | near a hinted colour | median dE00 to the true colours |\n|---|---|---|')
  for row, values in rows.items():
    near, off = np.mean(values, 0)
    print(f'| {row} | {100 * near:.0f} % | {off:.1f} |')


if __name__ == '__main__':
  main()
