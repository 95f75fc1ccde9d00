"""Latent codes: the prior's loss, mixing codes of a batch, drawing several for one picture."""

import jax
import jax.numpy as jnp

from onepunch_jax.core import check_key

Array = jax.Array


def kl(mu: Array, logvar: Array) -> Array:
  """KL(N(mu, exp(logvar)) || N(0, 1)) of [B, Z], summed over Z, mean over B (Kingma 2014, B)."""
  return jnp.mean(-0.5 * jnp.sum(1 + logvar - mu**2 - jnp.exp(logvar), -1))


def reparametrize(mu: Array, logvar: Array, key: Array) -> Array:
  """A draw from N(mu, exp(logvar)), through which gradients flow."""
  return mu + jnp.exp(0.5 * logvar) * jax.random.normal(key, mu.shape)


def mix(z: Array, share: float, key: Array) -> Array:
  """Codes [B, ...] moved towards those of the next picture, by U(0, share) of the way each."""
  way = share * jax.random.uniform(key, (z.shape[0],) + (1,) * (z.ndim - 1))
  return z + way * (jnp.roll(z, 1, 0) - z)


def draw(key: Array | None, sample: Array, shape: tuple[int, ...]) -> Array:
  """Noise [B, *shape] for the colourings that `sample` [B] numbers: 0 is none, the likeliest.

  Raises:
    ValueError: there is no key to draw with.
  """
  check_key(key, 'sample')
  one = lambda n: jax.random.normal(jax.random.fold_in(key, n), shape) * (n > 0)
  return jax.vmap(one)(sample)
