"""What stays paper: margins and gutters, and balloons with lettering.

Regions are looked at with gaps in lines closed (regions/balls). The margin is what reaches from
the upper to the lower edge of the page and has a whole side of it: the white around panels, or on
both sides of a figure. A sky that a horizon cuts off, or a coat that the lower edge cuts, is none.

A balloon is a round region in whose middle stands lettering: small marks of alike size that are
close together and dark. Eyes and buttons are far apart, windows hollow, patterns reach the
outline, the dots of screentone are too small. A person has the last word: `balloons` is 'auto',
'keep' (regions with lettering stay paper, round or not) or 'color' (none does); a hint of
white says that its region is paper, of another colour that it is none. A mask (balloon_masks.py)
says pixel by pixel what balloons are, and nothing is looked for.
"""

import functools
from typing import NamedTuple

import cv2
import numpy as np
from scipy import ndimage

from onepunch_jax.pages import lettering, strokes
from onepunch_jax.pages.cuts import closed_cuts
from onepunch_jax.regions.balls import nearest, trapped_balls

SHORT = 900  # px of the short side on which it is looked at
GAP = 0.05  # of the short side: gaps up to this are closed, if both sides are wider
SPECK = 0.004  # of the short side: smaller regions are none
DOT = 0.008  # of the short side: smaller marks bound nothing
MOST = 2000  # marks in a shape: more are screentone
GUTTER = 0.02  # of the width of a strip: paper all across and so high lies between panels
BALLS = (0.0, 0.02, 0.03, 0.045)  # of the short side: radii that cut balloons out


class Limits(NamedTuple):
  """How round a shape is at least, and how its lettering lies in it (`_in_the_middle`)."""

  convex: float  # share of its hull that its body is
  least: float  # share of it that the block of letters is
  most: float
  off: float  # between their centres, of the root of its area
  free: float  # share of letters that do not touch its outline
  body: float = 0.0  # share of it that is no tail


CLOSED = Limits(0.78, 0.12, 0.85, 0.2, 0.8)
OPEN = Limits(0.85, 0.25, 0.85, 0.2, 0.8)  # for shapes that no line closes
PLAIN = Limits(0.9, 0.35, 0.8, 0.12, 0.95, 0.8)  # so plainly a balloon that odd lettering will do
LOOSE = Limits(0.0, 0.08, 0.9, 1.0, 0.6)  # of 'keep': any shape, as captions have
BALLOONS = ('auto', 'keep', 'color')


class Paper(NamedTuple):
  """bool [h, w] each: all that stays paper; and of it the balloons, lettering included."""

  paper: np.ndarray
  balloons: np.ndarray


def find(
  grey: np.ndarray,
  white: float = 255,
  hinted: np.ndarray | None = None,
  kept: np.ndarray | None = None,
  *,
  strip: bool = False,
  balloons: str | np.ndarray = 'auto',
) -> Paper:
  """The paper of a page.

  Args:
    grey: uint8 [h, w], its short side about `SHORT`.
    white: the level of blank paper on it.
    hinted: int [h, w] or None: the cores of strokes of a colour (`strokes.cores`); what they mean
      is no paper.
    kept: int [h, w] or None: those of white; the regions that they mean are, lettering included.
    strip: it is a part of a long strip, whose panels lie apart on paper of the whole width.
    balloons: one of BALLOONS; or bool [m, n] at any size, what balloons are.

  Raises:
    ValueError: `balloons` is another word.
  """
  return Layout(grey, white, strip=strip, balloons=balloons).paper(hinted, kept)


class Layout:
  """What of a page is paper before anybody hints; arguments as for `find`. Safe in threads."""

  def __init__(
    self,
    grey: np.ndarray,
    white: float = 255,
    *,
    strip: bool = False,
    balloons: str | np.ndarray = 'auto',
  ):
    marked = isinstance(balloons, np.ndarray)
    if not marked and balloons not in BALLOONS:
      raise ValueError(f'Balloons are found by one of {", ".join(BALLOONS)}, not {balloons!r}.')
    self._light = (grey > 0.82 * white).astype(np.uint8)
    found = cv2.connectedComponentsWithStats(1 - self._light, connectivity=8)
    self._marks = lettering.Marks(*found[1:])
    self._margin = _margin(self._light, self._marks, strip)
    self._balloons = np.zeros(self._light.shape, bool)
    if marked:
      size = grey.shape[1], grey.shape[0]
      small = cv2.resize(balloons.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
      self._balloons = small > 0
    elif balloons != 'color':
      self._balloons = _balloons(self._light, self._marks, loose=balloons == 'keep')

  def paper(self, hinted: np.ndarray | None = None, kept: np.ndarray | None = None) -> Paper:
    """The paper, where strokes lie as `find` has them."""
    margin, balloons = self._margin, self._balloons
    if hinted is not None and hinted.any():
      margin, balloons = unhinted(margin, hinted), unhinted(balloons, hinted)
    if kept is not None and kept.any():
      balloons = balloons | self._kept(kept)
    return Paper(margin | balloons, balloons)

  def _kept(self, kept: np.ndarray) -> np.ndarray:
    """The regions that the strokes `kept` mean, with the letters in them."""
    inner, labels = self._lettered
    meant = strokes.owned(kept.astype(np.int32), labels, inner > 0)
    return np.isin(labels, np.unique(labels[meant & (inner > 0)])) & (inner > 0)

  @functools.cached_property
  def _lettered(self) -> tuple[np.ndarray, np.ndarray]:
    """uint8 [h, w], 1 where there is no line, or a letter; and its regions, int32 [h, w]."""
    letters = lettering.letterlike(self._marks)[0]
    inner = self._light | letters[self._marks.labels].astype(np.uint8)
    return inner, _regions(inner)


def unhinted(mask: np.ndarray, hinted: np.ndarray) -> np.ndarray:
  """The parts of a mask bool [h, w] that strokes do not mean, whose cores are `hinted` [h, w]."""
  _, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
  meant = np.unique(parts[strokes.owned(hinted.astype(np.int32), parts)])
  return mask & ~np.isin(parts, meant[meant > 0])


def _regions(room: np.ndarray) -> np.ndarray:
  """int32 [h, w]: the region of every pixel of `room` (1: no line), found at half the size."""
  small = cv2.erode(room, np.ones((2, 2), np.uint8))[1::2, 1::2]
  between = cv2.distanceTransform(small, cv2.DIST_L2, 5)
  least = max(4.0, (SPECK * min(small.shape)) ** 2)
  labels = trapped_balls(between, GAP * min(small.shape) / 2, least).astype(np.float32)
  labels = cv2.resize(labels, room.shape[::-1], interpolation=cv2.INTER_NEAREST)
  return nearest(np.where(room > 0, labels, 0).astype(np.int32))


def _margin(light: np.ndarray, marks: lettering.Marks, strip: bool) -> np.ndarray:
  dots = marks.stats[:, cv2.CC_STAT_AREA] <= (DOT * min(light.shape)) ** 2
  dots[0] = False
  room = light | dots[marks.labels].astype(np.uint8)
  labels = _regions(closed_cuts(room))
  count = labels.max() + 1
  top, bottom, left, right = (
    np.bincount(side, minlength=count) / len(side)
    for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1])
  )
  reaches = (np.minimum(top, bottom) > 0.01) & (np.maximum(left, right) > 0.9)
  if strip:
    reaches[_gutters(labels, light)] = True
    if light.shape[0] < light.shape[1]:  # lying: above and below a part from its middle
      reaches |= (np.minimum(left, right) > 0.01) & (np.maximum(top, bottom) > 0.9)
  return reaches[labels] & (light > 0)


def _gutters(labels: np.ndarray, light: np.ndarray) -> np.ndarray:
  """The regions [n] with runs of rows (of columns, in a lying strip) that are paper all across."""
  if light.shape[0] < light.shape[1]:
    labels, light = labels.T, light.T
  least = max(2, round(GUTTER * light.shape[1]))
  blank = light.all(1).astype(np.uint8)
  run = cv2.morphologyEx(blank[:, None], cv2.MORPH_OPEN, np.ones((least, 1), np.uint8))[:, 0] > 0
  return np.unique(labels[run])


def _balloons(light: np.ndarray, marks: lettering.Marks, loose: bool) -> np.ndarray:
  """Round regions (if `loose`, any) with lettering in their middle, filled."""
  letters, strokes = lettering.letterlike(marks)
  out = _balloons_about(letters, light, marks, loose)
  # an I is a piece of an outline, or that an I
  if not strokes.any():
    return out
  return out | _balloons_about(letters & ~strokes, light, marks, loose)


def _balloons_about(
  small: np.ndarray, light: np.ndarray, marks: lettering.Marks, loose: bool
) -> np.ndarray:
  """Balloons where the marks `small` are letters."""
  out = np.zeros(light.shape, np.uint8)
  if small.sum() < lettering.LETTERS:
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
  spoken = (held >= lettering.LETTERS) & (held <= MOST)
  for n in np.flatnonzero(spoken & (size > 0.001 * light.size)):
    box = boxes[n - 1]
    shape = ((labels[box] == n) & (inner[box] > 0)).astype(np.uint8)
    corner = np.array([box[1].start, box[0].start])
    here = np.flatnonzero(owner == n)
    points = np.stack([column[here], row[here]], 1) - corner
    middle = np.median(points, 0).astype(int)
    for ball in BALLS:  # what leaks through wide gaps is cut off where larger balls do not pass
      part = _reached(shape, middle, ball * min(light.shape)) if ball else shape
      letters = ids[here[part[points[:, 1], points[:, 0]] > 0]]
      outline = _balloon(part, letters, marks, corner, strict=ball > 0, loose=loose)
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
  return cv2.dilate((cores == here).astype(np.uint8), lettering.ball(round(radius))) & shape


def _balloon(
  shape: np.ndarray,
  letters: np.ndarray,
  marks: lettering.Marks,
  corner: np.ndarray,
  strict: bool,
  loose: bool,
) -> np.ndarray | None:
  """The outline of a shape whose window is at `corner`, if it is a balloon about the `letters`."""
  page = marks.labels.shape
  if len(letters) < lettering.LETTERS or not 0.001 < shape.sum() / marks.labels.size < 0.35:
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
  if lettering.hollow(inked, rows):
    return None
  if loose and lettering.is_lettering(rows, min(page), odd=True):
    return outline if _in_the_middle(room, inked, rows, LOOSE) else None
  if not _in_the_middle(room, inked, rows, OPEN if strict else CLOSED):
    return None
  if lettering.is_lettering(rows, min(page)):
    return outline
  odd = lettering.is_lettering(rows, min(page), odd=True)
  return outline if odd and _in_the_middle(room, inked, rows, PLAIN) else None


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


def _in_the_middle(
  room: np.ndarray, letters: np.ndarray, marks: np.ndarray, limits: Limits
) -> bool:
  """Whether a shape is round, and lettering stands free in its middle.

  Args:
    room: uint8 [h + 2, w + 2], the filled shape with a rim of 0.
    letters: int32 [h, w], numbers of the marks that are lettering.
    marks: their rows, in the frame of `room`.
  """
  depth = cv2.distanceTransform(room, cv2.DIST_L2, 5)
  thick = lettering.ball(max(1, int(0.3 * depth.max())))
  body = cv2.morphologyEx(room, cv2.MORPH_OPEN, thick)  # no tail
  outlines, _ = cv2.findContours(body, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
  if not outlines:  # nothing of it is thicker than a line
    return False
  body = max(outlines, key=cv2.contourArea)
  area, block = float(room.sum()), lettering.block(marks)
  size = cv2.contourArea(body)
  if size < limits.convex * cv2.contourArea(cv2.convexHull(body)) or size < limits.body * area:
    return False
  if not limits.least * area <= cv2.contourArea(block) <= limits.most * area:
    return False
  if np.hypot(*(_centre(body) - _centre(block))) > limits.off * area**0.5:
    return False
  inked = letters > 0
  least = np.full(int(letters.max()) + 1, np.inf)
  np.minimum.at(least, letters[inked], depth[1:-1, 1:-1][inked])
  return (least[np.unique(letters[inked])] >= 2.5).mean() >= limits.free


def _centre(outline: np.ndarray) -> np.ndarray:
  m = cv2.moments(outline)
  return np.array([m['m10'], m['m01']]) / max(m['m00'], 1e-6)
