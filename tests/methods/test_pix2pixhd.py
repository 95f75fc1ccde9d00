"""pix2pixHD: the global generator stands still at first; the perceptual term needs weights."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from onepunch_jax import core, registry
from onepunch_jax.losses import gan as gans
from onepunch_jax.losses import perceptual
from onepunch_jax.nets.blocks.judgement import Judgement
from tests.peers import measured

HD = dict(name='pix2pixhd', width=4, down=1, blocks=1)
DISC = dict(name='patchgan', width=4, layers=1)
SECTION = dict(
  name='pix2pixhd', gen=HD, enhancer=None, disc=DISC, vgg=dict(name='vgg', depth=16, width=2)
)
BATCH = {
  k: np.random.default_rng(0).uniform(-1, 1, (2, 16, 16, c)).astype(np.float32)
  for k, c in (('line', 1), ('rgb', 3))
}


def start(**changes):
  method = registry.method({**SECTION, **changes})
  txs = {p.name: optax.adam(1e-2) for p in method.players}
  key = jax.random.key(0)
  state = jax.jit(lambda b: core.init_state(method, txs, key, b))(BATCH)
  return state, jax.jit(core.make_train_step(method, txs)), key


def same(a, b):
  return all(map(np.array_equal, jax.tree.leaves(a), jax.tree.leaves(b)))


def test_the_global_generator_is_frozen_at_first():
  first, step, key = start(enhancer=dict(HD, width=2), freeze=2)
  state = first
  for thawed in (False, False, True):
    before = state.variables.params
    state, _ = step(state, BATCH, key)
    assert same(before['gen'], state.variables.params['gen']) == (not thawed)
    assert not same(before['enhancer'], state.variables.params['enhancer'])


def vgg16(path, width=2):
  """Weights under torchvision's names, as safetensors."""
  header, data, last, n = {}, b'', 3, 0
  r = np.random.default_rng(1)
  for g, layers in enumerate((2, 2, 3, 3, 3)):
    for _ in range(layers):
      out = width * min(2**g, 8)
      shape = (out, last, 3, 3)
      weight = r.normal(0, (2 / last / 9) ** 0.5, shape)
      for name, a in (('weight', weight), ('bias', np.zeros(out))):
        raw = a.astype(np.float32).tobytes()
        header[f'features.{n}.{name}'] = dict(
          dtype='F32', shape=a.shape, data_offsets=[len(data), len(data) + len(raw)]
        )
        data += raw
      last, n = out, n + 2
    n += 1
  text = json.dumps(header).encode()
  path.write_bytes(len(text).to_bytes(8, 'little') + text + data)
  return str(path)


def test_the_perceptual_term_is_on_with_weights_and_off_without(tmp_path, caplog):
  with caplog.at_level('INFO'):
    state, step, key = start()
  assert 'vgg' not in state.variables.params and 'No weights for vgg' in caplog.text
  _, metrics = step(state, BATCH, key)
  assert 'g/vgg' not in metrics
  state, step, key = start(vgg_weights=vgg16(tmp_path / 'vgg16.safetensors'))
  after, metrics = step(state, BATCH, key)
  assert metrics['g/vgg'].total > 0
  assert same(state.variables.params['vgg'], after.variables.params['vgg'])
  kernel = state.variables.params['vgg']['conv1_1']['kernel']
  again, _, _ = start(vgg_weights=str(tmp_path / 'vgg16.safetensors'))
  np.testing.assert_array_equal(kernel, again.variables.params['vgg']['conv1_1']['kernel'])
  with pytest.raises(ValueError, match='no weight file'):
    start(vgg_weights=str(tmp_path / 'none.pth'))


def test_the_adversarial_term_is_a_sum_over_scales():
  """Two equal scales weigh twice as much as one, feature matching does not."""
  one, two = (Judgement((x,) * n, ((x,),) * n) for x in [np.zeros((1, 2, 2, 1))] for n in (1, 2))
  found = []
  for judgement in (one, two):
    method = registry.method(SECTION)
    with pytest.MonkeyPatch.context() as patch:
      patch.setattr(gans, 'judge', lambda disc, v, *inputs: (judgement, v))  # noqa: B023
      loss, (_, metrics) = method.players[1].loss(
        None, {'fake': BATCH['rgb']}, BATCH, jax.random.key(0), 0
      )
    measured.record('loss', loss, float(len(judgement.logits)))
    found.append(float(loss))
    assert metrics['adv'] == len(judgement.logits) and metrics['fm'] == 0
  assert found == [1.0, 2.0]


def test_the_released_padding_leaves_more_logits():
  """At 128 px the original's maps are 19 and 11 wide, those of a padding of 1 are 14 and 6."""
  picture = jnp.zeros((1, 128, 128, 4))
  for padding, sizes in ((2, (19, 11)), (1, (14, 6))):
    net = registry.net(dict(name='patchgan', width=2, scales=2, padding=padding))
    init = lambda x, net=net: net.init_with_output(jax.random.key(0), x)[0].logits
    assert tuple(x.shape[1] for x in jax.eval_shape(init, picture)) == sizes


def test_feature_matching_by_hand():
  maps = lambda *values: tuple(tuple(np.full((1, 2, 2, 1), v) for v in vs) for vs in values)
  got = perceptual.feature_matching(maps((0, 0), (1, 1)), maps((1, 3), (1, 5)))
  wanted = 4 * ((1 + 3) / 2 + (0 + 4) / 2) / 2
  measured.record('loss', got, wanted)
  np.testing.assert_allclose(got, wanted)
