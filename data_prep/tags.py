"""A tag vocabulary from a folder of pictures, in the shape of Tag2Pix.

    python -m data_prep.tags --input=pages --output=tags.json
    python -m data_prep.folder --input=pages --output=prepared/pages --tags=tags.json

Tags come from metadata.jsonl (Danbooru's fields or a list), from picture.txt or picture.json beside
a picture, or with --folder_tags from folder names. The vocabulary has two parts: colour-variant
tags, which say the colour of a part and are what a user changes, and colour-invariant ones, which
say what is drawn (the most frequent others).
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter

from absl import app, flags

from data_prep import listing

# Part: the colours it is asked for in. Our own list in the shape of Tag2Pix's 115.
COLORS = {
  'hair': 'blonde brown black blue purple pink silver green red white orange grey aqua lavender '
  'light_brown',
  'eyes': 'blue red brown green purple yellow pink black aqua orange grey silver',
  'skin': 'dark pale tan blue green',
  'background': 'white grey black blue red green pink yellow purple orange brown beige gradient',
  'dress': 'black white blue red pink green purple yellow',
  'skirt': 'black blue red green white pink brown grey orange denim',
  'shirt': 'white black blue red yellow green',
  'coat': 'black white brown red',
  'jacket': 'black blue brown red',
  'shorts': 'black blue white',
  'apron': 'white black',
  'gloves': 'black white red brown',
  'legwear': 'black white brown blue red purple grey pink',
  'footwear': 'black brown white red blue',
  'neckwear': 'red blue black green yellow',
  'ribbon': 'red blue black white pink green',
  'bow': 'red blue black white pink purple yellow',
  'hat': 'black white red brown',
  'scarf': 'red white blue',
  'eyewear': 'black red',
}
COLOR_VARIANT = tuple(
  f'{color}_{part}' for part, colors in COLORS.items() for color in colors.split()
)
_COLOR_WORDS = {c for colors in COLORS.values() for c in colors.split()} - {'gradient', 'denim'}
# Said of a file rather than of a drawing.
META = frozenset(
  'comic photo subtitled english_text border multiple_views highres absurdres '
  'lowres commentary commentary_request translated artist_name signature watermark '
  'web_address dated bad_id tagme'.split()
)


def collect(folder: str, folder_tags: bool = False) -> tuple[Counter, int]:
  """(how many pictures have each tag, pictures) of a folder."""
  counts, pictures = Counter(), 0
  for item in listing.items(folder, folder_tags=folder_tags):
    counts.update(json.loads(item.where[2]).get('tags', []))
    pictures += 1
  return counts, pictures


def vocabulary(counts: Counter, invariant: int = 370, min_count: int = 2) -> dict:
  """Counts of tags -> the vocabulary file's content: our colour tags, and the most frequent rest.

  Tags that begin with a colour (`red_cape`) but are not in our list join the colour-variant ones.
  """
  known = set(COLOR_VARIANT)
  enough = sorted(
    (t for t, n in counts.items() if n >= min_count and t not in META),
    key=lambda t: (-counts[t], t),
  )
  more = [
    t
    for t in enough
    if t not in known and t.partition('_')[2] and t.partition('_')[0] in _COLOR_WORDS
  ]
  variant = [*COLOR_VARIANT, *more]
  rest = [t for t in enough if t not in set(variant)][:invariant]
  return {
    'version': 1,
    'color_variant': variant,
    'color_invariant': rest,
    'counts': {t: counts[t] for t in [*variant, *rest] if counts[t]},
  }


def main(argv) -> None:
  f = flags.FLAGS
  try:
    counts, pictures = collect(f.input, f.folder_tags)
  except ValueError as error:
    sys.exit(f'error: {error}')
  if not counts:
    sys.exit(
      f'error: {f.input}: no tags in metadata.jsonl, beside pictures, or (--folder_tags) in '
      'folder names'
    )
  found = vocabulary(counts, f.invariant, f.min_count)
  tmp = f'{f.output}.tmp.{os.getpid()}'
  with open(tmp, 'w', encoding='utf-8') as file:
    json.dump(found, file, indent=1)
  os.replace(tmp, f.output)
  words = set(found['color_variant']) | set(found['color_invariant'])
  outside = {t: n for t, n in counts.items() if t not in words}
  print(
    f'{f.output}: {len(found["color_variant"])} colour-variant and '
    f'{len(found["color_invariant"])} colour-invariant tags from {pictures} pictures; '
    f'{len(outside)} other tags ({sum(outside.values())} uses) are left out'
  )


if __name__ == '__main__':
  flags.DEFINE_string('input', None, 'folder of pictures', required=True)
  flags.DEFINE_string('output', None, 'vocabulary file (JSON)', required=True)
  flags.DEFINE_bool('folder_tags', False, 'folder names are tags')
  flags.DEFINE_integer('invariant', 370, 'colour-invariant tags at most')
  flags.DEFINE_integer('min_count', 2, 'pictures that a tag needs')
  app.run(main)
