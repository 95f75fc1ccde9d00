"""A drawing as a reference shows it: in colour alone, turned, tilted, of another size.

What people give as a reference is a coloured picture. Its line art is found in its colours
(`regions/reference_lines`), and what it shows stands there in another way than on the page.
"""

import cv2
import numpy as np

from onepunch_jax.data.batch import MAPS, PICTURES
from onepunch_jax.regions.reference_lines import lines_of

DEGREES = 20.0  # most that it is turned
SMALLER, LARGER = 0.75, 1.1  # sides, in those of the drawing
SHIFT = 0.08  # of a side: how far each corner moves, at most
MIRRORED = 0.3  # share of the references that are mirrored


def reference_view(record: dict, rng: np.random.Generator) -> dict:
  """A record with its pictures and maps warped alike, its line art found in the warped colours.

  Args:
    record: 'rgb' uint8 [H, W, 3], any of `data.batch.PICTURES` and `MAPS`, and other fields, which
      stay as they are.
    rng: of the angle, the size, the corners and the mirror.

  Returns:
    A record of the same sizes; white (in maps 0) where the drawing ends.
  """
  height, width = record['rgb'].shape[:2]
  place = _perspective(height, width, rng)

  def warped(key: str) -> np.ndarray:
    exact = key in MAPS or key == 'flat'  # a mixture of two regions' colours is neither's
    paper = (255, 255, 255) if key in PICTURES else 0
    how = cv2.INTER_NEAREST if exact else cv2.INTER_LINEAR
    moved = cv2.warpPerspective(record[key], place, (width, height), flags=how, borderValue=paper)
    return moved.reshape(record[key].shape)

  found = {k: warped(k) for k in (*PICTURES, *MAPS) if k in record and k != 'line'}
  return {**record, **found, 'line': lines_of(found['rgb'])[..., None]}


def _perspective(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
  """float64 [3, 3]: where pixels (x, y) of the drawing are in the reference."""
  corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float64)
  angle = np.radians(rng.uniform(-DEGREES, DEGREES))
  turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
  mirror = np.array([-1.0 if rng.random() < MIRRORED else 1.0, 1.0])
  moved = (corners * mirror) @ turn.T * rng.uniform(SMALLER, LARGER)
  moved += 2 * rng.uniform(-SHIFT, SHIFT, corners.shape)
  half = np.array([width, height]) / 2
  ends = [(half * (1 + x)).astype(np.float32) for x in (corners, moved)]
  return cv2.getPerspectiveTransform(*ends)
