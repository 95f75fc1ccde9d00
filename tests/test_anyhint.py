"""What anyhint's head promises, and the parts of `points` beside its training."""

import importlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax import ab_bins, core, prepare, registry, train
from onepunch_jax.data import batch as batches
from onepunch_jax.methods import points
from onepunch_jax.nets import copying
from onepunch_jax.prepare import propagate


def drawing():
  """Two rooms, a hint in the left one."""
  line = np.ones((1, 16, 16, 1), np.float32)
  line[:, :, 8] = -1
  hint = np.zeros((1, 16, 16, 4), np.float32)
  hint[0, 5, 3] = (0.5, -0.25, 0.1, 1)
  return jnp.asarray(line), jnp.asarray(hint)


def run(hint, line, trust, extra=None):
  head = copying.Model(width=4, keys=4, trust=trust)
  features = jax.random.normal(jax.random.key(1), (1, 16, 16, 4))
  args = features, line, hint, *propagate.spread(line, hint), extra
  return head.init_with_output(jax.random.key(0), *args)[0]


def test_a_copy_is_exact_and_ink_stays():
  line, hint = drawing()
  rgb, gate = run(hint, line, trust=50.0)
  np.testing.assert_allclose(gate[..., 0], 1, atol=1e-5)
  np.testing.assert_allclose(rgb[0, 3, 2], hint[0, 5, 3, :3], atol=1e-4)
  np.testing.assert_allclose(rgb[0, :, 8], -1, atol=1e-4)


def test_without_hints_all_is_proposed():
  line, hint = drawing()
  rgb, gate = run(jnp.zeros_like(hint), line, trust=50.0)
  np.testing.assert_allclose(gate[..., 2], 1)
  assert np.abs(rgb).max() <= 1


def test_a_reference_can_be_copied_without_hints():
  line, hint = drawing()
  extra = jnp.ones((1, 3, 4)), jnp.full((1, 3, 3), 0.3), jnp.ones((1, 3))
  _, gate = run(jnp.zeros_like(hint), line, trust=50.0, extra=extra)
  assert gate[..., 0].max() == 0 and gate[..., 1].min() > 0


def test_anyhint_names_its_guides():
  nets = dict(gen=dict(name='unet'), head=dict(name='copying'))
  with pytest.raises(ValueError, match='smell'):
    registry.method(dict(name='anyhint', guides=('smell',), **nets))


def test_suggestions_are_likely_and_differ():
  bins, _ = ab_bins.load('grid')
  p = np.zeros(len(bins))
  peaks = np.array([[50, 40], [-60, 0], [0, -80]])
  for peak, share in zip(peaks, (0.5, 0.3, 0.2)):
    p[np.argmin(((bins - peak) ** 2).sum(1))] = share
  np.testing.assert_allclose(points.suggest(p, bins, 3), peaks)
  assert points.suggest(p, bins, 9).shape == (9, 2)


def test_a_global_hint_says_what_is_told():
  bins, _ = ab_bins.load('gamut')
  rgb = jnp.stack([jnp.full((8, 8, 3), 0.0), jnp.broadcast_to(jnp.array([1.0, -1, -1]), (8, 8, 3))])
  told = points.global_hint(rgb, bins, jnp.array([[True], [True]]), jnp.array([[True], [False]]))
  assert told.shape == (2, len(bins) + 3)
  np.testing.assert_allclose(told[:, :-3].sum(1), 1, rtol=1e-6)
  np.testing.assert_allclose(told[:, -3:], [[1, 0, 1], [1, 0, 0]], atol=1e-6)


@pytest.mark.parametrize('name, arg', [
  ('anyhint', None), ('anyhint', 'adv,laptop'), ('points', 'line,laptop'),
  ('userhint', 'points,laptop'), ('alacgan', 'laptop')])
def test_the_nets_of_a_config_fit_together(name, arg):
  """Shapes alone: a step of training at the sizes that the config says."""
  config = importlib.import_module(f'configs.{name}').get_config(arg)
  method, made = registry.method(config.method), prepare.make(config.prepare)
  txs, key = train.make_optimisers(config, method), jax.random.key(0)
  raw = batches.fake(config.data.train_keys, 2, config.data.load_size)
  init = lambda raw: core.init_state(method, txs, key, made(raw, key, 0))
  state = jax.eval_shape(init, raw)
  after, _ = jax.eval_shape(core.make_train_step(method, txs, made), state, raw, key)
  assert jax.tree.structure(after) == jax.tree.structure(state)
