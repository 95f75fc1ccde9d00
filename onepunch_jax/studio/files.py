"""Routes of pictures and files: answers, thumbnails, references, palettes, exports."""

import os
import tempfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onepunch_jax.pages.shading import KINDS
from onepunch_jax.studio import document as documents
from onepunch_jax.studio import export, open_files, opening, palettes, records
from onepunch_jax.studio.sessions import Session

if TYPE_CHECKING:
  from onepunch_jax.studio.server import Studio

FOREVER = {'cache-control': 'private, max-age=31536000, immutable'}
NEVER = {'cache-control': 'no-store'}
REFERENCE_SIDE = 512
MAX_PALETTE = 1 << 20


def routes(wrap: Callable) -> list[Route]:
  """The routes, each guarded by `wrap` as the server's are."""
  return [
    Route('/api/pictures/{id}.png', wrap(picture)),
    Route('/api/pages/{id}/thumb.jpg', wrap(thumbnail)),
    Route('/api/references', wrap(add_reference), methods=['PUT']),
    Route('/api/references/{id}.jpg', wrap(reference)),
    Route('/api/palette', wrap(put_palette), methods=['PUT']),
    Route('/api/palette.{form}', wrap(get_palette)),
    Route('/api/export', wrap(get_export)),
  ]


async def picture(studio: 'Studio', session: Session, request: Request) -> Any:
  """An answer's colours, repainted by the palette as it is now; `w` asks for a small one."""
  name, _, rest = request.path_params['id'].partition('-')
  shading = rest.partition('-')[2] or 'off'
  width = request.query_params.get('w', '0')
  if not (width.isascii() and width.isdigit()) or shading not in KINDS:
    raise documents.Refused('There is no such picture in this session.')
  with session.lock:
    palette = session.document['palette']
    # of a palette that has changed since: this one's picture is not kept under that id
    same = records.picture_id(name, session.document, shading) == request.path_params['id']
    page = next((p for p in session.document['pages'] if session.answers.get(p['id']) == name), {})
  if not page:
    shading = 'off'  # of a variant: whose page it is nobody says

  def made() -> bytes:
    size = min(int(width[:6]), 2000)
    return studio.coloring.png(session.store, page, name, palette, shading, size)

  return Response(
    await _read(made), media_type='image/png', headers=FOREVER if same and page else NEVER
  )


async def thumbnail(studio: 'Studio', session: Session, request: Request) -> Any:
  """A page, small, in colour where it has an answer; a closed one too, which undo opens again."""
  page_id = request.path_params['id']
  path = session.store.path('pages', page_id, '.small.png')
  with session.lock:
    name, palette = session.answers.get(page_id), session.document['palette']

  def made() -> bytes:
    with Image.open(path) as image:
      rgb = np.asarray(image.convert('RGB'))
    if name:
      record = studio.coloring.answers.get(session.store, name)
      color = record.small(record.repainted(palette), rgb.shape[:2])
      rgb = (color.astype(np.uint16) * rgb // 255).astype(np.uint8)
    return records.thumbnail(rgb)

  return Response(await _read(made), media_type='image/jpeg', headers=NEVER)


async def add_reference(studio: 'Studio', session: Session, request: Request) -> Any:
  """A picture whose colours pages may take: its first page, encoded anew."""
  name = opening.client_name(request, 'reference')
  with tempfile.NamedTemporaryFile(dir=session.store.folder) as file:
    await opening.receive(request, session, file)
    pages, errors = await run_in_threadpool(open_files.open_file, session.store, file.name, name)
  if not pages:
    raise documents.Refused(' '.join(errors))
  found = documents.new_id()
  for suffix in ('.png', '.small.png'):
    os.replace(
      session.store.path('pages', pages[0]['id'], suffix),
      session.store.path('references', found, suffix),
    )
  with session.lock:
    session.document['references'][found] = name
    session.save()
  return {'id': found, 'name': name}


async def reference(studio: 'Studio', session: Session, request: Request) -> Any:
  """A reference, small."""
  path = session.store.path('references', request.path_params['id'], '.png')

  def made() -> bytes:
    with Image.open(path) as image:
      return records.thumbnail(np.asarray(image.convert('RGB')), REFERENCE_SIDE)

  return Response(await _read(made), media_type='image/jpeg', headers=FOREVER)


async def put_palette(studio: 'Studio', session: Session, request: Request) -> Any:
  """A palette file in place of the palette: one step of undo."""
  name = opening.client_name(request, 'palette')
  body = bytearray()
  async for chunk in request.stream():
    body += chunk
    if len(body) > MAX_PALETTE:
      raise documents.Refused(f'{name}: no palette, it is larger than 1 MB.')
  colors = palettes.read(bytes(body), name)
  swatches = [{'name': n, 'color': c, 'locked': True} for n, c in colors]
  with session.lock:
    operation = {'op': 'palette', 'value': swatches}
    documents.change(session.document, None, f'palette {name}', [operation])
    session.save()
    return studio.document(session)


async def get_palette(studio: 'Studio', session: Session, request: Request) -> Any:
  """The palette as a file of a painter's tool."""
  form = request.path_params['form']
  colors = [(s['name'] or s['color'], s['color']) for s in session.document['palette']]
  data = palettes.write(colors, form, session.document['name'])
  return _download(data, f'palette.{form}', palettes.MEDIA[form])


async def get_export(studio: 'Studio', session: Session, request: Request) -> Any:
  """The page, or the book, as a file."""
  form = request.query_params.get('format', 'png')
  page_id = request.query_params.get('page') or session.document['current']

  def made() -> tuple[bytes, str, str]:
    return export.export(studio.coloring, session, form, page_id)

  data, name, media = await _read(made)
  return _download(data, name, media)


def _download(data: bytes, name: str, media: str) -> Response:
  safe = ''.join(c if c.isalnum() or c in '._- ' else '_' for c in name)
  plain = safe.encode('ascii', 'replace').decode().replace('?', '_')
  return Response(
    data,
    media_type=media,
    headers={
      **NEVER,
      'content-disposition': f'attachment; filename="{plain}"; filename*=UTF-8\'\'{quote(safe)}',
    },
  )


async def _read(made: Callable[[], Any]) -> Any:
  """What is made of files of the session; what is not there is a sentence."""
  try:
    return await run_in_threadpool(made)
  except FileNotFoundError:
    raise documents.Refused('There is no such picture in this session.') from None
