"""A history of fakes for the discriminator (Shrivastava et al. 2017), kept in the method's memory.

Until the pool is full it stores what comes and returns it as it is. Then each fake is, with
probability 1/2, swapped for a stored one, so that the discriminator also judges the generator's
past.
"""

import jax
import jax.numpy as jnp

Array = jax.Array
Pool = dict[str, Array]  # 'pictures' [size, H, W, C] and 'seen', how many are stored


def start(size: int, picture: Array) -> Pool:
  """An empty pool for images like those of [B, H, W, C]."""
  return {
    'pictures': jnp.zeros((size, *picture.shape[1:]), jnp.float32),
    'seen': jnp.zeros((), jnp.int32),
  }


def swap(pool: Pool, fakes: Array, key: Array) -> tuple[Array, Pool]:
  """Swaps fakes against the pool.

  Args:
    pool: as `start` or `swap` returned it.
    fakes: [B, H, W, C]; of a batch larger than the pool, only as many as the pool holds take part.
    key: a PRNG key.

  Returns:
    What the discriminator gets, [B, H, W, C], and the pool after it.
  """
  size = pool['pictures'].shape[0]
  count = min(size, fakes.shape[0])
  full = pool['seen'] >= size
  slot_key, swap_key = jax.random.split(key)
  filling = (pool['seen'] + jnp.arange(count)) % size
  slots = jnp.where(full, jax.random.permutation(slot_key, size)[:count], filling)
  swapped = (full & jax.random.bernoulli(swap_key, 0.5, (count,)))[:, None, None, None]
  stored, coming = pool['pictures'][slots], jax.lax.stop_gradient(fakes[:count])
  out = jnp.concatenate([jnp.where(swapped, stored, fakes[:count]), fakes[count:]])
  kept = jnp.where(swapped | ~full, coming, stored)
  after = {
    'pictures': pool['pictures'].at[slots].set(kept),
    'seen': jnp.minimum(pool['seen'] + count, size),
  }
  return out, after
