"""Thin-plate splines: the smoothest map of the plane that moves control points by given amounts.

    d(p) = a + A p + sum_i w_i U(|p - c_i|),  U(r) = r^2 log r       (Bookstein 1989)

A stiffness (Wahba 1990) smooths the map where control points would tear it; it then moves them only
approximately: (K + stiffness I) w + P (a, A) = d(c).
"""

import jax
import jax.numpy as jnp

Array = jax.Array


def fit(points: Array, moves: Array, stiffness: float) -> Array:
  """Fits a spline to the moves of control points.

  Args:
    points: [B, N, 2], in any unit.
    moves: [B, N, 2], in the same unit.
    stiffness: 0 moves the points exactly.

  Returns:
    Coefficients [B, N + 3, 2]: w of each point, a, and the two columns of A.
  """
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
  """Evaluates a spline: the displacement of each place.

  Args:
    places: [B, H, W, 2], in the unit of the points.
    points: [B, N, 2], the control points that `fit` had.
    spline: [B, N + 3, 2], what it returned.

  Returns:
    Displacements [B, H, W, 2].
  """

  def at_all_places(x):
    return x[:, None, None]

  number = points.shape[1]
  out = at_all_places(spline[:, number]) + jnp.einsum(
    'bhwi,bij->bhwj', places, spline[:, number + 1 :], precision='highest'
  )
  for i in range(number):  # a loop over few points: nothing of size N H W is kept
    square = jnp.sum((places - at_all_places(points[:, i])) ** 2, -1, keepdims=True)
    out += _bend(square) * at_all_places(spline[:, i])
  return out


def _bend(square: Array) -> Array:
  """r^2 log r from r^2; 0 at 0."""
  return 0.5 * square * jnp.log(jnp.maximum(square, 1e-12))
