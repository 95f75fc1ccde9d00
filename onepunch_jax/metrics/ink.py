"""Metrics of line art: F1 of its ink with a tolerance in pixels, and PSNR."""

import jax
import jax.numpy as jnp

from onepunch_jax.ops.blur import window

Array = jax.Array


def f1(line: Array, truth: Array, tolerance: int = 2, ink: float = 0.5) -> Array:
  """Precision and recall of ink, as one number for each picture.

  Precision is the fraction of the line's ink that has true ink nearby, recall the fraction of true
  ink that has the line's nearby.

  Args:
    line, truth: [B, H, W, 1] in [0, 1], 0 is ink.
    tolerance: what is nearby, in pixels, in a square around the pixel.
    ink: darker pixels are ink.

  Returns:
    [B]; NaN where there is no true ink.
  """
  drawn, true = line < ink, truth < ink

  def near(mask):
    return window(mask.astype(jnp.float32), jax.lax.max, tolerance) > 0

  def count(mask):
    return jnp.sum(mask, (1, 2, 3)).astype(jnp.float32)

  precision = count(drawn & near(true)) / jnp.maximum(count(drawn), 1)
  recall = count(true & near(drawn)) / jnp.maximum(count(true), 1)
  score = 2 * precision * recall / jnp.maximum(precision + recall, 1e-6)
  return jnp.where(count(true) > 0, score, jnp.nan)


def psnr(line: Array, truth: Array) -> Array:
  """10 log10(1 / MSE) of two pictures [B, H, W, C] in [0, 1] -> [B]."""
  return -10 * jnp.log10(jnp.maximum(jnp.mean((line - truth) ** 2, (1, 2, 3)), 1e-10))
