"""Optimisers by name: schedules end where they should, accumulation averages."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from onepunch_jax.training import optim


def rates(steps, **kwargs):
  """The step lengths of plain SGD under a constant gradient of 1."""
  tx = optim.make(steps=steps, name='sgd', lr=1.0, b1=0.0, **kwargs)
  params = jnp.zeros(())
  state = tx.init(params)
  found = []
  for _ in range(steps):
    updates, state = tx.update(jnp.ones(()), state, params)
    found.append(-float(updates))
  return found


def test_linear_is_constant_and_then_falls():
  found = rates(10, schedule='linear', decay_from=0.5)
  assert found[:6] == [1] * 6
  np.testing.assert_allclose(found[6:], [0.8, 0.6, 0.4, 0.2], atol=1e-6)


def test_cosine_and_warmup():
  assert rates(8, schedule='cosine', decay_from=0.0)[-1] < 0.05
  np.testing.assert_allclose(rates(8, warmup=4)[:5], [0.25, 0.5, 0.75, 1, 1])


def test_accumulation_moves_every_nth_time():
  assert rates(4, accumulate=2) == [0, 1, 0, 1]


@pytest.mark.parametrize('name', ['sgd', 'adam'])
def test_accumulated_batches_are_one_big_batch(name):
  x = jnp.asarray(np.random.default_rng(0).standard_normal((8, 3)), jnp.float32)
  gradient = jax.grad(lambda w, x: jnp.mean((x @ w - 1) ** 2))
  found = []
  for n in (1, 4):
    tx, w = optim.make(steps=8, name=name, lr=0.1, accumulate=n), jnp.ones(3)
    state = tx.init(w)
    for part in [*jnp.split(x, n), *jnp.split(2 * x, n)]:
      updates, state = tx.update(gradient(w, part), state, w)
      w = optax.apply_updates(w, updates)
    found.append(w)
  np.testing.assert_allclose(*found, rtol=1e-5)


def test_clip_limits_the_global_norm():
  tx = optim.make(steps=1, name='sgd', lr=1.0, b1=0.0, clip=1.0)
  grads = {'a': jnp.array([3.0]), 'b': jnp.array([4.0])}
  updates, _ = tx.update(grads, tx.init(grads), grads)
  np.testing.assert_allclose(optax.tree.norm(updates), 1.0, rtol=1e-6)


def test_unknown_names_list_the_known():
  with pytest.raises(ValueError, match='adamw'):
    optim.make(steps=1, name='adma')
  with pytest.raises(ValueError, match='cosine'):
    optim.make(steps=1, schedule='exp')


def test_steps_drop_where_caffe_drops_them():
  found = rates(20, schedule='step', drop_at=(0.45, 0.9), drop_to=0.1)
  np.testing.assert_allclose(found, [1.0] * 9 + [0.1] * 9 + [0.01] * 2, rtol=1e-5)


def test_kernels_alone_may_decay():
  params = {'kernel': jnp.ones((2, 2)), 'bias': jnp.ones(2)}
  for decay_biases in (True, False):
    tx = optim.make(
      steps=1, name='sgd', lr=1.0, b1=0.0, weight_decay=0.5, decay_biases=decay_biases
    )
    updates, _ = tx.update(jax.tree.map(jnp.zeros_like, params), tx.init(params), params)
    assert float(updates['kernel'][0, 0]) == -0.5
    assert float(updates['bias'][0]) == (-0.5 if decay_biases else 0.0)


def test_nesterov_looks_ahead():
  tx = optim.make(steps=1, name='sgd', lr=1.0, b1=0.9, nesterov=True)
  updates, _ = tx.update(jnp.ones(()), tx.init(jnp.zeros(())), jnp.zeros(()))
  assert float(updates) == pytest.approx(-1.9)
