"""Drawings of nothing: overlapping blobs, cut glass, bands, spirals, tiles."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.shapes import (
  box,
  curve,
  ellipse,
  join,
  moved,
  scalloped,
  spiral,
  spline,
  star,
  turn,
  waves,
)


def draw_abstract(pen, rng, wide=256, high=256) -> None:
  pen.tag('abstract')
  back = pen.part('background', palette.pick('background', rng))
  pen.fill(box(-4, -4, wide + 4, high + 4), back, ink=0)
  colors = [palette.pick('bright' if rng.random() < 0.6 else 'clothes', rng) for _ in range(7)]
  parts = [pen.part(f'shape {k + 1}', c) for k, c in enumerate(colors)]
  kind = (_blobs, _glass, _bands, _mandala, _tiles, _ribbons)[rng.integers(6)]
  kind(pen, rng, parts, wide, high)


def _blob(rng, x, y, r, n=8):
  a = np.arange(n) * 2 * np.pi / n + rng.uniform(0, 1)
  k = r * rng.uniform(0.65, 1.15, n)
  return spline(np.stack([x + k * np.cos(a), y + k * np.sin(a)], 1), True, 7)


def _blobs(pen, rng, parts, wide, high):
  for _ in range(int(rng.integers(10, 19))):
    x, y, r = rng.uniform(0, wide), rng.uniform(0, high), rng.uniform(16, 62)
    part = parts[rng.integers(len(parts))]
    shape = _blob(rng, x, y, r)
    if rng.random() < 0.25:
      shape = scalloped(shape, 18, 0.3)
    elif rng.random() < 0.2:
      shape = star(x, y, r, r * rng.uniform(0.4, 0.7), int(rng.integers(4, 9)), rng.uniform(0, 6))
    pen.fill(shape, part, volume=0.5)
    kind = rng.random()
    if kind < 0.15:
      pen.hatch(shape, part, rng.uniform(0, 3), rng.uniform(3, 6), 0.6, cross=rng.random() < 0.3)
    elif kind < 0.3:
      pen.fill(moved((shape - (x, y)) * 0.55, x, y), parts[rng.integers(len(parts))], volume=0.4)
    elif kind < 0.4:
      pen.line(spiral(x, y, 3, r * 0.6, 2.5), 1.0)
    elif kind < 0.46:
      pen.black(moved((shape - (x, y)) * 0.4, x, y))


def _glass(pen, rng, parts, wide, high):
  """A grid of uneven cells, like a leaded window."""
  n = int(rng.integers(4, 7))
  xs, ys = np.meshgrid(np.linspace(0, wide, n + 1), np.linspace(0, high, n + 1))
  jitter = rng.uniform(-0.3, 0.3, (2, n + 1, n + 1)) * wide / n
  jitter[0][:, [0, -1]] = 0
  jitter[1][[0, -1]] = 0
  xs, ys = xs + jitter[0], ys + jitter[1]
  shade = rng.random() < 0.5
  for j in range(n):
    for k in range(n):
      corners = [
        (xs[j, k], ys[j, k]),
        (xs[j, k + 1], ys[j, k + 1]),
        (xs[j + 1, k + 1], ys[j + 1, k + 1]),
        (xs[j + 1, k], ys[j + 1, k]),
      ]
      if rng.random() < 0.4:
        cut = rng.integers(2)
        for tri in (
          (corners[0], corners[1], corners[2 + cut]),
          (corners[2], corners[3], corners[0 if not cut else 1]),
        ):
          pen.fill(tri, parts[rng.integers(len(parts))], volume=0.3 * shade, ink=1.2)
      else:
        pen.fill(corners, parts[rng.integers(len(parts))], volume=0.3 * shade, ink=1.2)
  if rng.random() < 0.5:
    pen.fill(ellipse(wide / 2, high / 2, wide * 0.25, n=40), parts[0], volume=0.3, ink=1.4)
    pen.fill(
      star(wide / 2, high / 2, wide * 0.2, wide * 0.1, int(rng.integers(5, 9))), parts[1], ink=1.2
    )


def _bands(pen, rng, parts, wide, high):
  y = -10.0
  while y < high:
    top = waves(
      (-8, y), (wide + 8, y), rng.uniform(0.5, 2.5), rng.uniform(3, 14), 40, rng.uniform(0, 6)
    )
    part = parts[rng.integers(len(parts))]
    shape = join(top, [(wide + 8, high + 8), (-8, high + 8)])
    pen.fill(shape, part, volume=0.15)
    step = rng.uniform(14, 40)
    if rng.random() < 0.3:
      for x in np.arange(8, wide, rng.uniform(18, 30)):
        pen.fill(
          ellipse(x, y + step * 0.65, 5, n=16),
          parts[rng.integers(len(parts))],
          ink=0.8,
          within=part,
        )
    elif rng.random() < 0.25:
      pen.line(moved(top, 0, step * 0.4), 0.7, (1, 1))
    y += step


def _mandala(pen, rng, parts, wide, high):
  c = np.array([wide / 2, high / 2])
  r = min(wide, high) * 0.47
  fold = int(rng.integers(6, 13))
  for part in rng.permutation(parts)[:5]:
    kind = rng.integers(4)
    if kind == 0:
      pen.fill(
        scalloped(ellipse(*c, r, n=60), 2 * np.pi * r / (fold * 2), 0.4), int(part), volume=0.3
      )
    elif kind == 1:
      pen.fill(star(*c, r, r * 0.72, fold), int(part), volume=0.3)
    elif kind == 2:
      pen.fill(ellipse(*c, r, n=48), int(part), volume=0.3)
    else:
      petal = join(
        curve((r * 0.1, 0), (r * 0.6, -r * 0.3), (r, 0)),
        curve((r, 0), (r * 0.6, r * 0.3), (r * 0.1, 0)),
      )
      for k in range(fold):
        pen.fill(moved(turn(petal, 2 * np.pi * k / fold), *c), int(part), volume=0.3)
    if rng.random() < 0.5:
      for k in range(fold):
        a = 2 * np.pi * (k + 0.5) / fold
        dot = ellipse(*(c + 0.86 * r * np.array([np.cos(a), np.sin(a)])), r * 0.05 + 1.5, n=14)
        pen.fill(dot, int(parts[rng.integers(len(parts))]), ink=0.8)
    r *= rng.uniform(0.62, 0.78)


def _tiles(pen, rng, parts, wide, high):
  n = int(rng.integers(3, 6))
  s = wide / n
  motif = rng.integers(3)
  for j in range(int(np.ceil(high / s))):
    for k in range(n):
      x, y = k * s, j * s
      pen.fill(box(x, y, x + s, y + s), parts[(j + k) % 2])
      part = parts[2 + rng.integers(len(parts) - 2)]
      if motif == 0:
        pen.fill(ellipse(x + s / 2, y + s / 2, s * 0.36, n=30), part, volume=0.4)
      elif motif == 1:
        t = rng.integers(4)
        q = [(x, y), (x + s, y), (x + s, y + s), (x, y + s)]
        pen.fill([q[t], q[(t + 1) % 4], q[(t + 2) % 4]], part, volume=0.2)
      else:
        pen.fill(
          star(x + s / 2, y + s / 2, s * 0.42, s * 0.22, 4 + 2 * int(rng.integers(3))),
          part,
          volume=0.4,
        )


def _ribbons(pen, rng, parts, wide, high):
  for k in range(int(rng.integers(4, 8))):
    x = np.linspace(-30, wide + 30, 6)
    y = rng.uniform(-10, high + 10, 6)
    p = spline(np.stack([x, y] if k % 2 else [y * wide / high, x * high / wide], 1), n=9)
    w = rng.uniform(6, 16)
    d = np.gradient(p, axis=0)
    d /= np.maximum(np.hypot(*d.T)[:, None], 1e-6)
    side = d[:, ::-1] * (-1, 1) * w
    part = parts[k % len(parts)]
    for a in range(0, len(p) - 1, 3):  # in pieces, so that it passes over itself
      b = min(a + 4, len(p))
      quad = join(p[a:b] + side[a:b], (p[a:b] - side[a:b])[::-1])
      pen.fill(quad, part, ink=0)
      pen.line(p[a:b] + side[a:b], 1.0, (1, 1))
      pen.line(p[a:b] - side[a:b], 1.0, (1, 1))
  for _ in range(5):
    x, y, r = rng.uniform(0, wide), rng.uniform(0, high), rng.uniform(8, 22)
    pen.fill(ellipse(x, y, r, n=26), parts[rng.integers(len(parts))], volume=0.6)
