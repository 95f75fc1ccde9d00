"""Where the kernel of a convolution lies on its input, and the convolution of `jax.lax` there."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

Array = jax.Array
Pads = tuple[tuple[int, int], tuple[int, int]]
NHWC = ('NHWC', 'HWIO', 'NHWC')


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

  @property
  def blocks(self) -> tuple[int, int]:
    """How many stride x stride blocks cover the kernel, in height and width."""
    return tuple(-(-k // self.stride) for k in self.size)

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


def lax_conv(x: Array, w: Array, win: Window) -> Array:
  """[B, H, W, I] and [k, k, I / groups, O] -> [B, h, w, O]: the convolution of `jax.lax`."""
  return lax.conv_general_dilated(
    x,
    w,
    (win.stride,) * 2,
    win.pads,
    rhs_dilation=(win.dilation,) * 2,
    dimension_numbers=NHWC,
    feature_group_count=win.groups,
  )


def transposed(w: Array, groups: int) -> Array:
  """[k, k, I / groups, O] -> the kernel of the transposed map, [k, k, O / groups, I]."""
  *size, i, o = w.shape
  w = jnp.flip(w, (0, 1)).reshape(*size, i, groups, o // groups)
  return w.transpose(0, 1, 4, 3, 2).reshape(*size, o // groups, groups * i)
