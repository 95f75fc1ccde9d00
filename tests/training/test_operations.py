"""The operations that a step spends its time on have names."""

import jax
import jax.numpy as jnp
import pytest

from onepunch_jax.training import operations


def test_the_dearest_operation_of_a_trace_is_found(tmp_path):
  @jax.jit
  def both(a, b):
    with jax.named_scope('large'):
      large = jnp.sort(a)
    with jax.named_scope('small'):
      return large, jnp.sin(b)

  a, b = jnp.ones((1500, 1500)), jnp.ones((32, 32))
  compiled = both.lower(a, b).compile()
  with jax.profiler.trace(str(tmp_path), create_perfetto_trace=True):
    for _ in range(3):
      jax.block_until_ready(compiled(a, b))
  found = operations.most_expensive(str(tmp_path), compiled, 2)
  assert 'large' in found[0].source and found[0].share > 0.3
  assert len(found) == 2 and found[0].seconds >= found[1].seconds


def test_a_folder_without_a_trace_is_named(tmp_path):
  with pytest.raises(ValueError, match='no perfetto_trace'):
    operations.most_expensive(str(tmp_path), None)
