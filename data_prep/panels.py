"""Cut comic pages into panels along their gutters (recursive XY cut)."""

from __future__ import annotations

import numpy as np
from PIL import Image

Box = tuple[int, int, int, int]  # left, top, right, bottom
GUTTER = 0.006  # narrowest gutter, of the page's long side
SMALLEST = 0.08  # smallest side of a panel, of the page's short side
FLAT = 28  # a gutter's levels differ from the page's border colour by at most this


def find(rgb: np.ndarray) -> list[Box]:
  """Panels of a page (uint8 [H, W, 3]) in reading order, left to right and top to bottom.

  A page whose border is not one flat colour, or without gutters, is one panel: itself.
  """
  height, width = rgb.shape[:2]
  whole = [(0, 0, width, height)]
  scale = min(1.0, 800 / max(height, width))
  size = max(1, round(width * scale)), max(1, round(height * scale))
  small = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX)).astype(np.int16)
  border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
  color = np.median(border, 0)
  if (np.abs(border - color).max(1) <= FLAT).mean() < 0.6:
    return whole
  drawn = np.abs(small - color).max(2) > FLAT
  gutter = max(2, round(GUTTER * max(size)))
  least = max(4, round(SMALLEST * min(size)))
  boxes = []
  _cut(drawn, 0, 0, gutter, least, boxes)
  if len(boxes) < 2:
    return whole
  return [
    (
      int(left / scale),
      int(top / scale),
      min(width, -int(-right // scale)),
      min(height, -int(-bottom // scale)),
    )
    for left, top, right, bottom in boxes
  ]


def _cut(drawn: np.ndarray, left: int, top: int, gutter: int, least: int, out: list) -> None:
  rows, columns = _runs(drawn, 1, gutter), _runs(drawn, 0, gutter)
  if not rows or not columns:
    return
  if len(rows) == 1 and len(columns) == 1:
    (y0, y1), (x0, x1) = rows[0], columns[0]
    if y1 - y0 == drawn.shape[0] and x1 - x0 == drawn.shape[1]:
      if min(drawn.shape) >= least:
        out.append((left, top, left + x1, top + y1))
      return
    _cut(drawn[y0:y1, x0:x1], left + x0, top + y0, gutter, least, out)
  elif len(rows) > 1:
    for y0, y1 in rows:
      _cut(drawn[y0:y1], left, top + y0, gutter, least, out)
  else:
    for x0, x1 in columns:
      _cut(drawn[:, x0:x1], left + x0, top, gutter, least, out)


def _runs(drawn: np.ndarray, axis: int, gutter: int) -> list[tuple[int, int]]:
  """Stretches along the other axis that are not empty, joined over gaps narrower than a gutter."""
  # Specks and lettering that cross a gutter by a few pixels do not close it.
  busy = np.flatnonzero(drawn.mean(axis) > 0.004)
  if not len(busy):
    return []
  breaks = np.flatnonzero(np.diff(busy) > gutter)
  starts = busy[np.r_[0, breaks + 1]]
  ends = busy[np.r_[breaks, len(busy) - 1]] + 1
  return list(zip(starts.tolist(), ends.tolist()))
