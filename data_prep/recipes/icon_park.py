"""The drawings of the npm package @icon-park/svg, as shapes in roles.

The package keeps each drawing as a JavaScript function that joins text and properties. Only its
string literals and property names are read; nothing is run.
"""

import re
from collections.abc import Mapping

from data_prep.svg import roles
from data_prep.svg.drawing import Source
from data_prep.svg.paint import to_css
from data_prep.svg.read import parse
from data_prep.svg.shapes import shapes
from onepunch_jax.synthetic.tags import VOCABULARY

LICENSE = 'Apache-2.0'
_PART = re.compile(r"'((?:[^'\\]|\\.)*)'|props\.(\w+)(?:\[(\d)\])?")
# Strokes are 4 wide in the package, which at 256 pixels is a beam and no line.
_PLAIN = {'size': '48', 'strokeWidth': '0.7', 'strokeLinecap': 'round', 'strokeLinejoin': 'round'}
# By number of a color property: outlines, fills, lines inside of fills, fills inside of fills.
_MARKS = ((1, 2, 3), (231, 14, 77), (4, 5, 6), (77, 14, 231))
_NAMES = ('outline', 'fill', 'inner line', 'inner fill')


def drawings(files: Mapping[str, bytes]) -> list[str]:
  """The names of the drawings that have filled areas, sorted.

  Args:
    files: path in the package -> content.
  """
  found = re.compile(r'package/es/icons/(\w+)\.js$')
  named = ((found.match(path), data) for path, data in files.items())
  return sorted(m.group(1) for m, data in named if m and re.search(rb'props\.colors\[[13]\]', data))


def source(files: Mapping[str, bytes], name: str, facts: Mapping[str, Mapping]) -> Source:
  """A drawing; its colours are free.

  Args:
    files: path in the package -> content.
    name: as `drawings` gives it.
    facts: `icons.json` by name, for the author's.

  Raises:
    SvgError: it holds no shapes.
  """
  text = files[f'package/es/icons/{name}.js'].decode()
  code = text[text.index('return') :]
  svg = ''.join(_value(*m.groups()) for m in _PART.finditer(code[: code.rindex(';')]))
  svg = svg[svg.index('<svg') :]
  document = parse(svg, f'icon-park/{name}')
  words = _words(name)
  noun = roles.noun_of_names([' '.join(words)])
  main = roles.role_of_noun(noun)
  known = dict(zip(_NAMES, (roles.INK, main, roles.INK, roles.Role('', 'bright'))))
  author = facts.get('-'.join(words), {}).get('author', '')
  return Source(
    document,
    shapes(document, name),
    known,
    dict(zip(_MARKS, _NAMES)),
    {},
    False,
    [w for w in words if w in VOCABULARY],
    LICENSE,
    f'IconPark by ByteDance, drawing {name}' + (f' by {author}' if author else ''),
  )


def _value(literal: str | None, name: str | None, number: str | None) -> str:
  if literal is not None:
    return literal.replace("\\'", "'")
  return to_css(_MARKS[int(number)]) if name == 'colors' else _PLAIN.get(name, 'x')


def _words(name: str) -> list[str]:
  """'BookOne' -> ['book', 'one']."""
  return [w.lower() for w in re.findall(r'[A-Z][a-z]*|\d+', name)]
