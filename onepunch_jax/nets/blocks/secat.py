"""The block of Tag2Pix (Kim et al. 2019): ResNeXt with squeeze and excitation that sees the tags.

1x1 to half the width, 3x3 in groups, 1x1; SECat: gates of the channels from their means and the
code of the tags; the input added.  Batch norm, LeakyReLU 0.2.  The paper's ablations by name:

  secat     gates that see the tags                       seadain   gates that do not, then AdaIN
  senet     gates that do not                             catconv   the code beside the 3x3's input
  resnext   no gates                                      catall    the code beside the block's
  adain     AdaIN: moments of the channels by the code
"""

import math
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets import tag_code
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm, leaky_relu
from onepunch_jax.nets.sacat import Gate
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
    inner = max(1, self.width // 2)
    groups = math.gcd(inner, self.cardinality)
    beside = lambda x: jnp.concatenate([x, tag_code.spread(code, x)], -1)

    def conv(x, width, kernel, name, groups=1):
      y = Conv(
        width,
        kernel,
        groups=groups,
        use_bias=self.norm == 'none',
        kernel_init=HE_OUT,
        dtype=self.dtype,
        name=name,
      )(x)
      return Norm(self.norm, name=f'norm_{name}')(y, train)

    short = x if x.shape[-1] == self.width else conv(x, self.width, 1, 'shortcut')
    y = leaky_relu(conv(beside(x) if self.kind == 'catall' else x, inner, 1, 'reduce'))
    if self.kind == 'catconv':
      y = leaky_relu(conv(beside(y), inner, 1, 'join'))
    y = conv(leaky_relu(conv(y, inner, 3, 'spread', groups)), self.width, 1, 'expand')
    if self.kind in ('secat', 'senet', 'seadain'):
      seen = code if self.kind == 'secat' else code[:, :0]
      y = Gate('se', self.dtype, self.reduction, HE_OUT, name='gate')(y, seen[:, None, None])
    if self.kind in ('adain', 'seadain'):
      scale, shift = jnp.split(
        nn.Dense(2 * self.width, kernel_init=HE_OUT, name='moments')(code)[:, None, None], 2, -1
      )
      y = Norm('instance', affine=False, name='plain')(y) * (1 + scale) + shift
    return leaky_relu(short + y)
