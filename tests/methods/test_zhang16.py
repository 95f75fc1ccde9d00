"""Colours as classes: the bins, their soft encoding, the prior and its weights; AuC."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from data_prep import ab_bins as found_bins
from onepunch_jax import core, registry
from onepunch_jax.evals import auc
from onepunch_jax.ops import ab_bins, color
from tests.peers import measured

BINS, _ = ab_bins.load('gamut')


def test_bins():
  assert BINS.shape == (313, 2) and len(ab_bins.load('grid')[0]) == 529
  np.testing.assert_array_equal(BINS[[0, 312]], [[-90, 50], [100, 0]])  # the paper's file
  assert len(np.unique(BINS, axis=0)) == 313
  with pytest.raises(ValueError, match='data_prep'):
    ab_bins.load('none.npz')


def test_every_colour_has_a_bin_within_the_cell():
  rgb = np.random.default_rng(0).uniform(0, 1, (5000, 3)).astype(np.float32)
  ab = color.rgb_to_lab(rgb)[:, 1:]
  off = jnp.abs(ab - BINS[ab_bins.nearest(ab, BINS)])
  assert off.max() <= 5.01


def test_soft_encoding_by_hand():
  z = ab_bins.encode(jnp.array([0.0, 0.0]), BINS, neighbours=5, sigma=5.0)
  side = np.exp(-(10**2) / (2 * 5**2))
  at = lambda a, b: int(np.flatnonzero((BINS == (a, b)).all(1))[0])
  measured.record('loss', z[at(0, 0)], 1 / (1 + 4 * side))
  np.testing.assert_allclose(z[at(0, 0)], 1 / (1 + 4 * side), rtol=1e-4)
  np.testing.assert_allclose(z[at(10, 0)], side / (1 + 4 * side), rtol=1e-4)
  assert (z > 0).sum() == 5
  many = ab_bins.encode(
    jax.random.uniform(jax.random.key(0), (50, 2), minval=-140, maxval=140), BINS, neighbours=10
  )
  np.testing.assert_allclose(many.sum(-1), 1, rtol=1e-5)


def test_maps_of_zeros_score_what_manga_colouring_published():
  """Its mse .0012 and mae .0034 are those of a predictor of zeros over 274 bins."""
  ab = np.random.default_rng(0).uniform(-20, 20, (4000, 2)).astype(np.float32)
  z = np.asarray(ab_bins.encode(ab, _grid()[:274], neighbours=5))
  np.testing.assert_allclose((z**2).sum(1).mean() / 274, 0.00127, rtol=0.03)
  np.testing.assert_allclose(z.sum(1).mean() / 274, 0.00365, rtol=1e-3)


def _grid():
  """529 bins, the inner ones first."""
  grid, _ = ab_bins.load('grid')
  return grid[np.argsort(np.abs(grid).max(1), kind='stable')]


def test_the_prior_is_smoothed_in_the_plane_and_weights_average_one():
  prior = np.zeros(313, np.float32)
  at = lambda a, b: int(np.flatnonzero((BINS == (a, b)).all(1))[0])
  prior[at(0, 0)] = 1
  smooth = ab_bins.smooth(prior, BINS)
  np.testing.assert_allclose(smooth.sum(), 1, rtol=1e-5)
  np.testing.assert_allclose(smooth[at(10, 0)] / smooth[at(0, 0)], np.exp(-2), rtol=1e-3)
  np.testing.assert_allclose(smooth[at(0, -10)], smooth[at(10, 0)], rtol=1e-4)
  prior = np.random.default_rng(0).dirichlet(np.full(313, 0.1)).astype(np.float32)
  prior[5] = 0
  weights = ab_bins.rebalance(prior / prior.sum(), 0.5)
  np.testing.assert_allclose((weights * prior / prior.sum()).sum(), 1, rtol=1e-5)
  there = prior > 0
  assert weights[there].argmin() == prior[there].argmax() and weights[5] == weights.max()
  np.testing.assert_allclose(ab_bins.rebalance(jnp.full(4, 0.25), 1.0), 1, rtol=1e-6)


def test_annealed_mean_goes_from_mean_to_mode():
  logits = jnp.log(jnp.full(313, 1e-8).at[jnp.array([3, 200])].set(jnp.array([0.6, 0.4])))
  mean = ab_bins.annealed_mean(logits, BINS, 1.0)
  np.testing.assert_allclose(mean, 0.6 * BINS[3] + 0.4 * BINS[200], atol=0.01)
  np.testing.assert_allclose(ab_bins.annealed_mean(logits, BINS, 0.01), BINS[3], atol=1e-3)


def test_the_running_prior_is_that_of_the_data():
  method = registry.method(dict(name='zhang16', net=dict(name='zhang16', width=2, tail=(1, 1))))
  r = np.random.default_rng(0)
  batches = [
    {
      'line': r.uniform(-1, 1, (2, 16, 16, 1)).astype(np.float32),
      'rgb': r.uniform(-1, 1, (2, 16, 16, 3)).astype(np.float32),
    }
    for _ in range(2)
  ]
  txs, key = {'net': optax.sgd(0.1)}, jax.random.key(0)
  state = core.init_state(method, txs, key, batches[0])
  step = jax.jit(core.make_train_step(method, txs))
  for b in batches:
    state, _ = step(state, b, key)
  ab = color.rgb_to_lab(0.5 + 0.5 * np.concatenate([b['rgb'] for b in batches]))[:, ::4, ::4, 1:]
  np.testing.assert_allclose(
    state.variables.memory['prior'], ab_bins.histogram(ab, BINS), atol=1e-6
  )
  measured = method.measure(state.averaged, batches[0], key)
  assert {k.split('/')[0] for k in measured} == {'model', 'zeros', 'uniform', 'prior'}
  np.testing.assert_allclose(measured['zeros/map_mae'], 1 / 313, rtol=1e-4)


def test_the_loss_by_hand():
  """Eq. 2 with the weights of eq. 4, written out: means over places, sums over bins."""
  method = registry.method(dict(name='zhang16', net=dict(name='zhang16', width=2, tail=(1, 1))))
  rng = np.random.default_rng(3)
  rgb = rng.uniform(-1, 1, (2, 16, 16, 3)).astype(np.float32)
  logits = rng.normal(0, 1, (2, 4, 4, 313)).astype(np.float32)
  v = core.Variables({}, {}, {'prior': jnp.zeros(313)})
  out = {'logits': jnp.asarray(logits), 'light': None}
  found, _ = method.players[0].loss(v, out, {'rgb': rgb}, jax.random.key(0), jnp.int32(0))

  ab = np.asarray(color.rgb_to_lab(0.5 + 0.5 * rgb), np.float64)[:, ::4, ::4, 1:].reshape(-1, 2)
  bins = np.asarray(BINS, np.float64)
  away = ((ab[:, None] - bins) ** 2).sum(-1)
  near = np.argsort(away, 1)[:, :5]
  z = np.zeros_like(away)
  np.put_along_axis(z, near, np.exp(-np.take_along_axis(away, near, 1) / 50), 1)
  z /= z.sum(1, keepdims=True)
  prior = np.bincount(near[:, 0], minlength=313) / len(ab)
  kernel = np.exp(-((bins[:, None] - bins) ** 2).sum(-1) / 50)
  p = (kernel / kernel.sum(0)) @ prior
  p /= p.sum()
  there = p.astype(np.float32) > 0
  w = np.where(there, 1 / (p / 2 + 0.5 / there.sum()), 0)
  w /= (p * w).sum()
  flat = logits.reshape(-1, 313).astype(np.float64)
  log_p = flat - np.log(np.exp(flat).sum(1, keepdims=True))
  wanted = -(w[near[:, 0]] * (z * log_p).sum(1)).mean()
  measured.record('loss', found, wanted)
  np.testing.assert_allclose(found, wanted, rtol=1e-4)


def test_auc():
  rgb = np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, 3)).astype(np.float32)
  batch = {'rgb': rgb, 'valid': np.array([1, 1, 0], np.uint8)}
  evaluate = auc.make()
  perfect = evaluate(lambda b: 0.5 + 0.5 * b['rgb'], [batch])
  found = [perfect['model/auc'], perfect['model/auc_rebalanced']]
  np.testing.assert_allclose(found, 100, rtol=1e-4)
  chroma = np.linalg.norm(color.rgb_to_lab(0.5 + 0.5 * rgb[:2])[..., 1:], axis=-1)
  shares = [(chroma <= t).mean() for t in np.linspace(0, 150, 3001)]
  np.testing.assert_allclose(perfect['line/auc'], 100 * np.mean(shares), rtol=1e-3)


def test_bins_found_from_data(tmp_path):
  class Source(list):
    pass

  red, grey = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 128, np.uint8)
  red[..., 0] = 255
  source = Source([{'rgb': x} for x in (red, grey, grey)])
  bins, prior = found_bins.choose(found_bins.count(source, 9), 274)
  np.testing.assert_array_equal(bins, [[0, 0], [80, 70]])
  np.testing.assert_allclose(prior, [2 / 3, 1 / 3], rtol=1e-6)
  np.savez(tmp_path / 'bins.npz', bins=bins, prior=prior)
  again, known = ab_bins.load(str(tmp_path / 'bins.npz'))
  np.testing.assert_array_equal(again, bins)
  np.testing.assert_array_equal(known, prior)
