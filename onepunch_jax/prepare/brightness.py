"""Line art of another strength: Tag2Pix's jitter, and the schedule that whitens lines in the end.

Brightness and contrast are multiplied by numbers from 1 - jitter to 1 + jitter; from step `start`
on brightness by low to high instead (1 to 7), so that a net does not learn to read the depth of
strokes.  What is brighter than paper is paper.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in


def make(*, jitter=0.2, start=0, low=1.0, high=7.0):
  """(batch, key, step) -> batch whose 'line' [B, H, W, 1] in [-1, 1] is brighter or darker.

  Args:
    jitter: of brightness and contrast before `start`; contrast goes on after it.
    start: the step from which brightness is U(low, high).  (Tag2Pix: after 20 of 25 epochs.)
    low, high: factors.

  Raises:
    ValueError: for numbers that make no picture.
  """
  if not 0 <= jitter < 1 or not 0 < low <= high:
    raise ValueError(f'jitter is in [0, 1) and 0 < low <= high; got {jitter}, {low}, {high}.')

  def brightness(batch, key, step):
    line = 0.5 + 0.5 * batch['line']
    dice = lambda name: jax.random.uniform(fold_in(key, name), (len(line), 1, 1, 1))
    u = dice('brightness')
    factor = jnp.where(jnp.asarray(step) < start, 1 + jitter * (2 * u - 1), low + (high - low) * u)
    line = jnp.clip(line * factor, 0, 1)
    mean = line.mean((1, 2, 3), keepdims=True)
    line = jnp.clip(mean + (line - mean) * (1 + jitter * (2 * dice('contrast') - 1)), 0, 1)
    return {**batch, 'line': 2 * line - 1}

  return brightness
