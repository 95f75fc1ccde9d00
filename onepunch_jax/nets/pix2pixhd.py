"""The generators of pix2pixHD (Wang et al., 2018): the global one, and the local enhancer round it.

Global: c7s1-64, four d (3x3, stride 2), nine residual blocks, four u (3x3 transposed), c7s1-3.
Enhancer, at twice the size: c7s1-32, d64; the global generator's last map is added; three residual
blocks, u32, c7s1-3.  Instance norm without scale and bias, ReLU, reflected edges.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv, ConvTranspose
from onepunch_jax.nets.blocks.layers import Norm, reflect_pad


class Model(nn.Module):
  """[B, H, W, C] in [-1, 1] (and, for the enhancer, the global map) -> (raw picture, last map).

  Without `enhancer`: picture [B, H, W, out_channels], map [B, H, W, width].  With it: the second
  argument is that map at half the size, of 2 * width channels, and the net is the outer one, with
  one halving.  H and W are multiples of 2 ** down.
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
    """The sides of a picture are multiples of this."""
    return 2**self.down

  @nn.compact
  def __call__(self, x: jax.Array, inner: jax.Array | None = None, train: bool = False):
    if self.enhancer != (inner is not None):
      raise ValueError('The enhancer takes the map of the global generator, and nothing else does.')
    if self.enhancer and self.down != 1:
      raise ValueError(f'The enhancer halves once: down=1, not {self.down}.')
    layer = lambda x, conv, i: nn.relu(
      Norm(self.norm, affine=False, name=f'norm_{i}')(conv(x), train)
    )
    conv = lambda width, kernel, stride, pad, name: Conv(
      width, kernel, stride, pad, use_bias=False, dtype=self.dtype, name=name
    )
    up = lambda width, name: ConvTranspose(
      width, 3, 2, 1, 1, use_bias=False, dtype=self.dtype, name=name
    )
    block = nn.remat(_Residual, static_argnums=(2,)) if self.remat else _Residual

    x = layer(reflect_pad(x, 3), conv(self.width, 7, 1, 0, 'first'), 'first')
    for i in range(self.down):
      x = layer(x, conv(self.width * 2 ** (i + 1), 3, 2, 1, f'down_{i}'), f'down_{i}')
    x = x if inner is None else x + inner.astype(x.dtype)
    for i in range(self.blocks):
      x = block(self.norm, self.dtype, name=f'block_{i}')(x, train)
    for i in reversed(range(self.down)):
      x = layer(x, up(self.width * 2**i, f'up_{i}'), f'up_{i}')
    raw = Conv(self.out_channels, 7, 1, 0, dtype=self.dtype, name='last')(reflect_pad(x, 3))
    return raw.astype(jnp.float32), x


class _Residual(nn.Module):
  norm: str
  dtype: Any

  @nn.compact
  def __call__(self, x, train):
    y = x
    for i, act in enumerate((nn.relu, lambda y: y)):
      y = Conv(x.shape[-1], 3, 1, 0, use_bias=False, dtype=self.dtype, name=f'conv_{i}')(
        reflect_pad(y, 1)
      )
      y = act(Norm(self.norm, affine=False, name=f'norm_{i}')(y, train))
    return x + y
