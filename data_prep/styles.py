"""A picture of all line styles of one drawing.

    python -m data_prep.styles --output=styles.png

Draws a procedural drawing (or --input=PICTURE) and its line art in every style that training picks
from, then in every augmentation, with their names.
"""

from __future__ import annotations

import math
import os
import sys

import numpy as np
from absl import app, flags
from PIL import Image, ImageDraw, ImageFont

from onepunch_jax.images import reader


def tiles(rgb: np.ndarray) -> list[tuple[str, np.ndarray]]:
  """uint8 [H, W, 3] -> (name, uint8 [H, W, 3]): the picture, the styles, the augmentations."""
  import jax
  import jax.numpy as jnp

  from onepunch_jax.prepare import line_noise, lines

  x = jnp.asarray(rgb, jnp.float32)[None] / 255
  out = [('colour', rgb)]
  show = lambda line: np.repeat(np.round(np.asarray(line[0]) * 255).astype(np.uint8), 3, -1)
  for name, style in lines.STYLES.items():
    fine, wide = style.widths(jnp.full((3, 1), 0.5))
    out.append((name, show(lines.draw(x, name, fine, wide))))
  line = lines.draw(x, 'dodge', 0.5, 2.75)
  for name, change in line_noise.AUGMENTS.items():
    synthetic = change(line, {'rgb': x * 2 - 1}, jnp.full((3, 1, 1, 1, 1), 0.6), jax.random.key(0))
    out.append((f'+ {name}', show(jnp.clip(synthetic, 0, 1))))
  return out


def sheet(named: list[tuple[str, np.ndarray]], columns: int = 7) -> Image.Image:
  """Named pictures of one size in rows, the name above each."""
  height, width = named[0][1].shape[:2]
  rows = math.ceil(len(named) / columns)
  out = Image.new('RGB', (columns * (width + 4), rows * (height + 22)), 'white')
  pen, font = ImageDraw.Draw(out), ImageFont.load_default(14)
  for i, (name, picture) in enumerate(named):
    x, y = i % columns * (width + 4), i // columns * (height + 22)
    pen.text((x + 4, y + 2), name, fill='black', font=font)
    out.paste(Image.fromarray(picture), (x, y + 20))
  return out


def main(argv) -> None:
  os.environ.setdefault('JAX_PLATFORMS', 'cpu')
  f = flags.FLAGS
  if f.input:
    try:
      picture = Image.fromarray(reader.read(f.input).rgb)
    except reader.PictureError as error:
      sys.exit(f'error: {error}')
    picture.thumbnail((f.size, f.size), Image.Resampling.LANCZOS)
    rgb = np.asarray(picture)
  else:
    from onepunch_jax import synthetic

    rgb = synthetic.draw(f.seed, f.index, f.size)['rgb']
  sheet(tiles(rgb)).save(f.output)
  print(f'wrote {f.output}')


if __name__ == '__main__':
  flags.DEFINE_string('output', 'styles.png', 'the picture to write')
  flags.DEFINE_string('input', '', 'a colour picture instead of a drawing')
  flags.DEFINE_integer('size', 224, 'pixels of one tile')
  flags.DEFINE_integer('seed', 0, 'of the drawing')
  flags.DEFINE_integer('index', 8, 'of the drawing')
  app.run(main)
