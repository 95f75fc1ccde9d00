"""A document's pages as files: pictures, layers, books, hints, and the whole session."""

import io
import json
import os
import tempfile
from collections.abc import Callable

import numpy as np
from PIL import Image

from onepunch_jax.images import bind
from onepunch_jax.images.write import check_size, encode, upright_dpi
from onepunch_jax.pages import layer_files, layers
from onepunch_jax.pages.compose import ColoredPage, lay_lines
from onepunch_jax.pages.levels import line_art
from onepunch_jax.pages.palette import Palette, Regions, paint_regions
from onepunch_jax.studio import book_queue, session_files
from onepunch_jax.studio import document as documents
from onepunch_jax.studio.coloring import Coloring, hints_of
from onepunch_jax.studio.sessions import Session

PICTURES = {'png': '.png', 'webp': '.webp', 'tiff': '.tif', 'jpeg': '.jpg'}
LAYERS = {'ora': '.ora', 'psd': '.psd'}
BOOKS = {'cbz': '.cbz', 'pdf': '.pdf'}
MEDIA = {
  'png': 'image/png',
  'webp': 'image/webp',
  'tiff': 'image/tiff',
  'jpeg': 'image/jpeg',
  'ora': 'image/openraster',
  'psd': 'image/vnd.adobe.photoshop',
  'cbz': 'application/vnd.comicbook+zip',
  'pdf': 'application/pdf',
  'flats': 'image/png',
  'dots': 'image/png',
  'hints': 'application/json',
  'session': session_files.MEDIA,
}


def export(
  coloring: Coloring, session: Session, form: str, page_id: str | None
) -> tuple[bytes, str, str]:
  """A file of the page, or, as cbz, pdf or session, of the document.

  Args:
    form: of MEDIA.
    page_id: the page.

  Returns:
    Its bytes, a name for it and its media type.

  Raises:
    ValueError: a page has no colours yet, or is too large for the kind of file.
  """
  if form not in MEDIA:
    raise documents.Refused(f'Pages are written as {", ".join(MEDIA)}; not as {form[:20]!r}.')
  with session.lock:
    document = json.loads(json.dumps(session.document))
  title = os.path.splitext(document['name'])[0] or 'pages'
  if form == 'session':
    return _session(session, document), f'{title}.onepunch.zip', MEDIA[form]
  if form in BOOKS:
    return _book(coloring, session, document, BOOKS[form]), title + BOOKS[form], MEDIA[form]
  page = documents.page_of(document, page_id)
  name = os.path.splitext(page['name'])[0]
  if form == 'hints':
    return _dots(page), f'{name}.hints.json', MEDIA[form]
  if form == 'dots':
    return _hint_layer(page), f'{name}.hints.png', MEDIA[form]
  colored = colored_page(coloring, session, document, page)
  if form == 'flats':
    data, suffix = _flats(colored), '.flats.png'
  elif form in LAYERS:
    suffix = LAYERS[form]
    data = _layers(colored, page, suffix, coloring.colorizer.by_regions)
  else:
    suffix = PICTURES[form]
    check_size(colored.rgb.shape, suffix)
    data = encode([(colored.rgb, colored.picture)], suffix)
  return data, name + suffix, MEDIA[form]


def colored_page(coloring: Coloring, session: Session, document: dict, page: dict) -> ColoredPage:
  """A page as the library has it, from its answer and the palette."""
  name = book_queue.answer_of(session, coloring, page)
  if name is None:
    raise documents.Refused(f'{page["name"]}: has no colours yet; wait for them, or ask for them.')
  record = coloring.answers.get(session.store, name)
  picture = coloring.picture(session.store, page)
  colors = record.repainted(document['palette'])
  labels = record.labels.astype(np.int32)
  color = coloring.color(session.store, page, record, colors, page['shading'])
  regions = Regions(labels, colors, record.is_paper, record.hinted)
  return ColoredPage(
    lay_lines(color, picture),
    picture,
    color,
    record.is_paper[labels],
    record.balloons,
    line_art(picture.grey),
    regions,
  )


def _flats(colored: ColoredPage) -> bytes:
  regions = colored.regions
  flats = paint_regions(regions.labels, regions.colors, regions.is_paper, None)
  out = io.BytesIO()
  flats.image().save(out, 'PNG')
  return out.getvalue()


def _layers(colored: ColoredPage, page: dict, suffix: str, by_regions: bool) -> bytes:
  """Layers with the hints among them, so that the file opens here again with its hints.

  Where the page is shaded, shadow and light are layers of their own.
  """
  check_size(colored.rgb.shape, suffix)
  regions = colored.regions
  exact = _exact_palette(regions)
  flats = paint_regions(regions.labels, regions.colors, regions.is_paper, exact)
  solid = page['shading'] == 'off' or not by_regions
  stack = layers.stack(colored, flats, colored.balloons, hints_of(page), solid=solid)
  out = io.BytesIO()
  write: Callable = layer_files.write_ora if suffix == '.ora' else layer_files.write_psd
  write(out, stack, colored.rgb, upright_dpi(colored.picture))
  return out.getvalue()


def _exact_palette(regions: Regions) -> Palette | None:
  """The regions' own colours, where flats can hold them all; else None: alike ones join."""
  rgb = np.unique(regions.colors[~regions.is_paper], axis=0)
  if not 0 < len(rgb) < 256:
    return None
  return Palette(tuple(f'color {n + 1}' for n in range(len(rgb))), rgb)


def _book(coloring: Coloring, session: Session, document: dict, suffix: str) -> bytes:
  """All pages, those without colours as they were opened."""
  with tempfile.TemporaryDirectory(dir=session.store.folder) as folder:
    found, extras = [], []
    for number, page in enumerate(document['pages'], 1):
      try:
        colored = colored_page(coloring, session, document, page)
        rgb, picture = colored.rgb, colored.picture
      except documents.Refused:
        picture = coloring.picture(session.store, page)
        rgb = picture.rgb
      file = os.path.join(folder, f'{number:04d}.png')
      with open(file, 'wb') as out:
        out.write(encode([(rgb, picture)], '.png'))
      found.append((f'{number:04d}.png', file))
      if page['hints']:
        extras.append((f'{number:04d}.hints.json', _dots(page)))
    path = os.path.join(folder, 'book' + suffix)
    bind.bind(path, found, extras)
    with open(path, 'rb') as file:
      return file.read()


def _session(session: Session, document: dict) -> bytes:
  """All of the document with its pictures."""
  with tempfile.TemporaryDirectory(dir=session.store.folder) as folder:
    path = os.path.join(folder, 'session.zip')
    session_files.write(session.store, document, path)
    with open(path, 'rb') as file:
      return file.read()


def _hint_layer(page: dict) -> bytes:
  """The hints as a picture of the page's size, clear where there is none (`pages.hints`)."""
  hints = hints_of(page)
  rgba = np.zeros((page['height'], page['width'], 4), np.uint8) if hints is None else hints.rgba
  out = io.BytesIO()
  Image.fromarray(rgba).save(out, 'PNG')
  return out.getvalue()


def _dots(page: dict) -> bytes:
  """The hints as `--hints` reads them: each point of a stroke is a dot."""
  rows = [
    {'x': x, 'y': y, 'radius': r, 'color': hint['color'] or '#ffffff'}
    for hint in page['hints']
    if hint['use'] in ('color', 'white', 'keep')
    for x, y, r in hint['points']
    if 0 <= x < page['width'] and 0 <= y < page['height']
  ]
  return json.dumps(rows, indent=1).encode()
