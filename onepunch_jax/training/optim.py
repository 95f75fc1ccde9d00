"""config.optim[player] -> an optax chain: clip, optimiser, schedule, accumulation."""

import inspect

import optax

OPTIMISERS = ('adam', 'adamw', 'sgd', 'rmsprop')
SCHEDULES = ('constant', 'linear', 'cosine')


def make(
  *,
  steps: int,
  name: str = 'adam',
  lr: float = 2e-4,
  b1: float = 0.9,
  b2: float = 0.999,
  weight_decay: float = 0.0,
  schedule: str = 'constant',
  warmup: int = 0,
  decay_from: float = 0.5,
  clip: float = 0.0,
  accumulate: int = 1,
) -> optax.GradientTransformation:
  """An optimiser for one player.

  Args:
    steps: updates that the run makes; the schedules end there at 0.
    name: one of OPTIMISERS; `b1` is the momentum of sgd, `b2` the decay of rmsprop.
    schedule: 'constant', 'linear' (constant, then linearly to 0 as in pix2pix) or 'cosine'.
    warmup: updates over which the rate rises linearly from 0.
    decay_from: share of `steps` after which the rate falls.
    clip: largest global gradient norm; 0 turns it off.
    accumulate: batches whose gradients are averaged into one update.
  """
  if name not in OPTIMISERS:
    raise ValueError(f'No optimiser named {name!r}; there are {OPTIMISERS}.')
  rate = _schedule(schedule, lr, max(1, steps // accumulate), warmup, decay_from)
  tx = {
    'adam': lambda: optax.adam(rate, b1, b2),
    'adamw': lambda: optax.adamw(rate, b1, b2, weight_decay=weight_decay),
    'sgd': lambda: optax.sgd(rate, momentum=b1 or None),
    'rmsprop': lambda: optax.rmsprop(rate, decay=b2),
  }[name]()
  if weight_decay and name != 'adamw':  # the classical L2 term, as torch.optim has it
    tx = optax.chain(optax.add_decayed_weights(weight_decay), tx)
  if clip:
    tx = optax.chain(optax.clip_by_global_norm(clip), tx)
  return optax.MultiSteps(tx, accumulate).gradient_transformation() if accumulate > 1 else tx


KEYWORDS = tuple(k for k in inspect.signature(make).parameters if k != 'steps')


def _schedule(name, lr, steps, warmup, decay_from):
  start = int(decay_from * steps)
  fall = max(1, steps - start)
  if name == 'constant':
    rate = optax.constant_schedule(lr)
  elif name == 'linear':
    rate = optax.linear_schedule(lr, 0.0, fall, transition_begin=start)
  elif name == 'cosine':
    cosine = optax.cosine_decay_schedule(lr, fall)
    rate = optax.join_schedules([optax.constant_schedule(lr), cosine], [start])
  else:
    raise ValueError(f'No schedule named {name!r}; there are {SCHEDULES}.')
  if not warmup:
    return rate
  rise = optax.linear_schedule(0.0, 1.0, warmup)
  return lambda count: rate(count) * rise(count + 1)
