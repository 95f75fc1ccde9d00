"""Propagated hints against Dijkstra and a watershed."""

import heapq

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.guides import geodesic, hints
from onepunch_jax.ops import output_space


def rooms(size=48, seed=0):
  """Closed outlines: a grid of rooms with an ellipse in some, and hints, one to three in each."""
  r = np.random.default_rng(seed)
  line = np.ones((size, size), np.float32)
  line[::12] = line[:, ::12] = line[-1] = line[:, -1] = 0
  y, x = np.mgrid[:size, :size]
  line[np.abs(np.hypot(y - 18, x - 30) - 4) < 0.8] = 0
  mask = np.zeros((size, size), bool)
  free = line > 0.5
  for top in range(0, size, 12):
    for left in range(0, size, 12):
      inside = np.add(np.argwhere(free[top : top + 12, left : left + 12]), (top, left))
      many = 1 if (top, left) == (12, 24) else r.integers(1, 4)  # the ellipse is in that one
      mask[tuple(inside[r.integers(0, len(inside), many)].T)] = True
  mask[18, 30] = True
  return line, mask


def dijkstra(line, mask):
  h, w = line.shape
  cost = 1 + np.round(geodesic.INK * (1 - line)).astype(int)
  best = np.where(mask, 0, geodesic.FAR)
  queue = [(0, y, x) for y, x in np.argwhere(mask)]
  while queue:
    d, y, x = heapq.heappop(queue)
    for v, u in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
      if 0 <= v < h and 0 <= u < w and d + cost[v, u] < best[v, u]:
        best[v, u] = d + cost[v, u]
        heapq.heappush(queue, (best[v, u], v, u))
  return best


NEAREST = jax.jit(geodesic.nearest)


@pytest.mark.parametrize('kind', ['rooms', 'spiral', 'noise', 'empty'])
def test_distances_are_dijkstras(kind):
  line, mask = rooms()
  if kind == 'spiral':  # one long way round many corners
    line = np.ones((48, 48), np.float32)
    for i in range(0, 24, 4):
      line[i, i : 48 - i] = line[47 - i, i : 48 - i] = line[i : 48 - i, i] = line[
        i : 48 - i, 47 - i
      ] = 0
      line[i, i + 2 : i + 4] = 1
    mask = np.zeros_like(mask)
    mask[24, 24] = True
  elif kind == 'noise':
    line = np.random.default_rng(1).uniform(0, 1, line.shape).astype(np.float32)
  elif kind == 'empty':
    mask = np.zeros_like(mask)
  batch = lambda x: jnp.asarray(x, jnp.float32)[None, ..., None]
  source, distance = jax.device_get(NEAREST(2 * batch(line) - 1, batch(mask)))
  np.testing.assert_array_equal(distance[0], dijkstra(line, mask))
  if mask.any():
    assert mask.ravel()[source[0]].all()


def test_both_sweeps_find_the_same_distances():
  line, mask = rooms()
  cost = jnp.asarray(1 + 256 * (1 - line), jnp.int32)[None]
  start = jnp.asarray(np.where(mask, 0, geodesic.FAR), jnp.int32)[None]
  place = jnp.arange(mask.size, dtype=jnp.int32).reshape(1, 48, 48)
  for axis in (1, 2):
    distances = [
      jax.jit(f, static_argnums=3)(place, start, cost, axis)[1]
      for f in (geodesic.pixel_by_pixel, geodesic.by_doubling)
    ]
    np.testing.assert_array_equal(*distances)


@pytest.mark.parametrize('seed', range(3))
def test_propagation_is_a_watershed_on_closed_outlines(seed):
  segmentation = pytest.importorskip('skimage.segmentation')
  line, mask = rooms(seed=seed)
  color = np.random.default_rng(seed).uniform(-1, 1, (48, 48, 3)).astype(np.float32)
  hint = np.concatenate([color * mask[..., None], mask[..., None]], -1).astype(np.float32)[None]
  copied, distance = jax.jit(geodesic.watershed)(2 * jnp.asarray(line)[None, ..., None] - 1, hint)
  markers = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
  flooded = segmentation.watershed((255 * (1 - line)).astype(np.uint8), markers)
  expected = color.reshape(-1, 3)[flooded - 1]
  same = np.all(copied[0] == expected, -1)
  source, _ = jax.device_get(NEAREST(2 * jnp.asarray(line)[None, ..., None] - 1, hint[..., 3:]))
  steps = lambda at: np.abs(np.stack(np.divmod(at, 48)) - np.mgrid[:48, :48]).sum(0)
  tied = steps(flooded - 1) == steps(source[0])  # as far from both: either is right
  convex = np.hypot(*(np.mgrid[:48, :48] - np.array([18, 30])[:, None, None])) > 9
  assert np.all((same | tied | ~convex)[line > 0.5])
  assert np.mean(same[line > 0.5]) > 0.85
  assert distance.min() == 0 and distance.max() < 1


def test_a_dense_hint_fades_with_its_distance_and_at_ink():
  line = jnp.ones((2, 16, 16, 1)).at[:, :, 8].set(-1)
  value = jnp.array([0.5, -0.5, 0.2, 1])
  hint = jnp.zeros((2, 16, 16, 4)).at[0, 4, 2].set(value)
  dense = geodesic.dense_hint(line, hint)
  color, mask = dense[0, ..., :3], dense[0, ..., 3]
  for side in (slice(8), slice(9, None)):
    same = jnp.broadcast_to(value[:3], color[:, side].shape)
    np.testing.assert_allclose(color[:, side], same, atol=1e-6)
  np.testing.assert_allclose(color[:, 8], -1, atol=1e-6)  # under the line art
  assert mask[4, 2] == 1 and mask[4, 7] == pytest.approx(np.exp(-5 / 64), rel=1e-5)
  assert 0 < mask[4, 9:].max() < 0.02 and not np.asarray(dense[1]).any()
  encoded = hints.encode(dense, line, 'white')[0]
  np.testing.assert_allclose(
    encoded[4, 7, :3], mask[4, 7] * color[4, 7] + 1 - mask[4, 7], atol=1e-6
  )


def test_a_dense_hint_has_no_ink_in_it():
  line = jnp.ones((1, 16, 16, 1)).at[:, 4, 2].set(0.0)  # half ink
  paint = jnp.array([0.6, 0.2, 0.4])
  hint = jnp.zeros((1, 16, 16, 4)).at[0, 4, 2].set(jnp.array([*(2 * 0.5 * paint - 1), 1]))
  dense = geodesic.dense_hint(line, hint)[0, ..., :3]
  np.testing.assert_allclose(dense[9, 9], 2 * paint - 1, atol=1e-6)
  np.testing.assert_allclose(dense[4, 2], paint - 1, atol=1e-6)


@pytest.mark.parametrize('space', ['rgb', 'lab', 'ab'])
def test_a_prediction_has_dense_hints_over_it_on_their_side_of_the_lines(space):
  line = jnp.ones((2, 16, 16, 1)).at[:, :, 8].set(-1)
  value = jnp.array([0.5, -0.5, 0.2, 1])
  batch = {'line': line, 'hint': jnp.zeros((2, 16, 16, 4)).at[0, 4, 2].set(value)}
  raw = jnp.full((2, 16, 16, 2 if space == 'ab' else 3), 0.3)
  plain = geodesic.prediction(raw, batch, False, space)
  np.testing.assert_allclose(plain, np.tanh(0.3), rtol=1e-6)
  predicted = geodesic.prediction(raw, batch, True, space)
  np.testing.assert_array_equal(predicted[1], plain[1])  # it has no hints
  np.testing.assert_allclose(predicted[0, :, 9:], plain[0, :, 9:], atol=0.02)
  color = output_space.target(value[None, None, None, :3], space)[0, 0, 0]
  np.testing.assert_allclose(predicted[0, 4, 2], color, rtol=1e-5)
  near = np.exp(-5 / 64)
  np.testing.assert_allclose(
    predicted[0, 4, 7], near * color + (1 - near) * np.tanh(0.3), rtol=1e-5
  )
