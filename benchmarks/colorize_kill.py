"""Kills the colouring of a book and lets it go on; compares the bytes with an unbroken run's.

    python benchmarks/colorize_kill.py --checkpoint=runs/pix2pix [--pages=20] [--kills=2]

The book is a CBZ of drawn pages of several sizes with a ComicInfo.xml; page 5 is cut off in the
middle, page 9 is in colour.  Each kill (SIGKILL) comes when some more pages are finished.  Prints
what the program said, how many pages each start found finished, whether a finished page was
written again, and whether the book is the unbroken one, byte for byte.
"""

import argparse
import io
import pathlib
import subprocess
import sys
import tempfile
import time
import zipfile

import numpy as np
from PIL import Image

from onepunch_jax.synthetic import draw

ROOT = pathlib.Path(__file__).parents[1]
CORRUPT, COLORED = 5, 9
INFO = '<?xml version="1.0"?>\n<ComicInfo><Title>Twenty</Title><Manga>Yes</Manga></ComicInfo>\n'


def make_book(path: pathlib.Path, pages: int):
  with zipfile.ZipFile(path, 'w') as book:
    book.writestr('ComicInfo.xml', INFO)
    for n in range(1, pages + 1):
      drawn = draw(11, n, 640)
      array = drawn['rgb'] if n == COLORED else drawn['line'][..., 0]
      image = Image.fromarray(array).resize((480 + 40 * (n % 3), 680 + 30 * (n % 4)))
      data = io.BytesIO()
      image.save(data, 'PNG', dpi=(300, 300))
      data = data.getvalue()
      book.writestr(f'{n}.png', data[: len(data) // 2] if n == CORRUPT else data)


def start(checkpoint: str, source: pathlib.Path, target: pathlib.Path):
  return subprocess.Popen(
    [
      sys.executable,
      '-m',
      'onepunch_jax.colorize',
      f'--checkpoint={checkpoint}',
      f'--input={source}',
      f'--output={target}',
    ],
    cwd=ROOT,
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
  )


def finished(part: pathlib.Path):
  """{page file: when it was written} of what the journal knows, and its number of lines."""
  journal = part / '.colorize.jsonl'
  lines = journal.read_text().count('\n') if journal.exists() else 0
  return {p.name: p.stat().st_mtime_ns for p in part.glob('[!.]*')}, lines


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  parser.add_argument('--pages', type=int, default=20)
  parser.add_argument('--kills', type=int, default=2)
  options = parser.parse_args()
  with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    source, killed, whole = (folder / f'{n}.cbz' for n in ('in', 'killed', 'whole'))
    make_book(source, options.pages)
    part = pathlib.Path(f'{killed}.part')
    again, before = 0, {}
    for n in range(options.kills):
      lines = finished(part)[1]
      process = start(options.checkpoint, source, killed)
      wanted = lines + options.pages // (options.kills + 1)
      while process.poll() is None and finished(part)[1] < wanted:
        time.sleep(0.003)
      process.kill()
      process.communicate()
      after, lines = finished(part)
      again += sum(after.get(name) != when for name, when in before.items())
      before = after
      print(
        f'kill {n + 1}: exit {process.returncode}, {lines} pages finished, '
        f'book there: {killed.exists()}',
        flush=True,
      )
    for target in (killed, whole):
      process = start(options.checkpoint, source, target)
      out, output = process.communicate()
      sentences = [line for line in output.replace('\r', '\n').splitlines() if ' E ' in line[:20]]
      print(*sentences, out.strip().replace(str(folder), ''), sep='\n')
    same = killed.read_bytes() == whole.read_bytes()
    with zipfile.ZipFile(killed) as book, zipfile.ZipFile(source) as first:
      names = book.namelist()
      kept = all(book.read(n) == first.read(n) for n in ('ComicInfo.xml', f'{COLORED}.png'))
      sizes = all(
        Image.open(book.open(n)).size == Image.open(first.open(n)).size
        for n in names
        if n.endswith('.png')
      )
      gray = [
        n
        for n in names
        if n.endswith('.png')
        and n != f'{COLORED}.png'
        and np.ptp(np.asarray(Image.open(book.open(n)).convert('RGB')).astype(int), -1).max() < 8
      ]
    print(
      f'{options.kills} kills; pages written again after a kill: {again}; book: {names[:3]} ... '
      f'{len(names) - 1} pages; ComicInfo.xml and the colour page kept: {kept}; sizes kept: '
      f'{sizes}; pages without colour: {len(gray)}; byte-identical: {same}'
    )
    sys.exit(0 if same and kept and sizes and not again else 1)


if __name__ == '__main__':
  main()
