"""Recolours the region of a hint, so that a net learns to obey unlikely colours (ours).

In images as they are, hints agree with what a net would guess, and it learns to trust its guess. In
some images, therefore, one hint gets a colour from another image, or a random one, and so does the
paint around it: all that lies on this side of the lines and has the hint's hue, in any shade. Ink
keeps its colour and is removed from the hint, since a user's colour contains none.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import geodesic, hints
from onepunch_jax.ops.recolor import recolor
from onepunch_jax.prepare import PrepareStep

Array = jax.Array
WALL = 4096  # the cost of a pixel of ink here: longer than any path within a region


def make(
  *,
  probability: float = 0.3,
  tolerance: float = 0.12,
  random_color: float = 0.0,
  hint_size: int = 3,
) -> PrepareStep:
  """Makes a step that changes colours in 'rgb' and 'hint', after hints are sampled.

  It adds 'repainted', [B, H, W, 1], which is 1 where colours are changed, and where it was before
  (prepare/retag). It reads 'line' [B, H, W, 1], 'rgb' [B, H, W, 3] and 'hint' [B, H, W, 4], all in
  [-1, 1].

  Args:
    probability: that an image with hints gets one of them repainted.
    tolerance: largest distance of paint from a shade of the hint's colour, in sRGB of [0, 1].
    random_color: probability that the new colour is uniform in sRGB instead of from another image,
      where background is common.
    hint_size: odd side in pixels of a hint, whose colour is a mean over paint and the ink above it.

  Raises:
    ValueError: a probability outside [0, 1].
  """
  if not 0 <= probability <= 1:
    raise ValueError(f'probability is between 0 and 1; got {probability}.')

  def repaint(batch, key, step):
    line, hint = batch['line'], batch['hint']
    paint, (n, h, w) = 0.5 + 0.5 * batch['rgb'], line.shape[:3]

    def pick(x, index):
      return jnp.take_along_axis(x.reshape(n, h * w, -1), index[:, None, None], 1)

    u = jax.random.uniform(fold_in(key, 'place'), (n, h * w)) * hint[..., 3].reshape(n, -1)
    index = jnp.argmax(u, 1)  # a hinted pixel
    lightness = geodesic.hinted_lightness(line, hint[..., 3:], hint_size)
    clean_hint = 0.5 + 0.5 * hints.cleaned(hint[..., :3], lightness)
    old = pick(clean_hint, index)  # [B, 1, 3]
    other = jax.random.randint(fold_in(key, 'other'), (n,), 0, h * w)
    new = jnp.roll(pick(paint, other), 1, 0)  # from the previous image
    u = jax.random.uniform(fold_in(key, 'anything'), (n, 1, 4))
    new = jnp.where(u[..., 3:] < random_color, u[..., :3], new)

    chosen = jax.nn.one_hot(index, h * w).reshape(n, h, w, 1)
    distance = geodesic.nearest(line, chosen, ink=WALL).distance
    inside = (distance < WALL // 4)[..., None]
    old, new = old[:, None], new[:, None]
    shade = jnp.sum(paint * old, -1, keepdims=True) / jnp.maximum(
      jnp.sum(old * old, -1, keepdims=True), 1e-3
    )
    alike = jnp.linalg.norm(paint - shade * old, axis=-1, keepdims=True) < tolerance
    selected = jax.random.uniform(fold_in(key, 'share'), (n, 1, 1, 1)) < probability
    selected &= jnp.max(hint[..., 3:], (1, 2), keepdims=True) > 0
    where = selected & inside & alike

    hinted = where & (hint[..., 3:] > 0)
    color = jnp.where(hinted, recolor(clean_hint, old, new), hint[..., :3])
    return {
      **batch,
      'rgb': jnp.where(where, recolor(paint, old, new), batch['rgb']),
      'hint': jnp.concatenate([color, hint[..., 3:]], -1),
      'repainted': jnp.maximum(where, batch.get('repainted', 0.0)),
    }

  return repaint
