"""The likelihood of colours under `nets/region_colors.Mixture`."""

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.ops import color
from onepunch_jax.regions import codebook
from onepunch_jax.regions.mixture import Mixture

Array = jax.Array
SIGMA = 5.0  # dE, of a class
POINT_SIGMA = 1.5  # dE, of a colour that is pointed at


def negative_log_likelihood(mixture: Mixture, lab: Array) -> Array:
  """-log p of colours, without the constant of the normal densities, 3 / 2 log 2 pi.

  Args:
    mixture: of [B, S, N] tokens.
    lab: [B, N, 3].

  Returns:
    [B, S, N].
  """
  centres = color.rgb_to_lab(jnp.asarray(codebook.colors()))
  away = lab[:, None, :, None] - centres - mixture.residual  # [B, S, N, K, 3]
  bins = jax.nn.log_softmax(mixture.bins) + _log_normal(jnp.sum(away**2, -1), SIGMA)
  squares = jnp.sum(lab**2, -1)[:, None, :, None] + jnp.sum(mixture.targets**2, -1)[:, :, None]
  both = jnp.einsum('bnc,bsmc->bsnm', lab, mixture.targets, precision='highest')
  apart = jnp.maximum(squares - 2 * both, 0)
  point = jax.nn.log_softmax(mixture.point) + _log_normal(apart, POINT_SIGMA)
  of_bins = jax.nn.logsumexp(bins, -1) + jax.nn.log_sigmoid(-mixture.gate)
  of_point = jax.nn.logsumexp(point, -1) + jax.nn.log_sigmoid(mixture.gate)
  return -jnp.logaddexp(of_bins, of_point)


def _log_normal(square: Array, sigma: float) -> Array:
  return -square / (2 * sigma**2) - 3 * np.log(sigma)
