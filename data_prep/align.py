"""Does line art lie on its colouring? Sizes, and the shift that fits the ink best."""

from __future__ import annotations

import numpy as np
from PIL import Image

SIDE = 256  # pixels of the comparison
CLEAR = 1.25  # how much better than no shift the best one must fit


def problem(line: np.ndarray, rgb: np.ndarray, max_shift: float) -> str:
  """Why a pair does not fit, or ''.

  Args:
    line: uint8 grey [H, W, 1].
    rgb: uint8 [H, W, 3].
    max_shift: in percent of the long side: ink that fits better when moved further than that does
      not lie on the colouring; 0 checks sizes only.
  """
  if line.shape[:2] != rgb.shape[:2]:
    return (
      f'the line art is {line.shape[1]} x {line.shape[0]} pixels, the colouring '
      f'{rgb.shape[1]} x {rgb.shape[0]}'
    )
  if max_shift:
    dy, dx, gain = shift(line, rgb)
    percent = 100 * max(abs(dy), abs(dx)) / max(line.shape[:2])
    if gain > CLEAR and percent > max_shift:
      return f'the ink fits {gain:.1f} times better when moved {dx:+d}, {dy:+d} pixels'
  return ''


def shift(line: np.ndarray, rgb: np.ndarray) -> tuple[int, int, float]:
  """(dy, dx, gain): moving the line art by (dy, dx) pixels fits `gain` times better than not.

  Correlates the edges of both, whatever made them, up to an eighth of the picture away.
  """
  scale = min(1.0, SIDE / max(line.shape[:2]))
  a, b = _edges(line, scale), _edges(rgb, scale)
  correlation = np.fft.irfft2(np.conj(np.fft.rfft2(a)) * np.fft.rfft2(b), s=a.shape)
  reach = [max(1, n // 8) for n in a.shape]
  rows, columns = (
    np.r_[0 : r + 1, -r:0] if n > 2 * r else np.arange(n) for r, n in zip(reach, a.shape)
  )
  near = correlation[np.ix_(rows, columns)]
  i, j = np.unravel_index(np.argmax(near), near.shape)
  gain = near[i, j] / max(correlation[0, 0], 1e-9 + 0.05 * near[i, j])
  return round(int(rows[i]) / scale), round(int(columns[j]) / scale), float(gain)


def _edges(picture: np.ndarray, scale: float) -> np.ndarray:
  """Edge strength over all channels, zero mean, of a smaller picture."""
  image = Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)
  size = max(2, round(image.width * scale)), max(2, round(image.height * scale))
  small = np.asarray(image.resize(size, Image.Resampling.BOX), np.float32)
  small = small.reshape(*small.shape[:2], -1)
  dy, dx = np.gradient(small, axis=(0, 1))
  edges = np.hypot(dy, dx).max(-1)
  return edges - edges.mean()
