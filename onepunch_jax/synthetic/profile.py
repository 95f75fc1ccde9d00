"""A face seen from the side, in the head frame; it looks to the right, or mirrored to the left."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from onepunch_jax.synthetic.eyes import draw_brow, draw_eye
from onepunch_jax.synthetic.face import open_mouth
from onepunch_jax.synthetic.hair import fill, tip_colors
from onepunch_jax.synthetic.shapes import bow, curve, ellipse, join, moved, spline

_SMILES = ('smile', 'smirk', 'cat', 'grin')


def side_of(look) -> int:
  """1 = looks to the right of the picture, -1 = to the left."""
  return 1 if look.yaw > 0 else -1


def outline(who, look) -> np.ndarray:
  """Forehead, nose, lips, chin, jaw, skull."""
  chin = 1.02 * who.length
  nose = 1.06 + 0.05 * who.strands[0]
  front = spline([(0.1, -1.0), (0.66, -0.78), (0.88, -0.32), (0.86, 0.08), (0.84, 0.24)], n=6)
  ridge = curve((0.84, 0.24), (0.9, 0.4), (nose, 0.56), 7)
  under = curve((nose, 0.56), (nose - 0.04, 0.62), (0.86, 0.64), 5)
  lips = spline([(0.86, 0.64), (0.9, 0.72), (0.85, 0.77), (0.87, 0.84), (0.79, 0.9)], n=4)
  jaw = spline([(0.79, 0.9), (0.76, chin), (0.5, chin + 0.07), (0.1, 0.86), (-0.14, 0.5)], n=5)
  back = spline([(-0.14, 0.5), (-0.7, 0.42), (-0.96, -0.1), (-0.62, -0.78), (0.1, -1.0)], n=6)
  p = join(front, ridge[1:], under[1:], lips[1:], jaw[1:], back[1:-1])
  return p * (side_of(look), 1)


def draw_profile(pen, who, look) -> None:
  """The whole face from the side: contour, ear, eye, brow, mouth."""
  pen.tag('profile')
  skin = pen.part('skin', who.skin)
  s = side_of(look)
  pen.fill(outline(who, look), skin, volume=0.4, hatched=False)
  if look.blush:
    rosy = tuple(np.array(who.skin) * (1.0, 0.62, 0.62))
    pen.tint(skin, rosy, [ellipse(0.46 * s, 0.56, 0.16, 0.1)], 0.06, amount=0.7 * look.blush)
  draw_eye(pen.at(0.6 * s, 0.22), who, look, -s, 0.42, skin)
  draw_brow(pen.at(0.64 * s, -0.16), who, look, -s, 0.5)
  x, y = 0.84 * s, 0.78
  if look.mouth in ('open', 'shout', 'o', 'teeth'):
    open_mouth(pen, 0.72 * s, y, 0.1, 'open')
  else:
    bend = 0.16 if look.mouth in _SMILES else -0.1
    pen.line(bow((x, y), (x - 0.24 * s, y - bend * 0.12), bend * s), 1.0, (1, 0.4))
  if who.back != 'none':
    _cap(pen, who, s)
  _ear(pen, who, s, skin)


def _cap(pen, who, s) -> None:
  """The hair on the skull, with locks over forehead and temple."""
  v = who.volume
  low = 0.06 + 0.1 * who.strands[16]
  over = spline(
    [
      (0.9, -0.3),
      (0.74, -0.82 * v),
      (0.1, -1.1 * v),
      (-0.72, -0.86 * v),
      (-1.06 * v, -0.1),
      (-0.92, 0.42),
      (-0.5, 0.66),
    ],
    n=6,
  )
  locks = [
    (-0.22, 0.44),
    (-0.1, 0.06),
    (0.06, 0.02),
    (0.16, 0.42 + low),
    (0.28, -0.06),
    (0.42, 0.2 + low),
    (0.5, -0.16),
    (0.68, 0.1 + low),
    (0.74, -0.22),
    (0.94, -0.02 + low),
  ]
  edge = [bow(a, b, -0.06 if k % 2 else 0.08, 6)[:-1] for k, (a, b) in enumerate(pairwise(locks))]
  shape = join(over, *edge, locks[-1:]) * (s, 1)
  pen.shadow(moved(shape, 0, 0.1), pen.part('skin', who.skin), 0.9, 0.05)
  part = fill(pen, who, shape, volume=0.4)
  tip_colors(pen, who, part, 0.2, who.hair_length)
  if pen.unit > 13:
    for k, (x, y) in enumerate(locks[2:9:2]):
      j = who.strands[k + 4]
      top = (x * 0.7 - 0.15 + 0.06 * j, -0.8 + 0.1 * k)
      pen.line(
        curve((s * x, y), (s * (x + 0.06), (y - 0.7) / 2), (s * top[0], top[1])), 0.8, (1, 0.1)
      )
  if pen.style.depth:
    band = spline(
      [(0.62, -0.62), (0.1, -0.8), (-0.5, -0.62), (-0.5, -0.5), (0.1, -0.68), (0.62, -0.52)],
      True,
      5,
    )
    pen.light(band * (s, 1), part, 0.7, 0.05)


def _ear(pen, who, s, skin) -> None:
  ear = spline(
    [(0.0, 0.0), (0.1, 0.1), (0.06, 0.34), (-0.06, 0.46), (-0.16, 0.2), (-0.12, 0.04)], True, 5
  )
  if who.ears == 'pointed':
    ear = join(
      bow((0.08, 0.36), (0.06, 0.02), 0.1),
      bow((0.06, 0.02), (-0.62, -0.36), -0.06),
      bow((-0.62, -0.36), (0.0, 0.44), -0.14),
    )
  pen.fill(ear * (s, 1), skin, volume=0.4)
  if pen.unit > 20:
    pen.line(curve((0.02 * s, 0.1), (-0.1 * s, 0.1), (-0.06 * s, 0.3)), 0.6)
