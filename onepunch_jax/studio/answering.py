"""What the browser asks for most: the colours of a page as it is now.

An answer comes as JSON, or as a stream of parts: what the change before gave, the answer, and its
picture, so that a click is one request. A part is a line of JSON, {"kind", "bytes"}, and so many
bytes.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

from onepunch_jax.pages import stages
from onepunch_jax.studio import document as documents
from onepunch_jax.studio import views
from onepunch_jax.studio.book_queue import paint
from onepunch_jax.studio.painter import CLICK, PAGE, Busy, Superseded
from onepunch_jax.studio.records import picture_id
from onepunch_jax.studio.sessions import Session

if TYPE_CHECKING:
  from onepunch_jax.studio.server import Studio

PARTS = 'application/x-onepunch-parts'
STREAM = {'cache-control': 'no-store', 'x-accel-buffering': 'no'}


def part(kind: str, data: bytes) -> bytes:
  """A part of a stream."""
  head = json.dumps({'kind': kind, 'bytes': len(data)}).encode()
  return head + b'\n' + data


def tell_stages(session: Session, page: dict, studio: 'Studio') -> Callable[[str], None] | None:
  """What tells the session's browsers of stages, where a page is not ready and takes a while."""
  if studio.coloring.is_ready(page):
    return None

  def tell(name: str) -> None:
    session.events.send('stage', {'page': page['id'], 'text': name.capitalize()})

  return tell


def begin(studio: 'Studio', session: Session, page_id: str) -> None:
  """Has a page coloured that was opened a moment ago, before its browser asks for it."""
  with session.lock:
    page = dict(session.page(page_id))

  def work() -> None:
    begun = time.perf_counter()
    with stages.watched(tell_stages(session, page, studio)) as seconds:
      done = paint(session, studio.coloring, page_id, None)
    session.first[done.id] = 1e3 * (time.perf_counter() - begun), seconds

  try:
    studio.painter.submit((session.id, page_id, 'first'), PAGE, work)
  except Busy:
    pass  # the browser will ask


async def answered(
  studio: 'Studio',
  session: Session,
  request: Request,
  page_id: str,
  sequence: Any,
  variants: int = 1,
  picture: bool = False,
) -> tuple[dict[str, Any], bytes]:
  """Colours a page.

  Args:
    studio: whose painter does it.
    session: of the page.
    request: whose browser, if it goes away, takes it out of the line.
    page_id: the page.
    sequence: a number of the browser, which comes back.
    variants: how many are wanted; 1 is what the page shows.
    picture: whether its picture is wanted as well.

  Returns:
    The answer as the browser sees it; its picture or b''.
  """
  with session.lock:
    page = dict(session.page(page_id))
  if not isinstance(variants, int) or not 1 <= variants <= documents.VARIANTS:
    raise documents.Refused(f'variants is 1 to {documents.VARIANTS}.')
  own, asked = documents.shown_variant(page), time.perf_counter()

  def work() -> tuple[dict[str, Any], bytes]:
    some = [None] if variants == 1 else range(variants)
    begun = time.perf_counter()
    with stages.watched(tell_stages(session, page, studio)) as seconds:
      done = [paint(session, studio.coloring, page_id, variant) for variant in some]
      which = done[own] if variants > 1 and own < variants else done[0]
      with session.lock:
        document, shading = dict(session.document), session.page(page_id)['shading']
      data = b''
      if picture:
        palette = document['palette']
        data = studio.coloring.png(session.store, page, which.id, palette, shading)
    milliseconds = sum(d.milliseconds for d in done) + 1e3 * seconds.get('shading', 0.0)
    seconds = {'waiting': begun - asked, **seconds}
    if which.id in session.first:
      milliseconds, seconds = session.first.pop(which.id)
    name = picture_id(which.id, document, shading)
    found = views.answer_view(studio.coloring, page, name, milliseconds, sequence, own, seconds)
    if variants > 1:
      found['variants'] = [picture_id(d.id, document, shading) for d in done]
    return found, data

  first = (session.id, page_id, 'first')
  studio.painter.drop(lambda waiting: waiting == first)  # this one is it
  key = (session.id, page_id, 'answer')
  found, data = await studio.paint(key, CLICK, work, request)
  row = {'id': page_id, 'status': 'done', 'error': None, 'thumb': found['id']}
  session.events.send('page', row)
  studio.warm(session, page)
  return found, data


def stream(
  studio: 'Studio',
  session: Session,
  request: Request,
  page_id: str,
  sequence: Any,
  sentence: Callable[[Exception, Session], str],
  first: Any = None,
) -> StreamingResponse:
  """The answer of a page and its picture, behind the result of a change where there is one.

  Args:
    studio, session, request, page_id, sequence: as for `answered`.
    sentence: what a person reads of an error.
    first: the result of the change.
  """

  async def parts() -> AsyncIterator[bytes]:
    if first is not None:
      yield part('result', json.dumps(first).encode())
    try:
      found, data = await answered(studio, session, request, page_id, sequence, picture=True)
    except (Superseded, asyncio.CancelledError):
      yield _error(409, 'superseded')
    except Busy as wrong:
      yield _error(503, str(wrong))
    except (ValueError, TypeError, OSError) as wrong:
      yield _error(400, sentence(wrong, session))
    else:
      yield part('answer', json.dumps(found).encode()) + part('picture', data)

  return StreamingResponse(parts(), media_type=PARTS, headers=STREAM)


def _error(status: int, text: str) -> bytes:
  return part('error', json.dumps({'status': status, 'error': text}).encode())
