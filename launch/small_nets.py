"""Training of the small nets that come with the package: by the clock, on examples made here."""

import argparse
import time
from collections.abc import Callable

import flax.linen as nn
import jax
import numpy as np
import optax

from onepunch_jax.weights.npz import load, save

SEED = 0


def read_options(description: str, minutes: float, drawings: int) -> argparse.Namespace:
  """The options of the command line.

  Args:
    description: the command's docstring, of which the first line counts.
    minutes, drawings: what is taken where the command names none.
  """
  parser = argparse.ArgumentParser(description=description.splitlines()[0])
  parser.add_argument('--output', required=True, help='the .npz file')
  parser.add_argument('--start', default='', help='an .npz file of weights to go on from')
  parser.add_argument('--minutes', type=float, default=minutes, help='half the processor minutes')
  parser.add_argument('--drawings', type=int, default=drawings)
  parser.add_argument('--batch', type=int, default=8)
  parser.add_argument('--rate', type=float, default=2e-3)
  parser.add_argument('--cache', default='', help='a folder that keeps the drawings')
  return parser.parse_args()


def train(
  options: argparse.Namespace,
  net: nn.Module,
  batch: Callable[[np.random.Generator], tuple[np.ndarray, ...]],
  loss: Callable[..., jax.Array],
) -> None:
  """Trains by the clock, the rate falling in the last 40 %, and writes the averaged weights.

  Args:
    options: of `read_options`.
    net: float32 [B, H, W, C] -> [B, H, W, D].
    batch: draws (inputs [B, H, W, C], and what the loss compares with, ...).
    loss: (outputs, what the batch has after its inputs, ...) -> a number.
  """
  rng = np.random.default_rng(SEED)
  first = batch(rng)
  if options.start:
    params = load(options.start)
  else:
    inputs = np.zeros((1, *first[0].shape[1:]))
    params = jax.jit(net.init)(jax.random.key(SEED), inputs)['params']
  optimizer = optax.chain(
    optax.clip_by_global_norm(1.0), optax.scale_by_adam(b2=0.98), optax.add_decayed_weights(0.01)
  )

  def loss_of(params, inputs, *rest):
    return loss(net.apply({'params': params}, inputs), *rest)

  @jax.jit
  def step(state, examples, rate, keep):
    params, average, moments = state
    value, gradient = jax.value_and_grad(loss_of)(params, *examples)
    update, moments = optimizer.update(gradient, moments, params)
    params = jax.tree.map(lambda p, u: p - rate * u, params, update)
    average = jax.tree.map(lambda a, p: keep * a + (1 - keep) * p, average, params)
    return (params, average, moments), value

  state, n, losses, printed = (params, params, optimizer.init(params)), 0, [], 0.0
  state, _ = step(state, first, 0.0, 0.0)  # compiles
  start, clock = time.process_time(), time.monotonic()
  done = 0.0
  while done < 1:
    rate = options.rate * min(1, (n + 1) / 100) * min(1, max(0.02, (1 - done) / 0.4))
    state, value = step(state, batch(rng), rate, min(0.995, (1 + n) / (10 + n)))
    losses.append(float(value))
    n += 1
    done = min(1.0, (time.process_time() - start) / (120 * options.minutes))
    if done >= printed + 0.05 or done >= 1:
      seconds = time.monotonic() - clock
      print(f'{done:4.0%} {n} steps, {seconds:.0f} s: {np.mean(losses):.4f}', flush=True)
      printed, losses = done, []
      save(options.output, jax.device_get(state[1]))
