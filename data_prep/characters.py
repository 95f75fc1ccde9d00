"""Characters that JSON files describe part by part -> record shards, in many colourings.

    python -m data_prep.characters --style=adventurer --count=500 --output=prepared/adventurer
    python -m data_prep.inspect prepared/adventurer

A style is a definition of DiceBear (https://www.dicebear.com): parts with variants, and colours by
role. --style is the name of one in the installed package `dicebear-styles`, a JSON file, or, with
--definitions, the name of one in that wheel or folder. Each drawing comes in --colorings palettes:
its own, then others. Records have line, rgb, flat, regions, tags, nouns.
"""

import dataclasses
import functools
import importlib.resources
import json
import os
import zipfile
import zlib
from collections.abc import Iterator

from absl import app, flags

from data_prep import options
from data_prep.plan import Item, Left
from data_prep.svg import roles, styles
from data_prep.svg.drawing import Source
from data_prep.svg.paint import to_css
from data_prep.svg.read import SvgError, parse
from data_prep.svg.records import colorings
from data_prep.svg.shapes import color, shapes


@dataclasses.dataclass(frozen=True)
class Characters:
  """Recipe: characters 0 .. count - 1 of a style.

  Attributes:
    style, definitions: which definition (see above).
    count: how many drawings.
    only: 'component:variant,variant;component:variant': the variants that may be drawn of some
      components.
    without: the same form: the variants that are not drawn.
    group: the component whose variants never straddle splits; '' is the one of most variants.
  """

  style: str
  definitions: str = ''
  count: int = 500
  size: int = 256
  colorings: int = 3
  seed: int = 0
  only: str = ''
  without: str = ''
  group: str = ''
  tag_names: bool = False

  def items(self) -> list[Item]:
    definition = load(self.style, self.definitions)
    group = self.group or largest_component(definition)
    name = _name(self.style)
    allowed = variants(definition, self.only, self.without)
    pool = allowed.get(group) or sorted(definition['components'][group]['variants'])
    out = []
    for i in range(self.count):
      variant = pool[i % len(pool)]
      key = f'{name}-{self.seed}-{i:05d}-{variant}'
      out.append(Item(key, f'{name}/{group}:{variant}', (str(i), group, variant)))
    return out

  def records(self, item: Item) -> Iterator[dict | Left]:
    number, group, variant = item.where
    try:
      source = self.source(int(number), group, variant)
      seed = [self.seed, zlib.crc32(item.key.encode())]
      yield from colorings(
        source, item.key, self.size, self.colorings, seed, tag_names=self.tag_names
      )
    except SvgError as error:
      yield Left('unreadable', item.key, f'{item.key}: {error}')

  def source(self, number: int, group: str, variant: str) -> Source:
    """Drawing `number`, with one variant of its main component."""
    from dicebear import Avatar

    definition = load(self.style, self.definitions)
    allowed = {**variants(definition, self.only, self.without), group: [variant]}
    name = _name(self.style)
    settings = {'seed': f'{self.seed}-{number}'}
    settings |= {f'{component}Variant': names for component, names in allowed.items()}
    marks = _marks(definition)
    marked = {f'{role}Color': [to_css(rgb)] for rgb, role in marks.items()}
    chosen = Avatar(_style(self.style, self.definitions), settings).to_json()['options']
    svg = Avatar(_style(self.style, self.definitions), settings | marked).to_string()
    document = parse(svg, name)
    own = {r: color(chosen[f'{r}Color'][0])[0] for r in marks.values() if chosen.get(f'{r}Color')}
    used = {**styles.ROLES.get(name, {}), 'ink': roles.INK, 'stroke': roles.INK}
    known = {r: _role(used.get(r, roles.FIXED), definition['colors'][r]) for r in marks.values()}
    licence = definition['meta']['license']
    return Source(
      document,
      shapes(document, name),
      known,
      marks,
      own,
      name not in styles.UNCOLORED,
      styles.tags(name, chosen),
      licence['name'],
      licence.get('text', '') or definition['meta'].get('creator', {}).get('name', ''),
    )

  def info(self) -> dict:
    definition = load(self.style, self.definitions)
    licence = definition['meta']['license']
    tags = {} if self.tag_names else {'tags': list(roles.VOCABULARY)}
    return {'license': licence['name'], 'credit': licence.get('text', ''), **tags}


@functools.lru_cache(maxsize=16)
def load(style: str, definitions: str = '') -> dict:
  """The definition of a style.

  Args:
    style: a name, or a JSON file.
    definitions: a folder or a wheel with NAME.json files; '' is the package `dicebear-styles`.

  Raises:
    ValueError: there is no such style, or it is no definition.
  """
  file = f'{style}.json'
  try:
    if style.endswith('.json'):
      with open(style, encoding='utf-8') as opened:
        text = opened.read()
    elif os.path.isfile(definitions):
      with zipfile.ZipFile(definitions) as wheel:
        text = wheel.read(f'dicebear_styles/{file}').decode()
    elif definitions:
      with open(os.path.join(definitions, file), encoding='utf-8') as opened:
        text = opened.read()
    else:
      text = importlib.resources.files('dicebear_styles').joinpath(file).read_text('utf-8')
    definition = json.loads(text)
    for key in ('components', 'canvas', 'colors'):
      definition[key]
    definition['meta']['license']['name']
  except ModuleNotFoundError:
    raise ValueError(
      "the package dicebear-styles is not installed: pip install -e '.[vector]'"
    ) from None
  except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
    raise ValueError(f'no style {style!r} with a licence in it ({error})') from None
  return definition


@functools.lru_cache(maxsize=16)
def _style(style: str, definitions: str):
  from dicebear import Style

  return Style(load(style, definitions))


def variants(definition: dict, only: str, without: str) -> dict[str, list[str]]:
  """The variants that may be drawn, of the components that `only` or `without` names.

  Raises:
    ValueError: there is no such component or variant, or none is left.
  """
  out: dict[str, list[str]] = {}
  for text, keep in ((only, True), (without, False)):
    for part in filter(None, text.split(';')):
      component, _, names = part.partition(':')
      there = definition['components'].get(component, {}).get('variants', {})
      named = set(names.split(','))
      if unknown := named - set(there):
        raise ValueError(f'no variant {sorted(unknown)[0]!r} of {component!r} in this style')
      before = out.get(component, sorted(there))
      out[component] = [v for v in before if (v in named) == keep]
      if not out[component]:
        raise ValueError(f'no variant of {component!r} is left to draw')
  return out


def largest_component(definition: dict) -> str:
  """The component with the most variants, the first of several."""
  components = definition['components']
  return max(components, key=lambda c: len(components[c].get('variants', ())))


def _role(role: roles.Role, described: dict) -> roles.Role:
  """A role with the colours that the definition has for it."""
  found = [color(text) for text in described.get('values', ())]
  return dataclasses.replace(role, values=tuple(c[0] for c in found if c))


def _marks(definition: dict) -> dict[roles.Rgb, str]:
  """A colour for each role that the definition's text does not have."""
  text = json.dumps(definition).lower()
  free = (c for c in range(0x7B2D01, 0xFFFFFF, 0x01030B) if f'{c:06x}' not in text)
  return {(c >> 16, c >> 8 & 255, c & 255): name for name, c in zip(definition['colors'], free)}


def _name(style: str) -> str:
  return os.path.splitext(os.path.basename(style))[0]


def recipe(f) -> Characters:
  """From parsed flags."""
  return Characters(
    f.style,
    f.definitions,
    f.count,
    f.size,
    f.colorings,
    f.seed,
    f.only,
    f.without,
    f.group,
    bool(f.tags),
  )


if __name__ == '__main__':
  options.define_common('', size=256, duplicates=-1, rgb='png', needs_input=False)
  flags.DEFINE_string('style', None, 'name or JSON file of a style', required=True)
  flags.DEFINE_string('definitions', '', 'folder or wheel that holds the style')
  flags.DEFINE_integer('count', 500, 'how many drawings', lower_bound=1)
  flags.DEFINE_integer(
    'colorings', 3, 'records per drawing, each in another palette', lower_bound=1
  )
  flags.DEFINE_integer('seed', 0, 'seed of the drawings')
  flags.DEFINE_string('only', '', "variants that may be drawn: 'hair:long01,long02;mouth:smile'")
  flags.DEFINE_string('without', '', 'variants that are not drawn, in the same form')
  flags.DEFINE_string('group', '', 'component whose variants never straddle splits')
  app.run(lambda argv: options.main(argv, recipe))
