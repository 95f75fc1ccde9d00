"""The generator of SCFT (Lee et al. 2020): each place of the line art attends to a reference.

Two encoders of ten convolutions (nets/reference_code); all their maps at a sixteenth, 992 channels,
are V_s (line art) and V_r (reference). c = V_s + softmax(Q K^T / sqrt 992) V, with Q from V_s, K
and V from V_r; four residual blocks; a decoder with nine skips from the line art's maps and V_s
beside c. LeakyReLU 0.2.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.guides import references
from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import (
  HE,
  avg_pool,
  leaky_relu,
  upsample_bilinear2,
  upsample_nearest,
)
from onepunch_jax.nets.reference_code import Encoder, gather

_UNIT = nn.initializers.variance_scaling(1.0, 'fan_in', 'normal')


class SCFTGenerator(nn.Module):
  """Line art [B, H, W, 1], reference [B, H, W, 4] -> (colours, queries, keys).

  Colours [B, H, W, out_channels] are in [-1, 1]; queries and keys [B, H / stride, W / stride, D].
  Places outside of the reference get no attention.

  Attributes:
    width: channels of the first layers.
    levels: halvings of the encoders.
    stride: of the maps that attend; below 2^levels, smaller maps are enlarged.
    channels: D, to which a 1x1 convolution brings V_s and V_r; 0: all, without one.
    blocks: number of residual blocks.
    copies: whether attention also averages the colours of the reference's cells, and a gate mixes
      them (under the ink) with the decoder's colours pixel by pixel: for short runs (ours).
  """

  out_channels: int = 3
  width: int = 16
  levels: int = 4
  stride: int = 16
  channels: int = 0
  blocks: int = 4
  copies: bool = False
  dtype: Any = None
  remat: bool = False

  @property
  def multiple(self) -> int:
    return 2**self.levels

  @nn.compact
  def __call__(self, line: jax.Array, reference: jax.Array, train: bool = False):
    if not 1 <= self.stride <= 2**self.levels:
      raise ValueError(f'Maps attend at a stride of 1 to {2**self.levels}, not {self.stride}.')

    def layer(x, width, name, kernel=3):
      return leaky_relu(Conv(width, kernel, kernel_init=HE, dtype=self.dtype, name=name)(x))

    def encode(x, name):
      return Encoder(self.width, self.levels, dtype=self.dtype, name=name)(x)

    line_maps, reference_maps = encode(line, 'line'), encode(reference, 'reference')
    own, other = gather(line_maps, self.stride), gather(reference_maps, self.stride)
    if self.channels:
      own = layer(own, self.channels, 'own', 1)
      other = layer(other, self.channels, 'other', 1)
    size = own.shape[-1]

    def project(x, name):
      options = dict(use_bias=False, dtype=self.dtype, kernel_init=_UNIT, name=name)
      return Conv(size, 1, **options)(x).astype(jnp.float32)

    queries, keys = project(own, 'query'), project(other, 'key')
    colors, valid = references.cells(reference, self.stride)
    values = [project(other, 'value').reshape(*colors.shape[:2], size)]
    if self.copies:
      values.append(colors)
    attended, found = attend(queries, keys, jnp.concatenate(values, -1), valid)
    x = own + attended[..., :size].astype(own.dtype)
    block = nn.remat(_Block) if self.remat else _Block
    for i in range(self.blocks):
      x = block(self.dtype, name=f'block_{i}')(x)
    mixed = jnp.concatenate([x, own], -1)

    x = avg_pool(mixed, 2**self.levels // self.stride)
    for i in reversed(range(2 * self.levels + 1)):
      if i % 2:  # the second of its size comes first
        x = upsample_nearest(x)
      skips = [x, line_maps[i]]
      if i % 2 and 2 ** (i // 2) == self.stride:
        skips.append(mixed)
      x = layer(jnp.concatenate(skips, -1), self.width * 2 ** (i // 2), f'up_{i}')
    if not self.copies:
      return jnp.tanh(_last(x, self.out_channels, 'last')), queries, keys
    copied = attended[..., size:]
    gate = found[:, None, None, None]
    for _ in range(self.stride.bit_length() - 1):
      copied = upsample_bilinear2(copied)
    x = layer(jnp.concatenate([x, copied.astype(x.dtype)], -1), 2 * self.width, 'mix')
    raw = _last(x, self.out_channels + 1, 'last')
    gate = gate * nn.sigmoid(raw[..., -1:])
    copied = (1 + copied) * (0.5 + 0.5 * line) - 1  # under the line art
    return gate * copied + (1 - gate) * jnp.tanh(raw[..., :-1]), queries, keys


def attend(
  queries: jax.Array, keys: jax.Array, values: jax.Array, valid: jax.Array
) -> tuple[jax.Array, jax.Array]:
  """Scaled dot-product attention.

  Args:
    queries: [B, h, w, D].
    keys: [B, *, *, D], of K places.
    values: [B, K, V].
    valid: [B, K], 1 where a place may be attended to.

  Returns:
    Means of values [B, h, w, V], 0 in images without a valid place; and 1 where an image has one,
    [B].
  """
  size = keys.shape[-1]
  scores = jnp.einsum('bhwd,bkd->bhwk', queries, keys.reshape(keys.shape[0], -1, size)) / size**0.5
  weight = jax.nn.softmax(jnp.where(valid[:, None, None] > 0, scores, -1e9), -1)
  found = jnp.max(valid, 1)
  return jnp.einsum('bhwk,bkv->bhwv', weight, values) * found[:, None, None, None], found


class _Block(nn.Module):
  """x + 3x3(leaky(3x3(x))): [B, h, w, C] -> same."""

  dtype: Any

  @nn.compact
  def __call__(self, x: jax.Array) -> jax.Array:
    def conv(x, name):
      return Conv(x.shape[-1], kernel_init=HE, dtype=self.dtype, name=name)(x)

    return x + conv(leaky_relu(conv(x, 'conv_0')), 'conv_1')


def _last(x: jax.Array, channels: int, name: str) -> jax.Array:
  return Conv(channels, 3, dtype=jnp.float32, name=name)(x)


Model = SCFTGenerator
