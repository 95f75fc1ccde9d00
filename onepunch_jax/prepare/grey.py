"""The grey page of a colour picture, as `line`: input for methods that colour grey pages.

For training pairs from coloured pages alone, and, in config.eval_prepare, for evaluating on them.
"""

import jax.numpy as jnp

from onepunch_jax.ops import color


def make(*, kind='luma'):
  """(batch, key, step) -> batch whose 'line' is the grey of 'rgb', [B, H, W, 1] in [-1, 1].

  Args:
    kind: 'luma' is ITU-R BT.601, what a program that reads grey writes; 'lightness' is the grey
      of the same Lab L, so that keeping the input's L is exact.

  Raises:
    ValueError: for another kind.
  """
  if kind not in ('luma', 'lightness'):
    raise ValueError(f"A grey page is made by 'luma' or 'lightness', not {kind!r}.")

  def grey(batch, key, step):
    rgb = 0.5 + 0.5 * batch['rgb']
    if kind == 'luma':
      line = color.luma(rgb)
    else:
      lightness = color.rgb_to_lab(rgb)[..., :1]
      flat = jnp.concatenate([lightness, jnp.zeros((*lightness.shape[:-1], 2))], -1)
      line = color.lab_to_rgb(flat)[..., :1]
    return {**batch, 'line': 2 * line - 1}

  return grey
