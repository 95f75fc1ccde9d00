"""Colours every picture of folders and measures what became of ink, paper and colour.

    python benchmarks/ink_fidelity.py --checkpoint=runs/pix2pix FOLDER ... [--output=DIR]

The promise of pages/compose.py, of the files as an 8-bit PNG shows them on white: 'over' is by how
many levels of 255 the page is at most lighter than the product of its colour and the input (0.5 is
rounding), 'lighter' the part of the pixels that are lighter than the input, 'black dL' the largest
change of CIE L where the input's L is at most 0.5. 'ink dL' is the mean change where the grey of
the input is below 128, and 'paper' the part of the pixels that stay paper that changed.
--output keeps the pages, and of each a crop at 400 %, input beside output, to be looked at.
"""

import argparse
import io as stdio
import pathlib

import numpy as np
from PIL import Image

from onepunch_jax import Colorizer
from onepunch_jax.images import reader
from onepunch_jax.images.pixels import lightness, to_grey
from onepunch_jax.images.write import encode

CROP = 128  # px of the page, shown four times as large


def measure(colorizer: Colorizer, path: pathlib.Path):
  """({what: number}, input, output) of one picture."""
  picture = reader.read(path)
  page = colorizer.page(picture, layers=True)
  with Image.open(stdio.BytesIO(encode([(page.rgb, picture)], '.png'))) as image:
    assert image.size == picture.rgb.shape[1::-1] and ('A' in image.mode) == (
      picture.alpha is not None
    )
    white = Image.new('RGBA', image.size, 'white')
    white.alpha_composite(image.convert('RGBA'))
  out = np.asarray(white)[..., :3]
  visible = np.ones(picture.grey.shape, bool)
  if picture.alpha is not None:  # nothing can be seen of what is wholly clear
    visible = picture.alpha[..., 0] > 0
  product = page.color.astype(np.float32) * picture.rgb / 255
  if picture.alpha is not None:  # nor be darker than the paper that shines through
    product = np.maximum(product, 255 - picture.alpha)
  before, after = lightness(picture.rgb), lightness(out)
  black, inked = visible & (before <= 0.5), visible & (picture.grey < 128)
  changed = (page.rgb != picture.rgb).any(-1)[page.paper]
  found = {
    'over': float((out - product)[visible].max(initial=0)),
    'lighter': float((out > picture.rgb).any(-1)[visible].mean()) if visible.any() else 0.0,
    'black dL': float(np.abs(after - before)[black].max(initial=0)),
    'ink dL': float(np.abs(after - before)[inked].mean()) if inked.any() else 0.0,
    'paper': float(changed.mean()) if changed.size else 0.0,
  }
  return found, picture, page.rgb


def crops(source: np.ndarray, out: np.ndarray):
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
  options = parser.parse_args()
  colorizer = Colorizer(options.checkpoint)
  for folder in options.folders:
    rows = []
    for path in sorted(folder.iterdir()):
      try:
        found, picture, rgb = measure(colorizer, path)
      except reader.PictureError:
        continue
      rows.append(found)
      if options.names:
        print(f'  {path.name}: {_text(found)}', flush=True)
      if options.output:
        target = pathlib.Path(options.output) / folder.name
        target.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rgb).save(target / f'{path.stem}.png')
        crops(picture.rgb, rgb).save(target / f'{path.stem}_400.png')
    if rows:
      most = {name: max(row[name] for row in rows) for name in rows[0]}
      print(f'{folder.name}: {len(rows)} pictures, at most {_text(most)}', flush=True)


def _text(found):
  return ', '.join(f'{name} {value:.4f}' for name, value in found.items())


if __name__ == '__main__':
  main()
