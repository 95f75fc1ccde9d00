"""Whether a character keeps its colours in a book of which one page is hinted.

    python -m benchmarks.book_colors --checkpoint=runs/region --books=12

Each book is ten synthetic drawings of one character. The first page has a dot of its true colour in
each region of the character; the others have no hint. The command colours the books into flats,
with and without --remember. For hair, skin and the largest garment of the first page the table has
the share of later pages on which most of the part's area has a colour within 10 dE00 of what it has
on the first page, where both pages show it; and the share of pages on which all three do.
"""

import collections
import json
import os
import tempfile
from collections.abc import Iterator

import jax.numpy as jnp
import numpy as np
from absl import app, flags
from PIL import Image

from onepunch_jax import synthetic
from onepunch_jax.colorize import Output, color_all
from onepunch_jax.ops import color
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.work import Colorist, Options
from onepunch_jax.regions.geometry import describe
from onepunch_jax.regions.ink import is_ink
from onepunch_jax.regions.tokens import by_area, true_regions
from onepunch_jax.synthetic.tags import NOUN_NAMES

GARMENTS = ('shirt', 'jacket', 'dress', 'skirt', 'trousers', 'cape')
OF_CHARACTER = (*GARMENTS, 'hair', 'skin', 'eyes', 'bow', 'shoes', 'hat', 'scarf', 'trim')
LEAST = 0.005  # of a page: smaller parts are not looked at
SMALL = 0.0005  # of a page: smaller regions are not hinted
NEAR = 10.0  # dE00
FLAGS = flags.FLAGS


def nouns_of(record: dict) -> np.ndarray:
  """[H, W], the noun of each pixel by its number from 1 on."""
  return record['nouns'][record['regions'][..., 0]]


def dots(record: dict) -> list[dict]:
  """A hint in each region of the character."""
  line, nouns = record['line'][..., 0], nouns_of(record)
  labels = by_area(true_regions(record['regions'][..., 0], line, 512))
  found = describe(labels, line)
  out = []
  for area, (row, column) in zip(found.area.tolist(), found.deepest.tolist()):
    noun = int(nouns[row, column])
    if area >= SMALL and noun and NOUN_NAMES[noun - 1] in OF_CHARACTER:
      code = '#' + ''.join(f'{c:02x}' for c in record['flat'][row, column].tolist())
      out.append({'x': column, 'y': row, 'color': code, 'radius': 2})
  return out


def main_colors(rgb: np.ndarray, record: dict) -> dict[str, np.ndarray]:
  """The colour of most of the area of each noun that can be seen."""
  nouns, light, found = nouns_of(record), ~is_ink(record['line'][..., 0]), {}
  for number, noun in enumerate(NOUN_NAMES, 1):
    here = nouns == number
    if here.mean() >= LEAST and (here & light).any():
      values, count = np.unique(rgb[here & light], axis=0, return_counts=True)
      found[noun] = values[count.argmax()]
  return found


def kept(pages: list[dict[str, np.ndarray]]) -> Iterator[tuple[str, bool]]:
  """(part, whether it kept its colour) of the pages after the first, and ('all', ...)."""
  first = pages[0]
  garment = next((noun for noun in GARMENTS if noun in first), None)
  for page in pages[1:]:
    row = {}
    for name, noun in (('hair', 'hair'), ('skin', 'skin'), ('clothes', garment)):
      if noun in first and noun in page:
        row[name] = float(difference(first[noun], page[noun])) < NEAR
    yield from row.items()
    if row:
      yield 'all', all(row.values())


def difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
  """dE00 of colours uint8 [..., 3] and [..., 3], which broadcast."""
  labs = [color.rgb_to_lab(jnp.asarray(x / 255, jnp.float32)) for x in (a, b)]
  return np.asarray(color.delta_e(*labs))


def colored(colorizer: Colorizer, book: list[dict], remember: bool) -> list[np.ndarray]:
  """The flats of a book's pages, uint8 [H, W, 3]."""
  with tempfile.TemporaryDirectory() as folder:
    source, target, hints = (os.path.join(folder, name) for name in ('in', 'out', 'hints'))
    os.makedirs(source)
    os.makedirs(hints)
    for n, record in enumerate(book):
      Image.fromarray(record['line'][..., 0]).save(os.path.join(source, f'{n:02d}.png'))
    with open(os.path.join(hints, '00.json'), 'w') as file:
      json.dump(dots(book[0]), file)
    options = Options(flats=True, hints=hints, remember=remember)
    color_all(source, Output(target), Colorist(colorizer, options))
    return [
      np.asarray(Image.open(os.path.join(target, f'{n:02d}.png')).convert('RGB'))
      for n in range(len(book))
    ]


def main(_: list[str]) -> None:
  colorizer = Colorizer(FLAGS.checkpoint, FLAGS.step)
  counts = {remember: collections.defaultdict(list) for remember in (False, True)}
  for book in range(FLAGS.books):
    character = 18 * book  # the first of each block of indices: see synthetic/characters
    records = [
      synthetic.draw(FLAGS.seed, 100 * book + n, FLAGS.size, character=character)
      for n in range(FLAGS.pages)
    ]
    for remember, rows in counts.items():
      rgbs = colored(colorizer, records, remember)
      for part, same in kept([main_colors(*pair) for pair in zip(rgbs, records)]):
        rows[part].append(same)
  parts = ('hair', 'skin', 'clothes', 'all')
  print('| |', ' | '.join(parts), '|')
  print('|---|', '---|' * len(parts))
  for remember, rows in counts.items():
    name = '--remember' if remember else 'each page by itself'
    cells = (f'{100 * np.mean(rows[p]):.0f} % of {len(rows[p])}' for p in parts)
    print(f'| {name} |', ' | '.join(cells), '|')


if __name__ == '__main__':
  flags.DEFINE_string('checkpoint', '', 'The --workdir of training.')
  flags.DEFINE_string('step', 'latest', "A step, 'latest' or 'best'.")
  flags.DEFINE_integer('books', 12, 'How many.')
  flags.DEFINE_integer('pages', 10, 'Of each book.')
  flags.DEFINE_integer('size', 384, 'px of a side.')
  flags.DEFINE_integer('seed', 77, 'Of the drawings; training has 0.')
  app.run(main)
