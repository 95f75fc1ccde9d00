"""Reads mutated files of every kind: no crash, no hang, bounded memory, one sentence each.

    python benchmarks/mutated_files.py [--count=1000] [--only=png,psd] [--seed=0]

Of each kind a sound file is made and changed COUNT times: bits are turned, the end is cut off,
parts are swapped or doubled, numbers of the header are made large. Each is read as a command would
(pictures, books, hints, palettes), in a process of its own with 3 GiB and 20 s for each file.
Prints a line for each kind: how many were read, how many refused in a sentence, and what else.
"""

import argparse
import collections
import io
import json
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from onepunch_jax.images import archive, bind, reader
from onepunch_jax.pages import book, layer_files, layers
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.palette import Palette

MEMORY = 3 << 30
SECONDS = 20
PICTURE = np.uint8(np.random.default_rng(0).integers(0, 255, (40, 60, 3)) // 64 * 64)
PILLOW = {
  'png': {},
  'jpg': {},
  'webp': {'lossless': True},
  'gif': {},
  'tif': {'compression': 'tiff_lzw'},
  'bmp': {},
  'ppm': {},
  'pcx': {},
  'tga': {},
  'sgi': {},
  'ico': {},
  'qoi': {},
  'jp2': {},
  'avif': {},
  'jxl': {},
  'heic': {},
}


def sound(kind: str):
  """The bytes of a sound file, or None where this Pillow writes none."""
  out = io.BytesIO()
  image = Image.fromarray(PICTURE)
  if kind in PILLOW:
    try:
      if kind == 'heic':
        import pillow_heif

        pillow_heif.register_heif_opener()
      if kind == 'jxl':
        import pillow_jxl  # noqa: F401
      form = {'jpg': 'JPEG', 'tif': 'TIFF', 'jp2': 'JPEG2000', 'heic': 'HEIF'}.get(
        kind, kind.upper()
      )
      image.save(out, form, **PILLOW[kind])
    except (ImportError, OSError, KeyError, ValueError):
      return None
    return out.getvalue()
  rgba = np.dstack([PICTURE, np.full(PICTURE.shape[:2], 200, np.uint8)])
  stack = [layers.Layer('paper', rgba), layers.Layer('hints', rgba, visible=False)]
  if kind in ('ora', 'psd'):
    write = layer_files.write_ora if kind == 'ora' else layer_files.write_psd
    write(out, stack, PICTURE)
  elif kind == 'psd16':
    head = b'8BPS' + b'\0\1' + bytes(6) + (3).to_bytes(2, 'big') + (40).to_bytes(4, 'big')
    head += (60).to_bytes(4, 'big') + (16).to_bytes(2, 'big') + (3).to_bytes(2, 'big')
    out.write(head + bytes(12) + b'\0\0' + PICTURE.astype('>u2').tobytes())
  elif kind == 'cbz':
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as file:
      for n in range(3):
        file.writestr(f'ch/{n}.png', sound('png'))
      file.writestr('ComicInfo.xml', '<ComicInfo/>')
  elif kind == 'pdf':
    with tempfile.TemporaryDirectory() as folder:
      page = os.path.join(folder, 'a.png')
      image.save(page)
      bind.bind(os.path.join(folder, 'a.pdf'), [('a.png', page)], [])
      with open(os.path.join(folder, 'a.pdf'), 'rb') as file:
        out.write(file.read())
  elif kind == 'hints.json':
    dots = [{'x': n, 'y': 2 * n, 'color': '#aabbcc', 'radius': 3} for n in range(9)]
    out.write(json.dumps({'relative': False, 'hints': dots}).encode())
  elif kind == 'palette.json':
    colors = [{'name': f'c{n}', 'rgb': f'#{n:06x}', 'regions': n} for n in range(9)]
    out.write(json.dumps({'colors': colors}).encode())
  return out.getvalue()


KINDS = (*PILLOW, 'ora', 'psd', 'psd16', 'cbz', 'pdf', 'hints.json', 'palette.json')
TEXTS = (
  b'null',
  b'-1',
  b'1e400',
  b'"x"',
  b'[]',
  b'{}',
  b'true',
  b'NaN',
  b'9' * 40,
  b'\xff\xfe',
  b'[' * 9999,
)


def mutated(data: bytes, rng: np.random.Generator, text: bool):
  """One of several kinds of damage, or two."""
  data = bytearray(data)
  for _ in range(int(rng.integers(1, 3))):
    at = int(rng.integers(0, max(1, len(data))))
    how = int(rng.integers(0, 7 if text else 6))
    if how == 0:
      for place in rng.integers(0, len(data), int(rng.integers(1, 20))):
        data[place] ^= 1 << int(rng.integers(0, 8))
    elif how == 1:
      del data[at:]
    elif how == 2:
      size = int(rng.integers(1, 200))
      data[at : at + size] = data[: int(rng.integers(0, 200))]
    elif how == 3:
      size, other = int(rng.integers(1, 64)), int(rng.integers(0, len(data) or 1))
      part = data[at : at + size]
      data[at : at + size] = data[other : other + size]
      data[other : other + size] = part
    elif how == 4:
      place = int(rng.integers(0, min(len(data), 128) or 1))
      data[place : place + 4] = bytes([int(rng.choice([0, 127, 255]))] * 4)
    elif how == 5:
      data[at:at] = bytes(rng.integers(0, 256, int(rng.integers(1, 40)), np.uint8))
    else:
      data[at : at + int(rng.integers(0, 9))] = TEXTS[int(rng.integers(0, len(TEXTS)))]
    if not data:
      break
  return bytes(data)


def use(kind: str, path: str):
  """Reads a file as a command would; a string is what it should not have done."""
  if kind == 'hints.json':
    Hints.read(path, (40, 60))
  elif kind == 'palette.json':
    Palette.read(path)
  elif kind in ('cbz', 'pdf'):
    found = book.open_book(path)
    refused = 0
    for page in found.pages:
      try:
        page.bytes()
        page.pictures()
      except reader.PictureError as error:
        refused += bad_sentence(error)
    if refused:
      raise AssertionError('a page has no sentence')
    archive.kind(path)
  else:
    reader.read(path)
    if kind in ('ora', 'psd'):
      Hints.read(path, (40, 60))


def bad_sentence(error: Exception):
  return '\n' in str(error) or not str(error).endswith('.') or ': ' not in str(error)


def child(kind: str, seeds: Sequence[int], queue: Any, folder: str):
  """Reads the files of some seeds; tells before each what it is about to do."""
  resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
  data = sound(kind)
  for seed in seeds:
    queue.put(('start', seed, ''))
    path = os.path.join(folder, f'f{seed}.{kind.removesuffix("16").split(".")[-1]}')
    with open(path, 'wb') as file:
      file.write(mutated(data, np.random.default_rng(seed), kind.endswith('json')))
    signal.alarm(SECONDS)
    try:
      use(kind, path)
      outcome = 'read'
    except ValueError as error:
      outcome = f'no sentence: {error}' if bad_sentence(error) else 'refused'
    except BaseException as error:
      outcome = f'{type(error).__name__}: {error}'[:150]
    signal.alarm(0)
    os.remove(path)
    queue.put(('end', seed, outcome))


def run(kind: str, count: int, first: int):
  """{outcome: how often}; a process that dies or hangs is one, and the next seeds go on."""
  outcomes, examples = collections.Counter(), {}
  seeds = list(range(first, first + count))
  with tempfile.TemporaryDirectory() as folder:
    while seeds:
      queue = multiprocessing.SimpleQueue()
      process = multiprocessing.Process(target=child, args=(kind, seeds, queue, folder))
      process.start()
      last = None
      while process.is_alive() or not queue.empty():
        if queue.empty():
          time.sleep(0.002)
          continue
        what, seed, outcome = queue.get()
        last = seed if what == 'start' else None
        if what == 'end':
          seeds.remove(seed)
          outcomes[outcome] += 1
          examples.setdefault(outcome, seed)
      process.join()
      if last is not None:
        outcome = f'died with {process.exitcode}'
        outcomes[outcome] += 1
        examples.setdefault(outcome, last)
        seeds.remove(last)
      elif process.exitcode:
        raise RuntimeError(f'{kind}: a process ended with {process.exitcode} between files')
  return outcomes, examples


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--count', type=int, default=1000)
  parser.add_argument('--seed', type=int, default=0)
  parser.add_argument('--only', default='')
  options = parser.parse_args()
  wrong = 0
  for kind in options.only.split(',') if options.only else KINDS:
    if sound(kind) is None:
      print(f'{kind}: not written by this Pillow')
      continue
    clock = time.monotonic()
    outcomes, examples = run(kind, options.count, options.seed)
    good = outcomes.pop('read', 0), outcomes.pop('refused', 0)
    wrong += sum(outcomes.values())
    print(
      f'{kind}: {good[0]} read, {good[1]} refused in a sentence, {sum(outcomes.values())} else; '
      f'{time.monotonic() - clock:.0f} s',
      flush=True,
    )
    for outcome, number in outcomes.most_common():
      print(f'    {number} x {outcome} (seed {examples[outcome]})', flush=True)
  print(f'{wrong} went wrong.')
  sys.exit(1 if wrong else 0)


if __name__ == '__main__':
  main()
