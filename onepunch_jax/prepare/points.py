"""Simulated clicks as hints (Zhang et al. 2017, section 3.2): squares of their mean true colour.

Their number is geometric, P(n) = p (1 - p)^n: often none, 7 on average. The side is uniform in
`sizes`; the corner is normal around the centre (its standard deviation is a quarter of the valid
range), clipped to the valid range.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import hints
from onepunch_jax.prepare import PrepareStep

Array = jax.Array


def make(
  *,
  p: float = 1 / 8,
  low: int = 0,
  high: int = 0,
  scale: str = 'linear',
  sizes: Sequence[int] = (1, 9),
  max_points: int = 64,
  place: str = 'normal',
  probability: float = 1.0,
  full: float = 0.0,
) -> PrepareStep:
  """Makes a step that adds points to batch['hint'], on top of hints that are there.

  Args:
    p: of the geometric distribution; 0 for numbers that are uniform from `low` to `high`.
    low, high: fewest and most points where p is 0 (atari's second version: 55 to 59).
    scale: 'linear', or 'log': the logarithm of the number + 1 is uniform, so that as many images
      have 3 to 6 points as have 50 to 100.
    sizes: smallest and largest side in pixels.
    max_points: no image has more.
    place: distribution of the corners, 'normal' or 'uniform'.
    probability: that an image gets any points.
    full: probability that all colours of an image become its hint.

  Raises:
    ValueError: another place or scale, or numbers that do not fit together.
  """
  if scale not in ('linear', 'log'):
    raise ValueError(f"Numbers of points are drawn on a 'linear' or a 'log' scale, not {scale!r}.")
  if place not in ('normal', 'uniform'):
    raise ValueError(f"Points lie 'normal' or 'uniform', not {place!r}.")
  fits = 0 < p < 1 or (p == 0 and 0 <= low <= high <= max_points)
  if not fits or not 1 <= sizes[0] <= sizes[1]:
    raise ValueError(
      'p is in (0, 1), or 0 with 0 <= low <= high <= max_points; sizes are from 1 on; got '
      f'p={p}, low={low}, high={high}, max_points={max_points}, sizes={sizes}.'
    )

  def points(batch, key, step):
    shape = batch['rgb'].shape[:3]

    def uniform(name):
      return jax.random.uniform(fold_in(key, name), shape[:1])

    if p:
      number = jnp.floor(jnp.log1p(-uniform('number')) / jnp.log1p(-p)).astype(int)
    elif scale == 'log':
      number = jnp.floor((low + 1) * ((high + 2) / (low + 1)) ** uniform('number')).astype(int) - 1
      number = jnp.minimum(number, high)  # rounding may exceed it
    else:
      number = low + jnp.floor(uniform('number') * (high - low + 1)).astype(int)
    number = jnp.where(uniform('share') < probability, number, 0)
    top, left, side = squares(fold_in(key, 'places'), shape, max_points, sizes, place)
    hint = paste_squares(hints.of(batch), batch['rgb'], top, left, side, number)
    everywhere = (uniform('full') < full)[:, None, None, None]
    return {**batch, 'hint': hints.paste(hint, everywhere, batch['rgb'])}

  return points


def squares(
  key: Array,
  shape: tuple[int, int, int],
  max_points: int,
  sizes: Sequence[int],
  place: str = 'normal',
) -> tuple[Array, Array, Array]:
  """Draws squares within images.

  Args:
    key: a PRNG key.
    shape: (B, H, W) of the images.
    max_points: number of squares.
    sizes, place: as of `make`.

  Returns:
    Top rows, left columns and sides in pixels, int32 [B, max_points] each.
  """
  count, height, width = shape
  side = jax.random.randint(fold_in(key, 'side'), (count, max_points), sizes[0], sizes[1] + 1)
  side = jnp.minimum(side, min(height, width))

  def corner(name, length):
    room, corner_key = length - side, fold_in(key, name)
    if place == 'uniform':
      at = jnp.floor(jax.random.uniform(corner_key, side.shape) * (room + 1))
    else:
      at = (room + 1) / 2 + (room + 1) / 4 * jax.random.normal(corner_key, side.shape)
    return jnp.clip(at.astype(int), 0, room)

  return corner('row', height), corner('column', width), side


def paste_squares(
  hint: Array, rgb: Array, top: Array, left: Array, side: Array, number: Array
) -> Array:
  """Adds the first `number` squares to a hint, each with its mean colour of rgb.

  Args:
    hint: [B, H, W, 4].
    rgb: [B, H, W, 3].
    top, left, side: [B, N], as from `squares`.
    number: [B].

  Returns:
    The hint [B, H, W, 4]; where squares overlap, the last one is on top.
  """

  def within(start, n):
    pixels = jnp.arange(n)
    return (pixels >= start[..., None]) & (pixels < (start + side)[..., None])

  rows, columns = within(top, rgb.shape[1]), within(left, rgb.shape[2])  # [B, N, H], [B, N, W]
  weights = rows.astype(jnp.float32), columns.astype(jnp.float32)
  total = jnp.einsum('bnh,bhwc,bnw->bnc', weights[0], rgb, weights[1], precision='highest')
  mean = total / side[..., None] ** 2
  order = jnp.arange(side.shape[1])
  rows &= (order < number[:, None])[..., None]
  covered = rows[..., None] & columns[:, :, None]  # [B, N, H, W]
  last = jnp.max(jnp.where(covered, order[:, None, None], -1), 1)
  color = jax.vmap(_at)(mean, jnp.maximum(last, 0))
  return hints.paste(hint, (last >= 0)[..., None], color)


def _at(values: Array, index: Array) -> Array:
  return values[index]
