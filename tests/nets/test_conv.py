"""The one convolution: equal to `jax.lax` in every derivative, and never XLA's slow form."""

import functools
import re

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import export, lax
from jax.sharding import AxisType, NamedSharding, PartitionSpec

from onepunch_jax.nets import patchgan, unet
from onepunch_jax.nets.blocks import conv as nets_conv
from onepunch_jax.nets.blocks import conv_cpu, conv_maps, conv_window
from onepunch_jax.training import compiling

KEY = jax.random.key(0)
SLOW = 'rhs_reversal'  # how XLA marks the convolutions that its CPU back end runs naively
# (height, kernel, stride, pads, dilation, groups, in, out); the width is one more
CASES = [
  (40, 4, 2, ((1, 1), (1, 1)), 1, 1, 3, 5),
  (40, 4, 2, ((1, 1), (1, 1)), 1, 1, 64, 5),
  (33, 4, 2, ((1, 1), (1, 1)), 1, 1, 35, 64),
  (16, 4, 2, ((1, 1), (1, 1)), 1, 1, 64, 3),
  (2, 4, 2, ((1, 1), (1, 1)), 1, 1, 64, 7),
  (1, 4, 2, ((2, 1), (1, 2)), 1, 1, 3, 4),
  (15, 4, 1, ((1, 1), (1, 1)), 1, 1, 5, 1),
  (7, 4, 1, ((2, 2), (2, 2)), 1, 1, 64, 1),
  (15, 4, 1, ((1, 2), (2, 1)), 1, 1, 64, 6),
  (20, 3, 1, ((1, 1), (1, 1)), 1, 1, 6, 7),
  (8, 3, 1, ((1, 1), (1, 1)), 1, 1, 64, 7),
  (1, 3, 1, ((1, 1), (1, 1)), 1, 1, 64, 7),
  (41, 3, 2, ((0, 1), (1, 0)), 1, 1, 7, 4),
  (16, 3, 2, ((1, 1), (1, 1)), 1, 1, 64, 4),
  (20, 1, 1, ((0, 0), (0, 0)), 1, 1, 5, 6),
  (21, 1, 2, ((0, 0), (0, 0)), 1, 1, 5, 6),
  (12, 5, 2, ((2, 2), (2, 2)), 1, 1, 4, 5),
  (24, 7, 1, ((3, 3), (3, 3)), 1, 1, 3, 4),
  (24, 7, 2, ((3, 3), (3, 3)), 1, 1, 3, 4),
  (20, 3, 1, ((2, 2), (2, 2)), 2, 1, 5, 6),
  (8, 3, 1, ((2, 2), (2, 2)), 2, 1, 64, 6),
  (40, 3, 2, ((4, 4), (4, 4)), 4, 1, 5, 6),
  (20, 3, 1, ((1, 1), (1, 1)), 1, 4, 8, 12),
  (21, 3, 2, ((1, 1), (1, 1)), 1, 8, 8, 8),
  (6, 4, 2, ((1, 1), (1, 1)), 1, 2, 128, 4),
  (22, 3, 1, ((2, 2), (1, 3)), 2, 1, 20, 3),
  (20, 7, 1, ((3, 3), (2, 3)), 1, 1, 40, 3),
  (20, 4, 2, ((1, 1), (1, 1)), 1, 1, 3, 70),
]


def normal(seed, *shape, dtype=jnp.float32):
  return jnp.asarray(np.random.default_rng(seed).standard_normal(shape), dtype)


def operands(case, dtype=jnp.float32):
  h, k, stride, pads, dilation, groups, i, o = case
  x, w = normal(0, 2, h, h + 1, i), normal(1, k, k, i // groups, o) / (k * k * i / groups) ** 0.5
  ours = lambda x, w: conv_maps.conv(x, w, stride, pads, dilation, groups)
  plain = lambda x, w: lax.conv_general_dilated(
    x,
    w,
    (stride,) * 2,
    pads,
    rhs_dilation=(dilation,) * 2,
    feature_group_count=groups,
    dimension_numbers=('NHWC', 'HWIO', 'NHWC'),
  )
  return x.astype(dtype), w.astype(dtype), ours, plain


def close(found, wanted, tolerance):
  assert jax.tree.structure(found) == jax.tree.structure(wanted)
  for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(wanted)):
    assert a.shape == b.shape and a.dtype == b.dtype
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    np.testing.assert_allclose(a, b, atol=tolerance * np.abs(b).max())


@functools.partial(jax.jit, static_argnums=0)
def three_orders(f, x, w):
  """The value, both gradients, and the gradients of the gradients' squares."""

  def gradients(x, w):
    return jax.grad(lambda x, w: jnp.sum(jnp.tanh(f(x, w)).astype(jnp.float32)), (0, 1))(x, w)

  squares = lambda x, w: sum(jnp.sum(jnp.square(g.astype(jnp.float32))) for g in gradients(x, w))
  return f(x, w), gradients(x, w), jax.grad(squares, (0, 1))(x, w)


@pytest.mark.parametrize('case', CASES, ids=lambda c: '-'.join(map(str, (*c[:3], *c[4:]))))
def test_equals_lax_to_the_second_derivative(case):
  x, w, ours, plain = operands(case)
  compiled = three_orders.lower(ours, x, w).compile()
  assert SLOW not in compiled.as_text()
  close(compiled(x, w), three_orders(plain, x, w), 2e-5)


@pytest.mark.parametrize('case', [CASES[n] for n in (1, 3, 9, 12, 19, 22)], ids=str)
def test_bfloat16_stays_near_float32(case):
  x, w, ours, plain = operands(case, jnp.bfloat16)
  found = three_orders(ours, x, w)
  assert all(leaf.dtype == jnp.bfloat16 for leaf in jax.tree.leaves(found))
  exact = three_orders(plain, x.astype(jnp.float32), w.astype(jnp.float32))
  close(jax.tree.map(lambda a: a.astype(jnp.float32), found), exact, 4e-2)


@pytest.mark.parametrize('case', [c for c in CASES[:22:2] if c[0] > 8], ids=str)
def test_kernels_larger_than_their_maps_equal_lax_too(case, monkeypatch):
  """The products tap by tap, with kernels that are small enough for a test."""
  monkeypatch.setattr(conv_cpu, '_outweighs', lambda w, places: True)
  x, w, ours, plain = operands(case)
  compiled = three_orders.lower(ours, x, w).compile()
  assert ' dot(' in compiled.as_text()
  close(compiled(x, w), three_orders(plain, x, w), 2e-5)


@pytest.mark.parametrize('case', [c for c in CASES if c[0] > 8 and c[5] == 1], ids=str)
def test_kernel_gradients_of_many_places_equal_lax_too(case, monkeypatch):
  monkeypatch.setattr(conv_cpu, '_MANY', 1)
  x, w, ours, plain = operands(case)
  close(three_orders(ours, x, w), three_orders(plain, x, w), 2e-5)


def test_a_kernel_gradient_of_many_places_is_compiled_apart(monkeypatch):
  """Loops around it, here the two tanh, neither enter it nor repeat a part of it."""
  monkeypatch.setattr(conv_cpu, '_MANY', 1)
  monkeypatch.setattr(conv_cpu, '_alone', lambda: True)
  x, w, ours, _ = operands(CASES[1])
  gradient = jax.grad(lambda w: jnp.sum(jnp.tanh(ours(jnp.tanh(x), w))))
  text = compiled_text(gradient, w)
  (called,) = re.findall(r' call\(.*to_apply=%([\w.]+)', text)
  body = re.search(rf'^%{re.escape(called)} .*?^}}', text, re.MULTILINE | re.DOTALL)[0]
  assert 'dot' in body and 'tanh' not in body


def test_the_products_of_all_taps_are_not_kept_for_the_backward_pass(monkeypatch):
  monkeypatch.setattr(conv_cpu, '_outweighs', lambda w, places: True)
  monkeypatch.setattr(conv_cpu, '_alone', lambda: True)
  x, ws = normal(0, 2, 16, 16, 32), [0.1 * normal(n, 3, 3, 32, 32) for n in range(5)]

  def memory():
    def loss(ws):
      y = x
      for w in ws:
        y = jnp.tanh(nn.relu(conv_maps.conv(y, w, 1, ((1, 1), (1, 1)))) - 0.5)
      return jnp.sum(y**2)

    lowered = jax.jit(jax.grad(loss)).lower(ws)
    return compiling.compile_step(lowered, 'cpu').memory_analysis().temp_size_in_bytes

  ours = memory()
  monkeypatch.setattr(conv_cpu, '_total', lambda parts, win: sum(parts[1:], parts[0]))
  assert ours < 0.7 * memory()


def test_only_a_large_kernel_on_small_maps_outweighs_them():
  shape = jax.ShapeDtypeStruct((3, 3, 1024, 1024), jnp.float32)
  assert conv_cpu._outweighs(shape, 4 * 16 * 16)
  assert not conv_cpu._outweighs(shape, 128 * 128)
  assert not conv_cpu._outweighs(jax.ShapeDtypeStruct((3, 3, 64, 64), jnp.float32), 1)


@pytest.mark.parametrize('case', [c for c in CASES if c[2] == 2 and c[4] == c[5] == 1], ids=str)
def test_no_convolution_multiplies_zeros_between_pixels(case):
  x, w, ours, _ = operands(case)
  gradient = jax.grad(lambda x, w: jnp.sum(ours(x, w) ** 2), (0, 1))
  assert 'lhs_dilate' not in compiled_text(gradient, x, w)


@pytest.mark.parametrize('case', CASES[::3], ids=str)
def test_plain_forms_equal_fast_ones(case):
  """What GPUs and TPUs run, run here."""
  h, k, stride, pads, dilation, groups, _, _ = case
  x, w, _, plain = operands(case)
  win = conv_window.Window((k, k), stride, pads, dilation, groups)
  win = win._replace(extra=win.out((h, h + 1))[1])
  g = normal(2, *jax.eval_shape(plain, x, w).shape)
  for fast, slow, a, b in (
    (conv_cpu.conv, conv_window.lax_conv, x, w),
    (conv_cpu.dx, conv_maps._plain_dx, g, w),
    (conv_cpu.dw, conv_maps._plain_dw, x, g),
  ):
    close(
      jax.jit(fast, static_argnums=2)(a, b, win), jax.jit(slow, static_argnums=2)(a, b, win), 2e-5
    )


@pytest.mark.parametrize('h, i, o', [(1, 70, 64), (5, 3, 64), (20, 8, 5), (20, 9, 64)])
def test_transpose_equals_lax(h, i, o):
  x, w = normal(0, 2, h, h + 1, i), normal(1, 4, 4, o, i)
  ours = lambda x, w: conv_maps.conv_transpose(x, w) / 16
  plain = lambda x, w: (
    lax.conv_general_dilated(
      x,
      jnp.flip(w, (0, 1)).swapaxes(2, 3),
      (1, 1),
      ((2, 2), (2, 2)),
      lhs_dilation=(2, 2),
      dimension_numbers=('NHWC', 'HWIO', 'NHWC'),
    )
    / 16
  )
  assert ours(x, w).shape == (2, 2 * h, 2 * h + 2, o)
  close(three_orders(ours, x, w), three_orders(plain, x, w), 2e-5)


def test_upsampling_and_convolving_is_one_transposed_convolution():
  x, w = normal(0, 2, 6, 5, 7), normal(1, 3, 3, 7, 4)
  large = jnp.repeat(jnp.repeat(x, 2, 1), 2, 2)
  close(conv_maps.upsample2_conv3x3(x, w), conv_maps.conv(large, w, 1, ((1, 1), (1, 1))), 1e-5)


def test_a_window_that_does_not_fit_is_refused():
  with pytest.raises(ValueError, match='does not fit'):
    conv_maps.conv(jnp.ones((1, 2, 2, 1)), jnp.ones((4, 4, 1, 1)))


@pytest.fixture(params=[(conv_cpu._MANY, False), (1, False), (1, True)], ids=str)
def many(request, monkeypatch):
  """Kernel gradients in either form, compiled with the rest or apart."""
  places, alone = request.param
  monkeypatch.setattr(conv_cpu, '_MANY', places)
  monkeypatch.setattr(conv_cpu, '_alone', lambda: alone)


def test_works_under_vmap_scan_and_cond(many):
  x, w, ours, plain = operands(CASES[4])
  xs, ws = jnp.stack([x, 2 * x]), jnp.stack([w, w - 1])
  for f in (jax.vmap(jax.grad(lambda x, w: jnp.sum(ours(x, w) ** 2), (0, 1))),):
    by_one = [
      jax.grad(lambda x, w: jnp.sum(plain(x, w) ** 2), (0, 1))(x, w) for x, w in zip(xs, ws)
    ]
    close(jax.jit(f)(xs, ws), jax.tree.map(lambda *a: jnp.stack(a), *by_one), 2e-5)

  def total(f, w):
    body = lambda sum_, x: (
      sum_ + lax.cond(sum_ < 0, lambda: 0.0, lambda: jnp.sum(f(x, w) ** 2)),
      None,
    )
    return lax.scan(body, 0.0, xs)[0]

  close(
    jax.jit(jax.grad(functools.partial(total, ours)))(w),
    jax.grad(functools.partial(total, plain))(w),
    2e-5,
  )


@pytest.mark.parametrize('case', [CASES[1], CASES[3], CASES[8]], ids=str)
def test_eight_devices_equal_one(case, many):
  x, w, ours, _ = operands(case)
  x = jnp.concatenate([x] * 4) * normal(2, 8, 1, 1, 1)
  alone = three_orders(ours, x, w)
  mesh = jax.make_mesh((8,), ('data',), axis_types=(AxisType.Auto,))
  put = lambda a, *spec: jax.device_put(a, NamedSharding(mesh, PartitionSpec(*spec)))
  close(three_orders(ours, put(x, 'data'), put(w)), alone, 2e-5)


def test_exports_with_symbolic_sizes_for_every_platform():
  module = unet.Model(width=4, depth=3)
  variables = jax.jit(module.init)(jax.random.key(0), jnp.ones((1, 8, 8, 1)))
  shape = export.symbolic_shape('b, 8*h, 8*w, 1')
  run = jax.jit(lambda x: module.apply(variables, x))
  exported = export.export(run, platforms=('cpu', 'cuda', 'tpu'))(
    jax.ShapeDtypeStruct(shape, jnp.float32)
  )
  x = normal(0, 2, 16, 24, 1)
  close(exported.call(x), run(x), 1e-5)


def test_exports_with_fixed_sizes_for_every_platform(many):
  x, w, ours, _ = operands(CASES[3])
  f = jax.jit(jax.grad(lambda w: jnp.sum(ours(x, w) ** 2)))
  close(export.export(f, platforms=('cpu', 'cuda'))(w).call(w), f(w), 1e-5)


@pytest.mark.parametrize('transpose', [False, True])
def test_spectral_norm_converges_to_the_largest_singular_value(transpose):
  make = nets_conv.ConvTranspose if transpose else nets_conv.Conv
  module = make(6, 4, 2, 1, spectral=True, kernel_init=nn.initializers.normal(1.0))
  x = normal(0, 1, 8, 8, 5)
  v = module.init(jax.random.key(0), x)
  step = jax.jit(lambda v: {**v, **module.apply(v, x, train=True, mutable=['spectral'])[1]})
  for _ in range(100):
    v = step(v)
  w = np.asarray(v['params']['kernel'])
  w = w.swapaxes(2, 3) if transpose else w
  sigma = np.linalg.svd(w.reshape(-1, 6), compute_uv=False)[0]
  params = {**v['params'], 'kernel': v['params']['kernel'] / sigma}
  plain = jax.jit(make(6, 4, 2, 1).apply)({'params': params}, x)
  close(module.apply(v, x), plain, 1e-4)
  _, unchanged = module.apply(v, x, mutable=['spectral'])
  assert np.array_equal(unchanged['spectral']['u'], v['spectral']['u'])


def compiled_text(f, *args):
  return jax.jit(f).lower(*args).compile().as_text()


def test_no_step_has_the_slow_form():
  """XLA's own transposed convolution shows that the mark is there to be seen."""
  line, rgb = jnp.ones((1, 64, 64, 1)), jnp.ones((1, 64, 64, 3))
  gen, disc = unet.Model(width=4, depth=6), patchgan.Model(width=4)
  g, d = jax.jit(lambda key: (gen.init(key, line), disc.init(key, line, rgb)))(jax.random.key(0))

  def judged(d, rgb):
    return sum(jnp.mean(logits) for logits in disc.apply(d, line, rgb, train=False)[0])

  def adversarial(g, d):
    return judged(d, gen.apply(g, line))

  def r1(d):
    return jnp.sum(jax.grad(judged, 1)(d, rgb) ** 2)

  for f, args in (((jax.value_and_grad(adversarial, (0, 1))), (g, d)), (jax.grad(r1), (d,))):
    assert SLOW not in compiled_text(f, *args)
  slow = lambda w, x: jnp.sum(lax.conv_transpose(x, w, (2, 2), 'SAME') ** 2)
  x = jnp.ones((1, 64, 64, 8))
  assert SLOW in compiled_text(jax.grad(slow), jnp.ones((4, 4, 8, 8)), x)


DEFINITION = re.compile(r'(%\w+) = (?:stablehlo\.)?([\w.]+)')
CONVOLUTION = re.compile(r'stablehlo\.convolution\(%\w+, (%\w+)\)(.*)')
DILATED = re.compile(r'lhs_dilate = \[(?!1, 1\])')


def kernels_of_dilated_convolutions(text):
  """The names of the operations that make the kernels of convolutions over dilated inputs."""
  made, found = {}, []
  for line in text.splitlines():
    if 'func.func' in line:
      made = {}
    if (match := CONVOLUTION.search(line)) and DILATED.search(match[2]):
      found.append(made.get(match[1], 'an argument'))
    if match := DEFINITION.search(line):
      made[match[1]] = match[2]
  return found


def test_accelerators_get_the_form_of_kernel_that_they_take_for_a_data_gradient():
  """XLA:GPU calls cuDNN's data gradient only for a kernel that is itself a `reverse`."""
  line, rgb = jnp.ones((1, 64, 64, 1)), jnp.ones((1, 64, 64, 3))
  gen, disc = unet.Model(width=4, depth=6), patchgan.Model(width=4)
  g, d = jax.eval_shape(lambda key: (gen.init(key, line), disc.init(key, line, rgb)), KEY)

  def loss(g, d):
    return sum(jnp.mean(logits) for logits in disc.apply(d, line, gen.apply(g, line))[0])

  def text(f, *args):
    return jax.jit(f).trace(*args).lower(lowering_platforms=('cuda',)).as_text()

  step = text(jax.grad(loss, (0, 1)), g, d)
  kernels = kernels_of_dilated_convolutions(step)
  assert len(kernels) >= 11 and set(kernels) == {'reverse'}
  interior = re.findall(r'stablehlo\.pad .*interior = \[([\d, ]+)\]', step)
  assert all(set(numbers) <= set('0, ') for numbers in interior)
  # the check sees the form that was slow
  old = text(
    lambda w, x: lax.conv_transpose(x, jnp.flip(w, 0).swapaxes(2, 3), (2, 2), 'SAME'),
    jnp.ones((4, 4, 8, 8)),
    jnp.ones((1, 8, 8, 8)),
  )
  assert kernels_of_dilated_convolutions(old) == ['transpose']
