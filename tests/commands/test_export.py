"""An exported function paints the same in a process that never sees this project."""

import subprocess
import sys
import types

import jax
import numpy as np
import pytest

from onepunch_jax import export
from onepunch_jax.configs import points
from tests.tiny import trained

SHAPES = ((2, 32, 96), (1, 64, 32), (1, 33, 70), (3, 1, 5))  # of any size

RUN = """
import sys
import numpy as np
folder = sys.argv[1]
if {kind!r} == 'stablehlo':
  from jax import export
  paint = export.deserialize(bytearray(open(folder + '/m.stablehlo', 'rb').read())).call
else:
  import tensorflow as tf
  model = tf.saved_model.load(folder + '/m_tf')
  paint = model.paint
for n in range(4):
  np.save(f'{{folder}}/out{{n}}.npy', np.asarray(paint(np.load(f'{{folder}}/in{{n}}.npy'))))
assert not any(m.split('.')[0] == 'onepunch_jax' for m in sys.modules)
"""


@pytest.mark.parametrize('kind', ['stablehlo', 'savedmodel'])
def test_the_same_picture_elsewhere(tmp_path, kind):
  paint, variables, multiple = export.painter(trained())
  if kind == 'stablehlo':
    (tmp_path / 'm.stablehlo').write_bytes(export.stablehlo(paint, variables, multiple))
  else:
    pytest.importorskip('tensorflow', reason='a SavedModel needs TensorFlow')
    export.savedmodel(paint, variables, multiple, str(tmp_path / 'm_tf'))
  rng = np.random.default_rng(0)
  lines = [rng.random((*shape, 1), np.float32) for shape in SHAPES]
  for n, line in enumerate(lines):
    np.save(tmp_path / f'in{n}.npy', line)
  subprocess.run(
    [sys.executable, '-c', RUN.format(kind=kind), str(tmp_path)], check=True, cwd=tmp_path
  )
  here = jax.jit(export.any_size(paint, multiple))
  for n, line in enumerate(lines):
    out = np.load(tmp_path / f'out{n}.npy')
    assert out.shape == (*line.shape[:3], 3)
    np.testing.assert_allclose(out, here(variables, line), atol=1e-4)
  assert export.size_of(str(tmp_path)) > 1000


def test_other_sizes_are_padded_with_paper_or_refused():
  paint, variables, multiple = export.painter(trained())
  line = np.random.default_rng(0).random((1, 2 * multiple - 5, multiple - 3, 1), np.float32)
  whole = np.pad(line, ((0, 0), (0, 5), (0, 3), (0, 0)), constant_values=1)
  np.testing.assert_allclose(
    export.any_size(paint, multiple)(variables, line),
    paint(variables, whole)[:, :-5, :-3],
    atol=1e-5,
  )
  with pytest.raises(ValueError, match='multiples'):
    paint(variables, np.zeros((1, 33, 32, 1), np.float32))


def test_the_summary_says_what_is_exported_and_what_is_left_out(tmp_path, monkeypatch, capsys):
  target = tmp_path / 'm.stablehlo'
  options = dict(checkpoint=trained(), step='latest', format='stablehlo', output=str(target))
  summary = export.run(types.SimpleNamespace(**options))
  first, second = summary.lines()
  assert first == f'{target}: 1 checkpoint read, 1 exported, 0 things left out.'
  assert summary.bytes == target.stat().st_size and 'of any size' in second
  assert summary.exit_status() == summary.exit_status(strict=True) == 0
  more = export.Summary('x', 5, 'H and W at least 256', ('samples after the first',))
  assert list(more.lines())[-1] == '  left out: samples after the first.'
  assert (more.exit_status(), more.exit_status(strict=True)) == (0, 1)
  options = types.SimpleNamespace(**{**options, 'output': '/proc/none/m'}, strict=False)
  monkeypatch.setattr(export.flags, 'FLAGS', options)
  with pytest.raises(SystemExit) as ended:
    export.main(None)
  assert ended.value.code == 1 and '0 exported, 1 refused' in capsys.readouterr().out


def test_what_a_method_can_do_beside_is_named(tmp_path):
  config = points.get_config('smoke')
  (tmp_path / 'config.json').write_text(config.to_json_best_effort())
  found = export.left_out(str(tmp_path), 'H and W at least 256')
  assert found == (
    'probabilities of colours, from which suggestions come',
    'pictures below 256 px a side',
  )
