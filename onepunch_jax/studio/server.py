"""The studio as an ASGI application: routes, and what each does with the session's document.

Everything that changes a document is here or in `document`; everything that is drawn is in
`coloring`. The browser's side is in static/; both speak JSON over these routes.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from onepunch_jax.images.reader import PictureError
from onepunch_jax.log import log
from onepunch_jax.studio import answering, files, opening, safety, views, warm
from onepunch_jax.studio import document as documents
from onepunch_jax.studio.answers import Answers
from onepunch_jax.studio.background import Background
from onepunch_jax.studio.book_queue import Queue
from onepunch_jax.studio.coloring import Coloring
from onepunch_jax.studio.painter import LOOK, Busy, Painter, Superseded
from onepunch_jax.studio.records import lines
from onepunch_jax.studio.safety import error, read_json
from onepunch_jax.studio.sessions import Session, Sessions

STATIC = os.path.join(os.path.dirname(__file__), 'static')
FOREVER = {'cache-control': 'private, max-age=31536000, immutable'}  # an id's picture never changes
NEVER = {'cache-control': 'no-store'}


class Studio:
  """What the routes share.

  Args:
    root: the folder of sessions.
    colorizer: a `pages.colorizer.Colorizer`, or what has its interface.
    checkpoint: what it is called.
    samples: {id: (name, file)} of pages that come with the package.
  """

  def __init__(self, root: str, colorizer: Any, checkpoint: str, samples: dict[str, tuple] | None):
    self.background = Background()
    self.sessions = Sessions(root, self.background)
    self.coloring = Coloring(colorizer, Answers(self.background))
    self.painter = Painter()
    self._helper = Painter()  # for what nobody waits for: compiling, which cannot be interrupted
    self.queue = Queue(self.painter, self.coloring)
    self._warm: set[tuple] = set()  # sizes of pages that the net is ready for
    self.checkpoint = checkpoint
    self.samples = samples or {}

  def document(self, session: Session) -> dict[str, Any]:
    """The document as the browser sees it."""
    return views.document_view(session, self.coloring, self.checkpoint)

  def page(self, session: Session, page: dict) -> dict[str, Any]:
    """A page as the browser sees it."""
    return views.page_view(session, self.coloring, page)

  def warm(self, session: Session, page: dict) -> None:
    """Has the net get ready for a page in the background."""
    size = page['width'], page['height']
    if self.coloring.colorizer.by_regions and size not in self._warm:
      self._warm.add(size)
      warm.warm(self._helper, self.coloring, session, dict(page))

  def close(self) -> None:
    """Ends what it is at, and writes what waits to be written."""
    self.painter.close()
    self._helper.close()
    self.background.close()

  async def paint(self, key: Any, priority: int, work: Callable[[], Any], request: Request) -> Any:
    """What the painter makes of `work`; a browser that goes away takes it out of the line."""
    future = self.painter.submit(key, priority, work)
    watch = asyncio.ensure_future(_gone(request, future))
    try:
      return await asyncio.wrap_future(future)
    finally:
      watch.cancel()


async def _gone(request: Request, future: Future) -> None:
  while not await request.is_disconnected():
    await asyncio.sleep(0.1)
  future.cancel()


def create_app(
  root: str,
  colorizer: Any,
  *,
  token: str,
  hosts: tuple[str, ...],
  checkpoint: str = '',
  samples: dict[str, tuple[str, str]] | None = None,
) -> Any:
  """The guarded application.

  Args:
    root: the folder of sessions.
    colorizer: a `pages.colorizer.Colorizer`, or what has its interface.
    token: of the URL that a person opens.
    hosts: the Host headers that are its own, as '127.0.0.1:8000'.
    checkpoint: what the colorizer is called.
    samples: {id: (name, file)} of pages to try.
  """
  studio = Studio(root, colorizer, checkpoint, samples)
  routes = [
    Route('/', _file('index.html')),
    Route('/health', _health),
    Route('/api/document', _wrap(get_document)),
    Route('/api/changes', _wrap(make_change), methods=['POST']),
    Route('/api/undo', _wrap(undo), methods=['POST']),
    Route('/api/redo', _wrap(redo), methods=['POST']),
    Route('/api/tags', _wrap(complete_tag)),
    Route('/api/events', _wrap(events)),
    Route('/api/queue', _wrap(queue_add), methods=['POST']),
    Route('/api/queue', _wrap(queue_cancel), methods=['DELETE']),
    Route('/api/queue/{id}', _wrap(queue_cancel), methods=['DELETE']),
    Route('/api/pages/{id}', _wrap(get_page)),
    Route('/api/pages/{id}/answer', _wrap(answer), methods=['POST']),
    Route('/api/pages/{id}/suggest', _wrap(suggest), methods=['POST']),
    Route('/api/pages/{id}/next', _wrap(next_places), methods=['POST']),
    Route('/api/pages/{id}/lines.png', _wrap(page_lines)),
    Route('/api/session', _wrap(delete_session), methods=['DELETE']),
    *opening.routes(_wrap),
    *files.routes(_wrap),
    Mount('/static', StaticFiles(directory=STATIC)),
  ]
  app = Starlette(routes=routes, exception_handlers={404: _missing, 405: _missing, 500: _failed})
  app.state.studio = studio
  guarded = safety.Guard(
    app,
    hosts=hosts,
    token=token,
    enter=studio.sessions.enter,
    session=studio.sessions.by_cookie,
  )
  guarded.studio = studio  # type: ignore[attr-defined]  # for who starts and ends it
  return guarded


Handler = Callable[[Studio, Session, Request], Awaitable[Any]]


def _wrap(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
  """A route of a handler: what is wrong is one sentence with a status."""

  async def route(request: Request) -> Response:
    studio, session = request.app.state.studio, request.scope['session']
    try:
      found = await handler(studio, session, request)
    except safety.TooMuch as wrong:
      return error(413, str(wrong))
    except (Superseded, asyncio.CancelledError):
      return error(409, 'superseded')
    except Busy as wrong:
      return error(503, str(wrong))
    except (documents.Refused, PictureError, ValueError, TypeError) as wrong:
      return error(400, _sentence(wrong, session))
    except ClientDisconnect:
      return error(400, 'The file did not come whole.')
    except OSError as wrong:
      log.error('%s', wrong)
      return error(507, f'The disk does not take it ({wrong.strerror or "an error"}).')
    return found if isinstance(found, Response) else JSONResponse(found, headers=NEVER)

  return route


def _sentence(wrong: Exception, session: Session) -> str:
  """An error without places of this machine."""
  text = str(wrong) or 'This cannot be understood.'
  return text.replace(session.store.folder + os.sep, '').replace(session.store.folder, '')[:500]


async def get_document(studio: Studio, session: Session, request: Request) -> Any:
  with session.lock:
    return studio.document(session)


async def get_page(studio: Studio, session: Session, request: Request) -> Any:
  with session.lock:
    return studio.page(session, session.page(request.path_params['id']))


async def make_change(studio: Studio, session: Session, request: Request) -> Any:
  body = await _body(request)
  with session.lock:
    sequence = body.get('seq')
    if session.is_new(sequence):
      operations = body.get('ops')
      operations = operations if isinstance(operations, list) else []
      if any(isinstance(o, dict) and o.get('op') == 'pages' for o in operations):
        raise documents.Refused('Pages come from files.')
      session.change(sequence, body.get('page'), body.get('label', 'change'), operations)
      if any(o['op'] == 'palette' for o in operations):
        tell_pages(studio, session, None)
    page = body.get('page') or session.document['current']
    result = studio.page(session, session.page(page)) if page else studio.document(session)
  return _with_answer(studio, session, request, body, page, result)


def tell_pages(studio: Studio, session: Session, only: str | None) -> None:
  """Sends the row of a page, or of all where the palette, which all have, is another."""
  for page in session.document['pages']:
    if only in (None, page['id']):
      session.events.send('page', views.page_row(session, studio.coloring, page))


def _has_palette(step: dict[str, Any]) -> bool:
  return any(operation['op'] == 'palette' for operation in step['do'])


async def undo(studio: Studio, session: Session, request: Request) -> Any:
  return await _step(studio, session, request, 'undo')


async def redo(studio: Studio, session: Session, request: Request) -> Any:
  return await _step(studio, session, request, 'redo')


async def _step(studio: Studio, session: Session, request: Request, which: str) -> Any:
  body = await _body(request)
  with session.lock:
    sequence = body.get('seq')
    step = session.move(sequence, which) if session.is_new(sequence) else None
    if step:
      tell_pages(studio, session, None if _has_palette(step) else step['page'])
    known = {p['id'] for p in session.document['pages']}
    current = step['page'] if step and step['page'] in known else session.document['current']
    page = studio.page(session, session.page(current)) if current in known else None
    found = {'document': studio.document(session), 'page': page}
    found |= {'label': step['label']} if step else {}
  return _with_answer(studio, session, request, body, page and page['id'], found)


async def answer(studio: Studio, session: Session, request: Request) -> Any:
  """The colours of a page as it is now, and as many variants as are asked for."""
  body = await _body(request)
  page_id, sequence = request.path_params['id'], body.get('seq')
  if body.get('stream') is True:
    with session.lock:
      session.page(page_id)
    return answering.stream(studio, session, request, page_id, sequence, _sentence)
  number = body.get('variants', 1)
  return (await answering.answered(studio, session, request, page_id, sequence, number))[0]


def _with_answer(
  studio: Studio, session: Session, request: Request, body: dict, page: str | None, result: Any
) -> Any:
  """The result of a change; behind it, where it is asked for, the answer of the page.

  Args:
    body: of the request: "answer" is {"page", "seq"}.
    page: of which the result tells; of another one no answer follows.
  """
  wanted = body.get('answer')
  if not isinstance(wanted, dict) or not page or wanted.get('page') != page:
    return result
  sequence = wanted.get('seq')
  return answering.stream(studio, session, request, page, sequence, _sentence, result)


async def suggest(studio: Studio, session: Session, request: Request) -> Any:
  body = await _body(request)
  page = _copy(session, request)
  x, y = body.get('x'), body.get('y')
  if not (documents.is_number(x) and documents.is_number(y)):
    raise documents.Refused('A place is x and y in px of the page.')

  def work() -> Any:
    return studio.coloring.suggest(session.store, page, x, y)

  found = await studio.paint((session.id, page['id'], 'suggest'), LOOK, work, request)
  return {'colors': [{'color': s.color, 'probability': round(s.probability, 4)} for s in found]}


async def next_places(studio: Studio, session: Session, request: Request) -> Any:
  page = _copy(session, request)

  def work() -> Any:
    return studio.coloring.next_places(session.store, page, check=studio.painter.check)

  found = await studio.paint((session.id, page['id'], 'next'), LOOK, work, request)
  return {'places': [{'x': x, 'y': y, 'worth': round(w, 4)} for x, y, w in found]}


async def page_lines(studio: Studio, session: Session, request: Request) -> Any:
  page = _copy(session, request)

  def made() -> bytes:
    picture = studio.coloring.picture(session.store, page)
    return lines(picture.rgb, picture.alpha)

  return Response(await run_in_threadpool(made), media_type='image/png', headers=FOREVER)


async def complete_tag(studio: Studio, session: Session, request: Request) -> Any:
  """Tags that contain what is typed; where there are none, the nearest ones."""
  from onepunch_jax.data import vocabulary

  typed, names = (
    request.query_params.get('q', '').strip().lower()[:100],
    studio.coloring.colorizer.tags,
  )
  starts = [n for n in names if n.startswith(typed)]
  found = [*starts, *(n for n in names if typed in n and n not in starts)][:20]
  return {'tags': found, 'nearest': [] if found else vocabulary.nearest(typed, names)}


async def events(studio: Studio, session: Session, request: Request) -> Any:
  return StreamingResponse(
    session.events.listen(),
    media_type='text/event-stream',
    headers={**NEVER, 'x-accel-buffering': 'no'},
  )


async def queue_add(studio: Studio, session: Session, request: Request) -> Any:
  body = await _body(request)
  pages = body.get('pages')
  if pages is not None and not isinstance(pages, list):
    raise documents.Refused('pages is a list of ids, or null for all.')
  return {'queued': studio.queue.add(session, pages)}


async def queue_cancel(studio: Studio, session: Session, request: Request) -> Any:
  studio.queue.cancel(session, request.path_params.get('id'))
  with session.lock:
    return studio.document(session)


async def delete_session(studio: Studio, session: Session, request: Request) -> Any:
  """Deletes all that the studio keeps of this browser's work."""
  studio.painter.drop(lambda key: key[0] == session.id)
  studio.sessions.forget(session)
  studio.coloring.answers.forget(session.store)
  return {'deleted': True}


def _copy(session: Session, request: Request) -> dict[str, Any]:
  with session.lock:
    return dict(session.page(request.path_params['id']))


async def _body(request: Request) -> dict[str, Any]:
  body = await read_json(request)
  if not isinstance(body, dict):
    raise documents.Refused('A request is a JSON object.')
  return body


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
  async def route(request: Request) -> Response:
    return FileResponse(os.path.join(STATIC, name), headers=NEVER)

  return route


async def _health(request: Request) -> Response:
  return Response('ok')


async def _missing(request: Request, wrong: Any) -> Response:
  return error(getattr(wrong, 'status_code', 404), 'There is no such thing here.')


async def _failed(request: Request, wrong: Exception) -> Response:
  return error(500, 'Something is wrong in the studio; the terminal says what.')
