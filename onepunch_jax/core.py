"""A method is a set of nets, one forward pass, and players who take turns.

Every method of this package (one regression net, a GAN, three players, a flow) is a `Method`.
`make_train_step` turns any of them into one jittable step, so there is one training loop and no
trainer class.

The forward pass runs once per step. Each player has a loss over its outputs and pulls its own
gradient back through it; a player that must not update a net does not list that net in `trains`.
Players of one turn update their nets at the same time; turns follow each other, so a later turn
sees the nets as the earlier ones left them.

`init_state` runs the forward pass and the losses once, on shapes alone, to learn with which
arguments each net is called, and initialises it for these: a method writes its wiring once.
"""

import dataclasses
import functools
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp
import optax

Array = jax.Array
Batch = Mapping[str, Array]  # data/batch.py has the keys, shapes and ranges
Section = Mapping[str, Any]  # a config section, {'name': ..., **keywords}, for registry.py
PyTree = Any
Metrics = dict[str, Array]  # name -> scalar
Txs = Mapping[str, optax.GradientTransformation]  # player name -> optimiser


class Mean(NamedTuple):
  """A running mean: add `total`s and `count`s, divide at the end."""

  total: Array
  count: Array  # type: ignore[assignment]  # a tuple has a method of that name


class Variables(flax.struct.PyTreeNode):
  """All that a loss may read; it returns them with new `stats` and `memory`, never new `params`."""

  params: dict[str, PyTree]  # net name -> parameters
  stats: dict[str, PyTree]  # net name -> mutable collections: batch norm, spectral norm
  memory: PyTree  # arrays that the method keeps between steps: an image pool, an average


@dataclasses.dataclass(frozen=True)
class Net:
  """A named Flax module. Its variables are passed to every call and returned by it.

  Attributes:
    name: the net's key in `Variables` and in checkpoints.
    module: called with arrays and `train`, a bool.
    load: returns (parameters, statistics) read from a file, which replace fresh ones.
  """

  name: str
  module: nn.Module
  load: Callable[[], tuple[PyTree, PyTree]] | None = None

  def init(self, key: Array, *args: Any) -> tuple[PyTree, PyTree]:
    """Returns fresh parameters and statistics for calls with arguments of these shapes."""
    stats = dict(self.module.init(fold_in(key, self.name), *args, train=False))
    return stats.pop('params', {}), stats

  def __call__(self, v: Variables, *args: Any, key: Array | None = None) -> tuple[Any, Variables]:
    """Runs in training mode; returns the output and the variables with updated statistics."""
    rngs = None if key is None else {'dropout': fold_in(key, self.name)}
    own = self._own(v, args)
    mutable = [collection for collection in own if collection != 'params']
    out, stats = self.module.apply(own, *args, train=True, rngs=rngs, mutable=mutable)
    return out, v.replace(stats={**v.stats, self.name: stats})

  def infer(self, v: Variables, *args: Any) -> Any:
    """Runs in inference mode: no dropout, stored statistics, nothing updated."""
    return self.module.apply(self._own(v, args), *args, train=False)

  def _own(self, v: Variables, args: tuple) -> dict[str, PyTree]:
    if isinstance(v.params, FirstCalls):
      params, stats = v.params.variables(self, args)
      return {'params': params, **(v.stats.get(self.name) or stats)}
    if self.name not in v.params:
      raise ValueError(
        f'The variables hold no net {self.name!r}, only {sorted(v.params)}: of a run, '
        'load_for_inference reads the exported nets alone; runs.load_nets reads any net.'
      )
    return {'params': v.params[self.name], **v.stats[self.name]}


Lossed = tuple[Array, tuple[Variables, Metrics]]  # what a loss returns
# (variables, outputs of the forward pass, batch, key, step) -> (loss, (variables, metrics))
Loss = Callable[[Variables, PyTree, Batch, Array, Array], Lossed]


@dataclasses.dataclass(frozen=True)
class Player:
  """A loss and the nets it updates.

  Attributes:
    name: the prefix of its metrics and the key of its optimiser, `config.optim.<name>`.
    trains: the names of the nets that it updates.
    loss: called as `Loss` says.
    every: it updates on each `every`-th step only.
    when: step -> whether it updates; None is always.
  """

  name: str
  trains: tuple[str, ...]
  loss: Loss
  every: int = 1
  when: Callable[[Array], Array] | None = None


def _no_memory(batch: Batch) -> PyTree:
  return {}


def _no_measure(v: Variables, batch: Batch, key: Array) -> dict[str, Array]:
  return {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Method:
  """What `methods/<name>.py:make(**config.method)` returns.

  Attributes:
    nets: all its nets, the frozen ones too.
    forward: (v, batch, key) -> (outputs, v): what all players share, once per step. The outputs are
      a pytree of float arrays.
    turns: tuples of players: those of one turn update at once, turns follow each other.
    colorize: (v, batch, key) -> sRGB [B, H, W, 3] in [0, 1]: all that evaluation and inference
      see. `key` may be None where nothing is random.
    exports: the names of the nets that `colorize` needs: averaged, and shipped.
    train_inputs: the batch keys that training requires.
    inputs: the batch keys that `colorize` requires.
    optional_inputs: the batch keys that `colorize` uses if they are present, as 'sample'.
    multiple: `colorize` takes images whose sides are multiples of this.
    pretrained: frozen nets that config.init_from must bring.
    memory: batch -> `Variables.memory` before the first step.
    measure: (v, batch, key) -> {'<row>/<column>': [B]}, metrics that only the method can compute.
    classes: where colours are classes: (v, batch) -> probabilities [B, h, w, Q] of the ab colours
      [Q, 2]; else None.
  """

  nets: tuple[Net, ...]
  forward: Callable[[Variables, Batch, Array], tuple[PyTree, Variables]]
  turns: tuple[tuple[Player, ...], ...]
  colorize: Callable[[Variables, Batch, Array | None], Array]
  exports: tuple[str, ...]
  train_inputs: tuple[str, ...]
  inputs: tuple[str, ...] = ('line',)
  optional_inputs: tuple[str, ...] = ()
  multiple: int = 1
  pretrained: tuple[str, ...] = ()
  memory: Callable[[Batch], PyTree] = _no_memory
  measure: Callable[[Variables, Batch, Array], dict[str, Array]] = _no_measure
  classes: Callable[[Variables, Batch], tuple[Array, Array]] | None = None

  def __post_init__(self):
    known = {net.name for net in self.nets}
    for turn in self.turns:
      trained = [name for player in turn for name in player.trains]
      if len(set(trained)) < len(trained):
        raise ValueError(f'Players of one turn train the same net: {trained}.')
      if len({(player.every, player.when) for player in turn}) > 1:
        names = [p.name for p in turn]
        raise ValueError(f'Players of one turn share `every` and `when`: {names} do not.')
      if unknown := set(trained) - known:
        raise ValueError(f'{sorted(unknown)} are trained but are no nets; nets: {sorted(known)}.')

  @property
  def players(self) -> tuple[Player, ...]:
    """The players in the order of their turns."""
    return tuple(player for turn in self.turns for player in turn)

  def net(self, name: str) -> Net:
    """The net of that name, to be called with `Variables`.

    Raises:
      ValueError: the method has no such net; the message lists those it has.
    """
    nets = {net.name: net for net in self.nets}
    if name not in nets:
      raise ValueError(f'This method has no net {name!r}; its nets are {sorted(nets)}.')
    return nets[name]


class TrainState(flax.struct.PyTreeNode):
  """All that a checkpoint holds.  Plain arrays: no functions, no PRNG key."""

  step: Array
  variables: Variables
  opt_state: dict[str, optax.OptState]  # player name -> state over its nets
  ema: dict[str, PyTree]  # averaged parameters of `Method.exports`

  @property
  def averaged(self) -> Variables:
    """The variables that are evaluated: exported nets with their averaged parameters."""
    return self.variables.replace(params={**self.variables.params, **self.ema})


def check_key(key: Array | None, what: str) -> None:
  """Raises a ValueError when there is no key for something that is drawn at random."""
  if key is None:
    raise ValueError(f'{what!r} is drawn at random: pass a key, as jax.random.key(0).')


def fold_in(key: Array | None, name: str) -> Array:
  """A key that depends on the name only, so that adding a net reseeds no other.

  Raises:
    ValueError: there is no key, but something random is drawn.
  """
  check_key(key, name)
  assert key is not None
  return jax.random.fold_in(key, zlib.crc32(name.encode()))


def init_state(
  method: Method, txs: Txs, key: Array, batch: Batch, loaded: Mapping[str, tuple] | None = None
) -> TrainState:
  """The state before the first step.

  Args:
    method: what is trained.
    txs: the optimiser of each player.
    key: from which each net draws its initial values, by its name alone.
    batch: prepared as for a training step; only its shapes matter.
    loaded: (parameters, statistics) by name of nets that were read before (`Net.load`): constants
      in a compiled function slow compilation down.
  """
  loaded = loaded or {}
  calls = _first_calls(method, batch, key)
  params, stats = {}, {}
  for net in method.nets:
    if net.name in loaded:
      own = loaded[net.name]
    elif net.load:
      own = net.load()
    else:
      own = net.init(key, *_zeros(calls.args[net.name]))
    params[net.name], stats[net.name] = own
  return TrainState(
    step=jnp.zeros((), jnp.int32),
    variables=Variables(params, stats, method.memory(batch)),
    opt_state={p.name: txs[p.name].init(_pick(params, p.trains)) for p in method.players},
    ema=jax.tree.map(jnp.copy, _pick(params, method.exports)),
  )


@jax.tree_util.register_static
class FirstCalls:
  """Stands for all parameters while a method runs on shapes, and records each net's first call."""

  def __init__(self):
    self.args: dict[str, tuple] = {}  # net name -> shapes of its arguments
    self.shapes: dict[str, tuple] = {}  # net name -> shapes of its parameters and statistics

  def variables(self, net: Net, args: tuple) -> tuple[PyTree, PyTree]:
    """Zeros for the parameters and statistics of a net that is called with these arguments."""
    if net.name not in self.args:
      self.args[net.name] = jax.tree.map(_shape, args)
      init = functools.partial(net.init, jax.random.key(0), *_zeros(args))
      self.shapes[net.name] = jax.eval_shape(init)
    return _zeros(self.shapes[net.name])


def _first_calls(method: Method, batch: Batch, key: Array) -> FirstCalls:
  """Runs the forward pass and the losses on shapes alone, and `colorize` if it calls more nets."""
  calls = FirstCalls()

  def run(batch, key):
    v = Variables(cast(dict, calls), {}, method.memory(batch))
    out, v = method.forward(v, batch, key)
    for player in method.players:
      _, (v, _) = player.loss(v, out, batch, key, jnp.zeros((), jnp.int32))
    if any(net.name not in calls.args for net in method.nets):
      method.colorize(v, batch, key)

  jax.eval_shape(run, batch, key)
  if unused := sorted({net.name for net in method.nets} - set(calls.args)):
    raise ValueError(f'No loss and no forward pass calls the nets {unused}: leave them out.')
  return calls


def _shape(x: Any) -> Any:
  """The shape and dtype of an array; anything else as it is."""
  return jax.ShapeDtypeStruct(x.shape, x.dtype) if hasattr(x, 'shape') else x


def _zeros(tree: PyTree) -> PyTree:
  """Zeros in place of all arrays, or of their shapes; anything else as it is."""

  def zeros(x):
    return jnp.zeros(x.shape, x.dtype) if hasattr(x, 'shape') else x

  return jax.tree.map(zeros, tree)


def _unprepared(batch: Batch, key: Array, step: Array) -> Batch:
  return batch


def make_train_step(
  method: Method,
  txs: Txs,
  prepare: Callable[[Batch, Array, Array], Batch] = _unprepared,
  ema_decay: float = 0.999,
) -> Callable[[TrainState, Batch, Array], tuple[TrainState, dict[str, Mean]]]:
  """Makes one step of training, to be jitted.

  Args:
    method: what is trained.
    txs: the optimiser of each player.
    prepare: (raw batch, key, step) -> the batch that the method reads.
    ema_decay: of the averaged parameters, of the nets of which the state has some.

  Returns:
    (state, raw batch, key) -> (state, metrics); `key` is the run's, not the step's.
  """

  def train_step(state, batch, key):
    key = jax.random.fold_in(key, state.step)
    batch = prepare(batch, fold_in(key, 'prepare'), state.step)

    def forward(params):
      return method.forward(state.variables.replace(params=params), batch, key)

    out, pull_back, after = jax.vjp(forward, state.variables.params, has_aux=True)
    v = state.variables.replace(stats=after.stats, memory=after.memory)

    def move(player, params, v, opt_state):
      """One player's new parameters, its optimiser state, the variables, and its metrics."""

      def loss_fn(own, out):
        loss, (after, metrics) = player.loss(
          v.replace(params={**params, **own}), out, batch, key, state.step
        )
        return loss, (after, {'loss': loss, **metrics})

      own = _pick(params, player.trains)
      (direct, d_out), (after, metrics) = jax.grad(loss_fn, argnums=(0, 1), has_aux=True)(own, out)
      (through,) = pull_back(d_out)
      grads = jax.tree.map(jnp.add, direct, _pick(through, player.trains))
      updates, opt_state = txs[player.name].update(grads, opt_state, own)
      metrics['grad_norm'] = optax.tree.norm(grads)
      metrics = {f'{player.name}/{k}': Mean(m, jnp.ones(())) for k, m in metrics.items()}
      v = v.replace(stats=after.stats, memory=after.memory)
      return optax.apply_updates(own, updates), opt_state, v, metrics

    def take_turn(turn, v, opt_state):
      moved: dict[str, PyTree] = {}
      metrics: dict[str, Mean] = {}
      for player in turn:  # all of them start from the same parameters
        new, opt, v, m = move(player, v.params, v, opt_state[player.name])
        opt_state = {**opt_state, player.name: opt}
        moved |= new
        metrics |= m
      return v.replace(params={**v.params, **moved}), opt_state, metrics

    opt_state = state.opt_state
    metrics: dict[str, Mean] = {}
    for turn in method.turns:
      update = functools.partial(take_turn, turn)
      v, opt_state, m = _if_due(turn[0], state.step, update, v, opt_state)
      metrics |= m

    def averaged(ema, new):
      return ema + (1 - ema_decay) * (new - ema)

    ema = jax.tree.map(averaged, state.ema, _pick(v.params, tuple(state.ema)))
    return TrainState(state.step + 1, v, opt_state, ema), metrics

  return train_step


def _if_due(player: Player, step: Array, fn: Callable, *carry: PyTree) -> tuple:
  """Calls `fn` on the player's steps; else returns `carry` and empty metrics."""
  if player.every == 1 and player.when is None:
    return fn(*carry)
  due = (step + 1) % player.every == 0
  if player.when is not None:
    due &= player.when(step)
  *_, metrics = jax.eval_shape(fn, *carry)

  def skip(*carry):
    return (*carry, _zeros(metrics))

  return jax.lax.cond(due, fn, skip, *carry)


def _pick(tree: Mapping[str, PyTree], names: tuple[str, ...]) -> dict[str, PyTree]:
  return {name: tree[name] for name in names}
