"""Writes the grey image of the colours as batch['line']: input for methods that colour grey pages.

It makes training pairs of coloured pages alone, and, in config.eval_prepare, pairs to evaluate on.
"""

import jax.numpy as jnp

from onepunch_jax.ops import color
from onepunch_jax.prepare import PrepareStep


def make(*, kind: str = 'luma') -> PrepareStep:
  """Makes a step that writes the grey of 'rgb' to 'line', [B, H, W, 1] in [-1, 1].

  Args:
    kind: 'luma' is ITU-R BT.601, as programs that read grey use it; 'lightness' is the grey of the
      same Lab L, so that keeping the input's L is exact.

  Raises:
    ValueError: another kind.
  """
  if kind not in ('luma', 'lightness'):
    raise ValueError(f"A grey page is made by 'luma' or 'lightness', not {kind!r}.")

  def grey(batch, key, step):
    rgb = 0.5 + 0.5 * batch['rgb']
    if kind == 'luma':
      line = color.luma(rgb)
    else:
      lightness = color.rgb_to_lab(rgb)[..., :1]
      neutral = jnp.concatenate([lightness, jnp.zeros((*lightness.shape[:-1], 2))], -1)
      line = color.lab_to_rgb(neutral)[..., :1]
    return {**batch, 'line': 2 * line - 1}

  return grey
