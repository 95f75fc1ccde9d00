"""The drawing of a page: paper is 255 and ink is dark, whatever the scan, the pencil or the print.

What looks for lines, regions and paper looks at this picture; the page itself keeps its levels.
Three things are found from the page: the level of its paper, evenly lit or not; the noise of that
paper; and how dark its ink is. Faint ink is made darker until it counts as ink; a page with dark
ink on white paper is left as it is.
"""

import cv2
import numpy as np

SIDE = 900  # px of the short side at which ink is measured
LARGEST = 4_000_000  # pixels of what is measured
BLOCKS = 12  # of the short side, in each of which paper is looked for
EVEN = 0.03  # of white: blocks that differ less are lit alike
LIT = 0.6  # part of the blocks that are, if the page is evenly lit
DARKEST = 0.55  # of white: darker blocks show no paper
GREY = 90  # the darkest level of grey paper
THICKEST = 0.03  # of the short side: a line is no wider
FULL = 160.0  # contrast of ink to paper, of 255, from which it is dark enough
MOST_GAIN = 8.0
FAINTEST = 8.0  # contrast of 255: fainter marks are none, however clean the paper
MARKS = 5e-4  # part of a page that is marks at least, or there is nothing to see
STRIP = 512  # rows done at once


def line_art(grey: np.ndarray) -> np.ndarray:
  """The drawing of a page.

  Args:
    grey: uint8 [H, W], the page.

  Returns:
    uint8 [H, W], 255 where there is paper, 0 is ink.
  """
  small = _small(grey)
  white = paper_level(small)
  light = _light(small, white)
  relative = _relative(small, white if light is None else cv2.resize(light, small.shape[::-1]))
  noise, gain = _gain(relative)
  if light is None:
    levels = _relative(np.arange(256, dtype=np.uint8), white)
    return np.round(_stretched(levels, noise, gain)).astype(np.uint8)[grey]
  out = np.empty_like(grey)
  for top in range(0, len(grey), STRIP):
    rows = slice(top, top + STRIP)
    level = _rows(light, grey.shape, rows)
    out[rows] = np.round(_stretched(_relative(grey[rows], level), noise, gain))
  return out


def paper_level(grey: np.ndarray) -> float:
  """The grey level of blank paper, uint8 [h, w]; 255 if there is little of it.

  It is that of the light part of the page; where nothing is light, that of most of the page, if it
  is as even as paper is.
  """
  light = grey[grey >= 180]
  if light.size > 0.05 * grey.size:
    return float(np.percentile(light, 75))
  count = np.convolve(np.bincount(grey.ravel(), minlength=256), np.ones(17), 'same')
  level = int(count[GREY:].argmax()) + GREY
  return float(level) if count[level] > 0.25 * grey.size else 255.0


def _small(grey: np.ndarray) -> np.ndarray:
  scale = min(1.0, SIDE / min(grey.shape), (LARGEST / grey.size) ** 0.5)
  if scale == 1.0:
    return grey
  size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
  return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def _light(small: np.ndarray, white: float) -> np.ndarray | None:
  """float32 [n, m], the level of paper over the page; None where it is everywhere the same."""
  step = max(1, min(small.shape) // BLOCKS)
  rows, columns = -(-small.shape[0] // step), -(-small.shape[1] // step)
  pads = ((0, rows * step - small.shape[0]), (0, columns * step - small.shape[1]))
  padded = np.pad(small, pads, mode='edge')
  blocks = padded.reshape(rows, step, columns, step).swapaxes(1, 2).reshape(rows, columns, -1)
  level = np.percentile(blocks, 85, axis=-1).astype(np.float32)
  valid = level >= DARKEST * white
  even = np.abs(level - white) <= EVEN * 255
  if min(small.shape) < 2 * BLOCKS or even.sum() >= LIT * max(1, valid.sum()):
    return None
  if valid.sum() < 0.3 * valid.size:
    return None
  _, nearest = cv2.distanceTransformWithLabels(
    (~valid).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
  )
  lookup = np.zeros(int(nearest.max()) + 1, np.float32)
  lookup[nearest[valid]] = level[valid]
  filled = cv2.medianBlur(lookup[nearest], 3)
  return np.maximum(cv2.GaussianBlur(filled, (0, 0), 0.8), 1)


def _rows(light: np.ndarray, shape: tuple[int, ...], rows: slice) -> np.ndarray:
  """Rows of `light` at the size of the page."""
  end = min(rows.stop, shape[0])
  y = (np.arange(rows.start, end, dtype=np.float32) + 0.5) * (len(light) / shape[0]) - 0.5
  x = (np.arange(shape[1], dtype=np.float32) + 0.5) * (light.shape[1] / shape[1]) - 0.5
  grid = np.meshgrid(x, y)
  return cv2.remap(light, *grid, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _relative(grey: np.ndarray, white: float | np.ndarray) -> np.ndarray:
  """float32, `grey` where paper is 255."""
  return np.minimum(grey.astype(np.float32) * (255 / white), 255)


def _gain(relative: np.ndarray) -> tuple[float, float]:
  """(the noise of the paper in levels, by how much ink has to be stronger)."""
  side = max(3, round(THICKEST * min(relative.shape))) | 1
  around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
  page = np.round(relative).astype(np.uint8)
  contrast = cv2.morphologyEx(page, cv2.MORPH_BLACKHAT, around)
  noise = 1.5 * float(np.median(contrast))  # most of a page is paper
  marks = contrast[contrast > max(FAINTEST, 3 * noise)]
  if marks.size < MARKS * contrast.size:
    return 0.0, 1.0
  ink = float(np.percentile(marks, 90))
  dark = float((page < 128).mean())  # solid blacks are no thin marks
  gain = 1.0 if dark > MARKS else min(max(FULL / ink, 1.0), MOST_GAIN)
  return (noise, gain) if gain > 1 else (0.0, 1.0)


def _stretched(relative: np.ndarray, noise: float, gain: float) -> np.ndarray:
  if gain == 1:
    return relative
  return 255 - np.minimum(np.maximum(255 - relative - noise, 0) * gain, 255)
