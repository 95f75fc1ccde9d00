"""How often the net is compiled for a long book of pages of many sizes.

    python benchmarks/colorize_shapes.py --checkpoint=runs/pix2pix [--pages=200]

Scans of one book differ by some pixels, and every twentieth is a double page; of these is the first
count.  Then come a tenth as many pages of any size and shape.  Counts the functions compiled.
"""

import argparse
import time

import numpy as np

from onepunch_jax import Colorizer
from onepunch_jax.pages import scale
from onepunch_jax.synthetic import draw


def scans(pages: int, rng: np.random.Generator):
  """(height, width) of scans of one book."""
  for n in range(pages):
    height, width = 1400 + int(rng.integers(-40, 41)), 1000 + int(rng.integers(-30, 31))
    yield height, 2 * width if n % 20 == 7 else width


def others(pages: int, rng: np.random.Generator):
  """(height, width) of anything."""
  for _ in range(pages):
    yield int(rng.integers(300, 2000)), int(rng.integers(300, 2000))


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  parser.add_argument('--pages', type=int, default=200)
  options = parser.parse_args()
  colorizer = Colorizer(options.checkpoint)
  lines = [draw(13, n, 512)['line'][..., 0] for n in range(12)]
  rng, clock, seen = np.random.default_rng(0), time.monotonic(), set()
  few = options.pages // 10
  for what, sizes in (('scans', scans(options.pages, rng)), ('others', others(few, rng))):
    for n, (height, width) in enumerate(sizes):
      page = np.full((height, width), 255, np.uint8)
      panel = scale.resize(lines[n % len(lines)], height // 2 - 30, width - 40)
      for top in (20, height // 2 + 5):
        page[top : top + len(panel), 20:-20] = panel
      colorizer.predict(page)
      seen.add((height, width))
    compiled = colorizer._pixel_model.jitted._cache_size()
    print(
      f'with {what}: {len(seen)} sizes, {compiled} compiled shapes, '
      f'{time.monotonic() - clock:.0f} s for what the net says',
      flush=True,
    )


if __name__ == '__main__':
  main()
