"""What is worn on the head, over the hair, in the head frame."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.face import turned
from onepunch_jax.synthetic.shapes import arc, bow, box, ellipse, join, moved, spline, star, turn


def draw_over(pen, who, look) -> None:
  """After the hair."""
  for item in who.wears:
    if item in _WORN:
      _WORN[item](pen, who, look)


def draw_bow(pen, color, name='bow', size=1.0) -> None:
  """A bow of two loops and a knot about the pen's origin."""
  part = pen.part(name, color)
  for s in (-1, 1):
    loop = spline(
      [(0.02 * s, 0), (0.3 * s, -0.26), (0.5 * s, -0.16), (0.5 * s, 0.16), (0.3 * s, 0.24)], True, 5
    )
    pen.fill(loop * size, part, volume=0.5)
    pen.line(bow((0.06 * s * size, 0), (0.3 * s * size, 0.04 * size), 0.1, 5), 0.7, (1, 0.2))
  pen.fill(ellipse(0, 0, 0.1 * size, 0.12 * size, n=14), part, volume=0.4)


def _bow(pen, who, look):
  s = 1 if who.strands[20] > 0 else -1
  draw_bow(pen.at(s * 0.55 - look.yaw * 0.3, -1.0, 1.1, s * 0.4), who.colors['bow'])


def _ribbon(pen, who, look):
  part = pen.part('ribbon', who.colors['bow'])
  for s in (-1, 1):
    x = s * 1.02 - look.yaw * 0.12
    for d in (-1, 1):
      p = [
        (x, -0.35),
        (x + d * 0.12 + s * 0.1, 0.05),
        (x + d * 0.2 + s * 0.12, 0.45),
        (x + s * 0.1, 0.3),
      ]
      pen.fill(spline(p, True, 4), part, volume=0.4)
    draw_bow(pen.at(x, -0.38, 0.6, s * 0.3), who.colors['bow'], 'ribbon')


def _hairpin(pen, who, look):
  s = 1 if who.strands[20] > 0 else -1
  part = pen.part('hairpin', who.colors['trim'])
  x, y = s * 0.62 - look.yaw * 0.1, -0.48
  if who.strands[21] > 0.3:
    pen.fill(star(x, y, 0.17, 0.08, 5), part)
  else:
    for k in (0, 1):
      p = moved(turn(box(-0.17, -0.03, 0.17, 0.03), s * 0.7), x, y + 0.12 * k)
      pen.fill(p, part)


def _flower(pen, who, look):
  s = 1 if who.strands[20] > 0 else -1
  draw_flower(pen.at(s * 0.82 - look.yaw * 0.2, -0.55, 0.3), who.colors['bow'], 5)


def draw_flower(pen, color, petals, name='flower') -> None:
  """A flower seen from the front, radius 1."""
  part = pen.part(name, color)
  heart = pen.part('flower heart', (246, 204, 80))
  for k in range(petals):
    petal = spline([(0.1, 0), (0.5, -0.34), (0.98, -0.16), (0.98, 0.16), (0.5, 0.34)], True, 4)
    pen.fill(turn(petal, k * 2 * np.pi / petals), part, volume=0.4)
  pen.fill(ellipse(0, 0, 0.26, n=14), heart, volume=0.4)


def _headband(pen, who, look):
  part = pen.part('headband', who.colors['bow'])
  a = np.linspace(-1.35, 1.35, 21)
  r = who.volume
  outer = np.stack([np.sin(a) * r * 1.01 - look.yaw * 0.1, -np.cos(a) * (r * 0.98) - 0.06], 1)
  inner = np.stack([np.sin(a) * r * 0.97 - look.yaw * 0.1, -np.cos(a) * r * 0.76 - 0.1], 1)
  pen.fill(join(outer, inner[::-1]), part, volume=0.3)


def _brim_hat(pen, who, look, crown, brim, part, band):
  pen.fill(brim, part, volume=0.4)
  pen.fill(crown, part, volume=0.5)
  if band is not None:
    low = np.array([[-0.86, -0.72], [0.86, -0.72]])
    strip = join(
      bow(low[0], low[1], -0.1),
      bow(low[1] * (0.97, 1) - (0, 0.24), low[0] * (0.97, 1) - (0, 0.24), 0.1),
    )
    pen.fill(strip, band, ink=0.8, within=part)


def _hat_pen(pen, look):
  return pen.at(-look.yaw * 0.1, -look.pitch * -0.05, angle=0.0)


def _witch(pen, who, look):
  pen = _hat_pen(pen, look)
  part, band = pen.part('hat', who.colors['hat']), pen.part('hat band', who.colors['trim'])
  brim = ellipse(0, -0.62, 1.75, 0.34, n=36)
  lean = 0.5 * who.strands[22]
  crown = spline(
    [
      (-0.98, -0.66),
      (-0.62, -1.3),
      (lean * 0.4 - 0.2, -1.9),
      (lean * 1.6, -2.3),
      (lean * 0.6 + 0.24, -1.75),
      (0.66, -1.3),
      (0.98, -0.66),
      (0, -0.5),
    ],
    True,
    6,
  )
  _brim_hat(pen, who, look, crown, brim, part, band)


def _straw(pen, who, look):
  pen = _hat_pen(pen, look)
  part, band = pen.part('hat', (236, 206, 130)), pen.part('hat band', who.colors['trim'])
  brim = ellipse(0, -0.6, 1.7, 0.36, n=36)
  crown = spline(
    [
      (-0.98, -0.62),
      (-0.92, -1.1),
      (-0.5, -1.42),
      (0.5, -1.42),
      (0.92, -1.1),
      (0.98, -0.62),
      (0, -0.48),
    ],
    True,
    6,
  )
  _brim_hat(pen, who, look, crown, brim, part, band)
  if pen.unit > 20:
    for k in range(3):
      pen.line(bow((-0.8, -0.95 - 0.14 * k), (0.8, -0.95 - 0.14 * k), -0.06), 0.4, within=part)


def _beanie(pen, who, look):
  pen = _hat_pen(pen, look)
  part, band = pen.part('hat', who.colors['hat']), pen.part('hat band', who.colors['trim'])
  r = who.volume + 0.05
  pen.fill(ellipse(0, -r - 0.3, 0.25, n=18), band, volume=0.6)
  dome = join(arc(0, -0.4, r, r * 0.95, np.pi, 2 * np.pi, 24))
  pen.fill(dome, part, volume=0.5)
  if pen.unit > 16:
    for u in (-0.5, 0, 0.5):
      pen.line(bow((u * 1.3, -0.6), (u * 0.6, -1.2), 0.08 * u), 0.6, (1, 0.2), within=part)
  cuff = join(
    bow((-r - 0.04, -0.55), (r + 0.04, -0.55), -0.12),
    bow((r + 0.03, -0.22), (-r - 0.03, -0.22), 0.12),
  )
  pen.fill(cuff, band, volume=0.4)


def _cap(pen, who, look):
  pen = _hat_pen(pen, look)
  part, band = pen.part('hat', who.colors['hat']), pen.part('hat band', who.colors['trim'])
  r = who.volume + 0.04
  pen.fill(join(arc(0, -0.42, r, r * 0.92, np.pi, 2 * np.pi, 24)), part, volume=0.5)
  pen.line(bow((0, -0.45), (0, -r - 0.35), 0.02), 0.7)
  s = 1 if look.yaw >= 0 else -1
  reach = s * (0.15 + 0.5 * abs(look.yaw))
  peak = spline(
    [
      (-0.85 + reach * 0.4, -0.5),
      (reach * 0.5, -0.66),
      (0.85 + reach * 0.4, -0.5),
      (0.72 + reach, -0.2),
      (reach, -0.1),
      (-0.72 + reach, -0.2),
    ],
    True,
    6,
  )
  pen.fill(peak, band, volume=0.4)


def _beret(pen, who, look):
  pen = _hat_pen(pen, look)
  part = pen.part('hat', who.colors['hat'])
  s = 1 if who.strands[20] > 0 else -1
  p = spline(
    [
      (-1.0 * s, -0.62),
      (-1.05 * s, -1.05),
      (-0.2 * s, -1.48),
      (1.1 * s, -1.3),
      (1.42 * s, -0.82),
      (0.7 * s, -0.62),
    ],
    True,
    6,
  )
  pen.fill(p, part, volume=0.5)
  pen.line([(-0.1 * s, -1.44), (-0.16 * s, -1.6)], 1.6, (1, 1))


def _crown(pen, who, look):
  pen = _hat_pen(pen, look)
  part = pen.part('crown', (240, 198, 72))
  xs = np.linspace(-0.62, 0.62, 11)
  ys = np.where(np.arange(11) % 2, -1.62, -1.22) - 0.1 * np.cos(xs * 2)
  low = bow((0.56, -0.94), (-0.56, -0.94), -0.12)
  pen.fill(join(np.stack([xs * 1.1, ys], 1), low), part, volume=0.5)
  gem = pen.part('gem', who.colors['trim'])
  for x in (-0.3, 0, 0.3):
    pen.fill(ellipse(x, -1.1 - 0.05 * (x == 0), 0.08, n=10), gem, ink=0.7)


def _headphones(pen, who, look):
  part, pad = (
    pen.part('headphones', who.colors['hat']),
    pen.part('headphone pad', who.colors['trim']),
  )
  r = who.volume + 0.03
  a = np.linspace(-1.5, 1.5, 21)
  outer = np.stack([np.sin(a) * (r + 0.1), -np.cos(a) * (r + 0.1)], 1)
  inner = np.stack([np.sin(a) * (r - 0.02), -np.cos(a) * (r - 0.02)], 1)
  pen.fill(moved(join(outer, inner[::-1]), -look.yaw * 0.1, 0), part, volume=0.3)
  for s in (-1, 1):
    x = s * (r + 0.02) - look.yaw * 0.1
    pen.fill(ellipse(x, 0.16, 0.2, 0.34, n=20), pad, volume=0.5)
    pen.fill(ellipse(x + s * 0.08, 0.16, 0.14, 0.27, n=18), part, volume=0.4)


def _halo(pen, who, look):
  part = pen.part('halo', (250, 224, 110))
  outer, inner = ellipse(0, -1.62, 0.72, 0.2, n=30), ellipse(0, -1.62, 0.54, 0.11, n=30)
  ring = join(outer, outer[:1], inner[:1], inner[::-1])
  pen.fill(ring, part, ink=0)
  pen.line(join(outer, outer[:1]), 0.8, (1, 1))
  pen.line(join(inner, inner[:1]), 0.8, (1, 1))


def _glasses(pen, who, look, tinted=False):
  frame = 1.6 if who.strands[23] > 0 else 1.0
  ends = []
  for s in (-1, 1):
    x, y, narrow = turned(look, 0.45 * s, 0.28)
    rx, ry = 0.33 * (0.4 + 0.6 * narrow), 0.29
    ring = (
      ellipse(x, y, rx, ry, n=22)
      if who.strands[22] > -0.3
      else spline(
        [
          (x - rx, y - ry * 0.7),
          (x + rx, y - ry * 0.7),
          (x + rx * 0.8, y + ry * 0.8),
          (x - rx * 0.8, y + ry * 0.8),
        ],
        True,
        6,
      )
    )
    if tinted:
      pen.fill(ring, pen.part('glasses', palette.shifted(who.colors['glasses'], 0.8)), volume=0.6)
      if pen.style.depth:
        pen.light(
          moved(turn(box(-0.04, -ry, 0.06, ry), 0.5), x - rx * 0.3, y),
          pen.part('glasses', palette.shifted(who.colors['glasses'], 0.8)),
          0.7,
        )
    pen.line(join(ring, ring[:1]), frame, (1, 1))
    ends.append((x, y, rx))
  (xl, yl, rl), (xr, yr, rr) = ends
  pen.line(bow((xl + rl, yl - 0.04), (xr - rr, yr - 0.04), -0.2, 6), frame, (1, 1))
  if xl - rl > -0.9:
    pen.line([(xl - rl, yl - 0.06), (-0.98, yl - 0.1)], frame, (1, 1))
  if xr + rr < 0.9:
    pen.line([(xr + rr, yr - 0.06), (0.98, yr - 0.1)], frame, (1, 1))


def _sunglasses(pen, who, look):
  _glasses(pen, who, look, tinted=True)


def _eyepatch(pen, who, look):
  s = 1 if who.strands[20] > 0 else -1
  x, y, narrow = turned(look, 0.45 * s, 0.26)
  patch = pen.part('eyepatch', (44, 40, 46))
  pen.line(bow((-0.95, -0.1 - 0.2 * s), (0.95, -0.1 + 0.2 * s), 0.02), 1.2, (1, 1))
  pen.fill(ellipse(x, y, 0.3 * (0.4 + 0.6 * narrow), 0.27, n=22), patch, volume=0.4)


def _earrings(pen, who, look):
  gem = pen.part('earrings', who.colors['trim'])
  for s in (-1, 1):
    if s * look.yaw < 0.45:
      pen.fill(ellipse(s * 0.95 - look.yaw * 0.12, 0.62, 0.08, 0.12, n=12), gem, ink=0.8)


_WORN = {
  'bow': _bow,
  'ribbon': _ribbon,
  'hairpin': _hairpin,
  'flower': _flower,
  'headband': _headband,
  'witch': _witch,
  'straw': _straw,
  'beanie': _beanie,
  'cap': _cap,
  'beret': _beret,
  'crown': _crown,
  'headphones': _headphones,
  'halo': _halo,
  'glasses': _glasses,
  'sunglasses': _sunglasses,
  'eyepatch': _eyepatch,
  'earrings': _earrings,
}
