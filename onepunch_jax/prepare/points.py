"""Simulated clicks (Zhang et al. 2017, section 3.2): squares that show their mean true colour.

Their number is geometric, P(n) = p (1 - p)^n: often none, 7 in the mean; a side is one of `sizes`,
all alike; a corner N(middle, a quarter) of where it may be, cut off there.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import hints


def make(
  *,
  p=1 / 8,
  low=0,
  high=0,
  scale='linear',
  sizes=(1, 9),
  most=64,
  place='normal',
  share=1.0,
  full=0.0,
):
  """(batch, key, step) -> batch with points in 'hint', on top of a hint that is there.

  Args:
    p: of the geometric distribution; 0 for numbers from `low` to `high`, all alike.
    low, high: fewest and most points, where p is 0 (atari's second version: 55 to 59).
    scale: 'linear', or 'log': of the numbers + 1, as many drawings have 3 to 6 as have 50 to 100.
    sizes: smallest and largest side in pixels.
    most: no drawing has more.
    place: 'normal' or 'uniform'.
    share: of the drawings that get any.
    full: of the drawings all of whose colours are shown.

  Raises:
    ValueError: for another place or scale, or numbers that fit nothing.
  """
  if scale not in ('linear', 'log'):
    raise ValueError(f"Numbers of points are drawn on a 'linear' or a 'log' scale, not {scale!r}.")
  if place not in ('normal', 'uniform'):
    raise ValueError(f"Points lie 'normal' or 'uniform', not {place!r}.")
  if not (0 < p < 1 or (p == 0 and 0 <= low <= high <= most)) or not 1 <= sizes[0] <= sizes[1]:
    raise ValueError(
      'p is in (0, 1), or 0 with 0 <= low <= high <= most; sizes are from 1 on; got '
      f'p={p}, low={low}, high={high}, most={most}, sizes={sizes}.'
    )

  def points(batch, key, step):
    shape = batch['rgb'].shape[:3]
    dice = lambda name: jax.random.uniform(fold_in(key, name), shape[:1])
    if p:
      number = jnp.floor(jnp.log1p(-dice('number')) / jnp.log1p(-p)).astype(int)
    elif scale == 'log':
      number = jnp.floor((low + 1) * ((high + 2) / (low + 1)) ** dice('number')).astype(int) - 1
      number = jnp.minimum(number, high)  # where rounding goes up
    else:
      number = low + jnp.floor(dice('number') * (high - low + 1)).astype(int)
    number = jnp.where(dice('share') < share, number, 0)
    top, left, side = squares(fold_in(key, 'places'), shape, most, sizes, place)
    hint = show(hints.of(batch), batch['rgb'], top, left, side, number)
    whole = (dice('full') < full)[:, None, None, None]
    return {**batch, 'hint': hints.paste(hint, whole, batch['rgb'])}

  return points


def squares(key, shape, most, sizes, place='normal'):
  """Rows, columns and sides [B, most] of squares within pictures of `shape` (B, H, W)."""
  count, height, width = shape
  side = jax.random.randint(fold_in(key, 'side'), (count, most), sizes[0], sizes[1] + 1)
  side = jnp.minimum(side, min(height, width))

  def corner(name, length):
    room, draw = length - side, fold_in(key, name)
    if place == 'uniform':
      at = jnp.floor(jax.random.uniform(draw, side.shape) * (room + 1))
    else:
      at = (room + 1) / 2 + (room + 1) / 4 * jax.random.normal(draw, side.shape)
    return jnp.clip(at.astype(int), 0, room)

  return corner('row', height), corner('column', width), side


def show(hint, rgb, top, left, side, number):
  """A hint [B, H, W, 4] with the first `number` [B] squares on it, each of its mean colour of rgb.

  Where they overlap, the last one is on top.
  """
  within = lambda at, n: _between(jnp.arange(n), at[..., None], (at + side)[..., None])
  rows, columns = within(top, rgb.shape[1]), within(left, rgb.shape[2])  # [B, N, H], [B, N, W]
  mean = (
    jnp.einsum(
      'bnh,bhwc,bnw->bnc',
      rows.astype(jnp.float32),
      rgb,
      columns.astype(jnp.float32),
      precision='highest',
    )
    / side[..., None] ** 2
  )
  order = jnp.arange(side.shape[1])
  rows &= (order < number[:, None])[..., None]
  last = jnp.max(jnp.where(rows[..., None] & columns[:, :, None], order[:, None, None], -1), 1)
  color = jax.vmap(lambda m, i: m[i])(mean, jnp.maximum(last, 0))
  return hints.paste(hint, (last >= 0)[..., None], color)


def _between(x, low, high):
  return (x >= low) & (x < high)
