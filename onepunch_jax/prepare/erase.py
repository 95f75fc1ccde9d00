"""Blots a rectangle out of pictures at random (Zhong et al. 2020), as OnePunchGAN's code does.

The rectangle has an area uniform in `area` of the picture, an aspect ratio log-uniform in `aspect`,
and a place uniform where it fits; all pictures of an example lose the same one.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.data.batch import PICTURES
from onepunch_jax.prepare import PrepareStep


def make(
  *,
  probability: float = 0.5,
  area: Sequence[float] = (0.005, 0.1),
  aspect: Sequence[float] = (0.3, 3.3),
) -> PrepareStep:
  """Makes a step that sets a rectangle of the pictures to black.

  Args:
    probability: that an example loses one.
    area: smallest and largest share of the picture.
    aspect: smallest and largest height over width.

  Raises:
    ValueError: numbers out of range.
  """
  if not (0 < area[0] <= area[1] < 1 and 0 < aspect[0] <= aspect[1] and 0 <= probability <= 1):
    raise ValueError(
      'area is in (0, 1), aspect above 0, both smallest first, and probability in [0, 1]; got '
      f'{tuple(area)}, {tuple(aspect)}, {probability}.'
    )

  def erase(batch, key, step):
    count, height, width, _ = next(x for k, x in batch.items() if k in PICTURES).shape

    def uniform(name, low=0.0, high=1.0):
      return low + (high - low) * jax.random.uniform(fold_in(key, name), (count, 1, 1, 1))

    size = uniform('area', *area) * height * width
    ratio = jnp.exp(uniform('aspect', jnp.log(aspect[0]), jnp.log(aspect[1])))
    h = jnp.minimum(jnp.round(jnp.sqrt(size * ratio)), height - 1)
    w = jnp.minimum(jnp.round(jnp.sqrt(size / ratio)), width - 1)
    top = jnp.floor(uniform('top') * (height - h + 1))
    left = jnp.floor(uniform('left') * (width - w + 1))
    y, x = jnp.arange(height)[:, None, None], jnp.arange(width)[None, :, None]
    lost = (y >= top) & (y < top + h) & (x >= left) & (x < left + w)
    lost &= uniform('some') < probability
    return {k: jnp.where(lost, -1.0, x) if k in PICTURES else x for k, x in batch.items()}

  return erase
