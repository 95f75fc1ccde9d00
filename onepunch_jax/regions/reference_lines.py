"""Line art of a coloured picture, in which the regions of a reference are found."""

import cv2
import numpy as np

WIDEST = 0.03  # of the short side: darker strokes narrower than this are lines
EDGE = 9.0  # dE between neighbouring pixels: there is a border without a line


def lines_of(rgb: np.ndarray) -> np.ndarray:
  """Thin dark strokes, and borders between colours that have none.

  Args:
    rgb: uint8 sRGB [H, W, 3].

  Returns:
    uint8 [H, W], 0 is ink, 255 paper.
  """
  light = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
  side = max(3, round(WIDEST * min(light.shape)) | 1)
  around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
  behind = cv2.morphologyEx(light, cv2.MORPH_CLOSE, around)
  share = (light.astype(np.float32) + 8) / (behind.astype(np.float32) + 8)
  out = np.clip((share - 0.35) / 0.5, 0, 1)
  lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
  steps = [np.zeros(light.shape, np.float32) for _ in range(2)]
  steps[0][:, 1:] = np.linalg.norm(np.diff(lab, axis=1), axis=-1)
  steps[1][1:] = np.linalg.norm(np.diff(lab, axis=0), axis=-1)
  border = np.maximum(*steps) > EDGE
  near_line = cv2.dilate((out < 0.7).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
  return np.round(255 * np.where(border & ~near_line, 0.0, out)).astype(np.uint8)
