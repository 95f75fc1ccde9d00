"""At which size the network sees a page: the same drawing gives the same small picture at any dpi.

A network was trained on drawings of `size` pixels with lines of some width. It sees a page at the
size at which the page's lines are about that wide: one, two or four training sizes over its short
side. All that is measured here is measured on a picture of standard size, so that a scan at
twice the resolution is seen at the same size.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np

LINE = 0.011  # width of a line over the side of a training picture, about as `synthetic` has it
HIGHEST = 2  # octaves: four training sizes over the short side of a page
STANDARD = 256  # px of the short side on which line width and paper are measured
THICKEST = 0.05  # of the short side: a line is no wider
ENLARGE = 4.0  # a tiny picture is enlarged no more than this
LONGEST = 16  # the long side of a thin picture counts for at most this many short sides
WINDOW = 2  # short sides of a long strip that are seen at once
LEAST_WINDOW = 1024  # px of it that are
OVERLAP = 0.125  # part of a window that the next one has, too


def resize(picture: np.ndarray, height: int, width: int) -> np.ndarray:
  """[H, W] or [H, W, C] -> [height, width(, C)], mean over areas when it shrinks, else linear."""
  if picture.shape[:2] == (height, width):
    return picture
  shrinks = height * width <= picture.shape[0] * picture.shape[1]
  how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR

  def one(part: np.ndarray) -> np.ndarray:
    return cv2.resize(part, (width, height), interpolation=how)

  if picture.ndim == 3 and picture.shape[2] > 4:  # OpenCV averages no more channels at once
    return np.stack([one(picture[..., c]) for c in range(picture.shape[2])], -1)
  return one(picture).reshape(height, width, *picture.shape[2:])


def fit_short(shape: tuple[int, ...], short: float) -> tuple[int, int]:
  """(height, width) of a page scaled to a short side, enlarged by no more than `ENLARGE`."""
  height, width = shape[:2]
  scale = min(short / min(height, width), ENLARGE)
  return max(1, round(height * scale)), max(1, round(width * scale))


def standard(grey: np.ndarray) -> np.ndarray:
  """uint8 [H, W] -> the page at standard size."""
  return resize(grey, *fit_short(grey.shape, STANDARD))


def line_width(grey: np.ndarray) -> float | None:
  """Mean width in px of the lines of a page: ink over half its outline; None for a blank page.

  Blur, and with it the resolution, cancels: it spreads ink and outline alike. Grey tone and
  solid blacks, wider than `THICKEST`, do not count.
  """
  side = max(3, round(THICKEST * min(grey.shape)))
  around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
  thin = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, around)
  ink = np.where(thin > 24, thin, 0).astype(np.float32) / 255
  outline = (np.abs(np.diff(ink, axis=0)).sum() + np.abs(np.diff(ink, axis=1)).sum()) * math.pi / 4
  return None if outline < 8 else float(2 * ink.sum() / outline)


def working_sizes(
  grey: np.ndarray,
  size: int,
  detail: float | None = None,
  levels: Sequence[tuple[float, float]] | None = None,
) -> list[tuple[tuple[int, int], int, float]]:
  """At which sizes the network sees a page, small to large.

  Args:
    grey: uint8 [H, W], 0 is ink.
    size: side of the pictures that the network was trained on.
    detail: how many training sizes go over the page's short side; None: by its line width.
    levels: of the page that this is a part of (`detail_levels`); None: of this one.

  Returns:
    [((height, width), side, share in the prediction)]: `side` is what the short side is on any page
    at this level; tiny pictures and strips have less, or that of a lower level.
  """
  sizes = []
  for level, share in detail_levels(grey, detail) if levels is None else levels:
    shape, side = _size(grey.shape, level * size), level * size
    while side / 2 >= max(min(shape), size):
      side /= 2
    sizes.append((shape, math.ceil(side), share))
  return sizes


def detail_levels(grey: np.ndarray, detail: float | None = None) -> list[tuple[float, float]]:
  """[(training sizes over the page's short side, share in the prediction)], one or two."""
  if detail is not None:
    return [(detail, 1.0)]
  page = standard(grey)
  width = line_width(page)
  wanted = 0.0 if width is None else math.log2(LINE * min(page.shape) / width)
  wanted = min(max(wanted, 0.0), float(HIGHEST))
  low = min(math.floor(wanted), HIGHEST - 1)
  share = wanted - low  # between two octaves both are run and blended, so that colours do not jump
  return [(2.0 ** (low + i), part) for i, part in enumerate((1 - share, share)) if part > 0]


def windows(shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
  """The parts of a page that are seen by themselves: of a long strip several, which overlap.

  So a strip of any length is seen at the resolution of a page, in the memory of one.
  """
  long, short = max(shape[:2]), min(shape[:2])
  length = max(WINDOW * short, LEAST_WINDOW)
  if long <= 1.5 * length:
    return [(slice(0, shape[0]), slice(0, shape[1]))]
  count = math.ceil((long - OVERLAP * length) / ((1 - OVERLAP) * length))
  starts = [round(i * (long - length) / (count - 1)) for i in range(count)]
  parts = [slice(start, start + length) for start in starts]
  across = slice(0, short)
  return [(p, across) if shape[0] == long else (across, p) for p in parts]


def _size(shape: tuple[int, ...], short: float) -> tuple[int, int]:
  short = min(short, short * LONGEST * min(shape) / max(shape))
  return fit_short(shape, max(short, 1.0))
