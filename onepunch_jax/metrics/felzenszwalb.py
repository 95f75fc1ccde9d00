"""Regions of a picture that come with none: graph-based segmentation, on the host."""

import cv2
import numpy as np


def felzenszwalb(
  rgb: np.ndarray, scale: float = 100.0, sigma: float = 0.5, smallest: int = 100
) -> np.ndarray:
  """Felzenszwalb and Huttenlocher (2004).

  Two regions are joined over their cheapest edge when it costs less than the internal difference
  of each: its dearest edge so far, and scale / 255 over its size (as in scikit-image).

  Args:
    rgb: sRGB [H, W, 3] in [0, 1].
    scale: larger values make larger regions.
    sigma: of the Gaussian blur before, in pixels.
    smallest: regions of fewer pixels are joined to a neighbour at the end.

  Returns:
    ids int [H, W], from 0 on; regions are 8-connected.
  """
  height, width = rgb.shape[:2]
  smooth = cv2.GaussianBlur(rgb.astype(np.float64), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
  ids = np.arange(height * width).reshape(height, width)
  pairs = [  # right, down, and the two diagonals
    (np.s_[:, 1:], np.s_[:, :-1]),
    (np.s_[1:], np.s_[:-1]),
    (np.s_[1:, 1:], np.s_[:-1, :-1]),
    (np.s_[:-1, 1:], np.s_[1:, :-1]),
  ]
  cost = np.concatenate([np.sqrt(((smooth[a] - smooth[b]) ** 2).sum(-1)).ravel() for a, b in pairs])
  ends = np.concatenate([np.stack([ids[a].ravel(), ids[b].ravel()], 1) for a, b in pairs])
  order = np.argsort(cost, kind='stable')
  edges = list(zip(*ends[order].T.tolist(), cost[order].tolist()))
  parent, size = list(range(ids.size)), [1] * ids.size
  scale /= 255
  limit = [scale] * ids.size

  def root(i):
    while parent[i] != i:
      parent[i] = i = parent[parent[i]]
    return i

  for a, b, c in edges:
    a, b = root(a), root(b)
    if a != b and c < limit[a] and c < limit[b]:
      parent[b] = a
      size[a] += size[b]
      limit[a] = c + scale / size[a]
  for a, b, _ in edges:
    a, b = root(a), root(b)
    if a != b and (size[a] < smallest or size[b] < smallest):
      parent[b] = a
      size[a] += size[b]
  roots = [root(i) for i in range(ids.size)]
  return np.unique(roots, return_inverse=True)[1].reshape(height, width)
