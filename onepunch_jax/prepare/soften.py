"""Blurs pictures at random: OnePunchGAN's Gaussian blur of U(0.1, 2) px for a quarter of them."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.data.batch import PICTURES
from onepunch_jax.ops.blur import gaussian
from onepunch_jax.prepare import PrepareStep


def make(*, probability: float = 0.25, sigma: Sequence[float] = (0.1, 2.0)) -> PrepareStep:
  """Makes a step that blurs the pictures of an example alike.

  Args:
    probability: that an example is blurred.
    sigma: smallest and largest standard deviation, px.

  Raises:
    ValueError: numbers out of range.
  """
  if not 0 < sigma[0] <= sigma[1] or not 0 <= probability <= 1:
    raise ValueError(f'0 < sigma, 0 <= probability <= 1; got {tuple(sigma)}, {probability}.')

  def soften(batch, key, step):
    count = len(next(x for k, x in batch.items() if k in PICTURES))
    width = jax.random.uniform(fold_in(key, 'sigma'), (count,), minval=sigma[0], maxval=sigma[1])
    some = jax.random.bernoulli(fold_in(key, 'some'), float(probability), (count, 1, 1, 1))
    return {
      k: jnp.where(some, gaussian(x, width), x) if k in PICTURES else x for k, x in batch.items()
    }

  return soften
