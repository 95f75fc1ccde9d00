"""SVG text -> a tree of SVG elements, or one sentence that says why it is refused.

Nothing is fetched, run or expanded: a file that asks for it is refused. What other programs keep in
a file (metadata, editors' elements) is dropped; licence, author and title are read of it first.
"""

import dataclasses
import gzip
import io
import re
import xml.parsers.expat
from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder

MAX_BYTES = 2**23
MAX_ELEMENTS = 20_000  # also of what `use` repeats
MAX_DEPTH = 100
MAX_CANVAS = 100_000.0  # units of a side
MAX_ASPECT = 8.0

_SVG = 'http://www.w3.org/2000/svg'
_LINK = 'http://www.w3.org/1999/xlink'
_PURL = ('http://purl.org/dc/elements/1.1/', 'http://purl.org/dc/terms/')
_LICENSES = ('http://creativecommons.org/ns#', 'http://web.resource.org/cc/', *_PURL)
_UNITS = {'': 1, 'px': 1, 'pt': 4 / 3, 'pc': 16, 'mm': 96 / 25.4, 'cm': 96 / 2.54, 'in': 96}
_NUMBER = re.compile(r'[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?')
_URL = re.compile(r'url\(\s*[\'"]?\s*([^)\'"]*)', re.IGNORECASE)


class SvgError(ValueError):
  """A file that is no usable drawing; the message is one sentence that names it."""


@dataclasses.dataclass(frozen=True)
class Document:
  """A checked drawing.

  Attributes:
    root: the `svg` element; tags and attributes have no namespaces, `xlink:href` is `href`.
    box: x, y, width and height of what is shown, in user units.
    by_id: the elements that have an id.
    license: the address or name that the file's own metadata gives; '' without one.
    author: the same of its author.
  """

  root: Element
  box: tuple[float, float, float, float]
  by_id: dict[str, Element]
  license: str = ''
  author: str = ''


def parse(data: bytes | str, name: str) -> Document:
  """Reads SVG (or gzipped SVGZ).

  Args:
    data: the file's content.
    name: what error messages call it.

  Raises:
    SvgError: it is no SVG, it holds a script, a link to elsewhere, an entity or a bitmap, it is too
      large, or it shows nothing.
  """
  data = data.encode() if isinstance(data, str) else data
  if data[:2] == b'\x1f\x8b':
    try:
      with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
        data = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError) as error:
      raise SvgError(f'{name}: a damaged SVGZ file ({error}).') from None
  if len(data) > MAX_BYTES:
    raise SvgError(f'{name}: larger than {MAX_BYTES >> 20} MB of SVG; simplify it.')
  reader = _Reader(name)
  try:
    root = reader.read(data)
  except xml.parsers.expat.ExpatError as error:
    raise SvgError(f'{name}: not readable as XML ({error}).') from None
  if root is None or root.tag != 'svg':
    raise SvgError(f'{name}: no SVG picture; its root element is {reader.root_name!r}.')
  by_id = {}
  for element in root.iter():
    _check(element, name)
    if element.get('id'):
      by_id.setdefault(element.get('id'), element)
  _check_repeats(root, by_id, name)
  return Document(root, _box(root, name), by_id, reader.license, reader.author)


class _Reader:
  """Builds the tree from expat's events, by which every declaration is seen before it acts."""

  def __init__(self, name: str):
    self.name, self.license, self.author, self.root_name = name, '', '', ''
    self._builder = TreeBuilder()
    self._dropped = 0  # how many elements of other vocabularies are open
    self._depth = self._count = 0
    self._text: list[str] | None = None
    self._creator = False

  def read(self, data: bytes) -> Element | None:
    parser = xml.parsers.expat.ParserCreate(namespace_separator='}')
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
    parser.CharacterDataHandler = self._characters
    parser.EntityDeclHandler = self._entity
    parser.SetParamEntityParsing(xml.parsers.expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.Parse(data, True)
    return self._builder.close() if self.root_name == 'svg' else None

  def _entity(self, entity: str, *_) -> None:
    raise SvgError(f'{self.name}: it declares the XML entity {entity!r}; save it as plain SVG.')

  def _start(self, tag: str, attributes: dict[str, str]) -> None:
    space, _, local = tag.rpartition('}')
    self._depth, self._count = self._depth + 1, self._count + 1
    self.root_name = self.root_name or local
    if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
      raise SvgError(
        f'{self.name}: more than {MAX_ELEMENTS} elements, or more than {MAX_DEPTH} inside each '
        'other; simplify it.'
      )
    if self._dropped or space not in (_SVG, '') or local == 'metadata':
      self._dropped += 1
      self._fact(space, local, attributes)
      return
    plain = {}
    for key, value in attributes.items():
      of, _, attribute = key.rpartition('}')
      if of in ('', _LINK):
        plain.setdefault(attribute, value)
    self._builder.start(local, plain)

  def _end(self, tag: str) -> None:
    self._depth -= 1
    local = tag.rpartition('}')[2]
    if self._dropped:
      self._dropped -= 1
      self._keep(local)
    else:
      self._builder.end(local)

  def _characters(self, text: str) -> None:
    if self._text is not None:
      self._text.append(text)
    elif not self._dropped:
      self._builder.data(text)

  def _fact(self, space: str, local: str, attributes: dict[str, str]) -> None:
    """Notes what metadata says of licence and author."""
    if space + '}' in attributes or local == 'license':
      values = [v for k, v in attributes.items() if k.endswith('}resource')]
      self.license = self.license or (values[0] if values else '')
    self._creator = self._creator or local == 'creator'
    if local in ('license', 'creator', 'title') and (space in _LICENSES or self._creator):
      self._text = []

  def _keep(self, local: str) -> None:
    text = ' '.join(''.join(self._text or []).split())
    if local == 'license':
      self.license = self.license or text
    elif local in ('creator', 'title') and self._creator:
      self.author = self.author or text
      self._creator = self._creator and local != 'creator'
    self._text = None


def _check(element: Element, name: str) -> None:
  """Refuses what could run, or reach out of the file."""
  tag = element.tag
  if tag in ('script', 'handler') or any(k.lower().startswith('on') for k in element.keys()):
    raise SvgError(f'{name}: it holds a script; save it without.')
  if tag in ('foreignObject', 'iframe'):
    raise SvgError(f'{name}: it holds a {tag}, which is no drawing.')
  if tag == 'a':  # what a click would open
    element.attrib.pop('href', None)
  href = element.get('href', '').strip()
  if tag in ('image', 'feImage'):
    raise SvgError(f'{name}: it holds a bitmap or a link to one; only shapes can be read.')
  if href and not href.startswith('#'):
    raise SvgError(f'{name}: it links to {href[:60]!r} outside of the file.')
  texts = [element.text or ''] if tag == 'style' else []
  for text in (*element.attrib.values(), *texts):
    for target in _URL.findall(text):
      if not target.startswith('#'):
        raise SvgError(f'{name}: it links to {target[:60]!r} outside of the file.')
    if '@import' in text or 'javascript:' in text.lower():
      raise SvgError(f'{name}: it asks for a style sheet or a script from elsewhere.')


def _check_repeats(root: Element, by_id: dict[str, Element], name: str) -> None:
  """Refuses files whose `use` elements repeat each other without end or nearly so."""
  counts: dict[int, int] = {}

  def count(element: Element, path: tuple[int, ...]) -> int:
    if id(element) in path:
      raise SvgError(f'{name}: an element of it uses itself.')
    if id(element) not in counts:
      inside = (*path, id(element))
      total = 1 + sum(count(child, inside) for child in element)
      target = by_id.get(element.get('href', '')[1:]) if element.tag == 'use' else None
      counts[id(element)] = total + (count(target, inside) if target is not None else 0)
    return counts[id(element)]

  try:
    total = count(root, ())
  except RecursionError:
    raise SvgError(f'{name}: its elements use each other too deeply; simplify it.') from None
  if total > MAX_ELEMENTS:
    raise SvgError(f'{name}: it repeats its elements {total} times; {MAX_ELEMENTS} is the limit.')


def _box(root: Element, name: str) -> tuple[float, float, float, float]:
  values = list(numbers(root.get('viewBox', '')))
  if len(values) != 4:
    values = [0.0, 0.0, _length(root.get('width', '')), _length(root.get('height', ''))]
  for side in (_length(root.get('width', '')), _length(root.get('height', '')), *values[2:]):
    if side > MAX_CANVAS:
      raise SvgError(f'{name}: a canvas of {side:g} units; at most {MAX_CANVAS:g} are drawn.')
  if not (values[2] > 0 and values[3] > 0):
    raise SvgError(f'{name}: it has neither a viewBox nor a size, so its canvas is unknown.')
  if max(values[2:]) > MAX_ASPECT * min(values[2:]):
    raise SvgError(f'{name}: {values[2]:g} x {values[3]:g} units, which is a strip, no picture.')
  return tuple(values)


def numbers(text: str) -> Iterator[float]:
  """The numbers in a list such as a viewBox."""
  return (float(x) for x in _NUMBER.findall(text))


def _length(text: str) -> float:
  """A length in px; 0 for none and for percentages."""
  found = _NUMBER.match(text.strip())
  unit = text.strip()[found.end() :].strip() if found else '%'
  return float(found.group()) * _UNITS[unit] if unit in _UNITS else 0.0
