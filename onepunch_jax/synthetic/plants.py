"""Plants, each growing up from (0, 1) to about (0, -1)."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.headwear import draw_flower
from onepunch_jax.synthetic.shapes import (
  bow,
  box,
  curve,
  ellipse,
  join,
  limb,
  scalloped,
  spiral,
  spline,
  turn,
  zigzag,
)


def leaf_shape(length: float, width: float, bend: float = 0.0) -> np.ndarray:
  """A leaf from the origin to (length, 0)."""
  tip = (length, bend)
  return join(
    curve((0, 0), (length * 0.5, -width + bend), tip),
    curve(tip, (length * 0.5, width + bend), (0, 0)),
  )


def leaf(pen, part, x, y, angle, length, width, vein=True) -> None:
  pen = pen.at(x, y, 1.0, angle)
  pen.fill(leaf_shape(length, width), part, volume=0.4)
  if vein and pen.unit * length > 14:
    pen.line([(length * 0.05, 0), (length * 0.85, 0)], 0.6, (1, 0.2))
    if pen.unit * length > 26:
      for t in (0.3, 0.5, 0.7):
        for s in (-1, 1):
          pen.line(
            [(length * t, 0), (length * (t + 0.14), s * width * 0.4 * (1 - abs(t - 0.4)))],
            0.5,
            (1, 0.2),
          )


def draw_tree(pen, rng, kind: str | None = None) -> None:
  pen.tag('tree')
  kind = kind or ('round', 'cloud', 'pine', 'palm', 'bare', 'cherry')[rng.integers(6)]
  wood = pen.part('trunk', palette.pick('wood', rng))
  rgb = palette.pick('flower', rng) if kind == 'cherry' else palette.pick('leaf', rng)
  leaves = pen.part('flower' if kind == 'cherry' else 'leaves', rgb)
  if kind == 'pine':
    pen.fill(box(-0.1, 0.5, 0.1, 1.0), wood, volume=0.5)
    for k in range(3):
      y, w = 0.62 - 0.45 * k, 0.62 - 0.13 * k
      hem = zigzag((w, y), (-w, y), 4, -0.08)
      pen.fill(
        join(
          [(0, y - 0.75)],
          curve((0, y - 0.75), (w * 0.4, y - 0.2), (w, y)),
          hem,
          curve((-w, y), (-w * 0.4, y - 0.2), (0, y - 0.75)),
        ),
        leaves,
        volume=0.5,
      )
    return
  if kind == 'palm':
    pen.fill(limb([(0.1, 1.0), (-0.06, 0.3), (0.05, -0.45)], [0.1, 0.07, 0.06]), wood, volume=0.5)
    for t in np.linspace(-0.3, 0.9, 6):
      pen.line(bow((-0.05, t), (0.08, t), 0.2, 5), 0.6)
    for a in (2.6, 0.5, 3.6, -0.5, -1.2, -2.0):
      p = pen.at(0.05, -0.45)
      end = np.array([np.cos(a), np.sin(a) * 0.7 + 0.1]) * 0.85
      p.fill(
        join(curve((0, 0), end * 0.6 + (0, -0.4), end), curve(end, end * 0.5 + (0, -0.08), (0, 0))),
        leaves,
        volume=0.4,
      )
    return
  w = rng.uniform(0.1, 0.16)
  trunk = join(
    curve((-w * 0.7, -0.2), (-w * 0.6, 0.5), (-w * 2, 1.0)),
    curve((w * 2, 1.0), (w * 0.6, 0.5), (w * 0.7, -0.2)),
  )
  if kind == 'bare':
    for s, y in ((-1, 0.1), (1, -0.1), (-1, -0.3), (1, -0.45)):
      pen.fill(
        limb([(0, y + 0.15), (s * 0.3, y - 0.2), (s * 0.42, y - 0.5)], [0.07, 0.05, 0.02]), wood
      )
    pen.fill(limb([(0, 0.9), (0.02, 0.1), (-0.02, -0.9)], [0.15, 0.09, 0.02]), wood, volume=0.5)
    return
  pen.fill(trunk, wood, volume=0.5)
  for y in (0.45, 0.7):
    pen.line(bow((w * 0.2, y - 0.12), (w * 0.3, y + 0.12), 0.1, 5), 0.7)
  crown = ellipse(0, -0.35, 0.74, 0.62, n=34)
  if kind == 'round':
    pen.fill(
      spline(crown[::3] * (1 + rng.uniform(-0.05, 0.05, (12, 1))), True, 4), leaves, volume=0.5
    )
  else:
    pen.fill(scalloped(crown, rng.uniform(0.26, 0.42), 0.3), leaves, volume=0.5)
  for _ in range(6):
    x, y = rng.uniform(-0.4, 0.4), rng.uniform(-0.7, -0.05)
    pen.line(bow((x, y), (x + 0.16, y + 0.02), 0.4, 7), 0.8)
  if rng.random() < 0.3 and kind == 'round':
    fruit = pen.part('fruit', palette.named(('red', 'orange', 'yellow')[rng.integers(3)], rng))
    for _ in range(5):
      a, r = rng.uniform(0, 6.28), rng.uniform(0.1, 0.5)
      pen.fill(ellipse(r * np.cos(a), -0.35 + r * np.sin(a), 0.075, n=14), fruit, volume=0.5)


def draw_pot(pen, rng) -> None:
  pen.tag('potted plant')
  part = pen.part(
    'pot', palette.pick('pot', rng) if rng.random() < 0.6 else palette.pick('clothes', rng)
  )
  pen.fill([(-0.36, 0.46), (0.36, 0.46), (0.26, 1.0), (-0.26, 1.0)], part, volume=0.5)
  pen.fill([(-0.42, 0.36), (0.42, 0.36), (0.4, 0.52), (-0.4, 0.52)], part, volume=0.4)


def _leafy(pen, rng):
  leaves = pen.part('leaves', palette.pick('leaf', rng))
  count = int(rng.integers(5, 9))
  for k in rng.permutation(count):
    a = -np.pi / 2 + (k - (count - 1) / 2) * (2.4 / count) + rng.normal(0, 0.08)
    leaf(pen, leaves, 0, 0.45, a, rng.uniform(0.9, 1.35), rng.uniform(0.25, 0.4))
  draw_pot(pen, rng)


def _cactus(pen, rng):
  pen.tag('cactus')
  green = pen.part('leaves', palette.pick('leaf', rng))
  for s in (-1, 1):
    if rng.random() < 0.8:
      y = rng.uniform(-0.2, 0.1)
      pen.fill(
        limb([(s * 0.2, y + 0.1), (s * 0.52, y + 0.04), (s * 0.56, y - 0.34)], [0.12, 0.13, 0.12]),
        green,
        volume=0.5,
      )
  pen.fill(limb([(0, 0.5), (0, -0.62)], [0.26, 0.25]), green, volume=0.5)
  for x in (-0.12, 0, 0.12):
    pen.line([(x, 0.3), (x, -0.72)], 0.6)
  if rng.random() < 0.6:
    draw_flower(pen.at(0.05, -0.88, 0.2), palette.pick('flower', rng), 5)
  draw_pot(pen, rng)


def _flowers(pen, rng):
  stem, leaves = (
    pen.part('stem', palette.pick('leaf', rng)),
    pen.part('leaves', palette.pick('leaf', rng)),
  )
  count = int(rng.integers(1, 5))
  for k in range(count):
    x = (k - (count - 1) / 2) * 0.55 + rng.normal(0, 0.05)
    y = rng.uniform(-0.7, -0.2)
    pen.fill(limb([(x * 0.3, 1.0), (x * 0.8, 0.4), (x, y)], [0.035] * 3), stem)
    for s in (-1, 1):
      a = -np.pi / 2 + s * rng.uniform(0.5, 0.9)
      leaf(pen, leaves, x * 0.6, 0.62, a, rng.uniform(0.4, 0.6), 0.14)
    bloom(pen.at(x, y, 0.36 if count < 3 else 0.28, rng.uniform(-0.3, 0.3)), rng)


def bloom(pen, rng) -> None:
  color = palette.pick('flower', rng)
  kind = rng.integers(4)
  if kind == 0:
    draw_flower(pen, color, int(rng.integers(5, 9)))
    return
  part = pen.part('flower', color)
  if kind == 1:  # tulip
    for s in (-1, 1):
      pen.fill(
        join(
          curve((0, 0.8), (s * 1.1, 0.5), (s * 0.7, -0.8)),
          curve((s * 0.7, -0.8), (s * 0.1, -0.3), (0, 0.8)),
        ),
        part,
        volume=0.4,
      )
    pen.fill(spline([(0, -0.9), (0.42, 0.0), (0, 0.84), (-0.42, 0.0)], True, 7), part, volume=0.4)
  elif kind == 2:  # sunflower
    seed = pen.part('flower heart', (112, 72, 44))
    for k in range(12):
      pen.fill(turn(leaf_shape(1.05, 0.3), k * np.pi / 6), part, volume=0.3)
    pen.fill(ellipse(0, 0, 0.5, n=26), seed, volume=0.4)
    if pen.unit > 18:
      pen.hatch(ellipse(0, 0, 0.46, n=20), seed, 0.7, 2.6, 0.4, cross=True)
  else:  # rose
    pen.fill(scalloped(ellipse(0, 0, 0.85, n=30), 0.7, 0.22), part, volume=0.5)
    pen.line(spiral(0, 0, 0.08, 0.62, 2.2, 40), 0.9, (0.4, 0.4))


def _branch(pen, rng):
  pen.tag('leaf')
  stem, leaves = (
    pen.part('stem', palette.pick('wood', rng)),
    pen.part('leaves', palette.pick('leaf', rng)),
  )
  axis = spline([(-0.9, 0.7), (-0.2, 0.2), (0.3, -0.3), (0.8, -0.8)], n=8)
  pen.fill(
    limb([(-0.9, 0.7), (-0.2, 0.2), (0.3, -0.3), (0.8, -0.8)], [0.05, 0.04, 0.03, 0.02]), stem
  )
  for k, t in enumerate(np.linspace(2, len(axis) - 2, 8).astype(int)):
    s = 1 if k % 2 else -1
    leaf(pen, leaves, *axis[t], -0.85 + s * rng.uniform(0.6, 1.0), rng.uniform(0.5, 0.7), 0.2)
  leaf(pen, leaves, 0.75, -0.75, -0.8, 0.5, 0.16)


def _leaves(pen, rng):
  pen.tag('leaf')
  leaves = [pen.part('leaves', palette.named(n, rng)) for n in ('green', 'yellow', 'orange', 'red')]
  for _ in range(7):
    x, y = rng.uniform(-0.8, 0.8, 2)
    part = leaves[rng.integers(4)]
    leaf(pen, part, x, y, rng.uniform(0, 6.28), rng.uniform(0.5, 0.8), rng.uniform(0.2, 0.35))


def _tree(pen, rng):
  draw_tree(pen, rng)


_KINDS = (_leafy, _leafy, _cactus, _flowers, _flowers, _flowers, _branch, _leaves, _tree, _tree)


def draw_plant(pen, rng) -> None:
  pen.tag('plant')
  draw = _KINDS[rng.integers(len(_KINDS))]
  if draw is _flowers:
    pen.tag('flower')
  draw(pen, rng)
