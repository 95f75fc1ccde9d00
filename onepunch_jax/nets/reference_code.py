"""What a reference shows, cell by cell: features to be found by, and colours to be copied.

Its encoder is that of SCFT (Lee et al. 2020): ten 3x3 convolutions, two for each of five sizes, the
first of a pair halves; LeakyReLU 0.2, no norm.  A cell is told by all ten maps, near and far, and
standardised.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.guides import references
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import HE, avg_pool, leaky_relu, upsample_nearest
from onepunch_jax.nets.blocks.tokens import Tokens

PAINT = 4.0  # how much light pixels count more than ink in the colour of a cell


class Model(nn.Module):
  """A reference [B, H, W, 4] -> features [B, K, F], colours [B, K, 3], 0 or 1 where valid [B, K].

  K cells of `cell` x `cell` pixels in reading order; features are of `channels`, or, with 0, of all
  maps together (62 width with 4 levels).  It is one of what nets/copying takes as `told`.  Sides
  are multiples of `multiple`.
  """

  width: int = 16
  levels: int = 4
  cell: int = 4
  channels: int = 0
  dtype: Any = None

  @property
  def multiple(self) -> int:
    """The sides of a picture are multiples of this."""
    return max(2**self.levels, self.cell)

  @nn.compact
  def __call__(self, reference: jax.Array, train: bool = False):
    maps = Encoder(self.width, self.levels, dtype=self.dtype, name='encoder')(reference)
    x = gathered(maps, self.cell)
    if self.channels:
      x = leaky_relu(Conv(self.channels, 1, kernel_init=HE, dtype=self.dtype, name='mix')(x))
    x = nn.LayerNorm(name='norm')(x.astype(jnp.float32))  # else attention may run away
    keys = x.reshape(x.shape[0], -1, x.shape[-1])
    return Tokens(keys, *references.cells(reference, self.cell, PAINT))


class Encoder(nn.Module):
  """[B, H, W, *] -> its maps, two a size: [B, H / 2^i, W / 2^i, width 2^i], i up to `levels`."""

  width: int = 16
  levels: int = 4
  dtype: Any = None

  @nn.compact
  def __call__(self, x: jax.Array) -> tuple[jax.Array, ...]:
    maps = []
    for i in range(self.levels + 1):
      for j in (0, 1):
        stride = 2 if i and not j else 1
        x = leaky_relu(
          Conv(
            self.width * 2**i,
            3,
            stride,
            1,
            kernel_init=HE,
            dtype=self.dtype,
            name=f'conv_{2 * i + j}',
          )(x)
        )
        maps.append(x)
    return tuple(maps)


def gathered(maps: tuple[jax.Array, ...], stride: int) -> jax.Array:
  """All maps of an Encoder at one size, H / stride: averaged or repeated, and concatenated."""
  found = []
  for n, x in enumerate(maps):
    own = 2 ** (n // 2)
    x = avg_pool(x, stride // own) if own <= stride else upsample_nearest(x, own // stride)
    found.append(x)
  return jnp.concatenate(found, -1)
