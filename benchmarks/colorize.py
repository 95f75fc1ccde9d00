"""Seconds and peak memory for one page: a fresh process, cold and warm compilation cache.

    python benchmarks/colorize.py --checkpoint=runs/pix2pix [--width=1200 --height=1800]

The page is drawn here: panels of synthetic line art.  'first' is the first page of a process, with
the checkpoint's loading and compiling (or reading from the cache); 'next' is what a second page
costs, and its parts: the net, composition at the page's size, encoding as PNG; 'flats' and 'ora'
are what those cost instead.  Peak is the largest resident memory of the process.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np


def page(width: int, height: int):
  """uint8 [height, width, 1]: panels of line art."""
  from onepunch_jax.synthetic import draw

  if min(width, height) < 100:
    return draw(7, 0, max(width, height, 16))['line'][:height, :width]
  out = np.full((height, width, 1), 255, np.uint8)
  side = min(560, width, height) - 40
  tiles = [draw(7, n, side)['line'] for n in range(6)]
  n = 0
  for top in range(20, height - side, side + 20):
    for left in range(20, width - side, side + 20):
      out[top : top + side, left : left + side] = tiles[n % len(tiles)]
      n += 1
  return out


def color_twice(checkpoint: str, width: int, height: int, cache: str, layers: bool, memory: float):
  import jax

  jax.config.update('jax_compilation_cache_dir', cache)
  jax.config.update('jax_persistent_cache_min_compile_time_secs', 0.0)
  picture = np.repeat(page(width, height), 3, -1)
  clock = time.perf_counter()
  from onepunch_jax.images import arrays
  from onepunch_jax.images.write import encode
  from onepunch_jax.pages.colorizer import Colorizer
  from onepunch_jax.pages.compose import compose

  colorizer = Colorizer(checkpoint, memory=memory)
  read = arrays.picture(picture)
  colorizer.page(read)
  first = time.perf_counter() - clock
  marks = [time.perf_counter()]

  def mark():
    return marks.append(time.perf_counter())

  prediction = colorizer.predict(read.grey)
  mark()
  made = compose(read, prediction, memory=memory)
  mark()
  data = encode([(made.rgb, read)], '.png')
  mark()
  net, composed, encoded = np.diff(marks)
  line = (
    f'first {first:.2f} s, next {net + composed + encoded:.2f} s = net {net:.2f} + '
    f'compose {composed:.2f} + PNG {encoded:.2f} ({len(data) / 2**20:.1f} MiB)'
  )
  if layers:
    clock = time.perf_counter()
    made = colorizer.page(read, layers=True)
    colorizer.flats(made)
    line += f', flats {time.perf_counter() - clock:.2f} s'
  peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
  return f'{line}, peak {peak:.2f} GiB'


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  parser.add_argument('--width', type=int, default=1200)
  parser.add_argument('--height', type=int, default=1800)
  parser.add_argument('--memory', type=int, default=512, help='MiB for the buffers of a page')
  parser.add_argument('--flats', action='store_true', help='time flats too')
  parser.add_argument('--cache')
  options = parser.parse_args()
  if options.cache:
    print(
      color_twice(
        options.checkpoint,
        options.width,
        options.height,
        options.cache,
        options.flats,
        options.memory,
      )
    )
    return
  with tempfile.TemporaryDirectory() as cache:
    for name in ('cold cache', 'warm cache'):
      command = [sys.executable, *sys.argv, f'--cache={cache}']
      out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
      print(f'{options.width}x{options.height}, {name}: {out.strip()}')


if __name__ == '__main__':
  main()
