"""anyhint: its head, its features of hints, its tokens, and configs whose nets fit together."""

import importlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax import core, prepare, registry
from onepunch_jax.data import batch as batches
from onepunch_jax.data import vocabulary
from onepunch_jax.guides import geodesic
from onepunch_jax.nets import copying, tag_tokens
from onepunch_jax.nets.blocks.tokens import Tokens
from onepunch_jax.training import loop


def drawing():
  """Two rooms, a hint in the left one."""
  line = np.ones((1, 16, 16, 1), np.float32)
  line[:, :, 8] = -1
  hint = np.zeros((1, 16, 16, 4), np.float32)
  hint[0, 5, 3] = (0.5, -0.25, 0.1, 1)
  return jnp.asarray(line), jnp.asarray(hint)


def propagated(line, hint):
  found = geodesic.propagate(line, hint)
  return found, geodesic.proximity(found.distance)


def run(hint, line, hint_bias, tokens=()):
  head = copying.Model(width=4, keys=4, hint_bias=hint_bias)
  features = jax.random.normal(jax.random.key(1), (1, 16, 16, 4))
  args = features, line, hint, *propagated(line, hint), tokens
  return head.init_with_output(jax.random.key(0), *args)[0]


def test_a_copied_hint_is_exact_and_stops_at_lines():
  line, hint = drawing()
  rgb, gate, *_ = run(hint, line, hint_bias=50.0)
  np.testing.assert_allclose(gate[0, :, :8, :3].sum(-1), 1, atol=1e-5)
  np.testing.assert_allclose(rgb[0, 3, 2], hint[0, 5, 3, :3], atol=1e-4)
  assert gate[0, :, 9:, :3].max() < 0.01  # a line lies between


def test_hints_weigh_more_at_inference():
  line, hint = drawing()
  args = jnp.ones((1, 16, 16, 4)), line, hint, *propagated(line, hint)
  shares = {}
  for bias in (0.0, 3.0):
    head = copying.Model(width=4, keys=4, inference_bias=bias)
    v = head.init(jax.random.key(0), *args)
    gates = [head.apply(v, *args, train=train).gate for train in (1, 0)]
    shares[bias] = [gate[0, 3, 2, :3].sum() for gate in gates]
  assert shares[0.0][0] == shares[0.0][1] == shares[3.0][0] < shares[3.0][1]


def test_without_hints_the_proposal_has_all_the_weight():
  line, hint = drawing()
  rgb, gate, *_ = run(jnp.zeros_like(hint), line, hint_bias=50.0)
  np.testing.assert_allclose(gate[..., -1], 1)
  assert np.abs(rgb).max() <= 1


def test_tokens_can_be_copied_without_hints():
  line, hint = drawing()
  tokens = Tokens(jnp.ones((1, 3, 4)), jnp.full((1, 3, 3), 0.3), jnp.ones((1, 3)))
  gate = run(jnp.zeros_like(hint), line, hint_bias=50.0, tokens=(tokens,)).gate
  assert gate.shape[-1] == 6 and gate[..., :4].max() == 0 and gate[..., 4].min() > 0
  close, far = (
    copying._attend(jnp.full((1, 1, 1, 3), score), tokens, jnp.zeros((1, 1, 1, 1)))
    for score in (0.0, -200.0)
  )
  np.testing.assert_allclose(
    close.color, 0.75 * 0.3 + 0.25, rtol=1e-5
  )  # three tokens, or background
  np.testing.assert_allclose(close.score, np.log(0.75), rtol=1e-5)
  np.testing.assert_allclose(far.color, 1, rtol=1e-5)
  assert far.score < -100 and far.weights.shape == (1, 1, 1, 4)
  empty = tokens._replace(valid=jnp.zeros((1, 3)))
  gate = run(jnp.zeros_like(hint), line, hint_bias=50.0, tokens=(empty,)).gate
  np.testing.assert_allclose(gate[..., -1], 1)


def test_hints_on_blank_paper_win_and_have_the_lightness_under_them():
  line, hint = drawing()
  hint = hint.at[0, 5, 7:10].set(jnp.array([-0.5, -0.5, -0.5, 1.0]))  # a click over the line
  near, light, way = geodesic.propagate(line, hint)
  np.testing.assert_allclose(light[0, 5, 7:10, 0], [0.5, 2 / 3, 0.5])
  np.testing.assert_array_equal(near[0, 5, 8], hint[0, 5, 8, :3])
  assert way[0, 5, 8] == geodesic.INK and way[0, 5, 7] == way[0, 5, 3] == 0
  hint = hint.at[0, 5, jnp.array([7, 9])].set(0)  # on ink alone
  near, light, way = geodesic.propagate(line, hint)
  np.testing.assert_array_equal(near[0, 5, 6], hint[0, 5, 3, :3])
  assert light[0, 5, 9] == 0 and way[0, 5, 9] == geodesic.INK + 1
  clues = geodesic.proximity(way)
  assert clues.shape == (1, 16, 16, 4) and clues[0, 5, 3].min() == 1
  assert np.all(geodesic.proximity(jnp.full((1, 1, 1, 1), geodesic.FAR)) < 1e-6)


def test_tags_become_keys_and_colours():
  names = ('smile', 'blue hair', 'blue_eyes', 'red hair', 'light_brown_hair')
  colors, nouns, color_of, noun_of = vocabulary.parts(names)
  assert colors == ('blue', 'red', 'light brown') and nouns == ('hair', 'eyes')
  assert color_of == (-1, 0, 0, 1, 2) and noun_of == (-1, 0, 1, 0, 0)
  tags = jnp.asarray([[1, 1, 0, 1, 1], [0, 0, 1, 0, 0]], jnp.uint8)
  net = tag_tokens.Model(colors, color_of, noun_of, keys=4, max_tags=4)
  (key, color, valid, noun), v = net.init_with_output(jax.random.key(0), tags)
  np.testing.assert_array_equal(valid, [[1, 1, 1, 0], [1, 0, 0, 0]])
  np.testing.assert_array_equal(key[0, :3], v['params']['key'][jnp.array([0, 0, 0])])
  np.testing.assert_allclose(color[0, :2], [(-0.9, -0.9, 0.9), (0.9, -0.9, -0.9)], atol=0.02)
  np.testing.assert_array_equal(noun, [[0, 0, 0, -1], [1, -1, -1, -1]])
  assert vocabulary.parts(()) == ((), (), (), ())


def test_tags_that_name_no_colour_are_refused(tmp_path):
  (tmp_path / 'dataset.json').write_text(
    '{"version": 1, "splits": {}, "shards": [], "tags": ["smile", "hat"]}'
  )
  with pytest.raises(ValueError, match='name no colours'):
    importlib.import_module('onepunch_jax.configs.anyhint').get_config(f'tags,data={tmp_path}')


@pytest.mark.parametrize(
  'name, arg',
  [
    ('anyhint', None),
    ('anyhint', 'adv,laptop'),
    ('anyhint', 'reference,laptop'),
    ('anyhint', 'all,laptop'),
    ('points', 'line,laptop'),
    ('userhint', 'points,laptop'),
    ('userhint', 'refine,laptop'),
    ('alacgan', 'laptop'),
  ],
)
def test_the_nets_of_a_config_fit_together(name, arg):
  """Shapes alone: a step of training at the sizes that the config says."""
  config = importlib.import_module(f'onepunch_jax.configs.{name}').get_config(arg)
  method, made = registry.method(config.method), prepare.make(config.prepare)
  txs, key = loop.make_optimisers(config, method), jax.random.key(0)
  raw = batches.fake(config.data.train_keys, 2, config.data.load_size, config.data.tags)
  init = lambda raw: core.init_state(method, txs, key, made(raw, key, 0))
  state = jax.eval_shape(init, raw)
  after, _ = jax.eval_shape(core.make_train_step(method, txs, made), state, raw, key)
  assert jax.tree.structure(after) == jax.tree.structure(state)
