"""A training step for CPUs takes less memory than XLA's own order of it, and computes the same."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.nets.blocks import conv_maps
from onepunch_jax.training import compiling, optim

TX = optim.make(steps=10)


def start():
  keys = jax.random.split(jax.random.key(0), 5)
  params = [0.1 * jax.random.normal(k, (3, 3, 16, 16)) for k in keys]
  return params, TX.init(params), jax.tree.map(jnp.copy, params), jnp.zeros((), jnp.int32)


def train_step(state, x):
  """As the methods': an update, averaged parameters, and something that is due at some steps."""
  params, moments, averaged, step = state

  def loss(params):
    y = x
    for w in params:
      y = jax.nn.relu(conv_maps.conv(y, w, 1, ((1, 1), (1, 1))))
    return jnp.mean(y**2)

  value, grads = jax.value_and_grad(loss)(params)

  def update(params, moments):
    updates, moments = TX.update(grads, moments, params)
    return jax.tree.map(jnp.add, params, updates), moments

  def leave(params, moments):
    return params, moments

  params, moments = jax.lax.cond(step % 3 < 2, update, leave, params, moments)
  averaged = jax.tree.map(lambda a, p: 0.9 * a + 0.1 * p, averaged, params)
  return (params, moments, averaged, step + 1), value


def test_less_memory_and_the_same_bits():
  x = jnp.asarray(np.random.default_rng(0).standard_normal((2, 48, 48, 16)), jnp.float32)
  lowered = jax.jit(train_step, donate_argnums=0).lower(jax.eval_shape(start), x)
  programs = lowered.compile(), compiling.compile_step(lowered, 'cpu')
  default, ours = (p.memory_analysis().temp_size_in_bytes for p in programs)
  assert ours < 0.5 * default
  states = []
  for program in programs:
    state = start()
    for _ in range(5):
      state, value = program(state, x)
      assert np.isfinite(value)
    states.append(state)
  for a, b in zip(*map(jax.tree.leaves, states)):
    np.testing.assert_array_equal(a, b)


class Lowered:
  """A lowered program whose compiler lacks the options, or fails otherwise."""

  def __init__(self, message):
    self.message = message

  def compile(self, options=None):
    if options:
      raise jax.errors.JaxRuntimeError(self.message)
    return 'without options'


def test_a_version_without_an_option_compiles_without_any():
  lowered = Lowered("INVALID_ARGUMENT: No such compile option: 'xla_cpu_scheduler_type'")
  assert compiling.compile_step(lowered, 'cpu') == 'without options'
  with pytest.raises(jax.errors.JaxRuntimeError, match='no memory'):
    compiling.compile_step(Lowered('no memory'), 'cpu')


def test_other_platforms_get_no_option_of_cpus():
  assert compiling.compile_step(Lowered('an option of CPUs'), 'cuda') == 'without options'
