"""Other colours for the regions of a drawing, by its colour table (ours).

A drawing is line art, regions and a table of colours, so one drawing serves many palettes. Half of
the recoloured drawings turn all hues by one angle, the others each colour by an angle of its own;
equal colours stay equal, paper stays paper, and both drawings of a pair change alike. Tags name
colours that are no longer there and are dropped.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.ops import color
from onepunch_jax.prepare import PrepareStep

Array = jax.Array
WHITE = 0.96  # of [-1, 1]: lighter in all channels is paper
CHROMA = 0.7, 1.3  # factors
LIGHTNESS = 12.0  # most that L* moves


def make(*, probability: float = 0.15) -> PrepareStep:
  """Makes a step that changes 'colors' [B, N, 3], in [-1, 1], and 'tags' [B, T], if there are any.

  It adds 'recolored' [B], 1 where a drawing has other colours: what nothing is known of is no
  example of likely colours then.

  Args:
    probability: that a pair of drawings (rows 2 i and 2 i + 1) is recoloured.

  Raises:
    ValueError: a probability outside [0, 1].
  """
  if not 0 <= probability <= 1:
    raise ValueError(f'probability is between 0 and 1; got {probability}.')

  def recolor(batch, key, step):
    count = len(batch['colors'])
    pair = jnp.arange(count) // 2
    draw = lambda name, *shape: jax.random.uniform(fold_in(key, name), (count, *shape))[pair]
    chosen = draw('which') < probability
    lab = color.rgb_to_lab(0.5 + 0.5 * batch['colors'])
    directions = draw('directions', 3, 3)
    own = jnp.sin(jnp.einsum('bnc,bcd->bnd', lab, 0.5 + directions)) * 9973
    number = jnp.where(
      draw('together')[:, None, None] < 0.5, draw('same', 1, 3), own - jnp.floor(own)
    )
    changed = color.lab_to_rgb(_turn(lab, number))
    paper = jnp.all(batch['colors'] > WHITE, -1, keepdims=True)
    new = jnp.where(paper, batch['colors'], jnp.clip(2 * changed - 1, -1, 1))
    out = {
      **batch,
      'colors': jnp.where(chosen[:, None, None], new, batch['colors']),
      'recolored': chosen.astype(jnp.float32),
    }
    if 'tags' in batch:
      out['tags'] = jnp.where(chosen[:, None], 0, batch['tags'])
    return out

  return recolor


def _turn(lab: Array, number: Array) -> Array:
  """Lab colours [..., 3] with hue, chroma and lightness moved by `number` [..., 3] in [0, 1]."""
  angle = 2 * jnp.pi * number[..., 0]
  scale = CHROMA[0] + (CHROMA[1] - CHROMA[0]) * number[..., 1]
  a, b = lab[..., 1], lab[..., 2]
  return jnp.stack(
    [
      lab[..., 0] + LIGHTNESS * (2 * number[..., 2] - 1),
      scale * (jnp.cos(angle) * a - jnp.sin(angle) * b),
      scale * (jnp.sin(angle) * a + jnp.cos(angle) * b),
    ],
    -1,
  )
