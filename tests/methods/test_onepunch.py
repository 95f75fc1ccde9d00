"""OnePunchGAN: the pool of fakes, who plays when, where the frozen nets come from, the launcher."""

import os
import pathlib
import signal
import stat
import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from onepunch_jax import core, registry
from onepunch_jax.losses import edges, latent, pool
from onepunch_jax.training import loop
from tests.core.test_methods import METHODS, batch, same

LAUNCHER = pathlib.Path(__file__).parents[2] / 'launch' / 'onepunch.sh'


def test_a_pool_hands_on_until_it_is_full_and_then_keeps_a_history():
  pictures = lambda i: jnp.full((4, 2, 2, 1), i, jnp.float32) + jnp.arange(4.0)[:, None, None, None]
  state, swap = pool.start(8, pictures(0)), jax.jit(pool.swap)
  for i in (10, 20):
    shown, state = swap(state, pictures(i), jax.random.key(i))
    np.testing.assert_array_equal(shown, pictures(i))
  assert sorted(state['pictures'][:, 0, 0, 0]) == [10, 11, 12, 13, 20, 21, 22, 23]
  old = fresh = 0
  for i in range(30, 430, 10):
    before = set(np.asarray(state['pictures'][:, 0, 0, 0]))
    shown, state = swap(state, pictures(i), jax.random.key(i))
    seen = np.asarray(shown[:, 0, 0, 0])
    for place, value in enumerate(seen):
      assert value == i + place or value in before
      old, fresh = old + (value in before), fresh + (value == i + place)
    swapped = {i + p for p, value in enumerate(seen) if value in before}
    assert swapped <= set(np.asarray(state['pictures'][:, 0, 0, 0]))  # what went in stays
  assert 50 < old < 110 and old + fresh == 160  # about half


def test_a_pool_smaller_than_the_batch_takes_part_of_it():
  fakes = jnp.arange(8.0).reshape(8, 1, 1, 1)
  state = pool.start(3, fakes)
  for i in range(4):
    shown, state = pool.swap(state, fakes, jax.random.key(i))
    np.testing.assert_array_equal(shown[3:], fakes[3:])
  assert state['seen'] == 3


def test_nogan_is_the_generator_then_the_discriminator_then_both():
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


def test_the_generator_alone_hears_no_discriminator():
  method = registry.method({**METHODS['onepunch'], 'source': 'line', 'nogan': (1, 0)})
  loss = method.turns[1][0].loss
  txs = {p.name: optax.sgd(0.0) for p in method.players}
  state = core.init_state(method, txs, jax.random.key(0), batch())
  v, fake = state.variables, {'line': batch()['line'], 'fake': 0.5 * batch()['rgb']}
  alone, (_, m) = loss(v, fake, batch(), jax.random.key(0), 0)
  both, _ = loss(v, fake, batch(), jax.random.key(0), 1)
  np.testing.assert_allclose(both - alone, m['adv'], rtol=1e-4)
  np.testing.assert_allclose(alone, 10 * m['l1'] + m['edges'], rtol=1e-5)


def test_a_decaying_l1_ends_at_nothing():
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


def test_edges_of_a_ramp_and_of_flat_colour():
  ramp = jnp.broadcast_to(jnp.arange(8.0)[None, None, :, None], (1, 8, 8, 1))
  found = edges.edges(ramp)
  np.testing.assert_allclose(found[..., 0], 1.0)  # along x, per pixel
  np.testing.assert_allclose(found[..., 1], 0.0)
  assert edges.edge_l1(ramp, ramp + 3) == 0
  np.testing.assert_allclose(edges.edge_l1(ramp, 0 * ramp), 0.5)


def test_kl_by_hand_and_samples_by_number():
  assert latent.kl(jnp.zeros((2, 3)), jnp.zeros((2, 3))) == 0
  np.testing.assert_allclose(latent.kl(jnp.ones((2, 3)), jnp.zeros((2, 3))), 1.5)
  key, numbers = jax.random.key(0), jnp.array([0, 1, 2, 1])
  noise = latent.draw(key, numbers, (5,))
  assert not noise[0].any() and noise[1].all()
  np.testing.assert_array_equal(noise[1], noise[3])
  assert (noise[1] != noise[2]).all()
  z = jnp.arange(4.0)[:, None]
  assert (jnp.abs(latent.mix(z, 0.5, key) - z) <= 1.5).all()


STAND_IN = """#!{python}
import os, signal, sys, time
flags = dict(a.split('=', 1) for a in sys.argv if a.startswith('--') and '=' in a)
folder = flags.get('--workdir', flags.get('--output'))
with open(os.environ['CALLS'], 'a') as f:
  f.write(' '.join(sys.argv[1:]) + chr(10))
stopped = []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
for _ in range(int(os.environ.get('SLOW', '0')) * 100):
  time.sleep(0.01)
  if stopped: sys.exit(75)
os.makedirs(folder, exist_ok=True)
sys.exit(int(os.environ.get('FAILS', '') in folder and 'FAILS' in os.environ))
"""


@pytest.fixture
def launch(tmp_path):
  """Starts the launcher with a stand-in for python3 that records how it was called."""
  stand_in = tmp_path / 'bin' / 'python3'
  stand_in.parent.mkdir()
  stand_in.write_text(STAND_IN.format(python=sys.executable))
  stand_in.chmod(stand_in.stat().st_mode | stat.S_IEXEC)
  calls = tmp_path / 'calls'
  command = [
    str(LAUNCHER),
    f'--scans={tmp_path}/s',
    f'--colors={tmp_path}/c',
    f'--output={tmp_path}/out',
  ]

  def start(*more, **env):
    calls.write_text('')
    path = f'{stand_in.parent}{os.pathsep}{os.environ["PATH"]}'
    return subprocess.Popen(
      [*command, *more], env={**os.environ, **env, 'PATH': path, 'CALLS': str(calls)}
    )

  start.calls = lambda: [c.split() for c in calls.read_text().splitlines()]

  return start


def test_the_chain_hands_each_net_on(launch, tmp_path):
  assert launch('--', '--config.steps=7').wait() == 0
  data, scan, small, middle, large = launch.calls()
  assert data[:2] == ['-m', 'data_prep.unpaired']
  at = lambda name: f'{tmp_path}/out/{name}'
  domains = f'data={at("data/color")},unpaired={at("data/line")}'
  assert scan[2] == f'--config=configs/cyclegan.py:{domains}'
  assert f'--config.init_from.workdir={at("scan")}' in small and 'nets' not in ' '.join(small)
  assert f'--config.init_from.workdir={at("color64")}' in middle
  assert '--config.init_from.nets.gen=gen' in middle and 'size=128' in middle[2]
  assert f'--config.init_from.workdir={at("color128")}' in large and '--config.steps=7' in large
  assert launch().wait() == 0
  assert not launch.calls()  # all done


def test_the_chain_continues_after_an_error_and_after_a_signal(launch):
  assert launch(FAILS='color64').wait() == 1
  assert len(launch.calls()) == 3
  process = launch(SLOW='20')
  deadline = time.time() + 20
  while not launch.calls() and time.time() < deadline:
    time.sleep(0.05)
  time.sleep(0.3)
  process.send_signal(signal.SIGTERM)
  assert process.wait(timeout=20) == 75
  assert launch('--sizes=64').wait() == 0
  assert len(launch.calls()) == 1 and 'color64' in ' '.join(launch.calls()[0])


def test_the_launcher_says_what_is_missing(tmp_path):
  run = lambda *a: subprocess.run([str(LAUNCHER), *a], capture_output=True, text=True)
  assert '--colors is missing' in run(f'--scans={tmp_path}').stderr
  assert 'What is --scan=x' in run('--scan=x').stderr


def test_a_resized_crop_of_everything_is_a_resize_and_maps_keep_their_ids():
  from onepunch_jax.prepare import resized_crop

  ramp = jnp.broadcast_to(jnp.arange(16.0)[None, :, None, None], (2, 16, 16, 3))
  ids = (ramp[..., :1] * 10).astype(jnp.uint8)
  raw = {'rgb': ramp, 'regions': ids, 'tags': jnp.zeros((2, 3))}
  whole = resized_crop.make(size=16, low=1.0)(raw, jax.random.key(0), 0)
  np.testing.assert_allclose(whole['rgb'], ramp, atol=1e-5)
  part = resized_crop.make(size=8, low=0.3, high=0.6)(raw, jax.random.key(1), 0)
  assert part['rgb'].shape == (2, 8, 8, 3) and part['regions'].dtype == jnp.uint8
  assert set(np.unique(part['regions'])) <= set(range(0, 160, 10))
  rows = np.asarray(part['rgb'][:, :, 0, 0])
  steps = np.diff(rows, axis=1)
  np.testing.assert_allclose(steps, steps[:, :1].repeat(7, 1), atol=1e-4)  # a straight ramp
  assert (0.5 < steps).all() and (steps < 1.3).all()
