"""Reads a file that a browser sent, in a process of its own with little memory and time.

    python -m onepunch_jax.studio.decode FILE NAME FOLDER MEMORY_MB MAX_PAGES

It writes each page anew as a PNG, with its hint layer beside it where it has one, and index.json:
{"pages": [{"name", "file", "width", "height", "hints": file | null}], "errors": [sentence, ...]}.
What was sent is served to nobody.
"""

import dataclasses
import json
import os
import sys
import zipfile
from typing import Any

import numpy as np
from PIL import Image

from onepunch_jax.images import archive, layered, psd
from onepunch_jax.images.reader import Picture
from onepunch_jax.pages import book
from onepunch_jax.pages.hints import Hints, read_layers

try:
  import resource
except ImportError:  # Windows has none: there the time alone is limited
  resource = None  # type: ignore[assignment]

MAX_PIXELS = 120_000_000
MAX_ENTRIES = 10_000  # of an archive
SMALL = 480  # px of the longer side, of what thumbnails are made from


def limit(megabytes: int) -> None:
  """No more memory than this, and no file larger than 4 GB."""
  if resource is None:
    return
  size = megabytes << 20
  resource.setrlimit(resource.RLIMIT_AS, (size, size))
  resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 30, 4 << 30))


def decode(path: str, name: str, folder: str, max_pages: int) -> dict[str, Any]:
  """Reads all pages of a file; what is wrong with one is a sentence, and the others go on.

  Args:
    path: the file that was sent.
    name: as the person calls it; never part of a path.
    folder: where the pages are written.
    max_pages: pages beyond are left out, with a sentence.
  """
  found: dict[str, Any] = {'pages': [], 'errors': []}
  if _entries(path) > MAX_ENTRIES:
    return {'pages': [], 'errors': [f'{name}: has more than {MAX_ENTRIES} files in it.']}
  try:
    opened = book.open_book(path, max_pixels=MAX_PIXELS, split=True)
  except ValueError as error:
    return {'pages': [], 'errors': [_named(str(error), path, name)]}
  pages = list(opened.pages)
  found['errors'] += [_named(sentence, path, name) for sentence in opened.refused]
  for inner in opened.inner:
    try:
      more = book.open_book(os.path.join(path, inner), max_pixels=MAX_PIXELS, split=True)
      pages += [book.below(page, inner) for page in more.pages]
    except ValueError as error:
      found['errors'].append(_named(str(error), path, name))
  if len(pages) > max_pages:
    found['errors'].append(f'{name}: has {len(pages)} pages, of which the first {max_pages} open.')
    pages = pages[:max_pages]
  if not pages:
    found['errors'].append(f'{name}: holds no picture that can be read.')
  single = len(pages) == 1 and os.path.isfile(path) and not archive.kind(path)
  for number, page in enumerate(pages):
    label = name if single else page.name
    try:
      picture = page.pictures()[0]
      if single and (drawing := _drawing(path, picture.rgb.shape[:2])) is not None:
        picture = dataclasses.replace(picture, rgb=drawing)
      file = f'{number:05d}'
      _image(picture).save(os.path.join(folder, file + '.png'), compress_level=1)
      small = Image.fromarray(picture.rgb)
      small.thumbnail((SMALL, SMALL))
      small.save(os.path.join(folder, file + '.small.png'), compress_level=1)
      height, width = picture.rgb.shape[:2]
      row = {'name': label, 'file': file + '.png', 'width': width, 'height': height, 'hints': None}
      hints = _hints(path, (height, width)) if single else None
      if hints is not None:
        Image.fromarray(hints).save(os.path.join(folder, file + '.hints.png'), compress_level=1)
        row['hints'] = file + '.hints.png'
      found['pages'].append(row)
    except (ValueError, OSError, MemoryError) as error:
      sentence = _named(str(error), page.label, label)
      if 'MemoryError' in repr(error):
        sentence = f'{label}: needs more memory than pages may take here.'
      found['errors'].append(sentence)
  return found


def _entries(path: str) -> int:
  """How many files an archive says that it has; 0 of what is no ZIP."""
  try:
    with zipfile.ZipFile(path) as book:
      return len(book.infolist())
  except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
    return 0


def _hints(path: str, shape: tuple[int, int]) -> np.ndarray | None:
  """The hint layer of a painter's document, uint8 RGBA [H, W, 4]; None where there is none."""
  if not (psd.is_psd(path) or layered.kind(path)):
    return None
  try:
    return Hints.read(path, shape).rgba
  except ValueError:
    return None  # it has no such layer: the page is what counts


def _drawing(path: str, shape: tuple[int, int]) -> np.ndarray | None:
  """The page below the colours of a document in layers, as the studio writes it.

  Returns:
    uint8 sRGB [H, W, 3]: its lines and lettering on white; None where it has no flats with lines
    above, so that the page is what is seen.
  """
  if not (psd.is_psd(path) or layered.kind(path)):
    return None
  try:
    read_layers(path, 'flats', shape)
    below = np.full((*shape, 3), 255, np.float32)
    parts = [read_layers(path, 'lines', shape)]
  except ValueError:
    return None
  try:
    parts.append(read_layers(path, 'lettering', shape))
  except ValueError:
    pass  # a page may have none
  for rgba in parts:
    share = rgba[..., 3:] / np.float32(255)
    below += share * (rgba[..., :3] - below)
  return np.round(below).astype(np.uint8)


def _image(picture: Picture) -> Image.Image:
  if picture.alpha is None:
    return Image.fromarray(picture.rgb)
  return Image.fromarray(np.dstack([picture.rgb, picture.alpha]))


def _named(sentence: str, path: str, name: str) -> str:
  """A sentence that calls the file as the person does, and names no place of this machine."""
  return sentence.replace(path, name).replace(os.path.dirname(path) + os.sep, '')


def main() -> None:
  """Decodes; an error that nobody foresaw is a sentence too."""
  path, name, folder, memory, most = sys.argv[1:]
  limit(int(memory))
  try:
    found = decode(path, name, folder, int(most))
  except MemoryError:
    found = {'pages': [], 'errors': [f'{name}: needs more memory than pages may take here.']}
  except Exception as error:  # of any decoder: a damaged file must not end the studio
    found = {'pages': [], 'errors': [f'{name}: cannot be read ({type(error).__name__}).']}
  with open(os.path.join(folder, 'index.json'), 'w', encoding='utf-8') as file:
    json.dump(found, file)


if __name__ == '__main__':
  main()
