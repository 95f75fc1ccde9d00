"""Checkpoints by orbax: the training state with the data iterator; and the door for scripts.

    workdir/config.json                     the configuration of the run
    workdir/checkpoints/<step>/state        TrainState
    workdir/checkpoints/<step>/data         the grain iterator

A step's folder appears only when it is whole, so a run that was killed resumes from the last
whole one. It may resume on other devices, another mesh and another number of processes: arrays
are the same bit by bit, and as a step takes one batch and all processes together read the same
batches whatever their number (it divides the batch size), no record is repeated or skipped. The
exception are worker processes (config.data.workers > 0): their number and that of processes stay,
or it becomes 0.

To use a checkpoint from a script:

    run = load_for_inference('runs/pix2pix')
    rgb = run.colorize(line)
"""

import functools
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import grain
import jax
import orbax.checkpoint as ocp
from ml_collections import ConfigDict
from orbax.checkpoint import checkpoint_managers as policies

from onepunch_jax import registry
from onepunch_jax.core import Array, Method, TrainState, Variables
from onepunch_jax.log import log
from onepunch_jax.training.config_versions import check_nets, metric_name, migrate
from onepunch_jax.training.orbax_barriers import (
  FailTogetherBarrier,
  PositionHandler,
  PositionSave,
  clear,
)
from onepunch_jax.weights import packed

CONFIG = 'config.json'
FOLDER = 'checkpoints'
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
        get_metric_fn=functools.partial(_value, best), n=1, keep_checkpoints_without_metrics=False
      )
      kept.append(by_metric)
    self._best = best
    self._barrier = FailTogetherBarrier() if jax.process_count() > 1 else None
    options = ocp.CheckpointManagerOptions(
      async_options=ocp.AsyncOptions(barrier_sync_fn=self._barrier and self._barrier.wait),
      preservation_policy=policies.AnyPreservationPolicy(kept),
      best_fn=functools.partial(_value, best) if best else None,
      best_mode='max',
    )
    path = os.path.join(_absolute(workdir), FOLDER)
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
    with open(path, encoding='utf-8') as f:
      raw = json.load(f)
    check_nets(raw, workdir)
    known = migrate(raw)
    if extend and known['steps'] <= config.steps:
      known['steps'] = config.steps
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


def load_config(workdir: str) -> ConfigDict:
  """The configuration of the run in `workdir`.

  Raises:
    ValueError: there is none, so that the folder is no run.
  """
  return ConfigDict(migrate(_read_config(workdir)))


class LoadedRun(NamedTuple):
  """A trained method with the variables that its `colorize` needs."""

  method: Method
  variables: Variables
  config: ConfigDict

  def colorize(self, line: Array, key: Array | None = None, **more: Array) -> Array:
    """Colours a batch of line art.

    Args:
      line: [B, H, W, 1] in [-1, 1], -1 is ink.
      key: a PRNG key; only needed where something is drawn at random.
      more: further inputs by their batch keys, as hint=..., in the form of data/batch.py.

    Returns:
      sRGB [B, H, W, 3] in [0, 1].

    Raises:
      ValueError: the method needs an input that is not there, or a key.
    """
    batch = {'line': line, **more}
    if missing := sorted(set(self.method.inputs) - set(batch)):
      raise ValueError(f'This method also needs {missing}: pass them by name.')
    return self.method.colorize(self.variables, batch, key)


def load_for_inference(workdir: str, step: int | str = 'latest') -> LoadedRun:
  """The method of a run, what its `colorize` needs, and the run's configuration.

  Only averaged parameters and statistics of exported nets are read, onto this process's first
  device, whatever the run was trained on.

  Args:
    workdir: the --workdir of training, or a file of weights/packed.
    step: a step, 'latest' or 'best' (by `config.best`).

  Raises:
    ValueError: there is no run, or no such checkpoint; the message lists those there are.
  """
  config = load_config(workdir)
  method = registry.method(config.method)
  nets = load_nets(workdir, method.exports, step)
  params = {name: p for name, (p, _) in nets.items()}
  stats = {name: s for name, (_, s) in nets.items()}
  return LoadedRun(method, Variables(params, stats, memory={}), config)


def load_nets(
  workdir: str, names: Iterable[str], step: int | str = 'latest'
) -> dict[str, tuple[Any, Any]]:
  """Single nets of a run: {name: (parameters, statistics)}, averaged where the run averages.

  Raises:
    ValueError: there is no run, no such checkpoint, or no net of that name; the message lists
      those there are.
  """
  if packed.is_packed(workdir):
    return packed.read_nets(workdir, tuple(names))
  raw = _read_config(workdir)
  check_nets(raw, workdir)
  config = ConfigDict(migrate(raw))
  path = os.path.join(_absolute(workdir), FOLDER, str(_find_step(workdir, config, step)), 'state')
  reader = ocp.Checkpointer(ocp.PyTreeCheckpointHandler())
  tree = reader.metadata(path).item_metadata.tree
  params, stats = tree['variables']['params'], tree['variables'].get('stats', {})
  if unknown := sorted(set(names) - set(params)):
    raise ValueError(f'The run in {workdir} has no net {unknown}; it has {sorted(params)}.')
  averaged = _of(tree['ema'], names)
  wanted = {
    'ema': averaged,
    'params': _of(params, [n for n in names if n not in averaged]),
    'stats': {k: v for k, v in _of(stats, names).items() if v},
  }
  wanted['variables'] = {k: wanted.pop(k) for k in ('params', 'stats') if wanted[k]}
  wanted = {k: v for k, v in wanted.items() if v}  # orbax refuses empty parts
  place = jax.sharding.SingleDeviceSharding(jax.local_devices()[0])
  wanted = jax.tree.map(functools.partial(_abstract, sharding=place), wanted)
  found = reader.restore(
    path,
    args=ocp.args.PyTreeRestore(
      item=wanted,
      restore_args=ocp.checkpoint_utils.construct_restore_args(wanted),
      partial_restore=True,
    ),
  )
  raw = found.get('variables', {})
  params = {**raw.get('params', {}), **found.get('ema', {})}
  return {name: (params[name], raw.get('stats', {}).get(name) or {}) for name in names}


def latest_step(workdir: str) -> int:
  """The step of a run's last checkpoint.

  Raises:
    ValueError: there is no run, or it has no checkpoint.
  """
  return _find_step(workdir, load_config(workdir), 'latest')


def _read_config(workdir: str) -> dict[str, Any]:
  if packed.is_packed(workdir):
    return packed.read_config(workdir)
  path = os.path.join(workdir, CONFIG)
  if not os.path.exists(path):
    raise ValueError(f'{workdir!r} is no run: it has no {CONFIG} (give the --workdir of training).')
  with open(path, encoding='utf-8') as f:
    return json.load(f)


def _find_step(workdir: str, config: ConfigDict, step: int | str) -> int:
  folder = os.path.join(_absolute(workdir), FOLDER)
  names = os.listdir(folder) if os.path.isdir(folder) else []
  steps = sorted(int(n) for n in names if n.isdigit())
  if not steps:
    raise ValueError(f'{workdir!r} has no checkpoint yet.')
  if step == 'latest':
    return steps[-1]
  if step == 'best':
    checkpoints = Checkpoints(workdir, keep=len(steps), best=config.best)
    found = checkpoints._manager.best_step()
    checkpoints.close()
    return steps[-1] if found is None else found
  if not str(step).isdigit() or int(step) not in steps:
    raise ValueError(f'{workdir!r} has no checkpoint of step {step}; there are {steps}.')
  return int(step)


def _value(name: str, metrics: Mapping) -> float:
  """A metric of a checkpoint, which an older run may have saved under another name."""
  return {metric_name(key): value for key, value in metrics.items()}[name]


def _differences(old: Any, new: Any, path: str = '') -> list[str]:
  if path in MAY_DIFFER or old == new:
    return []
  if isinstance(old, dict) and isinstance(new, dict):
    found = []
    for key in sorted({*old, *new}):
      found += _differences(old.get(key), new.get(key), f'{path}.{key}' if path else key)
    return found
  return [f'{path}: {old!r} there, {new!r} here']


def _abstract(x: Any, sharding: jax.sharding.Sharding) -> jax.ShapeDtypeStruct:
  return jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=sharding)


def _of(tree: Mapping, names: Iterable[str]) -> dict:
  return {name: tree[name] for name in names if name in tree}


def _absolute(path: str) -> str:
  return path if '://' in path else os.path.abspath(path)
