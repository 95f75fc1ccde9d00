"""Colours as classes: the ab plane in bins of 10 x 10 (Zhang, Isola and Efros 2016, section 2).

`bins` is [Q, 2], the ab of each class's centre; a prior is [Q], the fraction of all pixels in each
class. An ab map is [..., 2] in CIE units, a distribution over bins [..., Q].
"""

import zipfile

import jax
import jax.numpy as jnp
import numpy as np

Array = jax.Array
STEP = 10

# The paper's 313 bins: for each a the lowest and the highest b, in steps of 10.
_GAMUT = {
  -90: (50, 90),
  -80: (20, 90),
  -70: (0, 90),
  -60: (-20, 90),
  -50: (-30, 100),
  -40: (-40, 100),
  -30: (-50, 100),
  -20: (-50, 100),
  -10: (-60, 100),
  0: (-70, 100),
  10: (-80, 90),
  20: (-80, 90),
  30: (-90, 90),
  40: (-100, 90),
  50: (-100, 80),
  60: (-110, 80),
  70: (-110, 80),
  80: (-110, 70),
  90: (-110, 70),
  100: (-90, 0),
}


def load(name: str) -> tuple[np.ndarray, np.ndarray | None]:
  """Loads bins and their prior.

  Args:
    name: 'gamut' (the paper's 313 bins), 'grid' (529), or a file of data_prep.ab_bins.

  Returns:
    Bins float32 [Q, 2], and the prior float32 [Q], or None where it is not known.

  Raises:
    ValueError: there is no such file, or it holds no bins.
  """
  if name == 'gamut':
    rows = [(a, b) for a, (lo, hi) in _GAMUT.items() for b in range(lo, hi + 1, STEP)]
    return np.array(rows, np.float32), None
  if name == 'grid':
    side = np.arange(-110, 111, STEP, dtype=np.float32)
    return np.stack(np.meshgrid(side, side, indexing='ij'), -1).reshape(-1, 2), None
  try:
    with np.load(name) as found:
      return found['bins'].astype(np.float32), found['prior'].astype(np.float32)
  except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
    raise ValueError(
      f"bins are 'gamut', 'grid' or a file that data_prep.ab_bins wrote; {name!r} is none: {error}"
    ) from error


def squared_distances(ab: Array, bins: Array) -> Array:
  """Squared distances of ab [..., 2] from all bins, [..., Q]."""
  return jnp.sum(ab**2, -1, keepdims=True) - 2 * ab @ bins.T + jnp.sum(bins**2, -1)


def nearest(ab: Array, bins: Array) -> Array:
  """The index of the nearest bin, [..., 2] -> int32 [...]."""
  return jnp.argmin(squared_distances(ab, jnp.asarray(bins)), -1)


def encode(ab: Array, bins: Array, neighbours: int = 5, sigma: float = 5.0) -> Array:
  """Soft encoding (section 2.1): Gaussian weights of the nearest bins, which sum to 1.

  Args:
    ab: [..., 2].
    bins: [Q, 2].
    neighbours: number of bins with a weight; bins as near as the last of them count too.
    sigma: of the Gaussian, in ab units.

  Returns:
    A distribution [..., Q].
  """
  d2 = squared_distances(ab, jnp.asarray(bins))
  last = -jax.lax.top_k(-d2, neighbours)[0][..., -1:]
  first = jnp.min(d2, -1, keepdims=True)  # far from all bins: no underflow
  z = jnp.where(d2 <= last + 1e-2, jnp.exp(-(d2 - first) / (2 * sigma**2)), 0.0)
  return z / jnp.sum(z, -1, keepdims=True)


def histogram(ab: Array, bins: Array) -> Array:
  """The fraction of pixels [..., 2] nearest to each bin -> [Q]."""
  index = nearest(ab, bins).reshape(-1)
  return jnp.zeros(len(bins)).at[index].add(1.0) / index.size


def smooth(prior: Array, bins: Array, sigma: float = 5.0) -> Array:
  """Blurs a prior [Q] by a Gaussian in the ab plane; the result [Q] sums to 1."""
  bins = jnp.asarray(bins)
  kernel = jnp.exp(-squared_distances(bins, bins) / (2 * sigma**2))
  blurred = (kernel / jnp.sum(kernel, 0)) @ prior  # each bin distributes all of its mass
  return blurred / jnp.sum(blurred)


def rebalance(prior: Array, mix: float = 0.5) -> Array:
  """Class weights (eq. 4): 1 / ((1 - mix) p + mix / Q) over bins that occur, with E w = 1.

  Args:
    prior: p, [Q].
    mix: 0 weighs by the prior alone, 1 weighs all bins alike.

  Returns:
    Weights [Q]; bins that do not occur have the largest.
  """
  there = prior > 0
  uniform = there / jnp.maximum(jnp.sum(there), 1)
  weights = jnp.where(there, 1 / jnp.maximum((1 - mix) * prior + mix * uniform, 1e-12), 0.0)
  weights = weights / jnp.maximum(jnp.sum(prior * weights), 1e-12)
  return jnp.where(there, weights, jnp.max(weights))  # a bin met for the first time is rare


def annealed_mean(logits: Array, bins: Array, temperature: float = 0.38) -> Array:
  """Eq. 5: the mean of softmax(logits / T), [..., Q] -> ab [..., 2]; T = 0 tends to the mode."""
  return jax.nn.softmax(logits / temperature, -1) @ jnp.asarray(bins)
