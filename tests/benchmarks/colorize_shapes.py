"""How often the net is compiled for a long book of pages of many sizes.

    python tests/benchmarks/colorize_shapes.py --checkpoint=runs/pix2pix [--pages=200]

Scans of one book differ by a few pixels, among them are double pages and covers; here also every
tenth page is of any size.  Counts the functions that were compiled, and the pages' sizes.
"""

import argparse
import time

import numpy as np

from onepunch_jax import Colorizer
from onepunch_jax.data.drawn import draw
from onepunch_jax.pages import scale


def sizes(pages, rng):
  """(height, width) of scans of one book."""
  for n in range(pages):
    height, width = 1400 + int(rng.integers(-40, 41)), 1000 + int(rng.integers(-30, 31))
    if n % 20 == 7:
      width *= 2
    if n % 10 == 3:
      height, width = (int(rng.integers(300, 2000)) for _ in range(2))
    yield height, width


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  parser.add_argument('--pages', type=int, default=200)
  given = parser.parse_args()
  colorizer = Colorizer.load(given.checkpoint)
  lines = [draw(13, n, 512)['line'][..., 0] for n in range(12)]
  seen, clock = set(), time.monotonic()
  for n, (height, width) in enumerate(sizes(given.pages, np.random.default_rng(0))):
    page = np.full((height, width), 255, np.uint8)
    panel = scale.resize(lines[n % len(lines)], height // 2 - 30, width - 40)
    for top in (20, height // 2 + 5):
      page[top : top + len(panel), 20:-20] = panel
    colorizer.propose(page)
    seen.add((height, width))
  compiled = colorizer._jitted._cache_size()
  print(f'{given.pages} pages of {len(seen)} sizes: {compiled} compiled shapes, '
        f'{time.monotonic() - clock:.0f} s for what the net says of them')


if __name__ == '__main__':
  main()
