"""Our nets and training step against plain PyTorch, from the same weights (skipped without it)."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

torch = pytest.importorskip('torch')

from onepunch_jax import core, registry  # noqa: E402
from onepunch_jax.nets import patchgan, unet  # noqa: E402
from onepunch_jax.training import optim  # noqa: E402
from tests.peers import measured  # noqa: E402
from tests.peers import pix2pix_torch as peer  # noqa: E402

torch.set_num_threads(1)  # its threads spin while they wait, and the machine is shared with jax's
CHANNELS = {'line': 1, 'rgb': 3}


def nchw(x):
  return torch.from_numpy(np.array(x).transpose(0, 3, 1, 2).copy())


def batch(n, size):
  r = np.random.default_rng(0)
  return {k: r.uniform(-1, 1, (n, size, size, c)).astype(np.float32) for k, c in CHANNELS.items()}


def agree(ours, theirs, tolerance, kind='gradient'):
  """Each array within `tolerance` of its largest entry."""
  assert set(ours) == set(theirs)
  for name, a in ours.items():
    b = theirs[name]
    assert a.shape == b.shape, name
    if np.abs(b).max() > 1e-6:
      measured.record(kind, a, b)
    assert np.abs(a - b).max() <= tolerance * max(np.abs(b).max(), 1e-6), name


def check(ours, theirs, inputs, call=lambda out: out, part=lambda params: params):
  v = jax.jit(lambda key: ours.init(key, *inputs, train=False))(jax.random.key(0))
  peer.load(theirs, part(v['params']))
  noise = lambda y: np.random.default_rng(1).standard_normal(y.shape).astype(np.float32)

  def forward(params, *inputs):
    stats = {k: s for k, s in v.items() if k != 'params'}
    return call(
      ours.apply(
        {'params': params, **stats},
        *inputs,
        train=True,
        mutable=True,
        rngs={'dropout': jax.random.key(0)},
      )[0]
    )

  y, pull_back = jax.vjp(jax.jit(forward), v['params'], *inputs)
  params, *d_inputs = pull_back(jnp.asarray(noise(y)))

  x = [nchw(a).requires_grad_() for a in inputs]
  z = theirs(*x)
  agree({'out': np.asarray(y)}, {'out': z.detach().numpy().transpose(0, 2, 3, 1)}, 1e-4, 'output')
  z.backward(nchw(noise(y)))
  gradients = {name: p.grad.numpy() for name, p in theirs.named_parameters()}
  agree(peer.by_torch_name(part(params)), gradients, 1e-3)
  for a, b in zip(d_inputs, x):
    agree({'in': np.asarray(a)}, {'in': b.grad.numpy().transpose(0, 2, 3, 1)}, 1e-3)


@pytest.mark.parametrize('norm', ['instance', 'batch'])
def test_unet_gives_the_same_outputs_and_gradients(norm):
  args = dict(width=12, depth=6, norm=norm, dropout=0.0)
  x = batch(2, 128)['line']
  check(unet.Model(**args), peer.UNet(**args), (x,))


@pytest.mark.parametrize('norm', ['instance', 'batch'])
def test_patchgan_gives_the_same_outputs_and_gradients(norm):
  b = batch(2, 70)
  check(
    patchgan.Model(width=12, norm=norm),
    peer.PatchGAN(width=12, norm=norm),
    (b['line'], b['rgb']),
    lambda out: out[0][0],
    lambda params: params['scale_0'],
  )


def test_twenty_training_steps_give_the_same_losses():
  size = dict(width=8, depth=5)
  method = registry.method(
    dict(
      name='pix2pix',
      gen=dict(name='unet', **size, dropout=0.0),
      disc=dict(name='patchgan', width=8),
    )
  )
  txs = {p.name: optim.make(steps=20, lr=2e-4, b1=0.5) for p in method.players}
  key, data = jax.random.key(0), batch(2, 64)
  state = jax.jit(lambda key: core.init_state(method, txs, key, data))(key)

  gen, disc = peer.UNet(**size, dropout=0.0), peer.PatchGAN(width=8)
  peer.load(gen, state.variables.params['gen'])
  peer.load(disc, state.variables.params['disc']['scale_0'])
  their_step = peer.make_train_step(gen, disc)
  our_step = jax.jit(core.make_train_step(method, txs), donate_argnums=0)

  ours, theirs = [], []
  for _ in range(20):
    state, metrics = our_step(state, data, key)
    ours.append([float(metrics[k].total) for k in ('d/loss', 'g/loss', 'g/l1')])
    theirs.append([float(x) for x in their_step(nchw(data['line']), nchw(data['rgb']))])
  for a, b in zip(np.ravel(ours), np.ravel(theirs)):
    measured.record('loss', a, b)
  np.testing.assert_allclose(ours, theirs, rtol=1e-2)
  assert theirs[-1][2] < 0.97 * theirs[0][2]  # the generator did learn
