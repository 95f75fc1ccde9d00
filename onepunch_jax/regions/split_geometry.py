"""The geometry of regions some of which were split: only their pieces are measured anew."""

from collections.abc import Sequence

import numpy as np

from onepunch_jax.regions.geometry import Geometry, borders, deepest_of, distance_inside
from onepunch_jax.regions.split import Split


class SplitGeometry:
  """Measures splits of the regions of one drawing; those measured last are kept. Safe in threads.

  Args:
    before: the geometry of the regions.
    to_ink: float32 [H, W], px to ink (`geometry.LineMaps`).
  """

  def __init__(self, before: Geometry, to_ink: np.ndarray):
    self._before, self._to_ink = before, to_ink
    self._kept: dict[int, tuple[np.ndarray, Geometry]] = {}  # region -> (`Split.owner`, pieces)

  def measure(self, splits: Sequence[Split]) -> Geometry:
    """What `geometry.describe` finds in `Splitter.labels` of the same splits, bit for bit."""
    pieces, kept = [], {}
    found = Geometry(*(x.copy() for x in self._before))
    for split in splits:
      owner, measured = self._kept.get(split.region, (None, None))
      if measured is None or owner is not split.owner:
        measured = _pieces(split, self._to_ink)
      kept[split.region] = split.owner, measured
      pieces.append(Geometry(*(x[1:] for x in measured)))
      for values, first in zip(found, measured):
        values[split.region] = first[0]
    self._kept = kept
    return Geometry(*(np.concatenate(x) for x in zip(found, *pieces)))


def _pieces(split: Split, to_ink: np.ndarray) -> Geometry:
  """The geometry of the pieces of one region."""
  height, width = to_ink.shape
  top, left = split.box[0].start, split.box[1].start
  rows, columns = np.nonzero(split.owner)
  which = split.owner[rows, columns].astype(np.intp) - 1
  ink = to_ink[split.box][rows, columns]
  y = (((np.arange(height) + 0.5) * (2 / height) - 1).astype(np.float32))[rows + top]
  x = (((np.arange(width) + 0.5) * (2 / width) - 1).astype(np.float32))[columns + left]
  pixels = np.bincount(which)
  mean = lambda values: np.bincount(which, values) / pixels
  cx, cy = mean(x), mean(y)
  xx, yy, xy = mean(x * x) - cx**2, mean(y * y) - cy**2, mean(x * y) - cx * cy
  on_edge = (rows + top == 0) | (rows + top == height - 1)
  on_edge |= (columns + left == 0) | (columns + left == width - 1)
  border = borders(np.pad(split.owner, 1))[1:-1, 1:-1]  # the picture's edge is one
  inside = distance_inside(border)[rows, columns]
  first = deepest_of(which, inside, ink, split.count)
  return Geometry(
    (pixels / to_ink.size).astype(np.float32),
    np.stack([cx, cy], -1).astype(np.float32),
    np.stack([xx, yy, xy], -1).astype(np.float32),
    (mean(ink) / min(height, width)).astype(np.float32),
    np.bincount(which, on_edge, split.count) > 0,
    np.stack([rows[first] + top, columns[first] + left], -1).astype(np.int32),
  )
