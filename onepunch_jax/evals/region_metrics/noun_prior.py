"""What is known of a region's colour from its noun alone: a baseline for distributions.

The colours of the other drawings' regions with the same noun, as a histogram over the 256 classes
of regions/codebook, weighted by the square root of their area. A drawing never sees its own
colours. The histogram is mixed with that of all nouns, and with a little of every class, so that
every colour is possible.
"""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np

from onepunch_jax.ops import color
from onepunch_jax.regions import codebook

ALL, UNIFORM = 0.1, 0.01  # parts of the mixture: any noun, any class
SIGMA = 5.0  # Lab, of a class's normal density


class NounPrior:
  """Histograms of colours by noun, without one drawing.

  Args:
    lab: of each drawing the true colours of its regions, [R, 3].
    weight: of each drawing [R].
    noun: of each drawing, int [R].
  """

  def __init__(
    self, lab: Sequence[np.ndarray], weight: Sequence[np.ndarray], noun: Sequence[np.ndarray]
  ):
    self.centres = np.asarray(color.rgb_to_lab(jnp.asarray(codebook.colors())))
    self._noun = [np.asarray(n, int) for n in noun]
    nouns = 1 + max((int(n.max(initial=0)) for n in self._noun), default=0)
    self._own = []  # (nouns, classes, weights) of each drawing
    self._total = np.zeros((nouns, len(self.centres)))
    for colors, weights, kinds in zip(lab, weight, self._noun):
      own = (kinds, self.nearest(colors), weights)
      np.add.at(self._total, own[:2], own[2])
      self._own.append(own)

  def nearest(self, lab: np.ndarray) -> np.ndarray:
    """The class of Lab colours [R, 3] -> int [R]."""
    return ((lab[:, None] - self.centres) ** 2).sum(-1).argmin(-1)

  def probabilities(self, drawing: int) -> np.ndarray:
    """p(class | noun) for the regions of a drawing, from the other drawings, [R, K]."""
    counts = self._total.copy()
    kinds, classes, weights = self._own[drawing]
    np.add.at(counts, (kinds, classes), -weights)
    counts = np.maximum(counts, 0)
    everything = _normalized(counts.sum(0, keepdims=True))
    mine = counts[self._noun[drawing]]
    known = mine.sum(-1, keepdims=True) > 1e-6
    mine = np.where(known, _normalized(mine), everything)
    return (1 - ALL - UNIFORM) * mine + ALL * everything + UNIFORM / mine.shape[-1]

  def mode(self, drawing: int) -> np.ndarray:
    """The most probable colour of each region, Lab [R, 3]."""
    return self.centres[self.probabilities(drawing).argmax(-1)]

  def sample(self, drawing: int, count: int) -> np.ndarray:
    """`count` random colours of each region, Lab [count, R, 3]; the same each time."""
    rng = np.random.default_rng((0, drawing))
    cumulative = self.probabilities(drawing).cumsum(-1)
    u = rng.random((count, len(cumulative), 1)) * cumulative[:, -1:]
    return self.centres[(u > cumulative).sum(-1)]

  def negative_log_likelihood(self, drawing: int, lab: np.ndarray) -> np.ndarray:
    """-log p of colours [R, 3] -> [R], without the constant 3 / 2 log 2 pi of normal densities."""
    away = ((lab[:, None] - self.centres) ** 2).sum(-1)
    logs = np.log(self.probabilities(drawing)) - away / (2 * SIGMA**2) - 3 * np.log(SIGMA)
    highest = logs.max(-1, keepdims=True)
    return -(highest[:, 0] + np.log(np.exp(logs - highest).sum(-1)))


def _normalized(x: np.ndarray) -> np.ndarray:
  total = x.sum(-1, keepdims=True)
  return np.where(total > 0, x / np.maximum(total, 1e-12), 1 / x.shape[-1])
