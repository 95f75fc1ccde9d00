"""Routes of what comes in: pages, books, saved sessions, samples."""

import os
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from onepunch_jax.studio import answering, open_files, safety, session_files
from onepunch_jax.studio import document as documents
from onepunch_jax.studio.sessions import MAX_DISK, Session

if TYPE_CHECKING:
  from onepunch_jax.studio.server import Studio


def routes(wrap: Callable) -> list[Route]:
  """The routes, each guarded by `wrap` as the server's are."""
  return [
    Route('/api/open', wrap(open_page), methods=['PUT']),
    Route('/api/samples', wrap(get_samples)),
    Route('/api/samples/{id}.png', wrap(sample_picture)),
    Route('/api/samples/{id}', wrap(open_sample), methods=['POST']),
  ]


async def open_page(studio: 'Studio', session: Session, request: Request) -> Any:
  """Pages of a file that is sent as it is, added to the document or in place of its pages."""
  name = client_name(request, 'page')
  add = request.query_params.get('add') == '1'
  with tempfile.NamedTemporaryFile(dir=session.store.folder) as file:
    await receive(request, session, file)
    errors = await run_in_threadpool(open_path, session, file.name, name, add)
  return opened(studio, session, errors)


def open_path(session: Session, path: str, name: str, add: bool) -> list[str]:
  """Opens a file, a folder or a saved session as a change that can be undone.

  Returns:
    Sentences on pages that could not be read.

  Raises:
    Refused: there is nothing in it that can be opened.
  """
  if session_files.is_session(path):
    operations, references, errors = session_files.read(session.store, path, name)
  else:
    pages, errors = open_files.open_file(session.store, path, name)
    operations, references = [{'op': 'pages', 'pages': pages, 'current': None}], {}
  pages = operations[0]['pages']
  if not pages:
    raise documents.Refused(' '.join(errors) or f'{name}: holds no picture that can be read.')
  with session.lock:
    document = session.document
    before = document['pages'] if add else []
    if len(before) + len(pages) > documents.MAX_PAGES:
      raise documents.Refused(f'A document has at most {documents.MAX_PAGES} pages.')
    current = document['current'] if before else operations[0]['current'] or pages[0]['id']
    operations[0] = {'op': 'pages', 'pages': [*before, *pages], 'current': current}
    document['references'].update(references)
    documents.change(document, None, f'open {name}', operations)
    if not before:
      document['name'] = name
    session.save()
  return errors


def opened(studio: 'Studio', session: Session, errors: list[str]) -> dict[str, Any]:
  """The document after pages were opened; the current one is coloured."""
  with session.lock:
    if session.document['current']:
      answering.begin(studio, session, session.document['current'])
      studio.background.later('prune', studio.sessions.prune)
    return {**studio.document(session), 'notes': errors}


async def receive(request: Request, session: Session, file: Any) -> None:
  """Writes the body of a request to a file, within what is allowed."""
  size = 0
  room = MAX_DISK - await run_in_threadpool(session.store.bytes_used)
  async for chunk in request.stream():
    size += len(chunk)
    if size > min(safety.MAX_BODY, room):
      raise safety.TooMuch('The file is larger than the studio takes.')
    await run_in_threadpool(file.write, chunk)
  file.flush()
  if not size:
    raise documents.Refused('The file is empty.')


def client_name(request: Request, default: str) -> str:
  """The name of a file as the browser has it: for people, never part of a path."""
  name = os.path.basename(request.query_params.get('name', '').replace('\\', '/'))
  return ''.join(c for c in name if c.isprintable())[:200] or default


async def get_samples(studio: 'Studio', session: Session, request: Request) -> Any:
  """The pages to try."""
  return [{'id': key, 'name': name} for key, (name, _) in studio.samples.items()]


async def sample_picture(studio: 'Studio', session: Session, request: Request) -> Any:
  """A sample as it is."""
  return FileResponse(_sample(studio, request)[1], headers={'cache-control': 'no-store'})


async def open_sample(studio: 'Studio', session: Session, request: Request) -> Any:
  """A sample in place of the pages."""
  name, path = _sample(studio, request)
  errors = await run_in_threadpool(open_path, session, path, name, False)
  return opened(studio, session, errors)


def _sample(studio: 'Studio', request: Request) -> tuple[str, str]:
  key = request.path_params['id']
  if key not in studio.samples:
    raise documents.Refused('There is no such sample.')
  return studio.samples[key]
