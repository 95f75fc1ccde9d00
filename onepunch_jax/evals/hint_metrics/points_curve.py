"""The points curve of Zhang et al. (2017): PSNR inside against the number of points."""

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.evals.hint_metrics.common import ask, fetch, psnr, side
from onepunch_jax.guides import hints
from onepunch_jax.prepare import points as sampler

SHEET = (0, 10, 50)  # numbers of points that are shown
_shown = jax.jit(sampler.paste_squares)


def curve(answer, batch, number, points, size, sheet=None) -> dict:
  """{'points_N': PSNR inside [B]}; more points are the same ones and others.

  `number` of the batch decides where they lie; `size` is in pixels at 256.  A list as `sheet` gets
  a row of pictures {caption: [H, W, 3]} for each drawing.
  """
  if not points:
    return {}
  shape = batch['rgb'].shape[:3]
  wide = side(size, shape[1:])
  places = sampler.squares(
    jax.random.fold_in(jax.random.key(0), number), shape, max(1, *points), (wide, wide)
  )
  blank = jnp.zeros((*shape, 4))
  found, seen = {}, {'line': _on_line(blank, batch['line']), 'target': 0.5 + 0.5 * batch['rgb']}
  for n in points:
    hint = _shown(blank, batch['rgb'], *places, jnp.full(shape[0], n))
    painted = ask(answer, batch, hint=hint)
    found[f'points_{n}'] = fetch(psnr(painted, batch)[1])
    if n in SHEET:
      seen |= {f'{n} points': _on_line(hint, batch['line'])} if n else {}
      seen[f'painted, {n}'] = painted
  if sheet is not None:
    seen = {caption: fetch(x) for caption, x in seen.items()}
    sheet += [{c: x[i] for c, x in seen.items()} for i in np.flatnonzero(fetch(batch['valid']))]
  return found


@jax.jit
def _on_line(hint, line):
  return 0.5 + 0.5 * hints.encode(hint, line, 'line')[..., :3]
