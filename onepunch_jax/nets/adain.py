"""The generator of Automatic Line Art Colorization's first reference method: style modulates it.

3x3 to 32, 4x4 of stride 2 to 64, 128, 256, 512; residual blocks at a sixteenth, which the style of
the reference (nets/style_enc) modulates in one of four ways; nearest-neighbour x2 and 3x3 with
skips. ReLU.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.layers import Norm, upsample_nearest
from onepunch_jax.nets.sacat import Gate
from onepunch_jax.nets.style_enc import StyleEncoder

MODULATIONS = ('adain', 'linear', 'sa', 'se')
HALVINGS = 4


class AdaINGenerator(nn.Module):
  """Line art [B, H, W, 1], reference [B, H, W, 4] -> [B, H, W, out_channels], raw.

  H and W are multiples of 16.

  Attributes:
    width: channels of the first layer.
    blocks: number of residual blocks.
    style: size of the style vector.
    modulation: 'adain' is instance norm, then a scale and a shift computed from the style (Huang
      and Belongie 2017); 'linear' is the same without the norm; 'sa' and 'se' are the gates of
      nets/sacat.
  """

  out_channels: int = 3
  width: int = 32
  blocks: int = 4
  style: int = 256
  modulation: str = 'adain'
  norm: str = 'batch'
  dtype: Any = None

  @property
  def multiple(self) -> int:
    return 2**HALVINGS

  @nn.compact
  def __call__(self, line: jax.Array, reference: jax.Array, train: bool = False) -> jax.Array:
    if self.modulation not in MODULATIONS:
      raise ValueError(f'The modulation is one of {MODULATIONS}, not {self.modulation!r}.')

    def layer(x, width, name, kernel=3, stride=1):
      padding = 1 if stride == 2 else None
      x = Conv(
        width, kernel, stride, padding, use_bias=self.norm == 'none', dtype=self.dtype, name=name
      )(x)
      return nn.relu(Norm(self.norm, name=f'{name}_norm')(x, train))

    style = StyleEncoder(self.style, self.width, HALVINGS, self.dtype, name='style')(reference)
    skips = [layer(line, self.width, 'down_0')]
    for i in range(1, HALVINGS + 1):
      skips.append(layer(skips[-1], self.width * 2**i, f'down_{i}', 4, 2))
    x = skips.pop()
    for i in range(self.blocks):
      y = x
      for j in (0, 1):
        y = Conv(x.shape[-1], dtype=self.dtype, name=f'block_{i}_{j}')(nn.relu(y) if j else y)
        y = Modulation(self.modulation, self.dtype, name=f'told_{i}_{j}')(y, style)
      x = x + y
    for i in reversed(range(HALVINGS)):
      x = jnp.concatenate([upsample_nearest(x), skips.pop()], -1)
      x = layer(x, self.width * 2**i, f'up_{i}')
    return Conv(self.out_channels, dtype=self.dtype, name='last')(x).astype(jnp.float32)


class Modulation(nn.Module):
  """Modulates maps [B, h, w, C] by a style [B, K] -> [B, h, w, C]."""

  kind: str
  dtype: Any = None

  @nn.compact
  def __call__(self, x: jax.Array, style: jax.Array) -> jax.Array:
    if self.kind in ('sa', 'se'):
      places = jnp.broadcast_to(style[:, None, None], (*x.shape[:3], style.shape[-1]))
      return Gate(self.kind, dtype=self.dtype, name='gate')(x, places.astype(x.dtype))
    if self.kind == 'adain':
      x = Norm('instance', affine=False, name='norm')(x)
    scale, shift = jnp.split(nn.Dense(2 * x.shape[-1], name='style')(style)[:, None, None], 2, -1)
    return x * (1 + scale).astype(x.dtype) + shift.astype(x.dtype)


Model = AdaINGenerator
