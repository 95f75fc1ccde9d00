"""Files that a person opens become pages of the document."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from typing import Any

import cv2
import numpy as np
from PIL import Image

from onepunch_jax.images import archive
from onepunch_jax.pages import strokes
from onepunch_jax.pages.palette import hexa
from onepunch_jax.studio import document
from onepunch_jax.studio.store import Store

MEMORY = 3072  # MB of the process that decodes
SECONDS = 120  # it may take
BOOK_SECONDS = 1200  # the same for a book or a folder
AT_ONCE = threading.BoundedSemaphore(2)  # such processes
DOTS = 64  # that stand for one stroke of a hint layer
SUFFIXES = (
  '.png .jpg .jpeg .webp .tif .tiff .bmp .gif .psd .psb .ora .kra .pdf .cbz .zip .cbr .rar'.split()
)
REFUSED = ('.svg', '.svgz', '.html', '.htm', '.xml', '.js')


def open_file(store: Store, path: str, name: str) -> tuple[list[dict[str, Any]], list[str]]:
  """Reads a file in a process of its own.

  Args:
    store: where the pictures of its pages go.
    path: the file, as it came.
    name: as the person calls it.

  Returns:
    The pages, as `document.new_page` makes them, hints of their layers among them; and sentences
    on what could not be read.
  """
  if name.lower().endswith(REFUSED):
    return [], [f'{name}: no kind of picture that is opened here.']
  with tempfile.TemporaryDirectory(dir=store.folder) as folder:
    found = decoded(path, name, folder)
    pages = []
    for row in found['pages']:
      page = document.new_page(row['name'], row['width'], row['height'])
      keep(store, folder, row['file'], 'pages', page['id'])
      if row['hints']:
        with Image.open(os.path.join(folder, row['hints'])) as image:
          page['hints'] = dots(np.asarray(image.convert('RGBA')))
      pages.append(page)
  return pages, found['errors']


def keep(store: Store, folder: str, file: str, kind: str, name: str) -> None:
  """Moves a picture that was decoded into `folder` to where the session has it."""
  for suffix in ('.png', '.small.png'):
    made = os.path.join(folder, file.removesuffix('.png') + suffix)
    os.replace(made, store.path(kind, name, suffix))


def decoded(path: str, name: str, folder: str) -> dict[str, Any]:
  """What `decode` says of a file, or of a folder; the pictures of its pages are in `folder`."""
  name = name.replace('\0', '')
  known = next((s for s in SUFFIXES if name.lower().endswith(s)), '.bin')
  source, seconds = path, BOOK_SECONDS
  if not os.path.isdir(path):
    source = os.path.join(folder, 'given' + known)  # its suffix tells some kinds; its name nothing
    shutil.copyfile(path, source)
    seconds = BOOK_SECONDS if archive.kind(path) else SECONDS
  command = [sys.executable, '-m', 'onepunch_jax.studio.decode', source, name, folder]
  try:
    with AT_ONCE:
      subprocess.run(
        [*command, str(MEMORY), str(document.MAX_PAGES)],
        timeout=seconds,
        capture_output=True,
        env={**os.environ, 'JAX_PLATFORMS': 'cpu', 'OPENBLAS_NUM_THREADS': '1'},
      )
    with open(os.path.join(folder, 'index.json'), encoding='utf-8') as file:
      return json.load(file)
  except subprocess.TimeoutExpired:
    return {'pages': [], 'errors': [f'{name}: takes more than {seconds} s to read.']}
  except (OSError, ValueError):
    return {'pages': [], 'errors': [f'{name}: needs more memory than pages may take here.']}


def dots(rgba: np.ndarray) -> list[dict[str, Any]]:
  """A hint layer as dots that can be edited one by one.

  Args:
    rgba: uint8 [H, W, 4].

  Returns:
    Hints of the document: discs that cover each stroke, the largest first.
  """
  found = strokes.find(rgba)
  made = []
  for number in range(1, len(found.colors)):
    mask = (found.labels == number).astype(np.uint8)
    color = found.colors[number]
    white = bool((color >= 253).all())
    inside = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    for _ in range(DOTS):
      y, x = np.unravel_index(int(np.argmax(inside)), inside.shape)
      radius = float(inside[y, x])
      if radius < 0.5:
        break
      made.append(
        {
          'id': document.new_id(),
          'use': 'white' if white else 'color',
          'color': None if white else hexa(color),
          'points': [[float(x), float(y), radius]],
        }
      )
      cv2.circle(inside, (int(x), int(y)), int(np.ceil(1.5 * radius)), 0, -1)
  return made[: document.MAX_HINTS]
