"""References for training: the image itself, warped and tinted (SCFT, Lee 2020), or another image.

The image is warped by a thin-plate spline of eight control points: the corners of two squares at
0.5 and 0.2 from the centre (half a side is 1), each jittered by up to `point_jitter` and then moved
by up to `strength`. Image and reference get one offset for each channel, U(-jitter, jitter) of 255,
so that only the reference reveals it. Where the data has another image of the same character (the
key 'reference'), that may stay instead; and a fraction of the images has no reference. Where the
data knows its parts, 'reference_part' has those of the reference.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import part_ids, references
from onepunch_jax.ops import thin_plate
from onepunch_jax.prepare import PrepareStep

Array = jax.Array
POINTS = tuple((y * r, x * r) for r in (0.5, 0.2) for y in (-1, 1) for x in (-1, 1))
STIFFNESS = 0.1  # of the spline: control points may come close to each other
ROUNDS = 16  # of the fixed-point iteration that inverts the warp
TOLERANCE = 0.5  # pixels: where the inverse is farther off, the warp has none


class Warped(NamedTuple):
  """A batch of warped images."""

  reference: Array  # [B, H, W, 4], the warped images (guides/references)
  flow: Array  # [B, H, W, 2], where in it each pixel of the image is, in pixels (row, column)
  seen: Array  # [B, H, W, 1], 1 where it is in it
  source: Array  # [B, H, W, 2], where in the image each pixel of the reference is from


def make(
  *,
  same: float = 0.0,
  none: float = 0.0,
  jitter: float = 50.0,
  jitter_probability: float = 1.0,
  strength: float = 0.2,
  point_jitter: float = 0.5,
) -> PrepareStep:
  """Makes a step that adds 'reference', 'reference_flow' and 'reference_seen'.

  It comes after steps that move pixels (crop, flip). reference_flow [B, H, W, 2] is the place in
  the reference of each pixel of the image, in pixels (row, column); reference_seen [B, H, W, 1] is
  1 where there is such a place, and 0 everywhere where the reference is not of the image itself. A
  batch with 'reference_part' [B, H, W, 1] (of the references in the data) has it for all
  references, 0 where there is none.

  Args:
    same: probability that an image with a reference in the data keeps it.
    none: probability that an image has no reference.
    jitter: of the colours, of 255.
    jitter_probability: that the colours are jittered, of images with a reference and without tags
      (which would name wrong colours).
    strength, point_jitter: of the warp, in half sides.

  Raises:
    ValueError: a probability outside [0, 1].
  """
  for name, p in dict(same=same, none=none, jitter_probability=jitter_probability).items():
    if not 0 <= p <= 1:
      raise ValueError(f'{name} is a probability, in [0, 1]; got {p}.')

  def reference(batch, key, step):
    rgb, known = batch['rgb'], references.of(batch)
    per_image = (rgb.shape[0], 1, 1, 1)

    def bernoulli(name, p):
      return jax.random.bernoulli(fold_in(key, name), p, per_image)

    gone = bernoulli('none', none)
    kept = bernoulli('same', same) & references.present(known).reshape(per_image)
    warped = warp(rgb, fold_in(key, 'bent'), strength, point_jitter)
    chosen = jnp.where(gone, 0, jnp.where(kept, known, warped.reference))
    shift = jax.random.uniform(fold_in(key, 'jitter'), (rgb.shape[0], 1, 1, 3), minval=-1)
    tagged = jnp.any(batch.get('tags', jnp.zeros((len(rgb), 1))) > 0, 1).reshape(per_image)
    shift *= jitter / 127.5 * (bernoulli('jittered', jitter_probability) & ~gone & ~tagged)
    mask = chosen[..., 3:]
    out = {
      **batch,
      'rgb': jnp.clip(rgb + shift, -1, 1),
      'reference_flow': warped.flow,
      'reference': jnp.concatenate([jnp.clip(chosen[..., :3] + shift, -1, 1) * mask, mask], -1),
      'reference_seen': warped.seen * ~(gone | kept),
    }
    if 'reference_part' in batch:
      own_part = _nearest(part_ids.numbers(batch)[..., None], warped.source)
      part = jnp.where(kept, batch['reference_part'], own_part)
      out['reference_part'] = jnp.where(mask > 0, part, 0).astype(jnp.uint8)
    return out

  return reference


def warp(rgb: Array, key: Array, strength: float = 0.2, point_jitter: float = 0.5) -> Warped:
  """Warps images [B, H, W, 3] by random thin-plate splines.

  Args:
    rgb: [B, H, W, 3].
    key: a PRNG key.
    strength: how far control points move, in half sides.
    point_jitter: how far they are from their places in POINTS before, in half sides.
  """
  count, height, width, _ = rgb.shape

  def uniform(name, reach):
    shape = (count, len(POINTS), 2)
    return jax.random.uniform(fold_in(key, name), shape, minval=-reach, maxval=reach)

  points = jnp.array(POINTS) + uniform('points', point_jitter)
  spline = thin_plate.fit(points, uniform('moves', strength), STIFFNESS)
  size = jnp.array([height, width])
  rows, columns = (2 * (jnp.arange(n) + 0.5) / n - 1 for n in (height, width))
  grid = jnp.stack(jnp.meshgrid(rows, columns, indexing='ij'), -1)[None]
  grid = jnp.broadcast_to(grid, (count, height, width, 2))

  def to_pixels(x):
    return (x + 1) * size / 2 - 0.5

  def to_image(x):
    """Places in the reference -> places in the image, in half sides."""
    return x + thin_plate.move(x, points, spline)

  def refine(_, x):
    return jnp.clip(x + 0.7 * (grid - to_image(x)), -2, 2)

  source = to_pixels(to_image(grid))
  mask = _inside(source, size)
  reference = jnp.concatenate([sample_linear(rgb, source) * mask, mask], -1)

  inverse = jax.lax.fori_loop(0, ROUNDS, refine, grid)
  error = jnp.abs(to_pixels(to_image(inverse)) - to_pixels(grid)).max(-1, keepdims=True)
  flow = to_pixels(inverse)
  seen = _inside(flow, size) * (error < TOLERANCE)
  return Warped(reference, jnp.clip(flow, 0, size - 1.0), seen, source)


def sample_linear(x: Array, places: Array) -> Array:
  """Interpolates linearly; the edge is repeated.

  Args:
    x: [B, H, W, C].
    places: [B, h, w, 2] in pixels (row, column).

  Returns:
    [B, h, w, C].
  """
  _, height, width, _ = x.shape
  low = jnp.floor(places)
  (fy, fx), (y, x0) = jnp.moveaxis(places - low, -1, 0)[..., None], jnp.moveaxis(low, -1, 0)

  def corner(dy, dx):
    i = jnp.clip(y + dy, 0, height - 1).astype(int)
    j = jnp.clip(x0 + dx, 0, width - 1).astype(int)
    return jax.vmap(_at)(x, i, j)

  top = (1 - fx) * corner(0, 0) + fx * corner(0, 1)
  low = (1 - fx) * corner(1, 0) + fx * corner(1, 1)
  return (1 - fy) * top + fy * low


def _nearest(x: Array, places: Array) -> Array:
  """[B, H, W, C] at the pixels nearest to places [B, h, w, 2]: [B, h, w, C]."""
  i, j = jnp.moveaxis(jnp.round(places).astype(int), -1, 0)
  i, j = jnp.clip(i, 0, x.shape[1] - 1), jnp.clip(j, 0, x.shape[2] - 1)
  return jax.vmap(_at)(x, i, j)


def _at(x: Array, i: Array, j: Array) -> Array:
  return x[i, j]


def _inside(places: Array, size: Array) -> Array:
  """1 where places [..., 2] in pixels lie on a pixel: [..., 1] float32."""
  ok = (places >= -0.5) & (places <= size - 0.5)
  return jnp.all(ok, -1, keepdims=True).astype(jnp.float32)
