"""VGG-16 and VGG-19 (Simonyan and Zisserman, 2015: configurations D, E) as torchvision has them.

Five groups of 3x3 convolutions, a 2x2 max pool after each. Perceptual losses compare the rectified
maps, named as in the literature: relu1_1 ... relu5_4. A smaller `width` makes a net that trains on
drawings in minutes.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import imagenet, max_pool2

GROUPS = {16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
HE = nn.initializers.variance_scaling(2.0, 'fan_out', 'normal')


class VGG(nn.Module):
  """sRGB [B, H, W, 3] in [-1, 1] -> (logits [B, classes] or None, {name: map or vector}).

  The maps are relu<group>_<layer> [B, h, w, C]; with head='fc' also fc1 [B, hidden], before its
  ReLU. `head`: 'none'; 'mean' (average over places, one layer: any size); 'fc' (torchvision's
  three layers on 7x7 averages). No norm, no dropout but that of the 'fc' head.
  """

  depth: int = 16
  width: int = 64
  head: str = 'none'
  classes: int = 0
  hidden: int = 4096
  dropout: float = 0.5
  dtype: Any = None

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False):
    if self.depth not in GROUPS or self.head not in ('none', 'mean', 'fc'):
      raise ValueError(
        f'VGG has depth {sorted(GROUPS)} and head none, mean or fc; got '
        f'{self.depth} and {self.head!r}.'
      )
    x, maps = imagenet(x), {}
    for g, layers in enumerate(GROUPS[self.depth], 1):
      for i in range(1, layers + 1):
        width = self.width * min(2 ** (g - 1), 8)
        x = nn.relu(Conv(width, kernel_init=HE, dtype=self.dtype, name=f'conv{g}_{i}')(x))
        maps[f'relu{g}_{i}'] = x
      x = max_pool2(x)
    x = x.astype(jnp.float32)
    if self.head == 'none':
      return None, maps
    if self.head == 'mean':
      return nn.Dense(self.classes, name='fc')(x.mean((1, 2))), maps
    x = _adaptive_pool7(x).reshape(x.shape[0], -1)
    maps['fc1'] = x = nn.Dense(self.hidden, name='fc1')(x)
    x = nn.Dropout(self.dropout, deterministic=not train)(nn.relu(x))
    x = nn.relu(nn.Dense(self.hidden, name='fc2')(x))
    x = nn.Dropout(self.dropout, deterministic=not train)(x)
    return nn.Dense(self.classes, name='fc3')(x), maps


def _adaptive_pool7(x: jax.Array) -> jax.Array:
  """torch.nn.AdaptiveAvgPool2d(7): cell i averages rows floor(i n / 7) to ceil((i + 1) n / 7)."""
  for axis in (1, 2):
    n = x.shape[axis]
    cells = [
      jax.lax.slice_in_dim(x, i * n // 7, -(-(i + 1) * n // 7), axis=axis).mean(axis)
      for i in range(7)
    ]
    x = jnp.stack(cells, axis)
  return x


Model = VGG
