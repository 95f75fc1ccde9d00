"""A run's folder, read: its configuration, its steps and its nets; the door for scripts.

    run = load_for_inference('runs/pix2pix')
    rgb = run.colorize(line)

A file of weights/packed, or the name of weights that come with the package (weights/shipped), may
stand wherever a run's folder may.
"""

import contextlib
import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import jax
import orbax.checkpoint as ocp
from ml_collections import ConfigDict

from onepunch_jax import registry
from onepunch_jax.core import Array, Method, Variables
from onepunch_jax.weights import checked_json, fitting, packed, shipped
from onepunch_jax.weights.config_versions import check_nets, metric_name, migrate

CONFIG = 'config.json'
FOLDER = 'checkpoints'


def load_config(workdir: str) -> ConfigDict:
  """The configuration of the run in `workdir`.

  Raises:
    ValueError: there is none, so that the folder is no run.
  """
  return ConfigDict(migrate(read_config(workdir)))


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
    workdir: the --workdir of training, a file of weights/packed, or a name of weights/shipped.
    step: a step, 'latest' or 'best' (by `config.best`).

  Raises:
    ValueError: there is no run, or no such checkpoint; the message lists those there are.
  """
  config = load_config(workdir)
  for key in ('seed', 'data.size', 'data.tags'):
    section, _, name = key.rpartition('.')
    if name not in (config.get(section, {}) if section else config):
      raise checked_json.damaged(workdir, 'a run', f'its configuration has no {key}')
  try:
    method = registry.method(config.method)
  except ValueError:
    raise
  except Exception as error:  # whatever a method's parts raise at values that they do not expect
    raise checked_json.damaged(workdir, 'a run', f'its method cannot be built: {error}') from error
  nets = load_nets(workdir, method.exports, step)
  if packed.is_packed(path := shipped.find(workdir)):
    side = -(-config.data.size // method.multiple) * method.multiple
    fitting.check(method, nets, side, config.data.tags, path)
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
  workdir = shipped.find(workdir)
  if packed.is_packed(workdir):
    return packed.read_nets(workdir, tuple(names))
  raw = read_config(workdir)
  check_nets(raw, workdir)
  config = ConfigDict(migrate(raw))
  path = os.path.join(absolute(workdir), FOLDER, str(find_step(workdir, config, step)), 'state')
  reader = ocp.Checkpointer(ocp.PyTreeCheckpointHandler())
  with _damage_named(path):
    tree = reader.metadata(path).item_metadata.tree
    params, stats = tree['variables']['params'], tree['variables'].get('stats', {})
    averaged = _of(tree.get('ema') or {}, names)
  if unknown := sorted(set(names) - set(params)):
    raise ValueError(f'The run in {workdir} has no net {unknown}; it has {sorted(params)}.')
  wanted = {
    'ema': averaged,
    'params': _of(params, [n for n in names if n not in averaged]),
    'stats': {k: v for k, v in _of(stats, names).items() if v},
  }
  wanted['variables'] = {k: wanted.pop(k) for k in ('params', 'stats') if wanted[k]}
  wanted = {k: v for k, v in wanted.items() if v}  # orbax refuses empty parts
  place = jax.sharding.SingleDeviceSharding(jax.local_devices()[0])
  with _damage_named(path):
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


@contextlib.contextmanager
def _damage_named(path: str) -> Iterator[None]:
  """Whatever orbax raises at damaged files of a checkpoint becomes one sentence."""
  try:
    yield
  except MemoryError:
    raise
  except Exception as error:
    sys.unraisablehook = functools.partial(_unraisable, sys.unraisablehook)
    raise checked_json.damaged(path, 'a checkpoint', error or type(error).__name__) from error


def _unraisable(before: Callable[[Any], None], unraisable: Any) -> None:
  """Leaves out what reads that go on behind a failed one print when they find nobody waiting."""
  if 'Event loop is closed' not in str(unraisable.exc_value):
    before(unraisable)


def latest_step(workdir: str) -> int:
  """The step of a run's last checkpoint.

  Raises:
    ValueError: there is no run, or it has no checkpoint.
  """
  return find_step(workdir, load_config(workdir), 'latest')


def read_config(workdir: str) -> dict[str, Any]:
  """What a run's config.json holds, with the keys of its version.

  Raises:
    ValueError: there is none, or it is damaged.
  """
  workdir = shipped.find(workdir)
  if packed.is_packed(workdir):
    return checked_json.check_config(packed.read_config(workdir), workdir)
  path = os.path.join(workdir, CONFIG)
  if not os.path.exists(path):
    raise ValueError(f'{workdir!r} is no run: it has no {CONFIG} (give the --workdir of training).')
  return checked_json.check_config(checked_json.read_json(path, 'the configuration of a run'), path)


def find_step(workdir: str, config: ConfigDict, step: int | str) -> int:
  folder = os.path.join(absolute(workdir), FOLDER)
  names = os.listdir(folder) if os.path.isdir(folder) else []
  steps = sorted(int(n) for n in names if n.isdigit())
  if not steps:
    raise ValueError(f'{workdir!r} has no checkpoint yet.')
  if step == 'latest':
    return steps[-1]
  if step == 'best':
    best = functools.partial(metric_value, config.best)
    options = ocp.CheckpointManagerOptions(best_fn=best, best_mode='max', read_only=True)
    with ocp.CheckpointManager(folder, options=options) as manager:
      found = manager.best_step()
    return steps[-1] if found is None else found
  if not str(step).isdigit() or int(step) not in steps:
    raise ValueError(f'{workdir!r} has no checkpoint of step {step}; there are {steps}.')
  return int(step)


def _abstract(x: Any, sharding: jax.sharding.Sharding) -> jax.ShapeDtypeStruct:
  return jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=sharding)


def _of(tree: Mapping, names: Iterable[str]) -> dict:
  return {name: tree[name] for name in names if name in tree}


def absolute(path: str) -> str:
  return path if '://' in path else os.path.abspath(path)


def metric_value(name: str, metrics: Mapping) -> float:
  """A metric of a checkpoint, which an older run may have saved under another name."""
  return {metric_name(key): value for key, value in metrics.items()}[name]
