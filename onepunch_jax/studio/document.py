"""A studio's document: pages with hints and guides, a palette, and every change, undoable.

The document is plain JSON, so that it is also the file format of a session:

    {"version": 1, "name": ..., "current": ID, "remember": true, "pages": [page, ...],
     "palette": [swatch, ...], "references": {ID: name}, "undo": [change, ...], "redo": [...],
     "changes": [the numbers of the last changes, so that none is made twice],
     "written": how often it was written whole (`journal`)}

    page    {"id", "name", "width", "height", "hints": [hint, ...], "tags": "", "references": [ID],
             "variant": 0, "pinned": null, "gap": null, "shading": "off", "error": null}
    hint    {"id", "use": "color" | "white" | "keep" | "split" | "join", "color": "#rrggbb" | null,
             "points": [[x, y, radius], ...]} in px of the page; one point is a dot
    swatch  {"id", "name", "color", "source": "#rrggbb" | null, "locked": false}

A change is a list of small operations; each knows its inverse, which is how it is undone.
"""

import copy
import math
import secrets
from typing import Any

from onepunch_jax.pages.palette import parse

VERSION = 1
USES = ('color', 'white', 'keep', 'split', 'join')
KEYS = ('tags', 'references', 'variant', 'pinned', 'gap', 'shading')  # of a page, by 'page'
DOCUMENT_KEYS = ('current', 'remember', 'only_palette', 'name')  # of the document, by 'document'
VARIANTS = 4
MAX_HINTS, MAX_POINTS, MAX_SWATCHES, MAX_PAGES = 5000, 5000, 255, 1000
MAX_TEXT = 2000  # characters


class Refused(ValueError):
  """A change that cannot be made, with a sentence for the person."""


def new_id() -> str:
  """A name that nobody can guess, made by the server."""
  return secrets.token_hex(8)


def empty(name: str = 'Untitled') -> dict[str, Any]:
  """A document without pages."""
  return {
    'version': VERSION,
    'name': name,
    'current': None,
    'remember': True,
    'only_palette': False,
    'pages': [],
    'palette': [],
    'references': {},
    'undo': [],
    'redo': [],
    'changes': [],
    'written': 0,
  }


def new_page(name: str, width: int, height: int) -> dict[str, Any]:
  """A page without hints; its picture lies beside the document under its id."""
  return {
    'id': new_id(),
    'name': name[:MAX_TEXT],
    'width': width,
    'height': height,
    'hints': [],
    'tags': '',
    'references': [],
    'variant': 0,
    'pinned': None,
    'gap': None,
    'shading': 'off',
    'error': None,
  }


def page_of(document: dict, page_id: Any) -> dict[str, Any]:
  """The page of that id."""
  for page in document['pages']:
    if page['id'] == page_id:
      return page
  raise Refused('There is no such page in this document.')


def shown_variant(page: dict[str, Any]) -> int:
  """The variant that a page shows: the pinned one, else the chosen one."""
  return page['variant'] if page['pinned'] is None else page['pinned']


def change(document: dict, page_id: Any, label: Any, operations: Any) -> dict[str, Any]:
  """Makes a change, which becomes one step of undo; all of it, or, if it is refused, nothing.

  Returns:
    The step: its operations, "do", give the same document whenever they are made again.
  """
  if not isinstance(operations, list) or not operations:
    raise Refused('A change is a list of operations.')
  operations = [_named(operation) for operation in operations]
  applied = _apply_all(document, page_id, operations)
  step = {'label': str(label)[:60], 'page': page_id, 'do': operations, 'undo': applied}
  document['undo'].append(step)
  document['redo'].clear()
  return step


def _named(operation: Any) -> Any:
  """An operation whose swatches all have ids."""
  swatches = operation.get('value') if isinstance(operation, dict) else None
  if not isinstance(swatches, list) or operation.get('op') != 'palette':
    return operation
  named = [{**s, 'id': s.get('id') or new_id()} if isinstance(s, dict) else s for s in swatches]
  return {**operation, 'value': named}


def undo(document: dict) -> dict[str, Any] | None:
  """Takes the last change back; returns its step, or None where there is none."""
  return _move(document, 'undo', 'redo', 'undo')


def redo(document: dict) -> dict[str, Any] | None:
  """Makes the change again that was taken back last; returns its step, or None."""
  return _move(document, 'redo', 'undo', 'do')


def _move(document: dict, source: str, target: str, which: str) -> dict[str, Any] | None:
  if not document[source]:
    return None
  step = document[source].pop()
  _apply_all(document, step['page'], step[which])
  document[target].append(step)
  return step


def _apply_all(document: dict, page_id: Any, operations: list) -> list[dict]:
  """Applies operations; returns those that take them back, in the order to apply them."""
  inverse: list[dict] = []
  try:
    for operation in operations:
      inverse.insert(0, _apply(document, page_id, operation))
  except Refused:
    for operation in inverse:
      _apply(document, page_id, operation)
    raise
  return inverse


def _apply(document: dict, page_id: Any, operation: Any) -> dict[str, Any]:
  """Applies one operation and returns its inverse."""
  if not isinstance(operation, dict):
    raise Refused('An operation is an object with "op".')
  name = operation.get('op')
  match name:
    case 'add':
      return _add(page_of(document, page_id), operation)
    case 'set':
      return _set(page_of(document, page_id), operation)
    case 'remove':
      return _remove(page_of(document, page_id), operation)
    case 'page':
      return _set_key(page_of(document, page_id), document, operation)
    case 'palette':
      return _set_palette(document, operation)
    case 'document' | 'current':
      return _set_document(document, operation)
    case 'pages':
      return _set_pages(document, operation)
  raise Refused(f'There is no operation {str(name)[:40]!r}.')


def _add(page: dict, operation: dict) -> dict[str, Any]:
  hint = _hint(operation.get('hint'), page)
  if any(h['id'] == hint['id'] for h in page['hints']):
    raise Refused('There is a hint of that id already.')
  if len(page['hints']) >= MAX_HINTS:
    raise Refused(f'A page has at most {MAX_HINTS} hints.')
  place = operation.get('at', len(page['hints']))
  if not isinstance(place, int) or not 0 <= place <= len(page['hints']):
    place = len(page['hints'])
  page['hints'].insert(place, hint)
  return {'op': 'remove', 'id': hint['id']}


def _set(page: dict, operation: dict) -> dict[str, Any]:
  place = _place(page, operation)
  old = page['hints'][place]
  fields = {k: operation[k] for k in ('color', 'points', 'use') if k in operation}
  if not fields:
    raise Refused('A hint has a color, points and a use that may be set.')
  page['hints'][place] = _hint({**old, **fields}, page)
  return {'op': 'set', 'id': old['id'], **{k: old[k] for k in fields}}


def _remove(page: dict, operation: dict) -> dict[str, Any]:
  place = _place(page, operation)
  return {'op': 'add', 'hint': page['hints'].pop(place), 'at': place}


def _place(page: dict, operation: dict) -> int:
  for place, hint in enumerate(page['hints']):
    if hint['id'] == operation.get('id'):
      return place
  raise Refused('There is no such hint on this page.')


def _set_key(page: dict, document: dict, operation: dict) -> dict[str, Any]:
  key, value = operation.get('key'), operation.get('value')
  if key not in KEYS:
    raise Refused(f'A page has {", ".join(KEYS)}; not {str(key)[:40]!r}.')
  old = page[key]
  page[key] = _checked(key, value, document)
  return {'op': 'page', 'key': key, 'value': old}


def _checked(key: str, value: Any, document: dict) -> Any:
  """A value of a page's key, if it is one."""
  if key == 'tags' and isinstance(value, str) and len(value) <= MAX_TEXT:
    return value
  if key == 'references' and isinstance(value, list) and len(value) <= 64:
    if all(isinstance(v, str) and v in document['references'] for v in value):
      return list(value)
    raise Refused('There is no such reference in this document.')
  if key == 'variant' and _whole(value) and 0 <= value < 1000:
    return value
  if key == 'pinned' and (value is None or (_whole(value) and 0 <= value < 1000)):
    return value
  if key == 'gap' and (value is None or (is_number(value) and 0 <= value <= 500)):
    return value
  if key == 'shading' and value in ('off', 'cel', 'soft', True, False):
    return {True: 'soft', False: 'off'}.get(value, value)
  raise Refused(f'{str(value)[:40]!r} is no value of {key}.')


def _set_palette(document: dict, operation: dict) -> dict[str, Any]:
  value = operation.get('value')
  if not isinstance(value, list) or len(value) > MAX_SWATCHES:
    raise Refused(f'A palette is a list of at most {MAX_SWATCHES} colours.')
  old, document['palette'] = document['palette'], [_swatch(s) for s in value]
  return {'op': 'palette', 'value': old}


def _swatch(value: Any) -> dict[str, Any]:
  if not isinstance(value, dict):
    raise Refused('A colour of a palette has a name and a color.')
  source = value.get('source')
  return {
    'id': str(value.get('id') or new_id())[:40],
    'name': str(value.get('name') or '')[:100],
    'color': _color(value.get('color')),
    'source': None if source is None else _color(source),
    'locked': bool(value.get('locked')),
  }


def _set_document(document: dict, operation: dict) -> dict[str, Any]:
  key = 'current' if operation['op'] == 'current' else operation.get('key')
  value = operation.get('value')
  if key not in DOCUMENT_KEYS:
    raise Refused(f'A document has {", ".join(DOCUMENT_KEYS)}; not {str(key)[:40]!r}.')
  if key == 'current' and value is not None:
    page_of(document, value)
  elif key in ('remember', 'only_palette') and not isinstance(value, bool):
    raise Refused(f'{key} is true or false.')
  elif key == 'name':
    value = str(value)[:MAX_TEXT]
  old, document[key] = document[key], value
  return {'op': 'document', 'key': key, 'value': old}


def _set_pages(document: dict, operation: dict) -> dict[str, Any]:
  """Other pages, as a file that is opened brings them: made by the server, never by a client."""
  old = {'op': 'pages', 'pages': document['pages'], 'current': document['current']}
  document['pages'] = copy.deepcopy(operation['pages'])
  document['current'] = operation['current']
  return old


def _hint(value: Any, page: dict) -> dict[str, Any]:
  if not isinstance(value, dict) or not isinstance(value.get('id'), str):
    raise Refused('A hint has an id, a use and points.')
  use, points = value.get('use', 'color'), value.get('points')
  if use not in USES:
    raise Refused(f'A hint is for {", ".join(USES)}; not {str(use)[:40]!r}.')
  if not isinstance(points, list) or not 0 < len(points) <= MAX_POINTS:
    raise Refused(f'A hint has 1 to {MAX_POINTS} points.')
  color = _color(value.get('color')) if use == 'color' else None
  return {
    'id': value['id'][:40],
    'use': use,
    'color': color,
    'points': [_point(p, page) for p in points],
  }


def _point(value: Any, page: dict) -> list[float]:
  if not isinstance(value, list) or len(value) != 3 or not all(map(is_number, value)):
    raise Refused('A point is [x, y, radius] in px of the page.')
  x, y, radius = value
  if not 0 <= radius <= max(page['width'], page['height']):
    raise Refused('A radius lies between 0 and the size of the page.')
  far = 10 * max(page['width'], page['height'])
  if max(abs(x), abs(y)) > far:
    raise Refused('A point lies far outside the page.')
  return [float(x), float(y), float(radius)]


def _color(value: Any) -> str:
  try:
    return '#{:02x}{:02x}{:02x}'.format(*parse(value))
  except ValueError:
    raise Refused(f'{str(value)[:40]!r} is no colour; write #rrggbb.') from None


def is_number(value: Any) -> bool:
  """Whether it is a number that one can count with."""
  return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: Any) -> bool:
  return isinstance(value, int) and not isinstance(value, bool)
