"""A whole figure: body, clothes, shoes, hands and what they hold, under a head."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import body as bodies
from onepunch_jax.synthetic import clothes, hair, palette, portrait
from onepunch_jax.synthetic.headwear import draw_bow
from onepunch_jax.synthetic.shapes import bow, curve, ellipse, join, limb, moved, off, spline, turn

_SHORT_SLEEVES = ('tshirt', 'sailor', 'overalls', 'dress', 'tank')
_LONG = ('kimono', 'robe')


def bottoms(who) -> str:
  """trousers | shorts | skirt | dress | gown: what is worn below the waist."""
  if who.outfit in _LONG:
    return 'gown'
  if who.outfit == 'dress':
    return 'dress'
  if who.outfit in ('overalls', 'suit', 'armor'):
    return 'trousers'
  if who.girl:
    return 'trousers' if who.outfit != 'sailor' and who.strands[5] > 0.3 else 'skirt'
  return 'shorts' if who.strands[5] > 0.5 else 'trousers'


def draw_figure(pen, who, look, name: str, mirrored: bool, shake, holds=None) -> None:
  """The figure in the head frame; `holds(pen)` draws something at the right hand."""
  portrait.describe(pen, who, look)
  body = bodies.pose(who, name, mirrored, shake)
  hair.draw_back(pen.at(0, 0, angle=look.roll), who, look)
  skin = pen.part('skin', who.skin)
  top = clothes.main_part(pen, who)
  if who.outfit == 'cape':
    cape(pen, who, body)
  lower = bottoms(who)
  order = (0, 1) if body.feet[0][1] <= body.feet[1][1] else (1, 0)
  for k in order:
    leg(pen, who, body, k, skin, lower)
  trunk(pen, who, body, top, skin, lower)
  if holds is not None:
    hand = body.hands[1]
    holds(pen.at(hand[0], hand[1], 1.0))
  for k in (0, 1):
    arm(pen, who, body, k, skin, top)
  portrait.draw_head(pen.at(0, 0, angle=look.roll), who, look)


def leg(pen, who, body, k, skin, lower) -> None:
  side = -1 if k == 0 else 1
  joints = [body.hips[k], body.knees[k], body.feet[k]]
  r = body.leg
  bare = lower in ('skirt', 'dress', 'shorts')
  radii = [r * 1.15, r * 0.92, r * 0.62]
  shoe(pen, who, body, k, side, r)
  if bare:
    pen.fill(limb(joints, radii), skin, volume=0.4)
    sock(pen, who, joints, radii)
    if lower == 'shorts':
      part = pen.part('trousers', who.colors['trousers'])
      half = [joints[0], (joints[0] * 0.4 + joints[1] * 0.6)]
      pen.fill(limb(half, [r * 1.35, r * 1.3], cap=False), part, volume=0.4)
  else:
    part = pen.part('trousers', who.colors['trousers'])
    flare = 1.0 + 0.3 * (who.strands[7] > 0)
    pen.fill(limb(joints, [r * 1.25, r * 1.02, r * 0.85 * flare], cap=False), part, volume=0.4)
    if pen.unit > 13:
      n = joints[1]
      pen.line(bow(off(n, -side * r * 0.9, -0.05), off(n, side * r * 0.1, 0.08), 0.2, 6), 0.7)


def sock(pen, who, joints, radii) -> None:
  if who.strands[8] < -0.3:
    return
  part = pen.part('socks', palette.shifted(who.colors['trim'], 1.0))
  height = 0.95 if who.girl and who.strands[8] > 0.4 else 0.45
  a = joints[2] + (joints[1] - joints[2]) * height
  r = np.interp(height, [0, 1], [radii[2], radii[1]])
  pen.fill(limb([a, joints[2]], [r * 1.06, radii[2] * 1.1], cap=False), part, volume=0.4)


def shoe(pen, who, body, k, side, r) -> None:
  part = pen.part('shoes', who.colors['shoes'])
  knee, foot = body.knees[k], body.feet[k]
  d = foot - knee
  tilt = np.arctan2(d[0], d[1]) * 0.8
  w = r * 1.15
  p = spline(
    [
      (-w * 0.7, -r * 0.5),
      (w * 0.6, -r * 0.5),
      (w * 1.0, r * 0.35),
      (w * 1.5, r * 0.75),
      (w * 1.4, r * 1.15),
      (-w * 0.75, r * 1.15),
    ],
    True,
    5,
  )
  p = turn(p * (side, 1), -tilt)
  boot = who.strands[9] > 0.35
  if boot:
    top = foot + (knee - foot) * 0.4
    pen.fill(limb([top, foot], [r * 0.95, r * 0.8], cap=False), part, volume=0.4)
  pen.fill(moved(p, *foot), part, volume=0.5)
  if pen.unit > 12:
    sole = turn(bow((-w * 0.7 * side, r * 0.85), (w * 1.42 * side, r * 0.85), 0.0, 5), -tilt)
    pen.line(moved(sole, *foot), 0.7, (1, 1))


def trunk(pen, who, body, top, skin, lower) -> None:
  n, h = body.neck, body.hip
  s, w, p = body.shoulder, body.waist, body.pelvis
  mid = n + (h - n) * 0.62
  right = [
    off(n, 0.2, 0),
    off(n, s * 0.6, 0.12),
    off(n, s, 0.34),
    off(mid, w, 0),
    off(h, p, 0),
    off(h, p * 0.95, 0.22),
  ]
  left = [
    off(h, -p * 0.95, 0.22),
    off(h, -p, 0),
    off(mid, -w, 0),
    off(n, -s, 0.34),
    off(n, -s * 0.6, 0.12),
    off(n, -0.2, 0),
  ]
  shape = join(spline(right, n=5), spline(left, n=5))
  hem = h[1] + 0.22
  neck = join(
    curve((0.2, 0.4), (0.18, n[1] - 0.1), (0.36, n[1] + 0.2)),
    curve((-0.36, n[1] + 0.2), (-0.18, n[1] - 0.1), (-0.2, 0.4)),
  )
  if lower in ('trousers', 'shorts'):
    part = pen.part('trousers', who.colors['trousers'])
    seat = join(
      bow(off(h, -p, -0.1), off(h, p, -0.1), 0.03),
      bow(off(h, p * 1.02, 0.5), off(h, -p * 1.02, 0.5), 0.1),
    )
    pen.fill(seat, part, ink=0.8)
  if lower == 'skirt':
    skirt(pen, who, body, 'skirt')
  pen.fill(shape, top, volume=0.35)
  reach = s + 1.5  # the sleeves have it too
  clothes.pattern(pen, who, np.array([(-reach, n[1] - 0.8), (reach, hem)]), top)
  if lower in ('dress', 'gown'):
    skirt(pen, who, body, lower)
  pen.fill(neck, skin, ink=0.7)
  pen.shadow(moved(neck, 0, -0.25), skin, 0.9, 0.05)
  front(pen, who, body, top, skin)
  if lower in ('skirt', 'dress', 'gown') or who.strands[6] > 0:
    sash = pen.part('sash' if lower == 'gown' else 'belt', who.colors['bow'])
    y = h[1] - 0.12 if lower == 'skirt' else mid[1] + 0.15
    x = h[0] if lower == 'skirt' else mid[0]
    reach = (p if lower == 'skirt' else w) * 1.03
    high = 0.5 if lower == 'gown' else 0.2
    band = join(
      bow((x - reach, y), (x + reach, y), 0.04),
      bow((x + reach, y + high), (x - reach, y + high), -0.04),
    )
    pen.fill(band, sash, volume=0.3)


def skirt(pen, who, body, kind) -> None:
  n, h, p = body.neck, body.hip, body.pelvis
  reach = body.feet[0][1] - h[1]
  drop = {'skirt': 0.38, 'dress': 0.55, 'gown': 0.93}[kind] * max(abs(reach), 1.2)
  start = n + (h - n) * (0.9 if kind == 'skirt' else 0.62)
  flare = p * (1.0 if kind == 'gown' else 1.35) + drop * (0.14 if kind == 'gown' else 0.4)
  waist = body.waist * (1.12 if kind == 'skirt' else 1.02)
  low = start[1] + drop + (h[1] - start[1])
  count = 5
  xs = np.linspace(1, -1, count + 1) * flare + h[0]
  hem = [
    bow((xs[k], low), (xs[k + 1], low), -0.1 if kind == 'gown' else -0.16, 5)[:-1]
    for k in range(count)
  ]
  shape = join(
    [off(start, -waist, 0)],
    [off(start, waist, 0)],
    curve(off(start, waist, 0), (start[0] + waist * 1.25, start[1] + drop * 0.3), (xs[0], low))[
      1:-1
    ],
    *hem,
    curve((xs[-1], low), (start[0] - waist * 1.25, start[1] + drop * 0.3), off(start, -waist, 0)),
  )
  name = 'skirt' if kind == 'skirt' else 'dress'
  part = pen.part(name, who.colors[name])
  pen.fill(shape, part, volume=0.25)
  if pen.unit > 10:
    for k in range(1, count):
      x = start[0] + (xs[k] - h[0]) * 0.55
      pen.line(
        curve((xs[k], low - 0.03), ((xs[k] + x) / 2, low - drop * 0.2), (x, low - drop * 0.55)),
        0.8,
        (1, 0.1),
      )
  if who.pattern != 'none' and kind != 'skirt':
    clothes.pattern(pen, who, shape, part)
  if kind == 'skirt' and who.strands[7] > 0.2:
    trim = who.colors['trim']
    line = bow((xs[0] + 0.5, low - 0.2), (xs[-1] - 0.5, low - 0.2), 0.0, 9)
    pen.tint(part, trim, [join(line, moved(line, 0, 0.1)[::-1])])


def front(pen, who, body, top, skin) -> None:
  """Necklines, lapels, ties, buttons."""
  n = body.neck
  pen = pen.at(n[0], n[1], body.shoulder / 1.25)
  outfit = who.outfit
  low = (body.hip[1] - n[1]) / (body.shoulder / 1.25)
  if outfit in ('tshirt', 'hoodie', 'cape', 'tank', 'dress', 'overalls'):
    depth = 0.75 if outfit in ('tank', 'dress') else 0.5
    p = join(
      [(-0.42, 0.05)],
      [(0.42, 0.05)],
      curve((0.42, 0.1), (0.3, depth), (0, depth)),
      curve((0, depth), (-0.3, depth), (-0.42, 0.1)),
    )
    pen.fill(p, skin, ink=0.0)
    pen.line(p[2:], 0.9, (1, 1))
  elif outfit in ('shirt', 'sailor', 'suit', 'jacket', 'kimono', 'robe'):
    inner = pen.part('shirt', who.colors['shirt']) if outfit in ('suit', 'jacket') else None
    if inner is not None:
      tip = min(low * 0.8, 2.2)
      pen.fill([(-0.46, 0.05), (0.46, 0.05), (0.1, tip), (-0.1, tip)], inner, ink=0.8)
    pen.fill([(-0.36, 0.0), (0.36, 0.0), (0, 0.75)], skin, ink=0.8)
    if outfit in ('suit', 'shirt') and who.strands[9] > 0:
      tie = pen.part('tie', who.colors['bow'])
      pen.fill(
        [(-0.1, 0.62), (0.1, 0.62), (0.17, min(1.9, low)), (-0.17, min(1.9, low))], tie, ink=0.8
      )
    color = {'sailor': 'skirt', 'kimono': 'trim', 'robe': 'trim'}.get(outfit)
    collar = (
      top
      if color is None
      else pen.part('sailor collar' if color == 'skirt' else 'collar', who.colors[color])
    )
    for s in (-1, 1):
      pen.fill(
        [(s * 0.32, -0.05), (0, 0.72), (s * 0.2, 1.0), (s * 0.7, 0.5), (s * 0.6, 0.1)],
        collar,
        ink=0.8,
      )
    if outfit == 'sailor':
      draw_bow(pen.at(0, 0.95, 0.8), who.colors['bow'])
    if outfit == 'shirt' and pen.unit > 12:
      pen.line([(0, 0.8), (0, low)], 0.8, (1, 1))
  elif outfit == 'sweater':
    pen.fill(
      join(bow((-0.4, -0.15), (0.4, -0.15), 0.1), bow((0.45, 0.25), (-0.45, 0.25), -0.1)), top
    )
  if outfit == 'hoodie':
    pen.line([(0, 0.55), (0, low)], 0.8, (1, 1))
    for s in (-1, 1):
      p = spline(
        [(s * 0.36, -0.1), (s * 0.8, 0.1), (s * 0.7, 0.5), (s * 0.1, 0.72), (s * 0.3, 0.4)], True, 5
      )
      pen.fill(p, top, volume=0.4)
  if outfit == 'overalls':
    denim = pen.part('trousers', who.colors['trousers'])
    for s in (-1, 1):
      pen.fill([(s * 0.5, 0.1), (s * 0.72, 0.2), (s * 0.62, 1.0), (s * 0.42, 1.0)], denim, ink=0.8)
    pen.fill(
      [(-0.7, 0.9), (0.7, 0.9), (0.78, low + 0.3), (-0.78, low + 0.3)], denim, volume=0.2, ink=0.8
    )
  if outfit == 'armor':
    pen.line(
      join(curve((-1.0, 0.9), (-0.4, 1.5), (0, 1.2)), curve((0, 1.2), (0.4, 1.5), (1.0, 0.9))), 0.9
    )
    pen.fill(ellipse(0, 0.7, 0.18, n=14), pen.part('trim', (236, 192, 84)), volume=0.5)
  if 'scarf' in who.wears:
    clothes.scarf(pen.at(0, -1.2), who)


def cape(pen, who, body) -> None:
  part = pen.part('cape', who.colors['jacket'])
  n, h = body.neck, body.hip
  low = h[1] + 0.7 * (body.feet[0][1] - h[1])
  w = body.shoulder * 1.5
  hem = [
    bow((x, low + 0.2 * (k % 2)), (x - w * 0.56, low + 0.2 * ((k + 1) % 2)), -0.1, 5)[:-1]
    for k, x in enumerate(np.linspace(w * 1.12, -w * 0.56, 4))
  ]
  p = join(
    [off(n, -0.4, 0)],
    [off(n, 0.4, 0)],
    curve(off(n, 0.4, 0), (w, n[1] + 0.4), (w * 1.12, low)),
    *hem,
    curve((-w * 1.12, low), (-w, n[1] + 0.4), off(n, -0.4, 0)),
  )
  pen.fill(p, part, volume=0.3, dark=0.3)


def arm(pen, who, body, k, skin, top) -> None:
  side = -1 if k == 0 else 1
  s, e, h = body.shoulders[k], body.elbows[k], body.hands[k]
  r = body.arm
  hand(pen, body, k, side, skin)
  if who.outfit in _SHORT_SLEEVES:
    pen.fill(limb([s, e, h], [r, r * 0.85, r * 0.66]), skin, volume=0.4)
    if who.outfit != 'tank':
      puff = 1.5 if who.girl and who.strands[3] > 0 else 1.25
      end = s + (e - s) * 0.62
      pen.fill(limb([s, (s + end) / 2, end], [r * 1.15, r * puff * 1.05, r * 1.2]), top, volume=0.4)
  else:
    wide = 1.9 if who.outfit in _LONG else 1.05
    pen.fill(
      limb([s, e, h], [r * 1.2, r * (1.05 if wide < 1.5 else 1.35), r * wide], cap=False),
      top,
      volume=0.4,
    )
    if pen.unit > 12:
      pen.line(bow(off(e, -r * 0.7, 0.0), off(e, r * 0.3, 0.1), 0.2, 6), 0.7)
  if who.outfit == 'armor':
    pen.fill(ellipse(s[0], s[1] - 0.05, r * 2.0, r * 1.7, n=18), top, volume=0.6)


def hand(pen, body, k, side, skin) -> None:
  e, h = body.elbows[k], body.hands[k]
  d = (h - e) / max(np.hypot(*(h - e)), 1e-6)
  r = body.arm * 1.05
  angle = np.arctan2(d[1], d[0])
  palm = spline(
    [
      (-r * 0.4, -r * 0.6),
      (r * 0.7, -r * 0.8),
      (r * 1.9, -r * 0.5),
      (r * 2.1, r * 0.1),
      (r * 1.6, r * 0.65),
      (r * 0.4, r * 0.7),
      (-r * 0.4, r * 0.6),
    ],
    True,
    4,
  )
  thumb = limb([(r * 0.3, -side * r * 0.4), (r * 1.1, -side * r * 1.25)], [r * 0.34, r * 0.26], n=4)
  pen.fill(moved(turn(thumb, angle), *h), skin, ink=0.9)
  pen.fill(moved(turn(palm, angle), *h), skin, volume=0.3, ink=0.9)
  if pen.unit > 15:
    for y in (-0.2, 0.2):
      q = turn(np.array([(r * 1.3, y * r), (r * 2.0, y * r)]), angle)
      pen.line(moved(q, *h), 0.5)
