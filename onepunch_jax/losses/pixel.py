"""Losses between images, pixel by pixel."""

import jax
import jax.numpy as jnp

Array = jax.Array
MIN_MSE = 1e-4  # is added to squared errors before the logarithm: below it, an image is right


def l1(a: Array, b: Array) -> Array:
  """Mean absolute difference, in float32."""
  return jnp.mean(jnp.abs(a.astype(jnp.float32) - b.astype(jnp.float32)))


def l2(a: Array, b: Array) -> Array:
  """Mean squared difference, in float32."""
  return jnp.mean((a.astype(jnp.float32) - b.astype(jnp.float32)) ** 2)


def log_mse(a: Array, b: Array) -> Array:
  """Mean over the batch of the logarithm of each image's mean squared difference (ours).

  The log is taken per image; otherwise images without hints, whose error is largest, dominate.

  Args:
    a, b: [B, H, W, C].
  """
  return jnp.mean(jnp.log(jnp.mean((a - b) ** 2, (1, 2, 3)) + MIN_MSE))


def masked_log_mse(a: Array, b: Array, mask: Array) -> Array:
  """`log_mse` over the pixels of a mask [B, H, W, 1] of 0 and 1; an empty mask adds 0."""
  error = jnp.sum(mask * (a - b) ** 2, (1, 2, 3))
  area = jnp.sum(mask, (1, 2, 3))
  log_error = jnp.log(error / (a.shape[-1] * area + 1e-6) + MIN_MSE)
  return jnp.mean((area > 0) * log_error)


def channel_variance(rgb: Array) -> Array:
  """The variance over places of each channel, summed over channels, mean over the batch.

  Maximised, it asks for colours that differ: atari's "positive enforcing" (Automatic Line Art
  Colorization).

  Args:
    rgb: [B, H, W, C].
  """
  return jnp.mean(jnp.sum(jnp.var(rgb, (1, 2)), -1))
