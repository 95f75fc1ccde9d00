"""The block of Tag2Pix (Kim et al. 2019), as in blandocs/Tag2Pix 733d729.

ResNeXt: 1x1 to a quarter of the width, 3x3 in groups, 1x1; squeeze and excitation that sees the
tags (SECat): gates of the channels from their means and the code of the tags; the input added.
Batch norm after each convolution, ReLU, no biases. The paper's ablations by their names:

  secat     gates that see the tags
  senet     gates that do not
  resnext   no gates
  catconv   the code beside the block's input; gates that do not see it
  catall    the code beside the input of each of the three convolutions; gates that do not see it
  adain     AdaIN with moments from the code in place of each norm; no gates, no sum with the input
  seadain   the same with the sum
"""

import math
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets import tag_code
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm
from onepunch_jax.nets.tag_code import HE_OUT

KINDS = ('secat', 'senet', 'resnext', 'adain', 'seadain', 'catconv', 'catall')


class Block(nn.Module):
  """[B, h, w, *] and a code [B, C] -> [B, h, w, width]."""

  width: int
  cardinality: int = 16
  kind: str = 'secat'
  reduction: int = 16
  norm: str = 'batch'
  dtype: Any = None

  @nn.compact
  def __call__(self, x: jax.Array, code: jax.Array, train: bool = False) -> jax.Array:
    inner = max(1, self.width // 4)
    groups = math.gcd(inner, self.cardinality)

    def with_code(x, kinds):
      if self.kind not in kinds:
        return x
      return jnp.concatenate([x, tag_code.broadcast(code, x)], -1)

    def conv(x, width, kernel, name, groups=1):
      return Conv(
        width,
        kernel,
        groups=groups,
        use_bias=False,
        kernel_init=HE_OUT,
        dtype=self.dtype,
        name=name,
      )(x)

    def norm(x, name):
      if self.kind in ('adain', 'seadain') and name != 'shortcut':
        return Adain(self.dtype, name=f'adain_{name}')(x, code)
      return Norm(self.norm, name=f'norm_{name}')(x, train)

    y = nn.relu(norm(conv(with_code(x, ('catconv', 'catall')), inner, 1, 'reduce'), 'reduce'))
    # the code's channels do not divide into the groups: 'catall' groups as far as they do
    y = with_code(y, ('catall',))
    shared = math.gcd(groups, y.shape[-1])
    y = nn.relu(norm(conv(y, inner, 3, 'grouped', shared), 'grouped'))
    y = norm(conv(with_code(y, ('catall',)), self.width, 1, 'expand'), 'expand')
    if self.kind in ('secat', 'senet', 'catconv', 'catall'):
      y = ChannelGate(self.reduction, self.dtype, name='gate')(
        y, code if self.kind == 'secat' else None
      )
    if self.kind == 'adain':
      return nn.relu(y)
    short = x if x.shape[-1] == self.width else norm(conv(x, self.width, 1, 'shortcut'), 'shortcut')
    return nn.relu(short + y)


class ChannelGate(nn.Module):
  """x times sigmoid(W2 ReLU(W1 [means of x, code])) of each channel; no biases."""

  reduction: int = 16
  dtype: Any = None

  @nn.compact
  def __call__(self, x: jax.Array, code: jax.Array | None = None) -> jax.Array:
    c = x.shape[-1]
    inner = max(1, c // self.reduction)

    def dense(x, width, name):
      return nn.Dense(width, use_bias=False, kernel_init=HE_OUT, dtype=self.dtype, name=name)(x)

    y = jnp.mean(x, (1, 2))
    y = y if code is None else jnp.concatenate([y, code.astype(y.dtype)], -1)
    y = nn.sigmoid(dense(nn.relu(dense(y, inner, 'squeeze')), c, 'excite'))
    return x * y[:, None, None]


class Adain(nn.Module):
  """Instance norm with scale and shift by a linear layer of the code; they start at 1 and 0."""

  dtype: Any = None

  @nn.compact
  def __call__(self, x: jax.Array, code: jax.Array) -> jax.Array:
    moments = nn.Dense(2 * x.shape[-1], kernel_init=HE_OUT, name='moments')(code)[:, None, None]
    scale, shift = jnp.split(moments, 2, -1)
    plain = Norm('instance', affine=False, name='plain')(x)
    return (plain * (1 + scale) + shift).astype(x.dtype)
