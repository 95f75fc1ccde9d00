"""Paler line art: x r + 1 - r with r uniform, so that a net does not read how dark strokes are.

AlacGAN's jitter (orashi/AlacGAN 07cc481, data/train.py): r in [0.7, 1], one for each picture; 1 is
paper, and stays.
"""

import jax

from onepunch_jax.prepare import PrepareStep


def make(*, low: float = 0.7, high: float = 1.0) -> PrepareStep:
  """Makes a step that pales batch['line'], [B, H, W, 1] in [-1, 1].

  Args:
    low, high: bounds of r.

  Raises:
    ValueError: not 0 <= low <= high <= 1.
  """
  if not 0 <= low <= high <= 1:
    raise ValueError(f'r is between low and high, 0 <= low <= high <= 1; got {low} and {high}.')

  def pale_lines(batch, key, step):
    r = jax.random.uniform(key, (len(batch['line']), 1, 1, 1), minval=low, maxval=high)
    return {**batch, 'line': batch['line'] * r + 1 - r}  # the same formula in [0, 1]

  return pale_lines
