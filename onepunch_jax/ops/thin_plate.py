"""Thin-plate splines: the smoothest map of the plane that moves some points as told.

    d(p) = a + A p + sum_i w_i U(|p - c_i|),  U(r) = r^2 log r       (Bookstein 1989)

With a stiffness (Wahba 1990) points are followed less closely the more they would tear: (K +
stiffness I) w + P (a, A) = d(c).
"""

import jax
import jax.numpy as jnp

Array = jax.Array


def fit(points: Array, moves: Array, stiffness: float) -> Array:
  """Coefficients [B, N + 3, 2] of the spline that moves points [B, N, 2] by moves [B, N, 2]."""
  count, number, _ = points.shape
  between = _bend(jnp.sum((points[:, :, None] - points[:, None]) ** 2, -1))
  between += stiffness * jnp.eye(number)
  plane = jnp.concatenate([jnp.ones((count, number, 1)), points], -1)
  corner = jnp.zeros((count, 3, 3))
  system = jnp.concatenate(
    [jnp.concatenate([between, plane], 2), jnp.concatenate([plane.mT, corner], 2)], 1
  )
  return jnp.linalg.solve(system, jnp.pad(moves, ((0, 0), (0, 3), (0, 0))))


def move(places: Array, points: Array, spline: Array) -> Array:
  """By how much a spline moves places [B, H, W, 2] -> [B, H, W, 2]."""
  number = points.shape[1]
  row = lambda x: x[:, None, None]
  out = row(spline[:, number]) + jnp.einsum(
    'bhwi,bij->bhwj', places, spline[:, number + 1 :], precision='highest'
  )
  for i in range(number):  # few: a sum that is computed at once, nothing of size N kept
    square = jnp.sum((places - row(points[:, i])) ** 2, -1, keepdims=True)
    out += _bend(square) * row(spline[:, i])
  return out


def _bend(square: Array) -> Array:
  """r^2 log r from r^2; 0 at 0."""
  return 0.5 * square * jnp.log(jnp.maximum(square, 1e-12))
