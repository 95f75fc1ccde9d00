"""The loop: evaluate, save, take a batch, step, log -- for every method, on any mesh."""

import contextlib
import dataclasses
import time

import jax
import numpy as np
from ml_collections import ConfigDict

from onepunch_jax import evals
from onepunch_jax.log import log
from onepunch_jax.training import profiling, sharding
from onepunch_jax.training.processes import StopSignal
from onepunch_jax.training.setup import Run, make_optimisers, setup
from onepunch_jax.training.writer import Writer

__all__ = ['Result', 'loop', 'make_optimisers', 'train']


@dataclasses.dataclass(frozen=True)
class Result:
  """How a run ended.

  Attributes:
    step: the last step that was made.
    metrics: the numbers of the last evaluation, 'val/<row>/<column>'.
    stopped: whether SIGTERM ended it before its last step; the state is saved.
  """

  step: int
  metrics: dict[str, float]
  stopped: bool = False


def train(config: ConfigDict, workdir: str, profile: str = '', extend: bool = False) -> Result:
  """Trains what `config` describes; continues where `workdir` left off.

  Args:
    config: a configuration (configs/).
    workdir: the run's folder.
    profile: steps to trace, as 'FIRST:END' (`profiling.Trace`).
    extend: a finished run may go on with more steps.

  Raises:
    ValueError: the configuration cannot be run; the message names what to change.
    FloatingPointError: a loss or gradient is not finite; the message names step and loss.
    OSError: the last state could not be saved.
  """
  run = setup(config, workdir, extend)
  result = loop(run, profile)
  if result.stopped:
    log.info('Asked to stop: saved at step %d; the same command continues.', result.step)
  return result


def loop(run: Run, profile: str = '') -> Result:
  """Trains `run` to its last step, or until SIGTERM; then closes all that is open."""
  config = run.config
  writer = Writer(
    run.workdir,
    start=int(run.state.step),
    steps=config.steps,
    log_every=config.log_every,
    batch_size=config.batch_size,
    flops=run.flops,
  )
  stop, trace = StopSignal(), profiling.Trace(profile, run.workdir)
  with contextlib.ExitStack() as stack:  # the last one is closed first
    if hasattr(run.data, 'close'):
      stack.callback(run.data.close)
    stack.callback(stop.restore)
    stack.callback(writer.close)
    stack.callback(run.checkpoints.close)
    stack.callback(run.checkpoints.wait)
    stack.callback(trace.close)
    try:
      result, saving = _steps(run, writer, stop, trace)
    except FloatingPointError as error:
      run.checkpoints.wait()
      raise FloatingPointError(
        f'{error}: the run stops. The last good checkpoint in {run.workdir} is of step '
        f'{run.checkpoints.latest}; lower the learning rate (config.optim.<player>.lr) or clip '
        'the gradients (config.optim.<player>.clip).'
      ) from None
  if saving and run.checkpoints.latest != result.step:
    raise OSError(
      f'Step {result.step} could not be saved: free some space where {run.workdir} is; the same '
      f'command continues from step {run.checkpoints.latest or 0}.'
    )
  return result


def _steps(
  run: Run, writer: Writer, stop: StopSignal, trace: profiling.Trace
) -> tuple[Result, bool]:
  """Evaluates, saves, and only then takes a batch, so that a checkpoint's state and data agree.

  Returns:
    The result, and whether the last step was to be saved.
  """
  config, start = run.config, int(run.state.step)
  known_skips, numbers = 0, {}
  for step in range(start, config.steps + 1):
    last, stopping = step == config.steps, stop.asked(step)
    fresh = step > start or not run.resumed
    evaluating = _due(step, config.eval_every) or last
    if evaluating and (fresh or last):
      writer.flush()
      try:
        numbers = _evaluate(run, writer, step)
      except Exception:  # whatever goes wrong in a report, what was learned is kept
        if fresh and jax.process_count() == 1:
          run.checkpoints.save(step, run.state, run.data, None)
        raise
      writer.restart_clock()
    saving = ((_due(step, config.save_every) or last) and fresh) or (stopping and step > start)
    if saving:
      writer.flush()
      run.checkpoints.save(step, run.state, run.data, numbers if evaluating else None)
    if last or stopping:
      break
    trace.at(step, run.state)
    clock = time.perf_counter()
    batch = sharding.to_global(next(run.data), run.mesh)
    writer.waited(time.perf_counter() - clock)
    run.state, metrics = run.step(run.state, batch, run.key)
    writer.step(step + 1, metrics)
    if run.source.skipped > known_skips:
      known_skips = run.source.skipped
      writer.scalars(step + 1, {'data/skipped': known_skips})
  return Result(step, numbers, stopped=stopping and not last), saving


def _due(step: int, every: int) -> bool:
  return bool(every) and step > 0 and step % every == 0


def _evaluate(run: Run, writer: Writer, step: int) -> dict[str, float]:
  """Runs and records all evaluations; returns their numbers."""
  results = run.evaluate(run.state.averaged)
  pictures = {k: v for k, v in results.items() if isinstance(v, np.ndarray)}
  numbers = {f'val/{k}': v for k, v in evals.numbers(results).items()}
  writer.scalars(step, numbers)
  for name, picture in pictures.items():
    writer.picture(step, name, picture)
  return numbers
