"""Hair behind head and body, in the head frame."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic.shapes import arc, bow, curve, ellipse, join, lock, scalloped, spline


def fill(pen, who, points, volume=0.0, dark=0.0, ink=1.0):
  part = pen.part('hair', who.hair)
  pen.fill(points, part, volume=volume, dark=dark, ink=ink)
  return part


def shell(who, look, start: float, end: float, n: int = 26, swell: float = 1.0) -> np.ndarray:
  """The silhouette of the hair on the skull; angles from the crown, clockwise, in radians."""
  a = np.linspace(start, end, n)
  r = who.volume * swell
  x = np.sin(a) * r * (1 + 0.04 * abs(look.yaw)) - look.yaw * 0.1
  y = -np.cos(a) * (r + 0.03) - 0.04
  return np.stack([x, y], 1)


def draw_back(pen, who, look) -> None:
  """Everything behind head and body."""
  if who.back == 'none':
    return
  _BACKS[who.back](pen, who, look)


def _strands(pen, who, xs, top, low, width=0.7):
  """Ink strands down a mass of hair."""
  if pen.unit < 13:
    return
  for k, x in enumerate(xs):
    j = who.strands[(5 * k + 3) % 24]
    pen.line(
      curve(
        (x, top + 0.15 * j), (x * 1.1, (top + low) / 2), (x * 1.02 + 0.06 * j, low - 0.2 * abs(j))
      ),
      width,
      (0.2, 0.2),
    )


def _falling(pen, who, look, low, flare, ends, wave=0.0) -> None:
  """A mass of hair down to y = low that ends in `ends` locks."""
  top = shell(who, look, -1.75, 1.75)
  x1, y1 = top[-1]
  x0 = top[0, 0]
  right = [
    (x1, y1),
    (x1 + flare * 0.6 + wave, (y1 + low) * 0.45),
    (x1 + flare - wave, (y1 + low) * 0.7),
    (x1 + flare, low - 0.2),
  ]
  left = [(2 * x0 - x1 - (x - x1) - (x0 - x1), y) for x, y in right]
  left = [(x0 - (x - x1), y) for x, y in right]
  tips = []
  a, b = np.array(right[-1]), np.array(left[-1])
  for k in range(ends):
    p, q = a + (b - a) * k / ends, a + (b - a) * (k + 1) / ends
    j = who.strands[(k * 3) % 24]
    tip = p * 0.45 + q * 0.55 + (0.08 * j, 0.26 + 0.16 * j)
    tips += [bow(p, tip, 0.12, 5)[:-1], bow(tip, q, 0.1, 5)[:-1]]
  body = join(top, spline(right, n=5)[1:-1], *tips, spline(left, n=5)[::-1][:-1])
  part = fill(pen, who, body, volume=0.5, dark=0.55)
  tip_colors(pen, who, part, 0.4, low)
  xs = np.linspace(x0 - flare * 0.5, x1 + flare * 0.5, 7)[[0, 1, 5, 6]]
  _strands(pen, who, xs, 0.5, low)


def tip_colors(pen, who, part, top, low) -> None:
  if who.tips:
    pen.tint(part, who.tips, ramp=(0, top, 0, low))


def _short(pen, who, look):
  _falling(pen, who, look, 0.72, -0.22, 5)


def _bob(pen, who, look):
  _falling(pen, who, look, 0.95 + 0.1 * who.strands[4], 0.02, 5)


def _long(pen, who, look):
  _falling(pen, who, look, who.hair_length, 0.12 + 0.12 * who.strands[5], 6)


def _wavy(pen, who, look):
  _falling(pen, who, look, who.hair_length * 0.9, 0.3, 6, wave=0.13)


def _spiky(pen, who, look):
  points = []
  count = 13
  for k in range(count + 1):
    a = -2.2 + 4.4 * k / count
    j = who.strands[k % 24]
    r = who.volume * (1.3 + 0.16 * j)
    tip = (np.sin(a + 0.12) * r - look.yaw * 0.1, -np.cos(a + 0.12) * r)
    a2 = a + 2.2 / count
    root = (np.sin(a2) * who.volume * 0.98 - look.yaw * 0.1, -np.cos(a2) * who.volume * 0.98)
    if points:
      points.append(bow(points[-1][-1], tip, -0.1, 5)[1:])
    else:
      points.append(np.array([tip]))
    points.append(bow(tip, root, -0.12, 5)[1:])
  fill(pen, who, join(*points), volume=0.4, dark=0.3)


def _curly(pen, who, look):
  low = 0.6 + 0.35 * who.hair_length * who.girl
  mass = join(shell(who, look, -1.9, 1.9, swell=1.12), [(0.95, low), (0, low + 0.1), (-0.95, low)])
  part = fill(pen, who, scalloped(mass, 0.42, 0.34), volume=0.5, dark=0.35)
  tip_colors(pen, who, part, 0, low)
  for k in range(5):
    s = 1 if k % 2 else -1
    x, y = s * (1.02 - 0.05 * k), 0.05 + 0.24 * k
    if y < low and pen.unit > 13:
      pen.line(
        arc(x, y, 0.15, 0.13, -1.2 if s > 0 else 4.3, 2.2 if s > 0 else 0.9, 8), 0.7, (0.3, 0.3)
      )


def _afro(pen, who, look):
  ring = ellipse(-look.yaw * 0.15, -0.25, 1.55 + 0.2 * who.strands[6], 1.45, n=40)
  fill(pen, who, scalloped(ring, 0.42, 0.3), volume=0.6, dark=0.2)
  for k in range(9):
    a = k * 2.4 + who.strands[k]
    x, y = 1.28 * np.cos(a) - look.yaw * 0.15, -0.25 + 1.18 * np.sin(a)
    if pen.unit > 13:
      pen.line(arc(x, y, 0.13, 0.11, a - 1, a + 1.6, 7), 0.6, (0.3, 0.3))


def _tail(pen, who, root, low, out, width, dark=0.3):
  """A gathered tail of hair from its root."""
  x, y = root
  s = np.sign(out) or 1
  mid = (x + out * 1.1, y + (low - y) * 0.4)
  tip = (x + out * 0.75 + 0.1 * who.strands[7], low)
  a = spline(
    [
      (x - s * 0.1, y - 0.08),
      (mid[0] + s * width * 0.75, mid[1] - 0.1),
      (tip[0] + s * width * 0.35, y + (low - y) * 0.78),
      tip,
    ],
    n=6,
  )
  b = spline(
    [
      tip,
      (tip[0] - s * width * 0.45, y + (low - y) * 0.74),
      (mid[0] - s * width * 0.62, mid[1]),
      (x + s * 0.02, y + 0.2),
    ],
    n=6,
  )
  p = join(a, b[1:])
  part = fill(pen, who, p, volume=0.5, dark=dark)
  tip_colors(pen, who, part, y, low)
  if pen.unit > 13:
    for t in (0.3, 0.62):
      pen.line(a[2:-2] * (1 - t) + b[::-1][2:-2] * t, 0.7, (0.2, 0.2))


def _twin(pen, who, look):
  low = 0.6 + who.hair_length * 0.75
  _falling(pen, who, look, 0.55, -0.3, 4)
  for s in (-1, 1):
    _tail(pen, who, (s * 1.0 - look.yaw * 0.1, -0.45), low, s * (0.5 + 0.1 * who.strands[8]), 0.5)
    _tie(pen, who, s * 1.03 - look.yaw * 0.1, -0.42)


def _tie(pen, who, x, y):
  band = pen.part('hair tie', who.colors['bow'])
  pen.fill(ellipse(x, y, 0.12, 0.16, n=14), band, volume=0.4)


def _ponytail(pen, who, look):
  s = -1 if look.yaw > 0 or (look.yaw == 0 and who.strands[9] > 0) else 1
  _tail(pen, who, (s * 0.55, -0.85), 0.3 + who.hair_length * 0.6, s * 0.8, 0.55)
  _tie(pen, who, s * 0.62, -0.88)
  _falling(pen, who, look, 0.5, -0.32, 4)


def _braids(pen, who, look):
  _falling(pen, who, look, 0.6, -0.25, 4)
  links = 4 + int(who.hair_length)
  for s in (-1, 1):
    x = s * 0.92 - look.yaw * 0.12
    for k in range(links):
      w = 0.24 - 0.018 * k
      y = 0.62 + 0.26 * k
      p = ellipse(x + s * 0.04 * k, y, w, 0.2, s * (0.5 if k % 2 else -0.5), n=14)
      fill(pen, who, p, volume=0.5)
    y = 0.62 + 0.26 * links
    _tie(pen, who, x + s * 0.04 * links, y - 0.08)
    fill(
      pen, who, lock((x + s * 0.04 * links, y), (x + s * 0.05 * links, y + 0.42), 0.26, 0.05), 0.4
    )


def _bun(pen, who, look):
  fill(pen, who, ellipse(-look.yaw * 0.5, -1.3, 0.46, 0.42, n=22), volume=0.7)
  if pen.unit > 13:
    x = -look.yaw * 0.5
    pen.line(arc(x, -1.3, 0.27, 0.22, 2.6, 5.4, 9), 0.7, (0.2, 0.2))
    pen.line(arc(x + 0.05, -1.25, 0.2, 0.15, 0, 2.4, 8), 0.7, (0.2, 0.2))
  _falling(pen, who, look, 0.5, -0.3, 4)


def _two_buns(pen, who, look):
  for s in (-1, 1):
    x = s * 0.82 - look.yaw * 0.2
    fill(pen, who, ellipse(x, -1.0, 0.4, 0.4, n=22), volume=0.7)
    if pen.unit > 13:
      pen.line(_curl(x, -1.0, s), 0.7, (0.2, 0.2))
  _falling(pen, who, look, 0.62, -0.2, 4)


def _curl(x, y, s):
  a = np.linspace(0.4, 5.5, 14)
  r = 0.28 - 0.035 * a
  return np.stack([x + s * r * np.cos(a), y + r * np.sin(a)], 1)


def _drills(pen, who, look):
  _falling(pen, who, look, 0.7, -0.15, 4)
  turns = 4 + int(who.hair_length * 0.6)
  for s in (-1, 1):
    for k in reversed(range(turns)):
      w = 0.34 - 0.04 * k
      x, y = s * (1.12 - 0.03 * k) - look.yaw * 0.1, 0.25 + 0.3 * k
      fill(pen, who, ellipse(x, y, w, 0.21, s * 0.35, n=16), volume=0.6)


_BACKS = {
  'long': _long,
  'wavy': _wavy,
  'bob': _bob,
  'twin': _twin,
  'ponytail': _ponytail,
  'bun': _bun,
  'braids': _braids,
  'short': _short,
  'curly': _curly,
  'two_buns': _two_buns,
  'spiky': _spiky,
  'afro': _afro,
  'drills': _drills,
}
