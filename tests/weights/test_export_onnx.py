"""ONNX models give what the nets give (skipped without the extra `onnx`)."""

import types

import jax
import numpy as np
import pytest

from onepunch_jax import export
from onepunch_jax.nets.blocks import conv_maps
from onepunch_jax.weights import export_onnx, export_regions
from tests.tiny import trained

RNG = np.random.default_rng(0)


def drawn(row):
  """A random array for a row of the contract."""
  shape = tuple(map(int, row['shape'].split(', ')))
  if row['dtype'] == 'bool':
    return RNG.random(shape) < 0.5
  if row['dtype'] == 'int32':
    return RNG.integers(0, 3, shape).astype(np.int32)
  return RNG.random(shape, np.float32)


def test_the_pixels_are_the_same(tmp_path):
  pytest.importorskip('jax2onnx', reason='ONNX needs the extra `onnx`')
  onnxruntime = pytest.importorskip('onnxruntime')
  paint, variables, multiple = export.painter(trained())
  target = tmp_path / 'm.onnx'
  options = dict(checkpoint=trained(), step='latest', format='onnx', output=str(target))
  assert f'multiples of {multiple}' in export.run(types.SimpleNamespace(**options)).sizes
  session = onnxruntime.InferenceSession(str(target))
  for batch, height, width in ((1, 64, 96), (3, 32, 32)):
    line = RNG.random((batch, height, width, 1), np.float32)
    (found,) = session.run(['rgb'], {'line': line})
    np.testing.assert_allclose(found, paint(variables, line), atol=1e-4)


def test_the_regions_are_the_same(colorizer):
  pytest.importorskip('jax2onnx', reason='ONNX needs the extra `onnx`')
  onnxruntime = pytest.importorskip('onnxruntime')
  method, variables = colorizer.method, colorizer.variables
  sizes = dict(b=2, h=1, w=2, n=9, r=3, p=4, t=2)
  models = export_regions.onnx(method, variables, sizes)
  contract = export_regions.contract(method, sizes)
  for name, function in export_regions.functions(method, variables).items():
    session = onnxruntime.InferenceSession(models[name])
    inputs = {row['name']: drawn(row) for row in contract[name]['inputs']}
    found = session.run(None, inputs)
    wanted = jax.tree.leaves(jax.jit(function)(*inputs.values()))
    rows = contract[name]['outputs']
    assert [o.name for o in session.get_outputs()] == [row['name'] for row in rows]
    for a, b, row in zip(found, wanted, rows, strict=True):
      assert ', '.join(map(str, a.shape)) == row['shape']
      np.testing.assert_allclose(a, b, atol=1e-4 * max(1, np.abs(b).max()))


def test_the_contract_of_fixed_sizes_has_numbers(colorizer):
  found = export_regions.contract(colorizer.method, export_regions.ONNX_SIZES)
  shapes = [row['shape'] for name in ('page', 'colors') for row in found[name]['outputs']]
  assert shapes[0] == '1, 384, 16' and shapes[-1] == '1, 704, 3'


def test_what_is_portable_is_the_same_and_knows_no_platform():
  x, w = (RNG.normal(0, 1, s).astype(np.float32) for s in ((1, 8, 8, 3), (4, 4, 3, 5)))

  def traced():
    def run(x):
      y = conv_maps.conv(x, w, 2, ((1, 1), (1, 1)))
      return conv_maps.conv_transpose(y, w, 2)

    return jax.make_jaxpr(run)(x)

  plain = traced()
  with conv_maps.portable():
    portable = traced()
  assert 'platform_index' in str(plain) and 'platform_index' not in str(portable)
  found, wanted = (jax.core.eval_jaxpr(j.jaxpr, j.consts, x) for j in (portable, plain))
  np.testing.assert_allclose(found[0], wanted[0], atol=1e-4)


def test_without_the_converter_it_is_one_sentence(monkeypatch):
  monkeypatch.setitem(__import__('sys').modules, 'jax2onnx', None)
  with pytest.raises(ValueError, match=r"pip install 'onepunch_jax\[onnx\]'"):
    export_onnx.convert(lambda x: x, [('x', (1,), 'float32')], ['y'])
