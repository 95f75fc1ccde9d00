"""How far the lines are, as their artist meant them: a small U-Net that closes gaps in line art.

The target is `regions.distance.line_distance`. No norm looks beyond a pixel, so that a page gives
what its parts give.
"""

import os
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util

from onepunch_jax.nets.blocks.layers import pixel_shuffle, upsample_nearest


class LineDistanceNet(nn.Module):
  """Line art [B, H, W, 1] in [-1, 1] -> distances [B, H, W, 1] in [0, cap] px.

  H and W are multiples of 2 ** len(widths). The widths are those of the features at strides 2, 4,
  8 and so on; `blocks` are the residual blocks at each on the way down.
  """

  widths: tuple[int, ...] = (16, 32, 48, 64)
  blocks: tuple[int, ...] = (1, 1, 1, 2)
  cap: float = 10.0

  @property
  def multiple(self) -> int:
    """The sides of a picture are multiples of this."""
    return 2 ** len(self.widths)

  @nn.compact
  def __call__(self, line: jax.Array, train: bool = False) -> jax.Array:
    x = nn.Conv(self.widths[0], (3, 3), kernel_init=_HE, name='first')(_pixel_unshuffle(1 - line))
    skips = []
    for i, width in enumerate(self.widths):
      if i:
        x = nn.Dense(width, name=f'down_{i}')(_pixel_unshuffle(x))
      for k in range(self.blocks[i]):
        x = _Residual(width, name=f'down_{i}_{k}')(x)
      skips.append(x)
    for i in reversed(range(len(self.widths) - 1)):
      above = upsample_nearest(nn.Dense(self.widths[i], name=f'up_{i}')(x))
      x = _Residual(self.widths[i], name=f'up_{i}_0')(above + skips[i])
    x = nn.Dense(4, name='last')(nn.silu(nn.LayerNorm()(x)))
    return self.cap * nn.sigmoid(pixel_shuffle(x))


class _Residual(nn.Module):
  """[B, H, W, C] -> same."""

  features: int

  @nn.compact
  def __call__(self, x):
    h = nn.silu(nn.LayerNorm()(x))
    h = nn.silu(nn.Conv(self.features, (3, 3), kernel_init=_HE)(h))
    return x + nn.Conv(self.features, (3, 3), kernel_init=_SMALL)(h)


_HE = nn.initializers.he_normal()
_SMALL = nn.initializers.variance_scaling(0.3, 'fan_in', 'normal')


def _pixel_unshuffle(x: jax.Array) -> jax.Array:
  """[B, H, W, C] -> [B, H / 2, W / 2, 4 C]."""
  b, h, w, c = x.shape
  x = x.reshape(b, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 2, 4, 5)
  return x.reshape(b, h // 2, w // 2, 4 * c)


def save(path: str | os.PathLike, params: Any) -> None:
  """Writes parameters to a .npz file, in float16."""
  flat = traverse_util.flatten_dict(params, sep='/')
  np.savez_compressed(path, **{name: np.asarray(x, np.float16) for name, x in flat.items()})


def load(path: str | os.PathLike) -> Any:
  """The parameters in a file that `save` wrote, float32."""
  with np.load(path) as file:
    flat = {name: jnp.asarray(file[name], jnp.float32) for name in file.files}
  return traverse_util.unflatten_dict(flat, sep='/')


Model = LineDistanceNet
