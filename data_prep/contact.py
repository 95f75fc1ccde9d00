"""A contact sheet: what the records of a dataset look like."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

CELL = 160  # pixels of one picture


def sheet(sample: list[dict], cell: int = CELL) -> Image.Image:
  """Records side by side, each as its line (if any), colour(s) up to 3, and mask greyed out."""
  strips = [[_fit(p, cell) for p in _pictures(record)] for record in sample]
  widest = max(len(s) for s in strips)
  columns = max(1, round(math.sqrt(len(strips) * 1.6 / widest)))
  rows = math.ceil(len(strips) / columns)
  out = Image.new('RGB', (columns * (widest * cell + 8), rows * (cell + 8)), (238, 238, 238))
  for i, strip in enumerate(strips):
    for j, picture in enumerate(strip):
      out.paste(picture, (i % columns * (widest * cell + 8) + j * cell, i // columns * (cell + 8)))
  return out


def _pictures(record: dict) -> list[np.ndarray]:
  pictures = [np.repeat(record['line'], 3, -1)] if 'line' in record else []
  pictures += record.get('rgbs', [record['rgb']] if 'rgb' in record else [])[:3]
  if 'mask' in record:
    pictures = [np.where(record['mask'] > 0, p, np.uint8(200)) for p in pictures]
  return pictures


def _fit(picture: np.ndarray, cell: int) -> Image.Image:
  image = Image.fromarray(picture)
  image.thumbnail((cell, cell), Image.Resampling.LANCZOS)
  out = Image.new('RGB', (cell, cell), (200, 200, 200))
  out.paste(image, ((cell - image.width) // 2, (cell - image.height) // 2))
  return out
