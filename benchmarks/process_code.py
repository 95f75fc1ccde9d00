"""Python that the processes of benchmarks/processes.py run before all else."""

# all of float32 is float64
DOUBLE = """
import jax, jax.numpy as jnp
jax.config.update('jax_enable_x64', True)
jnp.float32 = jnp.float64
"""

# (process, step): that process cannot write its part of that checkpoint; .format(where=[...])
FAILING = """
import errno, sys
from onepunch_jax import saving
path = saving.PositionHandler.path
def failing(folder):
  for process, step in {where}:
    if f'--process_id={{process}}' in sys.argv and folder.parent.name.startswith(f'{{step}}.'):
      raise OSError(errno.ENOSPC, 'No space left on device')
  return path(folder)
saving.PositionHandler.path = staticmethod(failing)
"""

# prints the checksum of the state that is restored, and of every drawing that is read
TELLING = """
import zlib, jax, numpy
from onepunch_jax import checkpoint, sharding
restore, place, at = checkpoint.Checkpoints.restore_latest, sharding.to_global, 0
def restored(*args):
  global at
  state = restore(*args)
  if state is not None:
    at = int(state.step)
    arrays = [numpy.asarray(x.addressable_data(0)) for x in jax.tree.leaves(state)]
    print('\\nSTATE', at, sum(zlib.crc32(x.tobytes()) for x in arrays), flush=True)
  return state
def placed(batch, mesh):
  global at
  print('\\nBATCH', at, *(zlib.crc32(x.tobytes()) for x in batch['line']), flush=True)
  at += 1
  return place(batch, mesh)
checkpoint.Checkpoints.restore_latest, sharding.to_global = restored, placed
"""
