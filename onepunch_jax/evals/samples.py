"""A picture grid of the first drawings: line | target | painted, with captions."""

from collections.abc import Callable, Iterable, Sequence

import jax
import numpy as np
from PIL import Image, ImageDraw, ImageFont

CAPTION = 18  # px above the grid
GAP = 4  # px between pictures


def make(*, count=8, columns=2, captions=('line', 'target', 'painted')) -> Callable:
  """(paint, batches) -> {'samples': uint8 [H, W, 3]}: `count` drawings in `columns` columns.

  `captions` are the titles of the input, the target and the answer.
  """

  def evaluate(paint: Callable, batches: Iterable) -> dict[str, np.ndarray]:
    rows = []
    for batch in batches:
      line = np.repeat(_fetch(0.5 + 0.5 * batch['line']), 3, -1)
      shown = zip(line, _fetch(0.5 + 0.5 * batch['rgb']), _fetch(paint(batch)))
      valid = _fetch(batch['valid'])
      rows += [pictures for pictures, ok in zip(shown, valid) if ok]
      if len(rows) >= count:
        break
    return {'samples': grid(rows[:count], captions, columns)}

  return evaluate


def grid(rows: Sequence[Sequence[np.ndarray]], captions: Sequence[str], columns: int) -> np.ndarray:
  """Rows of [H, W, 3] pictures in [0, 1] -> one uint8 picture, `columns` rows side by side."""
  height, width = rows[0][0].shape[:2]
  across = len(captions) * (width + GAP) + 2 * GAP
  down = -(-len(rows) // columns)
  sheet = Image.new('RGB', (columns * across, CAPTION + down * (height + GAP)), 'white')
  draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
  for c in range(columns):
    for i, caption in enumerate(captions):
      draw.text((c * across + i * (width + GAP) + 3, 2), caption, 'black', font)
  for n, row in enumerate(rows):
    for i, picture in enumerate(row):
      place = ((n // down) * across + i * (width + GAP), CAPTION + (n % down) * (height + GAP))
      sheet.paste(Image.fromarray(np.uint8(np.clip(picture, 0, 1) * 255 + 0.5)), place)
  return np.asarray(sheet)


def _fetch(x) -> np.ndarray:
  """A global array on the host, wherever its parts are."""
  if jax.process_count() > 1:
    from jax.experimental import multihost_utils

    return np.asarray(multihost_utils.process_allgather(x, tiled=True))
  return np.asarray(x)
