"""References: warped images and where their pixels went, other poses of a character, cells."""

import importlib

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax import core, prepare, registry, synthetic
from onepunch_jax.data import batch as batches
from onepunch_jax.data import pipeline, sources
from onepunch_jax.guides import references
from onepunch_jax.losses.perceptual import gram
from onepunch_jax.methods import scft
from onepunch_jax.nets import reference_code
from onepunch_jax.nets.scft import attend
from onepunch_jax.ops import thin_plate
from onepunch_jax.prepare import reference
from onepunch_jax.training import loop
from onepunch_jax.weights import pretrained
from tests.core.test_methods import METHODS, batch


def smooth(count=4, size=32):
  """Colours that change slowly, so that a linear interpolation is nearly exact."""
  y, x = np.mgrid[:size, :size] / size
  waves = np.stack([np.sin(2 * y + 3 * x), np.cos(3 * y - x), 0.8 * np.sin(x + y)], -1)
  rgb = np.stack([np.roll(waves, i, -1) for i in range(count)])
  return jnp.asarray(np.clip(rgb, -1, 1), jnp.float32)


def run(batch, seed=0, **kwargs):
  step = reference.make(**kwargs)
  return jax.device_get(jax.jit(lambda b, k: step(b, k, 0))(batch, jax.random.key(seed)))


def test_the_flow_leads_to_where_a_pixel_went():
  out = run({'rgb': smooth(8)})
  seen = out['reference_seen'][..., 0] > 0
  assert 0.7 < seen.mean() < 0.95 and np.isfinite(out['reference_flow']).all()
  back = reference.sample_linear(jnp.asarray(out['reference']), jnp.asarray(out['reference_flow']))
  back = np.asarray(back)
  sure = seen & (back[..., 3] > 0.999)  # beside the edge of the reference nothing is mixed in
  assert sure.mean() > 0.7
  assert np.abs(back[..., :3] - out['rgb'])[sure].max() < 0.06
  assert np.abs(back[..., :3] - out['rgb'])[sure].mean() < 0.005
  assert out['reference_flow'].min() >= 0 and out['reference_flow'].max() <= 31
  assert not out['reference'][..., :3][out['reference'][..., 3] == 0].any()


def test_without_strength_a_reference_is_the_drawing():
  rgb = smooth()
  out = run({'rgb': rgb}, strength=0.0, jitter=0.0)
  np.testing.assert_allclose(out['reference'], references.from_rgb(rgb), atol=1e-4)
  np.testing.assert_allclose(
    out['reference_flow'][0], np.moveaxis(np.mgrid[:32, :32], 0, -1), atol=1e-3
  )
  np.testing.assert_array_equal(out['reference_seen'], 1)
  np.testing.assert_array_equal(out['rgb'], rgb)


def test_how_far_pixels_go():
  moved = {}
  for strength in (0.05, 0.2):
    out = run({'rgb': smooth(64)}, strength=strength, jitter=0.0)
    off = out['reference_flow'] - np.moveaxis(np.mgrid[:32, :32], 0, -1)
    off = off[out['reference_seen'][..., 0] > 0] / 16  # in half sides
    moved[strength] = np.abs(off).mean()
    assert abs(off.mean()) < 0.05 * strength + 0.01  # to no side more than to another
  assert 0.25 * 0.2 < moved[0.2] < 0.2  # corners that move by 0.1 in the mean, and beyond them more
  assert moved[0.05] == pytest.approx(moved[0.2] / 4, rel=0.2)


def test_a_spline_moves_its_points_exactly():
  points = jnp.array([[[-0.5, -0.5], [0.5, -0.4], [0.1, 0.6], [0.0, 0.0]]])
  moves = jnp.array([[[0.1, 0.0], [0.0, -0.1], [0.05, 0.05], [0.1, 0.1]]])
  exact = thin_plate.move(points[:, None], points, thin_plate.fit(points, moves, 0.0))[:, 0]
  np.testing.assert_allclose(exact, moves, atol=1e-4)
  same = jnp.broadcast_to(jnp.array([0.1, -0.2]), points.shape)  # a shift bends nothing
  stiff = thin_plate.move(points[:, None] * 1.7, points, thin_plate.fit(points, same, 0.5))[:, 0]
  np.testing.assert_allclose(stiff, same, atol=1e-4)


def test_jitter_is_one_offset_for_both():
  grey = {'rgb': jnp.zeros((500, 16, 16, 3))}
  out = run(grey, strength=0.0)
  np.testing.assert_allclose(out['rgb'], out['reference'][..., :3], atol=1e-5)
  offsets = out['rgb'][:, 3, 3] * 127.5
  assert np.abs(offsets).max() <= 50 and abs(offsets.mean()) < 2
  assert abs(offsets.std() - 50 / 3**0.5) < 2
  assert np.abs(np.corrcoef(offsets.T) - np.eye(3)).max() < 0.2
  some = run(grey, jitter_probability=0.3)['rgb'].any((1, 2, 3))
  assert abs(some.mean() - 0.3) < 0.07


def test_probabilities_of_references():
  count = 600
  known_reference = np.zeros((count, 8, 8, 4), np.float32)
  known_reference[::2] = 0.25, -0.5, 0.75, 1
  known = {'rgb': jnp.zeros((count, 8, 8, 3)), 'reference': jnp.asarray(known_reference)}
  out = run(known, same=0.6, none=0.2, jitter=0.0)
  gone = ~out['reference'].any((1, 2, 3))
  kept = (out['reference'] == known_reference).all((1, 2, 3)) & ~gone
  assert abs(gone.mean() - 0.2) < 0.05
  assert abs(kept[::2].mean() - 0.6 * 0.8) < 0.07 and not kept[1::2].any()
  assert not out['reference_seen'][gone | kept].any()
  assert out['reference_seen'][~(gone | kept)].any((1, 2, 3)).all()
  again = run(known, same=0.6, none=0.2, jitter=0.0)
  assert all(np.array_equal(out[k], again[k]) for k in out)
  with pytest.raises(ValueError, match='none is a probability'):
    reference.make(none=1.5)


def test_the_parts_of_a_reference_come_with_it():
  count, size = 60, 16
  regions = np.broadcast_to(np.arange(size)[:, None] // 4 + 1, (size, size))[None, ..., None]
  nouns = np.zeros((count, 256), np.uint8)
  nouns[:, 1:5] = 7, 0, 9, 11
  known = {
    'rgb': jnp.asarray(np.broadcast_to(nouns[0][regions] / 20.0, (count, size, size, 3))),
    'regions': jnp.asarray(np.repeat(regions, count, 0).astype(np.uint8)),
    'nouns': jnp.asarray(nouns),
    'reference': jnp.full((count, size, size, 4), 1.0).at[::2].set(0),
    'reference_part': jnp.full((count, size, size, 1), 5, jnp.uint8).at[::2].set(0),
  }
  out = run(known, same=0.6, none=0.3, jitter=0.0)
  parts, mask = out['reference_part'][..., 0], out['reference'][..., 3] > 0
  gone, kept = ~mask.any((1, 2)), (out['reference'] == 1).all((1, 2, 3))
  assert gone.any() and kept.any() and (parts[kept] == 5).all() and not parts[~mask].any()
  warped = ~gone & ~kept
  off = np.abs(out['reference'][warped][..., 0] - parts[warped] / 20.0)[mask[warped]]
  assert (off < 0.01).mean() > 0.6 and off.max() < 0.5  # but where two colours meet


def test_drawn_gives_the_same_character_in_another_drawing():
  made = sources.make(
    'synthetic',
    'val',
    size=32,
    count=36,
    seed=0,
    on_bad='error',
    keys=('line', 'rgb', 'reference', 'character'),
  )
  plain = sources.make(
    'synthetic', 'val', size=32, count=36, seed=0, on_bad='error', keys=('line', 'rgb')
  )
  found = 0
  for i in range(36):
    record = made[i]
    assert 'reference' not in plain[i]
    if 'reference' in record:
      found += 1
      (j,) = [
        j for j in range(36) if j != i and np.array_equal(plain[j]['rgb'], record['reference'])
      ]
      parts = plain[j]['nouns'][plain[j]['regions']]
      np.testing.assert_array_equal(record['reference_part'], parts)
      assert parts.any() and parts.shape == (32, 32, 1)
      assert plain[i]['character'] == plain[j]['character'] >= 0
  assert found == 12  # six of each block of 18
  short = synthetic.Synthetic(5, seed=0, size=32)  # a block that is cut off
  assert all(short.other(i) < 5 for i in range(5))


def test_what_a_batch_holds():
  raw = batches.fake(('rgb', 'reference', 'character'), 2, 8)
  assert raw['reference'].shape == (2, 8, 8, 3) and raw['character'].dtype == np.int32
  raw['reference'][0] = 200
  out = batches.cast(raw)
  assert out['reference'].shape == (2, 8, 8, 4)
  np.testing.assert_allclose(out['reference'][0, 0, 0], [200 / 127.5 - 1] * 3 + [1], rtol=1e-6)
  assert not np.asarray(out['reference'][1]).any()
  np.testing.assert_array_equal(references.present(out['reference']), [True, False])
  np.testing.assert_array_equal(batches.cast(out)['reference'], out['reference'])
  record = pipeline.Fit(('rgb', 'reference', 'character'), 8).map(
    {'key': 'a', 'rgb': np.ones((8, 8, 3), np.uint8)}
  )  # of a source that knows neither
  assert record['character'] == -1 and not record['reference'].any()
  assert record['reference'].shape == (8, 8, 3)
  assert not np.asarray(references.of({'line': jnp.zeros((1, 4, 4, 1))})).any()


def test_cells_of_a_reference():
  picture = jnp.zeros((1, 16, 16, 4)).at[0, 4:8, :8].set(jnp.array([0.5, -0.5, 0.25, 1]))
  code = reference_code.Model(width=2, levels=2, cell=4, channels=6)
  (keys, colors, valid, _), _ = code.init_with_output(jax.random.key(0), picture)
  assert keys.shape == (1, 16, 6) and colors.shape == (1, 16, 3)
  np.testing.assert_array_equal(valid[0], np.isin(np.arange(16), (4, 5)))
  np.testing.assert_allclose(colors[0, 4], [0.5, -0.5, 0.25], rtol=1e-6)
  inked = jnp.ones((1, 4, 4, 4)).at[0, :, :2, :3].set(-1)  # half ink, half white
  plain, paint = (float(references.cells(inked, 4, light)[0][0, 0, 0]) for light in (0.0, 4.0))
  assert plain == pytest.approx(0, abs=1e-6) and paint == pytest.approx(np.tanh(2), rel=1e-4)


def test_attention_is_to_valid_places_alone():
  keys = 9 * jnp.eye(4).reshape(1, 2, 2, 4)
  colors = jnp.arange(12.0).reshape(1, 4, 3)
  taken, found = attend(keys, keys, colors, jnp.array([[1.0, 1, 1, 0]]))
  np.testing.assert_allclose(taken.reshape(4, 3)[:3], colors[0, :3], atol=1e-6)
  np.testing.assert_allclose(taken[0, 1, 1], colors[0, :3].mean(0), rtol=1e-6)  # its own is hidden
  assert found == 1
  taken, found = attend(keys, keys, colors, jnp.zeros((1, 4)))
  assert found == 0 and not np.asarray(taken).any()


def test_the_triplet_term_knows_true_places():
  """Cells of 2 x 2 px; the reference is the drawing moved to the right by a cell."""
  flow = np.moveaxis(np.mgrid[:4, :4], 0, -1) + np.array([0.0, 2.0], np.float32)
  seen = (flow[..., 1:] <= 3).astype(np.float32)
  flows = {'reference_flow': np.minimum(flow, 3)[None], 'reference_seen': seen[None]}
  keys = 10 * np.eye(4, dtype=np.float32).reshape(1, 2, 2, 4)
  moved = np.concatenate([keys[:, :, 1:], np.zeros_like(keys[:, :, 1:])], 2)
  ask = lambda q, k: [float(x) for x in scft.triplet(q, k, flows, jax.random.key(0), 12.0)]
  assert ask(moved, keys) == [0, 1]  # 10 * 10 / sqrt 4 is more than the margin
  assert ask(moved, 0 * keys) == [12, 0]
  assert ask(-moved, keys)[0] == 62
  loss, matched = scft.triplet(
    moved, keys, {**flows, 'reference_seen': 0 * flows['reference_seen']}, jax.random.key(0), 12.0
  )
  assert loss == matched == 0


def test_gram_matrices():
  x = jnp.stack([jnp.ones((2, 3)), jnp.full((2, 3), 2.0)], -1)[None]
  np.testing.assert_allclose(gram(x)[0], np.array([[1, 2], [2, 4]]) / 2)


@pytest.mark.parametrize(
  'name, vgg',
  [
    ('scft', dict(name='vgg', depth=19, width=2)),
    ('style2paints', dict(name='vgg', depth=16, width=2, head='fc', classes=3, hidden=5)),
  ],
)
def test_terms_of_a_net_with_weights(name, vgg, monkeypatch):
  """Shapes alone, of a net that is made up in place of given weights."""
  monkeypatch.setattr(
    pretrained,
    'frozen',
    lambda name, section, weights: core.Net(name, registry.net(section)),
  )
  method = registry.method(dict(METHODS[name], vgg=vgg))
  assert 'vgg' not in {n for p in method.players for n in p.trains}
  metrics = _traced(method, loop.make_optimisers(_config(name), method), batch(2))
  if name == 'scft':
    assert {'g/perceptual', 'g/style', 'g/tr'} <= set(metrics)
  else:
    assert method.exports == ('gen', 'vgg')


@pytest.mark.parametrize('name, arg', [('scft', None), ('scft', 'zoo'), ('style2paints', 'zoo')])
def test_the_nets_of_a_config_fit_together(name, arg):
  """Shapes alone: a step of training at the sizes that the config says."""
  config = _config(name, arg)
  method = registry.method(config.method)
  raw = batches.fake(config.data.train_keys, 2, config.data.load_size)
  _traced(method, loop.make_optimisers(config, method), raw, prepare.make(config.prepare))


def _config(name, arg='smoke'):
  return importlib.import_module(f'onepunch_jax.configs.{name}').get_config(arg)


def _traced(method, txs, raw, prepares=lambda batch, key, step: batch):
  key = jax.random.key(0)
  state = jax.eval_shape(lambda b: core.init_state(method, txs, key, prepares(b, key, 0)), raw)
  after, metrics = jax.eval_shape(core.make_train_step(method, txs, prepares), state, raw, key)
  assert jax.tree.structure(after) == jax.tree.structure(state)
  return metrics
