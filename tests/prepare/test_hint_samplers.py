"""Hint samplers against the numbers of their papers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.prepare import patches, points, strokes


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


def test_numbers_of_points_may_be_uniform_on_a_logarithmic_scale():
  many = points.make(p=0, low=0, high=62, scale='log', max_points=62, sizes=(1, 1), place='uniform')
  found = run(many, drawings(2000, 64))[..., 3].sum((1, 2))  # of 4096 pixels: few overlap
  assert found.max() <= 62
  for low, high in ((0, 1), (1, 3), (3, 7), (7, 15), (15, 31), (31, 63)):
    assert abs(np.mean((found >= low) & (found < high)) - 1 / 6) < 0.04, low
  with pytest.raises(ValueError, match='scale'):
    points.make(p=0, scale='cubic')


def test_probabilities_of_hints():
  batch = drawings(1000, 8)

  def hinted(step):
    return np.mean(run(step, batch)[..., 3].any((1, 2)))

  few = dict(p=0, low=1, high=1, sizes=(1, 1))
  assert abs(hinted(points.make(**few, probability=0.3)) - 0.3) < 0.05
  assert abs(hinted(strokes.make(thickness=(1, 1), length=(2, 4), probability=0.3)) - 0.3) < 0.05
  full = run(points.make(**few, full=0.1), batch)[..., 3].all((1, 2))
  assert abs(full.mean() - 0.1) < 0.04


def test_strokes_have_true_colours():
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
