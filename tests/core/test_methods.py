"""The invariants of every method: it trains, players keep to their nets, meshes change nothing."""

import functools

import jax
import numpy as np
import optax
import pytest

from onepunch_jax import core, registry
from onepunch_jax.training import sharding

UNET = dict(name='unet', width=8, depth=2, dropout=0.0)
PATCHGAN = dict(name='patchgan', width=8, layers=1)
PIX2PIXHD = dict(name='pix2pixhd', width=8, down=1, blocks=1)
SHADING = dict(name='shading', width=4)
WEAK = dict(name='weak', width=8, blocks=1)
PATCHGAN_SA = dict(name='patchgan_sa', width=8, layers=1)
RESNET = dict(name='resnet', stages=(1,), width=8)
COLORNET = dict(name='colornet')
RES_CRITIC = dict(name='res_critic', width=4, blocks=1)
METHODS = {
  'pix2pix': dict(name='pix2pix', gen=dict(UNET, dropout=0.5), disc=PATCHGAN),
  'pix2pix_lab': dict(name='pix2pix', gen=UNET, disc=PATCHGAN, space='lab', gan='lsgan'),
  'pix2pix_ab': dict(
    name='pix2pix', gen=UNET, disc=dict(PATCHGAN, spectral=True), space='ab', gan='hinge'
  ),
  'wgan_gp': dict(name='pix2pix', gen=UNET, disc=PATCHGAN, gan='wgan', lambda_gp=10.0, n_critic=2),
  'pix2pix_gp': dict(name='pix2pix_gp', gen=UNET, disc=PATCHGAN, lambda_drift=1e-3),
  'onepiece': dict(name='onepiece', net=dict(name='double_conv', widths=(8, 8))),
  'onepiece_gan': dict(name='onepiece', net=dict(name='double_conv', widths=(8, 8)), disc=PATCHGAN),
  'zhang16': dict(name='zhang16', net=dict(name='zhang16', width=4, tail=(2, 1))),
  'zhang16_line': dict(
    name='zhang16',
    net=dict(name='zhang16', width=4, tail=(2, 1)),
    lightness='predicted',
    neighbours=10,
  ),
  'points': dict(
    name='points', net=dict(name='points', width=4), histogram=True, lightness='predicted'
  ),
  'anyhint': dict(
    name='anyhint',
    gen=dict(UNET, out_channels=4),
    head=dict(name='copying', width=4, keys=4, max_cells=3),
  ),
  'anyhint_all': dict(
    name='anyhint',
    gen=dict(UNET, out_channels=4),
    disc=PATCHGAN,
    num_tags=6,
    head=dict(name='copying', width=4, keys=4, max_cells=3),
    tags=dict(
      name='tag_tokens',
      keys=4,
      max_tags=3,
      colors=('blue', 'red'),
      color_of=(-1, -1, 0, 1, 0, 1),
      noun_of=(-1, -1, 0, 0, 1, 1),
    ),
    reference=dict(name='reference_code', width=2, levels=1, channels=4),
  ),
  'userhint': dict(
    name='userhint',
    gen=dict(name='sacat', width=4, blocks=1, gate='se'),
    vgg={},
    disc=dict(name='hint_disc', width=4),
    encoding='white',
  ),
  'userhint_2': dict(
    name='userhint',
    gen=dict(name='sacat', width=4, blocks=1),
    vgg={},
    first=dict(name='sacat', width=4, blocks=1),
    disc=dict(name='hint_disc', width=4),
  ),
  'alacgan': dict(
    name='alacgan',
    gen=dict(name='alacgan', width=4, tunnels=(1, 1, 1, 1)),
    vgg={},
    disc=dict(name='alac_disc', width=4, pairs=0),
    enc={},
  ),
  'tag2pix': dict(
    name='tag2pix',
    gen=dict(
      name='tag2pix', width=8, blocks=(1, 0, 0, 0), code=4, cardinality=1, places=2, norm='none'
    ),
    cit=dict(RESNET, stages=(1, 1), norm='none'),
    disc=dict(name='tag_disc', classes=6, width=4, blocks=(0, 1), norm='none', cardinality=2),
    variant=(2, 6),
    lambda_l1=1.0,
  ),
  'scft': dict(
    name='scft',
    gen=dict(name='scft', width=2, levels=2, stride=2, blocks=1, channels=4, copies=True),
    disc=PATCHGAN,
    vgg={},
  ),
  'style2paints': dict(
    name='style2paints',
    gen=dict(name='style2paints', width=4, middle=8, blocks=1, norm='group'),
    enc=dict(name='style_enc', size=4, width=4, layers=2),
    disc=dict(name='style_disc', width=4, layers=2),
    vgg={},
  ),
  'adain': dict(
    name='adain',
    gen=dict(name='adain', width=4, blocks=1, style=4, norm='group'),
    disc=dict(name='hint_disc', width=4),
  ),
  'region_tokens': dict(
    name='region_tokens',
    trunk=dict(name='region_trunk', widths=(8, 8, 8)),
    tokens=dict(name='region_tokens', dim=16, layers=1, heads=2, nouns=5),
    colors=dict(
      name='region_colors',
      layers=1,
      heads=2,
      keys=4,
      colors=2,
      nouns=2,
      color_of=(-1, -1, 0, 1, 0, 1),
      noun_of=(-1, -1, 0, 0, 1, 1),
    ),
    count=12,
    alternatives=2,
    palette=4,
    num_tags=6,
    max_tags=3,
  ),
  'tagger': dict(name='tagger', net=dict(RESNET, stages=(1, 1), classes=6), source='either'),
  '_template': dict(name='_template', net=UNET),
  'pix2pixhd': dict(
    name='pix2pixhd', gen=PIX2PIXHD, enhancer=None, disc=dict(PATCHGAN, scales=2), vgg={}
  ),
  'pix2pixhd_2': dict(
    name='pix2pixhd', gen=PIX2PIXHD, enhancer=dict(PIX2PIXHD, width=4), disc=PATCHGAN, vgg={}
  ),
  'sagan': dict(
    name='sagan',
    gen=dict(name='sagan_unet', width=8, convs=(1, 1)),
    shade=SHADING,
    disc=dict(name='sa_disc', width=8, layers=1),
  ),
  'aae': dict(
    name='aae',
    enc=dict(name='aae_enc', latent=4, width=8, convs=(1, 1)),
    augment=0.5,
    dec=dict(name='dcgan_dec', width=8, doublings=2),
    disc=dict(name='dcgan_disc', width=8, layers=2),
  ),
  'vaegan': dict(
    name='vaegan',
    enc=dict(name='vae_enc', latent=4, width=8, layers=1, hidden=8),
    dec=UNET,
    disc=PATCHGAN,
    gan='wgan',
    space='lab',
    lambda_gp=10.0,
  ),
  'cyclegan': dict(
    name='cyclegan',
    scan=WEAK,
    gen=UNET,
    disc_scan=PATCHGAN_SA,
    disc_color=PATCHGAN,
    noise=0.1,
    pool=12,
  ),
  'onepunch': dict(
    name='onepunch', enc=RESNET, gen=COLORNET, disc=PATCHGAN, scan=UNET, lambda_edges=1.0, pool=12
  ),
  'onepunch_gp': dict(
    name='onepunch',
    enc=RESNET,
    gen=COLORNET,
    disc=RES_CRITIC,
    scan=UNET,
    gan='wgan',
    source='line',
    conditional=True,
    lambda_gp=10.0,
    l1_decay=100,
  ),
}
METHODS |= {
  f'{name}_propagated': dict(METHODS[name], propagate_hints=True)
  for name in ('points', 'userhint', 'alacgan')
}
SIZE = 16


def batch(n=8):
  r = np.random.default_rng(0)
  draw = lambda c: r.uniform(-1, 1, (n, SIZE, SIZE, c)).astype(np.float32)
  pictures = {'line': draw(1), 'rgb': draw(3), 'scan': draw(1)}
  mask = np.broadcast_to(np.arange(SIZE)[None, :, None, None] > 2, (n, SIZE, SIZE, 1))
  mask_of_hints = np.arange(n * SIZE * SIZE).reshape(n, SIZE, SIZE, 1) % 29 == 0
  hint = np.where(mask_of_hints, np.concatenate([draw(3), np.ones_like(pictures['line'])], -1), 0)
  pictures['hint'] = hint.astype(np.float32)
  reference = np.concatenate([draw(3), np.ones_like(pictures['line'])], -1)
  reference *= np.arange(SIZE)[:, None] > 3  # a letter-box
  flow = r.uniform(0, SIZE - 1, (n, SIZE, SIZE, 2)).astype(np.float32)
  pictures |= {
    'reference': reference.astype(np.float32),
    'reference_flow': flow,
    'reference_seen': (draw(1) > 0).astype(np.float32),
  }
  tags = r.integers(0, 2, (n, 6), np.uint8)
  pictures |= region_tables(n, r)
  return {**pictures, 'mask': mask.astype(np.float32), 'tags': tags, 'draft': draw(3)}


def region_tables(n, r):
  """Of n drawings: six vertical regions, the last six of twelve tokens are unused."""
  labels = np.broadcast_to(np.arange(SIZE)[:, None] * 6 // SIZE, (n, SIZE, SIZE, 1))
  geometry = r.uniform(-1, 1, (n, 12, 12)).astype(np.float32)
  geometry[..., 7], geometry[..., 11] = 0.4, 1
  geometry[:, 6:] = 0
  return {
    'labels': labels.astype(np.int32),
    'geometry': geometry,
    'distance': np.abs(np.subtract.outer(np.arange(12.0), np.arange(12.0))).astype(np.float32)
    * np.ones((n, 1, 1), np.float32),
    'colors': r.uniform(-1, 1, (n, 12, 3)).astype(np.float32),
    'token_nouns': r.integers(0, 5, (n, 12), np.uint8),
    'line_distance': np.ones((n, SIZE // 2, SIZE // 2, 2), np.float32),
    'linked': np.ones(n, np.uint8),
  }


# Other settings of a method whose nets and players are tested already.
VARIANTS = {
  'pix2pix_lab',
  'pix2pix_ab',
  'pix2pix_gp',
  'onepiece_gan',
  'zhang16_line',
  'onepunch_gp',
  'anyhint',
  'userhint_2',
  'points_propagated',
  'userhint_propagated',
  'alacgan_propagated',
}
SYSTEMS = [name for name in METHODS if name not in VARIANTS]


@functools.lru_cache(2)  # tests of one method follow each other (conftest)
def setup(name):
  method = registry.method(METHODS[name])
  # the rate is in the optimiser's state, so that one compiled step serves players one by one
  txs = {p.name: optax.inject_hyperparams(optax.sgd)(1e-2) for p in method.players}
  key = jax.random.key(0)
  init = lambda k, b: core.init_state(method, txs, k, b)
  if name in VARIANTS:
    state = jax.eval_shape(init, key, batch())
  else:
    state = jax.jit(init)(key, batch())
  return method, jax.jit(core.make_train_step(method, txs)), state, key


def same(a, b):
  leaves = zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)
  return all(np.array_equal(x, y) for x, y in leaves)


@pytest.mark.parametrize('name', sorted(VARIANTS))
def test_a_variant_s_step_and_colours_have_their_shapes(name):
  """Traced, not compiled."""
  method, step, start, key = setup(name)
  state, _ = jax.eval_shape(step, start, batch(), key)
  same_kind = jax.tree.map(lambda a, b: (a.shape, a.dtype) == (b.shape, b.dtype), start, state)
  assert jax.tree.all(same_kind)
  rgb = jax.eval_shape(method.colorize, state.averaged, batch(), key)
  assert rgb.shape == (8, SIZE, SIZE, 3)


@pytest.mark.parametrize('name', SYSTEMS)
def test_trains_and_colorizes(name):
  method, step, start, key = setup(name)
  state = start
  for _ in range(2):
    state, metrics = step(state, batch(), key)
  assert int(state.step) == 2
  assert all(np.isfinite(m.total) for m in metrics.values())
  trained = {net for player in method.players for net in player.trains}
  for net in trained:
    assert not same(start.variables.params[net], state.variables.params[net]), net
  inputs = {k: x for k, x in batch().items() if k in method.inputs}
  rgb = jax.jit(method.colorize)(state.averaged, inputs, key)
  assert rgb.shape == (8, SIZE, SIZE, 3) and rgb.min() >= 0 and rgb.max() <= 1


@pytest.mark.parametrize('name', SYSTEMS)
def test_a_player_moves_only_its_nets(name):
  method, step, start, key = setup(name)
  for player in method.players:
    rates = {p.name: 1e-2 * (p.name == player.name) for p in method.players}
    state = start.replace(
      opt_state={
        p: s._replace(hyperparams={'learning_rate': jax.numpy.float32(rates[p])})
        for p, s in start.opt_state.items()
      }
    )
    for _ in range(player.every):
      state, _ = step(state, batch(), key)
    for net in method.nets:
      moved = not same(start.variables.params[net.name], state.variables.params[net.name])
      assert moved == (net.name in player.trains), (player.name, net.name)


@pytest.mark.parametrize('name', SYSTEMS)
def test_sharded_equals_single_device(name):
  _, step, state, key = setup(name)
  expected, _ = step(state, batch(), key)
  mesh = sharding.make_mesh((('data', 2), ('fsdp', 4)))
  places = sharding.state_shardings(state, mesh, (('memory', 'replicated'), ('.*', 'fsdp')))
  assert any(not s.is_fully_replicated for s in jax.tree.leaves(places))
  split, everywhere = sharding.batch_sharding(mesh), sharding.replicated(mesh)
  sharded = jax.jit(  # traces the same function no second time
    step.__wrapped__,
    in_shardings=(places, split, everywhere),
    out_shardings=(places, everywhere),
  )
  got, _ = sharded(jax.device_put(state, places), sharding.to_global(batch(), mesh), key)
  bare = lambda v: jax.tree.leaves(v.replace(memory={}))
  for a, b in zip(bare(got.variables), bare(expected.variables)):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
  for a, b in zip(*map(jax.tree.leaves, (got.variables.memory, expected.variables.memory))):
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-5)  # pictures in [-1, 1]


def test_generator_waits_for_the_critic():
  _, step, state, key = setup('wgan_gp')
  one, m1 = step(state, batch(), key)
  two, m2 = step(one, batch(), key)
  assert same(state.variables.params['gen'], one.variables.params['gen'])
  assert not same(one.variables.params['gen'], two.variables.params['gen'])
  assert (m1['g/loss'].count, m2['g/loss'].count) == (0, 1)


def test_adding_a_net_reseeds_no_other():
  key = jax.random.key(3)
  method = registry.method(METHODS['pix2pix'])
  txs = {p.name: optax.sgd(1e-2) for p in method.players}
  alone = jax.jit(lambda k, b: method.net('gen').init(k, b['line']))(key, batch())
  v = jax.jit(lambda k, b: core.init_state(method, txs, k, b))(key, batch()).variables
  assert same(alone, (v.params['gen'], v.stats['gen']))


def test_ema_follows_the_exported_nets_only():
  method, step, state, key = setup('pix2pix')
  after, _ = step(state, batch(), key)
  assert set(after.ema) == set(method.exports) == {'gen'}
  trees = state.ema, after.variables.params['gen'], after.ema
  for old, new, ema in zip(*map(jax.tree.leaves, trees)):
    np.testing.assert_allclose(ema, old + (1 - 0.999) * (new - old), rtol=1e-5, atol=1e-7)


def test_kept_lightness_is_the_input_s():
  from onepunch_jax.ops import color

  method, _, state, key = setup('pix2pix_ab')
  line = np.broadcast_to(np.linspace(-0.2, 0.2, SIZE)[None, :, None, None], (1, SIZE, SIZE, 1))
  # without any colour the prediction is the grey page
  v = jax.tree.map(lambda x: np.zeros(x.shape, x.dtype), state.averaged)
  rgb = method.colorize(v, {'line': line.astype(np.float32)}, key)
  np.testing.assert_allclose(color.luma(rgb), 0.5 + 0.5 * line, atol=2e-3)


def test_one_turn_cannot_train_a_net_twice():
  players = core.Player('a', ('x',), None), core.Player('b', ('x',), None)
  with pytest.raises(ValueError, match='same net'):
    core.Method(nets=(), forward=None, turns=(players,), colorize=None, exports=(), train_inputs=())
