"""Open art to learn from, besides our own drawings: one command, pinned, with its licences.

    python -m data_prep.recipes.open_art --output=prepared/open_art --count=400
    python -m data_prep.inspect prepared/open_art
    python -m data_prep.recipes.open_art --output=prepared/open_art_test --part=test --count=100

It downloads four packages (about 9 MB) into OUTPUT.packages, or takes them from --source, and
refuses any that is not the pinned one or whose licence file has changed. --part=test
has what training leaves out (recipes/held_out.py); nothing of it is in --part=train.
"""

import dataclasses
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator

import numpy as np
from absl import app, flags

from data_prep import characters, options
from data_prep.plan import Item, Left
from data_prep.recipes import comicgen, faces_js, held_out, icon_park, packages
from data_prep.svg import roles
from data_prep.svg.drawing import Source
from data_prep.svg.read import SvgError
from data_prep.svg.records import colorings

# Style -> how many of its drawings there are for each one of the others.
STYLES = {
  'adventurer': 1.0,
  'open-peeps': 1.0,
  'croodles': 0.25,
  'toon-head': 1.0,
  'critters': 0.5,
  'sprouts': 0.5,
  'moods': 0.25,
  'cutouts': 0.5,
  'landscape': 0.5,
  'micah': 1.0,
}
OTHERS = {'facesjs': 1.0, 'icon-park': 1.5, 'comicgen': 1.0}
CHARACTERS = {'train': ('dee', 'dey'), 'test': held_out.CHARACTERS}
LICENSES = ('CC0 1.0', 'CC BY 4.0')  # of styles
PARTS = ('train', 'test')


@dataclasses.dataclass(frozen=True)
class OpenArt:
  """Recipe: the drawings of all packages.

  Attributes:
    source: folder of the packages.
    part: 'train', or 'test': what is held out.
    count: drawings of a style or package of share 1.
    only: some of the names in STYLES and OTHERS, with commas; '' is all.
  """

  source: str
  part: str = 'train'
  count: int = 400
  size: int = 256
  colorings: int = 3
  seed: int = 0
  only: str = ''
  tag_names: bool = False

  def items(self) -> list[Item]:
    out = []
    for name, share in {**STYLES, **OTHERS}.items():
      if not self.only or name in self.only.split(','):
        count = max(1, round(share * self.count))
        out += self._style(name, count) if name in STYLES else self._other(name, count)
    if self.part == 'test':
      return [dataclasses.replace(item, split='test') for item in out]
    if named := held_out.named(item.source for item in out):
      raise ValueError(f'{named[0]} is held out, and may not be in a training set')
    return out

  def records(self, item: Item) -> Iterator[dict | Left]:
    seed = [self.seed, zlib.crc32(item.key.encode())]
    try:
      source = self.drawing(item)
      yield from colorings(
        source, item.key, self.size, self.colorings, seed, tag_names=self.tag_names
      )
    except SvgError as error:
      yield Left('unreadable', item.key, f'{item.key}: {error}')

  def drawing(self, item: Item) -> Source:
    """What an item shows."""
    name, where = item.where[0], item.where[1:]
    if name in STYLES:
      number, group, variant = where
      return self._characters(name, 0).source(int(number), group, variant)
    files = packages.read(self.source, name)
    if name == 'facesjs':
      rng = np.random.default_rng([self.seed, int(where[0]), 1])
      return faces_js.source(files, rng, where[1])
    if name == 'comicgen':
      return comicgen.source(files, *where)
    facts = {f['name']: f for f in json.loads(files['package/icons.json'])}
    return icon_park.source(files, where[0], facts)

  def info(self) -> dict:
    used = {'dicebear', *OTHERS}
    facts = [dataclasses.asdict(p) for n, p in packages.PACKAGES.items() if n in used]
    tags = {} if self.tag_names else {'tags': list(roles.VOCABULARY)}
    sources = Counter(item.source for item in self.items())
    return {'license': '', 'credit': '', **tags, 'packages': facts, 'sources': dict(sources)}

  def _characters(self, style: str, count: int) -> characters.Characters:
    packages.read(self.source, 'dicebear')  # refuses another wheel
    wheel = f'{self.source}/{packages.PACKAGES["dicebear"].file}'
    definition = characters.load(style, wheel)
    if (licence := definition['meta']['license']['name']) not in LICENSES:
      raise ValueError(f'{style} is licensed {licence!r}, and not one of {", ".join(LICENSES)}')
    group = held_out.COMPONENTS.get(style) or characters.largest_component(definition)
    divided = held_out.variants(style, definition['components'][group]['variants'])
    allowed = divided[PARTS.index(self.part)]
    return characters.Characters(
      style,
      wheel,
      count,
      seed=self.seed,
      only=f'{group}:{",".join(allowed)}' if allowed else '',
      group=group,
    )

  def _style(self, style: str, count: int) -> list[Item]:
    divided = style in held_out.COMPONENTS
    if not divided and (style in held_out.STYLES) != (self.part == 'test'):
      return []
    made = self._characters(style, count).items()
    return [dataclasses.replace(item, where=(style, *item.where)) for item in made]

  def _other(self, name: str, count: int) -> list[Item]:
    if self.part == 'test' and name != 'comicgen':
      return []
    files = packages.read(self.source, name)
    if name == 'facesjs':
      hairs = [h for h, text in sorted(faces_js.parts(files)['hair'].items()) if text]
      chosen = [(str(i), hairs[i % len(hairs)]) for i in range(count)]
      return [
        Item(f'facesjs-{self.seed}-{i:>05}-{h}', f'facesjs/hair:{h}', (name, i, h))
        for i, h in chosen
      ]
    if name == 'comicgen':
      every = comicgen.drawings(files, CHARACTERS[self.part])
      return [_comic(*_pick(every, i, count)) for i in range(min(count, len(every)))]
    every = icon_park.drawings(files)
    names = [_pick(every, i, count) for i in range(min(count, len(every)))]
    return [Item(f'icon-park-{n}', f'icon-park/{n}', (name, n)) for n in names]


def _pick(every: list, i: int, count: int):
  """Item i of `count` of a list, taken from all over it."""
  return every[i * len(every) // min(count, len(every))]


def _comic(character: str, pose: str, emotion: str) -> Item:
  angle, _, posed = pose.removesuffix('.svg').split('/')[-3:]
  felt = emotion.removesuffix('.svg').rpartition('/')[2]
  key = f'comicgen-{character}-{angle}-{posed}-{felt}'
  return Item(key, f'comicgen/{character}/{angle}/{posed}', ('comicgen', character, pose, emotion))


def recipe(f) -> OpenArt:
  """From parsed flags; downloads what is not there."""
  folder = f.source or f'{f.output.rstrip("/")}.packages'
  if not f.source:
    packages.fetch(folder)
  if unknown := set(filter(None, f.only.split(','))) - {*STYLES, *OTHERS}:
    sys.exit(f'error: no {sorted(unknown)[0]!r}; there are {", ".join((*STYLES, *OTHERS))}')
  return OpenArt(folder, f.part, f.count, f.size, f.colorings, f.seed, f.only, bool(f.tags))


if __name__ == '__main__':
  options.define_common('', size=256, duplicates=-1, rgb='png', needs_input=False)
  flags.DEFINE_string('source', '', 'folder of the packages, instead of downloading them')
  flags.DEFINE_enum('part', 'train', PARTS, 'what to learn from, or what is held out of it')
  flags.DEFINE_string('only', '', 'some of the styles and packages, with commas')
  flags.DEFINE_integer('count', 400, 'drawings of each style, about', lower_bound=1)
  flags.DEFINE_integer(
    'colorings', 3, 'records per drawing, each in another palette', lower_bound=1
  )
  flags.DEFINE_integer('seed', 0, 'seed of the drawings')
  app.run(lambda argv: options.main(argv, recipe))
