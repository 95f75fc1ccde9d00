"""Balls, balloons, guitars, crystals, each about the origin within a radius of about 1."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.household import gloss
from onepunch_jax.synthetic.shapes import bow, box, curve, ellipse, join, spline, star, turn


def balloon(pen, rng):
  for k in range(int(rng.integers(1, 4))):
    base = palette.pick('bright', rng)
    part = pen.part('balloon', base)
    x, y = (0.0, -0.3) if k == 0 else ((-0.5, 0.0) if k == 1 else (0.5, -0.05))
    pen.line(curve((x, y + 0.5), (x * 0.6, y + 0.8), (0.02, 1.0)), 0.8, (1, 1))
    shape = spline(
      [
        (x, y - 0.52),
        (x + 0.38, y - 0.3),
        (x + 0.36, y + 0.14),
        (x, y + 0.46),
        (x - 0.36, y + 0.14),
        (x - 0.38, y - 0.3),
      ],
      True,
      6,
    )
    pen.fill(shape, part, volume=0.5)
    pen.fill([(x, y + 0.44), (x + 0.08, y + 0.56), (x - 0.08, y + 0.56)], part)
    gloss(pen, part, x - 0.16, y - 0.26, 0.06, 0.14, 0.5)


def ball(pen, rng):
  a = palette.pick('bright', rng)
  part, other = pen.part('ball', a), pen.part('ball panel', palette.pick('bright', rng, avoid=(a,)))
  pen = pen.at(0, 0, 0.8, rng.uniform(0, 3))
  pen.fill(ellipse(0, 0, 1, n=40), part, volume=0.4)
  if rng.random() < 0.5:
    for k in range(3):
      t = k * 2 * np.pi / 3
      p = join(curve((0, 0), (0.5, -0.3), (1.02, -0.3)), curve((1.02, 0.3), (0.6, 0.2), (0, 0)))
      pen.fill(turn(p, t), other, within=part)
  else:
    pen.fill(
      join(bow((-1.05, -0.22), (1.05, -0.22), 0.1), bow((1.05, 0.22), (-1.05, 0.22), -0.1)),
      other,
      within=part,
    )
    pen.fill(star(0, 0.02, 0.3, 0.14, 5), part, within=other)
  pen.line(join(e := ellipse(0, 0, 1, n=40), e[:1]), 1.0, (1, 1))


def guitar(pen, rng):
  wood, dark = (
    pen.part('guitar', palette.pick('car', rng)),
    pen.part('neck', palette.pick('wood', rng)),
  )
  pen = pen.at(0, 0, 1.0, rng.uniform(0.3, 0.8))
  pen.fill(box(-0.07, -0.9, 0.07, 0.2), dark)
  pen.fill([(-0.12, -1.1), (0.12, -1.1), (0.09, -0.86), (-0.09, -0.86)], dark, volume=0.3)
  pen.fill(
    spline(
      [
        (0, -0.1),
        (0.34, -0.04),
        (0.32, 0.28),
        (0.52, 0.66),
        (0.3, 0.98),
        (-0.3, 0.98),
        (-0.52, 0.66),
        (-0.32, 0.28),
        (-0.34, -0.04),
      ],
      True,
      6,
    ),
    wood,
    volume=0.4,
  )
  pen.black(ellipse(0, 0.4, 0.15, n=20))
  pen.fill(box(-0.2, 0.74, 0.2, 0.82), dark)
  pen.fill(box(-0.06, -0.2, 0.06, 0.26), dark, ink=0.6)
  for x in (-0.04, 0, 0.04):
    pen.line([(x, -0.95), (x, 0.76)], 0.4, (1, 1))


def crystal(pen, rng):
  base = palette.pick('bright', rng)
  part = pen.part('gem', base)
  for x, y, s, a in ((-0.4, 0.3, 0.6, -0.4), (0.42, 0.34, 0.55, 0.4), (0, 0, 1.0, 0.0)):
    p = pen.at(x, y, s, a)
    p.fill([(-0.3, 0.7), (-0.34, -0.4), (0, -0.92), (0.34, -0.4), (0.3, 0.7)], part)
    p.shadow([(0.06, -0.36), (0.34, -0.4), (0.3, 0.7), (0.06, 0.7)], part, 0.8)
    p.light([(-0.34, -0.4), (0, -0.92), (0.06, -0.36)], part, 0.7)
    p.line([(-0.34, -0.4), (0.06, -0.36), (0.34, -0.4)], 0.8, (1, 1))
    p.line([(0.06, -0.36), (0.06, 0.7)], 0.8, (1, 1))
    p.line([(0, -0.92), (0.06, -0.36)], 0.8, (1, 1))
