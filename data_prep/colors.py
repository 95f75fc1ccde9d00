"""Which colours a dataset has: its ab histogram, and the class weights of Zhang et al. 2016."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image

RANGE = 110  # Lab's a and b are counted from -110 to 110 in steps of 1
SHAPE = (2 * RANGE + 1, 2 * RANGE + 1)
STEP = 10  # the classes of Zhang-16
CENTERS = np.stack(np.meshgrid(*[np.arange(-RANGE, RANGE + 1, STEP)] * 2, indexing='ij'), -1)
LAMBDA = 0.5  # share of the uniform distribution in the prior


def histogram(rgb: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
  """uint8 [H, W, 3] -> int64 [221, 221]: pixels by rounded (a, b), letter-box bars left out."""
  code = rgb.astype(np.int32) >> 2
  code = (code[..., 0] << 12 | code[..., 1] << 6 | code[..., 2]).ravel()
  if mask is not None:
    code = code[mask.ravel() > 0]
  return np.bincount(_table()[code], minlength=SHAPE[0] * SHAPE[1]).reshape(SHAPE)


def prior(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Histogram [221, 221] -> (prior, weights), both float64 [23, 23] over `CENTERS`.

  The prior is smoothed by a Gaussian of 5 in ab space. Weights are 1 / ((1 - l) p + l / Q) with
  l = 1/2 over the Q classes that occur, scaled to a mean of 1 under the prior; 0 elsewhere.
  """
  share = counts / counts.sum()
  taps = np.arange(-15, 16)
  kernel = np.exp(-0.5 * (taps / 5) ** 2)
  kernel /= kernel.sum()
  smooth = share
  for axis in (0, 1):
    smooth = np.apply_along_axis(lambda row: np.convolve(row, kernel, 'same'), axis, smooth)
  p = _classes(smooth)
  used = _classes(counts) > 0
  p = np.where(used, p, 0)
  p /= p.sum()
  weights = np.where(used, 1 / ((1 - LAMBDA) * p + LAMBDA / used.sum()), 0)
  return p, weights / (p * weights).sum()


def grey_share(counts: np.ndarray, limit: int = 5) -> float:
  """Share of the pixels with |a| and |b| at most 5."""
  middle = slice(RANGE - limit, RANGE + limit + 1)
  return float(counts[middle, middle].sum() / max(counts.sum(), 1))


def picture(counts: np.ndarray) -> Image.Image:
  """The histogram as a picture: every (a, b) that occurs in its colour, brighter the more often."""
  from onepunch_jax.ops import color

  a, b = np.meshgrid(*[np.arange(-RANGE, RANGE + 1)] * 2, indexing='ij')
  level = np.log1p(counts) / max(np.log1p(counts.max()), 1e-9)
  lab = np.stack([np.where(counts > 0, 35 + 55 * level, 0), a, b], -1)
  lab[counts == 0, 1:] = 0
  rgb = np.asarray(color.lab_to_rgb(lab.astype(np.float32)))[:, ::-1].transpose(1, 0, 2)
  return Image.fromarray((rgb.clip(0, 1) * 255).astype(np.uint8)).resize((663, 663), 0)


def _classes(fine: np.ndarray) -> np.ndarray:
  """[221, 221] -> sums [23, 23] over the nearest class centre."""
  index = np.round(np.arange(SHAPE[0]) / STEP).astype(int)
  out = np.zeros((index[-1] + 1,) * 2)
  np.add.at(out, (index[:, None], index[None, :]), fine)
  return out


@functools.lru_cache(maxsize=1)
def _table() -> np.ndarray:
  """int32 [64^3]: where in the flat histogram a colour of 6 bits per channel is counted."""
  from onepunch_jax.ops import color

  levels = (np.arange(64) * 4 + 2) / 255
  rgb = np.stack(np.meshgrid(levels, levels, levels, indexing='ij'), -1).reshape(-1, 3)
  lab = np.asarray(color.rgb_to_lab(rgb.astype(np.float32)))
  a, b = (np.clip(np.round(lab[:, i]), -RANGE, RANGE).astype(np.int32) + RANGE for i in (1, 2))
  return a * SHAPE[1] + b
