"""Colours: the names that tags use, and where the colours of each kind of thing come from.

Some parts follow rules worth learning (skin, sky, leaves, wood, metal), others are free (hair,
clothes), so that one line drawing has many right answers.
"""

from __future__ import annotations

import functools

import numpy as np

COLOR_NAMES = {
  'black': (38, 36, 42),
  'gray': (140, 142, 148),
  'white': (244, 243, 240),
  'red': (206, 48, 50),
  'orange': (240, 140, 50),
  'yellow': (246, 212, 80),
  'green': (86, 160, 76),
  'aqua': (96, 200, 200),
  'blue': (62, 104, 196),
  'purple': (130, 82, 170),
  'pink': (244, 150, 180),
  'brown': (124, 80, 52),
  'beige': (240, 208, 174),
}
_NAMES = tuple(COLOR_NAMES)

# Weights of colour names for what is free; missing names never occur.
_FREE = {
  'hair': 'black5 brown8 yellow5 orange2 red1 pink1 purple1 blue1 aqua1 green1 white1 gray1',
  'eyes': 'blue4 green3 brown3 red2 purple2 yellow2 aqua2 pink1 orange1 gray1 black1',
  'clothes': 'white3 black2 red3 blue4 green3 yellow2 pink2 purple2 aqua2 gray2 brown2 orange2',
  'bright': 'red4 yellow3 orange3 pink3 blue3 aqua2 green2 purple2',
  'flower': 'red4 pink4 yellow3 white2 purple3 orange2 blue1',
  'fur': 'brown4 orange3 gray3 white3 black2 beige4',
  'feather': 'blue3 yellow3 red3 green2 brown2 white1 gray1 aqua1',
  'background': 'white2 pink2 yellow2 aqua2 blue2 purple1 beige3 green2 gray2 orange1',
  'wall': 'beige4 white4 yellow2 pink1 aqua1 gray2 brown1',
  'roof': 'red4 brown3 blue2 gray2 green1 orange2',
  'book': 'red3 blue3 green3 purple2 brown2 orange1 black1 aqua1',
  'car': 'red4 blue3 yellow3 white2 green2 orange1 pink1 gray1 black1 aqua1',
}

# Colours that follow a rule: a few anchors, between which one is picked; after r, g, b: how often.
_RULED = {
  'skin': (
    (252, 224, 200, 3),
    (246, 206, 172, 3),
    (226, 174, 132, 2),
    (178, 122, 84, 1),
    (120, 78, 54, 1),
  ),
  'sky': ((150, 208, 244, 1), (184, 226, 248, 1), (118, 184, 236, 1)),
  'dusk': ((246, 176, 122, 1), (238, 150, 150, 1), (250, 200, 140, 1)),
  'night': ((34, 40, 84, 1), (24, 28, 62, 1), (50, 46, 100, 1)),
  'leaf': ((84, 154, 66, 1), (116, 180, 84, 1), (60, 126, 72, 1), (150, 190, 80, 1)),
  'grass': ((134, 190, 92, 1), (108, 172, 88, 1), (160, 204, 110, 1)),
  'hill': ((112, 168, 120, 1), (130, 176, 150, 1), (92, 148, 104, 1)),
  'mountain': ((128, 132, 164, 1), (146, 144, 160, 1), (112, 122, 150, 1)),
  'sea': ((58, 130, 190, 1), (70, 158, 196, 1), (44, 108, 172, 1)),
  'sand': ((238, 214, 164, 1), (228, 198, 146, 1)),
  'wood': ((146, 98, 60, 1), (168, 118, 74, 1), (112, 74, 48, 1)),
  'metal': ((168, 174, 184, 1), (190, 194, 202, 1), (138, 146, 158, 1)),
  'gold': ((240, 196, 70, 1), (226, 176, 56, 1)),
  'stone': ((158, 154, 150, 1), (176, 172, 164, 1), (134, 134, 138, 1)),
  'cloud': ((250, 250, 252, 1), (240, 244, 250, 1)),
  'sun': ((252, 214, 84, 1), (252, 190, 80, 1)),
  'moon': ((250, 240, 190, 1), (240, 232, 200, 1)),
  'pot': ((196, 106, 66, 1), (178, 90, 60, 1), (214, 134, 88, 1)),
  'glass': ((196, 226, 236, 1), (176, 214, 230, 1)),
  'mouth': ((168, 62, 66, 1), (146, 50, 60, 1)),
  'tongue': ((232, 124, 124, 1), (240, 140, 136, 1)),
  'brick': ((176, 92, 74, 1), (190, 112, 88, 1)),
  'window': ((250, 228, 140, 1), (190, 220, 240, 1), (150, 190, 220, 1)),
  'denim': ((70, 100, 150, 1), (92, 124, 172, 1), (52, 76, 120, 1)),
  'navy': ((40, 50, 96, 1), (54, 66, 114, 1)),
  'charcoal': ((58, 60, 70, 1), (74, 76, 88, 1), (44, 44, 52, 1)),
  'linen': ((246, 246, 244, 1), (236, 242, 248, 1)),
  'leather': ((122, 78, 48, 1), (96, 60, 40, 1), (60, 48, 46, 1)),
  'crimson': ((196, 46, 56, 1), (214, 70, 74, 1)),
  'velvet': ((92, 58, 130, 1), (72, 48, 108, 1)),
  'road': ((120, 120, 126, 1), (146, 144, 146, 1)),
}
_OFTEN = {
  kind: np.repeat(np.arange(len(rows)), [row[3] for row in rows]) for kind, rows in _RULED.items()
}


def _lab(rgb) -> np.ndarray:
  """sRGB 0..255 [..., 3] -> CIE Lab (D65)."""
  x = np.asarray(rgb, float) / 255
  x = np.where(x > 0.04045, ((x + 0.055) / 1.055) ** 2.4, x / 12.92)
  m = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
  x = x @ m.T / (0.9505, 1.0, 1.089)
  f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
  return np.stack(
    [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1
  )


_LABS = tuple(tuple(float(v) for v in row) for row in _lab(list(COLOR_NAMES.values())))
_LINEAR = tuple(c / 3294.6 if c < 10.4 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in range(256))


@functools.lru_cache(1 << 14)
def name_of(rgb: tuple) -> str:
  """The nearest colour name, by distance in Lab with lightness counted half."""
  r, g, b = (_LINEAR[int(c)] for c in rgb)
  x, y, z = (
    v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116
    for v in (
      0.43395 * r + 0.37625 * g + 0.1899 * b,
      0.2126 * r + 0.7152 * g + 0.0722 * b,
      0.01772 * r + 0.10947 * g + 0.8729 * b,
    )
  )
  light, a, b = 116 * y - 16, 500 * (x - y), 200 * (y - z)
  far = [((light - u) / 2) ** 2 + (a - v) ** 2 + (b - w) ** 2 for u, v, w in _LABS]
  return _NAMES[far.index(min(far))]


def paints(names) -> tuple[tuple[int, int, int], ...]:
  """sRGB, 0 to 255, of names of colours; grey of those that are not in COLOR_NAMES."""
  return tuple(COLOR_NAMES.get(name, COLOR_NAMES['gray']) for name in names)


@functools.lru_cache(32)
def _weights(kind: str):
  words = [(w.rstrip('0123456789'), w) for w in _FREE[kind].split()]
  names = [n for n, _ in words]
  p = np.array([float(w[len(n) :]) for n, w in words])
  return names, np.cumsum(p / p.sum())


def names(kind: str) -> tuple[str, ...]:
  """The colour names that a free kind of thing may have: 'hair', 'eyes', 'clothes' ..."""
  return tuple(_weights(kind)[0])


def named(name: str, rng, spread: float = 1.0) -> tuple:
  """A colour that bears a name: its centre, moved about, and still nearest to that name."""
  centre = np.array(COLOR_NAMES[name], float)
  for shrink in (1.0, 0.6, 0.3):
    light = rng.normal(0, 15 * spread * shrink)
    rgb = centre + light + rng.normal(0, 11 * spread * shrink, 3)
    rgb = tuple(int(c) for c in np.clip(rgb, 12, 252))
    if name_of(rgb) == name:
      return rgb
  return COLOR_NAMES[name]


def pick(kind: str, rng, avoid=()) -> tuple:
  """An sRGB colour for a kind of thing; `avoid`: colours whose name should not come again."""
  if kind in _FREE:
    names, steps = _weights(kind)
    taken = {name_of(tuple(c)) for c in avoid}
    for _ in range(6):
      name = names[int(np.searchsorted(steps, rng.random()))]
      if name not in taken:
        break
    return named(name, rng)
  anchors = np.array(_RULED[kind], float)[:, :3]
  often = _OFTEN[kind]
  k = often[rng.integers(len(often))]
  other = anchors[min(k + 1, len(anchors) - 1)]
  rgb = anchors[k] + (other - anchors[k]) * rng.random() * 0.6 + rng.normal(0, 4, 3)
  return tuple(int(c) for c in np.clip(rgb, 0, 255))


def shifted(rgb, factor: float, towards=(40, 20, 60)) -> tuple:
  """A darker (factor < 1) or lighter (> 1) relative of a colour."""
  c = np.asarray(rgb, float)
  if factor < 1:
    c = c * factor + np.array(towards, float) * (1 - factor) * 0.5
  else:
    c = c + (255 - c) * (factor - 1)
  return tuple(int(v) for v in np.clip(c, 0, 255))
