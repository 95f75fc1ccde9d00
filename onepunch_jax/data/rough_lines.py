"""Line art as it comes from finished pictures: broken, uneven, speckled.

Drawn line art is clean. What people have is often found in a painting, or scanned: lines stop where
the painting has no contrast, shading leaves strokes of its own, and grain leaves specks. A net that
has seen clean lines alone takes such a drawing for something else than what it shows.
"""

import cv2
import numpy as np

FINER = 2  # lines are found at so many times the size, then made small, so that they are not jagged
PATCHES = 9  # over a side: how often the threshold changes


def rough_lines(rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
  """The dark side of edges of a picture, by a difference of Gaussians (Winnemoeller 2012).

  Width, threshold, grain and hardness are drawn at random; the threshold differs from place to
  place, so that lines break.

  Args:
    rgb: uint8 sRGB [H, W, 3].
    rng: of what is random.

  Returns:
    uint8 [H, W], 0 is ink, 255 paper.
  """
  height, width = rgb.shape[:2]
  light = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
  light = cv2.resize(light, (FINER * width, FINER * height), interpolation=cv2.INTER_CUBIC)
  light = light.astype(np.float32) / 255
  light = light + rng.standard_normal(light.shape, np.float32) * float(rng.uniform(0, 0.04))
  sigma = float(rng.uniform(0.4, 0.95)) * FINER * min(height, width) / 128
  fine = cv2.GaussianBlur(light, (0, 0), sigma)
  wide = cv2.GaussianBlur(light, (0, 0), sigma * float(rng.uniform(1.4, 2.2)))
  uneven = cv2.resize(rng.standard_normal((PATCHES, PATCHES), np.float32), light.shape[::-1])
  least = float(rng.uniform(0.88, 0.98)) - float(rng.uniform(0, 0.06)) * uneven
  darker = np.minimum(least, 0.97) - fine / np.maximum(wide, 0.04)
  ink = np.clip(0.5 + darker * float(rng.choice([20.0, 60.0, 1e4])), 0, 1)
  small = cv2.resize(1 - ink, (width, height), interpolation=cv2.INTER_AREA)
  return np.round(255 * small).astype(np.uint8)
