"""Regions that a person splits or joins by a stroke."""

from collections.abc import Sequence

import cv2
import numpy as np


def edit(labels: np.ndarray, edits: Sequence[tuple[str, np.ndarray]]) -> np.ndarray:
  """Regions after strokes, in their order.

  Args:
    labels: int32 [H, W], 0 .. n - 1.
    edits: ('split', stroke): each region that the stroke cuts through becomes its pieces;
      ('join', stroke): the regions that the stroke touches become one. Strokes are bool [H, W].

  Returns:
    int32 [H, W], 0 .. m - 1, each used.

  Raises:
    ValueError: an edit of another name.
  """
  labels = labels.copy()
  for name, stroke in edits:
    if name == 'split':
      _split(labels, stroke)
    elif name == 'join':
      touched, counts = np.unique(labels[stroke], return_counts=True)
      if len(touched):
        labels[np.isin(labels, touched)] = touched[np.argmax(counts)]
    else:
      raise ValueError(f"Regions are edited by 'split' and 'join', not by {name!r}.")
  return np.unique(labels, return_inverse=True)[1].reshape(labels.shape).astype(np.int32)


def _split(labels: np.ndarray, stroke: np.ndarray) -> None:
  """Cuts the regions under a stroke along it; pixels of the stroke go to the nearest piece."""
  wall = cv2.dilate(stroke.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
  for region in np.unique(labels[stroke]):
    inside = labels == region
    count, pieces = cv2.connectedComponents((inside & ~wall).astype(np.uint8), connectivity=4)
    if count < 3:  # 0 is what lies outside
      continue
    _, nearest = cv2.distanceTransformWithLabels(
      (pieces == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    owner = np.zeros(int(nearest.max()) + 1, np.int32)
    owner[nearest[pieces > 0]] = pieces[pieces > 0]
    whose = np.where(pieces > 0, pieces, owner[nearest])
    new = np.concatenate([[0, region], labels.max() + np.arange(1, count - 1)])
    labels[inside] = new[whose[inside]]
