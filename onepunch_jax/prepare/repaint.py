"""Gives a hinted place a colour that nobody would guess (ours).

In drawings as they are a hint agrees with what a net guesses, and a net learns to trust its guess.
So of some drawings one hint gets a colour from another drawing, or any, and with it the paint about
it: all that is this side of the lines and of the hint's own hue, in any shade.  Ink keeps its
colour, and is in the hint no more: who wants another colour does not mix it with ink.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import geodesic, hints
from onepunch_jax.ops import color

WALL = 4096  # px that a way across full ink costs here: more than any way within a region


def make(*, share=0.3, near=0.12, anything=0.0, around=3):
  """(batch, key, step) -> batch with other colours in 'rgb' and 'hint', after hints are sampled.

  'repainted' [B, H, W, 1] is 1 where they are, and where it was before (prepare/retag).

  It reads 'line' [B, H, W, 1], 'rgb' [B, H, W, 3] and 'hint' [B, H, W, 4], in [-1, 1].

  Args:
    share: of the drawings with hints that get one repainted.
    anything: of these, the share whose colour is any; paper is common in other drawings.
    near: how far paint may be from a shade of the hint's colour, in sRGB [0, 1].
    around: odd; a click of so many pixels shows the mean of paint and of what ink is below it.

  Raises:
    ValueError: for a share that is none.
  """
  if not 0 <= share <= 1:
    raise ValueError(f'share is between 0 and 1; got {share}.')

  def repaint(batch, key, step):
    line, hint = batch['line'], batch['hint']
    paint, (n, h, w) = 0.5 + 0.5 * batch['rgb'], line.shape[:3]
    pick = lambda x, place: jnp.take_along_axis(x.reshape(n, h * w, -1), place[:, None, None], 1)
    dice = jax.random.uniform(fold_in(key, 'place'), (n, h * w)) * hint[..., 3].reshape(n, -1)
    place = jnp.argmax(dice, 1)
    light = geodesic.hinted_lightness(line, hint[..., 3:], around)
    hinted = 0.5 + 0.5 * hints.cleaned(hint[..., :3], light)
    told = pick(hinted, place)  # [B, 1, 3]
    other = jax.random.randint(fold_in(key, 'other'), (n,), 0, h * w)
    foreign = jnp.roll(pick(paint, other), 1, 0)  # of the drawing before, as it was
    dice = jax.random.uniform(fold_in(key, 'anything'), (n, 1, 4))
    foreign = jnp.where(dice[..., 3:] < anything, dice[..., :3], foreign)

    chosen = jax.nn.one_hot(place, h * w).reshape(n, h, w, 1)
    _, cost = geodesic.nearest(line, chosen, ink=WALL)
    inside = (cost < WALL // 4)[..., None]
    told, foreign = told[:, None], foreign[:, None]
    shade = jnp.sum(paint * told, -1, keepdims=True) / jnp.maximum(
      jnp.sum(told * told, -1, keepdims=True), 1e-3
    )
    alike = jnp.linalg.norm(paint - shade * told, axis=-1, keepdims=True) < near
    given = jax.random.uniform(fold_in(key, 'share'), (n, 1, 1, 1)) < share
    given &= jnp.max(hint[..., 3:], (1, 2), keepdims=True) > 0
    where = given & inside & alike

    def moved(x):  # by as much of the difference as it has of the hint's light
      share = color.luma(x) / jnp.maximum(color.luma(told), 0.05)
      return 2 * jnp.clip(x + (foreign - told) * jnp.minimum(share, 1), 0, 1) - 1

    hinted = jnp.where(where & (hint[..., 3:] > 0), moved(hinted), hint[..., :3])
    return {
      **batch,
      'rgb': jnp.where(where, moved(paint), batch['rgb']),
      'hint': jnp.concatenate([hinted, hint[..., 3:]], -1),
      'repainted': jnp.maximum(where, batch.get('repainted', 0.0)),
    }

  return repaint
