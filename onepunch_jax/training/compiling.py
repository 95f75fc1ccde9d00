"""How a training step is compiled: with XLA's options for its platform."""

import jax
from jax.stages import Compiled, Lowered

# By itself XLA orders a program for CPUs so that much can run at once: what a gradient needs is
# made in the forward pass, as the nine shifted copies of each map that a 3x3 kernel's gradient
# multiplies, and kept until then. Two cores gain nothing from that, and a step takes up to 8 times
# as much memory. The second option spares copies of parameters and moments before their update.
CPU: dict[str, str | bool] = {
  'xla_cpu_scheduler_type': 'CPU_SCHEDULER_TYPE_MEMORY_OPTIMIZED',
  'xla_cpu_copy_insertion_use_region_analysis': True,
}


def compile_step(lowered: Lowered, platform: str) -> Compiled:
  """Compiles a training step.

  Args:
    lowered: what `jax.jit(...).lower(...)` gives.
    platform: of the devices that it is lowered for, as 'cpu'.

  Returns:
    The program. A version of XLA that lacks an option compiles without any.
  """
  if platform != 'cpu':
    return lowered.compile()
  try:
    return lowered.compile(CPU)
  except jax.errors.JaxRuntimeError as error:
    if 'compile option' not in str(error):
      raise
    return lowered.compile()
