"""A whole session as one file: a ZIP of its document, pages and references, to go on anywhere.

    mimetype          what it is, first and not compressed
    document.json     as `document` describes it
    pages/ID.png, references/ID.png

A file is read as one that anybody may have made: its pictures are decoded as those of any book,
and every hint, tag and colour is checked as a change of a browser is. The history stays behind.
"""

import json
import os
import tempfile
import zipfile
from typing import Any

from onepunch_jax.studio import document as documents
from onepunch_jax.studio import open_files
from onepunch_jax.studio.store import Store

MIMETYPE = b'application/x-onepunch-studio'
MEDIA = MIMETYPE.decode()
MAX_JSON = 64 << 20  # bytes
HISTORY = ('undo', 'redo', 'changes')


def write(store: Store, document: dict[str, Any], path: str) -> None:
  """Writes a session to a file."""
  plain = {**document, **{key: [] for key in HISTORY}}
  with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as file:
    file.writestr('mimetype', MIMETYPE)
    file.writestr('document.json', json.dumps(plain, indent=1), zipfile.ZIP_DEFLATED)
    for page in document['pages']:
      file.write(store.path('pages', page['id'], '.png'), f'pages/{page["id"]}.png')
    for name in document['references']:
      file.write(store.path('references', name, '.png'), f'references/{name}.png')


def is_session(path: str) -> bool:
  """Whether a file is a saved session."""
  try:
    with zipfile.ZipFile(path) as file, file.open('mimetype') as found:
      return found.read(len(MIMETYPE) + 1) == MIMETYPE
  except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError):
    return False


def read(
  store: Store, path: str, name: str
) -> tuple[list[dict[str, Any]], dict[str, str], list[str]]:
  """Reads a saved session.

  Args:
    store: where its pictures go.
    path: the file.
    name: as the person calls it.

  Returns:
    The operations that make a document of it, the pages' first; its references {ID: name}; and
    sentences on what could not be read.

  Raises:
    Refused: it is damaged.
  """
  saved = _document(path, name)
  references: dict[str, str] = {}
  renamed: dict[str, str] = {}  # of pages and of references: the id in the file -> the one here
  pages = []
  with tempfile.TemporaryDirectory(dir=store.folder) as folder:
    found = open_files.decoded(path, name, folder)
    rows = {row['name']: row for row in found['pages']}
    for kind, known in (('pages', saved['pages']), ('references', saved['references'])):
      for old in [p['id'] for p in known] if kind == 'pages' else known:
        row = rows.get(f'{kind}/{old}.png')
        if row is None:
          continue
        renamed[old] = new = documents.new_id()
        open_files.keep(store, folder, row['file'], kind, new)
        if kind == 'references':
          references[new] = str(known[old])[:200]
    for page in saved['pages']:
      if page['id'] in renamed:
        row = rows[f'pages/{page["id"]}.png']
        pages.append(_page(page, row, renamed, references))
  current = renamed.get(saved.get('current') or '', None)
  operations = [{'op': 'pages', 'pages': pages, 'current': current}]
  operations.append({'op': 'palette', 'value': saved.get('palette', [])})
  for key in ('remember', 'only_palette'):
    if isinstance(saved.get(key), bool):
      operations.append({'op': 'document', 'key': key, 'value': saved[key]})
  return operations, references, found['errors']


def _document(path: str, name: str) -> dict[str, Any]:
  """The document in a file, of the right shape as far as its pages and references go."""
  try:
    with zipfile.ZipFile(path) as file:
      if file.getinfo('document.json').file_size > MAX_JSON:
        raise ValueError('it is too large')
      saved = json.loads(file.read('document.json'))
    if saved['version'] > documents.VERSION:
      raise documents.Refused(f'{name}: was saved by a newer studio; update this one.')
    if not all(isinstance(p['id'], str) for p in saved['pages']):
      raise ValueError('a page has no id')
    if not all(isinstance(k, str) for k in saved['references'].keys()):
      raise ValueError('a reference has no id')
  except documents.Refused:
    raise
  except Exception:  # zipfile, json, struct and the shapes of what anybody may have written
    raise documents.Refused(f'{name}: a damaged session; get a whole copy.') from None
  return saved


def _page(
  saved: dict[str, Any], row: dict[str, Any], renamed: dict[str, str], references: dict[str, str]
) -> dict[str, Any]:
  """A page with what was saved of it, as far as it may be set."""
  label = os.path.basename(str(saved.get('name') or 'page'))
  page = documents.new_page(label, row['width'], row['height'])
  page['id'] = renamed[saved['id']]
  scratch = {**documents.empty(), 'pages': [page], 'references': references}
  operations = [{'op': 'add', 'hint': hint} for hint in saved.get('hints') or ()]
  for key in documents.KEYS:
    value = saved.get(key)
    if key == 'references':
      value = [renamed[r] for r in value or () if renamed.get(r) in references]
    operations.append({'op': 'page', 'key': key, 'value': value})
  for operation in operations:
    try:
      documents.change(scratch, page['id'], 'open', [operation])
    except documents.Refused:
      pass  # what was never a hint or a value is left out
  return scratch['pages'][0]
