"""Recolours paint while its shading stays."""

import jax
import jax.numpy as jnp

from onepunch_jax.ops import color

Array = jax.Array


def recolor(paint: Array, old: Array, new: Array) -> Array:
  """Moves paint by the difference of two colours, scaled by its lightness relative to the old one.

  Args:
    paint: sRGB [..., 3] in [0, 1].
    old, new: colours in [0, 1] that broadcast to it; `old` becomes `new`.

  Returns:
    sRGB [..., 3] in [-1, 1].
  """
  shade = jnp.minimum(color.luma(paint) / jnp.maximum(color.luma(old), 0.05), 1)
  return 2 * jnp.clip(paint + (new - old) * shade, 0, 1) - 1
