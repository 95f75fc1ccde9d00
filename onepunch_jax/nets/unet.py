"""The U-Net of pix2pix (Isola et al., 2017), 256 px and larger.

Encoder C64-C128-C256-C512-C512-C512-C512-C512, decoder CD512-CD512-CD512-C512-C256-C128-C64 and
the output: 4x4 kernels of stride 2 throughout, skips by concatenation, dropout in the three inner
decoder blocks. No norm on the first encoder block nor on the innermost, which sees 1x1 maps.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv, ConvTranspose
from onepunch_jax.nets.blocks.layers import Norm, leaky_relu


class UNet(nn.Module):
  """[B, H, W, C] in [-1, 1] -> [B, H, W, out_channels], raw: the method applies its own tanh.

  H and W are multiples of 2 ** depth. `norm` is 'instance' (which the paper's batch norm is at its
  batch size of 1), 'batch', or 'group' as in short runs on small images; `remat` computes
  activations again in the backward pass instead of keeping them.
  """

  out_channels: int = 3
  width: int = 64
  depth: int = 8
  norm: str = 'instance'
  dropout: float = 0.5
  dtype: Any = None
  remat: bool = False

  @property
  def multiple(self) -> int:
    return 2**self.depth

  @nn.compact
  def __call__(self, x: jax.Array, train: bool = False) -> jax.Array:
    side = 2**self.depth
    if any(isinstance(n, int) and n % side for n in x.shape[1:3]):
      raise ValueError(f'This U-Net needs sides that are multiples of {side}, not {x.shape[1:3]}.')
    down, up = _Down, _Up
    if self.remat:
      down, up = (nn.remat(block, static_argnums=(2,)) for block in (down, up))
    widths = [min(self.width * 2**i, self.width * 8) for i in range(self.depth)]
    skips = []
    for i, width in enumerate(widths):
      norm = 'none' if i in (0, self.depth - 1) else self.norm
      x = down(width, norm, i > 0, self.dtype, name=f'down_{i}')(x, train)
      skips.append(x)
    x = skips.pop()
    for i in reversed(range(1, self.depth)):
      dropout = self.dropout if self.depth - i <= 3 else 0.0
      x = up(widths[i - 1], self.norm, dropout, self.dtype, name=f'up_{i}')(x, train)
      x = jnp.concatenate([skips.pop(), x], -1)
    return ConvTranspose(self.out_channels, dtype=self.dtype, name='up_0')(nn.relu(x)).astype(
      jnp.float32
    )


class _Down(nn.Module):
  """LeakyReLU, 4x4 of stride 2, norm: [B, h, w, C] -> [B, h/2, w/2, width]."""

  width: int
  norm: str
  activate: bool
  dtype: Any

  @nn.compact
  def __call__(self, x: jax.Array, train: bool) -> jax.Array:
    x = leaky_relu(x) if self.activate else x
    x = Conv(self.width, 4, 2, 1, use_bias=self.norm == 'none', dtype=self.dtype, name='conv')(x)
    return Norm(self.norm, name='norm')(x, train)


class _Up(nn.Module):
  """ReLU, transposed 4x4 of stride 2, norm, dropout: [B, h, w, C] -> [B, 2h, 2w, width]."""

  width: int
  norm: str
  dropout: float
  dtype: Any

  @nn.compact
  def __call__(self, x: jax.Array, train: bool) -> jax.Array:
    x = ConvTranspose(self.width, use_bias=self.norm == 'none', dtype=self.dtype, name='conv')(
      nn.relu(x)
    )
    x = Norm(self.norm, name='norm')(x, train)
    return nn.Dropout(self.dropout, deterministic=not train)(x)


Model = UNet
