"""Convolutions that are fast on CPUs in every derivative: what `conv.py` computes with.

XLA's CPU back end runs a convolution whose window is larger than its input as a naive loop, about a
hundred times slower than necessary, and differentiation makes such convolutions everywhere: kernel
gradients of transposed convolutions, second derivatives of all. Here are three bilinear maps,

  conv(x, w) -> y      conv_dx(g, w) -> x, the transposed convolution      conv_dw(x, g) -> w

each with its derivatives written as the other two, so that reverse mode of any order needs no
fourth. For CPUs they are lowered to matrix products over shifted slices and to convolutions without
padding or dilated inputs; elsewhere, and where a shape is symbolic (export), to those of `jax.lax`.
Within `portable()` they are for no platform: for formats that know none, as ONNX.

Arrays are NHWC, kernels HWIO. `stride` and `dilation` are ints, `pads` is ((top, bottom), (left,
right)), not negative; with `groups` > 1 the kernel is [k, k, in / groups, out] as in `jax.lax`.
"""

import contextlib
import contextvars
import functools
from collections.abc import Iterator
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

Array = jax.Array
Pads = tuple[tuple[int, int], tuple[int, int]]
_NHWC = ('NHWC', 'HWIO', 'NHWC')
_PORTABLE = contextvars.ContextVar('portable', default=False)
_SMALL = 8  # maps of up to this side: one product over all taps beats XLA's convolution


class Window(NamedTuple):
  """How a kernel lies on the input; `extra` pixels remain at the far edges."""

  size: tuple[int, int]
  stride: int
  pads: Pads
  dilation: int
  groups: int
  extra: tuple[int, int] = (0, 0)

  @property
  def reach(self) -> tuple[int, int]:
    """Side of the dilated kernel."""
    return tuple((k - 1) * self.dilation + 1 for k in self.size)

  @property
  def folds(self) -> bool:
    """Whether stride x stride blocks of the kernel are channels of a stride-1 convolution."""
    return self.dilation == 1 and all(k % self.stride == 0 for k in self.size)

  def out(self, hw: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Output size for input size `hw`, and the pixels that remain."""
    spare = [n + sum(p) - r for n, p, r in zip(hw, self.pads, self.reach)]
    if all(isinstance(n, int) for n in hw) and min(spare) < 0:
      raise ValueError(f'A {self.reach} window does not fit {tuple(hw)} padded by {self.pads}.')
    return tuple(n // self.stride + 1 for n in spare), tuple(n % self.stride for n in spare)

  def taps(self) -> list[tuple[int, int, int, int]]:
    """(row, column, row offset, column offset) of every kernel entry."""
    d = self.dilation
    return [(a, b, a * d, b * d) for a in range(self.size[0]) for b in range(self.size[1])]


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
  return _pick(_fast_conv, _plain_conv, x, w, win)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _conv_dx(g, w, win):
  return _pick(_fast_dx, _plain_dx, g, w, win)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _conv_dw(x, g, win):
  return _pick(_fast_dw, _plain_dw, x, g, win)


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


def _plain_conv(x, w, win):
  return lax.conv_general_dilated(
    x,
    w,
    (win.stride,) * 2,
    win.pads,
    rhs_dilation=(win.dilation,) * 2,
    dimension_numbers=_NHWC,
    feature_group_count=win.groups,
  )


def _plain_dx(g, w, win):
  pads = [(r - 1 - lo, r - 1 - hi + e) for r, (lo, hi), e in zip(win.reach, win.pads, win.extra)]
  # XLA:GPU takes a dilated convolution for cuDNN's data gradient only where the kernel operand is
  # itself a `reverse`, as JAX's own gradients write it; else it convolves zeros between pixels.
  kernel, layout = _transposed(w, win.groups), _NHWC
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
  (dw,) = jax.linear_transpose(functools.partial(_plain_conv, x, win=win), like)(g)
  return dw


def _transposed(w, groups):
  """[k, k, I / groups, O] -> the kernel of the transposed map, [k, k, O / groups, I]."""
  *size, i, o = w.shape
  w = jnp.flip(w, (0, 1)).reshape(*size, i, groups, o // groups)
  return w.transpose(0, 1, 4, 3, 2).reshape(*size, o // groups, groups * i)


def _fast_conv(x, w, win):
  (h, v), _ = win.out(x.shape[1:3])
  x = _padded(x, win)
  small = max(h, v) <= (_SMALL if w.shape[2] >= 64 else 2)  # at 1x1 XLA would fold the pads back
  if small and win.groups == 1:
    return _dot(_columns(x, win, h, v), w.reshape(-1, w.shape[3])).reshape(-1, h, v, w.shape[3])
  return _plain_conv(x, w, win._replace(pads=((0, 0), (0, 0))))


def _fast_dx(g, w, win):
  (n, h, v, o), s, i = g.shape, win.stride, w.shape[2]
  if win.groups == 1 and win.folds and (s > 1 or max(h, v) <= _SMALL):
    th, tv = (k // s for k in win.size)
    if max(h, v) <= 2 * _SMALL and i >= 64:  # products of single places, added where they overlap
      parts = _dot(g.reshape(-1, o), w.reshape(-1, o), 1, 1).reshape(n, h, v, th, s, tv, s, i)
      x = 0.0
      for a in range(th):
        for b in range(tv):
          x += jnp.pad(
            parts[:, :, :, a, :, b],
            ((0, 0), (a, th - 1 - a), (b, tv - 1 - b), (0, 0), (0, 0), (0, 0)),
          )
    else:  # a convolution of stride 1 that yields s * s pixels at each place
      w = jnp.flip(w.reshape(th, s, tv, s, i, o), (0, 2)).transpose(0, 2, 5, 1, 3, 4)
      g = jnp.pad(g, ((0, 0), (th - 1,) * 2, (tv - 1,) * 2, (0, 0)))
      x = lax.conv_general_dilated(
        g, w.reshape(th, tv, o, s * s * i), (1, 1), 'VALID', dimension_numbers=_NHWC
      )
    h, v = h + th - 1, v + tv - 1
    x = x.reshape(n, h, v, s, s, i).transpose(0, 1, 3, 2, 4, 5).reshape(n, h * s, v * s, i)
    pads = [(-lo, e - hi, 0) for (lo, hi), e in zip(win.pads, win.extra)]
    return lax.pad(x, jnp.zeros((), x.dtype), ((0, 0, 0), *pads, (0, 0, 0)))
  # Zeros are put between and around by hand: a window never reaches over its input's edge.
  pads = [(r - 1 - lo, r - 1 - hi + e) for r, (lo, hi), e in zip(win.reach, win.pads, win.extra)]
  g = lax.pad(
    g, jnp.zeros((), g.dtype), ((0, 0, 0), (*pads[0], s - 1), (*pads[1], s - 1), (0, 0, 0))
  )
  return _plain_conv(g, _transposed(w, win.groups), win._replace(stride=1, pads=((0, 0), (0, 0))))


def _fast_dw(x, g, win):
  (n, h, v, o), s, c = g.shape, win.stride, x.shape[3]
  x = _padded(x, win)
  if win.groups > 1:
    return _grouped_dw(x, g, win)
  if max(h, v) <= _SMALL:
    return _dot(_columns(x, win, h, v), g.reshape(-1, o), 0, 0).reshape(*win.size, c, o)
  if not win.folds:
    dw = [
      _dot(_shifted(x, top, left, h, v, s).reshape(-1, c), g.reshape(-1, o), 0, 0)
      for _, _, top, left in win.taps()
    ]
    return jnp.stack(dw).reshape(*win.size, c, o)
  # The input folded from space to channels: (k / s)² products.
  th, tv = (k // s for k in win.size)
  hh, vv = h + th - 1, v + tv - 1
  x = x[:, : hh * s, : vv * s].reshape(n, hh, s, vv, s, c)
  places = [(a, b) for a in range(th) for b in range(tv)]
  if s == 1 or c < 32:  # the input is shifted
    x, g = x.transpose(0, 1, 3, 2, 4, 5).reshape(n, hh, vv, s * s * c), g.reshape(-1, o)
    dw = [_dot(x[:, a : a + h, b : b + v].reshape(-1, s * s * c), g, 0, 0) for a, b in places]
  else:  # the output is shifted, the input transposed once
    x = x.transpose(2, 4, 5, 0, 1, 3).reshape(s * s * c, n * hh * vv)
    dw = []
    for a, b in places:
      shifted = jnp.pad(g, ((0, 0), (a, th - 1 - a), (b, tv - 1 - b), (0, 0)))
      dw.append(_dot(x, shifted.reshape(-1, o)))
  return (
    jnp.stack(dw).reshape(th, tv, s, s, c, o).transpose(0, 2, 1, 3, 4, 5).reshape(*win.size, c, o)
  )


def _grouped_dw(x, g, win):
  n, h, v, o = g.shape
  c, q = x.shape[3], win.groups
  g = g.reshape(n * h * v, q, o // q)
  dw = []
  for _, _, top, left in win.taps():
    part = _shifted(x, top, left, h, v, win.stride).reshape(n * h * v, q, c // q)
    dw.append(jnp.einsum('pqi,pqo->iqo', part, g).reshape(c // q, o))
  return jnp.stack(dw).reshape(*win.size, c // q, o)


def _padded(x, win):
  return x if win.pads == ((0, 0), (0, 0)) else jnp.pad(x, ((0, 0), *win.pads, (0, 0)))


def _shifted(x, top, left, h, v, s):
  return x[:, top : top + (h - 1) * s + 1 : s, left : left + (v - 1) * s + 1 : s]


def _columns(x, win, h, v):
  """[B, H, W, C] -> [B * h * v, k * k * C], a row for each place of the window."""
  x = [_shifted(x, top, left, h, v, win.stride) for _, _, top, left in win.taps()]
  return jnp.concatenate(x, -1).reshape(-1, len(x) * x[0].shape[-1])


def _dot(a, b, i=1, j=0):
  """Contracts axis i of `a` with axis j of `b`."""
  if i == 0 and a.shape[1] > b.shape[1]:
    return _dot(b, a, j, i).T  # first the narrower of two tall ones: up to twice as fast
  return lax.dot_general(a, b, (((i,), (j,)), ((), ())))
