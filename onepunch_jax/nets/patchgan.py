"""The PatchGAN discriminator of pix2pix (Isola et al., 2017), and its pyramid (pix2pixHD, 2018).

C64-C128-C256-C512 and a 1-channel output, 4x4 kernels with a padding of 1 (pix2pixHD's code: 2),
strides 2, 2, 2, 1, 1: each logit judges 70x70 pixels.
"""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv
from onepunch_jax.nets.blocks.judgement import Judgement, concatenate
from onepunch_jax.nets.blocks.layers import Norm, avg_pool, leaky_relu


class PatchGAN(nn.Module):
  """Pictures [B, H, W, *], concatenated -> (logits, features), each a tuple with one per scale.

  logits[i] is [B, h, w, 1] float32; features[i] are the outputs of all layers but the last.
  Scale i sees the input through i average pools (3x3, stride 2, padding not counted).
  """

  width: int = 64
  layers: int = 3
  norm: str = 'instance'
  spectral: bool = False
  scales: int = 1
  dtype: Any = None
  padding: int = 1

  @nn.compact
  def __call__(self, *inputs: jax.Array, train: bool = False) -> Judgement:
    x = concatenate(inputs)
    logits, features = [], []
    for i in range(self.scales):
      x = avg_pool(x, 3, 2, 1, count_include_pad=False) if i else x
      patch = _Patch(
        self.width,
        self.layers,
        self.norm,
        self.spectral,
        self.dtype,
        self.padding,
        name=f'scale_{i}',
      )
      scale_logits, scale_features = patch(x, train)
      logits.append(scale_logits)
      features.append(scale_features)
    return Judgement(tuple(logits), tuple(features))


class _Patch(nn.Module):
  """The discriminator of one scale: [B, H, W, C] -> (logits [B, h, w, 1], features)."""

  width: int
  layers: int
  norm: str
  spectral: bool
  dtype: Any
  padding: int

  @nn.compact
  def __call__(self, x: jax.Array, train: bool) -> tuple[jax.Array, tuple[jax.Array, ...]]:
    features = []
    for i in range(self.layers + 1):
      norm = self.norm if i else 'none'
      stride = 2 if i < self.layers else 1
      x = Conv(
        self.width * min(2**i, 8),
        4,
        stride,
        self.padding,
        use_bias=norm == 'none',
        dtype=self.dtype,
        spectral=self.spectral,
        name=f'conv_{i}',
      )(x, train)
      x = leaky_relu(Norm(norm, name=f'norm_{i}')(x, train))
      features.append(x)
    options = dict(dtype=self.dtype, spectral=self.spectral, name='logits')
    x = Conv(1, 4, 1, self.padding, **options)(x, train)
    return x.astype(jnp.float32), tuple(features)


Model = PatchGAN
