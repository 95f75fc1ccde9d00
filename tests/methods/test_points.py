"""The parts of `points` beside its training: suggestions and global hints."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax import registry
from onepunch_jax.methods import points
from onepunch_jax.ops import ab_bins, output_space
from tests.peers import measured


def test_suggestions_are_likely_and_differ():
  bins, _ = ab_bins.load('grid')
  p = np.zeros(len(bins))
  peaks = np.array([[50, 40], [-60, 0], [0, -80]])
  for peak, share in zip(peaks, (0.5, 0.3, 0.2)):
    p[np.argmin(((bins - peak) ** 2).sum(1))] = share
  np.testing.assert_allclose(points.suggest(p, bins, 3), peaks)
  assert points.suggest(p, bins, 9).shape == (9, 2)


def test_a_global_hint_has_the_parts_that_it_is_asked_for():
  bins, _ = ab_bins.load('gamut')
  rgb = jnp.stack([jnp.full((8, 8, 3), 0.0), jnp.broadcast_to(jnp.array([1.0, -1, -1]), (8, 8, 3))])
  hint = points.global_hint(rgb, bins, jnp.array([[True], [True]]), jnp.array([[True], [False]]))
  assert hint.shape == (2, len(bins) + 3)
  np.testing.assert_allclose(hint[:, :-3].sum(1), 1, rtol=1e-6)
  np.testing.assert_allclose(hint[:, -3:], [[1, 0, 1], [1, 0, 0]], atol=1e-6)


NET = dict(name='points', width=4, norm='group')


def test_the_regression_term_is_a_sum_over_a_and_b():
  """Errors of 11 units of ab in both: 10 (11 - 1/2) / 110 each, as the released code adds them."""
  method = points.make(net=dict(NET, norm='none'), lambda_ce=0.0)
  rgb = jax.random.uniform(jax.random.key(0), (2, 16, 16, 3), minval=-1)
  fake = output_space.target(rgb, 'ab') + jnp.array([0.1, -0.1])
  out = {'fake': fake, 'logits': jnp.zeros((2, 4, 4, 529))}
  loss, _ = method.players[0].loss(None, out, {'rgb': rgb}, jax.random.key(0), 0)
  measured.record('loss', loss, 10 * 2 * 10.5 / 110)
  np.testing.assert_allclose(loss, 10 * 2 * 10.5 / 110, rtol=1e-5)


@pytest.mark.parametrize('detach', [False, True])
def test_the_side_task_leaves_the_layers_below_it_alone(detach):
  net = registry.net(dict(NET, norm='none', detach_classes=detach))
  x = jax.random.normal(jax.random.key(0), (1, 16, 16, 4))
  params = net.init(jax.random.key(1), x)['params']
  grads = jax.grad(lambda p: jnp.sum(net.apply({'params': p}, x)[1] ** 2))(params)
  moved = {name for name, g in grads.items() if any(np.any(v) for v in jax.tree.leaves(g))}
  assert 'logits' in moved and ('conv1_1' not in moved) == detach
  assert (len(moved) == 1) == detach


def test_a_training_on_the_classes_alone_moves_all_layers():
  found = [points.make(net=NET, lambda_huber=weight).nets[0].module for weight in (0.0, 10.0)]
  assert [net.detach_classes for net in found] == [False, True]
