"""Checkpoints by orbax: the training state with the data iterator.

    workdir/config.json                     the configuration of the run
    workdir/checkpoints/<step>/state        TrainState
    workdir/checkpoints/<step>/data         the grain iterator

A step's folder appears only when it is whole, so a run that was killed resumes from the last
whole one. It may resume on other devices, another mesh and another number of processes: arrays
are the same bit by bit, and as a step takes one batch and all processes together read the same
batches whatever their number (it divides the batch size), no record is repeated or skipped. The
exception are worker processes (config.data.workers > 0): their number and that of processes stay,
or it becomes 0.
Scripts read runs by weights/runs.
"""

import functools
import json
import os
from collections.abc import Mapping
from typing import Any

import grain
import jax
import orbax.checkpoint as ocp
from ml_collections import ConfigDict
from orbax.checkpoint import checkpoint_managers as policies

from onepunch_jax.core import TrainState
from onepunch_jax.data import manifest
from onepunch_jax.log import log
from onepunch_jax.training.orbax_barriers import (
  FailTogetherBarrier,
  PositionHandler,
  PositionSave,
  clear,
)
from onepunch_jax.weights.config_versions import check_nets, migrate
from onepunch_jax.weights.runs import CONFIG, FOLDER, absolute, metric_value, read_config

# messages of tensorstore where a disk is full, instead of raising an OSError
NOT_WRITTEN = ('RESOURCE_EXHAUSTED', 'No space left', 'quota exceeded')
# settings that may change when a run is continued: they do not change what is learned
MAY_DIFFER = (
  'mesh',
  'sharding',
  'log_every',
  'eval_every',
  'save_every',
  'keep',
  'best',
  'evals',
  'eval_limit',
  'eval_prepare',
  'data.threads',
  'data.workers',
  'data.on_bad',
  'compilation_cache',
)


class Checkpoints:
  """Saves and restores the state of a run together with its data iterator.

  Args:
    workdir: the run's folder.
    keep: how many of the newest checkpoints stay.
    best: the metric whose best checkpoint stays too (higher is better); '' for none.
  """

  def __init__(self, workdir: str, *, keep: int = 2, best: str = ''):
    kept = [policies.LatestN(keep)]
    if best:
      by_metric = policies.BestN(
        get_metric_fn=functools.partial(metric_value, best),
        n=1,
        keep_checkpoints_without_metrics=False,
      )
      kept.append(by_metric)
    self._best = best
    self._barrier = FailTogetherBarrier() if jax.process_count() > 1 else None
    options = ocp.CheckpointManagerOptions(
      async_options=ocp.AsyncOptions(barrier_sync_fn=self._barrier and self._barrier.wait),
      preservation_policy=policies.AnyPreservationPolicy(kept),
      best_fn=functools.partial(metric_value, best) if best else None,
      best_mode='max',
    )
    path = os.path.join(absolute(workdir), FOLDER)
    self._open = functools.partial(ocp.CheckpointManager, path, options=options)
    self._manager, self._usable = self._open(), True

  @property
  def latest(self) -> int | None:
    """The step of the newest whole checkpoint."""
    return self._manager.latest_step()

  def save(
    self, step: int, state: TrainState, data: grain.DatasetIterator, metrics: Mapping | None = None
  ) -> None:
    """Starts writing; returns as soon as training may go on.

    Where writing fails (a full disk) in one process, now or after returning, it fails in all: the
    log says so, whole checkpoints stay as they are, and the next save tries again.
    """
    known = {self._best: float(metrics[self._best])} if metrics and self._best in metrics else None
    self.wait()
    if not self._usable:
      clear(self._manager.directory)
      self._manager, self._usable = self._open(), True
    try:
      if self._barrier:
        self._barrier.start(self._manager.directory)
      self._manager.save(
        step,
        args=ocp.args.Composite(state=ocp.args.StandardSave(state), data=PositionSave(data)),
        metrics=known,
        force=True,
      )
    except Exception as error:
      self._failed(error)

  def restore_latest(self, abstract: TrainState, data: grain.DatasetIterator) -> TrainState | None:
    """The newest state, placed as in `abstract`, and `data` moved on to it; None if there is none.

    Args:
      abstract: ShapeDtypeStructs with the shardings wanted here, on any number of devices.
      data: set to where it was.
    """
    if self.latest is None:
      return None
    try:
      restored = self._manager.restore(
        self.latest, args=ocp.args.Composite(state=ocp.args.StandardRestore(abstract))
      )
    except ValueError as error:
      if 'do not match' not in str(error):
        raise
      first = next((s for s in str(error).splitlines()[1:] if s.strip()), '').rstrip(': ')
      raise ValueError(
        f'The checkpoint of step {self.latest} is not of the nets of this configuration (first '
        f'difference: {first}): the code of a net has changed since; give another --workdir.'
      ) from error
    self._move_on(data)
    return restored['state']

  def wait(self) -> None:
    """Until what was saved is on disk, or has failed and is in the log."""
    try:
      if self._usable:
        self._manager.wait_until_finished()
    except Exception as error:
      self._failed(error)

  def close(self) -> None:
    if self._usable:
      self._manager.close()

  def _failed(self, error: Exception) -> None:
    """Says that a save failed: the next one opens anew what is on disk; raises what is no such."""
    signs = list(NOT_WRITTEN)
    if self._barrier and self._barrier.failed:
      signs.append('DEADLINE_EXCEEDED')  # a folder that process 0 could not make
    if not isinstance(error, OSError) and not any(sign in str(error) for sign in signs):
      raise error
    self._usable = False
    kept = 'there is none yet' if self.latest is None else f'the last one is of step {self.latest}'
    log.error(
      'A checkpoint could not be written (%s); %s. Free some space: the next save tries again.',
      str(error).splitlines()[0][:200],
      kept,
    )

  def _move_on(self, data: grain.DatasetIterator) -> None:
    """Sets the iterator to where the checkpoint's was, or, read by others, to the same batch."""
    own = PositionHandler.path(self._manager.directory / str(self.latest) / 'data')
    state = json.loads(own.read_text()) if own.exists() else {}
    now = data.get_state()
    if bool(jax.tree.structure(state) == jax.tree.structure(now)):  # type: ignore[operator]
      data.set_state(state)
    elif set(now) == {'next_index'}:
      data.set_state({'next_index': self.latest})  # a step takes one batch
    else:
      raise ValueError(
        f'The checkpoint of step {self.latest} was written by another number of processes, or with '
        'another config.data.workers: keep both, or continue with --config.data.workers=0.'
      )


def save_config(workdir: str, config: ConfigDict, extend: bool = False) -> None:
  """Writes workdir/config.json, or checks that the one there is of the same run.

  Args:
    extend: whether `steps` may have grown.

  Raises:
    ValueError: the folder holds a run with another configuration; the differences are listed.
  """
  path = os.path.join(workdir, CONFIG)
  text = config.to_json_best_effort(indent=2)
  if os.path.exists(path):
    raw = read_config(workdir)
    check_nets(raw, workdir)
    known = migrate(raw)
    if extend and known.get('steps', 0) <= config.steps:
      known['steps'] = config.steps
    for key in manifest.PATHS:  # the same data at another place
      if manifest.same(workdir, known.get('data', {}).get(key, ''), config.data.get(key, '')):
        known['data'][key] = config.data[key]
    differences = _differences(known, json.loads(text))
    if differences:
      raise ValueError(
        f'{workdir} holds a run with another configuration:\n  '
        + '\n  '.join(differences)
        + '\nGive another --workdir, or the same configuration; a run that is to go on with more '
        'steps needs --extend.'
      )
  if jax.process_index() == 0:
    os.makedirs(workdir, exist_ok=True)
    with open(path + '.tmp', 'w', encoding='utf-8') as f:
      f.write(text + '\n')
    os.replace(path + '.tmp', path)


def _differences(old: Any, new: Any, path: str = '') -> list[str]:
  if path in MAY_DIFFER or old == new:
    return []
  if isinstance(old, dict) and isinstance(new, dict):
    found = []
    for key in sorted({*old, *new}):
      found += _differences(old.get(key), new.get(key), f'{path}.{key}' if path else key)
    return found
  return [f'{path}: {old!r} there, {new!r} here']
