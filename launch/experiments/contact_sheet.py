"""Drawings coloured several ways by one checkpoint, on one sheet: what numbers do not show.

    python -m launch.experiments.contact_sheet --checkpoint=runs/region --output=sheet.png
    python -m launch.experiments.contact_sheet --checkpoint=runs/region --input=FOLDER
    --output=sheet.png

Columns: the line art; the target, where it is known; the likeliest colours; other samples, where
the method has them; and colours by five hints, where the target is known: true colours in the
deepest places of the largest regions. Without --input the drawings are synthetic ones that no
training sees.
"""

import os
from collections.abc import Iterator, Sequence

import numpy as np
from absl import app, flags
from PIL import Image
from tqdm import tqdm

from launch.experiments.four_ways import TEST, marked, places
from onepunch_jax import Colorizer, synthetic
from onepunch_jax.evals.samples import grid
from onepunch_jax.images import reader


def drawings(folder: str, count: int, size: int, only: Sequence[int] = ()) -> Iterator[dict]:
  """The first `count` drawings, or those of the numbers `only`.

  Records with 'line' [H, W, 1] and, of synthetic drawings, 'rgb' and 'regions'.
  """
  if not folder:
    chosen = only or range(count)
    data = synthetic.Synthetic(max(chosen) + 1, seed=TEST, size=size)
    yield from (data[i] for i in chosen)
    return
  names = sorted(n for n in os.listdir(folder) if reader.looks_like_picture(n))[:count]
  for name in names:
    picture = Image.fromarray(reader.read(os.path.join(folder, name)).rgb)
    picture.thumbnail((size, size))
    sheet = Image.new('RGB', (size, size), 'white')
    sheet.paste(picture, ((size - picture.width) // 2, (size - picture.height) // 2))
    yield {'line': np.asarray(sheet.convert('L'))[..., None]}


def row(colorizer: Colorizer, record: dict, samples: int, dots: int) -> dict[str, np.ndarray]:
  """{caption: sRGB [H, W, 3] in [0, 1]} of one drawing."""
  line = np.repeat(record['line'], 3, -1)
  readable = {*colorizer.method.inputs, *colorizer.method.optional_inputs}
  pictures = {'line': line}
  if 'rgb' in record:
    pictures['target'] = record['rgb']
  pictures['likeliest'] = colorizer(line)
  if 'sample' in readable:
    pictures |= {f'sample {i}': colorizer(line, sample=i) for i in range(1, samples + 1)}
  if 'rgb' in record and 'hint' in readable:
    clicks = places(record, dots)
    pictures |= {f'{dots} hints': marked(line, clicks), 'by hints': colorizer(line, hints=clicks)}
  return {caption: picture / 255 for caption, picture in pictures.items()}


def define_flags() -> None:
  """The flags of this command."""
  flags.DEFINE_string('checkpoint', None, 'The --workdir of training.', required=True)
  flags.DEFINE_string('input', '', 'A folder of line art; default: synthetic drawings.')
  flags.DEFINE_string('output', 'sheet.png', 'The picture.')
  flags.DEFINE_integer('count', 24, 'How many drawings, a row each.')
  flags.DEFINE_list('only', [], 'Numbers of synthetic drawings, instead of the first --count.')
  flags.DEFINE_integer('samples', 3, 'How many other samples.')
  flags.DEFINE_integer('hints', 5, 'How many hints.')
  flags.DEFINE_integer('size', 192, 'Side of a picture.')


def main(_: list[str]) -> None:
  """Writes the sheet."""
  options = flags.FLAGS
  colorizer = Colorizer(options.checkpoint)
  only = [int(number) for number in options.only]
  records = drawings(options.input, options.count, options.size, only)
  rows = [
    row(colorizer, record, options.samples, options.hints)
    for record in tqdm(records, total=len(only) or options.count, unit='drawing')
  ]
  sheet = grid([list(r.values()) for r in rows], list(rows[0]), 1)
  Image.fromarray(sheet).save(options.output, optimize=True)
  print(options.output)


if __name__ == '__main__':
  define_flags()
  app.run(main)
