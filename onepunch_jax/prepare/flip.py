"""Mirrors a share of the drawings left to right: line art, colours and maps together."""

import jax
import jax.numpy as jnp

from onepunch_jax.data.batch import SPATIAL


def make(*, probability=0.5):
  """(batch, key, step) -> batch, each drawing mirrored with `probability`."""

  def flip(batch, key, step):
    size = batch['rgb'].shape[0]
    mirrored = jax.random.bernoulli(key, probability, (size, 1, 1, 1))
    return {
      k: jnp.where(mirrored, x[:, :, ::-1], x) if k in SPATIAL else x for k, x in batch.items()
    }

  return flip
