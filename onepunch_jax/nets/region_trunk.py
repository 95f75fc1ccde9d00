"""The trunk of region tokens: a U-Net from line art to features at three strides (ours).

Half the size by space-to-depth, residual blocks, halving again at each width, and back up to half
the size. Its head regresses the distance to the lines as the artist meant them, gaps closed.
"""

from collections.abc import Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import HE, Norm, upsample_nearest

Array = jax.Array
SMALL = nn.initializers.variance_scaling(0.3, 'fan_in', 'normal')  # residual blocks start near 0


class RegionTrunk(nn.Module):
  """Line art [B, H, W, 1] in [-1, 1] -> features and the line distance.

  Returns:
    Features at strides 2, 4 and the deepest one, [B, H / stride, W / stride, widths[i]]; the
    distance to the intended lines, [B, H / 2, W / 2, 1] in units of 10 px.
  """

  widths: Sequence[int] = (16, 32, 64, 96)
  dtype: Any = None

  @property
  def multiple(self) -> int:
    return 2 ** len(self.widths)

  @property
  def width(self) -> int:
    """Channels of the largest map."""
    return self.widths[0]

  @nn.compact
  def __call__(self, line: Array, train: bool = False) -> tuple[tuple[Array, ...], Array]:
    if len(self.widths) < 3:
      raise ValueError(f'A region_trunk has three widths or more, not {tuple(self.widths)}.')
    x = Conv(self.widths[0], 3, kernel_init=HE, dtype=self.dtype)(space_to_depth(line))
    skips = []
    for level, width in enumerate(self.widths):
      if level:
        x = nn.Dense(width, dtype=self.dtype)(space_to_depth(x))
      for _ in range(1 if level < 2 else 2):
        x = Residual(width, self.dtype)(x)
      skips.append(x)
    features = [x]
    for level in reversed(range(len(self.widths) - 1)):
      width = self.widths[level]
      x = jnp.concatenate(
        [nn.Dense(width, dtype=self.dtype)(upsample_nearest(x)), skips[level]], -1
      )
      x = Residual(width, self.dtype)(x)
      if level < 2:
        features.insert(0, x)
    distance = Conv(1, 3, kernel_init=HE)(nn.silu(features[0]).astype(jnp.float32))
    return tuple(f.astype(jnp.float32) for f in features), nn.softplus(distance)


class Residual(nn.Module):
  """x + two 3x3 convolutions, group norm and SiLU before each; [B, H, W, *] -> [B, H, W, width]."""

  width: int
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array) -> Array:
    y = nn.silu(Norm('group', groups=8, name='norm_0')(x))
    y = Conv(self.width, 3, kernel_init=HE, dtype=self.dtype)(y)
    y = nn.silu(Norm('group', groups=8, name='norm_1')(y))
    y = Conv(self.width, 3, kernel_init=SMALL, dtype=self.dtype)(y)
    return y + (x if x.shape[-1] == self.width else nn.Dense(self.width, dtype=self.dtype)(x))


def space_to_depth(x: Array) -> Array:
  """[B, H, W, C] -> [B, H / 2, W / 2, 4 C]."""
  b, h, w, c = x.shape
  x = x.reshape(b, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 2, 4, 5)
  return x.reshape(b, h // 2, w // 2, 4 * c)


Model = RegionTrunk
