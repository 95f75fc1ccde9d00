"""The head without its hair: contour, ears, eyes, brows, nose, mouth.

Head frame: the skull is a circle of radius 1 about the origin, y points down, the chin is near
y = 1.1. `turned` maps a place on the face to the frame for a head that is turned.
"""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.eyes import draw_brow, draw_eye
from onepunch_jax.synthetic.shapes import arc, bow, curve, ellipse, join, spline

_COVERS = ('long', 'wavy', 'bob', 'curly', 'afro', 'spiky')  # hair that hides round ears


def turned(look, u: float, v: float) -> tuple:
  """(x, y, narrowing) of the place (u, v) on the face; u = -1..1 from side to side."""
  a = u * 0.9 + look.yaw * 0.55
  return 0.95 * np.sin(a), v + look.pitch * 0.1 * (1 - 0.3 * v), max(0.35, np.cos(a))


def contour(who, look) -> np.ndarray:
  """The outline of skull and jaw."""
  chin = 1.05 * who.length
  right = np.array(
    [
      (0.62, -0.80),
      (0.94, -0.30),
      (0.90, 0.18),
      (who.jaw + 0.04, 0.60),
      (who.chin, chin - 0.07),
    ]
  )
  left = right[::-1] * (-1, 1)
  p = np.concatenate([[(0, -1.0)], right, [(0, chin)], left])
  fall = np.clip((p[:, 1] + 0.3) / 1.3, 0, 1)
  far = np.sign(p[:, 0]) == np.sign(look.yaw)
  p[:, 0] *= np.where(far, 1 - 0.1 * abs(look.yaw) * (fall > 0), 1 + 0.05 * abs(look.yaw))
  p[:, 0] += look.yaw * 0.26 * fall
  p[:, 1] += look.pitch * 0.06 * fall
  return spline(p, closed=True, n=6)


def draw_ears(pen, who, look, skin) -> None:
  hidden = who.ears != 'pointed' and (
    who.back in _COVERS or (who.back == 'short' and who.strands[17] > -0.5)
  )
  for s in (-1, 1):
    if s * look.yaw > 0.45 or hidden:
      continue
    x = s * (0.9 - 0.12 * max(0.0, s * look.yaw)) - look.yaw * 0.12
    y = 0.22 - look.pitch * 0.08
    if who.ears == 'pointed':
      tip = (x + s * 0.62, y - 0.42)
      p = join(
        bow((x - s * 0.1, y - 0.2), tip, 0.12 * s), bow(tip, (x - s * 0.1, y + 0.24), 0.15 * s)
      )
      pen.fill(p, skin, volume=0.5)
      pen.line(
        curve((x + s * 0.04, y + 0.02), (x + s * 0.22, y - 0.2), (x + s * 0.4, y - 0.27)), 0.7
      )
    else:
      pen.fill(ellipse(x, y, 0.15, 0.24, s * 0.2, n=18), skin, volume=0.5)
      if pen.unit > 20:
        pen.line(arc(x + s * 0.01, y, 0.09, 0.15, np.pi / 2 + s * 1.9, np.pi / 2 - s * 1.7), 0.6)


def draw_face(pen, who, look) -> None:
  """Contour and features; hair comes over it later."""
  skin = pen.part('skin', who.skin)
  outline = contour(who, look)
  pen.fill(outline, skin, volume=0.5, hatched=False)
  blush(pen, who, look, skin)
  detailed = pen.unit > 20
  for s in (-1, 1):
    x, y, narrow = turned(look, 0.45 * s, 0.24)
    draw_eye(pen.at(x, y), who, look, s, narrow, skin)
    if detailed or who.brow > 1.2:
      draw_brow(pen.at(*turned(look, 0.46 * s, -0.2)[:2]), who, look, s, narrow)
  if detailed:
    nose(pen, who, look, skin)
  mouth(pen, who, look, skin)


def blush(pen, who, look, skin) -> None:
  rosy = palette.shifted(np.array(who.skin) * (1.0, 0.62, 0.62), 1.0)
  for s in (-1, 1):
    x, y, narrow = turned(look, 0.55 * s, 0.56)
    if look.blush:
      pen.tint(skin, rosy, [ellipse(x, y, 0.2 * narrow, 0.1)], 0.06, amount=0.7 * look.blush)
      if look.blush > 0.8 and pen.unit > 24:
        for k in (-1, 0, 1):
          a = (x + k * 0.09 * narrow, y)
          pen.line([(a[0] + 0.03, y - 0.05), (a[0] - 0.03, y + 0.05)], 0.5)
    if who.freckles and pen.unit > 24:
      for k in range(3):
        dot = ellipse(x + (k - 1) * 0.1 * narrow, y - 0.08 + 0.05 * (k % 2), 0.016, n=8)
        pen.tint(skin, palette.shifted(who.skin, 0.7), [dot])


def nose(pen, who, look, skin) -> None:
  x, y, _ = turned(look, 0.0, 0.58)
  s = 1 if look.yaw >= 0 else -1
  x += look.yaw * 0.08
  style = int((who.strands[0] + 1) * 2.5)
  if style == 0:
    pen.line(curve((x - s * 0.02, y - 0.16), (x + s * 0.1, y), (x - s * 0.03, y + 0.02)), 0.8)
  elif style == 1:
    pen.line(bow((x - 0.06, y), (x + 0.06, y), 0.25, 6), 0.9)
  elif style == 2:
    pen.black(ellipse(x, y, 0.024, 0.018, n=10))
  elif style == 3:
    pen.line([(x + s * 0.01, y - 0.05), (x + s * 0.05, y + 0.02)], 0.9)
  else:
    pen.line(
      curve((x - s * 0.05, y - 0.3), (x + s * 0.02, y - 0.1), (x + s * 0.08, y)), 0.7, (0.2, 1)
    )
    pen.line(curve((x + s * 0.08, y), (x + s * 0.05, y + 0.05), (x - s * 0.04, y + 0.04)), 0.8)
  if pen.unit > 26:
    pen.shadow(
      curve((x, y - 0.1), (x - s * 0.1, y + 0.04), (x + s * 0.02, y + 0.03)), skin, 0.7, 0.03
    )


def mouth(pen, who, look, skin) -> None:
  x, y, narrow = turned(look, 0.0, 0.79)
  x += look.yaw * 0.05
  w = 0.2 * (0.75 + 0.25 * narrow)
  kind = look.mouth
  if pen.unit < 14 and kind in ('grin', 'teeth', 'cat', 'wavy'):
    kind = 'smile'
  if kind in ('smile', 'smirk'):
    lift = 0.05 if kind == 'smirk' else 0.0
    pen.line(bow((x - w, y), (x + w, y - lift), 0.16), 1.1)
  elif kind == 'line':
    pen.line(bow((x - w * 0.8, y), (x + w * 0.8, y), 0.02), 1.0)
  elif kind == 'small':
    pen.line(bow((x - w * 0.4, y), (x + w * 0.4, y), -0.05), 1.1)
  elif kind == 'frown':
    pen.line(bow((x - w * 0.9, y + 0.04), (x + w * 0.9, y + 0.04), -0.14), 1.1)
  elif kind == 'wavy':
    p = [(x - w, y + 0.02), (x - w / 2, y - 0.03), (x, y + 0.03), (x + w / 2, y - 0.03), (x + w, y)]
    pen.line(spline(p, n=5), 1.0)
  elif kind == 'cat':
    for s in (-1, 1):
      pen.line(bow((x, y), (x + s * w * 0.9, y - 0.02), 0.28 * s), 1.0, (1, None))
  else:
    open_mouth(pen, x, y, w, kind)


def open_mouth(pen, x, y, w, kind) -> None:
  inside = pen.part('mouth', (160, 58, 62))
  if kind == 'o':
    pen.fill(ellipse(x, y + 0.03, w * 0.42, w * 0.6, n=18), inside)
    return
  if kind in ('grin', 'teeth'):
    white = pen.part('teeth', (250, 250, 246))
    low = 0.3 if kind == 'grin' else 0.1
    p = join(
      bow((x - w, y - 0.05), (x + w, y - 0.05), 0.06 if kind == 'grin' else -0.2),
      bow((x + w, y - 0.05), (x - w, y - 0.05), low)[1:-1],
    )
    if kind == 'teeth':
      p = spline(
        [
          (x - w, y + 0.06),
          (x - w * 0.6, y - 0.06),
          (x + w * 0.6, y - 0.06),
          (x + w, y + 0.06),
          (x + w * 0.5, y + 0.09),
          (x - w * 0.5, y + 0.09),
        ],
        True,
        4,
      )
    pen.fill(p, white, ink=1.0)
    if pen.unit > 28:
      pen.line(bow((x - w * 0.8, y + 0.02), (x + w * 0.8, y + 0.02), 0.08), 0.5, within=white)
    return
  drop = 0.34 if kind == 'open' else 0.26
  top = bow((x - w, y - 0.04), (x + w, y - 0.04), 0.05 if kind == 'open' else -0.2)
  low = spline(
    [
      (x + w, y - 0.04),
      (x + w * 0.62, y + drop * 0.62),
      (x, y + drop * 0.8),
      (x - w * 0.62, y + drop * 0.62),
      (x - w, y - 0.04),
    ],
    n=5,
  )
  pen.fill(join(top, low[1:-1]), inside, ink=0)
  if pen.unit > 14:
    tongue = pen.part('tongue', (236, 128, 126))
    pen.fill(ellipse(x, y + drop * 0.85, w * 0.6, drop * 0.4, n=18), tongue, ink=0.7, within=inside)
  pen.line(join(top, low[1:], top[:1]), 1.0, (1, 1))
