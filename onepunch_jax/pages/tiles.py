"""Run a net over a picture of any size: few compiled shapes, tiles that blend without a seam.

Sides are padded with paper to sizes of a short list, so that the pages of a book share compiled
functions.  A picture too large for one run is cut into overlapping tiles of one shape; a run over
the whole picture at low resolution first gives all tiles the same colours: each tile keeps its own
detail and takes its low frequencies from that run.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from onepunch_jax.pages.scale import resize

# a line picture uint8 [h, w] and float32 [h, w, 4] hints (or None) -> float32 sRGB [h, w, 3]
Paint = Callable[[np.ndarray, np.ndarray | None], np.ndarray]
STEPS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)


def bucket(side: int, multiple: int) -> int:
  """The shortest padded side of the list that holds `side`."""
  count = -(-side // multiple)
  return multiple * next((s for s in STEPS if s >= count), count)


def paint_padded(paint: Paint, line: np.ndarray, hint: np.ndarray | None, multiple: int,
                 shape: tuple[int, int] | None = None) -> np.ndarray:
  """Runs on `line` [h, w] amid paper of a bucket's shape; returns the part that was asked for."""
  height, width = line.shape
  tall, wide = shape or (bucket(height, multiple), bucket(width, multiple))
  top, left = (tall - height) // 2, (wide - width) // 2
  pads = (top, tall - height - top), (left, wide - width - left)
  line = np.pad(line, pads, constant_values=255)
  hint = None if hint is None else np.pad(hint, (*pads, (0, 0)))
  return paint(line, hint)[top : top + height, left : left + width]


def paint_any(paint: Paint, line: np.ndarray, hint: np.ndarray | None = None, *, multiple: int,
              area: int) -> np.ndarray:
  """Colours of a picture of any size.

  Args:
    paint: the net, for sides that are multiples of `multiple`.
    line: uint8 [H, W], 0 is ink.
    hint: float32 [H, W, 4] or None.
    multiple: of the net.
    area: pixels that one run may have, padding included; bounds memory.

  Returns:
    float32 sRGB [H, W, 3] in [0, 1].
  """
  height, width = line.shape
  if bucket(height, multiple) * bucket(width, multiple) <= max(area, multiple * multiple):
    return paint_padded(paint, line, hint, multiple)
  shape = _tile(height, width, multiple, area)
  tiled = _blend(paint, line, hint, multiple, shape)
  scale = min(1.0, (0.5 * area / (height * width)) ** 0.5)
  small = max(1, round(height * scale)), max(1, round(width * scale))
  while bucket(small[0], multiple) * bucket(small[1], multiple) > area and min(small) > multiple:
    small = max(1, small[0] * 7 // 8), max(1, small[1] * 7 // 8)
  if bucket(small[0], multiple) * bucket(small[1], multiple) > max(area, multiple * multiple):
    return tiled  # a strip too thin for one run
  whole = paint_padded(paint, resize(line, *small), _shrink_hint(hint, *small), multiple)
  whole = resize(whole, height, width)
  sigma = min(shape) / 8
  shift = _blur(whole - tiled, sigma)
  return np.clip(tiled + shift, 0, 1)


def _tile(height: int, width: int, multiple: int, area: int) -> tuple[int, int]:
  """The shape of tiles: about square, or as narrow as the picture."""
  side = max(multiple, int(area**0.5) // multiple * multiple)
  tall, wide = min(side, bucket(height, multiple)), min(side, bucket(width, multiple))
  tall = max(multiple, min(bucket(height, multiple), area // wide // multiple * multiple))
  wide = max(multiple, min(bucket(width, multiple), area // tall // multiple * multiple))
  return tall, wide


def _blend(paint, line, hint, multiple, shape) -> np.ndarray:
  height, width = line.shape
  total = np.zeros((height, width, 3), np.float32)
  weight = np.zeros((height, width, 1), np.float32)
  window = _ramp(shape[0])[:, None, None] * _ramp(shape[1])[None, :, None]
  for top in _starts(height, shape[0]):
    for left in _starts(width, shape[1]):
      rows, columns = slice(top, top + shape[0]), slice(left, left + shape[1])
      part = line[rows, columns]
      rgb = paint_padded(paint, part, None if hint is None else hint[rows, columns], multiple,
                         shape)
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
