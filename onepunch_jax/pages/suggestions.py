"""Colours to choose from at a region, and where a hint would settle most (ours)."""

import functools
from typing import NamedTuple

import numpy as np

from onepunch_jax.ops import color
from onepunch_jax.regions import codebook
from onepunch_jax.regions.mixture import Mixture

APART = 12.0  # dE between two suggestions, at least
REACH = 8.0  # dE: colours nearer than this are one opinion
LEAST = 0.01  # a suggestion is at least so likely


class Suggestion(NamedTuple):
  """A colour that a region may have.

  Attributes:
    color: '#rrggbb'.
    probability: of the colour and of those within `REACH` of it, in [0, 1].
  """

  color: str
  probability: float


def components(mixture: Mixture, region: int, which: int = 0) -> tuple[np.ndarray, np.ndarray]:
  """The colours of a region's mixture, Lab [M, 3], and how likely each is [M].

  Args:
    mixture: of one picture.
    region: its row.
    which: of the alternatives.
  """
  row = [np.asarray(x[0, which], np.float64) for x in mixture]
  bins, residual, point, gate, targets = row
  g = 1 / (1 + np.exp(-np.clip(gate[region], -50, 50)))
  lab = np.concatenate([_centres() + residual[region], targets])
  share = np.concatenate([(1 - g) * _softmax(bins[region]), g * _softmax(point[region])])
  return lab, share


def suggest(mixture: Mixture, region: int, count: int = 5) -> list[Suggestion]:
  """The likeliest colours of a region that differ, the likeliest first.

  Args:
    mixture: of one picture.
    region: its row.
    count: at most so many.
  """
  lab, share = components(mixture, region)
  apart = np.linalg.norm(lab[:, None] - lab, axis=-1)
  weight = np.exp(-0.5 * (apart / (REACH / 2)) ** 2) @ share
  found = []
  left = share.copy()
  free = np.ones(len(lab), bool)
  while len(found) < count and free.any():
    best = int(np.argmax(np.where(free, weight * (left > 0), -1)))
    near = apart[best] < REACH
    mass = float(left[near].sum())
    if mass < LEAST and found:
      break
    rgb = np.clip(np.asarray(color.lab_to_rgb(lab[best].astype(np.float32))), 0, 1)
    code = '#' + ''.join(f'{round(255 * float(c)):02x}' for c in rgb)
    found.append(Suggestion(code, mass))
    left[near] = 0
    free &= apart[best] >= APART
  return found


def uncertainty(mixture: Mixture) -> np.ndarray:
  """How far apart the colours of regions may be, dE [S, N]: the mean distance of two draws.

  Root mean square of the mixture about its mean, times the root of 2: 0 where there is one answer.
  """
  found = []
  for which in range(mixture.gate.shape[1]):
    bins, residual, point, gate, targets = [np.asarray(x[0, which], np.float64) for x in mixture]
    copied = 1 / (1 + np.exp(-np.clip(gate, -50, 50)))[:, None]
    share, copy = (1 - copied) * _softmax(bins), copied * _softmax(point)
    lab = _centres() + residual
    mean = np.einsum('nk,nkc->nc', share, lab) + copy @ targets
    square = np.einsum('nk,nkc->n', share, lab**2) + copy @ (targets**2).sum(-1)
    found.append(np.sqrt(np.maximum(2 * (square - (mean**2).sum(-1)), 0)))
  return np.array(found)


@functools.cache
def _centres() -> np.ndarray:
  """The colours of the codebook, Lab [K, 3]."""
  return np.asarray(color.rgb_to_lab(codebook.colors()), np.float64)


def _softmax(x: np.ndarray) -> np.ndarray:
  e = np.exp(x - x.max(-1, keepdims=True))
  return e / e.sum(-1, keepdims=True)
