"""What a net learns in order to close gaps: the distance to the lines as they were meant."""

import cv2
import numpy as np

from onepunch_jax.regions.geometry import borders
from onepunch_jax.regions.ink import is_ink

CAP = 10.0  # px; farther is as good as far
ON_GAP = 10.0  # weight of the pixels at a border where there is no ink


def line_distance(
  regions: np.ndarray, cap: float = CAP, border: np.ndarray | None = None
) -> np.ndarray:
  """The distance to the nearest border between true regions, gaps in the ink or not.

  Args:
    regions: integer ids [H, W].
    cap: px.
    border: their `geometry.borders`, where they are known.

  Returns:
    float32 [H, W] in [0, cap]: 0 on the pixels at both sides of a border.
  """
  border = borders(regions) if border is None else border
  if not border.any():
    return np.full(regions.shape, cap, np.float32)
  away = cv2.distanceTransform((~border).astype(np.uint8), cv2.DIST_L2, 5)
  return np.minimum(away, np.float32(cap))


def gap_weights(
  regions: np.ndarray,
  line: np.ndarray,
  on_gap: float = ON_GAP,
  border: np.ndarray | None = None,
) -> np.ndarray:
  """Weights of the loss: `on_gap` within a pixel of borders that have no ink, 1 elsewhere.

  Args:
    regions: integer ids [H, W].
    line: uint8 or float [H, W] as `segment` reads it.
    on_gap: the weight.
    border: `geometry.borders` of the regions, where they are known.

  Returns:
    float32 [H, W].
  """
  inked = cv2.dilate(is_ink(line).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
  border = borders(regions) if border is None else border
  missing = (border & ~inked).astype(np.uint8)
  near = cv2.dilate(missing, np.ones((3, 3), np.uint8)) > 0
  return np.where(near, np.float32(on_gap), np.float32(1))
