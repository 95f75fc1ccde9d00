"""The regions of drawings that get hints, and dots on them."""

import dataclasses

import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import fetch
from onepunch_jax.evals.hint_metrics.common import side
from onepunch_jax.metrics.felzenszwalb import felzenszwalb
from onepunch_jax.metrics.image import INK, WHITE

SMALLEST = 100  # pixels of a region, at 256


@dataclasses.dataclass(frozen=True, eq=False)
class Region:
  """A region without its ink.

  Attributes:
    mask: bool [H, W].
    color: its mean, sRGB [3] in [0, 1].
    dot: rows and columns of the pixels that a dot covers.
    id: its number in batch['regions'], or of the segmentation.
  """

  mask: np.ndarray
  color: np.ndarray
  dot: tuple[np.ndarray, np.ndarray]
  id: int = 0

  @classmethod
  def of(cls, mask: np.ndarray, color: np.ndarray, wide: int, id: int = 0) -> 'Region':
    """A region with a dot of `wide` pixels around its pixel nearest to its centroid."""
    rows, columns = np.nonzero(mask)
    at = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
    top, left = max(0, rows[at] - wide // 2), max(0, columns[at] - wide // 2)
    dot = np.nonzero(mask[top : top + wide, left : left + wide])
    return cls(mask, color, (dot[0] + top, dot[1] + left), id)

  def draw_dot(self, hint: np.ndarray, color: np.ndarray | None = None) -> None:
    """Writes the dot, of the region's own colour or another, into hint [H, W, 4]."""
    hint[self.dot] = [*(2 * (self.color if color is None else color) - 1), 1]


def regions_of(batch: Batch, size: int) -> list[list[Region]]:
  """Of each drawing the data's regions, or those of graph-based segmentation, the largest first.

  Blank paper, and what is smaller than SMALLEST, is no region.

  Args:
    batch: with 'rgb', 'line' and, where known, 'regions'.
    size: side of a dot in px at 256.
  """
  rgb, line = 0.5 + 0.5 * fetch(batch['rgb']), 0.5 + 0.5 * fetch(batch['line'])[..., 0]
  known = fetch(batch['regions'])[..., 0] if 'regions' in batch else np.zeros(line.shape, int)
  smallest, wide = SMALLEST * line[0].size / 256**2, side(size, line.shape[1:])
  return [_of_one(*x, smallest, wide) for x in zip(rgb, known, line)]


def _of_one(rgb, known, line, smallest, wide) -> list[Region]:
  if known.max() > 0:
    ids = known.astype(int)
  else:
    ids = felzenszwalb(rgb, smallest=max(1, round(smallest))) + 1
  count = np.bincount(ids.ravel())
  found = []
  for i in sorted(np.flatnonzero(count >= max(smallest, 1)), key=lambda i: (-count[i], i)):
    mask = (ids == i) & (line >= INK)
    if i and mask.any() and rgb[mask].mean(0).min() < WHITE:
      found.append(Region.of(mask, rgb[mask].mean(0), wide, int(i)))
  return found
