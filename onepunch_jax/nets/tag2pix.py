"""The generator of Tag2Pix (Kim et al. 2019), as in blandocs/Tag2Pix 733d729, network.py.

Encoder: pairs of 3x3 of 16, 32, 64, 128, 256 channels, a stride of 2 between them, LeakyReLU, no
norm. At a sixteenth it is joined by features of the line art (at an eighth: three 3x3 of 256, the
first of stride 2, ReLU, batch norm after the first two) and by the tags as maps (a linear layer to
32 maps of that size, three 3x3 of 64 with LeakyReLU, LeakyReLU, tanh). Decoder: 12, 8, 5, 5 SECat
blocks of 1024, 512, 256, 128 channels, a pixel shuffle after each group, the encoder's maps beside;
3x3 of 32 and to the colours. A guide decoder (three transposed 3x3 of stride 2 and a 3x3) colours
the output of the first group, so that the group gets a gradient of its own.
"""

from collections.abc import Callable, Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks import secat
from onepunch_jax.nets.blocks.conv import Conv, ConvTranspose
from onepunch_jax.nets.blocks.layers import Norm, leaky_relu, pixel_shuffle
from onepunch_jax.nets.tag_code import HE_OUT, TagCode


class Tag2PixGenerator(nn.Module):
  """Line art [B, H, W, 1], tags [B, T], features [B, H/8, W/8, *] -> (colours, guide or None).

  Colours and guide are [B, H, W, out_channels], raw. H and W are multiples of 16.

  Attributes:
    width: channels of the first layer; all others are multiples of it.
    blocks: numbers of blocks, from the coarsest on.
    kind: of the blocks, 'secat' or an ablation (nets/blocks/secat.py).
    reduction: of the gates' channels, between the layers.
    code, relu: width of the tags' code, and whether its layers are rectified (nets/tag_code.py).
    places: side of the tags' maps, a sixteenth of the training size; other sizes stretch them.
    guide: whether there is a guide decoder; it runs in training alone.
  """

  out_channels: int = 3
  width: int = 16
  blocks: Sequence[int] = (12, 8, 5, 5)
  cardinality: int = 16
  kind: str = 'secat'
  reduction: int = 16
  code: int = 64
  relu: bool = False
  places: int = 16
  guide: bool = True
  norm: str = 'batch'
  dtype: Any = None
  remat: bool = False

  @property
  def multiple(self) -> int:
    return 16

  @nn.compact
  def __call__(self, line: jax.Array, tags: jax.Array, features: jax.Array, train: bool = False):
    if self.kind not in secat.KINDS:
      raise ValueError(f'A block of Tag2Pix is one of {secat.KINDS}, not {self.kind!r}.')
    w = self.width
    block = nn.remat(secat.Block, static_argnums=(3,)) if self.remat else secat.Block

    def conv(x, width, name, stride=1):
      return Conv(width, 3, stride, 1, kernel_init=HE_OUT, dtype=self.dtype, name=name)(x)

    def last(x, name):
      return conv(x, self.out_channels, name).astype(jnp.float32)

    code = TagCode(self.code, relu=self.relu, dtype=self.dtype, name='code')(tags)
    x, skips = line, []
    for i in range(5):
      x = leaky_relu(conv(x, w * 2**i, f'down_{i}_0', 2 if i else 1))
      x = leaky_relu(conv(x, w * 2**i, f'down_{i}_1'))
      skips.append(x)
    x = skips.pop()
    for i in range(3):
      y = Conv(
        16 * w,
        3,
        1 if i else 2,
        1,
        use_bias=False,
        kernel_init=HE_OUT,
        dtype=self.dtype,
        name=f'feature_{i}',
      )(features)
      features = nn.relu(Norm(self.norm, name=f'norm_feature_{i}')(y, train) if i < 2 else y)
    x = jnp.concatenate([x, features, self._maps(tags, x.shape, conv)], -1)
    aside = None
    for g, blocks in enumerate(self.blocks):
      width = 64 * w // 2**g
      for i in range(blocks):
        x = block(
          width,
          self.cardinality,
          self.kind,
          self.reduction,
          self.norm,
          self.dtype,
          name=f'block_{g}_{i}',
        )(x, code, train)
      x = pixel_shuffle(x)
      if g == 0 and self.guide:
        aside = x
      x = jnp.concatenate([x, skips.pop()], -1)
    x = last(leaky_relu(conv(x, 2 * w, 'head')), 'last')
    return x, None if aside is None else last(self._guide(aside), 'guide_last')

  def _maps(self, tags: jax.Array, shape: tuple[int, ...], conv: Callable) -> jax.Array:
    """Tags [B, T] as maps of the size of `shape`, [B, H/16, W/16, 4 width]."""
    w, side = self.width, self.places
    x = nn.Dense(2 * w * side * side, kernel_init=HE_OUT, dtype=self.dtype, name='places')(
      tags.astype(jnp.float32)
    ).reshape(-1, side, side, 2 * w)
    if x.shape[1:3] != shape[1:3]:
      x = jax.image.resize(x, (len(x), *shape[1:3], 2 * w), 'linear')
    for i in range(3):
      x = conv(x, 4 * w, f'tags_{i}')
      x = leaky_relu(x) if i < 2 else jnp.tanh(x)
    return x

  def _guide(self, x: jax.Array) -> jax.Array:
    """The output of the first group at full size: [B, H/8, W/8, 16 width] -> [B, H, W, 2 width]."""
    for i, width in enumerate((8, 4, 2)):
      enlarge = ConvTranspose(
        width * self.width,
        3,
        output_padding=1,
        kernel_init=HE_OUT,
        dtype=self.dtype,
        name=f'guide_{i}',
      )
      x = leaky_relu(enlarge(x))
    return x


Model = Tag2PixGenerator
