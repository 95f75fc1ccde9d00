"""U-Net, PatchGAN and the shared layers: shapes, receptive field, norms, pooling, attention."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from benchmarks.space import split_and_not
from onepunch_jax import registry
from onepunch_jax.nets import patchgan, unet
from onepunch_jax.nets.blocks import layers


def normal(seed, *shape):
  return jnp.asarray(np.random.default_rng(seed).standard_normal(shape), jnp.float32)


def make(module, *inputs):
  return jax.jit(lambda key: module.init(key, *inputs, train=False))(jax.random.key(0))


@pytest.mark.parametrize('depth, norm, out', [(3, 'instance', 3), (5, 'batch', 2)])
def test_unet_keeps_the_size(depth, norm, out):
  net, x = unet.Model(out_channels=out, width=4, depth=depth, norm=norm), normal(0, 2, 32, 64, 1)
  v = make(net, x)
  y = jax.jit(net.apply)(v, x)
  assert y.shape == (2, 32, 64, out) and y.dtype == jnp.float32 and float(jnp.std(y)) > 0
  train = jax.jit(
    lambda key: net.apply(v, x, train=True, rngs={'dropout': key}, mutable=['batch_stats'])
  )
  trained, changed = train(jax.random.key(0))
  assert not np.array_equal(trained, train(jax.random.key(1))[0])
  assert ('batch_stats' in changed) == (norm == 'batch')


def test_unet_of_the_paper_has_its_54_million_weights():
  net = unet.Model()
  shapes = jax.eval_shape(net.init, jax.random.key(0), jnp.ones((1, 256, 256, 3)))['params']
  assert sum(x.size for x in jax.tree.leaves(shapes)) == 54_414_531
  assert net.multiple == 256


def test_unet_refuses_sizes_that_do_not_divide():
  with pytest.raises(ValueError, match='multiples of 8'):
    make(unet.Model(width=4, depth=3), jnp.ones((1, 20, 16, 1)))


def test_remat_changes_nothing():
  x, rngs = normal(0, 1, 16, 16, 1), {'dropout': jax.random.key(1)}
  nets = [unet.Model(width=4, depth=3, remat=remat) for remat in (False, True)]
  v = make(nets[0], x)
  loss = lambda net: jax.jit(
    jax.grad(lambda v: jnp.sum(net.apply(v, x, train=True, rngs=rngs) ** 2))
  )
  for a, b in zip(*(jax.tree.leaves(loss(net)(v)) for net in nets)):
    np.testing.assert_allclose(a, b, atol=1e-5 * float(jnp.abs(a).max()))


@pytest.mark.parametrize('name', ['pix2pixhd', 'resnet', 'colornet'])
def test_remat_of_the_big_nets_computes_again(name):
  small = {
    'pix2pixhd': dict(width=4, down=1, blocks=1),
    'resnet': dict(width=4, stages=(1, 1)),
    'colornet': dict(),
  }[name]
  taps = tuple(jnp.ones((1, 8 // 2**i, 8 // 2**i, 8)) for i in range(3))
  x = taps if name == 'colornet' else jnp.ones((1, 16, 16, 3))

  def gradient(remat):
    net = registry.net({'name': name, 'remat': remat, **small})
    v = jax.eval_shape(lambda key: net.init(key, x, train=False), jax.random.key(0))
    stats = [k for k in v if k != 'params']
    out = lambda v: net.apply(v, x, train=True, mutable=stats)[0]
    total = lambda v: sum(jnp.sum(y) for y in jax.tree.leaves(out(v)))
    return str(jax.make_jaxpr(jax.grad(total))(v))

  assert ['remat' in gradient(remat) for remat in (False, True)] == [False, True]


def test_a_height_split_over_devices_changes_nothing():
  apart, whole, part = split_and_not(unet.Model(width=4, depth=2), 512, 16)
  assert apart < 1e-4 and part < 0.6 * whole  # benchmarks/space.py: 4096 px


def test_patchgan_sees_70_pixels_exactly():
  net, x = patchgan.Model(width=4, norm='none'), normal(0, 1, 128, 128, 4)
  v = make(net, x)
  logits = jax.jit(lambda x: net.apply(v, x, train=False)[0][0])
  assert logits(x).shape == (1, 14, 14, 1)
  seen = np.any(jax.jit(jax.grad(lambda x: logits(x)[0, 7, 7, 0]))(x)[0] != 0, axis=-1)
  rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
  assert seen.sum() == 70 * 70
  assert len(rows) == len(columns) == 70 and rows[-1] - rows[0] == columns[-1] - columns[0] == 69


def test_patchgan_scales_features_and_spectral_norm():
  net = patchgan.Model(width=4, layers=2, scales=2, spectral=True, norm='none')
  line, rgb = normal(0, 2, 32, 32, 1), normal(1, 2, 32, 32, 3)
  v = make(net, line, rgb)
  train = jax.jit(lambda *inputs: net.apply(v, *inputs, train=True, mutable=['spectral']))
  (logits, features, _), after = train(line, rgb)
  assert [a.shape for a in logits] == [(2, 6, 6, 1), (2, 2, 2, 1)]
  assert [[a.shape[1:] for a in scale] for scale in features] == [
    [(16, 16, 4), (8, 8, 8), (7, 7, 16)],
    [(8, 8, 4), (4, 4, 8), (3, 3, 16)],
  ]
  for name in ('conv_0', 'conv_1', 'conv_2'):
    u, moved = (s['spectral']['scale_1'][name]['u'] for s in (v, after))
    assert not np.array_equal(u, moved)


@pytest.mark.parametrize(
  'net',
  [
    unet.Model(width=8, depth=3, dropout=0.0, dtype='bfloat16'),
    patchgan.Model(width=8, layers=2, dtype='bfloat16'),
  ],
)
def test_bfloat16_is_near_float32_and_answers_in_float32(net):
  x = normal(0, 2, 32, 32, 3)
  v = make(net, x)
  assert all(a.dtype == jnp.float32 for a in jax.tree.leaves(v))
  answer = lambda net: jax.tree.leaves(jax.jit(lambda v: net.apply(v, x, train=False))(v))[0]
  half, full = answer(net), answer(net.clone(dtype=None))
  assert half.dtype == full.dtype == jnp.float32
  np.testing.assert_allclose(half, full, atol=0.05 * float(jnp.abs(full).max()))


@pytest.mark.parametrize(
  'kind, axes', [('batch', (0, 1, 2)), ('instance', (1, 2)), ('group', None), ('layer', (1, 2, 3))]
)
def test_norms_by_their_formula(kind, axes):
  x = 3 + 2 * normal(0, 3, 5, 6, 8)
  norm = layers.Norm(kind, groups=4)
  v = make(norm, x)
  y, after = norm.apply(v, x, train=True, mutable=['batch_stats'])
  folded, axes = (x.reshape(3, 5, 6, 4, 2), (1, 2, 4)) if kind == 'group' else (x, axes)
  mean, var = (f(np.asarray(folded), axes, keepdims=True) for f in (np.mean, np.var))
  np.testing.assert_allclose(y, ((folded - mean) / np.sqrt(var + 1e-5)).reshape(x.shape), atol=1e-5)
  if kind == 'batch':
    np.testing.assert_allclose(after['batch_stats']['mean'], 0.1 * mean.ravel(), rtol=1e-5)
    np.testing.assert_allclose(after['batch_stats']['var'], 0.9 + 0.1 * var.ravel(), rtol=1e-5)
    np.testing.assert_allclose(norm.apply(v, x), x / np.sqrt(1 + 1e-5), rtol=1e-5)
  assert norm.apply(v, x.astype(jnp.bfloat16)).dtype == jnp.bfloat16


def test_unknown_norms_are_refused():
  with pytest.raises(ValueError, match="no norm 'bacth'"):
    make(layers.Norm('bacth'), jnp.ones((1, 2, 2, 2)))
  with pytest.raises(ValueError, match='6 channels do not divide into 4'):
    make(layers.Norm('group', groups=4), jnp.ones((1, 2, 2, 6)))


def test_resizing_and_pooling():
  x = normal(0, 2, 6, 8, 3)
  by_jax = lambda method: jax.image.resize(x, (2, 12, 16, 3), method)
  np.testing.assert_array_equal(layers.upsample_nearest(x), by_jax('nearest'))
  np.testing.assert_allclose(layers.upsample_bilinear2(x), by_jax('bilinear'), atol=1e-6)
  np.testing.assert_array_equal(layers.max_pool2(x[:, :5]), layers.max_pool2(x[:, :4]))
  assert float(layers.max_pool2(x)[1, 2, 3, 0]) == float(x[1, 4:6, 6:8, 0].max())
  ones = jnp.ones((1, 4, 4, 1))
  assert float(layers.avg_pool(ones, 3, 2, 1)[0, 0, 0, 0]) == pytest.approx(4 / 9)
  assert float(layers.avg_pool(ones, 3, 2, 1, count_include_pad=False)[0, 0, 0, 0]) == 1
  assert layers.reflect_pad(jnp.arange(3.0).reshape(1, 1, 3, 1).repeat(3, 1), 2)[
    0, 0, :, 0
  ].tolist() == [2, 1, 0, 1, 2, 1, 0]
  shuffled = layers.pixel_shuffle(jnp.arange(8.0).reshape(1, 1, 1, 8))
  np.testing.assert_array_equal(shuffled[0, :, :, 0], [[0, 1], [2, 3]])


def test_attention_starts_as_identity_and_follows_its_formula():
  x = normal(0, 2, 4, 6, 8)
  for net in (layers.SelfAttention(), layers.SimpleSelfAttention()):
    v = make(net, x)
    np.testing.assert_array_equal(net.apply(v, x), x)
  v['params']['gamma'] = jnp.asarray(0.5)
  flat = np.asarray(x).reshape(2, 24, 8).swapaxes(1, 2)  # [B, C, N]
  mix = np.asarray(v['params']['mix']['kernel'])[0, 0].T
  wanted = 0.5 * (flat @ flat.swapaxes(1, 2)) @ (mix @ flat) + flat
  found = np.asarray(net.apply(v, x)).reshape(2, 24, 8).swapaxes(1, 2)
  np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)
