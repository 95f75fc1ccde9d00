"""The forms in which CPUs compute the three maps of `conv_maps.py` fast, chosen by the shapes.

maps of up to 8 x 8             one product of matrices over all taps of the kernel
a kernel larger than the maps   a product for each tap, so that each weight is read once
transposed, of stride > 1       convolutions of stride 1 that yield the pixels between
kernel gradients                a product for each tap with the output's gradient transposed once;
                                on few places one for each block of stride x stride; one over all
                                taps where few channels are read or made
few channels made               one product over all taps, added where they overlap
all else                        XLA's convolution, without pads or dilated inputs
"""

import functools

import jax
import jax.numpy as jnp
from jax import lax
from jax.experimental.xla_metadata import set_xla_metadata

from onepunch_jax.nets.blocks.conv_window import Window, lax_conv, transposed

Array = jax.Array
_SMALL = 8  # maps of up to this side: one product over all taps beats XLA's convolution
_FEW = 16  # channels for which XLA's convolution is not worth gathering windows
_NARROW = 64  # entries of a window up to which a copy of all windows is a small one
_HEAVY = 2**21  # entries of a kernel from which it can outweigh the maps
_MANY = 900  # places from which transposing them costs less than transposing the kernel's gradient


def _alone() -> bool:
  """Whether there is one device, so that nothing is divided."""
  return jax.device_count() == 1


def _apart(fn):
  """Compiles a function of arrays (or lists of them) and a window by itself.

  Its operands and its result are then arrays in memory. Else XLA puts what made an operand, or what
  makes the result, into every loop that reads it: a loop in transposed order then reads ten maps, a
  hundred times slower, or the products of nine taps are kept for the backward pass, not their sum.
  With several devices it is compiled with the rest: XLA would give all of such a call to one.
  """
  compiled = jax.jit(fn, static_argnames='win')

  @functools.wraps(fn)
  def call(*arrays, win):
    if not _alone():
      return fn(*arrays, win=win)
    with set_xla_metadata(inlineable='false'):
      return compiled(*arrays, win=win)

  return call


def conv(x: Array, w: Array, win: Window) -> Array:
  """[B, H, W, I] and [k, k, I / groups, O] -> [B, h, w, O]."""
  (h, v), _ = win.out(x.shape[1:3])
  x = _padded(x, win)
  small = max(h, v) <= (_SMALL if w.shape[2] >= 64 else 2)  # at 1x1 XLA would fold the pads back
  if small and win.groups == 1:
    return _dot(_columns(x, win, h, v), w.reshape(-1, w.shape[3])).reshape(-1, h, v, w.shape[3])
  if win.groups == 1 and _outweighs(w, len(x) * h * v):
    products = [
      _dot(_shifted(x, top, left, h, v, win.stride).reshape(-1, x.shape[3]), w[a, b])
      for a, b, top, left in win.taps()
    ]
    return _total(products, win=win).reshape(-1, h, v, w.shape[3])
  return _valid(x, w, win)


def dx(g: Array, w: Array, win: Window) -> Array:
  """[B, h, w, O] and [k, k, I / groups, O] -> [B, H, W, I]."""
  (n, h, v, _), s, i = g.shape, win.stride, w.shape[2]
  if win.groups == 1:
    few = max(h, v) <= (2 * _SMALL if s > 1 else _SMALL)
    if few and win.folds and i >= 64:
      return _dx_of_places(g, w, win)
    if _outweighs(w, n * h * v):
      return _dx_of_taps(g, w, win)
    if win.dilation == 1 and (s > 1 or few):
      return (_dx_folded if win.folds else _dx_of_phases)(g, w, win)
  # Zeros are put between and around by hand: a window never reaches over its input's edge.
  pads = [(r - 1 - lo, r - 1 - hi + e) for r, (lo, hi), e in zip(win.reach, win.pads, win.extra)]
  g = _spaced(g, pads, s)
  return _valid(g, transposed(w, win.groups), win._replace(stride=1))


def _dx_of_places(g, w, win):
  """One product for all single places, whose blocks are added where they overlap."""
  (n, h, v, o), s, i = g.shape, win.stride, w.shape[2]
  th, tv = win.blocks
  parts = _dot(g.reshape(-1, o), w.reshape(-1, o), 1, 1).reshape(n, h, v, th, s, tv, s, i)
  return _overlapped(parts, win=win)


@_apart
def _overlapped(parts, win):
  """[B, h, v, th, s, tv, s, I], the blocks of each place, -> [B, H, W, I]."""
  th, tv = win.blocks
  x = 0.0
  for a in range(th):
    for b in range(tv):
      x += jnp.pad(
        parts[:, :, :, a, :, b],
        ((0, 0), (a, th - 1 - a), (b, tv - 1 - b), (0, 0), (0, 0), (0, 0)),
      )
  return _unfolded(x.transpose(0, 1, 3, 2, 4, 5), win)


def _dx_of_taps(g, w, win):
  """A product for each entry of the kernel's window, added where the results lie."""
  (n, h, v, o), taps = g.shape, win.taps()
  parts = [_dot(g.reshape(-1, o), w[a, b], 1, 1).reshape(n, h, v, -1) for a, b, *_ in taps]
  return _overlapped_taps(parts, win=win)


@_apart
def _overlapped_taps(parts, win):
  """[B, h, v, I] of each tap -> their sum where they lie, [B, H, W, I]."""
  x = jnp.zeros((), parts[0].dtype)
  for part, (_, _, top, left) in zip(parts, win.taps(), strict=True):
    pads = [
      (at - lo, r - 1 - at - hi + e)
      for at, r, (lo, hi), e in zip((top, left), win.reach, win.pads, win.extra)
    ]
    x += _spaced(part, pads, win.stride)
  return x


def _dx_folded(g, w, win):
  """A convolution of stride 1 that yields stride x stride pixels at each place."""
  o, s, i = g.shape[3], win.stride, w.shape[2]
  th, tv = win.blocks
  w = jnp.flip(w.reshape(th, s, tv, s, i, o), (0, 2)).transpose(0, 2, 5, 1, 3, 4)
  x = _full(g, w.reshape(th, tv, o, s * s * i), win)
  return _folded_to_space(x, win=win)


@_apart
def _folded_to_space(x, win):
  """[B, h, v, s * s * I], the pixels of each block, -> [B, H, W, I]."""
  s = win.stride
  return _unfolded(x.reshape(*x.shape[:3], s, s, -1).transpose(0, 1, 3, 2, 4, 5), win)


def _dx_of_phases(g, w, win):
  """A convolution of stride 1 for each of stride x stride pixels: their kernels are unequal."""
  s, i = win.stride, w.shape[2]
  h, v = (n + t - 1 for n, t in zip(g.shape[1:3], win.blocks))
  rows = []
  for p in range(s):
    phases = []
    for q in range(s):
      part = w[p::s, q::s]  # none for a kernel smaller than the stride
      empty = jnp.zeros((len(g), h, v, i), g.dtype)
      phases.append(_full(g, transposed(part, 1), win) if part.size else empty)
    rows.append(phases)
  return _interleaved(rows, win=win)


@_apart
def _interleaved(rows, win):
  """[B, h, v, I] of each row and column of a block -> [B, H, W, I]."""
  return _unfolded(jnp.stack([jnp.stack(phases, 3) for phases in rows], 2), win)


def _full(g, w, win):
  """Convolution of stride 1 with `g` between zeros, as many places for every phase of `win`."""
  pads = [(k - 1, t - 1) for k, t in zip(w.shape, win.blocks)]
  g = jnp.pad(g, ((0, 0), *pads, (0, 0)))
  return _valid(g, w, Window(w.shape[:2], 1, ((0, 0), (0, 0)), 1, 1))


def _valid(x, w, win):
  """The convolution without pads; where it makes few channels, the sum of one product's parts.

  XLA's gathers every window, which takes longer than multiplying it by a few columns.
  """
  o, taps = w.shape[3], win.taps()
  if win.stride > 1 or win.groups > 1 or o > _FEW or len(taps) * o > 4 * x.shape[3]:
    return lax_conv(x, w, win._replace(pads=((0, 0), (0, 0))))
  n, hh, vv, c = x.shape
  y = _dot(x.reshape(-1, c), w.transpose(2, 0, 1, 3).reshape(c, -1)).reshape(n, hh, vv, -1)
  return _total_of_windows(y, win=win)


@_apart
def _total_of_windows(y, win):
  """[B, H, W, taps * O] -> [B, h, w, O]: the sum of each tap's part at its place."""
  taps = win.taps()
  (_, h, v, columns), (r, q) = y.shape, win.reach
  o = columns // len(taps)
  parts = [
    _shifted(y[..., o * m : o * (m + 1)], top, left, h - r + 1, v - q + 1, 1)
    for m, (_, _, top, left) in enumerate(taps)
  ]
  return sum(parts[1:], parts[0])


@_apart
def _total(parts, win):
  return sum(parts[1:], parts[0])


def _unfolded(x, win):
  """[B, h, s, v, s, I], the pixels of each block, -> [B, H, W, I], without pads and with extra."""
  s, i = win.stride, x.shape[-1]
  x = x.reshape(len(x), x.shape[1] * s, x.shape[3] * s, i)
  cut = [
    (-lo, k - t * s - hi + e)
    for k, t, (lo, hi), e in zip(win.size, win.blocks, win.pads, win.extra)
  ]
  return _spaced(x, cut, 1)


def dw(x: Array, g: Array, win: Window) -> Array:
  """[B, H, W, I] and [B, h, w, O] -> [k, k, I / groups, O]."""
  (n, h, v, o), s, c = g.shape, win.stride, x.shape[3]
  x = _padded(x, win)
  if win.groups > 1:
    return _grouped_dw(x, g, win)
  taps = win.size[0] * win.size[1]
  few = max(h, v) <= _SMALL or (n * h * v <= 4 * _SMALL**2 and (s == 1 or not win.folds))
  if few or taps * c <= _NARROW:
    return _dot(_columns(x, win, h, v), g.reshape(-1, o), 0, 0).reshape(*win.size, c, o)
  if s == 1 and taps * o <= 4 * c:
    product = _dot(x.reshape(-1, c), _output_columns(g, win, x.shape), 0, 0)
    return product.reshape(c, *win.size, o).transpose(1, 2, 0, 3)
  if n * h * v >= _MANY:
    return _dw_of_taps(x, g, win=win)
  if not win.folds:
    dw = [
      _dot(_shifted(x, top, left, h, v, s).reshape(-1, c), g.reshape(-1, o), 0, 0)
      for _, _, top, left in win.taps()
    ]
    return jnp.stack(dw).reshape(*win.size, c, o)
  # The input folded from space to channels: (k / s)² products.
  th, tv = win.blocks
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


@_apart
def _dw_of_taps(x, g, win):
  """The output's gradient, transposed once, times the input under each tap of the kernel."""
  (n, h, v, o), s, c = g.shape, win.stride, x.shape[3]
  g = lax.optimization_barrier(g.reshape(-1, o).T)  # else each product would transpose it again
  if s > 1 and win.folds and c <= _NARROW:  # the channels of s columns lie side by side
    side, columns = s, win.blocks[1]
    x = x[:, :, : (v + columns - 1) * s].reshape(n, x.shape[1], -1, s * c)
    places = [(top, left) for top in range(win.size[0]) for left in range(columns)]
    parts = [x[:, top : top + (h - 1) * s + 1 : s, left : left + v] for top, left in places]
  else:
    side, parts = 1, [_shifted(x, top, left, h, v, s) for _, _, top, left in win.taps()]
  dw = jnp.stack([_dot(g, part.reshape(-1, side * c)) for part in parts])
  return dw.reshape(-1, o, side, c).transpose(0, 2, 3, 1).reshape(*win.size, c, o)


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


def _spaced(x, pads, s):
  """Zeros, or cuts where negative, around the maps and s - 1 zeros between their pixels."""
  return lax.pad(x, jnp.zeros((), x.dtype), ((0, 0, 0), *((*p, s - 1) for p in pads), (0, 0, 0)))


def _outweighs(w, places):
  """Whether products tap by tap, which read every weight once, beat XLA's convolution."""
  return w.size >= _HEAVY and w.size > 2 * places * max(w.shape[2:])


def _shifted(x, top, left, h, v, s):
  return x[:, top : top + (h - 1) * s + 1 : s, left : left + (v - 1) * s + 1 : s]


def _columns(x, win, h, v):
  """[B, H, W, C] -> [B * h * v, k * k * C], a row for each place of the window."""
  x = [_shifted(x, top, left, h, v, win.stride) for _, _, top, left in win.taps()]
  return jnp.concatenate(x, -1).reshape(-1, len(x) * x[0].shape[-1])


def _output_columns(g, win, shape):
  """[B, h, w, O] -> [B * H * W, k * k * O]: the outputs that each pixel of the input is read for.

  `shape` is the input's; where a window would lie outside of it there are zeros.
  """
  pads = [(r - 1, n - m) for r, n, m in zip(win.reach, shape[1:3], g.shape[1:3])]
  g = jnp.pad(g, ((0, 0), *pads, (0, 0)))
  r, q = win.reach
  parts = [_shifted(g, r - 1 - top, q - 1 - left, *shape[1:3], 1) for _, _, top, left in win.taps()]
  return jnp.concatenate(parts, -1).reshape(-1, len(parts) * g.shape[3])


def _dot(a, b, i=1, j=0):
  """Contracts axis i of `a` with axis j of `b`."""
  if i == 0 and a.shape[1] > b.shape[1]:
    return _dot(b, a, j, i).T  # first the narrower of two tall ones: up to twice as fast
  return lax.dot_general(a, b, (((i,), (j,)), ((), ())))
