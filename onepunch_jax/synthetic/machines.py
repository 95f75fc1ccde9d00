"""Vehicles, a robot, a house, each about the origin within a radius of about 1 (y down)."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.shapes import (
  arc,
  bow,
  box,
  curve,
  ellipse,
  join,
  limb,
  rounded,
  spline,
  waves,
)


def car(pen, rng):
  base = palette.pick('car', rng)
  part, glass = pen.part('car', base), pen.part('window', palette.pick('glass', rng))
  pen = pen.at(0, 0.1, flip=bool(rng.random() < 0.5))
  roof = join(
    [(-0.6, -0.1)],
    curve((-0.46, -0.42), (-0.36, -0.52), (-0.2, -0.54)),
    curve((0.2, -0.56), (0.42, -0.52), (0.62, -0.1)),
  )
  pen.fill(roof, part, volume=0.3)
  pen.fill([(-0.48, -0.12), (-0.3, -0.44), (-0.04, -0.46), (-0.04, -0.12)], glass)
  pen.fill([(0.06, -0.12), (0.06, -0.46), (0.3, -0.43), (0.48, -0.12)], glass)
  for x in (-0.35, 0.2):
    pen.light([(x, -0.12), (x + 0.12, -0.44), (x + 0.2, -0.44), (x + 0.08, -0.12)], glass, 0.6)
  shape = spline(
    [
      (-0.98, 0.1),
      (-0.92, -0.08),
      (-0.6, -0.14),
      (0.6, -0.14),
      (0.9, -0.04),
      (1.0, 0.14),
      (0.96, 0.34),
      (-0.96, 0.34),
    ],
    True,
    5,
  )
  pen.fill(shape, part, volume=0.5)
  pen.line([(0.02, -0.12), (0.02, 0.3)], 0.8, (1, 1))
  pen.line([(0.1, 0.02), (0.24, 0.02)], 1.2, (1, 1))
  pen.fill(ellipse(-0.9, 0.08, 0.09, n=16), pen.part('lamp', (250, 226, 130)), volume=0.3)
  tyre, hub = pen.part('tyre', (52, 50, 56)), pen.part('hub', palette.pick('metal', rng))
  for x in (-0.54, 0.56):
    pen.fill(ellipse(x, 0.36, 0.25, n=28), tyre, volume=0.3)
    pen.fill(ellipse(x, 0.36, 0.13, n=20), hub, volume=0.4)
    pen.black(ellipse(x, 0.36, 0.04, n=10))


def boat(pen, rng):
  hull, sail = (
    pen.part('boat', palette.pick('car', rng)),
    pen.part('sail', palette.pick('clothes', rng)),
  )
  pen.fill(limb([(0, 0.4), (0, -0.9)], [0.035, 0.03]), pen.part('mast', palette.pick('wood', rng)))
  pen.fill(
    join(curve((0.06, -0.84), (0.7, -0.3), (0.76, 0.28)), bow((0.76, 0.28), (0.06, 0.3), 0.04)),
    sail,
    volume=0.3,
  )
  pen.fill(
    join(curve((-0.06, -0.7), (-0.4, -0.2), (-0.6, 0.26)), bow((-0.6, 0.26), (-0.06, 0.28), 0.04)),
    sail,
    volume=0.3,
  )
  pen.fill([(0.0, -0.98), (0.3, -0.9), (0.0, -0.82)], pen.part('flag', palette.pick('bright', rng)))
  shape = join(
    bow((-0.92, 0.38), (0.95, 0.34), 0.03),
    curve((0.95, 0.34), (0.8, 0.8), (0.5, 0.8)),
    curve((-0.6, 0.8), (-0.8, 0.8), (-0.92, 0.38)),
  )
  pen.fill(shape, hull, volume=0.4)
  pen.line(bow((-0.86, 0.52), (0.88, 0.49), 0.03), 0.8)


def robot(pen, rng):
  body = pen.part('robot', palette.pick('car', rng))
  metal, face = pen.part('metal', palette.pick('metal', rng)), pen.part('screen', (60, 70, 90))
  glow = pen.part('lights', palette.pick('bright', rng))
  for s in (-1, 1):
    pen.fill(limb([(s * 0.2, 0.5), (s * 0.22, 0.86)], [0.09, 0.09]), metal, volume=0.4)
    pen.fill(rounded(s * 0.24 - 0.17, 0.82, s * 0.24 + 0.17, 0.98, 0.08), body)
    bend = rng.uniform(-0.4, 0.5)
    pen.fill(
      limb(
        [(s * 0.44, 0.1), (s * 0.72, 0.2 - bend * 0.3), (s * 0.82, 0.42 - bend)], [0.08, 0.08, 0.08]
      ),
      metal,
      volume=0.4,
    )
    pen.fill(ellipse(s * 0.83, 0.44 - bend, 0.13, n=16), body, volume=0.4)
  pen.fill(rounded(-0.46, 0.0, 0.46, 0.66, 0.14), body, volume=0.3)
  pen.fill(rounded(-0.26, 0.14, 0.26, 0.44, 0.05), metal)
  for k in range(3):
    pen.fill(ellipse(-0.14 + 0.14 * k, 0.28, 0.045, n=10), glow, ink=0.7)
  pen.line([(0, -0.7), (0, -0.9)], 1.4, (1, 1))
  pen.fill(ellipse(0, -0.93, 0.07, n=12), glow)
  pen.fill(rounded(-0.5, -0.72, 0.5, -0.06, 0.2), body, volume=0.3)
  pen.fill(rounded(-0.38, -0.56, 0.38, -0.2, 0.12), face)
  for s in (-1, 1):
    pen.fill(ellipse(s * 0.17, -0.42, 0.075, n=14), glow, ink=0)
  pen.fill(
    join(bow((-0.1, -0.3), (0.1, -0.3), 0.3), bow((0.1, -0.28), (-0.1, -0.28), -0.4)), glow, ink=0
  )


def rocket(pen, rng):
  a = palette.pick('car', rng)
  body, fin = pen.part('rocket', a), pen.part('fins', palette.pick('bright', rng, avoid=(a,)))
  pen = pen.at(0, 0, 0.95, rng.uniform(-0.6, 0.6))
  flame = pen.part('flame', (250, 170, 60))
  pen.fill(
    join(curve((-0.2, 0.5), (-0.3, 0.8), (0, 1.1)), curve((0, 1.1), (0.3, 0.8), (0.2, 0.5))), flame
  )
  pen.fill(
    join(curve((-0.1, 0.5), (-0.14, 0.7), (0, 0.85)), curve((0, 0.85), (0.14, 0.7), (0.1, 0.5))),
    pen.part('flame heart', (252, 226, 120)),
    ink=0.7,
  )
  for s in (-1, 1):
    pen.fill(
      join(
        curve((s * 0.26, 0.05), (s * 0.6, 0.2), (s * 0.6, 0.66)),
        curve((s * 0.5, 0.5), (s * 0.4, 0.46), (s * 0.24, 0.46)),
      ),
      fin,
      volume=0.3,
    )
  pen.fill(
    join(
      curve((0, -1.0), (0.4, -0.5), (0.34, 0.0)),
      curve((0.34, 0.0), (0.32, 0.3), (0.22, 0.54)),
      curve((-0.22, 0.54), (-0.32, 0.3), (-0.34, 0.0)),
      curve((-0.34, 0.0), (-0.4, -0.5), (0, -1.0)),
    ),
    body,
    volume=0.5,
  )
  pen.fill(
    join(
      curve((0, -1.02), (0.2, -0.8), (0.27, -0.56)),
      bow((0.27, -0.56), (-0.27, -0.56), -0.08),
      curve((-0.27, -0.56), (-0.2, -0.8), (0, -1.02)),
    ),
    fin,
    within=body,
  )
  pen.fill(ellipse(0, -0.22, 0.18, n=22), pen.part('metal', palette.pick('metal', rng)))
  pen.fill(
    ellipse(0, -0.22, 0.12, n=20), pen.part('window', palette.pick('glass', rng)), volume=0.4
  )


def house(pen, rng) -> None:
  wall, roof = (
    pen.part('wall', palette.pick('wall', rng)),
    pen.part('roof', palette.pick('roof', rng)),
  )
  brick, glass = (
    pen.part('chimney', palette.pick('brick', rng)),
    pen.part('window', palette.pick('window', rng)),
  )
  door = pen.part('door', palette.pick('wood', rng))
  pen.fill(box(0.3, -0.86, 0.5, -0.3), brick, volume=0.3)
  pen.fill(box(-0.72, -0.16, 0.72, 0.9), wall, volume=0.15)
  pen.fill(
    [(-0.92, -0.1), (-0.36, -0.76), (0.36, -0.76), (0.92, -0.1)]
    if rng.random() < 0.5
    else [(-0.92, -0.08), (0, -0.9), (0.92, -0.08)],
    roof,
    volume=0.2,
  )
  for k in range(1, 4):
    y = -0.1 - 0.16 * k
    pen.line(waves((-0.95, y), (0.95, y), 9, 0.025, 60), 0.5, (1, 1), within=roof)
  pen.fill(
    join(
      [(-0.16, 0.9), (-0.16, 0.5)],
      arc(0, 0.5, 0.16, 0.16, np.pi, 2 * np.pi, 9)[1:-1],
      [(0.16, 0.5), (0.16, 0.9)],
    ),
    door,
    volume=0.2,
  )
  pen.black(ellipse(0.09, 0.66, 0.025, n=8))
  for x in (-0.46, 0.46):
    pen.fill(box(x - 0.15, 0.12, x + 0.15, 0.46), glass)
    pen.line([(x, 0.12), (x, 0.46)], 0.8, (1, 1))
    pen.line([(x - 0.15, 0.29), (x + 0.15, 0.29)], 0.8, (1, 1))
