"""Brightness and contrast of line art: Tag2Pix's jitter and its schedule that whitens lines.

Brightness and contrast are multiplied by factors between 1 - jitter and 1 + jitter. From step
`start` on, brightness is multiplied by U(low, high) (1 to 7) instead, so that a net does not learn
to read the darkness of strokes. Values above 1 are clipped to the background.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.prepare import PrepareStep


def make(
  *, jitter: float = 0.2, start: int = 0, low: float = 1.0, high: float = 7.0
) -> PrepareStep:
  """Makes a step that changes the brightness of batch['line'], [B, H, W, 1] in [-1, 1].

  Args:
    jitter: of brightness and contrast before `start`; that of contrast goes on after it.
    start: the step from which brightness is U(low, high). (Tag2Pix: after 20 of 25 epochs.)
    low, high: factors.

  Raises:
    ValueError: numbers out of range.
  """
  if not 0 <= jitter < 1 or not 0 < low <= high:
    raise ValueError(f'jitter is in [0, 1) and 0 < low <= high; got {jitter}, {low}, {high}.')

  def brightness(batch, key, step):
    line = 0.5 + 0.5 * batch['line']

    def uniform(name):
      return jax.random.uniform(fold_in(key, name), (len(line), 1, 1, 1))

    u = uniform('brightness')
    factor = jnp.where(jnp.asarray(step) < start, 1 + jitter * (2 * u - 1), low + (high - low) * u)
    line = jnp.clip(line * factor, 0, 1)
    mean = line.mean((1, 2, 3), keepdims=True)
    line = jnp.clip(mean + (line - mean) * (1 + jitter * (2 * uniform('contrast') - 1)), 0, 1)
    return {**batch, 'line': 2 * line - 1}

  return brightness
