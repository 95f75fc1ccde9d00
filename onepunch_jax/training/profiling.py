"""How fast a step is for its chip: operations counted in what is compiled, traces for xprof."""

import os
from typing import Any

import jax

from onepunch_jax.log import log

# dense bfloat16 operations a second of one chip, from the vendors' data sheets; the first name that
# a device's kind contains decides
PEAKS = {
  'A100': 312e12,
  'H100 PCIe': 756e12,
  'H100': 989e12,
  'H200': 989e12,
  'TPU v4': 275e12,
  'TPU v5 lite': 197e12,  # v5e
  'TPU v5': 459e12,  # v5p
  'TPU v6 lite': 918e12,  # v6e
}


def peak(kind: str) -> float | None:
  """The peak of a `device_kind`; None where it is not known."""
  return next((flops for name, flops in PEAKS.items() if name in kind), None)


def operations(lowered: jax.stages.Lowered, devices: int = 1) -> float:
  """Floating-point operations of one call on one of the devices that share it.

  Counted before the compiler: on a GPU it hands convolutions to a library and counts them no more.
  """
  return float((lowered.cost_analysis() or {}).get('flops', 0.0)) / devices


def of_window(flops: float, seconds: float, steps: int) -> dict[str, float]:
  """'speed/...' values of `steps` steps: time of one, and where known device memory and MFU.

  MFU is the share of the chip's bfloat16 peak, whatever dtype the nets compute in.
  """
  device = jax.local_devices()[0]
  found = {'speed/step_s': seconds / max(steps, 1)}
  if memory := device.memory_stats():  # None on CPUs
    found['speed/device_memory_gb'] = memory['peak_bytes_in_use'] / 2**30
  if flops and (best := peak(device.device_kind)):
    found['speed/mfu'] = flops * steps / seconds / best
  return found


class Trace:
  """Writes workdir/profile over some steps: `xprof --logdir` or TensorBoard shows it.

  Args:
    steps: 'FIRST:END' traces the steps FIRST + 1 to END; '' none.

  Raises:
    ValueError: `steps` is neither.
  """

  def __init__(self, steps: str, workdir: str):
    first, colon, end = steps.partition(':')
    if steps and not (colon and first.isdigit() and end.isdigit() and int(first) < int(end)):
      raise ValueError(f'--profile takes two steps as FIRST:END, e.g. 10:13, not {steps!r}.')
    self._steps = range(int(first), int(end)) if steps else range(0)
    self._folder, self._on = os.path.join(workdir, 'profile'), False

  def at(self, step: int, state: Any) -> None:
    """Starts or ends the trace; `state` is what the step before makes, for which the end waits."""
    if (step in self._steps) != self._on:
      jax.block_until_ready(state)
      if self._on:
        self.close()
      else:
        jax.profiler.start_trace(self._folder)
        self._on = True

  def close(self) -> None:
    if self._on:
      jax.profiler.stop_trace()
      self._on = False
      log.info('A trace of steps is in %s: xprof --logdir=%s', self._folder, self._folder)
