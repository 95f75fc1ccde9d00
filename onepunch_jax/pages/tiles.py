"""Run a network over a picture of any size: a handful of compiled shapes, tiles without a seam.

The network runs on canvases: at each level of detail one upright and one lying, a little longer
than the pages of books are. What is shorter is padded with paper; what is longer, or too large for
one run, is cut into overlapping tiles. So a book compiles at most two functions a level, whatever
sizes its pages have; and a page's canvas depends on the page alone, so that it has the same colours
in a book as by itself.

A run over the whole picture at low resolution gives all tiles the same colours: each keeps its own
detail and takes its low frequencies from that run. A long strip, which would be too small to make
out, goes without: it is a row of pictures.
"""

from collections.abc import Callable

import cv2
import numpy as np

from onepunch_jax.pages.scale import resize

# a line picture uint8 [h, w] and float32 [h, w, 4] hints (or None) -> float32 sRGB [h, w, 3]
Paint = Callable[[np.ndarray, np.ndarray | None], np.ndarray]
LONGER = 1.6  # a canvas's long side over its short one; books' pages have 1.3 to 1.55
LEAST = 0.25  # of a canvas's short side: a whole picture smaller than this tells nothing


def canvas(shape: tuple[int, ...], side: int, multiple: int, area: int) -> tuple[int, int]:
  """The (height, width) that the network runs on for a picture.

  Args:
    shape: of the picture; only whether it is upright counts.
    side: the short side of pictures at this level of detail.
    multiple: of the network.
    area: pixels that it may have; halves `side` until it fits.
  """
  while True:
    short, long = (-(-int(s) // multiple) * multiple for s in (side, LONGER * side))
    if short * long <= area or short == multiple:
      break
    side = -(-side // 2)
  if short * long > area:
    long = short
  return (long, short) if shape[0] >= shape[1] else (short, long)


def paint_padded(
  paint: Paint, line: np.ndarray, hint: np.ndarray | None, shape: tuple[int, int]
) -> np.ndarray:
  """Runs on `line` [h, w] amid paper of `shape`; returns the part that was asked for."""
  height, width = line.shape
  top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
  pads = (top, shape[0] - height - top), (left, shape[1] - width - left)
  line = np.pad(line, pads, constant_values=255)
  hint = None if hint is None else np.pad(hint, (*pads, (0, 0)))
  return paint(line, hint)[top : top + height, left : left + width]


def paint_any(
  paint: Paint,
  line: np.ndarray,
  hint: np.ndarray | None = None,
  *,
  side: int,
  multiple: int,
  area: int,
) -> np.ndarray:
  """Colours of a picture of any size.

  Args:
    paint: the network, for sides that are multiples of `multiple`.
    line: uint8 [H, W], 0 is ink.
    hint: float32 [H, W, 4] or None.
    side: the short side of pictures at this level of detail (scale.working_sizes).
    multiple: of the network.
    area: pixels that one run may have, padding included; bounds memory.

  Returns:
    float32 sRGB [H, W, 3] in [0, 1].
  """
  height, width = line.shape
  shape = canvas(line.shape, side, multiple, area)
  if height <= shape[0] and width <= shape[1]:
    return paint_padded(paint, line, hint, shape)
  tiled = _blend(paint, line, hint, shape)
  scale = min(shape[0] / height, shape[1] / width)
  small = max(1, int(scale * height)), max(1, int(scale * width))
  if min(small) < LEAST * min(shape):
    return tiled
  whole = paint_padded(paint, resize(line, *small), _shrink_hint(hint, *small), shape)
  shift = _blur(resize(whole, height, width) - tiled, min(shape) / 8)
  return np.clip(tiled + shift, 0, 1)


def _blend(paint, line, hint, shape) -> np.ndarray:
  height, width = line.shape
  total = np.zeros((height, width, 3), np.float32)
  weight = np.zeros((height, width, 1), np.float32)
  window = _ramp(shape[0])[:, None, None] * _ramp(shape[1])[None, :, None]
  for top in _starts(height, shape[0]):
    for left in _starts(width, shape[1]):
      rows, columns = slice(top, top + shape[0]), slice(left, left + shape[1])
      part = line[rows, columns]
      rgb = paint_padded(paint, part, None if hint is None else hint[rows, columns], shape)
      share = window[: part.shape[0], : part.shape[1]]
      total[rows, columns] += rgb * share
      weight[rows, columns] += share
  return total / weight


def _starts(length: int, tile: int) -> list[int]:
  """Where tiles start: they overlap by a quarter at least and cover all."""
  if length <= tile:
    return [0]
  count = -(-(length - tile) // (tile * 3 // 4)) + 1
  return [round(i * (length - tile) / (count - 1)) for i in range(count)]


def _ramp(length: int) -> np.ndarray:
  x = (np.arange(length, dtype=np.float32) + 0.5) / length
  return np.clip(np.minimum(x, 1 - x) * 4, 1e-3, 1)


def _blur(x: np.ndarray, sigma: float) -> np.ndarray:
  return cv2.GaussianBlur(x, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)


def _shrink_hint(hint, height, width):
  return None if hint is None else shrink_hint(hint, height, width)


def shrink_hint(hint: np.ndarray, height: int, width: int) -> np.ndarray:
  """Hints [H, W, 4] (colour in [-1, 1] where the mask is 1, else 0) at another size.

  The smallest dot stays: its colour is the mean over the hinted part of a pixel.
  """
  small = resize(hint.astype(np.float32), height, width)
  mask = small[..., 3:]
  color = np.where(mask > 0, small[..., :3] / np.maximum(mask, 1e-6), 0)
  return np.concatenate([color, (mask > 1e-3).astype(np.float32)], -1).astype(np.float32)
