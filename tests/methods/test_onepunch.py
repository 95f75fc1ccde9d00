"""OnePunchGAN: which nets train when, its L1 term, where the frozen nets come from."""

import jax
import numpy as np
import optax
import pytest

from onepunch_jax import core, registry
from onepunch_jax.training import loop
from tests.core.test_methods import METHODS, batch, same


def test_nogan_trains_the_generator_then_the_discriminator_then_both():
  method = registry.method({**METHODS['onepunch'], 'source': 'line', 'nogan': (2, 1)})
  txs = {p.name: optax.adam(1e-3) for p in method.players}
  key = jax.random.key(0)
  state = core.init_state(method, txs, key, batch())
  step = jax.jit(core.make_train_step(method, txs))
  moves = []
  for _ in range(5):
    after, metrics = step(state, batch(), key)
    new, old = after.variables.params, state.variables.params
    moves.append(''.join(n[0] for n in ('gen', 'disc') if not same(new[n], old[n])))
    assert int(metrics['g/loss'].count) == ('g' in moves[-1])
    state = after
  assert moves == ['g', 'g', 'd', 'gd', 'gd']


def test_the_generator_trained_alone_has_no_adversarial_loss():
  method = registry.method({**METHODS['onepunch'], 'source': 'line', 'nogan': (1, 0)})
  loss = method.turns[1][0].loss
  txs = {p.name: optax.sgd(0.0) for p in method.players}
  state = core.init_state(method, txs, jax.random.key(0), batch())
  v, fake = state.variables, {'line': batch()['line'], 'fake': 0.5 * batch()['rgb']}
  alone, (_, m) = loss(v, fake, batch(), jax.random.key(0), 0)
  both, _ = loss(v, fake, batch(), jax.random.key(0), 1)
  np.testing.assert_allclose(both - alone, m['adv'], rtol=1e-4)
  np.testing.assert_allclose(alone, 10 * m['l1'] + m['edges'], rtol=1e-5)


def test_a_decaying_l1_ends_at_zero():
  method = registry.method({**METHODS['onepunch_gp'], 'l1_decay': 10})
  loss = method.turns[1][0].loss
  txs = {p.name: optax.sgd(0.0) for p in method.players}
  v = core.init_state(method, txs, jax.random.key(0), batch()).variables
  out = {'line': batch()['line'], 'fake': -batch()['rgb']}
  at = lambda step: loss(v, out, batch(), jax.random.key(0), step)[0]
  _, (_, m) = loss(v, out, batch(), jax.random.key(0), 0)
  np.testing.assert_allclose(at(0) - at(5), 5 * m['l1'], rtol=1e-4)
  np.testing.assert_allclose(at(10), at(20), rtol=1e-5)


def test_frozen_nets_must_come_from_somewhere(tmp_path):
  from onepunch_jax.configs import onepunch

  config = onepunch.get_config(f'smoke,batch={jax.device_count()}')
  config.method.source = 'scan'
  with pytest.raises(ValueError, match=r"\['scan'\] are not trained here.*init_from"):
    loop.train(config, str(tmp_path))
