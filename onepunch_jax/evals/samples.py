"""A picture grid of the first drawings with captions: line art, ground truth, prediction."""

from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Predict, fetch

CAPTION = 18  # px above the grid
GAP = 4  # px between pictures


def make(
  *,
  count: int = 8,
  columns: int = 2,
  captions: Sequence[str] = ('line', 'target', 'painted'),
) -> Evaluation:
  """(paint, batches) -> {'samples': uint8 [H, W, 3]}: `count` drawings in `columns` columns.

  `captions` are the titles of the line art, the ground truth and the prediction.
  """

  def evaluate(paint: Predict, batches: Iterable[Batch]) -> dict[str, np.ndarray]:
    rows = []
    for batch in batches:
      line = np.repeat(fetch(0.5 + 0.5 * batch['line']), 3, -1)
      pictures = zip(line, fetch(0.5 + 0.5 * batch['rgb']), fetch(paint(batch)))
      valid = fetch(batch['valid'])
      rows += [row for row, ok in zip(pictures, valid) if ok]
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
