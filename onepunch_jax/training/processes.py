"""The processes of a run: how they find each other, stop together, and notice that one is gone."""

import signal
from typing import Any

import jax
from jax.experimental import multihost_utils

from onepunch_jax.log import log

STOPPED = 75  # exit code: stopped by SIGTERM, saved; the same command continues
LOST = 76  # exit code: another process is gone; start all of them again


def join(
  mode: str,
  *,
  coordinator: str = '',
  num_processes: int = 0,
  process_id: int = -1,
  join_timeout: int = 300,
  lost_after: int = 100,
) -> None:
  """Joins the other processes of the run; call it before anything else touches JAX.

  Args:
    mode: 'auto' asks the cluster (TPU pod, SLURM, Kubernetes, Open MPI) and runs one process
      where there is none; 'on' fails where there is none; 'off' runs one process.
    coordinator: host:port of process 0 where there is no cluster; needs num_processes and
      process_id.
    join_timeout: seconds to wait for the other processes.
    lost_after: seconds without a sign of life after which a process counts as gone.

  Raises:
    ValueError: flags that contradict each other, or mode 'on' without a cluster.
    ConnectionError: the others did not come in time.
  """
  if mode == 'off':
    return
  kwargs: dict[str, Any] = {}
  if coordinator:
    if num_processes < 1 or not 0 <= process_id < num_processes:
      raise ValueError(
        '--coordinator needs --num_processes and --process_id (0 to num_processes - 1) beside it, '
        f'not {num_processes} and {process_id}.'
      )
    kwargs = dict(
      coordinator_address=coordinator, num_processes=num_processes, process_id=process_id
    )
  try:
    jax.distributed.initialize(
      **kwargs, initialization_timeout=join_timeout, heartbeat_timeout_seconds=lost_after
    )
  except ValueError as error:
    if mode == 'on' or coordinator:
      raise ValueError(
        f'No cluster to join was found ({error}) Give --coordinator=HOST:PORT, --num_processes and '
        '--process_id, or --distributed=off.'
      ) from None
    return
  except RuntimeError as error:
    if 'DEADLINE_EXCEEDED' not in str(error) and 'UNAVAILABLE' not in str(error):
      raise
    raise ConnectionError(
      f'Not all {num_processes or ""} processes came within {join_timeout} s: start the same '
      'command on every host.'
    ) from None
  log.info(
    'Process %d of %d, with %d of %d devices.',
    jax.process_index(),
    jax.process_count(),
    jax.local_device_count(),
    jax.device_count(),
  )


def is_lost(error: Exception) -> bool:
  """Whether an error of the runtime means that another process is gone."""
  signs = (
    'Gloo',
    'Connection closed',
    'Connection reset',
    'heartbeat',
    'DEADLINE_EXCEEDED',
    'UNAVAILABLE',
    'ABORTED',
    'preempted',
  )
  return jax.process_count() > 1 and any(sign in str(error) for sign in signs)


class StopSignal:
  """Whether to save and leave: SIGTERM, or the cluster's notice; all processes at one step."""

  def __init__(self):
    self._told = False
    self._alone = jax.process_count() == 1
    if self._alone:  # with several processes JAX's own service listens
      self._old = signal.signal(signal.SIGTERM, self._tell)

  def asked(self, step: int) -> bool:
    """Call it at every step, with its number: the processes agree on the step to stop at."""
    if not self._alone and not self._told:
      self._told = multihost_utils.reached_preemption_sync_point(step)
    return self._told

  def restore(self) -> None:
    """Lets SIGTERM do what it did before."""
    if self._alone:
      signal.signal(signal.SIGTERM, self._old)

  def _tell(self, *_):
    self._told = True
