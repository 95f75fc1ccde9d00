"""Classification with several labels: binary cross-entropy and the precision of a ranking."""

import jax
import jax.numpy as jnp

Array = jax.Array


def bce(logits: Array, truth: Array) -> Array:
  """Binary cross-entropy, elementwise: logits [...] and labels [...] in [0, 1] -> [...]."""
  return jax.nn.softplus(logits) - truth * logits


def rank_precision(logits: Array, truth: Array) -> Array:
  """Label ranking average precision.

  For each true label, the fraction of true ones among those ranked no lower; the mean over true
  labels.

  Args:
    logits: [B, T], or any scores.
    truth: [B, T], 0 or 1.

  Returns:
    [B]; NaN for an image without true labels.
  """
  hits = jnp.take_along_axis(truth, jnp.argsort(-logits, -1), -1)
  precision = jnp.cumsum(hits, -1) / jnp.arange(1, hits.shape[-1] + 1)
  return jnp.sum(precision * hits, -1) / jnp.sum(hits, -1)
