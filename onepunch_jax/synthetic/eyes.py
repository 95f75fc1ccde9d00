"""Eyes and brows, in a frame whose origin is the middle of the eye and whose unit is the head's."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.shapes import bow, ellipse, join, spline

_LIDS = {'open': 1.0, 'half': 0.5, 'wide': 1.12, 'wink': 1.0, 'happy': 0.0, 'closed': 0.0}


def draw_eye(pen, who, look, side: int, narrow: float, skin: int) -> None:
  """One eye; side -1 or 1 = left or right in the picture; narrow = cos of its turn."""
  openness = _LIDS[look.lids]
  if look.lids == 'wink' and side > 0:
    openness = 0.0
  w = 0.24 * who.eye_size * (0.45 + 0.55 * narrow)
  h = 0.22 * who.eye_size * who.eye_tall
  if who.eye_style == 'tall':
    w, h = w * 0.8, h * 1.2
  elif who.eye_style == 'narrow':
    w, h = w * 0.95, h * 0.52
  elif who.eye_style == 'round':
    w, h = w * 0.84, h * 1.0
  # Drawn for the right eye (outer corner at +x), mirrored for the left.
  pen = pen.at(0, 0, flip=side < 0)
  if openness == 0:
    return shut(pen, w, h, happy=look.lids != 'closed')
  iris = pen.part('left eye' if side < 0 else 'right eye', who.eyes)
  gaze = (look.gaze[0] * side, look.gaze[1])
  if who.eye_style == 'dot' or pen.unit < 13:
    return simple(pen, w, h * openness, iris)
  eye(pen, who, w, h, openness, gaze, iris, side)


def shut(pen, w, h, happy) -> None:
  bend = -0.3 if happy else 0.22
  pen.line(bow((-w, 0.02), (w, 0.02), bend), 2.0, (0.5, 0.5))
  if pen.unit > 24:
    y = 0.02 if happy else 0.04
    pen.line(bow((w * 0.8, y - 0.03), (w * 1.3, y - 0.02), 0.1, 5), 1.2, (1, 0.2))


def simple(pen, w, h, iris) -> None:
  """Small heads and plain styles: an oval of the eye's colour with a heavy lid."""
  pen.fill(ellipse(0, 0, w * 0.56, h * 0.82, n=18), iris, ink=1.0)
  pen.black(
    join(
      bow((-w * 0.6, -h * 0.25), (w * 0.62, -h * 0.25), -0.5),
      bow((w * 0.62, -h * 0.25), (-w * 0.6, -h * 0.25), 0.2),
    )
  )
  if pen.unit > 13:
    shine = pen.part('eye shine', (255, 255, 255))
    pen.fill(ellipse(-w * 0.12, -h * 0.3, w * 0.2, h * 0.2, n=10), shine, ink=0)
    pen.black(ellipse(0, h * 0.15, w * 0.22, h * 0.3, n=12), within=iris)


def eye(pen, who, w, h, openness, gaze, iris, side) -> None:
  top = h * openness
  slant = 0.06 * who.strands[1] * h
  if who.eye_style == 'round':
    upper = spline(
      [(-w, 0), (-w * 0.7, -top * 0.72), (0, -top), (w * 0.7, -top * 0.72), (w, 0)], n=5
    )
    lower = spline([(w, 0), (w * 0.7, h * 0.72), (0, h), (-w * 0.7, h * 0.72), (-w, 0)], n=5)
  else:
    upper = spline(
      [
        (-w, h * 0.3),
        (-w * 0.62, -top * 0.62),
        (w * 0.05, -top),
        (w * 0.72, -top * 0.66 - slant),
        (w, h * 0.02 - slant),
      ],
      n=5,
    )
    lower = spline(
      [
        (w, h * 0.02 - slant),
        (w * 0.78, h * 0.66),
        (w * 0.2, h * 0.92),
        (-w * 0.5, h * 0.8),
        (-w, h * 0.3),
      ],
      n=5,
    )
  white = pen.part('eye white', (250, 250, 252))
  shape = join(upper, lower[1:-1])
  pen.fill(shape, white, ink=0)
  pen.shadow(join(upper, (upper * (0.95, 0.7))[::-1]), white, 0.8)
  r = h * 0.86 if who.eye_style != 'narrow' else h * 1.15
  rx = min(w * 0.66, r * 0.9)
  cx, cy = gaze[0] * w * 0.28, gaze[1] * h * 0.3 + h * 0.02
  ball = ellipse(cx, cy, rx, r, n=24)
  pen.fill(ball, iris, ink=0.9, within=white)
  pen.tint(
    iris, palette.shifted(who.eyes, 0.5, (20, 16, 50)), ramp=(cx, cy + r * 0.5, cx, cy - r * 0.9)
  )
  pen.tint(
    iris,
    palette.shifted(who.eyes, 1.4),
    [ellipse(cx, cy + r * 0.6, rx * 0.7, r * 0.3, n=14)],
    0.02,
    amount=0.7,
  )
  pupil = 0.4 if who.strands[2] > -0.4 else 0.58
  pen.black(ellipse(cx, cy - r * 0.02, rx * pupil, r * pupil * 1.1, n=16), within=iris)
  if who.strands[3] > 0.2:
    pen.black(join(upper, (upper * (1, 0.72) + (0, -h * 0.02))[::-1]), within=iris)
  shine = pen.part('eye shine', (255, 255, 255))
  gx = -0.3 * side  # the light comes from one side of the picture for both eyes
  pen.fill(ellipse(cx + gx * rx, cy - r * 0.42, rx * 0.3, r * 0.26, n=14), shine, ink=0)
  if pen.unit > 22:
    pen.fill(ellipse(cx - gx * rx, cy + r * 0.4, rx * 0.15, r * 0.13, n=10), shine, ink=0)
  lash(pen, who, upper, lower, w, h)


def lash(pen, who, upper, lower, w, h) -> None:
  thick = 0.2 if who.girl else 0.13
  lift = np.linspace(0.15, 1.0, len(upper))[:, None]
  edge = upper + np.array([[0.16 * w, -thick * h * 1.5]]) * lift
  if who.eye_style == 'round':
    pen.line(join(upper, lower[1:]), 1.0, (1, 1))
    edge = upper + np.array([[0, -thick * h]]) * np.sin(np.linspace(0, np.pi, len(upper)))[:, None]
  pen.black(join(upper, edge[::-1]))
  pen.line(upper, 1.1, (0.4, 1))
  if pen.unit < 20:
    return
  if who.eye_style != 'round':
    n = len(lower)
    pen.line(lower[n // 8 : n * 3 // 4], 0.7, (0.8, 0.2))
  if who.girl:
    for k, reach in ((-1, 0.3), (-4, 0.24)):
      a = edge[k]
      pen.line(bow(a, (a[0] + reach * w, a[1] - reach * h * 0.55), 0.15, 5), 1.2, (1, 0.1))
  crease = upper[2:-2] * (0.9, 1) + (0.02, -h * 0.34)
  pen.line(crease, 0.55, (0.2, 0.2))


def draw_brow(pen, who, look, side, narrow) -> None:
  """A brow over the eye; the frame's origin is the brow's middle."""
  pen = pen.at(0, 0, flip=side < 0)
  w = 0.25 * (0.5 + 0.5 * narrow)
  tilt = {'calm': 0.0, 'raised': -0.02, 'angry': 0.11, 'sad': -0.1}[look.mood]
  up = -0.1 if look.mood == 'raised' else (0.05 if look.mood == 'angry' else 0.0)
  a, b = (-w, up + tilt), (w, up - tilt * 0.6)
  pen.line(bow(a, b, -0.14), 1.3 * who.brow, (0.9, 0.15))
