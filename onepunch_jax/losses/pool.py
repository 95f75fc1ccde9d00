"""A history of fakes that the discriminator sees (Shrivastava et al. 2017), kept in `memory`.

Until the pool is full it stores what comes and hands it on.  Then each fake is, with probability
1/2, swapped against a stored one, so that the discriminator also judges the generator's past.
"""

import jax
import jax.numpy as jnp

Array = jax.Array


def start(size: int, picture: Array) -> dict[str, Array]:
  """An empty pool for pictures like those of [B, H, W, C]."""
  return {
    'pictures': jnp.zeros((size, *picture.shape[1:]), jnp.float32),
    'seen': jnp.zeros((), jnp.int32),
  }


def swap(pool: dict[str, Array], fakes: Array, key: Array) -> tuple[Array, dict[str, Array]]:
  """Fakes [B, H, W, C] -> what the discriminator gets, same shape, and the pool after it.

  Of a batch that is larger than the pool, only as many as the pool holds take part.
  """
  size = pool['pictures'].shape[0]
  count = min(size, fakes.shape[0])
  full = pool['seen'] >= size
  order, coin = jax.random.split(key)
  filling = (pool['seen'] + jnp.arange(count)) % size
  slots = jnp.where(full, jax.random.permutation(order, size)[:count], filling)
  swapped = (full & jax.random.bernoulli(coin, 0.5, (count,)))[:, None, None, None]
  stored, coming = pool['pictures'][slots], jax.lax.stop_gradient(fakes[:count])
  shown = jnp.concatenate([jnp.where(swapped, stored, fakes[:count]), fakes[count:]])
  kept = jnp.where(swapped | ~full, coming, stored)
  after = {'pictures': pool['pictures'].at[slots].set(kept), 'seen': pool['seen'] + count}
  return shown, {**after, 'seen': jnp.minimum(after['seen'], size)}
