"""What anyhint's head promises, and the parts of `points` beside its training."""

import importlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax import core, prepare, registry
from onepunch_jax.data import batch as batches
from onepunch_jax.data import vocabulary
from onepunch_jax.guides import geodesic, part_ids
from onepunch_jax.losses import attention
from onepunch_jax.methods import points
from onepunch_jax.nets import copying, tag_tokens
from onepunch_jax.nets.blocks.tokens import Tokens
from onepunch_jax.ops import ab_bins
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


def test_a_copy_is_exact_and_ink_stays():
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


def test_hints_on_paper_go_first_and_say_how_much_ink_is_in_them():
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
  (key, color, said, noun), v = net.init_with_output(jax.random.key(0), tags)
  np.testing.assert_array_equal(said, [[1, 1, 1, 0], [1, 0, 0, 0]])
  np.testing.assert_array_equal(key[0, :3], v['params']['key'][jnp.array([0, 0, 0])])
  np.testing.assert_allclose(color[0, :2], [(-0.9, -0.9, 0.9), (0.9, -0.9, -0.9)], atol=0.02)
  np.testing.assert_array_equal(noun, [[0, 0, 0, -1], [1, -1, -1, -1]])
  assert vocabulary.parts(()) == ((), (), (), ())


def test_tags_that_name_no_colour_are_refused(tmp_path):
  (tmp_path / 'dataset.json').write_text('{"tags": ["smile", "hat"]}')
  with pytest.raises(ValueError, match='name no colours'):
    importlib.import_module('onepunch_jax.configs.anyhint').get_config(f'tags,data={tmp_path}')


def test_places_are_to_look_for_what_is_said_of_their_part():
  batch = {'line': jnp.ones((3, 2, 2, 1)), 'nouns': jnp.zeros((3, 256), jnp.uint8)}
  batch['regions'] = jnp.asarray([[[1, 2], [3, 0]]] * 3, jnp.uint8)[..., None]
  batch['nouns'] = batch['nouns'].at[:2, 1:4].set(jnp.asarray([5, 6, 7], jnp.uint8))
  parts = (-1, -1, -1, -1, -1, 0, 1, -1)  # noun 5 is the tags' 0, 6 is 1, 7 has no tag
  nouns = jnp.asarray([[0, 0, 2], [-1, -1, -1], [0, 1, 2]])  # of noun 1 nothing is said
  looked = jnp.asarray([0.3, 0.2, 0.1, 0.4]) * jnp.ones((3, 2, 2, 1))
  part = part_ids.of(batch, parts)
  np.testing.assert_array_equal(part[0], [[0, 1], [-1, -1]])
  found = attention.attention_loss(looked, *attention.right_tags(part, nouns, 4), 4)
  named, unnamed = -np.log(0.5 + attention.EPSILON), -np.log(0.4 + attention.EPSILON)
  small, large = (1 / (share + attention.MIN_AREA) for share in (0.25, 0.75))
  mean = (small * named + 3 * large * unnamed) / (small + 3 * large)  # about as much of each
  np.testing.assert_allclose(found, [mean, 0, 0], rtol=1e-3)


def test_places_are_to_look_for_what_shows_their_part():
  """A reference of 2 x 2 cells: half the first shows part 0, all the second, half the third."""
  part = jnp.asarray([[[0, 0, 0, 0], [0, -1, 1, -1]]] * 2)
  shown = np.full((2, 4, 4), -1)  # the second has no reference: it teaches nothing
  shown[0, :2, 0], shown[0, :2, 2:], shown[0, 2:, 0], shown[0, 2, 1] = 0, 0, 0, 2
  right, kind = attention.right_cells(part, jnp.asarray(shown), 5, 4)
  np.testing.assert_allclose(right[0, 0, 0], [0.25, 1, 0.25, 0, 0])
  np.testing.assert_allclose(right[0, 1, 2], [0, 0, 0, 0, 1])  # part 1 is not shown
  np.testing.assert_allclose(right[0, 1, 3], [0.25, 0, 0.0625, 1, 0])  # none of the parts
  np.testing.assert_array_equal(kind, [[[1, 1, 1, 1], [1, 0, 4, 0]], np.full((2, 4), -1)])
  found = attention.attention_loss(jnp.full((2, 2, 4, 5), 0.2), right, kind, 5)
  shares = 1 / (np.array([5, 1, 2]) / 8 + attention.MIN_AREA) * (5, 1, 2)
  want = shares @ -np.log(np.array([0.3, 0.2, 0.2625]) + attention.EPSILON) / shares.sum()
  np.testing.assert_allclose(found, [want, 0], rtol=1e-3)


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
