"""From a configuration to a `Run`: all that the loop needs, made in one place and in order."""

import dataclasses
import functools
import time
from collections.abc import Callable, Sequence
from typing import Any

import grain
import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict, unflatten_dict
from jax.sharding import Mesh
from ml_collections import ConfigDict

from onepunch_jax import core, evals, prepare, registry
from onepunch_jax.data import absent, manifest, pipeline, vocabulary
from onepunch_jax.data import batch as batches
from onepunch_jax.data.sources import Source
from onepunch_jax.log import log
from onepunch_jax.training import compiling, malloc, optim, profiling, sharding
from onepunch_jax.training.checkpoint import Checkpoints, save_config
from onepunch_jax.weights.runs import load_nets

PyTree = Any


@dataclasses.dataclass
class Run:
  """A training run between two steps.

  Attributes:
    config, workdir: what is trained, and where its files are.
    mesh: the devices.
    key: the run's PRNG key.
    data, source: the stream of host batches, and what it reads from.
    state: the training state; replaced by each step.
    step: the compiled (state, batch, key) -> (state, metrics).
    flops: floating-point operations of a step, of all devices together.
    evaluate: variables -> {name: number or uint8 picture}.
    checkpoints: where states are saved.
    resumed: whether `state` was restored from an earlier process.
  """

  config: ConfigDict
  workdir: str
  mesh: Mesh
  key: jax.Array
  data: grain.DatasetIterator
  source: Source
  state: core.TrainState
  step: Callable[..., tuple[core.TrainState, dict[str, core.Mean]]]
  flops: float
  evaluate: Callable[[core.Variables], dict[str, Any]]
  checkpoints: Checkpoints
  resumed: bool


def setup(config: ConfigDict, workdir: str, extend: bool = False) -> Run:
  """Makes a run, new or continued.

  The step is compiled before there is a state: errors of memory or shape come early, and what the
  compiler needs is not added to what the state needs.

  Args:
    extend: a run may go on with more steps than it was started with.

  Raises:
    ValueError: the configuration cannot be run; the message names what to change.
  """
  mesh = sharding.make_mesh(tuple(config.mesh.items()))
  sharding.check_batch_size(config.batch_size, mesh)
  method = registry.method(config.method)
  txs = make_optimisers(config, method)
  prepares = prepare.make(config.prepare)
  index, of = sharding.share(mesh)
  manifest.relocate(config.data, workdir)
  data, source = pipeline.train(
    config.data, seed=config.seed, batch_size=config.batch_size, index=index, of=of
  )
  key = jax.random.key(config.seed)
  evaluate = make_evaluation(config, method, mesh, key)
  save_config(workdir, config, extend)
  if jax.process_index() == 0:
    manifest.save(workdir, config.data)
    keys = config.data.train_keys
    for warning in absent.warnings(source, config.data.path, keys, config.method.name):
      log.warning('%s', warning)
    if config.data.tags:
      vocabulary.save(workdir, vocabulary.of(config.data.path))

  raw = batches.fake(
    config.data.train_keys,
    config.batch_size,
    config.data.load_size,
    config.data.tags,
    config.data.tokens,
  )
  weights = {net.name: net.load() for net in method.nets if net.load}  # from files, by path

  def init(key: core.Array, weights: PyTree) -> core.TrainState:
    prepared = prepares(jax.tree.map(jnp.asarray, raw), key, jnp.zeros((), jnp.int32))
    batches.check_needs(method.train_inputs, prepared, config.method.name)
    state = core.init_state(method, txs, core.fold_in(key, 'init'), prepared, weights)
    return state if config.ema_decay else state.replace(ema={})

  shapes = jax.eval_shape(init, key, weights)
  places = sharding.state_shardings(shapes, mesh, config.sharding)
  abstract = jax.tree.map(
    lambda x, place: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=place), shapes, places
  )
  everywhere = sharding.replicated(mesh)
  clock = time.perf_counter()
  lowered = jax.jit(
    core.make_train_step(method, txs, prepares, config.ema_decay),
    donate_argnums=0,
    in_shardings=(
      places,
      jax.tree.map(lambda x: sharding.batch_sharding(mesh, x.ndim), raw),
      everywhere,
    ),
    out_shardings=(places, everywhere),
  ).lower(abstract, jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype), raw), key)
  step = compiling.compile_step(lowered, mesh.devices.flat[0].platform)
  malloc.trim()
  log.info('Compiled the train step in %.1f s.', time.perf_counter() - clock)

  # own workdir, else config.init_from, else scratch
  checkpoints = Checkpoints(workdir, keep=config.keep, best=config.best)
  restored = checkpoints.restore_latest(abstract, data)
  resumed = restored is not None
  if restored is not None:
    state = restored
  else:
    state = jax.jit(init, out_shardings=places)(key, weights)
    state = start_from(config.init_from, state, places, method.pretrained)
  log.info(
    '%s: %s; %s',
    config.method.name,
    describe(method, shapes),
    f'continues at step {int(state.step)}' if resumed else 'starts from scratch',
  )
  return Run(
    config=config,
    workdir=workdir,
    mesh=mesh,
    key=key,
    data=data,
    source=source,
    state=state,
    step=step,
    flops=profiling.operations(lowered, mesh.size),
    evaluate=evaluate,
    checkpoints=checkpoints,
    resumed=resumed,
  )


def make_evaluation(
  config: ConfigDict, method: core.Method, mesh: Mesh, key: jax.Array
) -> Callable[[core.Variables], dict[str, Any]]:
  """All evaluations of `config.evals` on the validation split: variables -> results."""
  index, of = sharding.share(mesh)
  parts = sharding.batch_parts(mesh)
  pictures = pipeline.evaluation(
    config.data,
    'val',
    batch_size=-(-config.eval_batch_size // parts) * parts,
    limit=config.eval_limit,
    index=index,
    of=of,
  )
  prepared = evals.PreparedBatches(
    pictures,
    prepare.make(config.eval_prepare),
    key,
    place=functools.partial(sharding.to_global, mesh=mesh),
  )
  paint = evals.painter(method, key)
  evaluations = registry.evaluations(config.evals)

  def evaluate(variables: core.Variables) -> dict[str, Any]:
    return evals.run(evaluations, paint(variables), prepared)

  return evaluate


def start_from(
  config: ConfigDict, state: core.TrainState, places: PyTree, pretrained: Sequence[str] = ()
) -> core.TrainState:
  """The fresh state with the nets that config.init_from names: {net here: net of that run}.

  A net may also come from yet another run, as 'workdir:net'; '' takes none. With `config.grown` a
  net may have parameters that the run lacks: these stay fresh.

  Raises:
    ValueError: a net is not there, or has other shapes; one of `pretrained` is not named.
  """
  nets = {name: source for name, source in config.nets.items() if source}
  nets = {n: source for n, source in nets.items() if config.workdir or ':' in source}
  if missing := [name for name in pretrained if name not in nets]:
    raise ValueError(
      f'{missing} are not trained here: name the run that they come from in '
      'config.init_from.workdir, and '
      f'in config.init_from.nets.{missing[0]} their name there.'
    )
  v, ema = state.variables, dict(state.ema)
  params, stats = dict(v.params), dict(v.stats)
  for name, source in nets.items():
    if name not in params:
      raise ValueError(f'config.init_from.nets names {name!r}; the nets are {sorted(params)}.')
    where, _, there = source.rpartition(':')
    run, step = (where, 'latest') if where else (config.workdir, config.step)
    new = jax.device_get(load_nets(run, (there,), step)[there])  # on the host, where all agree
    if config.grown:
      new = _grown(new[0], params[name]), _grown(new[1], stats[name])
    if _shapes(new) != _shapes((params[name], stats[name])):
      raise ValueError(
        f'{there!r} of {run} has another shape than {name!r} here: the config '
        'sections of the two nets must agree.'
      )
    params[name], stats[name] = new
    if name in ema:
      ema[name] = new[0]
  if not nets:
    return state
  log.info('Took %s from %s.', nets, config.workdir)
  fresh = state.replace(variables=v.replace(params=params, stats=stats), ema=ema)
  return jax.device_put(fresh, places)


def _grown(old: PyTree, fresh: PyTree) -> PyTree:
  """What the old net has, and of what it lacks the fresh values."""
  kept = flatten_dict(jax.device_get(fresh)) | flatten_dict(old)
  return unflatten_dict(kept)


def make_optimisers(config: ConfigDict, method: core.Method) -> core.Txs:
  """One optax chain per player, from config.optim.

  Raises:
    ValueError: a player has no section, or a section no player.
  """
  players = {p.name: p for p in method.players}
  if set(players) != set(config.optim):
    raise ValueError(
      f'config.optim has sections {sorted(config.optim)}, the players are {sorted(players)}.'
    )
  return {
    name: optim.make(steps=max(1, config.steps // player.every), **config.optim[name])
    for name, player in players.items()
  }


def describe(method: core.Method, shapes: core.TrainState) -> str:
  """The nets with their numbers of parameters."""
  found = []
  for net in method.nets:
    size = sum(x.size for x in jax.tree.leaves(shapes.variables.params[net.name]))
    found.append(f'{net.name} {size / 1e6:.2f} M')
  return ', '.join(found)


def _shapes(tree: PyTree) -> PyTree:
  return jax.tree.map(lambda x: x.shape, tree)
