"""Long strips: parts that are coloured by themselves, and put together without a seam."""

import dataclasses
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from onepunch_jax.images.reader import Picture
from onepunch_jax.pages.balloon_masks import BalloonMask
from onepunch_jax.pages.compose import ColoredPage, lay_lines
from onepunch_jax.pages.hints import Hints

ROWS = 512  # done at once

ColorPart = Callable[[Picture, np.ndarray, Hints | None, BalloonMask | None], ColoredPage]


def color_parts(
  picture: Picture,
  line: np.ndarray,
  hints: Hints | None,
  marked: BalloonMask | None,
  places: Sequence[tuple[slice, slice]],
  color: ColorPart,
  layers: bool,
) -> ColoredPage:
  """Colours a strip part by part.

  Args:
    picture: the strip.
    line: uint8 [H, W], its drawing.
    hints: of it, or None.
    marked: its mask of balloons, or None.
    places: rows and columns of each part (scale.windows).
    color: colours a part, with `layers=True`, by its picture, drawing, hints and mask.
    layers: keep what flats and layers need.
  """
  made = []
  for rows, columns in places:
    part = part_of(picture, rows, columns)
    here = None if hints is None else Hints(np.ascontiguousarray(hints.rgba[rows, columns]))
    mask = None if marked is None else marked.part(rows, columns)
    made.append(color(part, np.ascontiguousarray(line[rows, columns]), here, mask))
  return dataclasses.replace(join(picture, line, places, made, layers), marked=marked)


def part_of(picture: Picture, rows: slice, columns: slice) -> Picture:
  """A part of a picture, as a picture."""
  alpha = picture.alpha
  return dataclasses.replace(
    picture,
    rgb=np.ascontiguousarray(picture.rgb[rows, columns]),
    alpha=None if alpha is None else np.ascontiguousarray(alpha[rows, columns]),
  )


def join(
  picture: Picture,
  line: np.ndarray,
  places: Sequence[tuple[slice, slice]],
  parts: Sequence[ColoredPage],
  layers: bool,
) -> ColoredPage:
  """A strip from its parts, whose colours change over where two overlap.

  Args:
    picture: the strip.
    line: uint8 [H, W], its drawing.
    places: rows and columns of each part, in order, along one side (scale.windows).
    parts: made with `layers=True`.
    layers: keep what flats and layers need.
  """
  color = np.empty_like(picture.rgb)
  paper, balloons = np.zeros((2, *line.shape), bool)
  before = (slice(0, 0), slice(0, 0))
  for place, part in zip(places, parts):
    size = part.line.shape
    across = int(places[0][0] == places[-1][0])  # the axis along which it is long
    common = max(0, before[across].stop - place[across].start)
    ramp = np.ones(size[across], np.float32)
    ramp[:common] = (np.arange(common) + 0.5) / max(common, 1)
    ramp = ramp[:, None] if across == 0 else ramp[None]
    color[place] = _mixed(color[place], part.color, ramp)
    later = ramp >= 0.5
    paper[place] = np.where(later, part.paper, paper[place])
    inside = cv2.resize(part.balloons.astype(np.uint8), size[::-1], interpolation=cv2.INTER_NEAREST)
    balloons[place] = np.where(later, inside > 0, balloons[place])
    before = place
  color[paper] = 255
  rgb = np.empty_like(color)
  for top in range(0, len(rgb), ROWS):
    rows = slice(top, min(top + ROWS, len(rgb)))
    rgb[rows] = lay_lines(color[rows], picture, rows)
  if not layers:
    return ColoredPage(rgb, picture)
  return ColoredPage(rgb, picture, color, paper, balloons, line)


def _mixed(one: np.ndarray, other: np.ndarray, ramp: np.ndarray) -> np.ndarray:
  """The first where `ramp` is 0, the second where it is 1; uint8 [h, w, 3]."""
  share = ramp[..., None]
  return np.round(one * (1 - share) + other * share).astype(np.uint8)
