"""Losses between feature maps: of a discriminator, of a pre-trained net."""

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.losses.pixel import l1

Array = jax.Array
Features = Sequence[Sequence[Array]]  # of scales, of layers

# pix2pixHD's five maps of VGG-19 and their weights
VGG = {'relu1_1': 1 / 32, 'relu2_1': 1 / 16, 'relu3_1': 1 / 8, 'relu4_1': 1 / 4, 'relu5_1': 1.0}


def feature_matching(real: Features, fake: Features) -> Array:
  """4 x the mean L1 over layers and scales (Wang et al. 2018, eq. 4, with their code's weights).

  Args:
    real: maps of real images; no gradient flows into them.
    fake: maps of the same shapes.
  """
  real = jax.lax.stop_gradient(real)
  scales = [sum(map(l1, ours, theirs)) / len(ours) for ours, theirs in zip(fake, real)]
  return 4 * sum(scales) / len(real)


def perceptual(
  maps: Mapping[str, Array], targets: Mapping[str, Array], weights: Mapping[str, float] = VGG
) -> Array:
  """Weighted sum of L1 between named maps (Johnson et al. 2016; weights of pix2pixHD's code)."""
  return sum(w * l1(maps[k], jax.lax.stop_gradient(targets[k])) for k, w in weights.items())


def gram(x: Array) -> Array:
  """Gram matrices of maps [B, H, W, C], divided by H W C: [B, C, C]."""
  x = x.astype(jnp.float32)
  _, height, width, channels = x.shape
  return jnp.einsum('bhwc,bhwd->bcd', x, x) / (height * width * channels)
