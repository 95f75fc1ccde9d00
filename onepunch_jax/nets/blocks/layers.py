"""Layers that nets share: norms, resizing, pooling, attention."""

import functools
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp

from onepunch_jax.nets.blocks.conv import Conv

Array = jax.Array
HE = nn.initializers.variance_scaling(2.0, 'fan_in', 'normal')  # He et al. 2015, for ReLU
NORMS = ('batch', 'instance', 'group', 'layer', 'none')


class Norm(nn.Module):
  """A normalisation by name, [B, H, W, C] -> same; epsilon 1e-5, computed in float32.

  'batch' is over the global batch under jit and keeps running averages (0.9 old + 0.1 new, as
  PyTorch) in the collection 'batch_stats'; 'instance' is per sample and channel, 'group' per
  sample and group of channels, 'layer' per sample; 'none' returns its input.
  """

  kind: str = 'batch'
  affine: bool = True
  groups: int = 32
  scale_init: Any = nn.initializers.ones

  @nn.compact
  def __call__(self, x: Array, train: bool = False) -> Array:
    if self.kind not in NORMS:
      raise ValueError(f'There is no norm {self.kind!r}; there are {", ".join(NORMS)}.')
    if self.kind == 'none':
      return x
    y, c = x.astype(jnp.float32), x.shape[-1]
    if self.kind == 'batch':
      mean, var = self._batch(y, train)
    else:
      mean, var = _moments(y, (1, 2))
      groups = {'instance': c, 'group': self.groups, 'layer': 1}[self.kind]
      if groups < c:
        mean, var = _pooled(mean, var, groups)
    scale, shift = jax.lax.rsqrt(var + 1e-5), 0.0
    if self.affine:
      scale *= self.param('scale', self.scale_init, (c,))
      shift = self.param('bias', nn.initializers.zeros, (c,))
    return (y * scale + (shift - mean * scale)).astype(x.dtype)

  def _batch(self, y: Array, train: bool) -> list[Array]:
    """Mean and variance over the batch; the running averages in inference."""
    shape = y.shape[-1:]
    mean = self.variable('batch_stats', 'mean', jnp.zeros, shape)
    var = self.variable('batch_stats', 'var', jnp.ones, shape)
    if not train:
      return mean.value, var.value
    now = [m.reshape(shape) for m in _moments(y, (0, 1, 2))]
    for kept, new in zip((mean, var), now):
      kept.value = 0.9 * kept.value + 0.1 * jax.lax.stop_gradient(new)
    return now


def _moments(x: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
  """Mean and variance, in one pass over x."""
  mean = jnp.mean(x, axes, keepdims=True)
  return mean, jnp.maximum(jnp.mean(x * x, axes, keepdims=True) - mean * mean, 0.0)


def _pooled(mean: Array, var: Array, groups: int) -> tuple[Array, Array]:
  """Moments per channel, [B, 1, 1, C] -> moments of the channels' groups, same shape."""
  b, c = mean.shape[0], mean.shape[-1]
  if c % groups:
    raise ValueError(f'{c} channels do not divide into {groups} groups.')
  mean, square = (m.reshape(b, 1, 1, groups, -1) for m in (mean, var + mean * mean))
  pooled = mean.mean(-1, keepdims=True)
  var = square.mean(-1, keepdims=True) - pooled * pooled
  var = jnp.maximum(var, 0.0)
  pooled, var = (jnp.broadcast_to(m, mean.shape).reshape(b, 1, 1, c) for m in (pooled, var))
  return pooled, var


def leaky_relu(x: Array, slope: float = 0.2) -> Array:
  """ReLU with a slope below 0; 0.2 is the papers' value (PyTorch's default is 0.01)."""
  return jnp.where(x >= 0, x, slope * x)


def pixel_shuffle(x: Array, r: int = 2) -> Array:
  """[B, H, W, C * r * r] -> [B, H * r, W * r, C]; channels ordered (C, r, r) as in PyTorch."""
  b, h, w, c = x.shape
  x = x.reshape(b, h, w, c // (r * r), r, r).transpose(0, 1, 4, 2, 5, 3)
  return x.reshape(b, h * r, w * r, c // (r * r))


def upsample_nearest(x: Array, r: int = 2) -> Array:
  """[B, H, W, C] -> [B, H * r, W * r, C]."""
  b, h, w, c = x.shape
  x = jnp.broadcast_to(x[:, :, None, :, None], (b, h, r, w, r, c))
  return x.reshape(b, h * r, w * r, c)


def upsample_bilinear2(x: Array) -> Array:
  """[B, H, W, C] -> [B, 2H, 2W, C], half-pixel centres (PyTorch's align_corners=False)."""
  for axis in (1, 2):
    n = x.shape[axis]
    part = functools.partial(jax.lax.slice_in_dim, x, axis=axis)
    before = jnp.concatenate([part(0, 1), part(0, n - 1)], axis)
    after = jnp.concatenate([part(1, n), part(n - 1, n)], axis)
    x = jnp.stack([0.75 * x + 0.25 * before, 0.75 * x + 0.25 * after], axis + 1)
    x = x.reshape(*x.shape[:axis], 2 * n, *x.shape[axis + 2 :])
  return x


def reflect_pad(x: Array, pad: int) -> Array:
  """Mirrors `pad` rows and columns outwards, the edge itself not repeated."""
  return jnp.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode='reflect')


def avg_pool(
  x: Array, size: int, stride: int | None = None, pad: int = 0, count_include_pad: bool = True
) -> Array:
  """torch.nn.AvgPool2d: means over size x size, [B, H, W, C] -> [B, h, w, C].

  Args:
    x: [B, H, W, C].
    size: side of the windows.
    stride: None is `size`.
    pad: zeros on each side.
    count_include_pad: whether the means count them, which is PyTorch's default.
  """
  return nn.avg_pool(x, (size, size), (stride or size,) * 2, ((pad, pad),) * 2, count_include_pad)


def max_pool2(x: Array) -> Array:
  """Maxima over 2x2; an odd last row or column is dropped.  [B, H, W, C] -> [B, H/2, W/2, C]"""
  b, h, w, c = x.shape
  x = x[:, : h // 2 * 2, : w // 2 * 2].reshape(b, h // 2, 2, w // 2, 2, c)
  x = larger(x[:, :, 0], x[:, :, 1])
  return larger(x[:, :, :, 0], x[:, :, :, 1])


def larger(a: Array, b: Array) -> Array:
  """The elementwise maximum, by choice.

  The gradient of a reduction by `max` divides by how many entries equal the maximum; XLA may
  compute those entries anew, a bit differently, so that none does, and the gradient is NaN.
  """
  return jnp.where(a >= b, a, b)


class SelfAttention(nn.Module):
  """The attention of SAGAN (Zhang et al., 2019), keys and values pooled 2x: [B, H, W, C] -> same.

  Queries and keys have C / 8 channels, values C / 2; the result is added, scaled by gamma, which
  starts at 0.
  """

  spectral: bool = False
  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, train: bool = False) -> Array:
    b, h, w, c = x.shape
    options = dict(use_bias=False, spectral=self.spectral, dtype=self.dtype)

    def conv(x, width, name):
      return Conv(width, 1, name=name, **options)(x, train)

    q = conv(x, c // 8, 'query').reshape(b, h * w, c // 8)
    k = max_pool2(conv(x, c // 8, 'key')).reshape(b, -1, c // 8)
    v = max_pool2(conv(x, c // 2, 'value')).reshape(b, -1, c // 2)
    scores = jnp.einsum('bqc,bkc->bqk', q, k, preferred_element_type=jnp.float32)
    y = jnp.einsum('bqk,bkc->bqc', jax.nn.softmax(scores).astype(v.dtype), v)
    y = conv(y.reshape(b, h, w, c // 2), c, 'out')
    return x + self.param('gamma', nn.initializers.zeros, ()).astype(y.dtype) * y


class FullSelfAttention(nn.Module):
  """The attention of colorizing_things (Afanc/colorizing_things 05a98f0): [B, H, W, C] -> same.

  x + gamma * attention with queries and keys of C / 8 channels, values of C, gamma from 0 on, all
  with spectral norm. Unlike SAGAN's own (`SelfAttention`) nothing is pooled and there is no output
  layer.
  """

  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, train: bool = False) -> Array:
    b, h, w, c = x.shape

    def flat(width, name):
      y = Conv(width, 1, spectral=True, dtype=self.dtype, name=name)(x, train)
      return y.reshape(b, h * w, width)

    query, key, value = flat(c // 8, 'query'), flat(c // 8, 'key'), flat(c, 'value')
    scores = jnp.einsum('bqc,bkc->bqk', query, key, preferred_element_type=jnp.float32)
    y = jnp.einsum('bqk,bkc->bqc', jax.nn.softmax(scores).astype(value.dtype), value)
    gamma = self.param('gamma', nn.initializers.zeros, ())
    return x + gamma.astype(y.dtype) * y.reshape(b, h, w, c)


class SimpleSelfAttention(nn.Module):
  """x + gamma * (x xᵀ)(W x) over x as [C, H * W], W a 1x1 convolution; gamma starts at 0.

  Linear in the number of pixels: no softmax, so the product is taken from the right.
  """

  dtype: Any = None

  @nn.compact
  def __call__(self, x: Array, train: bool = False) -> Array:
    b, h, w, c = x.shape
    y = Conv(c, 1, use_bias=False, dtype=self.dtype, name='mix')(x, train).reshape(b, h * w, c)
    flat = x.reshape(b, h * w, c).astype(y.dtype)
    gram = jnp.einsum('bnc,bnd->bcd', flat, flat)
    y = jnp.einsum('bcd,bnd->bnc', gram, y).reshape(b, h, w, c)
    return x + self.param('gamma', nn.initializers.zeros, ()).astype(y.dtype) * y


def imagenet(x: Array) -> Array:
  """sRGB [..., 3] in [-1, 1], standardised by ImageNet's statistics for torchvision's nets."""
  mean, std = jnp.array([0.485, 0.456, 0.406]), jnp.array([0.229, 0.224, 0.225])
  return (0.5 + 0.5 * x - mean) / std
