"""What stays paper: margins and gutters, and balloons with lettering.

White paper is what one can reach from the edge of the page (gaps in lines closed first) where it
takes up most of that edge, as margins and the white around a figure do; and closed white shapes
that hold rows of small marks of one height, as balloons and captions do.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

SHORT = 900  # px of the short side on which it is looked at
EDGE = 0.6  # of the page's edge has to be reached
LETTERS = 6  # marks that make lettering
MANY = 10  # marks that make it even in a shape with spikes, as shouts have
SAME = 0.08  # marks whose sizes differ less are windows or dots


class Paper(NamedTuple):
  """bool [h, w] each: all that stays paper; and of it the balloons, lettering included."""

  paper: np.ndarray
  balloons: np.ndarray


def find(grey: np.ndarray, white: float, hinted: np.ndarray | None = None) -> Paper:
  """The paper of a page.

  Args:
    grey: uint8 [h, w], its short side about `SHORT`.
    white: the level of blank paper on it.
    hinted: bool [h, w] or None: where a hint lies, its part of the paper is none.
  """
  light = (grey > 0.86 * white).astype(np.uint8)
  margin = _margin(light)
  balloons = _balloons(light, margin)
  paper = margin | balloons
  if hinted is not None and (paper & hinted).any():
    _, parts = cv2.connectedComponents(paper.astype(np.uint8), connectivity=4)
    paper &= ~np.isin(parts, np.unique(parts[paper & hinted]))
  return Paper(paper, balloons & paper)


def _margin(light: np.ndarray) -> np.ndarray:
  gap = max(1, round(min(light.shape) * 0.004))
  room = cv2.erode(light, _ball(gap), borderType=cv2.BORDER_CONSTANT, borderValue=1)
  edge = np.zeros(light.shape, bool)
  edge[[0, -1]] = edge[:, [0, -1]] = True
  count, labels = cv2.connectedComponents(room, connectivity=4)
  touching = np.bincount(labels[edge], minlength=count)
  touching[0] = 0
  if touching.sum() < EDGE * edge.sum():
    return np.zeros(light.shape, bool)  # a drawing that fills the page
  reached = (touching > 0.04 * edge.sum())[labels].astype(np.uint8)
  return (cv2.dilate(reached, _ball(gap + 1)) & light) > 0


def _balloons(light: np.ndarray, margin: np.ndarray) -> np.ndarray:
  """Closed light shapes that hold lettering, filled."""
  out = np.zeros(light.shape, np.uint8)
  area = light.size
  ink = 1 - light
  _, marks, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
  small = _letterlike(stats, light.shape)
  if small.sum() < LETTERS:
    return out > 0
  inner = light | small[marks].astype(np.uint8)
  inner[margin] = 0
  _, shapes, boxes, _ = cv2.connectedComponentsWithStats(inner, connectivity=4)
  points = np.clip(centres[small].round().astype(int), 0, None)
  boxed = stats[small]
  owner = shapes[np.minimum(points[:, 1], light.shape[0] - 1),
                 np.minimum(points[:, 0], light.shape[1] - 1)]
  for n in np.unique(owner[owner > 0]):
    left, top, width, height, size = boxes[n]
    if not 0.0003 * area < size < 0.35 * area or size < 0.5 * width * height:
      continue
    held = boxed[owner == n]
    window = slice(top, top + height), slice(left, left + width)
    shape = (shapes[window] == n).astype(np.uint8)
    outline = _outline(shape)
    if is_lettering(held, size) and _bulges(outline, 0.8 if len(held) < MANY else 0.65):
      cv2.drawContours(out[window], [outline], 0, 1, cv2.FILLED)  # words whose letters touch too
  return out > 0


def _letterlike(stats: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
  """Which components have the size of letters (component 0, the background, has not)."""
  width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
  tallest = np.maximum(width, height)
  most = min(0.055 * (shape[0] * shape[1]) ** 0.5, 0.1 * min(shape))  # a strip's are large for it
  found = (tallest >= 3) & (tallest <= most) & (stats[:, cv2.CC_STAT_AREA] >= 4)
  found[0] = False
  return found


def _outline(shape: np.ndarray) -> np.ndarray:
  outlines, _ = cv2.findContours(shape, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
  return max(outlines, key=cv2.contourArea)


def _bulges(outline: np.ndarray, share: float) -> bool:
  """Whether a shape nearly fills its convex hull, as balloons do and hair does not."""
  return cv2.contourArea(outline) > share * cv2.contourArea(cv2.convexHull(outline))


def is_lettering(marks: np.ndarray, size: int) -> bool:
  """Whether marks (rows of left, top, width, height, area) in a shape are rows of letters.

  Eyes, noses and buttons are few, of many heights, and fill little of what holds them; windows are
  all of one size.
  """
  if len(marks) < LETTERS:
    return False
  heights = marks[:, 3].astype(float)
  middle = np.median(heights)
  alike = np.abs(heights - middle) <= 0.4 * middle + 1
  if alike.mean() < 0.6 or alike.sum() < LETTERS:
    return False
  letters = marks[alike]
  if (letters[:, 2:4].std(0) < SAME * letters[:, 2:4].mean(0)).all():
    return False
  spread = (letters[:, 2] * letters[:, 3]).sum() / size
  if not 0.04 <= spread <= 0.75:
    return False
  rows = letters[:, 1] + letters[:, 3] / 2
  near = np.abs(rows[:, None] - rows[None]) <= 0.6 * middle
  aside = np.abs(letters[:, None, 0] - letters[None, :, 0]) <= 4 * middle
  in_rows = ((near & aside).sum(1) >= 3).mean()
  columns = letters[:, 0] + letters[:, 2] / 2
  upright = np.abs(columns[:, None] - columns[None]) <= 0.6 * middle  # Japanese runs down
  below = np.abs(letters[:, None, 1] - letters[None, :, 1]) <= 4 * middle
  in_columns = ((upright & below).sum(1) >= 3).mean()
  return max(in_rows, in_columns) >= 0.7


def _ball(radius: int) -> np.ndarray:
  return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
