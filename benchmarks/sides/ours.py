"""Our training steps, as benchmarks/train_step times them."""

import argparse
import importlib
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import core, prepare, registry
from onepunch_jax.data import batch as batches
from onepunch_jax.training import compiling, malloc, optim
from onepunch_jax.training.setup import make_optimisers

NETS = {
  'net:pix2pixhd': dict(name='pix2pixhd', width=64, down=4, blocks=9),
  'net:zhang16': dict(name='zhang16', bins=313, width=64),
}


def make(case: str, args: argparse.Namespace, batch: int) -> tuple[Callable, Callable, object]:
  """(a function that starts a step and gives its loss, one that tells the peak in MB, the program).

  Args:
    case: the name of a configuration, or of NETS.
    args: of the command.
    batch: pictures.
  """
  malloc.keep_freed()  # as `main` does
  init, train_step, data = (of_net if case in NETS else of_method)(case, args, batch)
  key = jax.random.key(0)
  lowered = jax.jit(train_step, donate_argnums=0).lower(jax.eval_shape(init, key), data, key)
  compiled = compiling.compile_step(lowered, jax.default_backend())
  malloc.trim()  # compiled before there is a state, as in `training.loop`
  current = [jax.jit(init)(key)]
  malloc.trim()

  def step():
    current[0], loss = compiled(current[0], data, key)
    return loss

  def peak():
    return jax.devices()[0].memory_stats()['peak_bytes_in_use'] / 2**20

  return step, peak, compiled


def configured(case: str, args: argparse.Namespace, batch: int) -> tuple:
  """A configuration's method, its optimisers by player, its preparation, and a raw batch."""
  options = ','.join(filter(None, [args.options, f'size={args.size}', f'batch={batch}']))
  config = importlib.import_module(f'onepunch_jax.configs.{case}').get_config(options)
  if args.device == 'gpu':
    half_precision(config.method)
  method = registry.method(config.method)
  keys, data = config.data.train_keys, config.data
  raw = batches.fake(keys, batch, data.load_size, data.tags, data.tokens)
  return method, make_optimisers(config, method), prepare.make(config.prepare), noise(raw)


def of_method(case: str, args: argparse.Namespace, batch: int) -> tuple[Callable, Callable, dict]:
  """What a configuration trains: (key -> state, step, a raw batch)."""
  method, txs, prepares, data = configured(case, args, batch)

  def init(key):
    prepared = prepares(jax.tree.map(jnp.asarray, data), key, jnp.zeros((), jnp.int32))
    return core.init_state(method, txs, key, prepared).replace(ema={})

  whole = core.make_train_step(method, txs, prepares)
  loss = f'{method.turns[-1][-1].name}/loss'

  def train_step(state, data, key):
    state, metrics = whole(state, data, key)
    return state, metrics[loss].total

  return init, train_step, data


def of_net(case: str, args: argparse.Namespace, batch: int) -> tuple[Callable, Callable, dict]:
  """A generator with the mean absolute error of its first output and Adam."""
  dtype = 'bfloat16' if args.device == 'gpu' else 'float32'
  module, tx = registry.net(dict(NETS[case], dtype=dtype)), optim.make(steps=1000, lr=2e-4, b1=0.5)
  line = jax.random.uniform(jax.random.key(0), (batch, args.size, args.size, 1), minval=-1)

  def init(key):
    variables = dict(module.init(key, line, train=True))
    params = variables.pop('params')
    return params, variables, tx.init(params)

  def train_step(state, line, key):
    params, rest, moments = state

    def loss_of(params):
      out, new = module.apply({'params': params, **rest}, line, train=True, mutable=list(rest))
      out = out[0] if isinstance(out, tuple) else out
      return jnp.abs(out.astype(jnp.float32)).mean(), new

    (loss, new), grads = jax.value_and_grad(loss_of, has_aux=True)(params)
    updates, moments = tx.update(grads, moments, params)
    return (jax.tree.map(jnp.add, params, updates), dict(new), moments), loss

  return init, train_step, line


def noise(batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
  """The same shapes with random pictures and tables in place of white ones."""
  rng = np.random.default_rng(0)

  def fill(name, x):
    if name in ('labels', 'token_nouns', 'linked', 'character', 'tags', 'regions'):
      return x
    if x.dtype == np.uint8:
      return rng.integers(0, 256, x.shape, dtype=np.uint8)
    return rng.uniform(0, 1, x.shape).astype(x.dtype)

  return {name: fill(name, x) for name, x in batch.items()}


def half_precision(section) -> None:
  """Sets dtype='bfloat16' in every net's section of a method."""
  for value in section.values():
    if hasattr(value, 'items'):
      half_precision(value)
      if 'name' in value:
        with value.unlocked():
          value.dtype = 'bfloat16'
