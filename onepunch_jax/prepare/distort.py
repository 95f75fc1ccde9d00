"""Turns and tilts pictures at random: rotation and perspective, on white paper.

OnePunchGAN's augmentation (WHDaniels/OnePunchGAN 9c0b349, dataset.py): an angle of U(-degrees,
degrees) about the centre; then, with `probability`, each corner of the picture moves inwards by up
to half of `distortion` of each side. Here both are one map, so that pictures are resampled once.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.data.batch import MAPS, PICTURES
from onepunch_jax.prepare import PrepareStep

Array = jax.Array
CORNERS = ((-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0))  # (row, column), half sides


def make(
  *, degrees: float = 25.0, distortion: float = 0.15, probability: float = 0.33
) -> PrepareStep:
  """Makes a step that distorts the pictures and maps of a batch alike.

  What comes from outside is white in pictures, 0 in maps. Pictures are interpolated linearly, maps
  take the nearest value.

  Args:
    degrees: the largest angle.
    distortion: how far corners move, of a side, twice.
    probability: of a perspective.

  Raises:
    ValueError: numbers out of range.
  """
  if not 0 <= degrees <= 180 or not 0 <= distortion < 1 or not 0 <= probability <= 1:
    raise ValueError(
      'degrees are in [0, 180], distortion in [0, 1) and probability in [0, 1]; got '
      f'{degrees}, {distortion}, {probability}.'
    )

  def distort(batch, key, step):
    count, height, width, _ = next(x for k, x in batch.items() if k in PICTURES).shape
    angle = jax.random.uniform(fold_in(key, 'angle'), (count,), minval=-1) * jnp.radians(degrees)
    inwards = distortion * jax.random.uniform(fold_in(key, 'corners'), (count, 4, 2))
    tilted = jax.random.bernoulli(fold_in(key, 'tilted'), float(probability), (count, 1, 1))
    places = sources(angle, jnp.where(tilted, inwards, 0.0), height, width)

    def moved(x, name):
      if name in PICTURES:
        return _linear(x.astype(jnp.float32) - 1, places).astype(x.dtype) + 1  # white is 1
      return _nearest(x, jnp.round(places).astype(int))

    known = (*PICTURES, *MAPS)
    return {k: moved(x, k) if k in known else x for k, x in batch.items()}

  return distort


def sources(angle: Array, inwards: Array, height: int, width: int) -> Array:
  """Where in the picture each pixel comes from.

  Args:
    angle: [B], radians, counter-clockwise.
    inwards: [B, 4, 2], how far each of CORNERS moves inwards, in half sides (row, column).
    height, width: px of the picture.

  Returns:
    [B, height, width, 2]: rows and columns in px.
  """
  corners = jnp.array(CORNERS)
  shape = jnp.array([height, width], jnp.float32)
  y, x = jnp.meshgrid(jnp.arange(height), jnp.arange(width), indexing='ij')
  here = 2 * (jnp.stack([y, x], -1) + 0.5) / shape - 1  # half sides
  tilt = _homography(corners * (1 - inwards), jnp.broadcast_to(corners, inwards.shape))
  ones = jnp.ones((*here.shape[:-1], 1))
  there = jnp.einsum('bij,hwj->bhwi', tilt, jnp.concatenate([here, ones], -1), precision='highest')
  there = there[..., :2] / there[..., 2:]
  turned = there * shape / 2  # px from the centre
  cos, sin = jnp.cos(angle)[:, None, None], jnp.sin(angle)[:, None, None]
  y, x = turned[..., 0], turned[..., 1]
  return jnp.stack([y * cos + x * sin, x * cos - y * sin], -1) + (shape - 1) / 2


def _homography(a: Array, b: Array) -> Array:
  """The projective map [B, 3, 3] that takes the points a [B, 4, 2] to b [B, 4, 2]."""
  ones, zeros = jnp.ones((*a.shape[:2], 1)), jnp.zeros((*a.shape[:2], 3))
  plain = jnp.concatenate([a, ones], -1)
  rows = [
    jnp.concatenate([*(plain if i == n else zeros for i in (0, 1)), -b[..., n : n + 1] * a], -1)
    for n in (0, 1)
  ]
  system = jnp.concatenate(rows, 1)
  wanted = jnp.concatenate([b[..., 0], b[..., 1]], 1)
  found = jnp.linalg.solve(system, wanted[..., None])[..., 0]
  return jnp.concatenate([found, jnp.ones((len(a), 1))], 1).reshape(-1, 3, 3)


def _linear(x: Array, places: Array) -> Array:
  """Values of x [B, H, W, C] between pixels; 0 outside."""
  low = jnp.floor(places)
  part, low = places - low, low.astype(int)
  total = jnp.zeros_like(x)
  for corner in ((0, 0), (0, 1), (1, 0), (1, 1)):
    away = jnp.abs(1 - jnp.array(corner) - part)  # 1 - part below, part above
    total += _nearest(x, low + jnp.array(corner)) * jnp.prod(away, -1, keepdims=True)
  return total


def _nearest(x: Array, places: Array) -> Array:
  """Values of x [B, H, W, C] at pixels; 0 outside."""
  size = jnp.array(x.shape[1:3])
  inside = jnp.all((places >= 0) & (places < size), -1, keepdims=True)
  at = jnp.clip(places, 0, size - 1)
  found = jax.vmap(lambda x, at: x[at[..., 0], at[..., 1]])(x, at)
  return jnp.where(inside, found, 0)
