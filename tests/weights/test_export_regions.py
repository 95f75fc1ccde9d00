"""The two exported functions of a method that colours by regions colour as the method does."""

import json
import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax import export as export_command
from onepunch_jax.core import fold_in
from onepunch_jax.methods.region_tokens import fill
from onepunch_jax.regions import decoding
from onepunch_jax.regions.mixture import Mixture
from onepunch_jax.regions.tokens import observe
from onepunch_jax.weights import export_regions

COUNT = 8


def pictures():
  """Two drawings of two and of four rooms, with a hint in the first."""
  line = np.ones((2, 32, 48, 1), np.float32)
  line[:, 16] = line[1, :, 24] = -1
  hint = np.zeros((2, 32, 48, 4), np.float32)
  hint[0, 4:6, 4:6] = (0.2, -0.6, 1.0, 1.0)
  return line, hint


def test_the_functions_colour_as_the_method_does(colorizer, tmp_path):
  from jax import export

  method, variables = colorizer.method, colorizer.variables
  paths = export_regions.write(method, variables, str(tmp_path / 'out'))
  assert sorted(p.split('/')[-1] for p in paths) == [
    'colors.stablehlo',
    'contract.json',
    'page.stablehlo',
  ]
  calls = {
    name: export.deserialize(bytearray((tmp_path / 'out' / f'{name}.stablehlo').read_bytes())).call
    for name in ('page', 'colors')
  }
  line, hint = pictures()
  labels, geometry, distance, colors, known = observe(line, hint, COUNT)
  tokens = calls['page'](0.5 + 0.5 * line, labels, geometry, distance)
  none = lambda *shape: (jnp.zeros((2, *shape)), jnp.zeros((2, shape[0]), bool))
  # with the method's number of tokens to point at (8 + 4) draws are the same
  reference, palette = none(1, tokens.shape[-1]), none(3, 3)
  tags = jnp.zeros((2, 1), jnp.int32), jnp.zeros((2, 1), bool)

  def predict(colors, known):
    found = calls['colors'](
      tokens,
      geometry,
      distance,
      colors,
      known,
      reference[0],
      jnp.zeros((2, 1, 3)),
      reference[1],
      *palette,
      *tags,
    )
    return Mixture(*(x[:, None] for x in found))

  key = jax.random.key(colorizer.seed)
  batch = {'line': line, 'hint': hint, 'tags': np.zeros((2, 3), np.uint8)}
  wanted = jax.jit(method.colorize)(variables, batch, key)
  keys = jax.vmap(lambda n: jax.random.fold_in(fold_in(key, 'decode'), n))(jnp.zeros(2, jnp.int32))
  filled = decoding.decode(predict, keys, colors, known, geometry, jnp.full(2, decoding.BEST))
  found = np.clip((0.5 + 0.5 * fill(labels, filled)) * (0.5 + 0.5 * line), 0, 1)
  np.testing.assert_allclose(found, wanted, atol=2e-3)


def test_the_command_says_what_it_wrote(colorizer, tmp_path, monkeypatch):
  loaded = colorizer.method, colorizer.variables, None
  monkeypatch.setattr(export_command, 'load_for_inference', lambda *a: loaded)
  monkeypatch.setattr(export_regions, 'stablehlo', lambda *a: {'page': b'1', 'colors': b'2'})
  options = types.SimpleNamespace(
    checkpoint='run', step='latest', format='stablehlo', output=str(tmp_path / 'out')
  )
  summary = export_command.run(options)
  assert summary.exit_status() == 0 and summary.exit_status(strict=True) == 1
  assert 'page.stablehlo, colors.stablehlo, contract.json' in '\n'.join(summary.lines())
  options.format = 'savedmodel'
  with pytest.raises(ValueError, match='StableHLO or ONNX'):
    export_command.run(options)


def test_the_contract_names_every_argument(colorizer, tmp_path):
  from jax import export

  files = export_regions.stablehlo(colorizer.method, colorizer.variables)
  contract = export_regions.contract(colorizer.method)
  json.dumps(contract)
  for name, data in files.items():
    made = export.deserialize(bytearray(data))
    for rows, avals in (
      (contract[name]['inputs'], made.in_avals),
      (contract[name]['outputs'], made.out_avals),
    ):
      assert len(rows) == len(avals)
      for row, aval in zip(rows, avals):
        assert row['dtype'] == str(aval.dtype) and row['meaning']
        assert len(aval.shape) == len(row['shape'].split(', '))
  assert len(contract['classes']) == 256 and contract['classes'][0] == [255, 255, 255]
