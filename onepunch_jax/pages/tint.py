"""Colours for ink: any hue, the lightness that the ink has.

CIE L depends on the luminance Y alone. A colour scaled in linear light to the ink's Y keeps its
chromaticity; mixed with the ink itself until every channel fits, it is in gamut and still of that
Y. So the tint is found in closed form, and after rounding to 8 bits L is within 0.5.

The contract: where a page composited on white has a grey level below `INK`, the coloured page has
its CIE L within 0.5, both composited on white and rounded to 8 bits; for any alpha above 0.
"""

import numpy as np

INK = 128  # darker grey levels are ink
BLACK = 40  # from here down ink takes no tint at all
_Y = np.array([0.212671, 0.715160, 0.072169], np.float32)  # ITU-R 709, as onepunch_jax/ops/color.py
_V = np.arange(256) / 255
LINEAR = np.where(_V > 0.04045, ((_V + 0.055) / 1.055) ** 2.4, _V / 12.92).astype(np.float32)


def lightness(rgb: np.ndarray) -> np.ndarray:
  """uint8 sRGB [..., 3] -> CIE L [...] in [0, 100]."""
  y = LINEAR[rgb] @ _Y
  return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.292 * y).astype(np.float32)


def tint(ink: np.ndarray, color: np.ndarray, floor: np.ndarray | None = None) -> np.ndarray:
  """Ink in the hue of what it is drawn on.

  Args:
    ink: uint8 sRGB [N, 3].
    color: uint8 sRGB [N, 3]; the darker the ink, the less of it shows.
    floor: uint8 [N, 1], the least level that a channel can have (on paper under alpha), or None.

  Returns:
    uint8 sRGB [N, 3], abs(L - L of the ink) <= 0.5 everywhere.
  """
  start = LINEAR[ink]
  y = (start @ _Y)[:, None]
  wanted = start * LINEAR[color]
  luminance = (wanted @ _Y)[:, None]
  aim = np.where(luminance > 1e-7, wanted * (y / np.maximum(luminance, 1e-7)), start) - start
  low = 0.0 if floor is None else LINEAR[floor]
  room = np.where(aim > 0, 1 - start, np.maximum(start - low, 0)) / np.maximum(abs(aim), 1e-6)
  grey = ink.astype(np.float32) @ np.array([[0.299], [0.587], [0.114]], np.float32)
  share = np.clip((grey - BLACK) / (INK - BLACK), 0, 1)
  share = np.minimum(share, room.min(1, keepdims=True))
  linear = np.clip(start + share * aim, 0, 1)
  high = linear > 0.0031308
  srgb = np.where(
    high, 1.055 * np.power(np.where(high, linear, 1), 1 / 2.4) - 0.055, 12.92 * linear
  )
  out = (srgb * 255 + 0.5).astype(np.uint8)
  off = np.abs(lightness(out) - lightness(ink)) > 0.5
  if floor is not None:
    off |= (out < floor).any(1)
  out[off] = ink[off]
  return out
