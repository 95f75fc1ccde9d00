"""Makes the README's picture: the sample page beside its colours by the weights that come along.

    python -m launch.sample_picture --output=docs/images/sample.png

To be run again when the weights change.
"""

import argparse

import numpy as np
from PIL import Image

from onepunch_jax import Colorizer, sample_page
from onepunch_jax.weights import shipped

WIDTH = 480  # px of each page
COLORS = 128  # in the file


def picture(run: str) -> Image.Image:
  """The page, and the page in colour, side by side."""
  line = sample_page()
  colored = Colorizer.load(run)(line)
  size = WIDTH, round(WIDTH * line.height / line.width)
  pages = [page.convert('RGB').resize(size, Image.Resampling.LANCZOS) for page in (line, colored)]
  return Image.fromarray(np.concatenate([np.asarray(page) for page in pages], 1))


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--output', required=True, help='the PNG')
  parser.add_argument('--checkpoint', default=shipped.DEFAULT, help='a run, a file, or a name')
  options = parser.parse_args()
  made = picture(options.checkpoint).quantize(COLORS, dither=Image.Dither.NONE)
  made.save(options.output, optimize=True)


if __name__ == '__main__':
  main()
