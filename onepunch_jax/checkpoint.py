"""Checkpoints by orbax: the training state with the data iterator; and the door for scripts.

    workdir/config.json                     the configuration of the run
    workdir/checkpoints/<step>/state        TrainState
    workdir/checkpoints/<step>/data         the grain iterator

A step's folder appears only when it is whole, so a run that was killed resumes from the last
whole one.

To use a checkpoint from a script:

    method, variables, config = load_for_inference('runs/pix2pix')
    rgb = method.colorize(variables, {'line': line}, jax.random.key(0))
"""

import json
import os
from collections.abc import Mapping
from typing import Any

import grain
import jax
import orbax.checkpoint as ocp
from ml_collections import ConfigDict
from orbax.checkpoint import checkpoint_managers as policies

from onepunch_jax import registry
from onepunch_jax.core import Method, TrainState, Variables

CONFIG = 'config.json'
FOLDER = 'checkpoints'
# settings that may change when a run is continued: they do not change what is learned
MAY_DIFFER = (
  'mesh', 'sharding', 'log_every', 'eval_every', 'save_every', 'keep', 'best', 'evals',
  'eval_limit', 'eval_prepare', 'data.threads', 'data.workers', 'data.on_bad', 'compilation_cache',
)  # fmt: skip


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
        get_metric_fn=lambda m: m[best], n=1, keep_checkpoints_without_metrics=False
      )
      kept.append(by_metric)
    self._best = best
    self._manager = ocp.CheckpointManager(
      os.path.join(_absolute(workdir), FOLDER),
      options=ocp.CheckpointManagerOptions(
        preservation_policy=policies.AnyPreservationPolicy(kept),
        best_fn=(lambda m: m[best]) if best else None,
        best_mode='max',
      ),
    )

  @property
  def latest(self) -> int | None:
    """The step of the newest whole checkpoint."""
    return self._manager.latest_step()

  def save(
    self, step: int, state: TrainState, data: grain.DatasetIterator, metrics: Mapping | None = None
  ) -> None:
    """Starts writing; returns as soon as training may go on."""
    known = {self._best: float(metrics[self._best])} if metrics and self._best in metrics else None
    self._manager.save(
      step,
      args=ocp.args.Composite(
        state=ocp.args.StandardSave(state), data=grain.checkpoint.CheckpointSave(data)
      ),
      metrics=known,
      force=True,
    )

  def restore_latest(self, abstract: TrainState, data: grain.DatasetIterator) -> TrainState | None:
    """The newest state, placed as `abstract` says, and `data` moved on to it; None if none is.

    Args:
      abstract: ShapeDtypeStructs with the shardings wanted here, on any number of devices.
      data: set to where it was.
    """
    if self.latest is None:
      return None
    restored = self._manager.restore(
      self.latest,
      args=ocp.args.Composite(
        state=ocp.args.StandardRestore(abstract), data=grain.checkpoint.CheckpointRestore(data)
      ),
    )
    return restored['state']

  def wait(self) -> None:
    """Until what was saved is on disk."""
    self._manager.wait_until_finished()

  def close(self) -> None:
    self._manager.close()


def save_config(workdir: str, config: ConfigDict) -> None:
  """Writes workdir/config.json, or checks that the one there is of the same run.

  Raises:
    ValueError: the folder holds a run with another configuration; the differences are listed.
  """
  path = os.path.join(workdir, CONFIG)
  text = config.to_json_best_effort(indent=2)
  if os.path.exists(path):
    with open(path, encoding='utf-8') as f:
      differences = _differences(json.load(f), json.loads(text))
    if differences:
      raise ValueError(
        f'{workdir} holds a run with another configuration:\n  '
        + '\n  '.join(differences)
        + '\nGive another --workdir, or the same configuration.'
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
  path = os.path.join(workdir, CONFIG)
  if not os.path.exists(path):
    raise ValueError(f'{workdir!r} is no run: it has no {CONFIG} (give the --workdir of training).')
  with open(path, encoding='utf-8') as f:
    return ConfigDict({'eval_prepare': {'order': []}, **json.load(f)})  # older runs have none


def load_for_inference(
  workdir: str, step: int | str = 'latest'
) -> tuple[Method, Variables, ConfigDict]:
  """The method of a run, what its `colorize` needs, and the run's configuration.

  Only averaged parameters and statistics of exported nets are read, onto this process's first
  device, whatever the run was trained on.

  Args:
    workdir: the --workdir of training.
    step: a step, 'latest' or 'best' (by `config.best`).

  Raises:
    ValueError: there is no run, or no such checkpoint; the message lists those there are.
  """
  config = load_config(workdir)
  method = registry.method(config.method)
  nets = load_nets(workdir, method.exports, step)
  params = {name: p for name, (p, _) in nets.items()}
  stats = {name: s for name, (_, s) in nets.items()}
  return method, Variables(params, stats, memory={}), config


def load_nets(workdir: str, names, step: int | str = 'latest') -> dict[str, tuple[Any, Any]]:
  """Single nets of a run: {name: (parameters, statistics)}, averaged where the run averages.

  Raises:
    ValueError: there is no run, no such checkpoint, or no net of that name; the message lists
      those there are.
  """
  config = load_config(workdir)
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
  wanted = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, a.dtype, sharding=place), wanted)
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


def _differences(old: Any, new: Any, path: str = '') -> list[str]:
  if path in MAY_DIFFER or old == new:
    return []
  if isinstance(old, dict) and isinstance(new, dict):
    keys = sorted({*old, *new})
    join = lambda k: f'{path}.{k}' if path else k
    return [d for k in keys for d in _differences(old.get(k), new.get(k), join(k))]
  return [f'{path}: {old!r} there, {new!r} here']


def _of(tree: Mapping, names) -> dict:
  return {name: tree[name] for name in names if name in tree}


def _absolute(path: str) -> str:
  return path if '://' in path else os.path.abspath(path)
