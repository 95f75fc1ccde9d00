"""Whether marks on a page are lettering: small, of alike size, close together, and dark."""

from typing import NamedTuple

import cv2
import numpy as np

LETTERS = 7  # marks that make lettering


class Marks(NamedTuple):
  """Connected ink: int32 [h, w] number of each pixel's mark (0: none), and a row for each."""

  labels: np.ndarray
  stats: np.ndarray  # left, top, width, height, area
  centres: np.ndarray  # (column, row)


def letterlike(marks: Marks) -> tuple[np.ndarray, np.ndarray]:
  """Which marks have the size of a letter, or of a word among others (0, the light, has not).

  And which of them are long single strokes.
  """
  side = marks.labels.size**0.5  # of a strip the short side says little
  width, height = marks.stats[:, cv2.CC_STAT_WIDTH], marks.stats[:, cv2.CC_STAT_HEIGHT]
  longest, shortest = np.maximum(width, height), np.minimum(width, height)
  area, inked = marks.stats[:, cv2.CC_STAT_AREA], marks.labels > 0
  letter = (longest <= 0.055 * side) & (area >= 3)
  word = (longest <= 0.2 * side) & (shortest <= 0.055 * side) & ~letter
  letter[0] = word[0] = False
  # Letters and words that are close make one blob.
  near = (letter | word)[marks.labels].astype(np.uint8)
  near = cv2.morphologyEx(near, cv2.MORPH_CLOSE, ball(max(1, round(0.006 * side))))
  count, blobs = cv2.connectedComponents(near, connectivity=8)
  blob = np.zeros(len(marks.stats), np.int64)
  blob[marks.labels[inked]] = blobs[inked]
  company = np.bincount(blob[letter | word], minlength=count)
  small = letter | (word & (company[blob] >= 3))
  radius = np.ones(len(area))
  np.maximum.at(
    radius,
    marks.labels[inked],
    cv2.distanceTransform(inked.astype(np.uint8), cv2.DIST_L2, 3)[inked],
  )
  thin = (area < 2.2 * radius * longest) & (longest > 0.03 * side) & (shortest < 0.02 * side)
  return small, small & thin


def is_lettering(marks: np.ndarray, side: int, odd: bool = False) -> bool:
  """Whether marks (rows of left, top, width, height, area) are letters and words.

  Args:
    marks: int [N, 5].
    side: px of the short side of the page that they are on.
    odd: of more uneven sizes and thinner than letters mostly are, too.
  """
  sizes = marks[:, 2:4].max(1)
  middle = np.median(sizes)
  if len(marks) < LETTERS or middle < 0.005 * side:
    return False
  uneven = marks[:, 2:4].std(0) / marks[:, 2:4].mean(0)
  if uneven.max() > (1.2 if odd else 1) or uneven.max() < 0.1:
    return False  # of all sizes: a drawing; of one: windows
  low, high = marks[:, :2], marks[:, :2] + marks[:, 2:4]
  away = np.maximum(low[:, None], low[None]) - np.minimum(high[:, None], high[None])
  away = np.hypot(*np.moveaxis(np.maximum(away, 0), -1, 0))
  np.fill_diagonal(away, np.inf)
  few = len(marks) < 12  # it may be a face, leaves or windows
  if (away.min(1) <= (0.28 if few else 0.6) * middle).mean() < 0.8 or (
    few and not odd and uneven.max() > 0.7
  ):
    return False
  area = cv2.contourArea(block(marks))
  boxes, ink = (marks[:, 2] * marks[:, 3]).sum() / area, marks[:, 4].sum() / area
  if uneven.max() >= 0.8:
    return boxes > 0.55 and ink > 0.3
  return boxes > 0.36 and ink > (0.15 if odd else 0.19)


def hollow(letters: np.ndarray, marks: np.ndarray) -> bool:
  """Whether most marks are frames of one size, as windows are."""
  sizes = marks[:, 2:4]
  alike = (np.abs(sizes - np.median(sizes, 0)) <= 0.12 * np.median(sizes.max(1))).all(1)
  if alike.mean() < 0.6:
    return False
  outlines, ties = cv2.findContours(
    (letters > 0).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
  )
  holes = np.zeros(len(outlines))
  for outline, parent in zip(outlines, ties[0, :, 3]):
    if parent >= 0:
      holes[parent] += cv2.contourArea(outline)
  outer = [i for i, parent in enumerate(ties[0, :, 3]) if parent < 0]
  boxes = np.array([np.prod(cv2.boundingRect(outlines[i])[2:]) for i in outer])
  return (holes[outer] > 0.2 * boxes).mean() > 0.4


def block(marks: np.ndarray) -> np.ndarray:
  """The convex hull of the boxes of marks."""
  low, high = marks[:, :2], marks[:, :2] + marks[:, 2:4]
  corners = [low, high, np.stack([low[:, 0], high[:, 1]], 1), np.stack([high[:, 0], low[:, 1]], 1)]
  return cv2.convexHull(np.concatenate(corners).astype(np.int32))


def ball(radius: int) -> np.ndarray:
  """A disc for morphology, uint8 [2 radius + 1, 2 radius + 1]."""
  return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
