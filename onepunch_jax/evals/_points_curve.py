"""The points curve of Zhang et al. (2017): PSNR inside against the number of points."""

import jax
import jax.numpy as jnp

from onepunch_jax.evals._asking import ask, fetch, psnr, side
from onepunch_jax.prepare import points as sampler

_shown = jax.jit(sampler.show)


def curve(answer, batch, number, points, size) -> dict:
  """{'points_N': PSNR inside [B]}; more points are the same ones and others.

  `number` of the batch decides where they lie; `size` is in pixels at 256.
  """
  if not points:
    return {}
  shape = batch['rgb'].shape[:3]
  wide = side(size, shape[1:])
  places = sampler.squares(jax.random.fold_in(jax.random.key(0), number), shape,
                           max(1, *points), (wide, wide))
  blank = jnp.zeros((*shape, 4))
  found = {}
  for n in points:
    hint = _shown(blank, batch['rgb'], *places, jnp.full(shape[0], n))
    found[f'points_{n}'] = fetch(psnr(ask(answer, batch, hint=hint), batch)[1])
  return found
