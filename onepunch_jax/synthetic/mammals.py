"""Animals with fur, each about the origin within a radius of about 1."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.shapes import (
  bow,
  curve,
  ellipse,
  join,
  limb,
  moved,
  scalloped,
  spiral,
  spline,
)

_COATS = {  # the others have any
  'fox': 'orange',
  'pig': 'pink',
  'bear': 'brown brown white black',
  'mouse': 'gray gray brown',
  'rabbit': 'white beige gray',
  'dog': 'brown beige brown black',
}


def coat(kind: str, rng) -> tuple:
  """(colour, paler belly colour)."""
  names = _COATS.get(kind, '').split()
  if names:
    rgb = palette.named(names[rng.integers(len(names))], rng)
  else:
    rgb = palette.pick('fur', rng)
  return rgb, palette.shifted(rgb, 1.6)


def _ear_cat(pen, fur, inside):
  p = join(bow((-0.2, 0.1), (0.1, -0.42), -0.1), bow((0.1, -0.42), (0.26, 0.2), -0.1))
  pen.fill(p, fur, volume=0.4)
  pen.fill(p * (0.55, 0.6), inside, ink=0.6)


def _ear_dog(pen, fur, inside):
  pen.fill(
    spline(
      [(-0.14, -0.06), (0.14, -0.16), (0.32, 0.14), (0.28, 0.5), (0.1, 0.52), (0.0, 0.2)], True, 5
    ),
    fur,
    volume=0.5,
    dark=0.3,
  )


def _ear_rabbit(pen, fur, inside):
  p = spline([(-0.16, 0.1), (-0.12, -0.45), (0.06, -0.85), (0.2, -0.45), (0.12, 0.12)], True, 5)
  pen.fill(p, fur, volume=0.4)
  pen.fill(p * (0.5, 0.75), inside, ink=0.6)


def _ear_round(pen, fur, inside, r=0.2):
  pen.fill(ellipse(0.06, -0.1, r, n=18), fur, volume=0.4)
  pen.fill(ellipse(0.06, -0.08, r * 0.55, n=14), inside, ink=0.6)


def _ear_mouse(pen, fur, inside):
  _ear_round(pen, fur, inside, 0.32)


def _ear_pig(pen, fur, inside):
  pen.fill([(-0.16, 0.05), (0.16, -0.3), (0.26, 0.1), (0.2, 0.3)], fur, volume=0.4)


_EARS = {
  'cat': _ear_cat,
  'dog': _ear_dog,
  'rabbit': _ear_rabbit,
  'bear': _ear_round,
  'fox': _ear_cat,
  'mouse': _ear_mouse,
  'pig': _ear_pig,
}
KINDS = tuple(_EARS)


def head(pen, kind, fur, pale, rng) -> None:
  """A furry head of radius about 0.5 about the origin."""
  inside = pen.part('ear inside', (240, 176, 174))
  for s in (-1, 1):
    _EARS[kind](pen.at(s * 0.3, -0.36, 1.0, s * 0.15, flip=s < 0), fur, inside)
  wide = {'fox': 0.6, 'cat': 0.58, 'rabbit': 0.5, 'mouse': 0.5, 'pig': 0.56}.get(kind, 0.54)
  cheeks = [
    (0, -0.46),
    (wide * 0.75, -0.32),
    (wide, 0.06),
    (wide * 0.62, 0.4),
    (0, 0.48),
    (-wide * 0.62, 0.4),
    (-wide, 0.06),
    (-wide * 0.75, -0.32),
  ]
  pen.fill(spline(cheeks, True, 5), fur, volume=0.5)
  light = pen.part('muzzle', pale)
  if kind == 'pig':
    snout = pen.part('snout', (238, 136, 150))
    pen.fill(ellipse(0, 0.14, 0.2, 0.15, n=20), snout, volume=0.4)
    for s in (-1, 1):
      pen.black(ellipse(s * 0.07, 0.14, 0.03, 0.05, n=10))
  else:
    if kind == 'fox':
      for s in (-1, 1):
        pen.fill(
          spline([(0, 0.12), (s * 0.2, 0.0), (s * 0.5, 0.1), (s * 0.36, 0.36), (0, 0.46)], True, 5),
          light,
          ink=0.6,
          within=fur,
        )
    else:
      pen.fill(ellipse(0, 0.2, 0.27, 0.2, n=20), light, ink=0.7)
    pen.black(spline([(-0.08, 0.06), (0.08, 0.06), (0, 0.14)], True, 4))
    for s in (-1, 1):
      pen.line(bow((0, 0.15), (s * 0.14, 0.24), 0.25 * s, 6), 0.9, (1, 0.3))
  mood = rng.random()
  for s in (-1, 1):
    x = s * 0.24
    if mood < 0.25:
      pen.line(bow((x - 0.1, -0.06), (x + 0.1, -0.06), -0.3, 7), 1.4, (0.4, 0.4))
    elif mood < 0.65:
      pen.black(ellipse(x, -0.07, 0.065, 0.09, n=14))
      pen.fill(ellipse(x - 0.02, -0.1, 0.025, n=8), pen.part('eye shine', (255, 255, 255)), ink=0)
    else:
      pen.fill(ellipse(x, -0.07, 0.12, 0.13, n=18), pen.part('eye white', (250, 250, 250)), ink=1.0)
      pen.black(ellipse(x - s * 0.02, -0.06, 0.06, 0.08, n=12))
    if kind in ('cat', 'rabbit', 'mouse', 'fox'):
      for k in (-1, 0, 1):
        pen.line(
          bow((s * 0.3, 0.2 + 0.05 * k), (s * 0.72, 0.18 + 0.13 * k), 0.08, 5), 0.5, (1, 0.1)
        )


def markings(pen, fur, shape, rng, base) -> None:
  """Patches or stripes of another colour on a coat."""
  other = pen.part(
    'patch', palette.shifted(base, 0.6) if rng.random() < 0.5 else palette.shifted(base, 1.5)
  )
  low, high = shape.min(0), shape.max(0)
  if rng.random() < 0.5:
    for _ in range(3):
      c = rng.uniform(low, high)
      blob = spline(
        moved(ellipse(0, 0, 0.2, 0.15, n=7) * rng.uniform(0.7, 1.3, (7, 1)), *c), True, 4
      )
      pen.fill(blob, other, ink=0.6, within=fur)
  else:
    for t in np.linspace(0.15, 0.85, 5):
      x = low[0] + (high[0] - low[0]) * t
      p = join(
        curve((x - 0.05, low[1] - 0.02), (x + 0.02, low[1] + 0.15), (x + 0.03, low[1] + 0.34)),
        curve((x + 0.03, low[1] + 0.34), (x + 0.06, low[1] + 0.15), (x + 0.06, low[1] - 0.02)),
      )
      pen.fill(p, other, ink=0.5, within=fur)


def tail(pen, kind, fur, pale, at, flip) -> None:
  pen = pen.at(*at, flip=flip)
  if kind == 'cat':
    pen.fill(
      limb([(0, 0), (0.35, -0.02), (0.5, -0.35), (0.4, -0.66)], [0.09, 0.09, 0.08, 0.06]),
      fur,
      volume=0.4,
    )
  elif kind == 'fox':
    shape = spline(
      [(0, -0.05), (0.35, -0.3), (0.7, -0.75), (0.86, -0.6), (0.7, -0.1), (0.3, 0.15), (0, 0.1)],
      True,
      5,
    )
    pen.fill(shape, fur, volume=0.5)
    pen.fill(
      spline([(0.58, -0.52), (0.72, -0.8), (0.9, -0.62), (0.78, -0.34), (0.66, -0.5)], True, 4),
      pen.part('muzzle', pale),
      ink=0.7,
      within=fur,
    )
  elif kind == 'mouse':
    pen.line(spline([(0, 0), (0.3, 0.1), (0.5, -0.1), (0.75, 0.0)], n=6), 2.4, (1, 0.4))
  elif kind == 'pig':
    pen.line(spiral(0.16, -0.04, 0.16, 0.05, 1.4, 20, np.pi), 1.3, (1, 0.4))
  elif kind == 'dog':
    pen.fill(limb([(0, 0), (0.25, -0.15), (0.35, -0.42)], [0.1, 0.09, 0.06]), fur, volume=0.4)
  else:
    pen.fill(
      scalloped(ellipse(0.1, 0, 0.15, n=18), 0.13, 0.3), pen.part('muzzle', pale), volume=0.4
    )


def sitting(pen, kind, rng) -> None:
  base, pale = coat(kind, rng)
  fur, light = pen.part('fur', base), pen.part('muzzle', pale)
  s = bool(rng.random() < 0.5)
  tail(pen, kind, fur, pale, (-0.35 if s else 0.35, 0.75), s)
  shape = spline(
    [
      (0.26, -0.1),
      (0.42, 0.3),
      (0.56, 0.72),
      (0.4, 0.96),
      (-0.4, 0.96),
      (-0.56, 0.72),
      (-0.42, 0.3),
      (-0.26, -0.1),
    ],
    True,
    6,
  )
  pen.fill(shape, fur, volume=0.5)
  if rng.random() < 0.4:
    markings(pen, fur, shape, rng, base)
  if rng.random() < 0.6:
    pen.fill(ellipse(0, 0.5, 0.22, 0.34, n=22), light, ink=0.7)
  for k in (-1, 1):
    pen.fill(ellipse(k * 0.44, 0.88, 0.2, 0.12, n=18), fur, volume=0.4)
    pen.fill(limb([(k * 0.15, 0.35), (k * 0.17, 0.88)], [0.11, 0.12]), fur, volume=0.4)
    for d in (-0.04, 0.04):
      pen.line([(k * 0.17 + d, 0.9), (k * 0.17 + d, 0.98)], 0.6)
  if rng.random() < 0.35:
    collar(pen, rng)
  head(pen.at(0, -0.38, 1.0, rng.normal(0, 0.1)), kind, fur, pale, rng)


def collar(pen, rng) -> None:
  part = pen.part('scarf', palette.pick('bright', rng))
  pen.fill(
    join(bow((-0.36, -0.02), (0.36, -0.02), 0.1), bow((0.4, 0.14), (-0.4, 0.14), -0.1)),
    part,
    volume=0.3,
  )
  pen.fill(ellipse(0, 0.18, 0.07, n=14), pen.part('bell', (242, 200, 70)), volume=0.4)


def walking(pen, kind, rng) -> None:
  base, pale = coat(kind, rng)
  fur = pen.part('fur', base)
  pen = pen.at(0, 0.1, flip=bool(rng.random() < 0.5))
  tail(pen, kind, fur, pale, (0.72, 0.05), False)
  step = rng.uniform(-0.16, 0.16)
  for x, d, dark in ((-0.4, -step, 0.6), (0.5, step, 0.6)):
    pen.fill(limb([(x, 0.3), (x + d, 0.84)], [0.13, 0.1]), fur, dark=dark)
  shape = spline(
    [
      (-0.7, 0.1),
      (-0.45, -0.18),
      (0.2, -0.16),
      (0.7, -0.06),
      (0.82, 0.24),
      (0.5, 0.46),
      (-0.3, 0.46),
      (-0.68, 0.36),
    ],
    True,
    6,
  )
  pen.fill(shape, fur, volume=0.5)
  if rng.random() < 0.5:
    markings(pen, fur, shape, rng, base)
  for x, d in ((-0.5, step), (0.6, -step)):
    pen.fill(limb([(x, 0.3), (x + d, 0.88)], [0.15, 0.11]), fur, volume=0.4, ink=0)
    leg = limb([(x, 0.3), (x + d, 0.88)], [0.15, 0.11])
    pen.line(leg[1:-6], 1.0, (0.5, 0.5))
  head(pen.at(-0.62, -0.28, 0.95, rng.normal(0, 0.1)), kind, fur, pale, rng)
