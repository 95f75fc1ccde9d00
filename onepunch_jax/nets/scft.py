"""The generator of SCFT (Lee et al. 2020): line art asks a reference for colours, place by place.

Two encoders of ten convolutions (nets/reference_code); all their maps at a sixteenth, 992 channels,
are V_s and V_r.  There c = V_s + softmax(Q K^T / sqrt 992) V, with Q of V_s, K and V of V_r; four
residual blocks; a decoder with nine skips of the line art's maps, and V_s beside c.  LeakyReLU 0.2.
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
from onepunch_jax.nets.reference_code import Encoder, gathered


class Model(nn.Module):
  """Line art [B, H, W, 1], reference [B, H, W, 4] -> (colours, queries, keys).

  Colours [B, H, W, out_channels] are in [-1, 1]; queries and keys [B, H / stride, W / stride, D].
  What of the reference is not there is not attended to.

  Args:
    width: of the first layers.
    levels: halvings of the encoders.
    stride: of the maps that attend; below 2^levels, those that are smaller are repeated.
    channels: D, to which a 1x1 convolution brings V_s and V_r; 0: all, without one.
    blocks: residual blocks.
    copies: whether colours of the reference's cells are attended to as well, and a gate chooses,
      pixel by pixel, between them (under the ink) and what the decoder says: for short runs.
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
    """The sides of a picture are multiples of this."""
    return 2**self.levels

  @nn.compact
  def __call__(self, line: jax.Array, reference: jax.Array, train: bool = False):
    if not 1 <= self.stride <= 2**self.levels:
      raise ValueError(f'Maps attend at a stride of 1 to {2**self.levels}, not {self.stride}.')
    conv = lambda x, n, name, kernel=3, **kwargs: Conv(
      n, kernel, kernel_init=HE, dtype=self.dtype, name=name, **kwargs
    )(x)
    act = lambda *args, **kwargs: leaky_relu(conv(*args, **kwargs))
    encode = lambda x, name: Encoder(self.width, self.levels, dtype=self.dtype, name=name)(x)
    drawn, shown = encode(line, 'line'), encode(reference, 'reference')
    own, other = gathered(drawn, self.stride), gathered(shown, self.stride)
    if self.channels:
      own = act(own, self.channels, 'own', 1)
      other = act(other, self.channels, 'other', 1)
    size = own.shape[-1]

    ask = lambda x, name: Conv(
      size, 1, use_bias=False, dtype=self.dtype, kernel_init=_UNIT, name=name
    )(x).astype(jnp.float32)
    queries, keys = ask(own, 'query'), ask(other, 'key')
    colors, there = references.cells(reference, self.stride)
    told = [ask(other, 'value').reshape(*colors.shape[:2], size)] + [colors] * self.copies
    taken, found = attend(queries, keys, jnp.concatenate(told, -1), there)
    x = own + taken[..., :size].astype(own.dtype)
    block = nn.remat(_Block) if self.remat else _Block
    for i in range(self.blocks):
      x = block(self.dtype, name=f'block_{i}')(x)
    mixed = jnp.concatenate([x, own], -1)

    x = avg_pool(mixed, 2**self.levels // self.stride)
    for i in reversed(range(2 * self.levels + 1)):
      if i % 2:  # the second of its size comes first
        x = upsample_nearest(x)
      here = [mixed] if i % 2 and 2 ** (i // 2) == self.stride else []
      x = act(jnp.concatenate([x, drawn[i], *here], -1), self.width * 2 ** (i // 2), f'up_{i}')
    if not self.copies:
      return jnp.tanh(_last(x, self.out_channels, 'last')), queries, keys
    copied = taken[..., size:]
    gate = found[:, None, None, None]
    for _ in range(self.stride.bit_length() - 1):
      copied = upsample_bilinear2(copied)
    x = act(jnp.concatenate([x, copied.astype(x.dtype)], -1), 2 * self.width, 'mix')
    said = _last(x, self.out_channels + 1, 'last')
    gate = gate * nn.sigmoid(said[..., -1:])
    copied = (1 + copied) * (0.5 + 0.5 * line) - 1  # it lies under the line art
    return gate * copied + (1 - gate) * jnp.tanh(said[..., :-1]), queries, keys


def attend(
  queries: jax.Array, keys: jax.Array, values: jax.Array, there: jax.Array
) -> tuple[jax.Array, jax.Array]:
  """Scaled dot products of queries [B, h, w, D] with keys [B, *, *, D] weigh values [B, K, V].

  Only where `there` [B, K] is 1.  Returns means of values [B, h, w, V], 0 where there is none at
  all, and whether there is any [B].
  """
  size = keys.shape[-1]
  scores = jnp.einsum('bhwd,bkd->bhwk', queries, keys.reshape(keys.shape[0], -1, size)) / size**0.5
  weight = jax.nn.softmax(jnp.where(there[:, None, None] > 0, scores, -1e9), -1)
  found = jnp.max(there, 1)
  return jnp.einsum('bhwk,bkv->bhwv', weight, values) * found[:, None, None, None], found


class _Block(nn.Module):
  dtype: Any

  @nn.compact
  def __call__(self, x):
    conv = lambda x, name: Conv(x.shape[-1], kernel_init=HE, dtype=self.dtype, name=name)(x)
    return x + conv(leaky_relu(conv(x, 'conv_0')), 'conv_1')


def _last(x, channels, name):
  return Conv(channels, 3, dtype=jnp.float32, name=name)(x)


_UNIT = nn.initializers.variance_scaling(1.0, 'fan_in', 'normal')
