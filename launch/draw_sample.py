"""Draws the sample page that comes with the package: eight panels of our own drawings.

    python -m launch.draw_sample --output=onepunch_jax/pages/sample.png

The same bytes each time, in one environment. The drawings are of a seed that no training uses.
"""

import argparse

import numpy as np
from PIL import Image

from onepunch_jax.synthetic.draw import draw

WIDTH, HEIGHT = 1200, 1800
SEED = 2
FRAME = 5  # px of ink around a panel
LEVELS = 16  # of grey, so that the file is small
PANELS = (  # drawing, left, top and side in px
  (33, 40, 52, 736),
  (42, 808, 52, 352),
  (37, 808, 436, 352),
  (94, 40, 820, 544),
  (18, 616, 820, 544),
  (80, 40, 1396, 352),
  (61, 424, 1396, 352),
  (116, 808, 1396, 352),
)


def page() -> np.ndarray:
  """The line art uint8 [1800, 1200], 255 is paper."""
  out = np.full((HEIGHT, WIDTH), 255, np.uint8)
  for index, left, top, side in PANELS:
    line = draw(SEED, index, side)['line'][..., 0].copy()
    line[:FRAME] = line[-FRAME:] = line[:, :FRAME] = line[:, -FRAME:] = 0
    out[top : top + side, left : left + side] = line
  step = 255 / (LEVELS - 1)
  return np.round(np.round(out / step) * step).astype(np.uint8)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--output', required=True, help='the PNG')
  options = parser.parse_args()
  colors = Image.fromarray(page()).quantize(LEVELS)
  colors.save(options.output, optimize=True, bits=4)


if __name__ == '__main__':
  main()
