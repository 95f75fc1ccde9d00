"""Write a contact sheet: python -m onepunch_jax.synthetic --grid=64 --output=synthetic.png"""

from __future__ import annotations

import math

import numpy as np
from absl import app, flags
from PIL import Image

from onepunch_jax import synthetic

_GRID = flags.DEFINE_integer('grid', 64, 'How many drawings.', lower_bound=1)
_OUTPUT = flags.DEFINE_string('output', 'synthetic.png', 'The picture to write.')
_SEED = flags.DEFINE_integer('seed', 0, 'The seed of the drawings.', lower_bound=0)
_START = flags.DEFINE_integer('start', 0, 'The index of the first drawing.', lower_bound=0)
_SIZE = flags.DEFINE_integer('size', 128, 'The side of a drawing in pixels.', lower_bound=16)
_ALL = flags.DEFINE_bool('all_techniques', False, 'Screentones, icons ...: synthetic_all.')
_SHOW = flags.DEFINE_enum(
  'show',
  'rgb',
  ['rgb', 'line', 'flat', 'all'],
  'Which picture of each drawing; all = line|flat|rgb.',
)


def main(argv) -> None:
  del argv
  keys = ('line', 'flat', 'rgb') if _SHOW.value == 'all' else (_SHOW.value,)
  cells = []
  for index in range(_START.value, _START.value + _GRID.value):
    record = synthetic.draw(_SEED.value, index, _SIZE.value, all_techniques=_ALL.value)
    images = [np.broadcast_to(record[k], (_SIZE.value, _SIZE.value, 3)) for k in keys]
    cells.append(np.pad(np.concatenate(images, 1), ((2, 2), (2, 2), (0, 0)), constant_values=255))
  columns = max(1, round(math.sqrt(_GRID.value / len(keys))))
  cells += [np.full_like(cells[0], 255)] * (-len(cells) % columns)
  rows = [np.concatenate(cells[i : i + columns], 1) for i in range(0, len(cells), columns)]
  Image.fromarray(np.concatenate(rows)).save(_OUTPUT.value)
  print(f'{_OUTPUT.value}: {_GRID.value} drawings, seed {_SEED.value}, from index {_START.value}')


if __name__ == '__main__':
  app.run(main)
