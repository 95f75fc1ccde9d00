"""Flats of a folder in a palette, then in an edited one without a net: counts what is off.

    python benchmarks/flats.py --checkpoint=runs/pix2pix --input=FOLDER

Prints pages, pixels that are neither of the palette nor paper, pixels that changed region when the
palette was edited, and seconds per page with the net and without.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping

import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).parents[1]
FIRST = {
  'skin': '#f0c8a0',
  'hair': '#7a4b2a',
  'coat': '#2f6f8f',
  'leaf': '#5c8f3c',
  'sky': '#a8d0f0',
  'rose': '#c04a5a',
  'sun': '#f0d060',
  'shade': '#707080',
}
EDITED = {name: f'#{n + 1:02x}2030' for n, name in enumerate(FIRST)}


def codes(path: pathlib.Path):
  rgb = np.asarray(Image.open(path).convert('RGB')).astype(int)
  return rgb @ np.array([65536, 256, 1])


def allowed(palette: Mapping):
  return {int(color[1:], 16): name for name, color in palette.items()} | {0xFFFFFF: 'paper'}


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  parser.add_argument('--input', required=True)
  options = parser.parse_args()
  with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    clock, seconds = time.monotonic(), []
    for name, palette, source, more in (
      ('flats', FIRST, options.input, [f'--checkpoint={options.checkpoint}', '--force']),
      ('new', EDITED, folder / 'flats', []),
    ):
      (folder / f'{name}.json').write_text(json.dumps(palette))
      subprocess.run(
        [
          sys.executable,
          '-m',
          'onepunch_jax.colorize',
          f'--input={source}',
          *more,
          f'--output={folder / name}',
          f'--palette={folder / f"{name}.json"}',
        ],
        check=True,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
      )
      seconds.append(time.monotonic() - clock)
      clock = time.monotonic()
    off = moved = pixels = 0
    pages = sorted((folder / 'flats').rglob('*.png'))
    for path in pages:
      one, other = codes(path), codes(folder / 'new' / path.relative_to(folder / 'flats'))
      off += sum(
        int((~np.isin(c, list(allowed(p)))).sum()) for c, p in ((one, FIRST), (other, EDITED))
      )
      for code, name in allowed(FIRST).items():
        wanted = next(c for c, n in allowed(EDITED).items() if n == name)
        moved += int((other[one == code] != wanted).sum())
      pixels += one.size
    print(
      f'{len(pages)} pages, {pixels / 1e6:.1f} M pixels: {off} off the palette, {moved} that '
      f'did not follow their name into the edited one; {seconds[0] / len(pages):.2f} s a page '
      f'with the net, {seconds[1] / len(pages):.2f} s without'
    )
    sys.exit(0 if not off and not moved else 1)


if __name__ == '__main__':
  main()
