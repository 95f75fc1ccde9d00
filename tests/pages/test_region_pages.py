"""Commands with a checkpoint that colours by regions, from files to files."""

import json

import numpy as np
from PIL import Image

from onepunch_jax import colorize
from onepunch_jax.pages import work
from onepunch_jax.pages.palette import Palette
from tests.pages.test_session import page

ENTRIES = {'ink blue': '#203060', 'rose': '#e0a0b0', 'moss': '#607040'}


def test_files_have_no_pixel_off_the_palette(colorizer, tmp_path):
  (tmp_path / 'in').mkdir()
  for n in range(2):
    Image.fromarray(np.roll(page(), 5 * n, 1)).save(tmp_path / 'in' / f'{n}.png')
  palette = Palette.make(ENTRIES)
  allowed = {(0x20, 0x30, 0x60), (0xE0, 0xA0, 0xB0), (0x60, 0x70, 0x40), (255, 255, 255)}
  options = work.Options(flats=True, palette=palette)
  colorize.color_all(
    str(tmp_path / 'in'), colorize.Output(str(tmp_path / 'out')), work.Colorist(colorizer, options)
  )
  for n in range(2):
    flats = np.asarray(Image.open(tmp_path / 'out' / f'{n}.png').convert('RGB'))
    colors = {tuple(c) for c in flats.reshape(-1, 3).tolist()}
    assert colors <= allowed and len(colors) > 1
    names = {
      row['name'] for row in json.loads((tmp_path / 'out' / f'{n}.json').read_text())['colors']
    }
    assert {'ink blue', 'rose', 'moss'} <= names
