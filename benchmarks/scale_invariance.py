"""Whether a page has the same colours when it is scanned at half and at twice the resolution.

    python benchmarks/scale_invariance.py --checkpoint=runs/pix2pix FOLDER ... [--limit=8]

Each page is coloured at 1/2x, 1x and 2x; the answers are averaged down to the size of the smallest
and compared where no page has ink: median, mean and P95 of CIEDE2000.  Paper that stays paper would
make that easy, so it is left out: only pixels that one of the answers colours by more than 2 count.
"""

import argparse
import itertools
import pathlib

import numpy as np

from onepunch_jax import Colorizer
from onepunch_jax.images import reader
from onepunch_jax.images.pixels import to_grey
from onepunch_jax.ops import color
from onepunch_jax.pages import scale

FACTORS = (0.5, 1.0, 2.0)
CLEAR = 200  # grey levels above are neither ink nor its rim


def answers(colorizer: Colorizer, page: np.ndarray):
  """{factor: Lab [h, w, 3] at half size}, and bool [h, w], where there is colour and no ink."""
  height, width = (round(s / 2) for s in page.shape[:2])

  def lab(rgb):
    return np.asarray(color.rgb_to_lab(rgb.astype(np.float32) / 255))

  labs, clear, painted = {}, np.ones((height, width), bool), np.zeros((height, width), bool)
  for factor in FACTORS:
    shape = [max(1, round(s * factor)) for s in page.shape[:2]]
    scan = scale.resize(page, *shape)
    out = scale.resize(colorizer(scan), height, width)
    small = scale.resize(to_grey(scan)[..., 0], height, width)
    clear &= small > CLEAR
    labs[factor] = lab(out)
    painted |= np.asarray(color.delta_e(labs[factor], lab(scale.resize(scan, height, width)))) > 2
  return labs, clear & painted


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  parser.add_argument('--limit', type=int, default=8, help='pages of a folder')
  parser.add_argument('folders', nargs='+', type=pathlib.Path)
  options = parser.parse_args()
  colorizer = Colorizer(options.checkpoint)
  medians = []
  for folder in options.folders:
    pages = [p for p in sorted(folder.iterdir()) if reader.looks_like_picture(p.name)]
    for path in pages[:: max(1, len(pages) // options.limit)][: options.limit]:
      labs, where = answers(colorizer, reader.read(path).rgb)
      found = []
      for one, other in itertools.combinations(FACTORS, 2):
        apart = np.asarray(color.delta_e(labs[one], labs[other]))[where]
        found.append(
          f'{one:g}x-{other:g}x {np.median(apart):.2f}/{apart.mean():.2f}/'
          f'{np.percentile(apart, 95):.1f}'
        )
        medians.append((float(np.median(apart)), path.name))
      print(f'{path.name} ({where.mean():.0%} coloured): ' + ', '.join(found), flush=True)
  worst, name = max(medians)
  print(
    f'{len(medians) // 3} pages, dE00 median/mean/P95 of coloured pixels; medians: mean '
    f'{np.mean([m for m, _ in medians]):.2f}, largest {worst:.2f} ({name}), '
    f'{np.mean([m <= 3 for m, _ in medians]):.0%} at most 3'
  )


if __name__ == '__main__':
  main()
