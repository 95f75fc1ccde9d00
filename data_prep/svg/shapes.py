"""The shapes of a drawing in painting order, each with the paint that its file gives it.

Groups, `use`, style sheets and inheritance are resolved, so that a shape can be drawn again by
itself in another paint: as ink, in a region's number, in another palette.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from PIL import ImageColor

from data_prep.svg.read import Document, SvgError, numbers

TAGS = ('path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon')
_GEOMETRY = ('d', 'x', 'y', 'width', 'height', 'rx', 'ry', 'cx', 'cy', 'r')
_GEOMETRY += ('x1', 'y1', 'x2', 'y2', 'points')
_INHERITED = {
  'fill': 'black',
  'stroke': 'none',
  'stroke-width': '1',
  'fill-opacity': '1',
  'stroke-opacity': '1',
  'fill-rule': 'nonzero',
  'clip-rule': 'nonzero',
  'stroke-linecap': 'butt',
  'stroke-linejoin': 'miter',
  'stroke-miterlimit': '4',
  'stroke-dasharray': 'none',
  'visibility': 'visible',
  'color': 'black',
}
_OWN = ('opacity', 'display', 'transform', 'clip-path', 'mask', 'mix-blend-mode')
_PROPERTIES = {*_INHERITED, *_OWN, 'stop-color', 'stop-opacity'}
_CONTAINERS = ('svg', 'g', 'a', 'switch', 'symbol')
_SELECTOR = re.compile(r'^(\*|[\w-]+)?((?:[.#][\w-]+)*)$')
_RULE = re.compile(r'([^{}]+)\{([^{}]*)\}')
_NESTED = re.compile(r'@[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|@[^{};]*;')


@dataclasses.dataclass(frozen=True)
class Paint:
  """A colour, or a gradient with its mean colour.

  Attributes:
    rgb: sRGB, 0 .. 255.
    opacity: 0 .. 1, all that dims it multiplied.
    reference: '#id' of a gradient or pattern; '' for a plain colour.
  """

  rgb: tuple[int, int, int]
  opacity: float = 1.0
  reference: str = ''


@dataclasses.dataclass(frozen=True)
class Shape:
  """One element that draws.

  Attributes:
    tag: of TAGS.
    attributes: its geometry and how strokes end and join.
    groups: attributes (transform, clip-path, mask) of what it lies in, the outermost first.
    fill, stroke: None where there is none.
    width: of the stroke, in units of the shape.
    names: ids and classes of itself and of what it lies in, the innermost first.
  """

  tag: str
  attributes: tuple[tuple[str, str], ...]
  groups: tuple[tuple[tuple[str, str], ...], ...]
  fill: Paint | None
  stroke: Paint | None
  width: float
  names: tuple[str, ...]


def shapes(document: Document, name: str) -> list[Shape]:
  """All shapes that can be seen.

  Raises:
    SvgError: there is none, or the style sheet is written in a way that is not understood.
  """
  rules = _rules(document.root, name)
  found = list(_walk(document, document.root, dict(_INHERITED), 1.0, (), (), rules, top=True))
  if not found:
    raise SvgError(f'{name}: it holds no shapes.')
  return found


def color(text: str, current: str = 'black') -> tuple[tuple[int, int, int], float] | None:
  """(sRGB, alpha) of a CSS colour; None for 'none' and what is no colour."""
  text = text.strip()
  text = current if text.lower() == 'currentcolor' else text
  if text.lower() in ('none', 'transparent', ''):
    return None
  try:
    rgba = ImageColor.getcolor(re.sub(r'\s*!important$', '', text), 'RGBA')
  except ValueError:
    found = re.match(r'rgba?\(([^)]*)\)', text.lower())
    values = list(numbers(found.group(1))) if found else []
    if len(values) not in (3, 4):
      return None
    rgba = (*(int(min(max(v, 0), 255)) for v in values[:3]), 255)
    if len(values) == 4:
      rgba = (*rgba[:3], round(255 * min(max(values[3], 0), 1)))
  return tuple(min(c, 255) for c in rgba[:3]), rgba[3] / 255


def _walk(
  document: Document,
  element: Element,
  inherited: Mapping[str, str],
  opacity: float,
  groups: tuple,
  names: tuple[str, ...],
  rules: list,
  top: bool = False,
) -> Iterator[Shape]:
  style = _style(element, rules)
  if style.get('display') == 'none':
    return
  passed = {**inherited, **{k: style[k] for k in inherited if style.get(k, 'inherit') != 'inherit'}}
  opacity *= _share(style.get('opacity', '1'))
  group = tuple(
    (k, style[k]) for k in ('transform', 'clip-path', 'mask') if style.get(k, 'none') != 'none'
  )
  groups = (*groups, group) if group and not top else groups
  own = (element.get('id', ''), *element.get('class', '').split())
  names = (*(n for n in own if n), *names)
  if element.tag in TAGS:
    shape = _shape(document, element, passed, opacity, groups, names)
    if shape is not None:
      yield shape
  elif element.tag == 'use':
    target = document.by_id.get(element.get('href', '')[1:])
    if target is None:
      return
    x, y = (next(numbers(element.get(k, '0')), 0.0) for k in ('x', 'y'))
    moved = (*groups, (('transform', f'translate({x:g} {y:g})'),)) if x or y else groups
    yield from _walk(document, target, passed, opacity, moved, names, rules)
  elif element.tag in _CONTAINERS:
    for child in element:
      if child.tag != 'symbol':
        yield from _walk(document, child, passed, opacity, groups, names, rules)


def _shape(document, element, style, opacity, groups, names) -> Shape | None:
  if style['visibility'] != 'visible':
    return None
  fill = _paint(document, style, 'fill', opacity)
  stroke = _paint(document, style, 'stroke', opacity)
  width = next(numbers(style['stroke-width']), 1.0)
  stroke = stroke if width > 0 else None
  if fill is None and stroke is None:
    return None
  pairs = [(k, element.get(k)) for k in _GEOMETRY if element.get(k) is not None]
  keys = ('fill-rule', 'stroke-linecap', 'stroke-linejoin', 'stroke-miterlimit', 'stroke-dasharray')
  pairs += [(k, style[k]) for k in keys if style[k] != _INHERITED[k]]
  return Shape(element.tag, tuple(pairs), groups, fill, stroke, width, names)


def _paint(document: Document, style: Mapping[str, str], key: str, opacity: float) -> Paint | None:
  text = style[key].strip()
  opacity *= _share(style[f'{key}-opacity'])
  reference = ''
  if text.lower().startswith('url('):
    target, _, fallback = text[4:].partition(')')
    target = target.strip(' \'"')
    server = document.by_id.get(target[1:])
    if server is not None:
      found, reference = _mean_color(document, server), target
    else:
      found = color(fallback or 'none', style['color'])
  else:
    found = color(text, style['color'])
  if found is None or opacity * found[1] <= 0.01:
    return None
  return Paint(found[0], opacity * found[1], reference)


def _mean_color(document: Document, server: Element, depth: int = 0) -> tuple:
  """The mean of a gradient's stops, also of one that it takes them from; grey for patterns."""
  stops = [e for e in server if e.tag == 'stop']
  other = document.by_id.get(server.get('href', '')[1:])
  if not stops and other is not None and depth < 10:
    return _mean_color(document, other, depth + 1)
  found = []
  for stop in stops:
    style = _style(stop, [])
    value = color(style.get('stop-color', 'black'))
    if value:
      found.append((*value[0], 255 * value[1] * _share(style.get('stop-opacity', '1'))))
  if not found:
    return (128, 128, 128), 1.0
  mean = [sum(x) / len(found) for x in zip(*found)]
  return tuple(round(x) for x in mean[:3]), mean[3] / 255


def _style(element: Element, rules: list) -> dict[str, str]:
  """The properties of an element: attributes, then the style sheet, then its own `style`."""
  out = {k: v for k, v in element.items() if k in _PROPERTIES}
  classes = {f'.{c}' for c in element.get('class', '').split()} | {f'#{element.get("id", "")}'}
  for tag, wanted, declared in rules:
    if tag in ('', '*', element.tag) and wanted <= classes:
      out.update(declared)
  out.update(_declarations(element.get('style', '')))
  return out


def _declarations(text: str) -> dict[str, str]:
  pairs = (part.partition(':') for part in text.split(';'))
  found = {k.strip().lower(): v.replace('!important', '').strip() for k, _, v in pairs}
  return {k: v for k, v in found.items() if k in _PROPERTIES}


def _rules(root: Element, name: str) -> list[tuple[str, set[str], dict[str, str]]]:
  """The style sheets' rules as (tag, classes and id, properties), the weakest first."""
  text = '\n'.join(e.text or '' for e in root.iter('style'))
  text = _NESTED.sub('', re.sub(r'/\*.*?\*/|<!--|-->', '', text, flags=re.DOTALL))
  out = []
  for selectors, body in _RULE.findall(text):
    declared = _declarations(body)
    for selector in (s.strip() for s in selectors.split(',') if declared):
      found = _SELECTOR.match(selector)
      if not found:
        raise SvgError(f'{name}: its style sheet selects {selector!r}; use plain classes or ids.')
      wanted = set(re.findall(r'[.#][\w-]+', found.group(2)))
      strength = 100 * sum(w[0] == '#' for w in wanted) + 10 * len(wanted) + bool(found.group(1))
      out.append((strength, len(out), found.group(1) or '', wanted, declared))
  return [rule[2:] for rule in sorted(out, key=_strength)]


def _strength(rule: tuple) -> tuple[int, int]:
  return rule[:2]


def _share(text: str) -> float:
  value = next(numbers(text), 1.0)
  return min(max(value / 100 if text.strip().endswith('%') else value, 0.0), 1.0)
