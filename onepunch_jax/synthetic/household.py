"""Things of the house, each about the origin within a radius of about 1 (y down)."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.creatures import fish
from onepunch_jax.synthetic.shapes import (
  arc,
  bow,
  box,
  curve,
  ellipse,
  join,
  limb,
  ring,
  rounded,
  spline,
  star,
  waves,
)


def decorate(pen, shape, part, rng, base) -> None:
  """Stripes, dots or stars as inked regions, on some."""
  kind = rng.integers(6)
  other = palette.pick('bright', rng, avoid=(base,))
  low, high = shape.min(0), shape.max(0)
  if kind == 0:
    trim = pen.part('stripes', other)
    for t in (0.25, 0.55):
      y = low[1] + (high[1] - low[1]) * t
      h = (high[1] - low[1]) * 0.14
      p = join(bow((low[0], y), (high[0], y), 0.06), bow((high[0], y + h), (low[0], y + h), -0.06))
      pen.fill(p, trim, ink=0.8, within=part)
  elif kind == 1:
    trim = pen.part('dots', other)
    for _ in range(7):
      c = rng.uniform(low, high)
      pen.fill(ellipse(*c, 0.1, n=14), trim, ink=0.8, within=part)
  elif kind == 2:
    c = (low + high) / 2
    pen.fill(star(*c, 0.26, 0.12, 5), pen.part('star', other), within=part)
  elif kind == 3:
    pen.tint(part, other, ramp=(0, low[1], 0, high[1]), amount=0.9)


def gloss(pen, part, x, y, w, h, tilt=0.0) -> None:
  pen.light(ellipse(x, y, w, h, tilt, n=18), part, 0.9, 0.03)


def cup(pen, rng):
  base = palette.pick('bright', rng)
  part = pen.part('cup', base)
  s = 1 if rng.random() < 0.5 else -1
  handle = ring(ellipse(s * 0.62, 0.1, 0.34, 0.36, n=24), ellipse(s * 0.62, 0.1, 0.2, 0.22, n=24))
  pen.fill(handle, part, ink=0)
  for r in ((0.34, 0.36), (0.2, 0.22)):
    pen.line(np.vstack([e := ellipse(s * 0.62, 0.1, *r, n=24), e[:1]]), 1.0, (1, 1))
  shape = join(
    [(-0.62, -0.5)],
    curve((-0.6, 0.3), (-0.5, 0.72), (-0.2, 0.74)),
    curve((0.2, 0.74), (0.5, 0.72), (0.6, 0.3)),
    [(0.62, -0.5)],
  )
  pen.fill(shape, part, volume=0.5)
  decorate(pen, shape, part, rng, base)
  pen.fill(ellipse(0, -0.5, 0.62, 0.17, n=32), part, volume=0.2, dark=0.4)
  drink = pen.part('drink', ((112, 66, 40), (196, 120, 50), (150, 190, 90))[rng.integers(3)])
  pen.fill(ellipse(0, -0.46, 0.52, 0.11, n=28), drink)
  if rng.random() < 0.6:
    for x in (-0.2, 0.1, 0.32):
      pen.line(waves((x, -0.7), (x, -1.05), 1.0, 0.05, 14), 0.8, (0.2, 0.2))


def book(pen, rng):
  base = palette.pick('book', rng)
  part, paper = pen.part('book', base), pen.part('pages', (248, 242, 224))
  if rng.random() < 0.5:
    pen.fill(
      join(
        bow((-0.96, -0.42), (0, -0.3), -0.12),
        bow((0, -0.3), (0.96, -0.42), -0.12),
        bow((0.96, 0.6), (0, 0.72), 0.1),
        bow((0, 0.72), (-0.96, 0.6), 0.1),
      ),
      part,
    )
    for s in (-1, 1):
      page = join(
        bow((0, -0.36), (s * 0.88, -0.46), -0.14 * s), bow((s * 0.88, 0.48), (0, 0.62), 0.14 * s)
      )
      pen.fill(page, paper, volume=0.2)
      for k in range(5):
        y = -0.2 + 0.15 * k
        pen.line(bow((s * 0.12, y), (s * 0.74, y - 0.1), -0.1 * s, 7), 0.6, (1, 1))
  else:
    pen.fill([(-0.62, -0.72), (0.5, -0.86), (0.66, 0.62), (-0.5, 0.8)], part, volume=0.2)
    pen.fill([(-0.5, 0.8), (0.66, 0.62), (0.72, 0.74), (-0.44, 0.94)], paper)
    pen.fill([(-0.62, -0.72), (-0.44, -0.74), (-0.32, 0.78), (-0.5, 0.8)], part, dark=0.6)
    label = pen.part('label', palette.pick('bright', rng, avoid=(base,)))
    pen.fill([(-0.22, -0.5), (0.3, -0.56), (0.34, -0.2), (-0.18, -0.14)], label)
    for y in (0.1, 0.26):
      pen.line([(-0.14, y), (0.4, y - 0.07)], 1.0, (1, 1))


def umbrella(pen, rng):
  a, b = palette.pick('bright', rng), palette.pick('bright', rng)
  part, other = pen.part('umbrella', a), pen.part('umbrella panel', b)
  wood = pen.part('handle', palette.pick('wood', rng))
  pen = pen.at(0, 0, angle=rng.uniform(-0.3, 0.3))
  hook = limb([(0, -0.2), (0, 0.75), (0.1, 0.9), (0.24, 0.82)], [0.035] * 4)
  pen.fill(hook, wood)
  xs = np.linspace(0.95, -0.95, 6)
  ys = 0.02 * np.ones(6)
  for k in range(5):
    p = join(
      curve((0, -0.82), (xs[k] * 0.72, -0.74), (xs[k], ys[k])),
      bow((xs[k], ys[k]), (xs[k + 1], ys[k]), -0.14),
      curve((xs[k + 1], ys[k]), (xs[k + 1] * 0.72, -0.74), (0, -0.82)),
    )
    pen.fill(p, part if k % 2 == 0 else other, volume=0.2)
  pen.line([(0, -0.8), (0, -0.96)], 1.8, (1, 0.4))


def box_(pen, rng):
  a = palette.pick('bright', rng)
  part, ribbon = pen.part('box', a), pen.part('ribbon', palette.pick('bright', rng, avoid=(a,)))
  pen.fill([(-0.74, -0.2), (0.2, -0.04), (0.2, 0.86), (-0.74, 0.62)], part, volume=0.2)
  pen.fill([(0.2, -0.04), (0.78, -0.24), (0.78, 0.56), (0.2, 0.86)], part, dark=0.7)
  pen.fill([(-0.38, -0.14), (-0.18, -0.1), (-0.18, 0.76), (-0.38, 0.71)], ribbon)
  pen.fill([(0.42, -0.12), (0.56, -0.17), (0.56, 0.68), (0.42, 0.75)], ribbon, dark=0.6)
  pen.fill([(-0.8, -0.3), (-0.18, -0.48), (0.84, -0.34), (0.2, -0.12)], part)
  pen.fill([(-0.8, -0.3), (0.2, -0.12), (0.2, 0.06), (-0.8, -0.12)], part)
  pen.fill([(0.2, -0.12), (0.84, -0.34), (0.84, -0.16), (0.2, 0.06)], part, dark=0.7)
  for s in (-1, 1):
    pen.fill(
      spline(
        [
          (0.05, -0.32),
          (s * 0.3 + 0.05, -0.74),
          (s * 0.52 + 0.05, -0.62),
          (s * 0.42 + 0.05, -0.36),
        ],
        True,
        6,
      ),
      ribbon,
      volume=0.5,
    )
  pen.fill(ellipse(0.05, -0.36, 0.12, 0.1, n=14), ribbon, volume=0.4)


def lamp(pen, rng):
  shade, metal = (
    pen.part('lamp', palette.pick('clothes', rng)),
    pen.part('stand', palette.pick('metal', rng)),
  )
  pen.fill(ellipse(0, 0.82, 0.42, 0.11, n=26), metal, volume=0.4)
  pen.fill(limb([(0, 0.8), (0, -0.1)], [0.06, 0.05]), metal, volume=0.4)
  p = join(bow((-0.34, -0.86), (0.34, -0.86), -0.08), bow((0.66, -0.06), (-0.66, -0.06), -0.1))
  pen.fill(p, shade, volume=0.3)
  for x in (-0.22, 0, 0.22):
    pen.line([(x, -0.85), (x * 2, -0.02)], 0.6, (1, 1))


def bottle(pen, rng):
  glass, drink = (
    pen.part('bottle', palette.pick('glass', rng)),
    pen.part('drink', palette.pick('bright', rng)),
  )
  right = np.array([(0.15, -0.8), (0.15, -0.5), (0.36, -0.2), (0.4, 0.1), (0.4, 0.8), (0.34, 0.9)])
  shape = join(right, (right * (-1, 1))[::-1])
  pen.fill(shape, glass)
  level = rng.uniform(-0.1, 0.4)
  pen.fill(
    join(bow((-0.42, level), (0.42, level), 0.05), [(0.42, 1.0), (-0.42, 1.0)]),
    drink,
    within=glass,
    ink=0.8,
  )
  pen.fill(box(-0.4, 0.3, 0.4, 0.62), pen.part('label', (248, 244, 230)), ink=0.8)
  pen.line([(-0.22, 0.42), (0.22, 0.42)], 1.0, (1, 1))
  pen.line([(-0.16, 0.52), (0.16, 0.52)], 1.0, (1, 1))
  pen.fill(
    rounded(-0.17, -0.98, 0.17, -0.76, 0.04),
    pen.part('cork', palette.pick('wood', rng)),
    volume=0.3,
  )
  pen.line(join(shape, shape[:1]), 1.0, (1, 1))
  pen.light([(-0.3, -0.1), (-0.22, -0.16), (-0.22, 0.26), (-0.3, 0.26)], glass, 0.8)


def clock(pen, rng):
  frame, face = (
    pen.part('clock', palette.pick('bright', rng)),
    pen.part('clock face', (250, 248, 238)),
  )
  for s in (-1, 1):
    pen.fill(limb([(s * 0.4, 0.6), (s * 0.56, 0.92)], [0.09, 0.07]), frame)
    pen.fill(ellipse(s * 0.46, -0.68, 0.24, 0.18, s * 0.6, n=20), frame, volume=0.5)
  pen.fill(ellipse(0, 0, 0.78, n=40), frame, volume=0.4)
  pen.fill(ellipse(0, 0, 0.6, n=36), face, volume=0.2)
  for k in range(12):
    a = k * np.pi / 6
    d = np.array([np.cos(a), np.sin(a)])
    pen.line(np.array([d * 0.48, d * 0.55]), 1.0 if k % 3 else 1.8, (1, 1))
  for r, w in ((0.28, 2.0), (0.42, 1.3)):
    a = rng.uniform(0, 6.28)
    pen.line([(0, 0), (r * np.cos(a), r * np.sin(a))], w, (1, 0.5))
  pen.black(ellipse(0, 0, 0.05, n=10))


def fish_bowl(pen, rng):
  glass, water = pen.part('glass', (226, 240, 246)), pen.part('water', palette.pick('sea', rng))
  bowl = join(arc(0, 0.1, 0.9, 0.8, -np.pi / 2 + 0.7, 1.5 * np.pi - 0.7, 34))
  pen.fill(bowl, glass)
  pen.fill(
    join(bow((-1, -0.1), (1, -0.1), 0.03), [(1, 1.1), (-1, 1.1)]), water, within=glass, ink=0.7
  )
  fish(pen.at(0.05, 0.35, 0.36), rng)
  pen.fill(ellipse(0, -0.5, 0.6, 0.1, n=26), glass)
  pen.line(join(bowl, bowl[:1]), 1.0, (1, 1))
