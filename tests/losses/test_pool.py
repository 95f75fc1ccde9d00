"""The pool of fakes."""

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.losses import pool


def test_a_pool_hands_on_until_it_is_full_and_then_keeps_a_history():
  pictures = lambda i: jnp.full((4, 2, 2, 1), i, jnp.float32) + jnp.arange(4.0)[:, None, None, None]
  state, swap = pool.start(8, pictures(0)), jax.jit(pool.swap)
  for i in (10, 20):
    images, state = swap(state, pictures(i), jax.random.key(i))
    np.testing.assert_array_equal(images, pictures(i))
  assert sorted(state['pictures'][:, 0, 0, 0]) == [10, 11, 12, 13, 20, 21, 22, 23]
  old = fresh = 0
  for i in range(30, 430, 10):
    before = set(np.asarray(state['pictures'][:, 0, 0, 0]))
    images, state = swap(state, pictures(i), jax.random.key(i))
    seen = np.asarray(images[:, 0, 0, 0])
    for place, value in enumerate(seen):
      assert value == i + place or value in before
      old, fresh = old + (value in before), fresh + (value == i + place)
    swapped = {i + p for p, value in enumerate(seen) if value in before}
    assert swapped <= set(np.asarray(state['pictures'][:, 0, 0, 0]))  # what went in stays
  assert 50 < old < 110 and old + fresh == 160  # about half


def test_a_pool_smaller_than_the_batch_takes_part_of_it():
  fakes = jnp.arange(8.0).reshape(8, 1, 1, 1)
  state = pool.start(3, fakes)
  for i in range(4):
    images, state = pool.swap(state, fakes, jax.random.key(i))
    np.testing.assert_array_equal(images[3:], fakes[3:])
  assert state['seen'] == 3
