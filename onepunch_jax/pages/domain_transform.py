"""Smooth values over a page without crossing its lines.

The recursive domain transform of Gastal and Oliveira ("Domain Transform for Edge-Aware Image and
Video Processing", 2011): along rows and columns in turn, each pixel mixes with its neighbour, the
less the more the guide changes between them. With weights as one more channel it is a normalised
filter: pixels of weight 0 take the values of those that can be reached from them.
"""

import numpy as np


def smooth(
  values: np.ndarray, guide: np.ndarray, *, sigma: float, contrast: float = 0.2, rounds: int = 2
) -> np.ndarray:
  """Edge-aware smoothing.

  Args:
    values: float32 [H, C, W]: rows of channels (so that a row of all channels is contiguous).
    guide: float32 [H, W] in [0, 1], the line art.
    sigma: s.d. of the smoothing in px.
    contrast: a step of the guide that stops as much as `sigma` px do.
    rounds: of rows and columns.

  Returns:
    float32 [H, C, W]; `values` is overwritten.
  """
  across = 1 + sigma / contrast * np.abs(np.diff(guide, axis=1, prepend=guide[:, :1])).T
  down = 1 + sigma / contrast * np.abs(np.diff(guide, axis=0, prepend=guide[:1]))
  for i in range(rounds):
    s = sigma * 3**0.5 * 2 ** (rounds - i - 1) / (4**rounds - 1) ** 0.5
    rate = np.float32(-(2**0.5) / max(s, 1e-3))
    turned = np.ascontiguousarray(values.transpose(2, 1, 0))
    _sweep(turned, np.exp(rate * across))
    values = np.ascontiguousarray(turned.transpose(2, 1, 0))
    _sweep(values, np.exp(rate * down))
  return values


def _sweep(x: np.ndarray, keep: np.ndarray) -> None:
  """There and back along the first axis of [N, C, M]; keep [N, M] couples n with n - 1."""
  step = np.empty_like(x[0])
  for n in range(1, len(x)):
    np.subtract(x[n - 1], x[n], out=step)
    step *= keep[n]
    x[n] += step
  for n in range(len(x) - 2, -1, -1):
    np.subtract(x[n + 1], x[n], out=step)
    step *= keep[n + 1]
    x[n] += step
