"""Hides values from XLA's constant folding."""

import jax


def opaque(x: jax.Array) -> jax.Array:
  """Returns `x` as a value that XLA does not know while it compiles.

  Zeros that stand for an absent guide are constants in a compiled function. XLA's constant folding
  then evaluates attention over no valid token at compile time, which takes seconds, and has
  returned NaN for it where the compiled code returns numbers (seen on CPU with jax 0.10).
  """
  return jax.lax.optimization_barrier(x)
