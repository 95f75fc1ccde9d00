"""Places: sky, land, water, houses, in units of the sheet's 256. Used alone and behind figures."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import machines, objects, palette, plants
from onepunch_jax.synthetic.shapes import (
  arc,
  box,
  curve,
  ellipse,
  join,
  moved,
  scalloped,
  spline,
  star,
  waves,
)


def backdrop(pen, rng, wide=256, high=256) -> None:
  """Something quiet behind a figure or a thing: a plain wall, rays, dots, hills, a room."""
  kind = rng.random()
  if kind < 0.6:
    pen.tag('simple background')
    return  # paper
  if kind < 0.73:
    pen.tag('simple background')
    _card(pen, rng, wide, high)
    return
  if kind < 0.77:
    _decor(pen, rng, wide, high)
  elif kind < 0.9:
    draw_place(pen, rng, wide, high, quiet=True)
  else:
    _room(pen, rng, wide, high)


def _card(pen, rng, wide, high) -> None:
  """One colour behind it all: an inked disc, arch, card or band; seldom the whole sheet."""
  rgb = palette.shifted(palette.pick('background', rng), rng.uniform(1.0, 1.5))
  part = pen.part('background', rgb)
  x, y, side = wide / 2, high / 2, min(wide, high)
  kind = rng.random()
  if kind < 0.4:
    shape = ellipse(x, y, side * rng.uniform(0.36, 0.46), n=60)
  elif kind < 0.6:
    w, top = side * rng.uniform(0.3, 0.42), y - side * 0.1
    shape = join(arc(x, top, w, w, np.pi, 2 * np.pi, 30), [(x + w, high + 4), (x - w, high + 4)])
  elif kind < 0.75:
    w, h = wide * rng.uniform(0.38, 0.46), high * rng.uniform(0.38, 0.46)
    shape = box(x - w, y - h, x + w, y + h)
  elif kind < 0.9:
    h = high * rng.uniform(0.2, 0.3)
    shape = box(-4, y - h, wide + 4, y + h)
  else:
    pen.fill(box(-4, -4, wide + 4, high + 4), part, ink=0)
    return
  pen.fill(shape, part)
  if rng.random() < 0.35:
    pen.tint(
      part, palette.shifted(rgb, 1.6), ramp=(0, 0, wide * (rng.random() < 0.3), high), amount=0.8
    )


def _decor(pen, rng, wide, high) -> None:
  """Rays, dots, stripes or stars, drawn as inked regions."""
  pen.tag('simple background')
  a = palette.shifted(palette.pick('background', rng), 1.3)
  b = palette.shifted(palette.pick('bright', rng), 1.5)
  one, two = pen.part('background', a), pen.part('backdrop', b)
  pen.fill(box(-4, -4, wide + 4, high + 4), one, ink=0)
  kind = rng.integers(4)
  if kind == 0:
    c = np.array([wide / 2, high * rng.uniform(0.4, 0.7)])
    for k in range(10):
      t = np.array([k, k + 0.5]) * 2 * np.pi / 10
      far = c + np.stack([np.cos(t), np.sin(t)], 1) * (wide + high)
      pen.fill([c, far[0], far[1]], two, ink=0.6)
  elif kind == 1:
    for j, y in enumerate(np.arange(16, high, 44)):
      for x in np.arange(16 + 22 * (j % 2), wide, 44):
        pen.fill(ellipse(x, y, 8, n=20), two, ink=0.6)
  elif kind == 2:
    for x in np.arange(-high, wide, 52):
      pen.fill(
        [(x, high + 4), (x + 22, high + 4), (x + 22 + high, -4), (x + high, -4)], two, ink=0.6
      )
  else:
    for _ in range(9):
      x, y, r = rng.uniform(0, wide), rng.uniform(0, high), rng.uniform(6, 15)
      pen.fill(star(x, y, r, r * 0.45, 5), two, ink=0.7)


def _room(pen, rng, wide, high) -> None:
  wall, floor = (
    pen.part('background', palette.pick('wall', rng)),
    pen.part('floor', palette.pick('wood', rng)),
  )
  edge = high * rng.uniform(0.66, 0.8)
  pen.fill(box(-4, -4, wide + 4, edge), wall, ink=0)
  pen.fill(box(-4, edge, wide + 4, high + 4), floor)
  for x in np.arange(-20, wide + 30, 44):
    pen.line([(x + 8, edge), (x - 24, high + 4)], 0.6, (1, 1))
  x = wide * rng.choice([0.2, 0.78])
  frame, glass = (
    pen.part('frame', palette.pick('wood', rng)),
    pen.part('sky', palette.pick('sky', rng)),
  )
  y, w, h = high * 0.28, wide * 0.14, high * 0.17
  pen.fill(box(x - w - 5, y - h - 5, x + w + 5, y + h + 5), frame)
  pen.fill(box(x - w, y - h, x + w, y + h), glass)
  pen.line([(x, y - h), (x, y + h)], 1.0, (1, 1))
  pen.line([(x - w, y), (x + w, y)], 1.0, (1, 1))


def _cloud(pen, rng, x, y, w) -> None:
  part = pen.part('cloud', palette.pick('cloud', rng))
  base = join(
    arc(x, y, w, w * 0.42, np.pi, 2 * np.pi, 14), [(x + w, y + w * 0.12), (x - w, y + w * 0.12)]
  )
  pen.fill(scalloped(base, w * 0.5, 0.3), part, volume=0.3)


def draw_sky(pen, rng, wide, high, time) -> None:
  kind = {'day': 'sky', 'dusk': 'dusk', 'night': 'night'}[time]
  rgb = palette.pick(kind, rng)
  sky = pen.part('sky', rgb)
  pen.tag('sky', *({'dusk': ('sunset',), 'night': ('night',)}.get(time, ())))
  pen.fill(box(-4, -4, wide + 4, high + 4), sky, ink=0)
  if rng.random() < 0.6:
    far = {'day': (236, 246, 252), 'dusk': (252, 226, 160), 'night': (84, 78, 130)}[time]
    pen.tint(sky, far, ramp=(0, 0, 0, high * 0.7), amount=0.8)
  x, y, r = wide * rng.uniform(0.15, 0.85), high * rng.uniform(0.12, 0.3), rng.uniform(14, 26)
  if time == 'night':
    pen.tag('moon', 'star')
    moon = pen.part('moon', palette.pick('moon', rng))
    if rng.random() < 0.5:
      pen.fill(ellipse(x, y, r, n=30), moon, volume=0.3)
    else:
      pen.fill(
        join(
          arc(x, y, r, r, -1.2, 1.9, 20),
          arc(x - r * 0.42, y - r * 0.15, r * 0.95, r * 0.95, 1.5, -0.75, 18),
        ),
        moon,
      )
    lights = pen.part('stars', (250, 240, 180))
    for _ in range(10):
      pen.fill(
        star(rng.uniform(0, wide), rng.uniform(0, high * 0.55), rng.uniform(3, 6), 1.6, 4),
        lights,
        ink=0.5,
      )
  elif rng.random() < 0.75:
    pen.tag('sun')
    sun = pen.part('sun', palette.pick('sun', rng))
    if rng.random() < 0.4:
      for k in range(12):
        a = k * np.pi / 6
        d = np.array([np.cos(a), np.sin(a)])
        pen.line(moved([d * r * 1.25, d * r * 1.6], x, y), 1.2)
    pen.fill(ellipse(x, y, r, n=30), sun, volume=0.0)
  for _ in range(int(rng.integers(0, 4))):
    pen.tag('cloud')
    _cloud(pen, rng, rng.uniform(0, wide), high * rng.uniform(0.1, 0.45), rng.uniform(18, 38))


def _ridge(wide, high, y, rough, rng, n=6):
  xs = np.linspace(-20, wide + 20, n)
  top = spline(np.stack([xs, y + rng.uniform(-rough, rough, n)], 1), n=7)
  return join(top, [(wide + 20, high + 8), (-20, high + 8)])


def _mountains(pen, rng, wide, high, horizon) -> None:
  pen.tag('mountain')
  for _ in range(int(rng.integers(1, 4))):
    rgb = palette.pick('mountain', rng)
    part, snow = pen.part('mountain', rgb), pen.part('snow', (246, 248, 252))
    x, w, h = rng.uniform(0, wide), rng.uniform(60, 110), rng.uniform(50, 110)
    peak = (x, horizon - h)
    p = np.array(
      [
        (x - w, horizon + 20),
        (x - w * 0.45, horizon - h * 0.5),
        peak,
        (x + w * 0.4, horizon - h * 0.55),
        (x + w, horizon + 20),
      ]
    )
    pen.fill(p, part)
    pen.shadow(
      np.array(
        [
          peak,
          (x + w * 0.4, horizon - h * 0.55),
          (x + w, horizon + 20),
          (x + w * 0.1, horizon + 20),
        ]
      ),
      part,
      0.6,
    )
    if rng.random() < 0.7:
      tip = [
        (x - w * 0.27, horizon - h * 0.7),
        peak,
        (x + w * 0.24, horizon - h * 0.72),
        (x + w * 0.1, horizon - h * 0.62),
        (x, horizon - h * 0.74),
        (x - w * 0.12, horizon - h * 0.6),
      ]
      pen.fill(tip, snow, within=part)


def draw_place(pen, rng, wide=256, high=256, quiet=False) -> None:
  """A whole place; `quiet`: without what would clutter the middle."""
  pen.tag('scenery')
  time = (*['day'] * 8, 'dusk', 'night')[rng.integers(10)]
  draw_sky(pen, rng, wide, high, time)
  horizon = high * rng.uniform(0.5, 0.68)
  kind = ('hills', 'hills', 'sea', 'city', 'forest', 'desert', 'snow')[rng.integers(7)]
  if kind == 'city':
    _city(pen, rng, wide, high, horizon, time)
    return
  if rng.random() < 0.45:
    _mountains(pen, rng, wide, high, horizon)
  if kind == 'sea':
    _sea(pen, rng, wide, high, horizon, quiet)
    return
  grass = {'desert': 'sand', 'snow': 'cloud'}.get(kind, 'grass')
  if kind == 'snow':
    pen.tag('snow')
  pen.tag('hill')
  far = pen.part('far hill', palette.pick('hill' if grass == 'grass' else grass, rng))
  pen.fill(_ridge(wide, high, horizon, 14, rng), far, volume=0.1)
  if not quiet or kind == 'forest':
    for _ in range(int(rng.integers(2, 5))):
      x, s = rng.uniform(0, wide), rng.uniform(16, 28)
      plants.draw_tree(
        pen.at(x, horizon - s * 0.6 + 10, s, weight=0.7),
        rng,
        'pine' if kind in ('snow', 'forest') else None,
      )
  near = pen.part('ground', palette.pick(grass, rng))
  level = horizon + (high - horizon) * rng.uniform(0.25, 0.45)
  pen.fill(_ridge(wide, high, level, 12, rng), near, volume=0.1)
  if kind == 'hills' and rng.random() < 0.5:
    path = pen.part('path', palette.pick('sand', rng))
    x = wide * rng.uniform(0.3, 0.7)
    pen.fill(
      join(
        curve((x - 4, level - 2), (x + 40, (level + high) / 2), (x - 40, high + 4)),
        curve((x + 30, high + 4), (x + 70, (level + high) / 2), (x + 6, level - 2)),
      ),
      path,
      within=near,
    )
  if quiet:
    return
  for _ in range(14):
    x, y = rng.uniform(0, wide), level + (high - level) * rng.uniform(0.1, 1)
    for d in (-3, 0, 3):
      pen.line([(x + d, y), (x + d * 1.7, y - 6)], 0.7, (1, 0.1), within=near)
  if rng.random() < 0.6:
    pen.tag('house')
    s = rng.uniform(26, 44)
    machines.house(pen.at(wide * rng.uniform(0.2, 0.8), level - s * 0.6 + 8, s, weight=0.8), rng)
  if rng.random() < 0.8:
    s = rng.uniform(40, 66)
    plants.draw_tree(pen.at(wide * rng.choice([0.16, 0.85]), high - s * 1.2, s), rng)
  if rng.random() < 0.4:
    pen.tag('flower')
    for _ in range(5):
      plants.bloom(
        pen.at(
          rng.uniform(0, wide),
          level + (high - level) * rng.uniform(0.3, 1),
          rng.uniform(5, 8),
          weight=0.6,
        ),
        rng,
      )


def _sea(pen, rng, wide, high, horizon, quiet) -> None:
  pen.tag('sea')
  rgb = palette.pick('sea', rng)
  sea = pen.part('sea', rgb)
  pen.fill(box(-4, horizon, wide + 4, high + 4), sea)
  pen.tint(sea, palette.shifted(rgb, 1.45), ramp=(0, high, 0, horizon), amount=0.7)
  for _ in range(16):
    y = horizon + (high - horizon) * rng.random() ** 0.8
    x, w = rng.uniform(0, wide), 6 + 20 * (y - horizon) / (high - horizon)
    pen.line(waves((x, y), (x + w, y), 1.0, 1.2, 12), 0.8, (0.2, 0.2))
  if not quiet and rng.random() < 0.7:
    s = rng.uniform(20, 42)
    pen.tag('boat')
    boat = pen.at(wide * rng.uniform(0.25, 0.75), horizon + s * 0.1, s, weight=0.8)
    objects.draw_object(boat, 'boat', rng)
  if rng.random() < 0.6:
    sand = pen.part('sand', palette.pick('sand', rng))
    level = high * rng.uniform(0.82, 0.9)
    pen.fill(_ridge(wide, high, level, 8, rng), sand)
    if not quiet:
      pen.line(_ridge(wide, high, level - 6, 5, rng)[:-2], 0.7, (0.5, 0.5))
      plants.draw_tree(pen.at(wide * rng.choice([0.14, 0.86]), high - 78, 64), rng, 'palm')


def _city(pen, rng, wide, high, horizon, time) -> None:
  pen.tag('city')
  lit = pen.part('window', (250, 228, 140) if time == 'night' else palette.pick('glass', rng))
  for row, (base, lift) in enumerate(((horizon + 20, 0.75), (high * 0.86, 1.0))):
    x = -rng.uniform(0, 30)
    while x < wide:
      w, h = rng.uniform(26, 52), rng.uniform(50, 130) * lift
      part = pen.part(
        'building', palette.pick(('stone', 'wall', 'brick', 'mountain')[rng.integers(4)], rng)
      )
      pen.fill(box(x, base - h, x + w, high + 4), part)
      pen.shadow(box(x + w * 0.68, base - h, x + w, high + 4), part, 0.6)
      if row:
        for yy in np.arange(base - h + 9, base - 8, 17):
          for xx in np.arange(x + 6, x + w - 9, 12):
            pen.fill(box(xx, yy, xx + 6, yy + 9), lit, ink=0.6)
      x += w + (rng.uniform(0, 8) if row else 0)
  road = pen.part('road', palette.pick('road', rng))
  pen.fill(box(-4, high * 0.86, wide + 4, high + 4), road)
  mark = pen.part('road marking', (240, 236, 220))
  for x in np.arange(8, wide, 44):
    pen.fill(box(x, high * 0.925, x + 22, high * 0.94), mark, ink=0.6)
  if rng.random() < 0.5:
    pen.tag('car')
    objects.draw_object(
      pen.at(wide * rng.uniform(0.25, 0.75), high * 0.86, 28, weight=0.8), 'car', rng
    )
