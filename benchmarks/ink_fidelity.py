"""Colours every picture of folders and measures what became of ink, paper and colour.

    python benchmarks/ink_fidelity.py --checkpoint=runs/pix2pix FOLDER ... [--output=DIR]

Ink is where the input's grey is below 128; dL is abs(L of the output - L of the input) in CIE
Lab, both as an 8-bit PNG shows them on white.  'on paper' is the share of the pixels that stay
paper (margins, balloons) that changed.  --output keeps the pages, and from the middle of each a
crop at 400 %, input beside output, to be looked at.
"""

import argparse
import io as stdio
import pathlib

import numpy as np
from PIL import Image

from onepunch_jax import Colorizer
from onepunch_jax.images import reader
from onepunch_jax.images.pixels import to_grey
from onepunch_jax.images.write import encode
from onepunch_jax.pages import tint

CROP = 128  # px of the page, shown four times as large


def measure(colorizer, path):
  """(max dL, sum of dL, ink pixels, share of paper changed, ink chroma, input, output)."""
  picture = reader.read(path)
  page = colorizer.page(picture, layers=True)
  with Image.open(stdio.BytesIO(encode([(page.rgb, picture)], '.png'))) as image:
    assert image.size == picture.rgb.shape[1::-1] and ('A' in image.mode) == (
      picture.alpha is not None
    )
    white = Image.new('RGBA', image.size, 'white')
    white.alpha_composite(image.convert('RGBA'))
  out = np.asarray(white)[..., :3]
  inked = to_grey(picture.rgb)[..., 0] < tint.INK
  if picture.alpha is not None:  # what is wholly clear shows nothing
    inked &= picture.alpha[..., 0] > 0
  apart = np.abs(tint.lightness(out[inked]) - tint.lightness(picture.rgb[inked]))
  changed = (page.rgb != picture.rgb).any(-1)[page.paper]
  return (
    float(apart.max(initial=0)),
    float(apart.sum()),
    int(inked.sum()),
    float(changed.mean()) if changed.size else 0.0,
    picture,
    page.rgb,
  )


def crops(source, out):
  """The most inked CROP of the page and what became of it, at 400 %."""
  height, width = source.shape[:2]
  dark = (255 - to_grey(source)[..., 0]).astype(np.float64)
  dark[to_grey(source)[..., 0] < 30] *= 0.2  # not in solid blacks
  tops = range(0, max(1, height - CROP), CROP // 2)
  lefts = range(0, max(1, width - CROP), CROP // 2)
  _, top, left = max((dark[t : t + CROP, s : s + CROP].sum(), t, s) for t in tops for s in lefts)
  both = [a[top : top + CROP, left : left + CROP] for a in (source, out)]
  both = Image.fromarray(np.concatenate(both, 1))
  return both.resize((4 * both.width, 4 * both.height), Image.Resampling.NEAREST)


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  parser.add_argument('--output')
  parser.add_argument('--names', action='store_true', help='a line for each picture')
  parser.add_argument('folders', nargs='+', type=pathlib.Path)
  given = parser.parse_args()
  colorizer = Colorizer(given.checkpoint)
  for folder in given.folders:
    worst, total, pixels, count, paper = 0.0, 0.0, 0, 0, 0.0
    for path in sorted(folder.iterdir()):
      try:
        most, some, inked, changed, picture, rgb = measure(colorizer, path)
      except reader.PictureError:
        continue
      worst, total, pixels, count = max(worst, most), total + some, pixels + inked, count + 1
      paper = max(paper, changed)
      if given.names:
        print(f'  {path.name}: max {most:.3f}, paper changed {changed:.2%}', flush=True)
      if given.output:
        target = pathlib.Path(given.output) / folder.name
        target.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rgb).save(target / f'{path.stem}.png')
        crops(picture.rgb, rgb).save(target / f'{path.stem}_400.png')
    print(
      f'{folder.name}: {count} pictures, {pixels / 1e6:.2f} M ink pixels, dL max {worst:.3f}, '
      f'mean {total / max(pixels, 1):.4f}; paper changed {paper:.3%} at most',
      flush=True,
    )


if __name__ == '__main__':
  main()
