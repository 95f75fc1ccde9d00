"""AlacGAN's hints (Ci et al. 2018): single cells of a quarter-size colour map, few or very many.

For each drawing a threshold xi ~ N(1, 0.005), cut off above 1; each cell shows its colour where
U[0, 1) >= xi: 0.4 % of the cells in the mean.  A share of the batch shows nothing.  The map is of
the picture cropped and stretched a little, so that hints lie a bit beside their place.
"""

import jax
import jax.numpy as jnp

from onepunch_jax.core import fold_in
from onepunch_jax.guides import hints


def make(*, ratio=4, sigma=0.005, empty=0.5, area=(0.9, 1.0), aspect=(7 / 8, 8 / 7)):
  """(batch, key, step) -> batch with cells of `ratio` x `ratio` pixels in 'hint'.

  Args:
    ratio: pixels a cell is wide.
    sigma: of the threshold.
    empty: share of the batch without hints, the first of it: half of it, as in the paper.
    area, aspect: of the crop that the colours come from.

  Raises:
    ValueError: the drawings are no multiples of `ratio`.
  """

  def patches(batch, key, step):
    rgb = batch['rgb']
    count, height, width, _ = rgb.shape
    if height % ratio or width % ratio:
      raise ValueError(
        f'Hints of {ratio} px cells need sides that are multiples, not {height} x {width}.'
      )
    cells = (count, height // ratio, width // ratio, 1)
    dice = lambda name, shape: jax.random.uniform(fold_in(key, name), shape)
    # 1 - |N(0, sigma)| is N(1, sigma) cut off above 1
    xi = 1 - sigma * jnp.abs(jax.random.normal(fold_in(key, 'xi'), (count, 1, 1, 1)))
    given = (jnp.arange(count) >= empty * count)[:, None, None, None]
    mask = (dice('cells', cells) >= xi) & given
    color = _cropped(rgb, dice('crop', (4, count)), area, aspect, cells[1:3])
    color, mask = (jnp.repeat(jnp.repeat(x, ratio, 1), ratio, 2) for x in (color, mask))
    return {**batch, 'hint': hints.paste(hints.of(batch), mask, color)}

  return patches


def _cropped(rgb, u, area, aspect, size):
  """torchvision's RandomResizedCrop from draws u [4, B] in [0, 1): [B, *size, 3]."""
  between = lambda x, low, high: low + (high - low) * x
  share = between(u[0], *area)
  stretch = jnp.exp(between(u[1], jnp.log(aspect[0]), jnp.log(aspect[1])))
  parts = [jnp.minimum(1, jnp.sqrt(share / stretch)), jnp.minimum(1, jnp.sqrt(share * stretch))]
  for axis, (part, at, n) in enumerate(zip(parts, u[2:], size), 1):
    length = rgb.shape[axis]
    start, reach = at * (1 - part) * length, part * length / n
    centre = start[:, None] + (jnp.arange(n) + 0.5) * reach[:, None] - 0.5
    near = jnp.maximum(reach, 1)[:, None, None]
    weight = jnp.maximum(0, 1 - jnp.abs(centre[..., None] - jnp.arange(length)) / near)
    weight /= jnp.maximum(weight.sum(-1, keepdims=True), 1e-6)
    rgb = jnp.einsum(
      'bij,bjwc->biwc' if axis == 1 else 'bij,bhjc->bhic', weight, rgb, precision='highest'
    )
  return rgb
