"""The nearest colour hint of every pixel by geodesic distance: a watershed from the hints.

A path costs 1 for each pixel (4-connected) and `INK` more for each pixel of full ink, so that
crossing a line costs more than most paths around it. Distances are found by relaxation: sweeps
along all rows and all columns, forwards and backwards, until nothing changes, which takes about as
many rounds as the longest path has turns.
"""

from collections.abc import Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp

from onepunch_jax.guides import hints
from onepunch_jax.ops import output_space

Array = jax.Array
INK = 256  # the cost of a pixel of full ink, in pixels of blank paper
FAR = 2**29  # the distance in images without hints


class Nearest(NamedTuple):
  """The nearest hinted pixel of every pixel."""

  source: Array  # int32 [B, H, W], row * W + column of the hinted pixel
  distance: Array  # int32 [B, H, W]


class Propagated(NamedTuple):
  """The hints of an image at all its pixels."""

  color: Array  # [B, H, W, 3] in [-1, 1], of the nearest hint; 0 without hints
  lightness: Array  # [B, H, W, 1] in [0, 1], of the line art under that hint; 0 is ink
  distance: Array  # [B, H, W, 1] to it, in pixels; FAR without hints


def nearest(line: Array, mask: Array, ink: int = INK, prefer_light: bool = False) -> Nearest:
  """Finds the nearest hinted pixel of each pixel.

  Args:
    line: [B, H, W, 1] line art in [-1, 1], -1 is ink.
    mask: [B, H, W, 1], > 0 where hints are.
    ink: cost of a pixel of full ink beside 1.
    prefer_light: whether the distance starts at the cost of the ink under the hint instead of 0,
      so that a hint on blank paper wins over one on ink.

  Returns:
    Sources and distances. In images without hints the source is the pixel itself and the distance
    is FAR.
  """
  b, h, w, _ = line.shape
  cost = 1 + jnp.round(ink * jnp.clip(0.5 - 0.5 * line[..., 0], 0, 1)).astype(jnp.int32)
  index = jnp.broadcast_to(jnp.arange(h * w, dtype=jnp.int32).reshape(1, h, w), (b, h, w))
  start = jnp.where(mask[..., 0] > 0, cost - 1 if prefer_light else 0, FAR).astype(jnp.int32)

  def changed(state):
    return state[2]

  def relax(state):
    source, distance, _ = state
    shorter = _sweep(*_sweep(source, distance, cost, 2), cost, 1)
    return *shorter, jnp.any(shorter[1] < distance)

  source, distance, _ = jax.lax.while_loop(changed, relax, (index, start, jnp.array(True)))
  return Nearest(source, distance)


def watershed(line: Array, hint: Array, ink: int = INK) -> tuple[Array, Array]:
  """Copies the exact colour of the nearest hint to every pixel: the baseline of hint evaluations.

  Args:
    line: [B, H, W, 1] line art in [-1, 1].
    hint: [B, H, W, 4] (guides/hints).
    ink: cost of a pixel of full ink beside 1.

  Returns:
    Colours [B, H, W, 3] in [-1, 1] and log distances [B, H, W, 1] in [0, 1]: 0 on hints, 1 in an
    image without hints, whose colours are 0.
  """
  source, distance = nearest(line, hint[..., 3:], ink)
  color = _gather(hint[..., :3], source)
  log_distance = jnp.log1p(distance.astype(jnp.float32)) / jnp.log1p(float(FAR))
  return color, log_distance[..., None]


def propagate(line: Array, hint: Array, hint_size: int = 3, ink: int = INK) -> Propagated:
  """Propagates hints as features for a net; a hint on blank paper wins over one on ink.

  Args:
    line: [B, H, W, 1] line art in [-1, 1].
    hint: [B, H, W, 4] (guides/hints).
    hint_size: odd side in pixels of a hint, whose colour is a mean over paint and the ink above it.
      The lightness of the line art is averaged over the same pixels.
    ink: cost of a pixel of full ink beside 1.
  """
  source, distance = nearest(line, hint[..., 3:], ink, prefer_light=True)
  lightness = hinted_lightness(line, hint[..., 3:], hint_size)
  found = _gather(jnp.concatenate([hint[..., :3], lightness], -1), source)
  return Propagated(found[..., :3], found[..., 3:], distance.astype(jnp.float32)[..., None])


def hint_input(batch: Mapping[str, Array], propagated: bool) -> Array:
  """The hint of a batch as a net reads it, [B, H, W, 4]: sparse, or propagated to all pixels."""
  hint = hints.of(batch)
  return dense_hint(batch['line'], hint) if propagated else hint


def dense_hint(line: Array, hint: Array) -> Array:
  """Propagates a hint to all pixels, with the proximity of the nearest hint as its mask.

  The colour is the hint's without the ink that it was taken with, under the line art. The mask is
  exp(-distance / 64 px): 1 on hints, almost 0 behind a line, 0 without hints.

  Args:
    line: [B, H, W, 1] line art in [-1, 1].
    hint: [B, H, W, 4] (guides/hints).

  Returns:
    A hint [B, H, W, 4] whose mask lies in [0, 1].
  """
  color, lightness, distance = propagate(line, hint)
  near = proximity(distance)[..., 1:2]
  paint = hints.under(hints.cleaned(color, lightness), line)
  return jnp.concatenate([jnp.where(near > 0, paint, 0), near], -1)


def prediction(
  raw: Array, batch: Mapping[str, Array], propagated: bool, space: str = 'rgb'
) -> Array:
  """The colours that a net predicts, [B, H, W, C] of `space`, each in [-1, 1].

  Args:
    raw: [B, H, W, C], the net's output before tanh.
    batch: with 'line', and maybe 'hint'.
    propagated: whether propagated hints are blended over tanh(raw) by their proximity. A hint is
      then exact where it lies, and the net learns the rest.
    space: a name of ops/output_space.
  """
  own = jnp.tanh(raw)
  if not propagated:
    return own
  hint = hint_input(batch, propagated)
  near = hint[..., 3:]
  return near * output_space.target(hint[..., :3], space) + (1 - near) * own


def hinted_lightness(line: Array, mask: Array, hint_size: int) -> Array:
  """The mean lightness of the line art over the hinted pixels near each pixel.

  Args:
    line: [B, H, W, 1] in [-1, 1].
    mask: [B, H, W, 1], 1 where hints are.
    hint_size: odd side in pixels of the neighbourhood.

  Returns:
    [B, H, W, 1] in [0, 1]; 0 where no hinted pixel is near.
  """

  def window_sum(x):
    window = (1, hint_size, hint_size, 1)
    return jax.lax.reduce_window(x, 0.0, jax.lax.add, window, (1, 1, 1, 1), 'SAME')

  return window_sum((0.5 + 0.5 * line) * mask) / jnp.maximum(window_sum(mask), 1)


def proximity(distance: Array, ink: int = INK) -> Array:
  """Soft proximity exp(-distance / s) at four scales s, [B, H, W, 1] -> [B, H, W, 4] in [0, 1].

  With the default `ink` the scales are 8 px (within a few pixels), 64 px (on this side of the
  lines), 512 px (one or two lines away) and FAR / 16 (1 where there is any hint at all).
  """
  return jnp.exp(-distance / jnp.array([ink / 32, ink / 4, 2.0 * ink, FAR / 16]))


def _gather(values: Array, source: Array) -> Array:
  """Values [B, H, W, C] at the pixels whose flat indices are `source` [B, H, W]."""
  b, h, w, c = values.shape
  index = source.reshape(b, h * w, 1)
  return jnp.take_along_axis(values.reshape(b, h * w, c), index, 1).reshape(b, h, w, c)


def _sweep(source: Array, distance: Array, cost: Array, axis: int) -> tuple[Array, Array]:
  """Relaxes the distances along one axis, in both directions."""

  def on_cpu(*args):
    return pixel_by_pixel(*args, axis)

  def on_accelerator(*args):
    return by_doubling(*args, axis)

  return jax.lax.platform_dependent(source, distance, cost, cpu=on_cpu, default=on_accelerator)


def pixel_by_pixel(source: Array, distance: Array, cost: Array, axis: int) -> tuple[Array, Array]:
  """A sweep in n steps forwards and n backwards: the fewest operations.

  Args:
    source, distance, cost: int32 [B, H, W].
    axis: 1 or 2.

  Returns:
    Sources and distances after the sweep, int32 [B, H, W].
  """

  def step(before, here):
    (source_0, distance_0), (source_1, distance_1, cost) = before, here
    nearer = distance_0 + cost < distance_1
    found = (
      jnp.where(nearer, source_0, source_1),
      jnp.where(nearer, distance_0 + cost, distance_1),
    )
    return found, found

  found = jnp.moveaxis(source, axis, 0), jnp.moveaxis(distance, axis, 0)
  cost = jnp.moveaxis(cost, axis, 0)
  start = found[0][0], jnp.full_like(found[1][0], FAR)
  for reverse in (False, True):
    _, found = jax.lax.scan(step, start, (*found, cost), reverse=reverse, unroll=4)
  return tuple(jnp.moveaxis(x, 0, axis) for x in found)


def by_doubling(source: Array, distance: Array, cost: Array, axis: int) -> tuple[Array, Array]:
  """The sweep of `pixel_by_pixel` in log n steps of 1, 2, 4 ... pixels: for accelerators."""
  total = jnp.cumsum(cost, axis)  # from i to j > i costs total[j] - total[i]
  before = total - cost  # the other way: before[i] - before[j]
  reach = 1
  while reach < cost.shape[axis]:
    for step, along in ((reach, total), (-reach, -before)):
      there = _shifted(distance, step, axis, 2 * FAR) + along - _shifted(along, step, axis, 0)
      nearer = there < distance
      source = jnp.where(nearer, _shifted(source, step, axis, 0), source)
      distance = jnp.where(nearer, there, distance)
      # Without the barrier XLA computes each step anew in all the steps that follow it.
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
