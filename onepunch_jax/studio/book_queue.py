"""Colouring a book page by page: colours are carried on, one bad page never stops it."""

from collections.abc import Sequence
from typing import Any

from onepunch_jax.log import log
from onepunch_jax.studio import document as documents
from onepunch_jax.studio.coloring import REMEMBERED, Coloring, Done
from onepunch_jax.studio.painter import PAGE, Busy, Painter
from onepunch_jax.studio.records import picture_id
from onepunch_jax.studio.sessions import Session


def earlier_answers(session: Session, coloring: Coloring, page: dict) -> list[str]:
  """The ids of the answers of earlier pages that a page looks at, in the order of pages.

  Pages with hints first, since a person coloured them; then the nearest ones.
  """
  document = session.document
  if not document['remember'] or not coloring.colorizer.by_regions:
    return []
  place = next(n for n, p in enumerate(document['pages']) if p['id'] == page['id'])
  before = document['pages'][:place]
  order = sorted(range(place), key=lambda n: (not before[n]['hints'], -n))
  found = []
  for number in order:
    name = session.answers.get(before[number]['id'])
    if name and len(found) < REMEMBERED:
      found.append((number, name))
  return [name for _, name in sorted(found)]


def answer_of(session: Session, coloring: Coloring, page: dict) -> str | None:
  """The id of a page's answer as the document is now, where it is there; else None."""
  name = session.answers.get(page['id'])
  variant = documents.shown_variant(page)
  looked_at = session.looked_at.get(name or '', [])
  if name and coloring.answer_id(session.document, page, variant, looked_at) == name:
    return name
  return None


def paint(session: Session, coloring: Coloring, page_id: str, variant: int | None) -> Done:
  """Makes a page's answer, in the painter's thread, and remembers that the page has it.

  Args:
    variant: another than the page shows, or None.
  """
  with session.lock:
    document = {**session.document, 'palette': list(session.document['palette'])}
    page = dict(session.page(page_id))
    earlier = earlier_answers(session, coloring, page)
  own = documents.shown_variant(page)
  done = coloring.paint(session.store, document, page, own if variant is None else variant, earlier)
  with session.lock:
    if variant is None or variant == own:
      session.remember(page_id, done.id, earlier)
  return done


class Queue:
  """The pages of books that wait to be coloured."""

  def __init__(self, painter: Painter, coloring: Coloring):
    self._painter, self._coloring = painter, coloring

  def add(self, session: Session, pages: Sequence[str] | None) -> int:
    """Has pages coloured in the order of the book.

    Args:
      pages: their ids; None is all that have no answer as they are now.

    Returns:
      How many.
    """
    with session.lock:
      known = [p['id'] for p in session.document['pages']]
      wanted = [p for p in known if pages is None or p in pages]
      if pages is None:
        wanted = [p for p in wanted if not answer_of(session, self._coloring, session.page(p))]
      for page_id in wanted:
        session.statuses[page_id] = 'queued'
    for number, page_id in enumerate(wanted):
      self._tell(session, page_id, 'queued')
      key = (session.id, page_id, 'page')
      try:
        self._painter.submit(key, PAGE, lambda page_id=page_id: self._work(session, page_id))
      except Busy:
        with session.lock:
          for left in wanted[number:]:
            session.statuses.pop(left, None)
        self._tell(session, page_id, None)
        if not number:
          raise
        return number
    return len(wanted)

  def cancel(self, session: Session, page_id: str | None = None) -> None:
    """Takes pages out that are not begun; all of the session where no page is named."""

    def here(key: Any) -> bool:
      return key[0] == session.id and key[2] == 'page' and page_id in (None, key[1])

    self._painter.drop(here)
    with session.lock:
      waiting = [p for p, status in session.statuses.items() if status == 'queued']
      gone = [p for p in waiting if page_id in (None, p)]
      for page in gone:
        del session.statuses[page]
    for page in gone:
      self._tell(session, page, None)

  def _work(self, session: Session, page_id: str) -> None:
    with session.lock:
      if session.statuses.get(page_id) != 'queued':
        return
      session.statuses[page_id] = 'working'
    self._tell(session, page_id, 'working')
    wrong = None
    try:
      paint(session, self._coloring, page_id, None)
    except (ValueError, OSError, MemoryError) as error:
      wrong = str(error)[:300] or type(error).__name__
    except Exception:  # one page must not end a book
      log.exception('A page of a book failed.')
      wrong = 'This page cannot be coloured; the terminal says why.'
    with session.lock:
      session.statuses.pop(page_id, None)
      try:
        page = session.page(page_id)
      except documents.Refused:
        return  # closed meanwhile
      if page['error'] != wrong:
        page['error'] = wrong
        session.save()
    self._tell(session, page_id, None)

  def _tell(self, session: Session, page_id: str, status: str | None) -> None:
    with session.lock:
      try:
        page = session.page(page_id)
      except documents.Refused:
        return
      answer = answer_of(session, self._coloring, page)
      ended = 'failed' if page['error'] else 'done' if answer else 'new'
      thumb = picture_id(answer, session.document, page['shading'])
      row = {'id': page_id, 'status': status or ended, 'error': page['error'], 'thumb': thumb}
    session.events.send('page', row)
