"""AlacGAN's hints (Ci et al. 2018): single cells of a quarter-size colour map.

Each image has a threshold xi ~ N(1, 0.005), mirrored at 1; each cell is a hint where U[0, 1) >= xi:
0.4 % of the cells on average, few or very many. A fraction of the batch has none. The map is of the
image cropped and stretched a little, so that hints lie slightly beside their place.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import hints
from onepunch_jax.prepare import PrepareStep

Array = jax.Array


def make(
  *,
  ratio: int = 4,
  sigma: float = 0.005,
  empty: float = 0.5,
  area: Sequence[float] = (0.9, 1.0),
  aspect: Sequence[float] = (7 / 8, 8 / 7),
) -> PrepareStep:
  """Makes a step that adds cells of `ratio` x `ratio` pixels to batch['hint'].

  Args:
    ratio: side of a cell in pixels.
    sigma: standard deviation of the threshold.
    empty: fraction of the batch without hints, its first images; the paper has half.
    area, aspect: ranges of the crop that the colours are taken from.

  The step raises a ValueError when the sides of the images are no multiples of `ratio`.
  """

  def patches(batch, key, step):
    rgb = batch['rgb']
    count, height, width, _ = rgb.shape
    if height % ratio or width % ratio:
      raise ValueError(
        f'Hints of {ratio} px cells need sides that are multiples, not {height} x {width}.'
      )
    cells = (count, height // ratio, width // ratio, 1)
    # 1 - |N(0, sigma)| is N(1, sigma) mirrored at 1
    xi = 1 - sigma * jnp.abs(jax.random.normal(fold_in(key, 'xi'), (count, 1, 1, 1)))
    hinted = (jnp.arange(count) >= empty * count)[:, None, None, None]
    mask = (jax.random.uniform(fold_in(key, 'cells'), cells) >= xi) & hinted
    u = jax.random.uniform(fold_in(key, 'crop'), (4, count))
    color = _resized_crop(rgb, u, area, aspect, cells[1:3])
    color, mask = (jnp.repeat(jnp.repeat(x, ratio, 1), ratio, 2) for x in (color, mask))
    return {**batch, 'hint': hints.paste(hints.of(batch), mask, color)}

  return patches


def _resized_crop(
  rgb: Array, u: Array, area: Sequence[float], aspect: Sequence[float], size: tuple[int, int]
) -> Array:
  """torchvision's RandomResizedCrop from uniform numbers u [4, B] in [0, 1): [B, *size, 3]."""
  fraction = _between(u[0], *area)
  stretch = jnp.exp(_between(u[1], jnp.log(aspect[0]), jnp.log(aspect[1])))
  sides = [
    jnp.minimum(1, jnp.sqrt(fraction / stretch)),
    jnp.minimum(1, jnp.sqrt(fraction * stretch)),
  ]
  for axis, (side, place, n) in enumerate(zip(sides, u[2:], size), 1):
    length = rgb.shape[axis]
    start, step = place * (1 - side) * length, side * length / n
    centre = start[:, None] + (jnp.arange(n) + 0.5) * step[:, None] - 0.5
    reach = jnp.maximum(step, 1)[:, None, None]
    weight = jnp.maximum(0, 1 - jnp.abs(centre[..., None] - jnp.arange(length)) / reach)
    weight /= jnp.maximum(weight.sum(-1, keepdims=True), 1e-6)
    equation = 'bij,bjwc->biwc' if axis == 1 else 'bij,bhjc->bhic'
    rgb = jnp.einsum(equation, weight, rgb, precision='highest')
  return rgb


def _between(u: Array, low: Array | float, high: Array | float) -> Array:
  return low + (high - low) * u
