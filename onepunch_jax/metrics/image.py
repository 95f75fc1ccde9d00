"""Metrics of predicted pictures against their ground truth, a value for each picture.

`foreground` are the pixels that are ink or not white in the ground truth: on line art most of a
picture is white paper, which any method gets right.
"""

from collections.abc import Mapping

import dm_pix
import jax
import jax.numpy as jnp

from onepunch_jax.ops import color

Array = jax.Array
INK = 0.5  # darker line art is ink
LINE = 0.9  # darker line art belongs to the foreground
WHITE = 0.98  # a pixel with every channel above is paper


def compare(prediction: Array, batch: Mapping[str, Array]) -> dict[str, Array]:
  """Metrics of sRGB [B, H, W, 3] in [0, 1] against a cast batch -> {name: [B]}.

  A picture without the pixels that a metric is about has NaN there. The names are

    psnr             10 log10(1 / MSE) over the whole picture, dB
    psnr_foreground  the same over the foreground
    ssim             Wang et al. 2004, Gaussian 11x11, sigma 1.5 (dm-pix)
    de00             CIEDE2000, mean over foreground pixels that are not ink; de00_p95 is its 95th
                     percentile, de00_ok the fraction of them at or under 5
    colorful         `colorfulness` of the prediction
  """
  truth = 0.5 + 0.5 * batch['rgb']
  inside, colored = foreground(batch), colored_pixels(batch)
  error = jnp.mean((prediction - truth) ** 2, -1)
  delta = color.delta_e(color.rgb_to_lab(prediction), color.rgb_to_lab(truth))
  return {
    'psnr': decibel(masked_mean(error, jnp.ones_like(inside))),
    'psnr_foreground': decibel(masked_mean(error, inside)),
    'ssim': dm_pix.ssim(truth, prediction),
    'de00': masked_mean(delta, colored),
    'de00_p95': jnp.nanpercentile(jnp.where(colored, delta, jnp.nan), 95, axis=(1, 2)),
    'de00_ok': masked_mean((delta <= 5).astype(jnp.float32), colored),
    'colorful': colorfulness(prediction),
  }


def foreground(batch: Mapping[str, Array]) -> Array:
  """The pixels that are ink or not white in the ground truth, bool [B, H, W]."""
  truth, line = 0.5 + 0.5 * batch['rgb'], 0.5 + 0.5 * batch['line'][..., 0]
  return (line < LINE) | (truth.min(-1) < WHITE)


def colored_pixels(batch: Mapping[str, Array]) -> Array:
  """The foreground without its ink, bool [B, H, W]: where a colour can be judged."""
  return foreground(batch) & (0.5 + 0.5 * batch['line'][..., 0] >= INK)


@jax.jit
def psnr(prediction: Array, batch: Mapping[str, Array]) -> list[Array]:
  """PSNR [B] of sRGB [B, H, W, 3], and over the foreground [B]; NaN where a picture has none."""
  truth, inside = 0.5 + 0.5 * batch['rgb'], foreground(batch)
  error = jnp.mean((prediction - truth) ** 2, -1)
  return [decibel(x) for x in (error.mean((1, 2)), masked_mean(error, inside))]


def colorfulness(rgb: Array) -> Array:
  """sRGB [B, H, W, 3] in [0, 1] -> [B], on the 0-255 scale of Hasler and Suesstrunk (2003)."""
  r, g, b = jnp.moveaxis(255 * rgb, -1, 0)
  rg, yb = r - g, 0.5 * (r + g) - b
  deviation = jnp.sqrt(rg.var((1, 2)) + yb.var((1, 2)))
  return deviation + 0.3 * jnp.sqrt(rg.mean((1, 2)) ** 2 + yb.mean((1, 2)) ** 2)


def fill_regions(rgb: Array, regions: Array) -> Array:
  """Each region of [B, H, W, 1] (ids 0-255) filled with the mean of [B, H, W, 3] over it."""

  def fill(rgb, ids):
    flat, ids = rgb.reshape(-1, 3), ids.reshape(-1).astype(jnp.int32)
    total = jax.ops.segment_sum(flat, ids, 256)
    count = jax.ops.segment_sum(jnp.ones(ids.shape), ids, 256)
    return (total / jnp.maximum(count, 1)[:, None])[ids].reshape(rgb.shape)

  return jax.vmap(fill)(rgb, regions)


def decibel(mse: Array) -> Array:
  """10 log10(1 / MSE), at most 100 dB."""
  return -10 * jnp.log10(jnp.maximum(mse, 1e-10))


def masked_mean(x: Array, mask: Array) -> Array:
  """The mean of [B, H, W] over the pixels of a mask -> [B]; NaN where the mask is empty."""
  count = mask.sum((1, 2))
  return jnp.where(count > 0, jnp.sum(x * mask, (1, 2)) / jnp.maximum(count, 1), jnp.nan)
