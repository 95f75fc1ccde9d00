"""Latent codes: the loss of the prior, drawing from the posterior, mixing, several samples."""

import jax
import jax.numpy as jnp

from onepunch_jax.core import check_key

Array = jax.Array


def kl(mu: Array, logvar: Array) -> Array:
  """KL(N(mu, exp(logvar)) || N(0, 1)) of [B, Z], summed over Z, mean over B (Kingma 2014, B)."""
  return jnp.mean(-0.5 * jnp.sum(1 + logvar - mu**2 - jnp.exp(logvar), -1))


def reparametrize(mu: Array, logvar: Array, key: Array) -> Array:
  """A sample of N(mu, exp(logvar)), in the shape of `mu`, through which gradients flow."""
  return mu + jnp.exp(0.5 * logvar) * jax.random.normal(key, mu.shape)


def mix(z: Array, max_weight: float, key: Array) -> Array:
  """Interpolates codes [B, ...] towards those of the next image, each by U(0, max_weight)."""
  weight = max_weight * jax.random.uniform(key, (z.shape[0],) + (1,) * (z.ndim - 1))
  return z + weight * (jnp.roll(z, 1, 0) - z)


def draw(key: Array | None, sample: Array, shape: tuple[int, ...]) -> Array:
  """Noise [B, *shape] for the samples numbered `sample` [B]; 0, the likeliest, has none.

  Raises:
    ValueError: there is no key to draw with.
  """
  check_key(key, 'sample')

  def noise(number):
    return jax.random.normal(jax.random.fold_in(key, number), shape) * (number > 0)

  return jax.vmap(noise)(sample)
