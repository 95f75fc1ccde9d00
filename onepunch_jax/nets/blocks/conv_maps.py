"""Convolutions that are fast on CPUs in every derivative: what `conv.py` computes with.

XLA's CPU back end runs a convolution whose window is larger than its input as a naive loop, about a
hundred times slower than necessary, and differentiation makes such convolutions everywhere: kernel
gradients of transposed convolutions, second derivatives of all. Here are three bilinear maps,

  conv(x, w) -> y      conv_dx(g, w) -> x, the transposed convolution      conv_dw(x, g) -> w

each with its derivatives written as the other two, so that reverse mode of any order needs no
fourth. For CPUs they are lowered to the forms of `conv_cpu.py`; elsewhere, and where a shape is
symbolic (export), to the convolutions of `jax.lax`.
Within `portable()` they are for no platform: for formats that know none, as ONNX.

Arrays are NHWC, kernels HWIO. `stride` and `dilation` are ints, `pads` is ((top, bottom), (left,
right)), not negative; with `groups` > 1 the kernel is [k, k, in / groups, out] as in `jax.lax`.
"""

import contextlib
import contextvars
import functools
from collections.abc import Iterator

import jax
import jax.numpy as jnp
from jax import lax

from onepunch_jax.nets.blocks import conv_cpu
from onepunch_jax.nets.blocks.conv_window import NHWC, Pads, Window, lax_conv, transposed

Array = jax.Array
_PORTABLE = contextvars.ContextVar('portable', default=False)


@contextlib.contextmanager
def portable() -> Iterator[None]:
  """What is traced within has plain convolutions with kernels in HWIO alone.

  A function that was traced before keeps its form: JAX does not trace it anew.
  """
  token = _PORTABLE.set(True)
  try:
    yield
  finally:
    _PORTABLE.reset(token)


def conv(
  x: Array,
  w: Array,
  stride: int = 1,
  pads: Pads = ((0, 0), (0, 0)),
  dilation: int = 1,
  groups: int = 1,
) -> Array:
  """Cross-correlation, as torch.nn.functional.conv2d.

  Args:
    x: [B, H, W, I].
    w: [k, k, I / groups, O].
    stride, pads, dilation, groups: as above.

  Returns:
    [B, h, w, O].
  """
  win = Window(w.shape[:2], stride, pads, dilation, groups)
  return _conv(x, w, win._replace(extra=win.out(x.shape[1:3])[1]))


def conv_transpose(
  x: Array,
  w: Array,
  stride: int = 2,
  pads: Pads = ((1, 1), (1, 1)),
  extra: tuple[int, int] = (0, 0),
) -> Array:
  """As torch.nn.functional.conv_transpose2d.

  Args:
    x: [B, h, w, I].
    w: [k, k, O, I].
    stride, pads: as above.
    extra: output_padding.

  Returns:
    [B, H, W, O].
  """
  return _conv_dx(x, w, Window(w.shape[:2], stride, pads, 1, 1, extra))


def upsample2_conv3x3(x: Array, w: Array) -> Array:
  """The 3x3 convolution (pad 1) of the nearest-x2-enlarged `x`, for 16/36 of the products.

  It is one 4x4 transposed convolution of stride 2 with a box-filtered kernel; pays at batch >= 4
  or sides >= 32.
  """
  w = jnp.flip(w, (0, 1))
  w = sum(jnp.pad(w, ((a, 1 - a), (b, 1 - b), (0, 0), (0, 0))) for a in (0, 1) for b in (0, 1))
  return conv_transpose(x, w.swapaxes(2, 3))


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _conv(x, w, win):
  return _pick(conv_cpu.conv, lax_conv, x, w, win)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _conv_dx(g, w, win):
  return _pick(conv_cpu.dx, _plain_dx, g, w, win)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _conv_dw(x, g, win):
  return _pick(conv_cpu.dw, _plain_dw, x, g, win)


def _forward(fn):
  """The forward pass of a custom_vjp that keeps both arguments for the backward pass."""

  def forward(a, b, win):
    return fn(a, b, win), (a, b)

  return forward


def _conv_backward(win, kept, dy):
  x, w = kept
  return _conv_dx(dy, w, win), _conv_dw(x, dy, win)


def _conv_dx_backward(win, kept, dx):
  g, w = kept
  return _conv(dx, w, win), _conv_dw(dx, g, win)


def _conv_dw_backward(win, kept, dw):
  x, g = kept
  return _conv_dx(g, dw, win), _conv(x, dw, win)


_conv.defvjp(_forward(_conv), _conv_backward)
_conv_dx.defvjp(_forward(_conv_dx), _conv_dx_backward)
_conv_dw.defvjp(_forward(_conv_dw), _conv_dw_backward)


def _pick(fast, plain, a, b, win):
  """The form for the platform that this is lowered for; symbolic sizes need the plain one."""
  if _PORTABLE.get() or not all(isinstance(n, int) for n in (*a.shape, *b.shape)):
    return plain(a, b, win)
  cpu = functools.partial(fast, win=win)
  return lax.platform_dependent(a, b, cpu=cpu, default=functools.partial(plain, win=win))


def _plain_dx(g, w, win):
  pads = [(r - 1 - lo, r - 1 - hi + e) for r, (lo, hi), e in zip(win.reach, win.pads, win.extra)]
  # XLA:GPU takes a dilated convolution for cuDNN's data gradient only where the kernel operand is
  # itself a `reverse`, as JAX's own gradients write it; else it convolves zeros between pixels.
  kernel, layout = transposed(w, win.groups), NHWC
  if win.groups == 1 and not _PORTABLE.get():
    kernel, layout = lax.rev(w, (0, 1)), ('NHWC', 'HWOI', 'NHWC')
  return lax.conv_general_dilated(
    g,
    kernel,
    (1, 1),
    pads,
    (win.stride,) * 2,
    (win.dilation,) * 2,
    dimension_numbers=layout,
    feature_group_count=win.groups,
  )


def _plain_dw(x, g, win):
  shape = (*win.size, x.shape[3] // win.groups, g.shape[3])
  like = jax.ShapeDtypeStruct(shape, x.dtype)
  (dw,) = jax.linear_transpose(functools.partial(lax_conv, x, win=win), like)(g)
  return dw
