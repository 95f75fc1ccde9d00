"""Fruit, cake, mushrooms, each about the origin within a radius of about 1 (y down)."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.household import gloss
from onepunch_jax.synthetic.shapes import arc, bow, box, curve, ellipse, join, spline


def fruit(pen, rng):
  kinds = ('apple', 'pear', 'orange', 'banana', 'cherry', 'melon', 'grape', 'strawberry')
  kind = kinds[rng.integers(len(kinds))]
  leaf = pen.part('leaves', palette.pick('leaf', rng))
  colors = {
    'apple': 'red',
    'pear': 'green',
    'orange': 'orange',
    'banana': 'yellow',
    'cherry': 'red',
    'melon': 'green',
    'grape': 'purple',
    'strawberry': 'red',
  }
  name = colors[kind]
  if kind in ('apple', 'grape') and rng.random() < 0.3:
    name = 'green'
  part = pen.part('fruit', palette.named(name, rng))
  if kind == 'banana':
    p = join(
      curve((-0.9, -0.3), (-0.5, 0.9), (0.8, 0.42)),
      [(0.88, 0.28)],
      curve((0.8, 0.2), (-0.2, 0.3), (-0.72, -0.44)),
    )
    pen.fill(p, part, volume=0.5)
    pen.line(curve((-0.8, -0.3), (-0.3, 0.62), (0.8, 0.34)), 0.7)
  elif kind == 'cherry':
    for x, y in ((-0.4, 0.4), (0.36, 0.5)):
      pen.line(curve((x, y - 0.2), (x * 0.6, -0.4), (0.1, -0.8)), 1.4, (1, 1))
      pen.fill(ellipse(x, y, 0.36, n=26), part, volume=0.5)
      gloss(pen, part, x - 0.12, y - 0.14, 0.07, 0.1, 0.6)
    pen.fill(
      join(bow((0.1, -0.8), (0.8, -0.7), -0.25), bow((0.8, -0.7), (0.1, -0.8), -0.2)),
      leaf,
      volume=0.4,
    )
  elif kind == 'melon':
    pen.fill(
      join(bow((-0.95, -0.2), (0.95, -0.2), 0.0), arc(0, -0.2, 0.95, 0.85, 0, np.pi, 24)[1:-1]),
      part,
      volume=0.3,
    )
    flesh, rind = pen.part('flesh', (232, 84, 84)), pen.part('rind', (236, 244, 200))
    pen.fill(
      join(bow((-0.84, -0.2), (0.84, -0.2), 0.0), arc(0, -0.2, 0.84, 0.74, 0, np.pi, 24)[1:-1]),
      rind,
      ink=0.7,
    )
    pen.fill(
      join(bow((-0.76, -0.2), (0.76, -0.2), 0.0), arc(0, -0.2, 0.76, 0.66, 0, np.pi, 24)[1:-1]),
      flesh,
      ink=0.7,
    )
    for x, y in ((-0.4, 0.0), (0.0, 0.05), (0.4, 0.0), (-0.2, 0.22), (0.2, 0.22)):
      pen.black(ellipse(x, y, 0.035, 0.06, n=10))
  elif kind == 'grape':
    for j in range(4):
      for k in range(4 - j):
        x, y = (k - (3 - j) / 2) * 0.38, -0.35 + 0.33 * j
        pen.fill(ellipse(x, y, 0.22, n=20), part, volume=0.6)
        gloss(pen, part, x - 0.07, y - 0.08, 0.04, 0.06)
    pen.line([(0, -0.55), (0.05, -0.9)], 2.0, (1, 1))
    pen.fill(
      spline([(0.05, -0.8), (0.4, -1.0), (0.7, -0.76), (0.4, -0.6)], True, 5), leaf, volume=0.3
    )
  else:
    outline = {
      'apple': [
        (0, -0.42),
        (0.4, -0.56),
        (0.72, -0.16),
        (0.56, 0.48),
        (0.2, 0.7),
        (0, 0.62),
        (-0.2, 0.7),
        (-0.56, 0.48),
        (-0.72, -0.16),
        (-0.4, -0.56),
      ],
      'pear': [
        (0, -0.76),
        (0.24, -0.6),
        (0.34, -0.1),
        (0.64, 0.36),
        (0.4, 0.76),
        (-0.4, 0.76),
        (-0.64, 0.36),
        (-0.34, -0.1),
        (-0.24, -0.6),
      ],
      'orange': [
        (0, -0.66),
        (0.5, -0.48),
        (0.68, 0.04),
        (0.46, 0.54),
        (0, 0.7),
        (-0.46, 0.54),
        (-0.68, 0.04),
        (-0.5, -0.48),
      ],
      'strawberry': [
        (0, -0.5),
        (0.5, -0.52),
        (0.66, -0.14),
        (0.4, 0.42),
        (0, 0.82),
        (-0.4, 0.42),
        (-0.66, -0.14),
        (-0.5, -0.52),
      ],
    }[kind]
    pen.fill(spline(outline, True, 6), part, volume=0.5)
    gloss(pen, part, -0.28, -0.2, 0.1, 0.16, 0.5)
    if kind == 'strawberry':
      for j, y in enumerate((-0.2, 0.06, 0.32)):
        for x in np.arange(-0.36 + 0.12 * j, 0.4 - 0.1 * j, 0.24):
          pen.black(ellipse(x, y, 0.025, 0.045, n=8))
      for k in range(5):
        a = -np.pi / 2 + (k - 2) * 0.62
        pen.fill(
          join(bow((0, -0.5), (0.5 * np.cos(a), -0.42 - 0.3 * np.sin(-a)), 0.2), [(0, -0.4)]), leaf
        )
    else:
      pen.line(
        curve((0, -0.42 if kind == 'apple' else -0.62), (0.02, -0.7), (0.12, -0.9)), 2.2, (1, 1)
      )
      pen.fill(
        join(bow((0.06, -0.66), (0.6, -0.86), -0.25), bow((0.6, -0.86), (0.06, -0.66), -0.25)),
        leaf,
        volume=0.3,
      )


def cake(pen, rng):
  cream, sponge = pen.part('cake', palette.pick('flower', rng)), pen.part('sponge', (236, 200, 140))
  pen.fill(ellipse(0, 0.66, 0.98, 0.22, n=34), pen.part('plate', (230, 234, 240)), volume=0.3)
  pen.fill(
    join(bow((-0.74, -0.1), (0.74, -0.1), 0.0), bow((0.74, 0.6), (-0.74, 0.6), 0.1)),
    sponge,
    volume=0.3,
  )
  drips = [bow((0.74 - 0.296 * k, 0.2), (0.444 - 0.296 * k, 0.2), 0.42, 7)[:-1] for k in range(5)]
  pen.fill(
    join(arc(0, -0.14, 0.74, 0.2, np.pi, 2 * np.pi, 20), *drips, [(-0.74, 0.2)]), cream, volume=0.3
  )
  for x in (-0.4, 0, 0.4):
    pen.fill(ellipse(x, -0.28, 0.13, n=18), pen.part('berry', (210, 50, 60)), volume=0.5)
  if rng.random() < 0.6:
    for x in (-0.2, 0.2):
      pen.fill(box(x - 0.03, -0.72, x + 0.03, -0.3), pen.part('candle', (250, 240, 200)))
      pen.fill(
        spline([(x, -0.95), (x + 0.06, -0.8), (x, -0.73), (x - 0.06, -0.8)], True, 5),
        pen.part('flame', (250, 180, 60)),
      )


def mushroom(pen, rng):
  cap, stem = pen.part('mushroom', palette.pick('bright', rng)), pen.part('stem', (244, 232, 210))
  pen.fill(
    join(
      curve((-0.26, 0.0), (-0.2, 0.5), (-0.34, 0.86)),
      curve((-0.34, 0.86), (0, 0.96), (0.34, 0.86)),
      curve((0.34, 0.86), (0.2, 0.5), (0.26, 0.0)),
    ),
    stem,
    volume=0.4,
  )
  shape = join(
    arc(0, 0.04, 0.9, 0.85, np.pi, 2 * np.pi, 26), curve((0.9, 0.04), (0, 0.34), (-0.9, 0.04))[1:-1]
  )
  pen.fill(shape, cap, volume=0.5)
  dot = pen.part('dots', (250, 246, 236))
  for x, y, r in ((-0.45, -0.2, 0.16), (0.1, -0.5, 0.19), (0.52, -0.14, 0.14), (0.06, -0.06, 0.1)):
    pen.fill(ellipse(x, y, r, r * 0.85, n=18), dot, ink=0.8, within=cap)
