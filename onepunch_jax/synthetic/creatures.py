"""Birds, fish, insects and the like, each about the origin within a radius of about 1."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.shapes import (
  arc,
  bow,
  curve,
  ellipse,
  join,
  limb,
  moved,
  spiral,
  spline,
)


def _eye(pen, x, y, r) -> None:
  pen.fill(ellipse(x, y, r, n=16), pen.part('eye white', (250, 250, 250)))
  pen.black(ellipse(x - r * 0.15, y, r * 0.55, r * 0.6, n=12))


def bird(pen, rng) -> None:
  base = palette.pick('feather', rng)
  body, belly = pen.part('feathers', base), pen.part('belly', palette.shifted(base, 1.6))
  beak = pen.part('beak', (240, 170, 50))
  pen = pen.at(0, 0, flip=bool(rng.random() < 0.5))
  for x in (-0.08, 0.14):
    pen.line([(x, 0.5), (x, 0.8)], 1.4, (1, 1))
    for d in (-0.1, 0, 0.1):
      pen.line([(x, 0.8), (x + d, 0.88)], 1.0)
  pen.fill([(0.5, 0.1), (1.05, -0.05), (1.0, 0.25), (0.5, 0.35)], body, volume=0.4)
  pen.fill(
    join(bow((-0.62, -0.34), (-0.95, -0.22), -0.1), bow((-0.95, -0.22), (-0.6, -0.14), -0.1)), beak
  )
  shape = spline(
    [
      (-0.62, -0.3),
      (-0.42, -0.62),
      (-0.1, -0.5),
      (0.3, -0.12),
      (0.62, 0.12),
      (0.3, 0.5),
      (-0.2, 0.55),
      (-0.52, 0.2),
    ],
    True,
    6,
  )
  pen.fill(shape, body, volume=0.5)
  pen.fill(ellipse(-0.28, 0.24, 0.3, 0.28, 0.4, n=22), belly, ink=0.6, within=body)
  wing = pen.part('wings', palette.shifted(base, 0.7))
  low = [
    bow((0.62 - 0.2 * k, 0.3 - 0.02 * k), (0.42 - 0.2 * k, 0.28), 0.2, 5)[:-1] for k in range(3)
  ]
  pen.fill(
    join(
      curve((-0.12, 0.0), (0.3, -0.2), (0.62, 0.3)),
      *low,
      curve((0.02, 0.28), (-0.15, 0.2), (-0.12, 0.0)),
    ),
    wing,
    volume=0.4,
  )
  _eye(pen, -0.4, -0.34, 0.1)


def owl(pen, rng) -> None:
  base = palette.pick('fur', rng)
  body, belly = pen.part('feathers', base), pen.part('belly', palette.shifted(base, 1.5))
  for s in (-1, 1):
    pen.fill([(s * 0.15, -0.62), (s * 0.5, -0.98), (s * 0.52, -0.5)], body)
  pen.fill(
    spline(
      [
        (0, -0.72),
        (0.52, -0.62),
        (0.62, 0.0),
        (0.5, 0.65),
        (0, 0.86),
        (-0.5, 0.65),
        (-0.62, 0.0),
        (-0.52, -0.62),
      ],
      True,
      6,
    ),
    body,
    volume=0.5,
  )
  pen.fill(ellipse(0, 0.3, 0.36, 0.44, n=24), belly, ink=0.7)
  for j in range(3):
    for k in range(3 - j % 2):
      x = (k - (2 - j % 2) / 2) * 0.22
      pen.line(bow((x - 0.08, 0.12 + 0.2 * j), (x + 0.08, 0.12 + 0.2 * j), 0.35, 6), 0.7)
  wing = pen.part('wings', palette.shifted(base, 0.72))
  for s in (-1, 1):
    pen.fill(
      spline([(s * 0.5, -0.2), (s * 0.74, 0.2), (s * 0.52, 0.66), (s * 0.38, 0.2)], True, 6),
      wing,
      volume=0.4,
    )
    pen.fill(
      ellipse(s * 0.24, -0.34, 0.25, n=24),
      pen.part('face', palette.shifted(base, 1.75)),
      volume=0.2,
    )
    pen.fill(ellipse(s * 0.24, -0.34, 0.15, n=18), pen.part('left eye', (244, 190, 50)))
    pen.black(ellipse(s * 0.24, -0.34, 0.08, n=14))
  pen.fill([(-0.08, -0.24), (0.08, -0.24), (0, -0.06)], pen.part('beak', (240, 170, 50)))


def penguin(pen, rng) -> None:
  coat_ = pen.part('feathers', palette.named(('black', 'blue', 'gray')[rng.integers(3)], rng))
  white, beak = pen.part('belly', (248, 248, 244)), pen.part('beak', (244, 160, 50))
  for s in (-1, 1):
    pen.fill(ellipse(s * 0.24, 0.86, 0.22, 0.1, n=18), beak, volume=0.3)
    pen.fill(
      spline([(s * 0.45, -0.2), (s * 0.82, 0.2), (s * 0.78, 0.42), (s * 0.45, 0.3)], True, 6),
      coat_,
      volume=0.4,
    )
  pen.fill(
    spline(
      [
        (0, -0.9),
        (0.4, -0.7),
        (0.52, 0.0),
        (0.56, 0.5),
        (0.3, 0.86),
        (-0.3, 0.86),
        (-0.56, 0.5),
        (-0.52, 0.0),
        (-0.4, -0.7),
      ],
      True,
      6,
    ),
    coat_,
    volume=0.5,
  )
  pen.fill(
    spline(
      [
        (0, -0.42),
        (0.2, -0.6),
        (0.36, -0.4),
        (0.36, 0.3),
        (0.2, 0.76),
        (-0.2, 0.76),
        (-0.36, 0.3),
        (-0.36, -0.4),
        (-0.2, -0.6),
      ],
      True,
      6,
    ),
    white,
    volume=0.4,
  )
  for s in (-1, 1):
    pen.black(ellipse(s * 0.17, -0.42, 0.055, 0.075, n=12))
  pen.fill(
    join(bow((-0.11, -0.3), (0.11, -0.3), -0.2), bow((0.11, -0.3), (-0.11, -0.3), -0.5)[1:-1]), beak
  )


def fish(pen, rng) -> None:
  base = palette.pick('bright', rng)
  body, fin = pen.part('scales', base), pen.part('fins', palette.pick('bright', rng, avoid=(base,)))
  pen = pen.at(0, 0, flip=bool(rng.random() < 0.5))
  pen.fill(spline([(0.5, 0), (0.95, -0.42), (0.86, 0), (0.95, 0.42)], True, 5), fin, volume=0.4)
  pen.fill(spline([(-0.2, -0.36), (0.1, -0.72), (0.36, -0.3)], True, 5), fin, volume=0.4)
  shape = spline(
    [
      (-0.82, 0.02),
      (-0.4, -0.42),
      (0.1, -0.44),
      (0.62, -0.06),
      (0.62, 0.06),
      (0.1, 0.42),
      (-0.4, 0.42),
    ],
    True,
    7,
  )
  pen.fill(shape, body, volume=0.5)
  if rng.random() < 0.6:
    stripe = pen.part('stripes', palette.shifted(base, 1.6))
    for x in (-0.18, 0.12, 0.38):
      pen.fill(
        join(bow((x, -0.6), (x, 0.6), -0.1), bow((x + 0.12, 0.6), (x + 0.12, -0.6), 0.1)),
        stripe,
        ink=0.7,
        within=body,
      )
  else:
    for x in (-0.1, 0.1, 0.3):
      for y in (-0.16, 0.0, 0.16):
        pen.line(arc(x, y, 0.08, 0.08, -1.3, 1.3, 7), 0.6, within=body)
  pen.line(bow((-0.4, -0.3), (-0.4, 0.3), -0.2), 0.9)
  pen.fill(spline([(-0.14, 0.08), (0.2, 0.1), (0.16, 0.34), (-0.1, 0.24)], True, 5), fin)
  _eye(pen, -0.56, -0.08, 0.11)
  pen.line(bow((-0.8, 0.1), (-0.64, 0.14), 0.2, 6), 0.9)
  for k in range(3):
    pen.line(
      ellipse(-1.0 - 0.05 * k, -0.25 - 0.25 * k, 0.05 + 0.02 * k, n=14)[np.r_[0:14, 0]], 0.7, (1, 1)
    )


def whale(pen, rng) -> None:
  body = pen.part('scales', palette.named(('blue', 'aqua', 'gray')[rng.integers(3)], rng))
  belly = pen.part('belly', (238, 240, 240))
  pen = pen.at(0, 0, flip=bool(rng.random() < 0.5))
  pen.fill(
    spline(
      [
        (0.6, 0.1),
        (0.72, -0.4),
        (0.5, -0.66),
        (0.82, -0.62),
        (1.1, -0.72),
        (0.98, -0.4),
        (0.86, 0.2),
      ],
      True,
      5,
    ),
    body,
    volume=0.4,
  )
  pen.fill(
    spline(
      [
        (-0.9, 0.1),
        (-0.75, -0.36),
        (-0.2, -0.5),
        (0.4, -0.2),
        (0.84, 0.0),
        (0.7, 0.36),
        (0.1, 0.56),
        (-0.6, 0.5),
      ],
      True,
      7,
    ),
    body,
    volume=0.5,
  )
  pen.fill(
    spline([(-0.92, 0.14), (-0.3, 0.24), (0.3, 0.4), (0.1, 0.8), (-0.8, 0.8)], True, 6),
    belly,
    ink=0.8,
    within=body,
  )
  for k in range(4):
    pen.line(
      curve((-0.7 + 0.22 * k, 0.26 + 0.03 * k), (-0.62 + 0.22 * k, 0.4), (-0.5 + 0.24 * k, 0.52)),
      0.6,
      within=belly,
    )
  pen.fill(
    spline([(-0.1, 0.3), (0.1, 0.36), (0.2, 0.74), (-0.06, 0.62)], True, 5), body, volume=0.4
  )
  pen.black(ellipse(-0.56, 0.02, 0.05, 0.065, n=12))
  water = pen.part('water', (120, 196, 236))
  for s in (-1, 1):
    pen.fill(
      limb(
        [(-0.34, -0.48), (-0.36 + s * 0.06, -0.72), (-0.36 + s * 0.26, -0.74)], [0.04, 0.07, 0.09]
      ),
      water,
    )


def butterfly(pen, rng) -> None:
  base = palette.pick('bright', rng)
  wing = pen.part('wings', base)
  spot = pen.part('wing spots', palette.pick('bright', rng, avoid=(base,)))
  for s in (-1, 1):
    low = spline(
      [(0, 0.06), (s * 0.5, 0.1), (s * 0.7, 0.5), (s * 0.46, 0.84), (s * 0.12, 0.5)], True, 6
    )
    top = spline(
      [(0, -0.06), (s * 0.35, -0.66), (s * 0.85, -0.76), (s * 0.96, -0.3), (s * 0.6, 0.12)], True, 6
    )
    for p, c in ((low, (s * 0.44, 0.5)), (top, (s * 0.62, -0.4))):
      pen.fill(p, wing, volume=0.3)
      pen.fill(moved((p - c) * 0.55, *c), spot, ink=0.8, within=wing)
      pen.fill(ellipse(*c, 0.08, n=14), pen.part('wing dots', palette.shifted(base, 1.7)), ink=0.7)
  pen.fill(ellipse(0, 0.05, 0.075, 0.5, n=22), pen.part('body', (70, 54, 50)), volume=0.5)
  for s in (-1, 1):
    pen.line(curve((0, -0.42), (s * 0.1, -0.8), (s * 0.3, -0.9)), 0.9, (1, 0.6))
    pen.black(ellipse(s * 0.3, -0.9, 0.035, n=8))


def snail(pen, rng) -> None:
  base = palette.pick('clothes', rng)
  body, shell = pen.part('body', (226, 190, 140)), pen.part('shell', base)
  pen = pen.at(0, 0, flip=bool(rng.random() < 0.5))
  for x in (-0.72, -0.56):
    pen.line([(x, 0.2), (x - 0.08, -0.14)], 1.6, (1, 1))
    pen.black(ellipse(x - 0.09, -0.18, 0.06, n=12))
  pen.fill(
    spline(
      [
        (-0.86, 0.3),
        (-0.72, 0.12),
        (-0.5, 0.2),
        (-0.4, 0.42),
        (0.4, 0.42),
        (0.95, 0.62),
        (0.9, 0.7),
        (-0.6, 0.7),
        (-0.84, 0.52),
      ],
      True,
      6,
    ),
    body,
    volume=0.5,
  )
  pen.fill(ellipse(0.12, -0.02, 0.56, 0.54, n=32), shell, volume=0.5)
  pen.line(spiral(0.12, 0.0, 0.5, 0.06, 2.4, 50, 1.2), 1.1, (0.5, 0.5))
  pen.line(bow((-0.82, 0.42), (-0.66, 0.42), 0.25, 6), 0.9)


def turtle(pen, rng) -> None:
  skin, shell = (
    pen.part('skin green', (140, 180, 100)),
    pen.part('shell', palette.pick('leaf', rng)),
  )
  pen = pen.at(0, 0, flip=bool(rng.random() < 0.5))
  for x in (-0.42, 0.42):
    pen.fill(limb([(x, 0.3), (x * 1.15, 0.68)], [0.16, 0.15]), skin, volume=0.4)
  pen.fill([(0.66, 0.3), (0.98, 0.44), (0.66, 0.5)], skin)
  pen.fill(limb([(-0.55, 0.3), (-0.85, 0.0), (-0.86, -0.12)], [0.15, 0.17, 0.22]), skin, volume=0.4)
  _eye(pen, -0.9, -0.16, 0.08)
  pen.line(bow((-1.05, 0.0), (-0.86, 0.03), 0.2, 6), 0.9)
  dome = join(
    arc(0, 0.36, 0.76, 0.86, np.pi, 2 * np.pi, 26), bow((0.76, 0.36), (-0.76, 0.36), 0.06)[1:-1]
  )
  pen.fill(dome, shell, volume=0.5)
  plate = pen.part('plates', (164, 136, 84))
  for x, y, r in ((0, -0.1, 0.24), (-0.42, 0.12, 0.17), (0.42, 0.12, 0.17)):
    a = np.arange(6) * np.pi / 3
    pen.fill(moved(np.stack([np.cos(a), np.sin(a)], 1) * r, x, y), plate, volume=0.3, within=shell)
  rim = pen.part('rim', (196, 168, 110))
  pen.fill(
    join(bow((-0.8, 0.3), (0.8, 0.3), 0.05), bow((0.8, 0.44), (-0.8, 0.44), -0.05)), rim, volume=0.3
  )
