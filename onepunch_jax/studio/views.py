"""Documents and pages as the browser sees them."""

from typing import Any

from onepunch_jax.studio import document as documents
from onepunch_jax.studio.book_queue import answer_of
from onepunch_jax.studio.coloring import Coloring
from onepunch_jax.studio.records import picture_id
from onepunch_jax.studio.sessions import Session


def document_view(session: Session, coloring: Coloring, checkpoint: str) -> dict[str, Any]:
  """The document without the pages' hints."""
  document = session.document
  return {
    'id': session.id[:8],
    'name': document['name'],
    'current': document['current'],
    'remember': document['remember'],
    'only_palette': document['only_palette'],
    'pages': [page_row(session, coloring, page) for page in document['pages']],
    'palette': document['palette'],
    'used': used_colors(document),
    'references': document['references'],
    **undo_view(document),
    'can': coloring.abilities(),
    'checkpoint': checkpoint,
  }


def page_row(session: Session, coloring: Coloring, page: dict) -> dict[str, Any]:
  """A page in the list of pages."""
  answer = answer_of(session, coloring, page)
  status = session.statuses.get(page['id'])
  if status is None:
    status = 'failed' if page['error'] else 'done' if answer else 'new'
  row = {k: page[k] for k in ('id', 'name', 'width', 'height', 'error')}
  return {**row, 'status': status, 'thumb': picture_id(answer, session.document, page['shading'])}


def page_view(session: Session, coloring: Coloring, page: dict) -> dict[str, Any]:
  """A page with its hints and, where it is there, its answer."""
  answer = answer_of(session, coloring, page)
  milliseconds, seconds = session.first.pop(answer or '', (0.0, {}))
  kept = {k: page[k] for k in ('hints', 'tags', 'variant', 'pinned', 'gap', 'shading')}
  names = session.document['references']
  return {
    **page_row(session, coloring, page),
    **kept,
    'references': [{'id': r, 'name': names.get(r, r)} for r in page['references']],
    'used': used_colors(session.document),
    **undo_view(session.document),
    'answer': answer
    and answer_view(
      coloring,
      page,
      picture_id(answer, session.document, page['shading']),
      milliseconds,
      None,
      documents.shown_variant(page),
      seconds,
    ),
  }


def answer_view(
  coloring: Coloring,
  page: dict,
  name: str,
  milliseconds: float,
  sequence: Any,
  variant: int,
  seconds: dict[str, float],
) -> dict[str, Any]:
  """An answer: its picture lies under its id; the milliseconds that it took, and its stages."""
  return {
    'id': name,
    'page': page['id'],
    'seq': sequence,
    'variant': variant,
    'ms': round(milliseconds),
    'stages': {stage: round(1e3 * s) for stage, s in seconds.items()},
    'flat': coloring.colorizer.by_regions and page['shading'] == 'off',
  }


def used_colors(document: dict) -> list[str]:
  """The colours of hints, those used last first."""
  found: dict[str, None] = {}
  for page in document['pages']:
    for hint in page['hints']:
      if hint['color']:
        found.pop(hint['color'], None)
        found[hint['color']] = None
  return list(found)[::-1][:64]


def undo_view(document: dict) -> dict[str, Any]:
  """What undo and redo would do next, or None."""
  return {k: document[k][-1]['label'] if document[k] else None for k in ('undo', 'redo')}
