"""Scores of random samples of colours against the true ones, on the host."""

import numpy as np


def energy_score(samples: np.ndarray, truth: np.ndarray) -> np.ndarray:
  """The energy score (Gneiting and Raftery 2007): E |x - y| - E |x - x'| / 2, the lower the better.

  A mean of the possible colours, and one guess that is always the same, score worse than samples of
  the true distribution.

  Args:
    samples: [S, R, 3].
    truth: [R, 3].

  Returns:
    [R]; the second expectation is over pairs of different samples.
  """
  count = len(samples)
  away = np.linalg.norm(samples - truth, axis=-1).mean(0)
  if count == 1:
    return away
  between = np.linalg.norm(samples[:, None] - samples[None], axis=-1).sum((0, 1))
  return away - 0.5 * between / (count * (count - 1))


def calibration_error(
  confidence: np.ndarray, right: np.ndarray, weight: np.ndarray, bins: int = 5
) -> float:
  """The expected calibration error: |mean confidence - fraction right|, averaged over bins.

  Args:
    confidence: [N] in [0, 1].
    right: bool [N].
    weight: [N].
    bins: number of equal intervals of confidence.
  """
  place = np.minimum((confidence * bins).astype(int), bins - 1)
  error = 0.0
  for i in range(bins):
    w = weight * (place == i)
    if w.sum() > 0:
      error += abs((w * confidence).sum() - (w * right).sum())
  return float(error / weight.sum())


def macro_f(predicted: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
  """The F1 of each class that occurs in the truth, averaged over classes.

  Args:
    predicted, truth: classes [N].
    weight: [N].
  """
  scores = []
  for c in np.unique(truth):
    both = weight[(predicted == c) & (truth == c)].sum()
    scores.append(2 * both / (weight[predicted == c].sum() + weight[truth == c].sum()))
  return float(np.mean(scores))
