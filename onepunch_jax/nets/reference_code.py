"""Tokens of a reference: for each cell a key that pixels attend to, and a colour to copy.

The encoder is SCFT's (Lee et al. 2020): ten 3x3 convolutions, two for each of five sizes, the first
of a pair halves; LeakyReLU 0.2, no norm. The key of a cell is all ten maps there, standardised.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.guides import references
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import HE, avg_pool, leaky_relu, upsample_nearest
from onepunch_jax.nets.blocks.tokens import Tokens

LIGHT_WEIGHT = 4.0  # white counts e^4 times as much as black in the colour of a cell


class ReferenceCode(nn.Module):
  """A reference [B, H, W, 4] -> Tokens of K cells, without nouns.

  The cells are `cell` x `cell` pixels, in reading order. nets/copying copies from them. Sides are
  multiples of `multiple`.

  Attributes:
    width: channels of the first layers.
    levels: halvings of the encoder.
    cell: side of a cell in pixels.
    channels: F, to which a 1x1 convolution brings the maps; 0 is all maps (62 width with 4 levels).
  """

  width: int = 16
  levels: int = 4
  cell: int = 4
  channels: int = 0
  dtype: Any = None

  @property
  def multiple(self) -> int:
    return max(2**self.levels, self.cell)

  @nn.compact
  def __call__(self, reference: jax.Array, train: bool = False) -> Tokens:
    maps = Encoder(self.width, self.levels, dtype=self.dtype, name='encoder')(reference)
    x = gather(maps, self.cell)
    if self.channels:
      x = leaky_relu(Conv(self.channels, 1, kernel_init=HE, dtype=self.dtype, name='mix')(x))
    x = nn.LayerNorm(name='norm')(x.astype(jnp.float32))  # without it attention may diverge
    keys = x.reshape(x.shape[0], -1, x.shape[-1])
    return Tokens(keys, *references.cells(reference, self.cell, LIGHT_WEIGHT))


class Encoder(nn.Module):
  """[B, H, W, *] -> maps, two of each size: [B, H / 2^i, W / 2^i, width 2^i], i up to `levels`."""

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


def gather(maps: tuple[jax.Array, ...], stride: int) -> jax.Array:
  """All maps of an Encoder at one size, H / stride: averaged or repeated, and concatenated."""
  resized = []
  for n, x in enumerate(maps):
    own = 2 ** (n // 2)
    x = avg_pool(x, stride // own) if own <= stride else upsample_nearest(x, own // stride)
    resized.append(x)
  return jnp.concatenate(resized, -1)


Model = ReferenceCode
