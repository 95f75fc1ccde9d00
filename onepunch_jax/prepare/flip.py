"""Mirrors images left to right at random: line art, colours and maps together."""

import jax
import jax.numpy as jnp

from onepunch_jax.data.batch import SPATIAL
from onepunch_jax.prepare import PrepareStep
from onepunch_jax.regions import tokens

PLANES = (*SPATIAL, 'labels', 'line_distance')


def make(*, probability: float = 0.5) -> PrepareStep:
  """Makes a step that mirrors each image, and the geometry of its regions, with `probability`."""

  def flip(batch, key, step):
    size = next(x for k, x in batch.items() if k in PLANES).shape[0]
    mirrored = jax.random.bernoulli(key, probability, (size, 1, 1, 1))
    out = {k: jnp.where(mirrored, x[:, :, ::-1], x) if k in PLANES else x for k, x in batch.items()}
    if 'geometry' in out:
      signs = jnp.where(jnp.isin(jnp.arange(tokens.COLUMNS), jnp.array(tokens.MIRRORED)), -1, 1)
      out['geometry'] = out['geometry'] * jnp.where(mirrored[..., 0], signs, 1)
    return out

  return flip
