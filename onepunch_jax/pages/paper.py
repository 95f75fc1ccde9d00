"""What stays paper: margins and gutters, and balloons with lettering.

Regions are looked at with gaps in lines closed (flats.trapped).  The margin is what reaches from
the upper to the lower edge of the page and has a whole side of it: the white around panels, or on
both sides of a figure.  A sky that a horizon cuts off, or a coat that the lower edge cuts, is none.

A balloon is a round region in whose middle stands lettering: small marks of alike size that are
close together and dark.  Eyes and buttons are far apart, windows hollow, patterns reach the
outline, the dots of screentone are too small.  A person has the last word: a hint of white says
that its region is paper, of another colour that it is none.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from scipy import ndimage

from onepunch_jax.pages import flats

SHORT = 900  # px of the short side on which it is looked at
GAP = 0.05  # of the short side: gaps up to this are closed, if both sides are wider
DOT = 0.008  # of the short side: smaller marks bound nothing
LETTERS = 7  # marks that make lettering
MOST = 2000  # marks in a shape: more are screentone
BALLS = (0.0, 0.02, 0.03, 0.045)  # of the short side: radii that cut balloons out


class Paper(NamedTuple):
  """bool [h, w] each: all that stays paper; and of it the balloons, lettering included."""

  paper: np.ndarray
  balloons: np.ndarray


class Marks(NamedTuple):
  """Connected ink: int32 [h, w] number of each pixel's mark (0: none), and a row for each."""

  labels: np.ndarray
  stats: np.ndarray  # left, top, width, height, area
  centres: np.ndarray  # (column, row)


def find(grey: np.ndarray, white: float, hinted: np.ndarray | None = None,
         kept: np.ndarray | None = None) -> Paper:
  """The paper of a page.

  Args:
    grey: uint8 [h, w], its short side about `SHORT`.
    white: the level of blank paper on it.
    hinted: bool [h, w] or None: where a colour is hinted, which is then no paper.
    kept: bool [h, w] or None: where paper is hinted; its region is, lettering included.
  """
  light = (grey > 0.82 * white).astype(np.uint8)
  marks = Marks(*cv2.connectedComponentsWithStats(1 - light, connectivity=8)[1:])
  margin, balloons = _margin(light, marks), _balloons(light, marks)
  if hinted is not None:
    margin, balloons = _unhinted(margin, hinted), _unhinted(balloons, hinted)
  if kept is not None and kept.any():
    balloons |= _kept(light, marks, kept)
  return Paper(margin | balloons, balloons)


def _unhinted(mask: np.ndarray, hinted: np.ndarray) -> np.ndarray:
  if not (mask & hinted).any():
    return mask
  _, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
  return mask & ~np.isin(parts, np.unique(parts[mask & hinted]))


def _kept(light: np.ndarray, marks: Marks, kept: np.ndarray) -> np.ndarray:
  """The regions of the pixels `kept`, with the letters in them."""
  inner = light | _letterlike(marks)[0][marks.labels].astype(np.uint8)
  labels = _regions(inner)
  return np.isin(labels, np.unique(labels[kept & (inner > 0)])) & (inner > 0)


def _regions(room: np.ndarray) -> np.ndarray:
  """int32 [h, w]: the region of every pixel of `room` (1: no line), found at half the size."""
  small = cv2.erode(room, np.ones((2, 2), np.uint8))[1::2, 1::2]
  labels = flats.trapped(small, GAP * min(small.shape) / 2).astype(np.float32)
  labels = cv2.resize(labels, room.shape[::-1], interpolation=cv2.INTER_NEAREST)
  return flats.nearest(np.where(room > 0, labels, 0).astype(np.int32))


def _margin(light: np.ndarray, marks: Marks) -> np.ndarray:
  dots = marks.stats[:, cv2.CC_STAT_AREA] <= (DOT * min(light.shape)) ** 2
  dots[0] = False
  labels = _regions(light | dots[marks.labels].astype(np.uint8))
  count = labels.max() + 1
  top, bottom, left, right = (np.bincount(side, minlength=count) / len(side) for side in
                              (labels[0], labels[-1], labels[:, 0], labels[:, -1]))
  reaches = (np.minimum(top, bottom) > 0.01) & (np.maximum(left, right) > 0.9)
  return reaches[labels] & (light > 0)


def _balloons(light: np.ndarray, marks: Marks) -> np.ndarray:
  """Round regions with lettering in their middle, filled."""
  letters, strokes = _letterlike(marks)
  out = _balloons_about(letters, light, marks)
  # an I is a piece of an outline, or that an I
  return out | _balloons_about(letters & ~strokes, light, marks) if strokes.any() else out


def _balloons_about(small: np.ndarray, light: np.ndarray, marks: Marks) -> np.ndarray:
  """Balloons where the marks `small` are letters."""
  out = np.zeros(light.shape, np.uint8)
  if small.sum() < LETTERS:
    return out > 0
  inner = light | small[marks.labels].astype(np.uint8)
  labels = _regions(inner)
  ids = np.flatnonzero(small)
  last = np.array(light.shape[::-1]) - 1
  column, row = np.clip(marks.centres[ids].round().astype(int), 0, last).T
  owner = labels[row, column]
  held = np.bincount(owner, minlength=labels.max() + 1)
  size = np.bincount(labels.ravel(), minlength=len(held))
  boxes = ndimage.find_objects(labels)
  for n in np.flatnonzero((held >= LETTERS) & (held <= MOST) & (size > 0.001 * light.size)):
    box = boxes[n - 1]
    shape = ((labels[box] == n) & (inner[box] > 0)).astype(np.uint8)
    corner = np.array([box[1].start, box[0].start])
    here = np.flatnonzero(owner == n)
    points = np.stack([column[here], row[here]], 1) - corner
    middle = np.median(points, 0).astype(int)
    for ball in BALLS:  # what leaks through wide gaps is cut off where larger balls do not pass
      part = _reached(shape, middle, ball * min(light.shape)) if ball else shape
      letters = ids[here[part[points[:, 1], points[:, 0]] > 0]]
      outline = _balloon(part, letters, marks, corner, strict=ball > 0)
      if outline is not None:
        whole = outline if ball else _whole(labels, size, n, outline)
        cv2.drawContours(out, [whole], 0, 1, cv2.FILLED)
        break
  return out > 0


def _reached(shape: np.ndarray, start: np.ndarray, radius: float) -> np.ndarray:
  """What a ball that starts at (column, row) `start` covers of a shape without leaving it."""
  depth = cv2.distanceTransform(np.pad(shape, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
  _, cores = cv2.connectedComponents((depth > radius).astype(np.uint8), connectivity=4)
  here = cores[start[1], start[0]]
  if here == 0:
    return np.zeros_like(shape)
  return cv2.dilate((cores == here).astype(np.uint8), _ball(round(radius))) & shape


def _balloon(shape: np.ndarray, letters: np.ndarray, marks: Marks, corner: np.ndarray,
             strict: bool) -> np.ndarray | None:
  """The outline of a shape whose window is at `corner`, if it is a balloon about the `letters`."""
  page = marks.labels.shape
  if len(letters) < LETTERS or not 0.001 < shape.sum() / marks.labels.size < 0.35:
    return None
  outlines, _ = cv2.findContours(shape, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
  outline = max(outlines, key=cv2.contourArea) + corner
  left, top, width, height = cv2.boundingRect(outline)
  room = np.zeros((height + 2, width + 2), np.uint8)
  cv2.drawContours(room, [outline - [left - 1, top - 1]], 0, 1, cv2.FILLED)
  window = marks.labels[top : top + height, left : left + width]
  inked = np.where(np.isin(window, letters), window, 0)
  rows = marks.stats[letters] - [left - 1, top - 1, 0, 0, 0]
  large = np.median(rows[:, 2:4].max(1)) > 0.035 * marks.labels.size**0.5
  if strict and (large or len(letters) < 10):
    return None
  good = is_lettering(rows, min(page)) and not _hollow(inked, rows) and _in_the_middle(
    room, inked, rows, strict)
  return outline if good else None


def _whole(labels: np.ndarray, size: np.ndarray, n: int, outline: np.ndarray) -> np.ndarray:
  """A balloon's outline with what letters or the tail cut off it: small regions in its hull."""
  left, top, width, height = cv2.boundingRect(outline)
  window = labels[top : top + height, left : left + width]
  hull = np.zeros(window.shape, np.uint8)
  cv2.fillConvexPoly(hull, cv2.convexHull(outline) - [left, top], 1)
  inside = np.bincount(window[hull > 0], minlength=len(size))
  cut = np.flatnonzero((inside > 0.8 * size) & (size > 0) & (size < 0.35 * size[n]))
  if not cut.size:
    return outline
  shape = np.isin(window, [*cut, n]).astype(np.uint8)
  outlines, _ = cv2.findContours(shape, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
  return np.add(max(outlines, key=cv2.contourArea), [left, top])


def _letterlike(marks: Marks) -> tuple[np.ndarray, np.ndarray]:
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
  near = cv2.morphologyEx(near, cv2.MORPH_CLOSE, _ball(max(1, round(0.006 * side))))
  count, blobs = cv2.connectedComponents(near, connectivity=8)
  blob = np.zeros(len(marks.stats), np.int64)
  blob[marks.labels[inked]] = blobs[inked]
  company = np.bincount(blob[letter | word], minlength=count)
  small = letter | (word & (company[blob] >= 3))
  radius = np.ones(len(area))
  np.maximum.at(radius, marks.labels[inked],
                cv2.distanceTransform(inked.astype(np.uint8), cv2.DIST_L2, 3)[inked])
  thin = (area < 2.2 * radius * longest) & (longest > 0.03 * side) & (shortest < 0.02 * side)
  return small, small & thin


def is_lettering(marks: np.ndarray, side: int) -> bool:
  """Whether marks (rows of left, top, width, height, area) are letters and words.

  Args:
    marks: int [N, 5].
    side: px of the short side of the page that they are on.
  """
  sizes = marks[:, 2:4].max(1)
  middle = np.median(sizes)
  if len(marks) < LETTERS or middle < 0.005 * side:
    return False
  uneven = marks[:, 2:4].std(0) / marks[:, 2:4].mean(0)
  if uneven.max() > 1 or uneven.max() < 0.1:
    return False  # of all sizes: a drawing; of one: windows
  low, high = marks[:, :2], marks[:, :2] + marks[:, 2:4]
  away = np.maximum(low[:, None], low[None]) - np.minimum(high[:, None], high[None])
  away = np.hypot(*np.moveaxis(np.maximum(away, 0), -1, 0))
  np.fill_diagonal(away, np.inf)
  few = len(marks) < 12  # it may be a face, leaves or windows
  if (away.min(1) <= (0.28 if few else 0.6) * middle).mean() < 0.8 or (
      few and uneven.max() > 0.7):
    return False
  block = cv2.contourArea(_block(marks))
  boxes, ink = (marks[:, 2] * marks[:, 3]).sum() / block, marks[:, 4].sum() / block
  return boxes > (0.36 if uneven.max() < 0.8 else 0.55) and ink > (
    0.19 if uneven.max() < 0.8 else 0.3)


def _hollow(letters: np.ndarray, marks: np.ndarray) -> bool:
  """Whether most marks are frames of one size, as windows are."""
  sizes = marks[:, 2:4]
  alike = (np.abs(sizes - np.median(sizes, 0)) <= 0.12 * np.median(sizes.max(1))).all(1)
  if alike.mean() < 0.6:
    return False
  outlines, ties = cv2.findContours((letters > 0).astype(np.uint8), cv2.RETR_CCOMP,
                                    cv2.CHAIN_APPROX_NONE)
  holes = np.zeros(len(outlines))
  for outline, parent in zip(outlines, ties[0, :, 3]):
    if parent >= 0:
      holes[parent] += cv2.contourArea(outline)
  outer = [i for i, parent in enumerate(ties[0, :, 3]) if parent < 0]
  boxes = np.array([np.prod(cv2.boundingRect(outlines[i])[2:]) for i in outer])
  return (holes[outer] > 0.2 * boxes).mean() > 0.4


def _in_the_middle(room: np.ndarray, letters: np.ndarray, marks: np.ndarray,
                   strict: bool = False) -> bool:
  """Whether a shape is round, and lettering stands free in its middle.

  Args:
    room: uint8 [h + 2, w + 2], the filled shape with a rim of 0.
    letters: int32 [h, w], numbers of the marks that are lettering.
    marks: their rows, in the frame of `room`.
    strict: for shapes that no line closes: rounder, and fuller of larger lettering.
  """
  depth = cv2.distanceTransform(room, cv2.DIST_L2, 5)
  body = cv2.morphologyEx(room, cv2.MORPH_OPEN, _ball(max(1, int(0.3 * depth.max()))))  # no tail
  outlines, _ = cv2.findContours(body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
  body = max(outlines, key=cv2.contourArea)
  area, block = float(room.sum()), _block(marks)
  if cv2.contourArea(body) < (0.85 if strict else 0.78) * cv2.contourArea(cv2.convexHull(body)):
    return False
  if not (0.25 if strict else 0.12) * area <= cv2.contourArea(block) <= 0.85 * area:
    return False
  if np.hypot(*(_centre(body) - _centre(block))) > 0.2 * area**0.5:
    return False
  inked = letters > 0
  least = np.full(int(letters.max()) + 1, np.inf)
  np.minimum.at(least, letters[inked], depth[1:-1, 1:-1][inked])
  return (least[np.unique(letters[inked])] >= 2.5).mean() >= 0.8


def _block(marks: np.ndarray) -> np.ndarray:
  """The convex hull of the boxes of marks."""
  low, high = marks[:, :2], marks[:, :2] + marks[:, 2:4]
  corners = [low, high, np.stack([low[:, 0], high[:, 1]], 1), np.stack([high[:, 0], low[:, 1]], 1)]
  return cv2.convexHull(np.concatenate(corners).astype(np.int32))


def _centre(outline: np.ndarray) -> np.ndarray:
  m = cv2.moments(outline)
  return np.array([m['m10'], m['m01']]) / max(m['m00'], 1e-6)


def _ball(radius: int) -> np.ndarray:
  return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
