"""Line art with its colourings -> record shards.

    python -m data_prep.pairs --input=openmoji --output=prepared/openmoji --size=256
    python -m data_prep.inspect prepared/openmoji
    python -m onepunch_jax.main --config=configs/pix2pix.py:laptop,data=prepared/openmoji \\
        --workdir=runs/openmoji

--input is one of: a folder with metadata.jsonl ('line', and 'color' or 'colors'); a folder with
line/ and color/ in it (or name the two: --line=DIR --color=DIR), files of the same name belong
together; a list file (.csv, .tsv, .txt: line and colour in a row; .jsonl); a folder of side-by-side
pictures, the colour half on the --color_side.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import numpy as np
from absl import app, flags

from data_prep import align, fit, options, pair_list
from data_prep.plan import Item, Left
from onepunch_jax.images import reader


@dataclasses.dataclass(frozen=True)
class Pairs:
  """Recipe: pairs. The fields are the flags of this command."""

  input: str = ''
  line: str = ''
  color: str = ''
  size: int = 256
  fit: str = 'letterbox'
  crops: int = 4
  color_side: str = 'right'
  max_shift: float = 2.0
  rescale: bool = False
  max_pixels: int = reader.MAX_PIXELS
  license: str = ''
  credit: str = ''

  def items(self) -> list[Item]:
    return pair_list.items(self.input, self.line, self.color)

  def records(self, item: Item) -> Iterator[dict | Left]:
    facts = json.loads(item.where[0])
    try:
      line, rgbs = self._read(item, facts)
    except reader.PictureError as error:
      yield Left('unreadable', item.key, str(error))
      return
    for name, rgb in zip(facts['color'] or [''], rgbs):
      problem = align.problem(line, rgb, self.max_shift)
      if problem:
        yield Left('misaligned', item.key, f'{name}: {problem}' if name else problem)
        return
    squares = list(fit.squares(*line.shape[:2], self.fit, self.crops, item.key, self.size))
    for i, box in enumerate(squares):
      record = {
        'key': f'{item.key}#{i + 1}' if len(squares) > 1 else item.key,
        'license': facts.get('license', self.license),
        'credit': facts.get('credit', self.credit),
      }
      record['line'], mask = fit.resize(line, box, self.size)
      colorings = [fit.resize(rgb, box, self.size)[0] for rgb in rgbs]
      record |= {'rgb': colorings[0]} | ({'rgbs': colorings} if len(colorings) > 1 else {})
      full = np.full((self.size, self.size, 1), 255, np.uint8)
      record['mask'] = full if mask is None else mask  # always: records of one dataset are alike
      if facts.get('tags'):
        record['tags'] = facts['tags']
      yield record

  def info(self) -> dict:
    return {'license': self.license, 'credit': self.credit}

  def _read(self, item: Item, facts: dict) -> tuple[np.ndarray, list[np.ndarray]]:
    """(line uint8 [H, W, 1], colourings uint8 [H, W, 3])."""
    if not facts['color']:
      both = reader.read(facts['line'], name=item.key, max_pixels=self.max_pixels).rgb
      half = both.shape[1] // 2
      if both.shape[1] % 2 or not half:
        raise reader.PictureError(
          f'{item.key}: {both.shape[1]} pixels wide, which is not two halves.'
        )
      left, right = both[:, :half], both[:, half:]
      line, rgb = (left, right) if self.color_side == 'right' else (right, left)
      return reader.to_grey(line), [rgb]
    line = reader.read(facts['line'], max_pixels=self.max_pixels).rgb
    rgbs = [reader.read(color, max_pixels=self.max_pixels).rgb for color in facts['color']]
    if self.rescale:
      rgbs = [_to_size(rgb, line.shape) for rgb in rgbs]
    return reader.to_grey(line), rgbs


def _to_size(rgb: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
  """Scaled to another size, if the proportions are within 1 percent of it."""
  height, width = shape[:2]
  if rgb.shape == shape or abs(rgb.shape[0] * width / (rgb.shape[1] * height) - 1) > 0.01:
    return rgb
  from PIL import Image

  return np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.LANCZOS))


def recipe(f) -> Pairs:
  """From parsed flags."""
  return Pairs(
    f.input,
    f.line,
    f.color,
    f.size,
    f.fit,
    f.crops,
    f.color_side,
    f.max_shift,
    f.rescale,
    f.max_pixels,
    f.license,
    f.credit,
  )


if __name__ == '__main__':
  options.define_common(
    'folder or list of pairs', size=256, duplicates=-1, rgb='png', needs_input=False
  )
  options.define_reading(rules_too=False)
  flags.DEFINE_string('line', '', 'folder of line art')
  flags.DEFINE_string('color', '', 'folder of colourings')
  flags.DEFINE_enum('color_side', 'right', ['left', 'right'], 'of side-by-side pictures')
  flags.DEFINE_float(
    'max_shift',
    2,
    'percent of the long side: leave out pairs whose ink fits '
    'better further away; 0 checks sizes only',
  )
  flags.DEFINE_bool('rescale', False, 'scale colourings of the same proportions to the line art')
  app.run(lambda argv: options.main(argv, recipe))
