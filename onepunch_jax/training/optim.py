"""config.optim[player] -> an optax chain: clip, optimiser, schedule, accumulation."""

import inspect
from collections.abc import Sequence

import jax
import optax

OPTIMISERS = ('adam', 'adamw', 'sgd', 'rmsprop')
SCHEDULES = ('constant', 'linear', 'cosine', 'step')


def make(
  *,
  steps: int,
  name: str = 'adam',
  lr: float = 2e-4,
  b1: float = 0.9,
  b2: float = 0.999,
  weight_decay: float = 0.0,
  decay_biases: bool = True,
  nesterov: bool = False,
  schedule: str = 'constant',
  warmup: int = 0,
  decay_from: float = 0.5,
  drop_at: Sequence[float] = (),
  drop_to: float = 0.1,
  clip: float = 0.0,
  accumulate: int = 1,
) -> optax.GradientTransformation:
  """An optimiser for one player.

  Args:
    steps: updates that the run makes; the schedules end there at 0.
    name: one of OPTIMISERS; `b1` is the momentum of sgd, `b2` the decay of rmsprop.
    weight_decay: as torch.optim has it: added to the gradient (adamw: decoupled from it).
    decay_biases: whether biases and the scales of norms decay too, or kernels alone.
    nesterov: Nesterov's momentum for sgd.
    schedule: 'constant', 'linear' (constant, then linearly to 0 as in pix2pix), 'cosine', or
      'step' (Caffe's: multiplied by `drop_to` at each of `drop_at`).
    warmup: updates over which the rate rises linearly from 0.
    decay_from: fraction of `steps` after which the rate of 'linear' and 'cosine' falls.
    drop_at: fractions of `steps` at which the rate of 'step' drops.
    drop_to: factor of each drop.
    clip: largest global gradient norm; 0 turns it off.
    accumulate: batches whose gradients are averaged into one update.
  """
  if name not in OPTIMISERS:
    raise ValueError(f'No optimiser named {name!r}; there are {OPTIMISERS}.')
  updates = max(1, steps // accumulate)
  rate = _schedule(schedule, lr, updates, warmup, decay_from, drop_at, drop_to)
  mask = None if decay_biases else _kernels
  if name == 'adam':
    tx = optax.adam(rate, b1, b2)
  elif name == 'adamw':
    tx = optax.adamw(rate, b1, b2, weight_decay=weight_decay, mask=mask)
  elif name == 'sgd':
    tx = optax.sgd(rate, momentum=b1 or None, nesterov=nesterov)
  else:
    tx = optax.rmsprop(rate, decay=b2)
  if weight_decay and name != 'adamw':
    tx = optax.chain(optax.add_decayed_weights(weight_decay, mask), tx)
  if clip:
    tx = optax.chain(optax.clip_by_global_norm(clip), tx)
  return optax.MultiSteps(tx, accumulate).gradient_transformation() if accumulate > 1 else tx


KEYWORDS = tuple(k for k in inspect.signature(make).parameters if k != 'steps')


def _kernels(params: optax.Params) -> optax.Params:
  """Which parameters are kernels: those of two dimensions or more."""
  return jax.tree.map(lambda p: p.ndim > 1, params)


def _schedule(
  name: str,
  lr: float,
  steps: int,
  warmup: int,
  decay_from: float,
  drop_at: Sequence[float],
  drop_to: float,
) -> optax.Schedule:
  start = int(decay_from * steps)
  fall = max(1, steps - start)
  if name == 'constant':
    rate = optax.constant_schedule(lr)
  elif name == 'linear':
    rate = optax.linear_schedule(lr, 0.0, fall, transition_begin=start)
  elif name == 'cosine':
    cosine = optax.cosine_decay_schedule(lr, fall)
    rate = optax.join_schedules([optax.constant_schedule(lr), cosine], [start])
  elif name == 'step':
    drops = {round(fraction * steps): drop_to for fraction in drop_at}
    rate = optax.piecewise_constant_schedule(lr, drops)
  else:
    raise ValueError(f'No schedule named {name!r}; there are {SCHEDULES}.')
  if not warmup:
    return rate
  rise = optax.linear_schedule(0.0, 1.0, warmup)
  return lambda count: rate(count) * rise(count + 1)
