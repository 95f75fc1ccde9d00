"""The distance to the lines of a page as they were meant, by the small net that closes gaps."""

import functools
import pathlib

import jax
import numpy as np

from onepunch_jax.nets.line_distance import Model
from onepunch_jax.pages import scale
from onepunch_jax.pages.compiled import Compiled
from onepunch_jax.weights.npz import load

WEIGHTS = pathlib.Path(__file__).parents[1] / 'weights' / 'line_distance.npz'
SHORT = 512  # px of the short side that the net sees; what is smaller stays as it is
THICKEST = 4.0  # px; a page whose lines are thicker is made smaller for the net
MULTIPLE = 64  # px; few shapes, few compilations


def predict(line: np.ndarray, paper: float = 1.0) -> np.ndarray:
  """How far each pixel is from the nearest line, gaps closed.

  Args:
    line: uint8 [H, W], or float [H, W] in [0, 1]; 0 is ink.
    paper: the level of blank paper as a share of white.

  Returns:
    float32 [h, w] in px of the line art, for `segment`: of its size, or smaller on a large page.
  """
  white = paper * (255 if line.dtype == np.uint8 else 1)
  line = np.minimum(line.astype(np.float32) / np.float32(white), 1)
  height, width = _size(line)
  small = scale.resize(line, height, width) * 2 - 1
  sides = [-(-n // MULTIPLE) * MULTIPLE for n in (height, width)]
  padded = np.ones((1, *sides, 1), np.float32)
  padded[0, :height, :width, 0] = small
  found = np.asarray(_run(padded))[0, :height, :width, 0]
  return found * np.float32(line.shape[0] / height)


def _size(line: np.ndarray) -> tuple[int, int]:
  """(height, width) at which the net sees a picture."""
  short = min(line.shape)
  width = scale.line_width(scale.standard(np.round(line * 255).astype(np.uint8)))
  size = min(short, SHORT)
  if width is not None:  # in px of a short side of 256
    size = min(size, max(THICKEST * scale.STANDARD / width, scale.STANDARD / 2))
  return tuple(max(1, round(n * min(1, size / short))) for n in line.shape)


@functools.cache
def _params():
  return load(WEIGHTS)


def _apply(params, line: jax.Array) -> jax.Array:
  return Model().apply({'params': params}, line)


_compiled = Compiled(_apply, 'the net that closes gaps')


def _run(line: np.ndarray) -> jax.Array:
  return _compiled(_params(), line)
