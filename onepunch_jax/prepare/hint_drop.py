"""Takes the hints from some drawings, after they are sampled and before repaint uses them."""

import jax


def make(*, probability=0.1):
  """(batch, key, step) -> batch whose 'hint' says nothing in a share of the drawings."""

  def hint_drop(batch, key, step):
    keep = jax.random.bernoulli(key, 1 - probability, (len(batch['hint']), 1, 1, 1))
    return {**batch, 'hint': batch['hint'] * keep}

  return hint_drop
