"""Construction lines in a colour of their own, such as a blue pencil's, taken off a page."""

import colorsys

import cv2
import numpy as np

from onepunch_jax.pages.palette import lab, parse

NAMES = {
  'red': '#e02020',
  'orange': '#f08020',
  'yellow': '#e8d820',
  'green': '#20a040',
  'cyan': '#40b8e0',
  'blue': '#5090e0',
  'purple': '#9040c0',
  'magenta': '#e040a0',
}
NEAR = 32.0  # degrees of hue that a line's colour may be off
CHROMA = (5.0, 12.0)  # of Lab: from nothing of a pixel to all of it
DARKEST = 25.0  # of Lab's L: what is darker is ink
EDGE = 2  # px beside a line in which its soft edge is
ROWS = 512  # done at once


def hue_of(text: str) -> float:
  """The hue, in degrees of Lab, of a colour's name or '#rrggbb'.

  Raises:
    ValueError: it is no colour, or a grey.
  """
  code = NAMES.get(text.strip().lower(), text)
  try:
    rgb = parse(code)
  except ValueError:
    raise ValueError(
      f'--drop_color={text}: no colour; give #rrggbb or one of {", ".join(NAMES)}.'
    ) from None
  if colorsys.rgb_to_hsv(*(v / 255 for v in rgb))[1] < 0.1:
    raise ValueError(f'--drop_color={text}: a grey, which ink is too; give a colour.')
  _, a, b = lab(np.uint8([rgb]))[0]
  return float(np.degrees(np.arctan2(b, a)))


def drop(rgb: np.ndarray, hue: float) -> np.ndarray:
  """A page without what has a hue.

  Args:
    rgb: uint8 sRGB [H, W, 3].
    hue: degrees, of `hue_of`.

  Returns:
    uint8 sRGB [H, W, 3], paper where it was; ink over it stays.
  """
  step = max(1, max(rgb.shape[:2]) // 512)
  sample = rgb[::step, ::step].reshape(-1, 3)
  paper = np.percentile(sample, 75, axis=0).astype(np.float32)
  out = np.empty_like(rgb)
  for top in range(0, len(rgb), ROWS):
    low = max(0, top - EDGE)
    part = rgb[low : top + ROWS + EDGE]
    share = _share(part, hue)[top - low :][:ROWS]
    part = part[top - low :][:ROWS]
    mixed = part + share[..., None] * np.maximum(paper - part, 0)
    out[top : top + ROWS] = np.round(mixed)
  return out


def _share(rgb: np.ndarray, hue: float) -> np.ndarray:
  """float32 [h, w], how much of a pixel is a line of that hue; its soft edge is all of it."""
  values = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
  chroma = np.hypot(values[..., 1], values[..., 2])
  off = np.degrees(np.arctan2(values[..., 2], values[..., 1])) - hue
  off = np.abs((off + 180) % 360 - 180)
  light = np.clip((values[..., 0] - DARKEST) / 15, 0, 1)
  share = np.clip((chroma - CHROMA[0]) / (CHROMA[1] - CHROMA[0]), 0, 1)
  share *= np.clip(2 - off / NEAR, 0, 1) * light
  beside = cv2.dilate(share, np.ones((2 * EDGE + 1,) * 2, np.uint8))
  edge = np.clip(chroma, 0, 1) * np.clip(2 - off / (2 * NEAR), 0, 1) * light
  return np.maximum(share, np.minimum(beside, edge))
