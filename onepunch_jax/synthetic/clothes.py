"""Clothes on a bust, in the head frame (chin near y = 1.1, shoulders near y = 1.8)."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.headwear import draw_bow
from onepunch_jax.synthetic.shapes import bow, box, curve, ellipse, join, limb, moved, spline, waves

_GARMENT = {
  'tshirt': 'shirt',
  'sailor': 'shirt',
  'dress': 'dress',
  'shirt': 'shirt',
  'hoodie': 'jacket',
  'jacket': 'jacket',
  'kimono': 'dress',
  'overalls': 'shirt',
  'sweater': 'shirt',
  'tank': 'shirt',
  'suit': 'jacket',
  'armor': 'armor',
  'cape': 'shirt',
  'robe': 'dress',
}
_TAGS = {
  'tshirt': 'shirt',
  'sailor': 'sailor collar',
  'dress': 'dress',
  'shirt': 'shirt',
  'hoodie': 'hoodie',
  'jacket': 'jacket',
  'kimono': 'kimono',
  'overalls': 'overalls',
  'sweater': 'sweater',
  'tank': 'shirt',
  'suit': 'suit',
  'armor': 'armor',
  'cape': 'cape',
  'robe': 'dress',
}
_PATTERN_TAGS = {'stripes': 'striped', 'dots': 'polka dot', 'plaid': 'plaid', 'checks': 'checkered'}


def main_part(pen, who) -> int:
  """The region of the main garment."""
  name = _GARMENT[who.outfit]
  pen.tag(_TAGS[who.outfit])
  color = (166, 174, 188) if name == 'armor' else who.colors[name]
  return pen.part(name, color)


def draw_neck(pen, who, skin) -> None:
  w = 0.3 if who.girl else 0.38
  neck = join(
    curve((w, 0.4), (w * 0.9, 1.2), (w * 1.5, 1.6)),
    curve((-w * 1.5, 1.6), (-w * 0.9, 1.2), (-w, 0.4)),
  )
  pen.fill(neck, skin, ink=0.9)
  pen.shadow(moved(neck, 0, -0.28), skin, 0.9, 0.05)


def torso(who, look) -> np.ndarray:
  """The silhouette of the shoulders, open at the bottom edge of a bust."""
  w = (1.28 if who.girl else 1.62) * who.build
  lean = look.yaw * 0.12
  right = [
    (0.36, 1.36),
    (0.62, 1.5),
    (w, 1.78),
    (w + 0.24, 2.3),
    (w + 0.3, 3.4),
    (w + 0.3, 6.0),
    (w + 0.3, 9.0),
  ]
  p = spline(right, n=6)
  left = (p * (-1, 1))[::-1]
  return moved(join(p, left), lean, 0)


def draw_bust(pen, who, look) -> None:
  """Neck, shoulders and what is worn on them."""
  skin = pen.part('skin', who.skin)
  shape = torso(who, look)
  part = main_part(pen, who)
  pen = pen.at(look.yaw * 0.06, 0)
  if who.outfit in ('tank', 'dress'):
    pen.fill(shape, skin, volume=0.15)
    draw_neck(pen, who, skin)
    _strapped(pen, who, shape, part)
  else:
    draw_neck(pen, who, skin)
    _covered(pen, who, shape, part)
  arms(pen, who, part if who.outfit not in ('tank', 'dress') else skin)
  _COLLARS.get(who.outfit, _round_neck)(pen, who, part, skin)
  if 'scarf' in who.wears:
    scarf(pen, who)
  if 'choker' in who.wears:
    strap = pen.part('choker', (48, 44, 50))
    pen.fill(
      join(bow((-0.32, 1.14), (0.32, 1.14), 0.1), bow((0.32, 1.26), (-0.32, 1.26), -0.1)), strap
    )


def _covered(pen, who, shape, part) -> None:
  pen.fill(shape, part, volume=0.14)
  pattern(pen, who, shape, part)
  if pen.unit > 18:
    for s in (-1, 1):
      pen.line(curve((s * 0.9, 2.1), (s * 0.82, 2.4), (s * 0.95, 2.75)), 0.8, (0.2, 0.4))


def _strapped(pen, who, shape, part) -> None:
  w = (1.0 if who.girl else 1.3) * who.build
  top = join(
    [(-w, 9.0)],
    curve((-w * 1.02, 2.5), (-w * 0.8, 2.2), (-0.62, 2.1)),
    [(-0.56, 1.5), (-0.4, 1.5)],
    curve((-0.36, 2.0), (0, 2.25), (0.36, 2.0)),
    [(0.4, 1.5), (0.56, 1.5)],
    curve((0.62, 2.1), (w * 0.8, 2.2), (w * 1.02, 2.5)),
    [(w, 9.0)],
  )
  pen.fill(top, part, volume=0.14)
  pattern(pen, who, top, part)


def arms(pen, who, part) -> None:
  """The lines that part the arms from the body."""
  w = (1.0 if who.girl else 1.28) * who.build
  for s in (-1, 1):
    pen.line(curve((s * w, 2.55), (s * w * 0.95, 3.2), (s * w, 4.2)), 0.9, (0.2, 1))


def pattern(pen, who, shape, part, name=None) -> None:
  """Stripes, dots, plaid or checks: inked regions for some, printed colour for others."""
  kind = who.pattern
  if kind == 'none' or who.outfit == 'armor' or pen.unit < 7:
    return
  pen.tag(_PATTERN_TAGS[kind])
  low, high = shape.min(0), np.minimum(shape.max(0), shape.min(0) + 4)
  rgb = who.colors['trim']
  inked = who.strands[6] > 0 and kind in ('stripes', 'dots')
  trim = pen.part('pattern', rgb) if inked else None
  shapes = []
  if kind == 'stripes':
    for y in np.arange(low[1] + 0.3, high[1], 0.52):
      top, base = (
        bow((low[0], y), (high[0], y), 0.03),
        bow((high[0], y + 0.24), (low[0], y + 0.24), -0.03),
      )
      shapes.append(join(top, base))
  elif kind == 'dots':
    for j, y in enumerate(np.arange(low[1] + 0.25, high[1], 0.36)):
      for x in np.arange(low[0] + 0.2 * (j % 2), high[0], 0.42):
        shapes.append(ellipse(x, y, 0.1, n=12))
  else:
    step = 0.44 if kind == 'plaid' else 0.36
    for x in np.arange(low[0], high[0], step):
      shapes.append(box(x, low[1], x + step * 0.42, high[1]))
    for y in np.arange(low[1], high[1], step):
      shapes.append(box(low[0], y, high[0], y + step * 0.42))
  if inked:
    for p in shapes:
      pen.fill(p, trim, ink=0.6, within=part)
    return
  half = len(shapes) // 2
  if kind == 'checks' or kind == 'plaid':
    pen.tint(part, rgb, tuple(shapes[:half]), amount=0.5)
    pen.tint(part, rgb, tuple(shapes[half:]), amount=0.5)
  else:
    pen.tint(part, rgb, tuple(shapes), amount=0.95)


def _round_neck(pen, who, part, skin) -> None:
  low = 1.72 + 0.1 * who.strands[8]
  neck = join(
    [(-0.46, 1.44), (-0.35, 1.3), (0.35, 1.3), (0.46, 1.44)],
    curve((0.46, 1.44), (0.36, low + 0.1), (0, low)),
    curve((0, low), (-0.36, low + 0.1), (-0.46, 1.44))[1:-1],
  )
  pen.fill(neck, skin, ink=0)
  pen.shadow(neck - (0, 0.15), skin, 0.7, 0.04)
  rim = neck[4:]
  pen.line(rim, 1.0, (1, 1))
  if pen.unit > 18:
    pen.line(rim * (1.08, 1) + (0, 0.09), 0.7, (1, 1))


def _v_neck(pen, who, skin, depth):
  v = join([(-0.44, 1.42), (-0.34, 1.3), (0.34, 1.3), (0.44, 1.42)], [(0, depth)])
  pen.fill(v, skin, ink=0)
  pen.shadow(v * (1, 0.93), skin, 0.6, 0.04)


def _collar(pen, who, part, skin) -> None:
  _v_neck(pen, who, skin, 1.95)
  white = pen.part('collar', palette.shifted(who.colors['shirt'], 1.5))
  pen.line([(0, 1.95), (0.02, 4.5)], 0.9, (1, 1))
  for y in (2.3, 2.8, 3.3):
    pen.fill(ellipse(0.1, y, 0.05, n=10), white, ink=0.7)
  for s in (-1, 1):
    p = [(s * 0.4, 1.28), (0, 1.92), (s * 0.36, 2.12), (s * 0.66, 1.56)]
    pen.fill(p, white, volume=0.3)
  if who.strands[9] > 0:
    tie(pen, who)


def tie(pen, who) -> None:
  part = pen.part('tie', who.colors['bow'])
  pen.fill([(-0.14, 1.9), (0.14, 1.9), (0.1, 2.14), (-0.1, 2.14)], part)
  pen.fill([(-0.1, 2.14), (0.1, 2.14), (0.24, 3.3), (0, 3.6), (-0.24, 3.3)], part, volume=0.4)


def _sailor(pen, who, part, skin) -> None:
  _v_neck(pen, who, skin, 2.1)
  collar = pen.part('sailor collar', who.colors['skirt'])
  for s in (-1, 1):
    p = join(
      curve((s * 0.36, 1.34), (s * 0.5, 1.7), (0, 2.15)),
      curve((0, 2.35), (s * 0.7, 2.3), (s * 1.06, 1.98)),
      [(s * 0.66, 1.5)],
    )
    pen.fill(p, collar, volume=0.3)
    inner = curve((s * 0.88, 1.96), (s * 0.6, 2.14), (s * 0.1, 2.2))
    pen.tint(collar, (246, 246, 246), [join(inner, (inner - (0, 0.06))[::-1])])
  draw_bow(pen.at(0, 2.3, 0.9), who.colors['bow'])


def _hood(pen, who, part, skin) -> None:
  _round_neck(pen, who, part, skin)
  for s in (-1, 1):
    p = spline(
      [
        (s * 0.4, 1.3),
        (s * 0.9, 1.36),
        (s * 0.96, 1.7),
        (s * 0.5, 1.98),
        (0.02 * s, 2.08),
        (s * 0.3, 1.74),
      ],
      True,
      5,
    )
    pen.fill(p, part, volume=0.5)
    pen.line(waves((s * 0.22, 2.04), (s * 0.26, 2.75), 0.6, 0.03, 8), 1.5, (1, 1))
  if pen.unit > 16:
    pen.line([(0, 2.1), (0, 4.5)], 0.9, (1, 1))


def _lapels(pen, who, part, skin) -> None:
  inner = pen.part('shirt', who.colors['shirt'])
  v = (
    [(-0.5, 1.4), (0.5, 1.4), (0.3, 9.0), (-0.3, 9.0)]
    if who.outfit == 'jacket'
    else [(-0.5, 1.4), (0.5, 1.4), (0, 3.3)]
  )
  pen.fill(v, inner, volume=0.2)
  _round_neck(pen, who, part, skin) if who.outfit == 'jacket' else _v_neck(pen, who, skin, 1.7)
  if who.outfit == 'suit':
    tie(pen.at(0, -0.15), who)
  end = (0.3, 3.3) if who.outfit == 'jacket' else (0.0, 3.3)
  for s in (-1, 1):
    p = [
      (s * 0.44, 1.3),
      (s * 0.7, 1.5),
      (s * 0.98, 2.15),
      (s * 0.72, 2.3),
      (s * 0.8, 2.45),
      (s * end[0], end[1]),
    ]
    pen.fill(p, part, volume=0.35)


def _crossed(pen, who, part, skin) -> None:
  _v_neck(pen, who, skin, 2.2)
  trim = pen.part('collar', who.colors['trim'])
  for s in (1, -1):
    p = join(
      curve((s * 0.42, 1.34), (s * 0.2, 1.8), (-s * 0.36, 2.62)),
      curve((-s * 0.12, 2.78), (s * 0.5, 1.95), (s * 0.68, 1.46)),
    )
    pen.fill(p, trim, volume=0.3)
  sash = pen.part('sash', who.colors['bow'])
  pen.fill(
    join(bow((-1.2, 3.2), (1.2, 3.2), 0.05), [(1.2, 4.2), (-1.2, 4.2)]),
    sash,
    volume=0.2,
    within=part,
  )


def _bib(pen, who, part, skin) -> None:
  _round_neck(pen, who, part, skin)
  denim = pen.part('trousers', who.colors['trousers'])
  for s in (-1, 1):
    pen.fill([(s * 0.5, 1.46), (s * 0.72, 1.55), (s * 0.66, 2.5), (s * 0.42, 2.5)], denim)
  pen.fill(
    join(
      [(-0.72, 9.0), (-0.7, 2.4)],
      bow((-0.7, 2.4), (0.7, 2.4), 0.04)[1:-1],
      [(0.7, 2.4), (0.72, 9.0)],
    ),
    denim,
    volume=0.2,
  )
  button = pen.part('button', (238, 200, 88))
  for s in (-1, 1):
    pen.fill(ellipse(s * 0.54, 2.52, 0.08, n=12), button)


def _turtle(pen, who, part, skin) -> None:
  p = join(bow((-0.42, 1.16), (0.42, 1.16), 0.14), bow((0.5, 1.56), (-0.5, 1.56), -0.14))
  pen.fill(p, part, volume=0.4)
  if pen.unit > 18:
    for x in (-0.25, 0, 0.25):
      pen.line([(x, 1.32), (x * 1.1, 1.56)], 0.5)


def _plates(pen, who, part, skin) -> None:
  _turtle(pen, who, part, skin)
  gold = pen.part('trim', (236, 192, 84))
  for s in (-1, 1):
    for k in (1, 0):
      p = ellipse(s * (1.3 + 0.12 * k) * who.build, 1.98 + 0.26 * k, 0.56, 0.4, s * 0.4, n=22)
      pen.fill(p, part, volume=0.6)
  pen.line(
    join(curve((-0.9, 2.4), (-0.5, 3.1), (0, 2.9)), curve((0, 2.9), (0.5, 3.1), (0.9, 2.4))), 1.0
  )
  pen.fill(ellipse(0, 2.35, 0.17, 0.2, n=16), gold, volume=0.5)


def _cape(pen, who, part, skin) -> None:
  _round_neck(pen, who, part, skin)
  cloth = pen.part('cape', who.colors['jacket'])
  w = 2.0 * who.build
  for s in (-1, 1):
    p = spline(
      [(s * 0.3, 1.3), (s * 0.8, 1.42), (s * w, 1.95), (s * (w + 0.3), 3.0), (s * (w + 0.3), 9.0)],
      n=5,
    )
    q = spline([(s * 0.9, 9.0), (s * 0.75, 3.0), (s * 0.12, 1.86)], n=5)
    pen.fill(join(p, q), cloth, volume=0.25)
  pen.fill(ellipse(0, 1.84, 0.16, n=16), pen.part('clasp', (240, 200, 80)), volume=0.5)


_COLLARS = {
  'shirt': _collar,
  'sailor': _sailor,
  'hoodie': _hood,
  'jacket': _lapels,
  'suit': _lapels,
  'kimono': _crossed,
  'robe': _crossed,
  'overalls': _bib,
  'sweater': _turtle,
  'armor': _plates,
  'cape': _cape,
  'tank': lambda *a: None,
  'dress': lambda *a: None,
}


def scarf(pen, who) -> None:
  part = pen.part('scarf', who.colors['scarf'])
  pen.fill(limb([(0.35, 1.5), (0.45, 2.1), (0.4, 2.9)], [0.2, 0.24, 0.26]), part, volume=0.4)
  p = spline([(-0.62, 1.2), (0, 1.36), (0.62, 1.2), (0.78, 1.5), (0, 1.82), (-0.78, 1.5)], True, 6)
  pen.fill(p, part, volume=0.5)
  if pen.unit > 16:
    pen.line(bow((-0.5, 1.5), (0.3, 1.62), 0.12), 0.7)
