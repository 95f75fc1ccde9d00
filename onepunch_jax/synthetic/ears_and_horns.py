"""What grows on a head: ears of animals, horns, antlers, in the head frame."""

from __future__ import annotations

from onepunch_jax.synthetic.shapes import bow, curve, ellipse, join, spline


def _pair(draw):
  def both(pen, who, look):
    for s in (-1, 1):
      draw(pen.at(s * 0.68 - look.yaw * 0.16, -0.86, flip=s < 0), who)

  return both


def _cat_ears(pen, who):
  fur = pen.part('hair', who.hair)
  inner = pen.part('ear inside', (238, 170, 170))
  outer = join(bow((-0.42, 0.1), (0.14, -0.72), -0.1), bow((0.14, -0.72), (0.36, 0.38), -0.1))
  pen.fill(outer, fur, volume=0.5)
  pen.fill(outer * (0.6, 0.62) + (0.0, -0.04), inner, ink=0.6)


def _fox_ears(pen, who):
  fur = pen.part('hair', who.hair)
  inner = pen.part('ear fluff', (250, 246, 240))
  outer = join(bow((-0.4, 0.1), (0.3, -0.95), -0.1), bow((0.3, -0.95), (0.42, 0.38), -0.12))
  pen.fill(outer, fur, volume=0.5)
  pen.fill(outer * (0.55, 0.6) + (0.02, -0.02), inner, ink=0.6)


def _bear_ears(pen, who):
  pen.fill(ellipse(0.06, -0.2, 0.34, 0.34, n=20), pen.part('hair', who.hair), volume=0.6)
  pen.fill(ellipse(0.06, -0.18, 0.18, 0.18, n=16), pen.part('ear inside', (238, 170, 170)), ink=0.6)


def _rabbit_ears(pen, who):
  fur = pen.part('ears', (248, 244, 240))
  outer = spline([(-0.24, 0.1), (-0.3, -0.7), (-0.06, -1.5), (0.2, -0.8), (0.16, 0.15)], True, 6)
  pen.fill(outer, fur, volume=0.5)
  pen.fill(outer * (0.5, 0.75) + (-0.03, -0.05), pen.part('ear inside', (244, 180, 184)), ink=0.6)


def _horns(pen, who):
  horn = pen.part('horns', who.colors['horns'])
  p = join(
    curve((-0.16, 0.1), (0.05, -0.5), (0.42, -0.72)),
    curve((0.42, -0.72), (0.42, -0.2), (0.18, 0.2)),
  )
  pen.fill(p, horn, volume=0.6)
  for t in (0.25, 0.5):
    pen.line(bow((-0.12 + 0.3 * t, -0.6 * t), (0.2 + 0.2 * t, 0.05 - 0.5 * t), 0.2, 5), 0.6)


def _antlers(pen, who):
  horn = pen.part('horns', (150, 104, 66))
  p = spline(
    [
      (-0.08, 0.1),
      (0.0, -0.5),
      (-0.12, -0.82),
      (0.04, -0.86),
      (0.12, -0.6),
      (0.34, -0.95),
      (0.44, -0.86),
      (0.22, -0.42),
      (0.16, 0.1),
    ],
    True,
    4,
  )
  pen.fill(p, horn, volume=0.5)


_GROWN = {
  'cat_ears': _pair(_cat_ears),
  'fox_ears': _pair(_fox_ears),
  'bear_ears': _pair(_bear_ears),
  'rabbit_ears': _pair(_rabbit_ears),
  'horns': _pair(_horns),
  'antlers': _pair(_antlers),
}


def draw_grown(pen, who, look) -> None:
  """Before the fringe, after the face: ears of animals, horns."""
  for item in who.wears:
    if item.endswith('_ears') or item in ('horns', 'antlers'):
      _GROWN[item](pen, who, look)
