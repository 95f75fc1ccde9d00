"""Whether a page is in colour already.

Yellowed paper, sepia prints and blue scans are no colour: there hue is a function of lightness.
What is left of chroma when that function is taken away tells a coloured page from a tinted one.
"""

import cv2
import numpy as np

SIDE = 384  # px of the long side on which it is looked at
CHROMA = 12.0  # of Lab, beside the page's own tint
SHARE = 0.02  # of the pixels
BINS = 12  # of lightness


def is_colored(rgb: np.ndarray) -> bool:
  """Whether uint8 sRGB [H, W, 3] shows colours, and not just a tint."""
  step = max(1, max(rgb.shape[:2]) // (4 * SIDE))
  small = rgb[::step, ::step]
  scale = min(1.0, SIDE / max(small.shape[:2]))
  size = max(1, round(small.shape[1] * scale)), max(1, round(small.shape[0] * scale))
  small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
  if int(small.max(-1).astype(int).max() - small.min()) == 0 or (
    np.ptp(small.astype(np.int16), axis=-1).max() < 6
  ):
    return False
  lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab).reshape(-1, 3)
  levels = np.clip((lab[:, 0] * BINS / 100).astype(int), 0, BINS - 1)
  found = np.unique(levels)
  tint = np.array([np.median(lab[levels == n, 1:], axis=0) for n in found])
  beside = np.stack([np.roll(tint, 1, 0), tint, np.roll(tint, -1, 0)])
  beside[0, 0], beside[2, -1] = tint[0], tint[-1]
  smooth = np.zeros((BINS, 2))
  smooth[found] = np.median(beside, axis=0)  # a spot of colour at one lightness is no tint
  if _differ(smooth[np.hypot(smooth[:, 0], smooth[:, 1]) > CHROMA]):
    smooth[:] = 0
  left = lab[:, 1:] - smooth[levels]
  return bool((np.hypot(left[:, 0], left[:, 1]) > CHROMA).mean() > SHARE)


def _differ(hues: np.ndarray) -> bool:
  """Whether the tints [N, 2] at several lightnesses are not of one hue."""
  unit = hues / np.linalg.norm(hues, axis=1, keepdims=True)
  return bool(len(hues) > 1 and (unit @ unit.T).min() < 0.7)
