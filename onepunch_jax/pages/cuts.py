"""Figures that end in the middle of a page, as a bust does: the straight cut is closed.

Where a drawing ends, several of its lines end at one level, each running straight into it. Feet
and other round shapes may end at one level, too, but their lines turn there.
"""

import cv2
import numpy as np

NEAR = 0.05  # of the short side: marks that are closer are of one drawing
SMALLEST = 0.15  # of the short side: smaller drawings are left alone
LEVEL = 0.008  # of the short side: lines that end at one level differ less
BACK = 0.03  # of the short side: so far up it is looked where a line comes from
STEEP = 0.6  # px aside for a px up that a line may lean
WIDEST = 0.04  # of the short side: a line's end is narrower
SPAN = 0.25  # of the drawing's width that is between its outermost ends, at least


def closed_cuts(room: np.ndarray) -> np.ndarray:
  """uint8 [h, w], 1 where there is no line: with lines along the cuts of drawings, on any side."""
  out = room.copy()
  for turns in range(4):  # the side that is looked at lies below
    turned = np.ascontiguousarray(np.rot90(room, turns))
    for left, right, row in _cuts(turned):
      target = np.rot90(out, turns)
      target[row - 1 : row + 1, left:right] = 0
  return out


def _cuts(room: np.ndarray) -> list[tuple[int, int, int]]:
  """(left, right, row) of the cuts at the lower ends of drawings."""
  height, width = room.shape
  short = min(room.shape)
  ink = 1 - room
  side = 2 * max(1, round(NEAR * short / 2)) + 1
  close = cv2.dilate(ink, np.ones((side, side), np.uint8))
  count, parts, stats, _ = cv2.connectedComponentsWithStats(close, connectivity=8)
  found = []
  for n in range(1, count):
    x, y, w, h = stats[n, :4]
    if h < SMALLEST * short or w < SMALLEST * short:
      continue
    mine = (ink[y : y + h, x : x + w] > 0) & (parts[y : y + h, x : x + w] == n)
    rows = np.flatnonzero(mine.any(1))
    if not rows.size or y + rows[-1] >= height - 1 - 0.01 * short:
      continue  # the edge of the page cuts it
    ends = _ends(mine[: rows[-1] + 1], short)
    if len(ends) > 1 and ends[-1] - ends[0] >= SPAN * w:
      found.append((x + ends[0], min(width, x + ends[-1] + 1), y + int(rows[-1])))
  return found


def _ends(ink: np.ndarray, short: int) -> list[int]:
  """Columns at which lines run straight into the last row of `ink`; none if others turn there."""
  level, back = max(2, round(LEVEL * short)), max(4, round(BACK * short))
  if len(ink) <= back:
    return []
  last = _runs(ink[-level:].any(0))
  before = _runs(ink[-back])
  ends = []
  for start, stop in last:
    middle = (start + stop) / 2
    near = [b for b in before if abs((b[0] + b[1]) / 2 - middle) <= STEEP * back]
    straight = len(near) == 1 and max(stop - start, near[0][1] - near[0][0]) <= WIDEST * short
    if straight:
      ends.append(int(middle))
  return ends if 2 * len(ends) > len(last) else []


def _runs(row: np.ndarray) -> list[tuple[int, int]]:
  """(start, stop) of the runs of True."""
  edges = np.flatnonzero(np.diff(np.r_[0, row.astype(np.int8), 0]))
  return list(zip(edges[::2].tolist(), edges[1::2].tolist()))
