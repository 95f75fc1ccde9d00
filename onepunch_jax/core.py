"""A method is a set of nets, one forward pass, and players who take turns.

Every method of this package -- one regression net, a GAN, three players, a flow -- is a
`Method`.  `make_train_step` turns any of them into one jittable step, so there is one train
loop and no trainer classes.

The forward pass runs once per step.  Each player has a loss over what came out of it, and
pulls its own gradient back through it; a player that must not move a net does not list that
net in `trains`.  Players of one turn move at the same time; turns follow each other, so a
later turn sees the nets as the earlier ones left them.
"""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp
import optax

Array = jax.Array
Batch = Mapping[str, Array]  # data/batch.py has the keys, shapes and ranges
PyTree = Any
Txs = Mapping[str, optax.GradientTransformation]  # player name -> optimiser


class Mean(NamedTuple):
  """A running mean: add `total`s and `count`s, divide at the end."""

  total: Array
  count: Array


@flax.struct.dataclass
class Variables:
  """Everything a loss may read, and hand on changed -- except `params`."""

  params: dict[str, PyTree]  # net name -> parameters
  stats: dict[str, PyTree]  # net name -> mutable collections: batch norm, spectral norm
  memory: PyTree  # arrays the method keeps for itself: an image pool, an average


@dataclasses.dataclass(frozen=True)
class Net:
  """A named Flax module.  Its variables are threaded through calls by hand."""

  name: str
  module: nn.Module
  example: Callable[[Batch], tuple[Array, ...]]  # the arguments that `init` gets
  load: Callable[[], tuple[PyTree, PyTree]] | None = None  # given weights, in place of fresh ones

  def init(self, key: Array, batch: Batch) -> tuple[PyTree, PyTree]:
    """Returns fresh (or given) parameters and statistics."""
    if self.load:
      return self.load()
    stats = dict(self.module.init(fold_in(key, self.name), *self.example(batch), train=False))
    return stats.pop('params'), stats

  def __call__(self, v: Variables, *args, key: Array | None = None) -> tuple[Any, Variables]:
    """Runs in training mode; returns the output and the variables after it."""
    rngs = None if key is None else {'dropout': fold_in(key, self.name)}
    out, stats = self.module.apply(
      self._own(v), *args, train=True, rngs=rngs, mutable=list(v.stats[self.name])
    )
    return out, v.replace(stats={**v.stats, self.name: stats})

  def infer(self, v: Variables, *args) -> Any:
    """Runs in inference mode: no dropout, stored statistics, nothing updated."""
    return self.module.apply(self._own(v), *args, train=False)

  def _own(self, v: Variables) -> dict[str, PyTree]:
    return {'params': v.params[self.name], **v.stats[self.name]}


# (variables, outputs of the forward pass, batch, key, step) -> (loss, (variables, metrics))
Loss = Callable[
  [Variables, PyTree, Batch, Array, Array], tuple[Array, tuple[Variables, dict[str, Array]]]
]


@dataclasses.dataclass(frozen=True)
class Player:
  """A loss and the nets it moves.  The name is its metric prefix and its optimiser's key."""

  name: str
  trains: tuple[str, ...]
  loss: Loss
  every: int = 1  # moves on each `every`-th step only
  when: Callable[[Array], Array] | None = None  # step -> whether it moves; None is always


@dataclasses.dataclass(frozen=True, kw_only=True)
class Method:
  """What `methods/<name>.py:make(**config.method)` returns."""

  nets: tuple[Net, ...]
  forward: Callable[[Variables, Batch, Array], tuple[PyTree, Variables]]
  turns: tuple[tuple[Player, ...], ...]
  colorize: Callable[[Variables, Batch, Array], Array]  # -> sRGB [B, H, W, 3] in [0, 1]
  exports: tuple[str, ...]  # the nets that `colorize` needs: averaged, and shipped
  needs: tuple[str, ...]  # the batch keys that training reads
  reads: tuple[str, ...] = ('line',)  # the batch keys that `colorize` reads
  takes: tuple[str, ...] = ()  # and those it does without: 'sample'
  multiple: int = 1  # `colorize` takes pictures whose sides are multiples of this
  given: tuple[str, ...] = ()  # nets that nobody trains: config.init_from must bring them
  memory: Callable[[Batch], PyTree] = lambda batch: {}
  # what only the method can measure: (v, batch, key) -> {'<row>/<column>': [B]}
  measure: Callable[[Variables, Batch, Array], dict[str, Array]] = lambda v, batch, key: {}
  # where colours are classes: (v, batch) -> shares [B, h, w, Q] of the ab colours [Q, 2]
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
    return tuple(player for turn in self.turns for player in turn)


@flax.struct.dataclass
class TrainState:
  """All that a checkpoint holds.  Plain arrays: no functions, no PRNG key."""

  step: Array
  variables: Variables
  opt_state: dict[str, optax.OptState]  # player name -> state over its nets
  ema: dict[str, PyTree]  # averaged parameters of `Method.exports`

  @property
  def averaged(self) -> Variables:
    """The variables that are evaluated: exported nets with their averaged parameters."""
    return self.variables.replace(params={**self.variables.params, **self.ema})


def fold_in(key: Array, name: str) -> Array:
  """A key that depends on the name only, so that adding a net reseeds no other."""
  return jax.random.fold_in(key, zlib.crc32(name.encode()))


def init_state(
  method: Method, txs: Txs, key: Array, batch: Batch, given: Mapping[str, tuple] | None = None
) -> TrainState:
  """The state before the first step; of `batch` (prepared) only the shapes matter.

  `given` are (parameters, statistics) of nets by name, read before: large constants compile slowly.
  """
  given = given or {}
  made = {n.name: given[n.name] if n.name in given else n.init(key, batch) for n in method.nets}
  params = {name: p for name, (p, _) in made.items()}
  stats = {name: s for name, (_, s) in made.items()}
  return TrainState(
    step=jnp.zeros((), jnp.int32),
    variables=Variables(params, stats, method.memory(batch)),
    opt_state={p.name: txs[p.name].init(_pick(params, p.trains)) for p in method.players},
    ema=jax.tree.map(jnp.copy, _pick(params, method.exports)),
  )


def make_train_step(
  method: Method,
  txs: Txs,
  prepare: Callable[[Batch, Array, Array], Batch] = lambda batch, key, step: batch,
  ema_decay: float = 0.999,
) -> Callable[[TrainState, Batch, Array], tuple[TrainState, dict[str, Mean]]]:
  """Returns `(state, raw batch, key) -> (state, metrics)`; `key` is the run's, not the step's."""

  def train_step(state, batch, key):
    key = jax.random.fold_in(key, state.step)
    batch = prepare(batch, fold_in(key, 'prepare'), state.step)

    def forward(params):
      return method.forward(state.variables.replace(params=params), batch, key)

    out, pull_back, after = jax.vjp(forward, state.variables.params, has_aux=True)
    v = state.variables.replace(stats=after.stats, memory=after.memory)

    def move(player, params, v, opt_state):
      """One player's new parameters, optimiser state, leftovers and metrics."""

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
      moved, metrics = {}, {}
      for player in turn:  # all of them start from the same parameters
        new, opt, v, m = move(player, v.params, v, opt_state[player.name])
        opt_state = {**opt_state, player.name: opt}
        moved |= new
        metrics |= m
      return v.replace(params={**v.params, **moved}), opt_state, metrics

    opt_state, metrics = state.opt_state, {}
    for turn in method.turns:
      v, opt_state, m = _if_due(
        turn[0], state.step, lambda *a, t=turn: take_turn(t, *a), v, opt_state
      )
      metrics |= m
    ema = jax.tree.map(
      lambda e, p: e + (1 - ema_decay) * (p - e), state.ema, _pick(v.params, method.exports)
    )
    return TrainState(state.step + 1, v, opt_state, ema), metrics

  return train_step


def _if_due(player, step, fn, *carry):
  """Calls `fn` on the player's steps; else passes `carry` on with empty metrics."""
  if player.every == 1 and player.when is None:
    return fn(*carry)
  due = (step + 1) % player.every == 0
  if player.when is not None:
    due &= player.when(step)
  *_, metrics = jax.eval_shape(fn, *carry)
  empty = jax.tree.map(lambda m: jnp.zeros(m.shape, m.dtype), metrics)
  return jax.lax.cond(due, fn, lambda *c: (*c, empty), *carry)


def _pick(tree, names):
  return {name: tree[name] for name in names}
