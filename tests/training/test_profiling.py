"""What the log says of speed: counted operations over known peaks; traces of chosen steps."""

import types

import jax
import jax.numpy as jnp
import pytest

from onepunch_jax.training import profiling


def test_a_device_kind_has_the_peak_of_its_data_sheet():
  kinds = {
    'NVIDIA H200': 989e12,
    'NVIDIA H100 80GB HBM3': 989e12,
    'NVIDIA H100 PCIe': 756e12,
    'NVIDIA A100-SXM4-80GB': 312e12,
    'TPU v4': 275e12,
    'TPU v5 lite': 197e12,
    'TPU v5': 459e12,
    'TPU v5p': 459e12,
    'TPU v6 lite': 918e12,
    'cpu': None,
  }
  assert {kind: profiling.peak(kind) for kind in kinds} == kinds


def test_operations_are_counted_and_set_against_the_peak(monkeypatch):
  a = jnp.ones((64, 128))
  flops = profiling.operations(jax.jit(lambda a: a @ a.T).lower(a))
  assert flops == pytest.approx(2 * 64 * 64 * 128, rel=0.01)
  assert set(profiling.of_window(flops, 1.0, 2)) == {'speed/step_s'}  # a CPU's peak is not known
  chip = types.SimpleNamespace(
    device_kind='NVIDIA H200', memory_stats=lambda: {'peak_bytes_in_use': 3 * 2**30}
  )
  monkeypatch.setattr(jax, 'local_devices', lambda: [chip])
  assert profiling.of_window(989e11, 2.0, 10) == {
    'speed/step_s': 0.2,
    'speed/device_memory_gb': 3.0,
    'speed/mfu': 0.5,
  }


def test_a_trace_covers_the_steps_asked_for(tmp_path):
  trace, on = profiling.Trace('2:4', str(tmp_path)), []
  for step in range(6):
    trace.at(step, jnp.ones(()))
    on.append(trace._on)
  assert on == [False, False, True, True, False, False]
  assert list((tmp_path / 'profile').rglob('*.xplane.pb'))
  for wrong in ('10', '4:2', 'a:b'):
    with pytest.raises(ValueError, match='FIRST:END'):
      profiling.Trace(wrong, str(tmp_path))
