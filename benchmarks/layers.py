"""Opens layered files with readers that know nothing of this project, and draws their layers.

    python benchmarks/layers.py --checkpoint=runs/pix2pix [--output=docs/pages_layers.png]

A drawn page is coloured into .png, .ora and .psd.  The ORA is read as a ZIP with stack.xml, its
layers are laid over each other by Pillow; the PSD is read by psd-tools and composited by it.
Prints the largest difference from the PNG of each.  --output shows the ORA's layers with captions.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

from onepunch_jax.synthetic import draw

ROOT = pathlib.Path(__file__).parents[1]
BLEND = {
  'svg:multiply': ImageChops.multiply,
  'svg:screen': ImageChops.screen,
  'svg:src-over': lambda below, top: top,
}


def read_ora(path: pathlib.Path):
  """([(name, mode, RGBA image) from the bottom up], what they make, merged image)."""
  with zipfile.ZipFile(path) as book:
    assert book.namelist()[0] == 'mimetype' and book.read('mimetype') == b'image/openraster'
    root = ElementTree.fromstring(book.read('stack.xml'))
    out = Image.new('RGB', (int(root.get('w')), int(root.get('h'))), 'white')
    found = []
    for layer in reversed(list(root.iter('layer'))):
      with book.open(layer.get('src')) as file:
        top = Image.open(file).convert('RGBA')
      found.append((layer.get('name'), layer.get('composite-op').removeprefix('svg:'), top))
      blended = BLEND[layer.get('composite-op')](out, top.convert('RGB'))
      out = Image.composite(blended, out, top.getchannel('A'))
    with book.open('mergedimage.png') as file:
      return found, out, Image.open(file).convert('RGB')


def apart(one: np.ndarray, other: np.ndarray):
  """Largest difference of two pictures in 255ths."""
  one, other = (np.asarray(i.convert('RGB')).astype(int) for i in (one, other))
  return int(np.abs(one - other).max())


def sheet(tiles: Sequence[tuple], side: int, columns: int = 4):
  """Pictures (caption, on what, image) in rows; what is clear shows white, black or checks."""
  font = ImageFont.load_default(15)
  rows = -(-len(tiles) // columns)
  out = Image.new('RGB', (columns * (side + 10) + 10, rows * (side + 34) + 10), 'white')
  pen = ImageDraw.Draw(out)
  step = np.arange(side) // 8
  checks = np.where((step[:, None] + step) % 2, 255, 228).astype(np.uint8)
  checks = Image.fromarray(checks).convert('RGB')
  for n, (caption, mode, image) in enumerate(tiles):
    left, top = 10 + n % columns * (side + 10), 10 + n // columns * (side + 34)
    small = image.convert('RGBA').resize((side, side), Image.Resampling.BOX)
    plain = {'multiply': 'white', 'screen': 'black'}.get(mode)
    below = Image.new('RGB', (side, side), plain) if plain else checks
    out.paste(Image.composite(small.convert('RGB'), below, small.getchannel('A')), (left, top))
    pen.rectangle((left - 1, top - 1, left + side, top + side), outline=(170, 170, 170))
    pen.text((left + 2, top + side + 4), caption, (40, 40, 40), font)
  return out


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  parser.add_argument('--output')
  parser.add_argument('--seed', type=int, default=3)
  parser.add_argument('--index', type=int, default=199, help='which drawing')
  parser.add_argument('--size', type=int, default=768)
  options = parser.parse_args()
  with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    line = Image.fromarray(draw(options.seed, options.index, options.size)['line'][..., 0])
    line.save(folder / 'in.png')
    for suffix in ('png', 'ora', 'psd'):
      subprocess.run(
        [
          sys.executable,
          '-m',
          'onepunch_jax.colorize',
          f'--checkpoint={options.checkpoint}',
          f'--input={folder / "in.png"}',
          f'--output={folder / f"out.{suffix}"}',
          '--force',
        ],
        check=True,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
      )
    wanted = Image.open(folder / 'out.png').convert('RGB')
    layers, flat, merged = read_ora(folder / 'out.ora')
    print(
      f'ORA: {[name for name, _, _ in layers]}, stack {apart(flat, wanted)}/255, merged '
      f'{apart(merged, wanted)}/255 from the PNG'
    )
    from psd_tools import PSDImage

    psd = PSDImage.open(folder / 'out.psd')
    print(
      f'PSD: {[layer.name for layer in psd]}, composite '
      f'{apart(psd.composite(force=True), wanted)}/255, merged '
      f'{apart(Image.open(folder / "out.psd"), wanted)}/255 from the PNG'
    )
    sizes = {s: (folder / f'out.{s}').stat().st_size // 1024 for s in ('png', 'ora', 'psd')}
    print('KiB:', sizes)
    if options.output:

      def caption(name, mode):
        return name if mode == 'src-over' else f'{name} ({mode})'

      tiles = [
        ('input', '', line),
        *((caption(n, m), m, i) for n, m, i in layers),
        ('all together', '', wanted),
      ]
      picture = sheet(tiles, 240)
      picture.quantize(192, dither=Image.Dither.NONE).save(options.output, optimize=True)
      print(f'{options.output}: {pathlib.Path(options.output).stat().st_size / 1000:.0f} kB')


if __name__ == '__main__':
  main()
