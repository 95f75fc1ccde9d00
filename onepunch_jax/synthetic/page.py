"""Comic pages: panels, speech balloons and lettering made of strokes (no fonts)."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic.shapes import bow, curve, ellipse, join, limb, rounded, star

# Rectangles in shares of the page (x0, y0, x1, y1).
LAYOUTS = (
  ((0, 0, 1, 0.5), (0, 0.5, 1, 1)),
  ((0, 0, 0.5, 1), (0.5, 0, 1, 1)),
  ((0, 0, 1, 0.45), (0, 0.45, 0.55, 1), (0.55, 0.45, 1, 1)),
  ((0, 0, 0.48, 0.55), (0.48, 0, 1, 0.55), (0, 0.55, 1, 1)),
  ((0, 0, 0.6, 0.5), (0.6, 0, 1, 0.5), (0, 0.5, 0.42, 1), (0.42, 0.5, 1, 1)),
  ((0, 0, 1, 1),),
)


def panels(rng) -> list:
  """The boxes (x0, y0, x1, y1) of a page's panels in whole units."""
  layout = LAYOUTS[rng.integers(len(LAYOUTS))]
  margin, gutter = 7, 3
  inner = 256 - 2 * margin
  boxes = []
  for x0, y0, x1, y1 in layout:
    box = np.array([x0, y0, x1, y1]) * inner + margin
    inset = np.array([x0 > 0, y0 > 0, -(x1 < 1), -(y1 < 1)], float) * gutter
    boxes.append(tuple(np.rint(box + inset).tolist()))
  return boxes


def frame(pen, corners) -> None:
  x0, y0, x1, y1 = corners
  pen.line([(x0, y0), (x1, y0)], 1.3, (1, 1))
  pen.line([(x1, y0), (x1, y1)], 1.3, (1, 1))
  pen.line([(x1, y1), (x0, y1)], 1.3, (1, 1))
  pen.line([(x0, y1), (x0, y0)], 1.3, (1, 1))


def speech(pen, rng, x, y, w, h, target) -> None:
  """A balloon of half size (w, h) about (x, y) with its tail towards `target`, with writing."""
  pen.tag('speech bubble')
  white = pen.part('speech bubble', (255, 255, 255))
  kind = rng.integers(4)
  d = np.array(target, float) - (x, y)
  d /= max(np.hypot(*d), 1e-6)
  if kind == 3:  # thought
    pen.fill(_cloud(x, y, w, h), white)
    for k in (1.25, 1.6):
      pen.fill(ellipse(x + d[0] * w * k, y + d[1] * h * k, 3.4 - k, n=14), white)
  elif kind == 2:  # shout
    a = np.arange(24) * np.pi / 12
    r = np.where(np.arange(24) % 2, 1.0, 1.32) * (1 + rng.uniform(-0.05, 0.05, 24))
    pen.fill(np.stack([x + w * r * np.cos(a), y + h * r * np.sin(a)], 1), white, ink=1.1)
  else:
    shape = ellipse(x, y, w, h, n=40) if kind == 0 else rounded(x - w, y - h, x + w, y + h, h * 0.6)
    base = np.array([x, y]) + d * (w * 0.55, h * 0.6)
    side = np.array([-d[1], d[0]]) * 5
    tip = np.array([x, y]) + d * (w * 1.2, h * 1.2) + d * 9
    tail = join(
      curve(base - side, base + d * 6, tip, 7), curve(tip, base + d * 6 + side, base + side, 7)
    )
    pen.fill(shape, white)
    pen.fill(tail, white)
    inner = join(
      base - side * 0.8 - d * 4,
      base - side * 0.8 + d * 1.5,
      base + side * 0.8 + d * 1.5,
      base + side * 0.8 - d * 4,
    )
    pen.fill(shape * 0.94 + np.array([x, y]) * 0.06 if kind == 0 else inner, white, ink=0)
  lettering(pen, rng, x, y, w * 0.74, h * 0.7)


def _cloud(x, y, w, h):
  n = 9
  a = np.arange(n + 1) * 2 * np.pi / n
  p = np.stack([x + w * np.cos(a), y + h * np.sin(a)], 1)
  return np.concatenate([bow(p[k], p[k + 1], -0.22, 6)[:-1] for k in range(n)])


def lettering(pen, rng, x, y, w, h) -> None:
  """Lines (or columns) of stroke glyphs filling a box of half size (w, h)."""
  pen.tag('lettering')
  size = float(np.clip(h / 2.2, 3.4, 8))
  columns = rng.random() < 0.35
  pen = pen.at(0, 0, weight=0.62)
  pitch = size * 1.32
  rows = max(1, int(2 * h // pitch))
  for j in range(rows):
    yy = y + (j - (rows - 1) / 2) * pitch
    t = (yy - y) / max(h, 1e-6)
    reach = w * np.sqrt(max(0.15, 1 - t * t * 0.8))
    xx = x - reach
    while xx + size * 0.7 < x + reach:
      if columns or rng.random() < 0.84:
        glyph(pen.at(xx, yy - size / 2, size), rng)
      xx += size * (1.0 if columns else 0.84)


def glyph(pen, rng) -> None:
  """An invented letter of one to three strokes in a box of width 0.7 and height 1."""
  for _ in range(int(rng.integers(1, 4))):
    a, b = rng.choice([0.0, 0.3, 0.62], 2), rng.choice([0.05, 0.5, 0.95], 2)
    if a[0] == a[1] and b[0] == b[1]:
      b = np.array([0.05, 0.95])
    kind = rng.integers(3)
    if kind == 2:
      pen.line(ellipse(0.31, b[0] * 0.5 + 0.25, 0.26, 0.24, n=12)[np.r_[0:12, 0]], 1.0, (1, 1))
    else:
      pen.line(bow((a[0], b[0]), (a[1], b[1]), 0.35 * kind, 5), 1.0, (1, 1))


# Capital letters as polylines in a 1 x 1 box, for shouts and sounds.
_LETTERS = {
  'A': (((0, 1), (0.5, 0), (1, 1)), ((0.2, 0.62), (0.8, 0.62))),
  'B': (((0, 0), (0, 1), (0.8, 0.85), (0.8, 0.6), (0, 0.5), (0.7, 0.35), (0.7, 0.1), (0, 0)),),
  'M': (((0, 1), (0.1, 0), (0.5, 0.6), (0.9, 0), (1, 1)),),
  'O': (((0.5, 0), (0.95, 0.5), (0.5, 1), (0.05, 0.5), (0.5, 0)),),
  'P': (((0, 1), (0, 0), (0.85, 0.1), (0.85, 0.45), (0, 0.55)),),
  'W': (((0, 0), (0.25, 1), (0.5, 0.4), (0.75, 1), (1, 0)),),
  'Z': (((0, 0), (1, 0), (0, 1), (1, 1)),),
  'K': (((0, 0), (0, 1)), ((0.9, 0), (0, 0.55), (0.95, 1))),
  '!': (((0.4, 0), (0.4, 0.65)), ((0.4, 0.9), (0.4, 1.0))),
}
_SOUNDS = ('BAM!', 'POW!', 'ZAP!', 'WOW!', 'BOOM', 'KABOOM', 'ZOOM', 'POP!')


def sound(pen, rng, x, y, size, color) -> None:
  """A sound word in thick coloured letters with an outline, on a burst or alone."""
  pen.tag('lettering')
  word = _SOUNDS[rng.integers(len(_SOUNDS))]
  part = pen.part('sound', color)
  pen = pen.at(x, y, size, rng.uniform(-0.3, 0.3))
  n = len(word)
  if rng.random() < 0.5:
    burst = star(0, 0, n * 0.75, n * 0.55, 12) * (1, 0.62)
    pen.fill(burst, pen.part('burst', (252, 226, 90)), ink=1.2)
  for k, letter in enumerate(word):
    at = pen.at((k - n / 2) * 1.12 + 0.1, -0.5 + 0.08 * (k % 2), 1.0, rng.normal(0, 0.08))
    strokes = [limb(np.array(s, float) * (0.85, 1), [0.17] * len(s), n=3) for s in _LETTERS[letter]]
    for s in strokes:
      at.fill(s, part, ink=1.0)
    for s in strokes:
      at.fill(s, part, ink=0.0)
