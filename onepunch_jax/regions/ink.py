"""Where line art is ink: the one threshold of all that deals with regions."""

import cv2
import numpy as np

LEVEL = 0.72  # of the level of paper; darker is ink


def is_ink(line: np.ndarray, paper: float = 1.0) -> np.ndarray:
  """bool [H, W].

  Args:
    line: uint8 [H, W], or float [H, W] in [0, 1]; 0 is ink.
    paper: the level of blank paper as a share of white.

  Raises:
    ValueError: the array is no picture in grey.
  """
  if line.ndim != 2:
    raise ValueError(f'Line art is [height, width]; this array is {line.shape}.')
  white = 255.0 if line.dtype == np.uint8 else 1.0
  return line <= LEVEL * paper * white


def half_width(line: np.ndarray, paper: float = 1.0) -> np.ndarray:
  """float32 [H, W]: px from each pixel of ink to paper, 1 in the thinnest line; 0 on paper."""
  ink = is_ink(line, paper)
  if ink.all():
    return np.full(line.shape, min(line.shape), np.float32)
  return cv2.distanceTransform(ink.astype(np.uint8), cv2.DIST_L2, 5)


def without_dots(ink: np.ndarray, size: float) -> np.ndarray:
  """bool [H, W]: ink whose connected marks cover more than `size` x `size` px; screentone goes."""
  count, parts = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
  where = np.flatnonzero(ink)
  part = parts.ravel()[where]
  small = np.bincount(part, minlength=count) <= size**2
  out = ink.copy()
  out.ravel()[where[small[part]]] = False
  return out
