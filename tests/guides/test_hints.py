"""Hint samplers against the papers' numbers; propagated hints against a watershed."""

import heapq

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.guides import geodesic, hints
from onepunch_jax.ops import output_space
from onepunch_jax.prepare import patches, points, repaint, strokes


def drawings(count=512, size=32):
  rgb = np.random.default_rng(0).uniform(-1, 1, (count, size, size, 3)).astype(np.float32)
  return {'rgb': jnp.asarray(rgb), 'line': jnp.ones((count, size, size, 1))}


def run(step, batch, seed=0):
  return np.asarray(jax.jit(lambda b, k: step(b, k, 0)['hint'])(batch, jax.random.key(seed)))


def test_points_are_geometric_squares_of_mean_colour():
  shape, sizes = (2000, 64, 64), (1, 9)
  top, left, side = points.squares(jax.random.key(1), shape, 8, sizes)
  counts = np.bincount(np.asarray(side).ravel(), minlength=10)[1:] / side.size
  np.testing.assert_allclose(counts, 1 / 9, atol=0.01)
  middle = (np.asarray(top) + side / 2) / 64
  assert 0 <= top.min() and (top + side).max() <= 64 and 0 <= left.min()
  assert abs(middle.mean() - 0.5) < 0.01
  inner = np.mean(abs(middle - 0.5) < 0.25)  # within one standard deviation
  assert abs(inner - 0.6827) < 0.06
  batch = drawings(4000, 8)
  one_pixel = points.make(sizes=(1, 1), max_points=40)
  none = np.mean(run(one_pixel, batch)[..., 3].sum((1, 2)) == 0)
  assert abs(none - 1 / 8) < 0.02
  mean = run(points.make(p=0, low=1, high=1, sizes=(4, 4), place='uniform'), drawings(64))
  for hint, rgb in zip(mean, drawings(64)['rgb']):
    rows, columns = np.nonzero(hint[..., 3])
    assert len(rows) == 16
    np.testing.assert_allclose(
      hint[rows, columns, :3],
      np.broadcast_to(
        rgb[rows[0] : rows[0] + 4, columns[0] : columns[0] + 4].mean((0, 1)), (16, 3)
      ),
      atol=1e-5,
    )


def test_number_of_points_has_the_mean_of_its_distribution():
  batch = drawings(256, 64)  # of single pixels few overlap
  found = run(points.make(sizes=(1, 1), place='uniform'), batch)[..., 3].sum((1, 2))
  assert abs(found.mean() - 7) < 1.5  # (1 - p) / p; the standard error is 0.47
  found = run(points.make(p=0, low=55, high=59, sizes=(1, 1), place='uniform'), batch)
  found = found[..., 3].sum((1, 2))
  assert 49 <= found.min() and found.max() <= 59


def test_numbers_of_points_may_be_even_on_a_logarithmic_scale():
  many = points.make(p=0, low=0, high=62, scale='log', max_points=62, sizes=(1, 1), place='uniform')
  found = run(many, drawings(2000, 64))[..., 3].sum((1, 2))  # of 4096 pixels: few overlap
  assert found.max() <= 62
  for low, high in ((0, 1), (1, 3), (3, 7), (7, 15), (15, 31), (31, 63)):
    assert abs(np.mean((found >= low) & (found < high)) - 1 / 6) < 0.04, low
  with pytest.raises(ValueError, match='scale'):
    points.make(p=0, scale='cubic')


def test_shares_of_hints():
  batch = drawings(1000, 8)
  given = lambda step: np.mean(run(step, batch)[..., 3].any((1, 2)))
  few = dict(p=0, low=1, high=1, sizes=(1, 1))
  assert abs(given(points.make(**few, probability=0.3)) - 0.3) < 0.05
  assert abs(given(strokes.make(thickness=(1, 1), length=(2, 4), probability=0.3)) - 0.3) < 0.05
  full = run(points.make(**few, full=0.1), batch)[..., 3].all((1, 2))
  assert abs(full.mean() - 0.1) < 0.04


def test_strokes_show_true_colours():
  batch = drawings(64, 128)
  hint = run(strokes.make(count=(1, 1)), batch)
  mask = hint[..., 3] > 0
  assert np.array_equal(hint[mask][:, :3], np.asarray(batch['rgb'])[mask])
  assert not hint[~mask].any()
  kinds = {'wide': 0, 'tall': 0, 'diagonal': 0}
  for m in mask:
    rows, columns = np.nonzero(m)
    tall, wide = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert max(tall, wide) <= 63
    if len(rows) == tall * wide and min(tall, wide) <= 7:
      assert min(tall, wide) >= 4
      kinds['wide' if wide > tall else 'tall'] += 1
    else:
      assert tall == wide and abs(rows - rows.min() - columns + columns.min()).max() <= 3
      kinds['diagonal'] += 1
  assert min(kinds.values()) > 10, kinds
  many = run(strokes.make(count=(8, 19), thickness=(1, 1), length=(1, 1)), drawings(512, 64))
  found = many[..., 3].sum((1, 2))  # pixels, a few of them twice
  assert 6 <= found.min() and found.max() <= 19 and abs(found.mean() - 13.5) < 0.5


def test_patches_are_half_empty_and_sparse():
  count = 256
  hint = run(patches.make(), drawings(count, 128))
  cells = hint[:, ::4, ::4, 3]
  assert np.array_equal(np.repeat(np.repeat(cells, 4, 1), 4, 2), hint[..., 3])
  assert not cells[: count // 2].any()
  share = cells[count // 2 :].mean((1, 2))
  # P(U >= xi) = E |N(0, 0.005)| = 0.005 sqrt(2 / pi)
  assert abs(share.mean() - 0.005 * np.sqrt(2 / np.pi)) < 5e-4
  flat = {**drawings(8, 32), 'rgb': jnp.full((8, 32, 32, 3), 0.25)}
  hint = run(patches.make(sigma=1.0, empty=0.0), flat)
  np.testing.assert_allclose(hint[hint[..., 3] > 0][:, :3], 0.25, atol=1e-5)
  with pytest.raises(ValueError, match='multiples'):
    patches.make()(drawings(1, 30), jax.random.key(0), 0)


def test_encodings():
  hint = jnp.zeros((1, 4, 4, 4)).at[0, 1, 2].set(jnp.array([0.5, -0.5, 0.2, 1]))
  line = jnp.full((1, 4, 4, 1), -0.3)
  encoded = {k: hints.encode(hint, line, k) for k in hints.ENCODINGS}
  assert {k: x.shape[-1] for k, x in encoded.items()} == hints.ENCODINGS
  for x in encoded.values():
    np.testing.assert_allclose(x[0, 1, 2, :3], [0.5, -0.5, 0.2], atol=1e-6)
  assert [float(encoded[k][0, 0, 0, 0]) for k in ('line', 'white', 'zero')] == pytest.approx(
    [-0.3, 1, 0]
  )
  with pytest.raises(ValueError, match='white'):
    hints.check('black')
  small = hints.shrink(hint, 2)
  np.testing.assert_allclose(small[0, 0, 1], hint[0, 1, 2], atol=1e-6)
  assert small.shape == (1, 2, 2, 4) and not small[0, 1].any()


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


def test_a_hint_of_another_colour_moves_its_region_and_nothing_else():
  """Left red with a shadow, right green, a line with a gap between; a hint on the left."""
  line = np.ones((2, 16, 16, 1), np.float32)
  line[:, 2:, 8] = -1
  rgb = np.zeros((2, 16, 16, 3), np.float32)
  rgb[0, :, :8], rgb[0, :, 8:], rgb[1] = (1, 0, 0), (0, 1, 0), (0, 0, 1)
  rgb[0, 8:, :8] /= 2
  rgb = 2 * np.where(line < 0, 0, rgb) - 1
  hint = np.zeros((2, 16, 16, 4), np.float32)
  hint[0, 4:6, 2:4] = 1, -1, -1, 1
  batch = {'line': jnp.asarray(line), 'rgb': jnp.asarray(rgb), 'hint': jnp.asarray(hint)}
  out = repaint.make(probability=1.0)(batch, jax.random.key(0), 0)
  new = 0.5 + 0.5 * np.asarray(out['rgb'])
  other = new[0, 4, 2]
  assert np.allclose(other, (0, 0, 1), atol=1e-3) or np.allclose(other, 0, atol=1e-3)  # or its ink
  np.testing.assert_allclose(new[0, :8, :8], np.broadcast_to(other, (8, 8, 3)), atol=1e-3)
  np.testing.assert_allclose(
    new[0, 8:, :8], np.broadcast_to((0.5, 0, 0) + (other - (1, 0, 0)) / 2, (8, 8, 3)), atol=1e-3
  )  # half the light, half the way
  np.testing.assert_array_equal(out['rgb'][0, :, 8:], rgb[0, :, 8:])
  np.testing.assert_allclose(0.5 + 0.5 * out['hint'][0, 4:6, 2:4, :3], new[0, 4:6, 2:4], atol=1e-3)
  np.testing.assert_array_equal(out['hint'][..., 3], hint[..., 3])
  np.testing.assert_array_equal(out['rgb'][1], rgb[1])  # no hints
  where = np.asarray(out['repainted'])
  assert where[0, :, :8].all() and not where[0, :, 8:].any() and not where[1].any()
  any_ = repaint.make(probability=1.0, random_color=1.0)(batch, jax.random.key(0), 0)
  np.testing.assert_array_equal(any_['repainted'], where)
  assert not np.allclose(any_['rgb'][0, 4, 2], out['rgb'][0, 4, 2], atol=0.01)
  none = repaint.make(probability=0.0)(batch, jax.random.key(0), 0)
  np.testing.assert_array_equal(none['rgb'], rgb)
