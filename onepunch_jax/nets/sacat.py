"""The generator of atari's user hints, first era (adeleine 4b7dc58, UserHint/model.py).

3x3 to 32; 4x4 of stride 2 to 64; beside it the hint at half the size through a 3x3 to 64; strides 2
to 128, 256, 512; eight residual blocks of 512 (a 3x3, a gate that sees features of the hint: SACat
or SECat, the input added); four times nearest-neighbour x2 and a 3x3, to 256, 128, 64, 32
channels, then the encoder's maps of that size beside; a 3x3 to the colours. Batch norm and ReLU.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm, avg_pool, upsample_nearest


class SACatGenerator(nn.Module):
  """Line art and hint [B, H, W, *] (and features of the hint) -> [B, H, W, out_channels], raw.

  `features` [B, H/16, W/16, *] are those of a frozen net. An image [B, H, W, *] in their place goes
  through a small encoder of this net, and so does the hint where they are None. `gate` is 'sa' (per
  place and channel) or 'se' (per channel). H and W are multiples of 16.
  """

  out_channels: int = 3
  width: int = 32
  blocks: int = 8
  gate: str = 'sa'
  norm: str = 'batch'
  dtype: Any = None

  @property
  def multiple(self) -> int:
    return 16

  @nn.compact
  def __call__(
    self, line: jax.Array, hint: jax.Array, features: jax.Array | None = None, train: bool = False
  ) -> jax.Array:
    w = self.width

    def layer(x, width, name, kernel=3, stride=1):
      return _ConvNormRelu(width, kernel, stride, self.norm, self.dtype, name=name)(x, train)

    skips = [layer(jnp.concatenate([line, hint], -1), w, 'down_0')]
    skips.append(layer(skips[0], 2 * w, 'down_1', 4, 2))
    x = jnp.concatenate([skips[1], layer(avg_pool(hint, 2), 2 * w, 'hint')], -1)
    for i in (2, 3, 4):
      x = layer(x, w * 2**i, f'down_{i}', 4, 2)
      skips.append(x)
    features = hint if features is None else features
    if features.shape[1:3] == line.shape[1:3]:
      features = avg_pool(features, 2)
      for i in range(3):
        features = layer(features, w * 2 ** (i + 2), f'encode_{i}', 4, 2)
    for i in range(2):
      features = layer(features, 16 * w, f'features_{i}')
    for i in range(self.blocks):
      y = layer(x, 16 * w, f'block_{i}')
      x = Gate(self.gate, dtype=self.dtype, name=f'gate_{i}')(y, features) + x
    for i in (3, 2, 1, 0):
      x = layer(upsample_nearest(x), w * 2**i, f'up_{i}')
      x = jnp.concatenate([x, skips[i]], -1)
    return Conv(self.out_channels, dtype=self.dtype, name='last')(x).astype(jnp.float32)


class Gate(nn.Module):
  """h times a gate in (0, 1) that reads h and features, both [B, h, w, *].

  'sa' is sigmoid(1x1(ReLU(1x1([h, features])))), per place and channel; 'se' is the same of their
  means over places, through a sixteenth (`reduction`) of the channels.
  """

  kind: str = 'sa'
  dtype: Any = None
  reduction: int = 16
  kernel_init: Any = nn.initializers.normal(0.02)

  @nn.compact
  def __call__(self, h: jax.Array, features: jax.Array) -> jax.Array:
    if self.kind not in ('sa', 'se'):
      raise ValueError(f"A gate is 'sa' or 'se', not {self.kind!r}.")

    def conv(x, width, name):
      return Conv(width, 1, dtype=self.dtype, kernel_init=self.kernel_init, name=name)(x)

    c, seen = h.shape[-1], [h, features]
    inner = c if self.kind == 'sa' else max(1, c // self.reduction)
    if self.kind == 'se':
      seen = [jnp.mean(x, (1, 2), keepdims=True) for x in seen]
    x = nn.relu(conv(jnp.concatenate(seen, -1), inner, 'squeeze'))
    return h * nn.sigmoid(conv(x, c, 'excite'))


class _ConvNormRelu(nn.Module):
  width: int
  kernel: int
  stride: int
  norm: str
  dtype: Any

  @nn.compact
  def __call__(self, x: jax.Array, train: bool) -> jax.Array:
    padding = 1 if self.stride == 2 else None
    x = Conv(
      self.width,
      self.kernel,
      self.stride,
      padding,
      dtype=self.dtype,
      name='conv',
    )(x)
    return nn.relu(Norm(self.norm, name='norm')(x, train))


Model = SACatGenerator
