"""The generators of pix2pixHD (Wang et al. 2018): the global one, and the local enhancer around it.

Global: c7s1-64, four d (3x3, stride 2), nine residual blocks, four u (3x3 transposed), c7s1-3.
Enhancer, at twice the size: c7s1-32, d64; the global generator's last map is added; three residual
blocks, u32, c7s1-3. Instance norm without scale and bias, ReLU, reflected edges.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv, ConvTranspose
from onepunch_jax.nets.blocks.layers import Norm, reflect_pad


class Pix2PixHDGenerator(nn.Module):
  """[B, H, W, C] in [-1, 1] (and, for the enhancer, the global map) -> (raw picture, last map).

  Without `enhancer`: picture [B, H, W, out_channels], map [B, H, W, width]. With it: the second
  argument is that map at half the size, of 2 * width channels, and the net is the outer one, with
  one halving. H and W are multiples of 2 ** down.
  """

  out_channels: int = 3
  width: int = 64
  down: int = 4
  blocks: int = 9
  enhancer: bool = False
  norm: str = 'instance'
  dtype: Any = None
  remat: bool = False

  @property
  def multiple(self) -> int:
    return 2**self.down

  @nn.compact
  def __call__(self, x: jax.Array, inner: jax.Array | None = None, train: bool = False):
    if self.enhancer != (inner is not None):
      raise ValueError('The enhancer reads the map of the global generator, and nothing else does.')
    if self.enhancer and self.down != 1:
      raise ValueError(f'The enhancer halves once: down=1, not {self.down}.')
    options = dict(use_bias=False, dtype=self.dtype)
    block = nn.remat(_Residual, static_argnums=(2,)) if self.remat else _Residual

    def norm(x, name):
      return nn.relu(Norm(self.norm, affine=False, name=f'norm_{name}')(x, train))

    x = Conv(self.width, 7, 1, 0, name='first', **options)(reflect_pad(x, 3))
    x = norm(x, 'first')
    for i in range(self.down):
      x = Conv(self.width * 2 ** (i + 1), 3, 2, 1, name=f'down_{i}', **options)(x)
      x = norm(x, f'down_{i}')
    x = x if inner is None else x + inner.astype(x.dtype)
    for i in range(self.blocks):
      x = block(self.norm, self.dtype, name=f'block_{i}')(x, train)
    for i in reversed(range(self.down)):
      x = ConvTranspose(self.width * 2**i, 3, 2, 1, 1, name=f'up_{i}', **options)(x)
      x = norm(x, f'up_{i}')
    raw = Conv(self.out_channels, 7, 1, 0, dtype=self.dtype, name='last')(reflect_pad(x, 3))
    return raw.astype(jnp.float32), x


class _Residual(nn.Module):
  """x + norm(3x3(ReLU(norm(3x3(x))))): [B, h, w, C] -> same."""

  norm: str
  dtype: Any

  @nn.compact
  def __call__(self, x: jax.Array, train: bool) -> jax.Array:
    def layer(x, i):
      conv = Conv(x.shape[-1], 3, 1, 0, use_bias=False, dtype=self.dtype, name=f'conv_{i}')
      return Norm(self.norm, affine=False, name=f'norm_{i}')(conv(reflect_pad(x, 1)), train)

    return x + layer(nn.relu(layer(x, 0)), 1)


Model = Pix2PixHDGenerator
