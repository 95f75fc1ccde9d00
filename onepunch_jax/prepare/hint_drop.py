"""Removes the hints of some images, after hints are sampled and before repaint uses them."""

import jax

from onepunch_jax.prepare import PrepareStep


def make(*, probability: float = 0.1) -> PrepareStep:
  """Makes a step that empties batch['hint'] of each image with `probability`."""

  def hint_drop(batch, key, step):
    keep = jax.random.bernoulli(key, 1 - probability, (len(batch['hint']), 1, 1, 1))
    return {**batch, 'hint': batch['hint'] * keep}

  return hint_drop
