"""Reads a file that a browser sent, in a process of its own with little memory and time.

    python -m onepunch_jax.studio.decode FILE NAME FOLDER MEMORY_MB MAX_PAGES

It writes each page anew as a PNG, with its hint layer beside it where it has one, and index.json:
{"pages": [{"name", "file", "width", "height", "hints": file | null}], "errors": [sentence, ...]}.
What was sent is served to nobody.
"""

import json
import os
import resource
import sys
from typing import Any

import numpy as np
from PIL import Image

from onepunch_jax.images import archive, layered, psd
from onepunch_jax.images.reader import Picture
from onepunch_jax.pages import book
from onepunch_jax.pages.hints import Hints

MAX_PIXELS = 120_000_000


def limit(megabytes: int) -> None:
  """No more memory than this, and no file larger than 4 GB."""
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
  try:
    opened = book.open_book(path, max_pixels=MAX_PIXELS, split=True)
  except ValueError as error:
    return {'pages': [], 'errors': [_named(str(error), path, name)]}
  pages = opened.pages
  if len(pages) > max_pages:
    found['errors'].append(f'{name}: has {len(pages)} pages, of which the first {max_pages} open.')
    pages = pages[:max_pages]
  if not pages:
    found['errors'].append(f'{name}: holds no picture that can be read.')
  single = len(pages) == 1 and not archive.kind(path)
  for number, page in enumerate(pages):
    label = name if single else page.name
    try:
      picture = page.pictures()[0]
      file = f'{number:05d}'
      _image(picture).save(os.path.join(folder, file + '.png'), compress_level=1)
      height, width = picture.rgb.shape[:2]
      row = {'name': label, 'file': file + '.png', 'width': width, 'height': height, 'hints': None}
      hints = _hints(path, (height, width)) if single else None
      if hints is not None:
        Image.fromarray(hints).save(os.path.join(folder, file + '.hints.png'), compress_level=1)
        row['hints'] = file + '.hints.png'
      found['pages'].append(row)
    except (ValueError, OSError) as error:
      found['errors'].append(_named(str(error), page.label, label))
    except MemoryError:
      found['errors'].append(f'{label}: needs more memory than pages may take here.')
  return found


def _hints(path: str, shape: tuple[int, int]) -> np.ndarray | None:
  """The hint layer of a painter's document, uint8 RGBA [H, W, 4]; None where there is none."""
  if not (psd.is_psd(path) or layered.kind(path)):
    return None
  try:
    return Hints.read(path, shape).rgba
  except ValueError:
    return None  # it has no such layer: the page is what counts


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
