"""The colour of each region of a picture: the one that most of its pixels have."""

import numpy as np

ENOUGH = 6_000_000  # pixels; of a larger picture's large regions only a part is counted
LARGE = 1000  # px times the step between the pixels counted


def majority_colors(labels: np.ndarray, color: np.ndarray, counted: np.ndarray) -> np.ndarray:
  """The most frequent colour of each region.

  Args:
    labels: int32 [H, W], 0 .. n - 1.
    color: uint8 sRGB [H, W, 3].
    counted: bool [H, W], the pixels that count, as a rule those that are not ink; of a region
      without any all count.

  Returns:
    uint8 [n, 3]: the mean of the fullest of 16 x 16 x 16 cells.
  """
  count = int(labels.max()) + 1
  sums = np.bincount(labels[counted], minlength=count)
  counted = counted | (sums == 0)[labels]
  step = -(-labels.size // ENOUGH)
  if step > 1:
    sparse = (np.arange(labels.size) % step == 0).reshape(labels.shape)
    counted &= (sums < LARGE * step)[labels] | sparse
  ids, rgb = labels[counted].astype(np.int64), color[counted]
  cells = (rgb >> 4).astype(np.int64) @ np.array([256, 16, 1])
  codes, where, number = np.unique(ids * 4096 + cells, return_inverse=True, return_counts=True)
  means = np.stack([np.bincount(where, rgb[:, c], len(codes)) / number for c in range(3)], -1)
  order = np.lexsort((codes, -number))
  regions, first = np.unique(codes[order] // 4096, return_index=True)
  out = np.full((count, 3), 255, np.uint8)
  out[regions] = np.round(means[order[first]])
  return out
