"""The convolution that every net uses, and its transpose, as Flax modules.

`conv_maps.py` computes them and says why `jax.lax` alone would be slow.
"""

from collections.abc import Callable, Sequence
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax import lax

from onepunch_jax.nets.blocks.conv_maps import Pads, conv, conv_transpose

Array = jax.Array


def spectral_norm(module: nn.Module, w: Array, train: bool) -> Array:
  """Divides a kernel by its largest singular value (Miyato et al. 2018).

  One power iteration per call in training, on a vector in the collection 'spectral'; ten at init.

  Args:
    module: owns the vector.
    w: the kernel, seen as a matrix [all other axes, last axis].
    train: whether the vector is updated.
  """
  m = w.reshape(-1, w.shape[-1])
  fixed = lax.stop_gradient(m)

  def iterate(_, u):
    return _unit(fixed.T @ _unit(fixed @ u))

  def first():
    start = _unit(jax.random.normal(module.make_rng('params'), m.shape[1:]))
    # A loop, not ten copies, which would take a minute to compile in a net of thirty layers.
    return lax.fori_loop(0, 10, iterate, start)

  u = module.variable('spectral', 'u', first)
  if train:
    u.value = iterate(0, u.value)
  u = lax.stop_gradient(u.value)
  return w / (_unit(fixed @ u) @ (m @ u))


def _unit(x: Array) -> Array:
  return x / jnp.maximum(jnp.linalg.norm(x), 1e-12)


def _as_pads(padding: int | Sequence[Sequence[int]] | None, reach: tuple[int, int] | None) -> Pads:
  if padding is None:
    return tuple((r // 2, r // 2) for r in reach)
  if isinstance(padding, int):
    return ((padding, padding),) * 2
  return tuple(tuple(p) for p in padding)


class Conv(nn.Module):
  """torch.nn.Conv2d in NHWC: [B, H, W, C] -> [B, h, w, features].

  `padding` is an int, ((top, bottom), (left, right)), or None: half the dilated kernel.
  Parameters are float32; `dtype` is the type of the computation and of the result.
  """

  features: int
  kernel: int = 3
  stride: int = 1
  padding: int | Sequence[Sequence[int]] | None = None
  dilation: int = 1
  groups: int = 1
  use_bias: bool = True
  dtype: Any = None
  kernel_init: Callable = nn.initializers.normal(0.02)
  spectral: bool = False

  @nn.compact
  def __call__(self, x: Array, train: bool = False) -> Array:
    shape = (self.kernel, self.kernel, x.shape[-1] // self.groups, self.features)
    w = self.param('kernel', self.kernel_init, shape)
    if self.spectral:
      w = spectral_norm(self, w, train)
    dtype = self.dtype or jnp.float32
    reach = ((self.kernel - 1) * self.dilation + 1,) * 2
    y = conv(
      x.astype(dtype),
      w.astype(dtype),
      self.stride,
      _as_pads(self.padding, reach),
      self.dilation,
      self.groups,
    )
    return _biased(self, y)


class ConvTranspose(nn.Module):
  """torch.nn.ConvTranspose2d in NHWC; the defaults double the size. Kernel [k, k, out, in]."""

  features: int
  kernel: int = 4
  stride: int = 2
  padding: int | Sequence[Sequence[int]] = 1
  output_padding: int = 0
  use_bias: bool = True
  dtype: Any = None
  kernel_init: Callable = nn.initializers.normal(0.02)
  spectral: bool = False

  @nn.compact
  def __call__(self, x: Array, train: bool = False) -> Array:
    shape = (self.kernel, self.kernel, self.features, x.shape[-1])
    w = self.param('kernel', self.kernel_init, shape)
    if self.spectral:
      w = spectral_norm(self, w.swapaxes(2, 3), train).swapaxes(2, 3)
    dtype = self.dtype or jnp.float32
    y = conv_transpose(
      x.astype(dtype),
      w.astype(dtype),
      self.stride,
      _as_pads(self.padding, None),
      (self.output_padding,) * 2,
    )
    return _biased(self, y)


def _biased(module: nn.Module, y: Array) -> Array:
  if not module.use_bias:
    return y
  return y + module.param('bias', nn.initializers.zeros, y.shape[-1:]).astype(y.dtype)
