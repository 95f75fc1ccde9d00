"""Things, each about the origin within a radius of about 1 (y down)."""

from __future__ import annotations

import numpy as np

from onepunch_jax.data.drawn import palette
from onepunch_jax.data.drawn.shapes import (
  arc, bow, box, curve, ellipse, join, limb, moved, ring, rounded, spline, star, turn, waves,
)

KINDS = (
  'cup', 'book', 'car', 'balloon', 'fruit', 'umbrella', 'box', 'boat', 'ball', 'lamp', 'robot',
  'rocket', 'mushroom', 'bottle', 'cake', 'guitar', 'house', 'crystal', 'clock', 'fish bowl',
)
_TAGGED = KINDS[:17]


def draw_object(pen, kind: str, rng) -> None:
  if kind in _TAGGED:
    pen.tag(kind)
  globals()['_' + kind.replace(' ', '_')](pen, rng)


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


def _cup(pen, rng):
  base = palette.pick('bright', rng)
  part = pen.part('cup', base)
  s = 1 if rng.random() < 0.5 else -1
  handle = ring(ellipse(s * 0.62, 0.1, 0.34, 0.36, n=24), ellipse(s * 0.62, 0.1, 0.2, 0.22, n=24))
  pen.fill(handle, part, ink=0)
  for r in ((0.34, 0.36), (0.2, 0.22)):
    pen.line(np.vstack([e := ellipse(s * 0.62, 0.1, *r, n=24), e[:1]]), 1.0, (1, 1))
  shape = join([(-0.62, -0.5)], curve((-0.6, 0.3), (-0.5, 0.72), (-0.2, 0.74)),
               curve((0.2, 0.74), (0.5, 0.72), (0.6, 0.3)),
               [(0.62, -0.5)])
  pen.fill(shape, part, volume=0.5)
  decorate(pen, shape, part, rng, base)
  pen.fill(ellipse(0, -0.5, 0.62, 0.17, n=32), part, volume=0.2, dark=0.4)
  drink = pen.part('drink', ((112, 66, 40), (196, 120, 50), (150, 190, 90))[rng.integers(3)])
  pen.fill(ellipse(0, -0.46, 0.52, 0.11, n=28), drink)
  if rng.random() < 0.6:
    for x in (-0.2, 0.1, 0.32):
      pen.line(waves((x, -0.7), (x, -1.05), 1.0, 0.05, 14), 0.8, (0.2, 0.2))


def _book(pen, rng):
  base = palette.pick('book', rng)
  part, paper = pen.part('book', base), pen.part('pages', (248, 242, 224))
  if rng.random() < 0.5:
    pen.fill(join(bow((-0.96, -0.42), (0, -0.3), -0.12), bow((0, -0.3), (0.96, -0.42), -0.12),
                  bow((0.96, 0.6), (0, 0.72), 0.1), bow((0, 0.72), (-0.96, 0.6), 0.1)), part)
    for s in (-1, 1):
      page = join(bow((0, -0.36), (s * 0.88, -0.46), -0.14 * s),
                  bow((s * 0.88, 0.48), (0, 0.62), 0.14 * s))
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


def _car(pen, rng):
  base = palette.pick('car', rng)
  part, glass = pen.part('car', base), pen.part('window', palette.pick('glass', rng))
  pen = pen.at(0, 0.1, flip=bool(rng.random() < 0.5))
  roof = join([(-0.6, -0.1)], curve((-0.46, -0.42), (-0.36, -0.52), (-0.2, -0.54)),
              curve((0.2, -0.56), (0.42, -0.52), (0.62, -0.1)))
  pen.fill(roof, part, volume=0.3)
  pen.fill([(-0.48, -0.12), (-0.3, -0.44), (-0.04, -0.46), (-0.04, -0.12)], glass)
  pen.fill([(0.06, -0.12), (0.06, -0.46), (0.3, -0.43), (0.48, -0.12)], glass)
  for x in (-0.35, 0.2):
    pen.light([(x, -0.12), (x + 0.12, -0.44), (x + 0.2, -0.44), (x + 0.08, -0.12)], glass, 0.6)
  shape = spline([(-0.98, 0.1), (-0.92, -0.08), (-0.6, -0.14), (0.6, -0.14), (0.9, -0.04),
                  (1.0, 0.14),
                  (0.96, 0.34), (-0.96, 0.34)], True, 5)
  pen.fill(shape, part, volume=0.5)
  pen.line([(0.02, -0.12), (0.02, 0.3)], 0.8, (1, 1))
  pen.line([(0.1, 0.02), (0.24, 0.02)], 1.2, (1, 1))
  pen.fill(ellipse(-0.9, 0.08, 0.09, n=16), pen.part('lamp', (250, 226, 130)), volume=0.3)
  tyre, hub = pen.part('tyre', (52, 50, 56)), pen.part('hub', palette.pick('metal', rng))
  for x in (-0.54, 0.56):
    pen.fill(ellipse(x, 0.36, 0.25, n=28), tyre, volume=0.3)
    pen.fill(ellipse(x, 0.36, 0.13, n=20), hub, volume=0.4)
    pen.black(ellipse(x, 0.36, 0.04, n=10))


def _balloon(pen, rng):
  for k in range(int(rng.integers(1, 4))):
    base = palette.pick('bright', rng)
    part = pen.part('balloon', base)
    x, y = (0.0, -0.3) if k == 0 else ((-0.5, 0.0) if k == 1 else (0.5, -0.05))
    pen.line(curve((x, y + 0.5), (x * 0.6, y + 0.8), (0.02, 1.0)), 0.8, (1, 1))
    shape = spline([(x, y - 0.52), (x + 0.38, y - 0.3), (x + 0.36, y + 0.14), (x, y + 0.46),
                    (x - 0.36, y + 0.14), (x - 0.38, y - 0.3)], True, 6)
    pen.fill(shape, part, volume=0.5)
    pen.fill([(x, y + 0.44), (x + 0.08, y + 0.56), (x - 0.08, y + 0.56)], part)
    gloss(pen, part, x - 0.16, y - 0.26, 0.06, 0.14, 0.5)


def _fruit(pen, rng):
  kinds = ('apple', 'pear', 'orange', 'banana', 'cherry', 'melon', 'grape', 'strawberry')
  kind = kinds[rng.integers(len(kinds))]
  leaf = pen.part('leaves', palette.pick('leaf', rng))
  colors = {'apple': 'red', 'pear': 'green', 'orange': 'orange', 'banana': 'yellow',
            'cherry': 'red',
            'melon': 'green', 'grape': 'purple', 'strawberry': 'red'}
  name = colors[kind]
  if kind in ('apple', 'grape') and rng.random() < 0.3:
    name = 'green'
  part = pen.part('fruit', palette.named(name, rng))
  if kind == 'banana':
    p = join(curve((-0.9, -0.3), (-0.5, 0.9), (0.8, 0.42)), [(0.88, 0.28)],
             curve((0.8, 0.2), (-0.2, 0.3), (-0.72, -0.44)))
    pen.fill(p, part, volume=0.5)
    pen.line(curve((-0.8, -0.3), (-0.3, 0.62), (0.8, 0.34)), 0.7)
  elif kind == 'cherry':
    for x, y in ((-0.4, 0.4), (0.36, 0.5)):
      pen.line(curve((x, y - 0.2), (x * 0.6, -0.4), (0.1, -0.8)), 1.4, (1, 1))
      pen.fill(ellipse(x, y, 0.36, n=26), part, volume=0.5)
      gloss(pen, part, x - 0.12, y - 0.14, 0.07, 0.1, 0.6)
    pen.fill(join(bow((0.1, -0.8), (0.8, -0.7), -0.25), bow((0.8, -0.7), (0.1, -0.8), -0.2)), leaf,
             volume=0.4)
  elif kind == 'melon':
    pen.fill(join(bow((-0.95, -0.2), (0.95, -0.2), 0.0),
                  arc(0, -0.2, 0.95, 0.85, 0, np.pi, 24)[1:-1]), part, volume=0.3)
    flesh, rind = pen.part('flesh', (232, 84, 84)), pen.part('rind', (236, 244, 200))
    pen.fill(join(bow((-0.84, -0.2), (0.84, -0.2), 0.0),
                  arc(0, -0.2, 0.84, 0.74, 0, np.pi, 24)[1:-1]), rind, ink=0.7)
    pen.fill(join(bow((-0.76, -0.2), (0.76, -0.2), 0.0),
                  arc(0, -0.2, 0.76, 0.66, 0, np.pi, 24)[1:-1]), flesh, ink=0.7)
    for x, y in ((-0.4, 0.0), (0.0, 0.05), (0.4, 0.0), (-0.2, 0.22), (0.2, 0.22)):
      pen.black(ellipse(x, y, 0.035, 0.06, n=10))
  elif kind == 'grape':
    for j in range(4):
      for k in range(4 - j):
        x, y = (k - (3 - j) / 2) * 0.38, -0.35 + 0.33 * j
        pen.fill(ellipse(x, y, 0.22, n=20), part, volume=0.6)
        gloss(pen, part, x - 0.07, y - 0.08, 0.04, 0.06)
    pen.line([(0, -0.55), (0.05, -0.9)], 2.0, (1, 1))
    pen.fill(spline([(0.05, -0.8), (0.4, -1.0), (0.7, -0.76), (0.4, -0.6)], True, 5), leaf,
             volume=0.3)
  else:
    outline = {
      'apple': [(0, -0.42), (0.4, -0.56), (0.72, -0.16), (0.56, 0.48), (0.2, 0.7), (0, 0.62),
                (-0.2, 0.7),
                (-0.56, 0.48), (-0.72, -0.16), (-0.4, -0.56)],
      'pear': [(0, -0.76), (0.24, -0.6), (0.34, -0.1), (0.64, 0.36), (0.4, 0.76), (-0.4, 0.76),
               (-0.64, 0.36),
               (-0.34, -0.1), (-0.24, -0.6)],
      'orange': [(0, -0.66), (0.5, -0.48), (0.68, 0.04), (0.46, 0.54), (0, 0.7), (-0.46, 0.54),
                 (-0.68, 0.04), (-0.5, -0.48)],
      'strawberry': [(0, -0.5), (0.5, -0.52), (0.66, -0.14), (0.4, 0.42), (0, 0.82), (-0.4, 0.42),
                     (-0.66, -0.14), (-0.5, -0.52)],
    }[kind]
    pen.fill(spline(outline, True, 6), part, volume=0.5)
    gloss(pen, part, -0.28, -0.2, 0.1, 0.16, 0.5)
    if kind == 'strawberry':
      for j, y in enumerate((-0.2, 0.06, 0.32)):
        for x in np.arange(-0.36 + 0.12 * j, 0.4 - 0.1 * j, 0.24):
          pen.black(ellipse(x, y, 0.025, 0.045, n=8))
      for k in range(5):
        a = -np.pi / 2 + (k - 2) * 0.62
        pen.fill(join(bow((0, -0.5), (0.5 * np.cos(a), -0.42 - 0.3 * np.sin(-a)), 0.2),
                      [(0, -0.4)]), leaf)
    else:
      pen.line(curve((0, -0.42 if kind == 'apple' else -0.62), (0.02, -0.7), (0.12, -0.9)), 2.2,
               (1, 1))
      pen.fill(join(bow((0.06, -0.66), (0.6, -0.86), -0.25),
                    bow((0.6, -0.86), (0.06, -0.66), -0.25)), leaf, volume=0.3)


def _umbrella(pen, rng):
  a, b = palette.pick('bright', rng), palette.pick('bright', rng)
  part, other = pen.part('umbrella', a), pen.part('umbrella panel', b)
  wood = pen.part('handle', palette.pick('wood', rng))
  pen = pen.at(0, 0, angle=rng.uniform(-0.3, 0.3))
  hook = limb([(0, -0.2), (0, 0.75), (0.1, 0.9), (0.24, 0.82)], [0.035] * 4)
  pen.fill(hook, wood)
  xs = np.linspace(0.95, -0.95, 6)
  ys = 0.02 * np.ones(6)
  for k in range(5):
    p = join(curve((0, -0.82), (xs[k] * 0.72, -0.74), (xs[k], ys[k])),
             bow((xs[k], ys[k]), (xs[k + 1], ys[k]), -0.14),
             curve((xs[k + 1], ys[k]), (xs[k + 1] * 0.72, -0.74), (0, -0.82)))
    pen.fill(p, part if k % 2 == 0 else other, volume=0.2)
  pen.line([(0, -0.8), (0, -0.96)], 1.8, (1, 0.4))


def _box(pen, rng):
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
    pen.fill(spline([(0.05, -0.32), (s * 0.3 + 0.05, -0.74), (s * 0.52 + 0.05, -0.62),
                     (s * 0.42 + 0.05, -0.36)], True, 6),
             ribbon, volume=0.5)
  pen.fill(ellipse(0.05, -0.36, 0.12, 0.1, n=14), ribbon, volume=0.4)


def _boat(pen, rng):
  hull, sail = pen.part('boat', palette.pick('car', rng)), pen.part('sail',
                                                            palette.pick('clothes', rng))
  pen.fill(limb([(0, 0.4), (0, -0.9)], [0.035, 0.03]), pen.part('mast', palette.pick('wood', rng)))
  pen.fill(join(curve((0.06, -0.84), (0.7, -0.3), (0.76, 0.28)),
                bow((0.76, 0.28), (0.06, 0.3), 0.04)), sail, volume=0.3)
  pen.fill(join(curve((-0.06, -0.7), (-0.4, -0.2), (-0.6, 0.26)),
                bow((-0.6, 0.26), (-0.06, 0.28), 0.04)), sail, volume=0.3)
  pen.fill([(0.0, -0.98), (0.3, -0.9), (0.0, -0.82)], pen.part('flag', palette.pick('bright', rng)))
  shape = join(bow((-0.92, 0.38), (0.95, 0.34), 0.03), curve((0.95, 0.34), (0.8, 0.8), (0.5, 0.8)),
               curve((-0.6, 0.8), (-0.8, 0.8), (-0.92, 0.38)))
  pen.fill(shape, hull, volume=0.4)
  pen.line(bow((-0.86, 0.52), (0.88, 0.49), 0.03), 0.8)


def _ball(pen, rng):
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
    pen.fill(join(bow((-1.05, -0.22), (1.05, -0.22), 0.1), bow((1.05, 0.22), (-1.05, 0.22), -0.1)),
             other, within=part)
    pen.fill(star(0, 0.02, 0.3, 0.14, 5), part, within=other)
  pen.line(join(e := ellipse(0, 0, 1, n=40), e[:1]), 1.0, (1, 1))


def _lamp(pen, rng):
  shade, metal = pen.part('lamp', palette.pick('clothes', rng)), pen.part('stand',
                                                            palette.pick('metal', rng))
  pen.fill(ellipse(0, 0.82, 0.42, 0.11, n=26), metal, volume=0.4)
  pen.fill(limb([(0, 0.8), (0, -0.1)], [0.06, 0.05]), metal, volume=0.4)
  p = join(bow((-0.34, -0.86), (0.34, -0.86), -0.08), bow((0.66, -0.06), (-0.66, -0.06), -0.1))
  pen.fill(p, shade, volume=0.3)
  for x in (-0.22, 0, 0.22):
    pen.line([(x, -0.85), (x * 2, -0.02)], 0.6, (1, 1))


def _robot(pen, rng):
  body = pen.part('robot', palette.pick('car', rng))
  metal, face = pen.part('metal', palette.pick('metal', rng)), pen.part('screen', (60, 70, 90))
  glow = pen.part('lights', palette.pick('bright', rng))
  for s in (-1, 1):
    pen.fill(limb([(s * 0.2, 0.5), (s * 0.22, 0.86)], [0.09, 0.09]), metal, volume=0.4)
    pen.fill(rounded(s * 0.24 - 0.17, 0.82, s * 0.24 + 0.17, 0.98, 0.08), body)
    bend = rng.uniform(-0.4, 0.5)
    pen.fill(limb([(s * 0.44, 0.1), (s * 0.72, 0.2 - bend * 0.3), (s * 0.82, 0.42 - bend)],
                  [0.08, 0.08, 0.08]), metal, volume=0.4)
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
  pen.fill(join(bow((-0.1, -0.3), (0.1, -0.3), 0.3), bow((0.1, -0.28), (-0.1, -0.28), -0.4)), glow,
           ink=0)


def _rocket(pen, rng):
  a = palette.pick('car', rng)
  body, fin = pen.part('rocket', a), pen.part('fins', palette.pick('bright', rng, avoid=(a,)))
  pen = pen.at(0, 0, 0.95, rng.uniform(-0.6, 0.6))
  flame = pen.part('flame', (250, 170, 60))
  pen.fill(join(curve((-0.2, 0.5), (-0.3, 0.8), (0, 1.1)),
                curve((0, 1.1), (0.3, 0.8), (0.2, 0.5))), flame)
  pen.fill(join(curve((-0.1, 0.5), (-0.14, 0.7), (0, 0.85)),
                curve((0, 0.85), (0.14, 0.7), (0.1, 0.5))), pen.part('flame heart',
                                                            (252, 226, 120)), ink=0.7)
  for s in (-1, 1):
    pen.fill(join(curve((s * 0.26, 0.05), (s * 0.6, 0.2), (s * 0.6, 0.66)),
                  curve((s * 0.5, 0.5), (s * 0.4, 0.46), (s * 0.24, 0.46))), fin, volume=0.3)
  pen.fill(join(curve((0, -1.0), (0.4, -0.5), (0.34, 0.0)),
                curve((0.34, 0.0), (0.32, 0.3), (0.22, 0.54)),
                curve((-0.22, 0.54), (-0.32, 0.3), (-0.34, 0.0)), curve((-0.34, 0.0), (-0.4, -0.5),
                                                            (0, -1.0))), body, volume=0.5)
  pen.fill(join(curve((0, -1.02), (0.2, -0.8), (0.27, -0.56)),
                bow((0.27, -0.56), (-0.27, -0.56), -0.08), curve((-0.27, -0.56), (-0.2, -0.8),
                                                            (0, -1.02))), fin, within=body)
  pen.fill(ellipse(0, -0.22, 0.18, n=22), pen.part('metal', palette.pick('metal', rng)))
  pen.fill(ellipse(0, -0.22, 0.12, n=20), pen.part('window', palette.pick('glass', rng)),
           volume=0.4)


def _mushroom(pen, rng):
  cap, stem = pen.part('mushroom', palette.pick('bright', rng)), pen.part('stem', (244, 232, 210))
  pen.fill(join(curve((-0.26, 0.0), (-0.2, 0.5), (-0.34, 0.86)),
                curve((-0.34, 0.86), (0, 0.96), (0.34, 0.86)), curve((0.34, 0.86), (0.2, 0.5),
                                                            (0.26, 0.0))), stem, volume=0.4)
  shape = join(arc(0, 0.04, 0.9, 0.85, np.pi, 2 * np.pi, 26),
               curve((0.9, 0.04), (0, 0.34), (-0.9, 0.04))[1:-1])
  pen.fill(shape, cap, volume=0.5)
  dot = pen.part('dots', (250, 246, 236))
  for x, y, r in ((-0.45, -0.2, 0.16), (0.1, -0.5, 0.19), (0.52, -0.14, 0.14), (0.06, -0.06, 0.1)):
    pen.fill(ellipse(x, y, r, r * 0.85, n=18), dot, ink=0.8, within=cap)


def _bottle(pen, rng):
  glass, drink = pen.part('bottle', palette.pick('glass', rng)), pen.part('drink',
                                                            palette.pick('bright', rng))
  right = np.array([(0.15, -0.8), (0.15, -0.5), (0.36, -0.2), (0.4, 0.1), (0.4, 0.8), (0.34, 0.9)])
  shape = join(right, (right * (-1, 1))[::-1])
  pen.fill(shape, glass)
  level = rng.uniform(-0.1, 0.4)
  pen.fill(join(bow((-0.42, level), (0.42, level), 0.05), [(0.42, 1.0), (-0.42, 1.0)]), drink,
           within=glass, ink=0.8)
  pen.fill(box(-0.4, 0.3, 0.4, 0.62), pen.part('label', (248, 244, 230)), ink=0.8)
  pen.line([(-0.22, 0.42), (0.22, 0.42)], 1.0, (1, 1))
  pen.line([(-0.16, 0.52), (0.16, 0.52)], 1.0, (1, 1))
  pen.fill(rounded(-0.17, -0.98, 0.17, -0.76, 0.04), pen.part('cork', palette.pick('wood', rng)),
           volume=0.3)
  pen.line(join(shape, shape[:1]), 1.0, (1, 1))
  pen.light([(-0.3, -0.1), (-0.22, -0.16), (-0.22, 0.26), (-0.3, 0.26)], glass, 0.8)


def _cake(pen, rng):
  cream, sponge = pen.part('cake', palette.pick('flower', rng)), pen.part('sponge', (236, 200, 140))
  pen.fill(ellipse(0, 0.66, 0.98, 0.22, n=34), pen.part('plate', (230, 234, 240)), volume=0.3)
  pen.fill(join(bow((-0.74, -0.1), (0.74, -0.1), 0.0), bow((0.74, 0.6), (-0.74, 0.6), 0.1)),
           sponge, volume=0.3)
  drips = [bow((0.74 - 0.296 * k, 0.2), (0.444 - 0.296 * k, 0.2), 0.42, 7)[:-1] for k in range(5)]
  pen.fill(join(arc(0, -0.14, 0.74, 0.2, np.pi, 2 * np.pi, 20), *drips, [(-0.74, 0.2)]), cream,
           volume=0.3)
  for x in (-0.4, 0, 0.4):
    pen.fill(ellipse(x, -0.28, 0.13, n=18), pen.part('berry', (210, 50, 60)), volume=0.5)
  if rng.random() < 0.6:
    for x in (-0.2, 0.2):
      pen.fill(box(x - 0.03, -0.72, x + 0.03, -0.3), pen.part('candle', (250, 240, 200)))
      pen.fill(spline([(x, -0.95), (x + 0.06, -0.8), (x, -0.73), (x - 0.06, -0.8)], True, 5),
               pen.part('flame', (250, 180, 60)))


def _guitar(pen, rng):
  wood, dark = pen.part('guitar', palette.pick('car', rng)), pen.part('neck',
                                                            palette.pick('wood', rng))
  pen = pen.at(0, 0, 1.0, rng.uniform(0.3, 0.8))
  pen.fill(box(-0.07, -0.9, 0.07, 0.2), dark)
  pen.fill([(-0.12, -1.1), (0.12, -1.1), (0.09, -0.86), (-0.09, -0.86)], dark, volume=0.3)
  pen.fill(spline([(0, -0.1), (0.34, -0.04), (0.32, 0.28), (0.52, 0.66), (0.3, 0.98), (-0.3, 0.98),
                   (-0.52, 0.66),
                   (-0.32, 0.28), (-0.34, -0.04)], True, 6), wood, volume=0.4)
  pen.black(ellipse(0, 0.4, 0.15, n=20))
  pen.fill(box(-0.2, 0.74, 0.2, 0.82), dark)
  pen.fill(box(-0.06, -0.2, 0.06, 0.26), dark, ink=0.6)
  for x in (-0.04, 0, 0.04):
    pen.line([(x, -0.95), (x, 0.76)], 0.4, (1, 1))


def _house(pen, rng):
  draw_house(pen, rng)


def draw_house(pen, rng) -> None:
  wall, roof = pen.part('wall', palette.pick('wall', rng)), pen.part('roof',
                                                            palette.pick('roof', rng))
  brick, glass = pen.part('chimney', palette.pick('brick', rng)), pen.part('window',
                                                            palette.pick('window', rng))
  door = pen.part('door', palette.pick('wood', rng))
  pen.fill(box(0.3, -0.86, 0.5, -0.3), brick, volume=0.3)
  pen.fill(box(-0.72, -0.16, 0.72, 0.9), wall, volume=0.15)
  pen.fill([(-0.92, -0.1), (-0.36, -0.76), (0.36, -0.76),
            (0.92, -0.1)] if rng.random() < 0.5 else [(-0.92, -0.08), (0, -0.9),
                                                      (0.92, -0.08)], roof, volume=0.2)
  for k in range(1, 4):
    y = -0.1 - 0.16 * k
    pen.line(waves((-0.95, y), (0.95, y), 9, 0.025, 60), 0.5, (1, 1), within=roof)
  pen.fill(join([(-0.16, 0.9), (-0.16, 0.5)], arc(0, 0.5, 0.16, 0.16, np.pi, 2 * np.pi, 9)[1:-1],
                [(0.16, 0.5), (0.16, 0.9)]), door, volume=0.2)
  pen.black(ellipse(0.09, 0.66, 0.025, n=8))
  for x in (-0.46, 0.46):
    pen.fill(box(x - 0.15, 0.12, x + 0.15, 0.46), glass)
    pen.line([(x, 0.12), (x, 0.46)], 0.8, (1, 1))
    pen.line([(x - 0.15, 0.29), (x + 0.15, 0.29)], 0.8, (1, 1))


def _crystal(pen, rng):
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


def _clock(pen, rng):
  frame, face = pen.part('clock', palette.pick('bright', rng)), pen.part('clock face',
                                                            (250, 248, 238))
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


def _fish_bowl(pen, rng):
  from onepunch_jax.data.drawn.animals import draw_animal

  glass, water = pen.part('glass', (226, 240, 246)), pen.part('water', palette.pick('sea', rng))
  bowl = join(arc(0, 0.1, 0.9, 0.8, -np.pi / 2 + 0.7, 1.5 * np.pi - 0.7, 34))
  pen.fill(bowl, glass)
  pen.fill(join(bow((-1, -0.1), (1, -0.1), 0.03), [(1, 1.1), (-1, 1.1)]), water, within=glass,
           ink=0.7)
  draw_animal(pen.at(0.05, 0.35, 0.36), 'fish', rng)
  pen.fill(ellipse(0, -0.5, 0.6, 0.1, n=26), glass)
  pen.line(join(bowl, bowl[:1]), 1.0, (1, 1))


__all__ = ['KINDS', 'decorate', 'draw_house', 'draw_object', 'moved']
