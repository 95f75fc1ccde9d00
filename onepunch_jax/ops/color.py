"""Colour spaces in jnp: sRGB <-> linear <-> XYZ <-> CIE Lab (D65, 2 degrees), and CIEDE2000.

sRGB is [..., 3] in [0, 1]; L is in [0, 100], a and b about [-110, 110]. All functions have
finite gradients everywhere, black and grey included.
"""

import jax
import jax.numpy as jnp
import numpy as np

Array = jax.Array

# IEC 61966-2-1: linear sRGB to XYZ, and its white point
_XYZ_FROM_RGB = np.array(
  [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)
_RGB_FROM_XYZ = np.linalg.inv(_XYZ_FROM_RGB)
_WHITE = np.array([0.95047, 1.0, 1.08883])
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601: weights of red, green and blue
AB_MAX = 110.0  # what Lab's a and b are divided by to lie in [-1, 1]


def from_unit(x: Array) -> Array:
  """Values of nets, in [-1, 1], to sRGB's [0, 1]."""
  return 0.5 + 0.5 * x


def to_unit(x: Array) -> Array:
  """The inverse of `from_unit`: [0, 1] to [-1, 1]."""
  return 2 * x - 1


def srgb_to_linear(rgb: Array) -> Array:
  """Gamma-coded sRGB [...] in [0, 1] -> linear light in [0, 1] (IEC 61966-2-1)."""
  high = rgb > 0.04045
  return jnp.where(high, ((jnp.where(high, rgb, 1.0) + 0.055) / 1.055) ** 2.4, rgb / 12.92)


def linear_to_srgb(rgb: Array) -> Array:
  """The inverse of `srgb_to_linear`."""
  high = rgb > 0.0031308
  return jnp.where(high, 1.055 * jnp.where(high, rgb, 1.0) ** (1 / 2.4) - 0.055, 12.92 * rgb)


def rgb_to_lab(rgb: Array) -> Array:
  """sRGB [..., 3] in [0, 1] -> Lab [..., 3]."""
  xyz = _times(srgb_to_linear(rgb), _XYZ_FROM_RGB / _WHITE[:, None])
  high = xyz > 0.008856
  f = jnp.where(high, jnp.cbrt(jnp.where(high, xyz, 1.0)), 7.787 * xyz + 16 / 116)
  x, y, z = f[..., 0], f[..., 1], f[..., 2]
  return jnp.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def lab_to_rgb(lab: Array, clip: bool = True) -> Array:
  """Lab [..., 3] -> sRGB [..., 3]; colours that sRGB lacks are clipped to [0, 1]."""
  y = (lab[..., 0] + 16) / 116
  f = jnp.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], -1)
  xyz = jnp.where(f > 0.2068966, f**3, (f - 16 / 116) / 7.787)
  rgb = linear_to_srgb(_times(xyz, _RGB_FROM_XYZ * _WHITE[None, :]))
  return jnp.clip(rgb, 0, 1) if clip else rgb


def lab_to_unit(lab: Array) -> Array:
  """Lab [..., 3] -> [-1, 1]: L / 50 - 1 and ab / 110."""
  return jnp.concatenate([lab[..., :1] / 50 - 1, lab[..., 1:] / AB_MAX], -1)


def unit_to_lab(x: Array) -> Array:
  """The inverse of `lab_to_unit`."""
  return jnp.concatenate([(x[..., :1] + 1) * 50, x[..., 1:] * AB_MAX], -1)


def luma(rgb: Array) -> Array:
  """ITU-R BT.601 luma [..., 1] of sRGB [..., 3], in the same range."""
  return rgb @ jnp.asarray([[weight] for weight in LUMA], rgb.dtype)


def delta_e(lab1: Array, lab2: Array) -> Array:
  """CIEDE2000 between two arrays of Lab colours, [..., 3] -> [...] (Sharma, Wu and Dalal 2005)."""
  l1, a1, b1 = jnp.moveaxis(lab1, -1, 0)
  l2, a2, b2 = jnp.moveaxis(lab2, -1, 0)
  c_mean7 = ((_hypot(a1, b1) + _hypot(a2, b2)) / 2) ** 7
  g = 0.5 * (1 - _sqrt(c_mean7 / (c_mean7 + 25.0**7)))
  a1, a2 = (1 + g) * a1, (1 + g) * a2
  c1, c2 = _hypot(a1, b1), _hypot(a2, b2)
  h1, h2 = _hue(a1, b1), _hue(a2, b2)

  d_l, d_c = l2 - l1, c2 - c1
  grey = c1 * c2 < 1e-12
  turn = h2 - h1
  turn = jnp.where(turn > 180, turn - 360, jnp.where(turn < -180, turn + 360, turn))
  turn = jnp.where(grey, 0.0, turn)
  d_h = 2 * _sqrt(c1 * c2) * jnp.sin(jnp.deg2rad(turn) / 2)

  lightness, c = (l1 + l2) / 2, (c1 + c2) / 2
  total = h1 + h2
  far = jnp.abs(h1 - h2) > 180
  h = jnp.where(far, jnp.where(total < 360, total + 360, total - 360), total) / 2
  h = jnp.where(grey, total, h)
  t = (
    1 - 0.17 * _cos(h - 30) + 0.24 * _cos(2 * h) + 0.32 * _cos(3 * h + 6) - 0.20 * _cos(4 * h - 63)
  )
  from_50 = (lightness - 50) ** 2
  s_l = 1 + 0.015 * from_50 / jnp.sqrt(20 + from_50)
  s_c = 1 + 0.045 * c
  s_h = 1 + 0.015 * c * t
  r_c = 2 * _sqrt(c**7 / (c**7 + 25.0**7))
  r_t = -r_c * jnp.sin(jnp.deg2rad(60 * jnp.exp(-(((h - 275) / 25) ** 2))))
  x, y, z = d_l / s_l, d_c / s_c, d_h / s_h
  return _sqrt(x**2 + y**2 + z**2 + r_t * y * z)


def _times(x: Array, matrix: np.ndarray) -> Array:
  return jnp.einsum('...c,dc->...d', x, jnp.asarray(matrix, x.dtype), precision='highest')


def _sqrt(x):
  """A square root whose gradient at 0 is 0 instead of infinite."""
  positive = x > 0
  return jnp.where(positive, jnp.sqrt(jnp.where(positive, x, 1.0)), 0.0)


def _hypot(a, b):
  return _sqrt(a**2 + b**2)


def _hue(a, b):
  grey = (a == 0) & (b == 0)
  angle = jnp.rad2deg(jnp.arctan2(jnp.where(grey, 0.0, b), jnp.where(grey, 1.0, a)))
  return jnp.where(angle < 0, angle + 360, angle)


def _cos(degrees):
  return jnp.cos(jnp.deg2rad(degrees))
