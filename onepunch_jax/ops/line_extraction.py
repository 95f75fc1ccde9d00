"""Line art from grey images: one pure function per style.

Every style is computed from the same three images, so that a batch in which each sample has its own
style costs two blurs in all: the grey image, a fine blur and a wide one, each [B, H, W, 1] in
[0, 1]; sigmas are [B] pixels. Results are [B, H, W, 1] in [0, 1]: 0 is ink, 1 is background.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp

from onepunch_jax.ops.blur import gaussian, shifts, window
from onepunch_jax.ops.color import LUMA

Array = jax.Array


def grey(rgb: Array) -> Array:
  """sRGB [B, H, W, 3] in [0, 1] -> luma [B, H, W, 1]; images of one channel are returned as is.

  It rounds otherwise than `color.luma` (by one bit), which decides at thresholds.
  """
  return rgb if rgb.shape[-1] == 1 else (rgb * jnp.array(LUMA)).sum(-1, keepdims=True)


def xdog(
  grey: Array, fine: Array, wide: Array, *, p: float = 19.0, eps: float = 0.01, phi: float = 1e9
) -> Array:
  """XDoG of SerialLain3170 (methods: Winnemoeller 2012): S = (1+p) G_s - p G_ks, times the image.

  phi=1e9 is the binary form since 2020; phi=3 the soft one of the first era (there written 10^9,
  which Python reads as XOR).
  """
  response = ((1 + p) * fine - p * wide) * grey
  return jnp.clip(jnp.where(response >= eps, 1.0, 1 + jnp.tanh(phi * (response - eps))), 0, 1)


def tag2pix(
  grey: Array, fine: Array, wide: Array, *, gamma: float = 0.95, eps: float = -0.5, phi: float = 1e9
) -> Array:
  """XDoG of Tag2Pix: the binary zero crossing of D = G_s - gamma G_ks."""
  response = fine - gamma * wide
  return jnp.where(response < eps, 1.0, jnp.clip(1 + jnp.tanh(phi * response), 0, 1))


def dog(grey: Array, fine: Array, wide: Array, *, gain: float = 12.0) -> Array:
  """Plain difference of Gaussians: grey strokes where the fine blur is darker than the wide one."""
  return jnp.clip(1 + gain * (fine - wide), 0, 1)


def dodge(grey: Array, fine: Array, wide: Array, *, gamma: float = 1.5) -> Array:
  """Colour dodge, the classic pencil filter: the image divided by its blur."""
  return jnp.clip(grey / jnp.maximum(wide, 1e-3), 0, 1) ** gamma


def highpass(grey: Array, fine: Array, wide: Array) -> Array:
  """The high-pass that SketchKeras reads, ink only: darker than the blur, scaled to full black."""
  ink = jnp.clip(wide - grey, 0, 1)
  ink = ink / jnp.maximum(ink.max((1, 2, 3), keepdims=True), 0.05)
  return 1 - jnp.clip(jnp.where(ink < 0.1, 0, ink * 1.5), 0, 1)


def ladder(
  grey: Array, fine: Array, wide: Array, *, steps: Sequence[float] = (0.97, 0.93, 0.87, 0.78)
) -> Array:
  """Threshold ladder: each step that image / blur falls below adds one tone of ink."""
  ratio = fine / jnp.maximum(wide, 1e-3)
  return sum((ratio > s).astype(grey.dtype) for s in steps) / len(steps)


def blend(grey: Array, fine: Array, wide: Array) -> Array:
  """adeleine's blend: half pencil (here dodge) of intensity 1.4, half XDoG softened by its blur."""
  hard = xdog(grey, fine, wide)
  soft = 0.25 * hard + 0.75 * gaussian(hard, 1.0)
  pencil = dodge(grey, fine, wide, gamma=1.0) ** 1.4
  return (0.5 * pencil + 0.5 * soft) ** (1 / 1.5)


def binary(grey: Array, fine: Array, wide: Array, *, offset: float = 0.04) -> Array:
  """Adaptive threshold, as a black-and-white scan: ink where darker than the neighbourhood."""
  return (fine > wide - offset).astype(grey.dtype)


def canny(
  grey: Array, fine: Array, wide: Array, *, low: float = 0.06, high: float = 0.16, rounds: int = 6
) -> Array:
  """Canny-like: one-pixel ridges of the gradient, weak ones kept near strong ones.

  Hysteresis goes `rounds` pixels far instead of along the whole edge: fixed work for a device.
  """
  dy, dx = _sobel(fine)
  size = jnp.hypot(dx, dy)
  # The two neighbours across the edge, by the gradient's direction in steps of 45 degrees.
  sector = jnp.round(jnp.arctan2(dy, dx) * (4 / jnp.pi)) % 4
  neighbours = {
    (y, x): row
    for y, moved in zip((-1, 0, 1), shifts(size, 1, 1))
    for x, row in zip((-1, 0, 1), shifts(moved, 1, 2))
  }
  ridge = jnp.zeros(size.shape, bool)
  for s, (y, x) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
    peak = (size >= neighbours[y, x]) & (size > neighbours[-y, -x])
    ridge = ridge | ((sector == s) & peak)
  weak = jnp.where(ridge & (size > low), 1.0, 0.0)
  strong = jnp.where(ridge & (size > high), 1.0, 0.0)
  for _ in range(rounds):
    strong = window(strong, jax.lax.max, 1) * weak
  return 1 - strong


def _sobel(x: Array) -> tuple[Array, Array]:
  """Gradients in y and x of [B, H, W, 1], per pixel."""
  up, middle, down = shifts(x, 1, 1)
  (l0, m0, r0), (l1, _, r1), (l2, m2, r2) = (shifts(row, 1, 2) for row in (up, middle, down))
  dy = ((l2 + 2 * m2 + r2) - (l0 + 2 * m0 + r0)) / 4
  dx = ((r0 + 2 * r1 + r2) - (l0 + 2 * l1 + l2)) / 4
  return dy, dx


class Style(NamedTuple):
  """A style of line art and the widths of its blurs, sigma and k sigma, in pixels."""

  draw: Callable[[Array, Array, Array], Array]  # (grey, fine blur, wide blur) -> line art
  sigmas: tuple[float, ...]  # sigma is one of these, plus U(0, jitter)
  ratio: tuple[float, float]  # k is uniform between these
  jitter: float = 0.0

  def widths(self, u: Array) -> tuple[Array, Array]:
    """Uniform numbers [3, B] in [0, 1) -> sigmas of the fine and the wide blur, [B] each."""
    index = (u[0] * len(self.sigmas)).astype(int)
    fine = jnp.array(self.sigmas)[index] + self.jitter * u[1]
    low, high = self.ratio
    return fine, fine * (low + (high - low) * u[2])


def _soft(grey: Array, fine: Array, wide: Array) -> Array:
  return xdog(grey, fine, wide, phi=3.0)


STYLES = {
  'xdog': Style(xdog, (0.3, 0.4, 0.5), (4.5, 4.5)),
  'xdog_soft': Style(_soft, (0.3, 0.4, 0.5), (4.5, 4.5)),
  'tag2pix': Style(tag2pix, (0.35,), (2.0, 3.0), jitter=0.1),
  'dog': Style(dog, (0.5,), (1.6, 2.4), jitter=0.5),
  'dodge': Style(dodge, (0.5,), (4.0, 7.0)),
  'highpass': Style(highpass, (0.5,), (6.0, 6.0)),
  'ladder': Style(ladder, (0.4,), (5.0, 8.0), jitter=0.2),
  'blend': Style(blend, (0.3, 0.4, 0.5), (4.5, 4.5)),
  'binary': Style(binary, (0.5,), (5.0, 7.0), jitter=0.2),
  'canny': Style(canny, (0.8,), (1.0, 1.0), jitter=0.6),
}
