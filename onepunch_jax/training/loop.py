"""The loop: evaluate, save, take a batch, step, log -- for every method, on any mesh."""

import os
import time

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import core, evals, prepare, registry
from onepunch_jax.data import batch as batches
from onepunch_jax.data import pipeline, vocabulary
from onepunch_jax.log import log
from onepunch_jax.reports.tables import table
from onepunch_jax.training import malloc, optim, profiling, sharding
from onepunch_jax.training.checkpoint import Checkpoints, load_nets, save_config
from onepunch_jax.training.processes import STOPPED, StopSignal
from onepunch_jax.training.writer import Writer


def train(config, workdir: str, profile: str = '') -> int:
  """Trains what `config` describes; continues where `workdir` left off.

  `profile`, e.g. '10:13', are steps to trace (`speed.Trace`).

  Returns:
    0 when all steps are done; STOPPED when SIGTERM came and the state was saved.

  Raises:
    ValueError: the configuration cannot be run; the message says what to change.
    FloatingPointError: a loss or gradient is not finite; the message names step and loss.
  """
  # -- what is trained ------------------------------------------------------------------------
  trace = profiling.Trace(profile, workdir)
  mesh = sharding.make_mesh(tuple(config.mesh.items()))
  sharding.check_batch_size(config.batch_size, mesh)
  method = registry.method(config.method)
  txs = make_optimisers(config, method)
  prepares = prepare.make(config.prepare)
  index, of = sharding.share(mesh)
  data, source = pipeline.train(
    config.data, seed=config.seed, batch_size=config.batch_size, index=index, of=of
  )
  parts = sharding.batch_parts(mesh)
  validation = pipeline.evaluation(
    config.data,
    'val',
    batch_size=-(-config.eval_batch_size // parts) * parts,
    limit=config.eval_limit,
    index=index,
    of=of,
  )
  save_config(workdir, config)
  if config.data.tags and jax.process_index() == 0:
    vocabulary.save(workdir, vocabulary.of(config.data.path))

  # -- shapes -> shardings -> state: own workdir > config.init_from > scratch -----------------
  key = jax.random.key(config.seed)
  raw = batches.fake(
    config.data.train_keys,
    config.batch_size,
    config.data.load_size,
    config.data.tags,
    config.data.tokens,
  )

  given = {net.name: net.load() for net in method.nets if net.load}

  def init(key, given):
    prepared = prepares(jax.tree.map(jnp.asarray, raw), key, 0)
    batches.check_needs(method.train_inputs, prepared, config.method.name)
    return core.init_state(method, txs, core.fold_in(key, 'init'), prepared, given)

  shapes = jax.eval_shape(init, key, given)
  places = sharding.state_shardings(shapes, mesh, config.sharding)
  abstract = jax.tree.map(
    lambda x, place: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=place), shapes, places
  )
  checkpoints = Checkpoints(workdir, keep=config.keep, best=config.best)
  state = checkpoints.restore_latest(abstract, data)
  resumed = state is not None
  if not resumed:
    state = jax.jit(init, out_shardings=places)(key, given)
    state = start_from(config.init_from, state, places, method.pretrained)
  start = int(state.step)
  log.info(
    '%s: %s; %s',
    config.method.name,
    describe(method, shapes),
    f'continues at step {start}' if resumed else 'starts from scratch',
  )

  # -- the step, compiled first, so that errors of memory or shape come before the data --------
  split = jax.tree.map(lambda x: sharding.batch_sharding(mesh, x.ndim), raw)
  everywhere = sharding.replicated(mesh)
  train_step = jax.jit(
    core.make_train_step(method, txs, prepares, config.ema_decay),
    donate_argnums=0,
    in_shardings=(places, split, everywhere),
    out_shardings=(places, everywhere),
  )
  clock = time.perf_counter()
  raw_shapes = jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype), raw)
  lowered = train_step.lower(abstract, raw_shapes, key)
  train_step = lowered.compile()
  malloc.trim()
  log.info('Compiled the train step in %.1f s.', time.perf_counter() - clock)
  paint = evals.painter(method, key)
  evaluations = [registry.evaluation({'name': n, **c}) for n, c in config.evals.items()]

  def evaluate(step):
    variables = state.averaged
    shown = _Shown(validation, mesh, prepare.make(config.eval_prepare), key)
    results = {}
    for run in evaluations:
      results |= run(paint(variables), shown)
    numbers = {f'val/{k}': v for k, v in results.items() if not isinstance(v, np.ndarray)}
    writer.scalars(step, numbers)
    for name, value in results.items():
      if isinstance(value, np.ndarray):
        writer.picture(step, name, value)
    return numbers

  # -- the loop: evaluate, save, THEN take a batch, so that state and iterator agree -----------
  writer = Writer(
    workdir,
    start=start,
    steps=config.steps,
    log_every=config.log_every,
    batch_size=config.batch_size,
    flops=profiling.operations(lowered, mesh.size),
  )
  stop = StopSignal()
  known_skips, numbers = 0, {}
  try:
    for step in range(start, config.steps + 1):
      last, stopping = step == config.steps, stop.asked(step)
      fresh = step > start or not resumed
      due = lambda every, step=step: every and step % every == 0 and step > 0
      if (due(config.eval_every) and fresh) or last:
        writer.flush()
        try:
          numbers = evaluate(step)
        except Exception:  # whatever goes wrong in a report, what was learned is kept
          if fresh and jax.process_count() == 1:
            checkpoints.save(step, state, data, None)
          raise
        writer.restart_clock()
      saving = ((due(config.save_every) or last) and fresh) or (stopping and step > start)
      if saving:
        writer.flush()
        checkpoints.save(step, state, data, numbers if due(config.eval_every) or last else None)
      if last or stopping:
        break
      trace.at(step, state)
      clock = time.perf_counter()
      batch = sharding.to_global(next(data), mesh)
      writer.waited(time.perf_counter() - clock)
      state, metrics = train_step(state, batch, key)
      writer.step(step + 1, metrics)
      if source.skipped > known_skips:
        known_skips = source.skipped
        writer.scalars(step + 1, {'data/skipped': known_skips})
  except FloatingPointError as error:
    checkpoints.wait()
    raise FloatingPointError(
      f'{error}: the run stops. The last good checkpoint in {workdir} is of step '
      f'{checkpoints.latest}; lower the learning rate (config.optim.<player>.lr) or clip the '
      'gradients (config.optim.<player>.clip).'
    ) from None
  finally:
    trace.close()
    checkpoints.wait()
    checkpoints.close()
    writer.close()
    stop.restore()
    if hasattr(data, 'close'):
      data.close()
  if saving and checkpoints.latest != step:
    raise OSError(
      f'Step {step} could not be saved: free some space where {workdir} is; the same command '
      f'continues from step {checkpoints.latest or 0}.'
    )
  if stopping and not last:
    log.info('Told to stop: saved at step %d; the same command continues.', step)
    return STOPPED
  if jax.process_index() == 0:
    print(
      table(
        {k.removeprefix('val/'): v for k, v in numbers.items()},
        f'{config.method.name} on {config.data.path} val, step {step}',
      )
    )
    print(f'Pictures: {os.path.join(workdir, "samples")}')
  return 0


def start_from(config, state: core.TrainState, places, given=()) -> core.TrainState:
  """The fresh state with the nets that config.init_from names: {net here: net of that run}.

  A net may also come from yet another run, as 'workdir:net'; '' takes none.

  Raises:
    ValueError: a net is not there, or has other shapes; one of `given` is not named.
  """
  nets = {name: source for name, source in config.nets.items() if source}
  nets = {n: source for n, source in nets.items() if config.workdir or ':' in source}
  if missing := [name for name in given if name not in nets]:
    raise ValueError(
      f'Nobody trains {missing}: say which run they come from with config.init_from.workdir, and '
      f'config.init_from.nets.{missing[0]} for the name there.'
    )
  v, ema = state.variables, dict(state.ema)
  params, stats = dict(v.params), dict(v.stats)
  for name, source in nets.items():
    if name not in params:
      raise ValueError(f'config.init_from.nets names {name!r}; the nets are {sorted(params)}.')
    where, _, there = source.rpartition(':')
    run, step = (where, 'latest') if where else (config.workdir, config.step)
    new = jax.device_get(load_nets(run, (there,), step)[there])  # on the host: all have the same
    shapes = lambda tree: jax.tree.map(lambda x: x.shape, tree)
    if shapes(new) != shapes((params[name], stats[name])):
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
  return jax.jit(lambda s: s, out_shardings=places)(fresh)


def make_optimisers(config, method: core.Method) -> dict:
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
  count = lambda tree: sum(x.size for x in jax.tree.leaves(tree))
  sizes = {net.name: count(shapes.variables.params[net.name]) for net in method.nets}
  return ', '.join(f'{name} {size / 1e6:.2f} M' for name, size in sizes.items())


class _Shown:
  """Evaluation batches on the mesh, prepared; iterable again and again."""

  def __init__(self, validation, mesh, prepares, key):
    self._validation, self._mesh = validation, mesh
    self._prepare = jax.jit(lambda batch: prepares(batch, key, 0))

  def __iter__(self):
    for batch in self._validation:
      yield self._prepare(sharding.to_global(batch, self._mesh))
