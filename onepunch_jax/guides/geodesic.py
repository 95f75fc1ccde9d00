"""The nearest hint of every pixel, not across ink: what a watershed from the hints gives.

A path costs 1 for each pixel (4-connected) and INK more for each of full ink, so that crossing a
line costs more than most ways round it.  Paths are found by relaxation: sweeps along all rows and
all columns, there and back, until nothing changes: about as often as the longest path turns.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from onepunch_jax.guides import hints
from onepunch_jax.ops import output_space

Array = jax.Array
INK = 256
FAR = 2**29  # the cost where there is no hint at all


def nearest(line: Array, mask: Array, ink: int = INK, late: bool = False) -> tuple[Array, Array]:
  """The cheapest way from a hint to each pixel.

  Args:
    line: [B, H, W, 1] line art in [-1, 1], -1 is ink.
    mask: [B, H, W, 1], > 0 where hints are.
    ink: what a pixel of full ink costs beside 1.
    late: a way starts at the cost of the ink under its hint: paint that lies on paper goes first.

  Returns:
    The hinted pixel that it starts from, int32 [B, H, W], as row * W + column; what it costs, int32
    [B, H, W]: 0 on hints, or what ink there costs.  FAR and the pixel itself in pictures without
    hints.
  """
  b, h, w, _ = line.shape
  cost = 1 + jnp.round(ink * jnp.clip(0.5 - 0.5 * line[..., 0], 0, 1)).astype(jnp.int32)
  place = jnp.broadcast_to(jnp.arange(h * w, dtype=jnp.int32).reshape(1, h, w), (b, h, w))
  start = jnp.where(mask[..., 0] > 0, cost - 1 if late else 0, FAR).astype(jnp.int32)

  def relax(carry):
    source, distance, _ = carry
    found = _sweep(*_sweep(source, distance, cost, 2), cost, 1)
    return *found, jnp.any(found[1] < distance)

  source, distance, _ = jax.lax.while_loop(lambda c: c[2], relax, (place, start, jnp.array(True)))
  return source, distance


def spread(line: Array, hint: Array, ink: int = INK) -> tuple[Array, Array]:
  """Hints [B, H, W, 4] over all pixels: colours [B, H, W, 3] in [-1, 1] and costs [B, H, W, 1].

  Costs are in [0, 1], by their logarithm: 0 on hints, 1 in a picture without any (colours 0).
  """
  source, distance = nearest(line, hint[..., 3:], ink)
  b, h, w = source.shape
  color = jnp.take_along_axis(hint[..., :3].reshape(b, h * w, 3), source.reshape(b, h * w, 1), 1)
  cost = jnp.log1p(distance.astype(jnp.float32)) / jnp.log1p(float(FAR))
  return color.reshape(b, h, w, 3), cost[..., None]


def carry(line: Array, hint: Array, around: int = 3, ink: int = INK) -> tuple[Array, Array, Array]:
  """Hints spread for a net to read: those on paper first, and what they were taken from.

  Args:
    line, hint: [B, H, W, 1] and [B, H, W, 4].
    around: odd; a click of so many pixels shows the mean of paint and of what ink is below it.
    ink: what a pixel of full ink costs beside 1.

  Returns:
    Colours [B, H, W, 3] in [-1, 1], 0 without hints; how light the line art is under the hint that
    each comes from, [B, H, W, 1] in [0, 1]: the mean over its pixels, `around` of the nearest one;
    what the way costs, [B, H, W, 1] in pixels, FAR without hints.
  """
  source, distance = nearest(line, hint[..., 3:], ink, late=True)
  color = jnp.concatenate([hint[..., :3], paper(line, hint[..., 3:], around)], -1)
  b, h, w = source.shape
  told = jnp.take_along_axis(color.reshape(b, h * w, 4), source.reshape(b, h * w, 1), 1)
  told = told.reshape(b, h, w, 4)
  return told[..., :3], told[..., 3:], distance.astype(jnp.float32)[..., None]


def told(batch, spread: bool) -> Array:
  """The hint of a batch as a net is told it, [B, H, W, 4]: as it is, or spread (`over_lines`)."""
  hint = hints.of(batch)
  return over_lines(batch['line'], hint) if spread else hint


def over_lines(line: Array, hint: Array) -> Array:
  """A hint for all pixels, [B, H, W, 4]: the nearest one's paint, and by the mask how near it is.

  Paint is the hint's colour, the ink that it was taken from divided out, under the line art.  The
  mask is e^(-way / 64 px): 1 on hints, hardly more than 0 behind a line; without hints 0.
  """
  color, light, way = carry(line, hint)
  near = clues(way)[..., 1:2]
  paint = hints.under(hints.cleaned(color, light), line)
  return jnp.concatenate([jnp.where(near > 0, paint, 0), near], -1)


def answer(raw: Array, batch, spread: bool, space: str = 'rgb') -> Array:
  """What a net says, tanh, [B, H, W, C] of `space`; over it, with `spread`, hints that are near.

  So a hint is exact where it lies, and the net learns what to do with the rest.
  """
  own = jnp.tanh(raw)
  if not spread:
    return own
  hint = told(batch, spread)
  near = hint[..., 3:]
  return near * output_space.target(hint[..., :3], space) + (1 - near) * own


def paper(line: Array, mask: Array, around: int) -> Array:
  """How light the line art is under the hinted pixels `around` each, [B, H, W, 1]; 0: none is."""
  sums = lambda x: jax.lax.reduce_window(
    x, 0.0, jax.lax.add, (1, around, around, 1), (1, 1, 1, 1), 'SAME'
  )
  return sums((0.5 + 0.5 * line) * mask) / jnp.maximum(sums(mask), 1)


def clues(distance: Array, ink: int = INK) -> Array:
  """What costs [B, H, W, 1] say, [B, H, W, 4] in [0, 1]: whether a hint is near at all of these.

  Within a stone's throw; on this side of the lines; a line or two away; anywhere.
  """
  return jnp.exp(-distance / jnp.array([ink / 32, ink / 4, 2.0 * ink, FAR / 16]))


def _sweep(source: Array, distance: Array, cost: Array, axis: int) -> tuple[Array, Array]:
  """The cheapest ways along an axis, from both sides."""
  args = source, distance, cost
  return jax.lax.platform_dependent(
    *args, cpu=lambda *a: pixel_by_pixel(*a, axis), default=lambda *a: by_doubling(*a, axis)
  )


def pixel_by_pixel(source: Array, distance: Array, cost: Array, axis: int) -> tuple[Array, Array]:
  """A sweep in n steps there and n back: the fewest operations."""

  def step(before, here):
    (source_0, distance_0), (source_1, distance_1, cost) = before, here
    nearer = distance_0 + cost < distance_1
    found = (
      jnp.where(nearer, source_0, source_1),
      jnp.where(nearer, distance_0 + cost, distance_1),
    )
    return found, found

  first = lambda x: jnp.moveaxis(x, axis, 0)
  found, cost = (first(source), first(distance)), first(cost)
  start = found[0][0], jnp.full_like(found[1][0], FAR)
  for reverse in (False, True):
    _, found = jax.lax.scan(step, start, (*found, cost), reverse=reverse, unroll=4)
  return tuple(jnp.moveaxis(x, 0, axis) for x in found)


def by_doubling(source: Array, distance: Array, cost: Array, axis: int) -> tuple[Array, Array]:
  """A sweep in log n steps of 1, 2, 4 ... pixels, all pixels at once: for accelerators."""
  total = jnp.cumsum(cost, axis)  # from i to j > i costs total[j] - total[i]; back, before's
  before = total - cost
  reach = 1
  while reach < cost.shape[axis]:
    for step, along in ((reach, total), (-reach, -before)):
      there = _shifted(distance, step, axis, 2 * FAR) + along - _shifted(along, step, axis, 0)
      nearer = there < distance
      source = jnp.where(nearer, _shifted(source, step, axis, 0), source)
      distance = jnp.where(nearer, there, distance)
      # else XLA computes each step anew in all that follow it
      source, distance = jax.lax.optimization_barrier((source, distance))
    reach *= 2
  return source, distance


def _shifted(x: Array, step: int, axis: int, fill: int) -> Array:
  """x[i - step] at i, `fill` where there is none."""
  n = x.shape[axis]
  edge = jnp.full_like(jax.lax.slice_in_dim(x, 0, abs(step), axis=axis), fill)
  if step > 0:
    return jnp.concatenate([edge, jax.lax.slice_in_dim(x, 0, n - step, axis=axis)], axis)
  return jnp.concatenate([jax.lax.slice_in_dim(x, -step, n, axis=axis), edge], axis)
