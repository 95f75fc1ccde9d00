"""The regions of drawings that get hints, and dots on them."""

import dataclasses

import numpy as np

from onepunch_jax.evals.hint_metrics.common import fetch, side
from onepunch_jax.evals.image import INK, WHITE
from onepunch_jax.metrics.felzenszwalb import felzenszwalb

SMALLEST = 100  # pixels of a region, at 256


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
  """A region without its ink, its mean colour, and which of its pixels a dot covers."""

  mask: np.ndarray  # bool [H, W]
  tint: np.ndarray  # sRGB [3] in [0, 1]
  dot: tuple[np.ndarray, np.ndarray]  # rows and columns

  @classmethod
  def of(cls, mask: np.ndarray, tint: np.ndarray, wide: int) -> 'Part':
    """With a dot of `wide` pixels round the mask's medoid: nearest of it to its centre."""
    rows, columns = np.nonzero(mask)
    at = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
    top, left = max(0, rows[at] - wide // 2), max(0, columns[at] - wide // 2)
    dot = np.nonzero(mask[top : top + wide, left : left + wide])
    return cls(mask, tint, (dot[0] + top, dot[1] + left))

  def show(self, hint: np.ndarray, tint: np.ndarray | None = None) -> None:
    """Writes the dot, of its own colour or another, into hint [H, W, 4]."""
    hint[self.dot] = [*(2 * (self.tint if tint is None else tint) - 1), 1]


def parts(batch, size: int) -> list[list[Part]]:
  """Of each drawing: the data's regions, or of graph-based segmentation, the largest first."""
  rgb, line = 0.5 + 0.5 * fetch(batch['rgb']), 0.5 + 0.5 * fetch(batch['line'])[..., 0]
  known = fetch(batch['regions'])[..., 0] if 'regions' in batch else np.zeros(line.shape, int)
  least, wide = SMALLEST * line[0].size / 256**2, side(size, line.shape[1:])
  return [_found(*x, least, wide) for x in zip(rgb, known, line)]


def _found(rgb, known, line, least, wide) -> list[Part]:
  """Bare paper is no region."""
  if known.max() > 0:
    ids = known.astype(int)
  else:
    ids = felzenszwalb(rgb, smallest=max(1, round(least))) + 1
  count = np.bincount(ids.ravel())
  found = []
  for i in sorted(np.flatnonzero(count >= max(least, 1)), key=lambda i: (-count[i], i)):
    mask = (ids == i) & (line >= INK)
    if i and mask.any() and rgb[mask].mean(0).min() < WHITE:
      found.append(Part.of(mask, rgb[mask].mean(0), wide))
  return found
