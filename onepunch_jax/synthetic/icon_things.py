"""Icons of things and signs, each about the origin within a radius of about 1."""

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.icon_parts import Draw, fill, one
from onepunch_jax.synthetic.pen import Pen
from onepunch_jax.synthetic.shapes import (
  arc,
  bow,
  box,
  curve,
  ellipse,
  join,
  mirrored,
  ring,
  rounded,
  spline,
)


def _house(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'wall', 'wall', box(-0.75, -0.1, 0.75, 0.9), volume=0)
  fill(pen, rng, 'door', 'wood', box(-0.2, 0.25, 0.25, 0.9), volume=0)
  fill(pen, rng, 'roof', 'roof', [(0, -0.95), (1.0, -0.05), (-1.0, -0.05)], volume=0)


def _balloon(pen: Pen, rng: np.random.Generator) -> None:
  pen.line(curve((0, 0.4), (0.15, 0.7), (0, 1.0)), 1.0, (1, 1))
  fill(pen, rng, 'balloon', 'bright', ellipse(0, -0.3, 0.62, 0.7, n=36))


def _bell(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'bell', 'gold', ellipse(0, 0.72, 0.22, n=20))
  p = [(0, -0.9), (0.4, -0.65), (0.5, 0.2), (0.85, 0.6)]
  fill(pen, rng, 'bell', 'gold', mirrored(spline(p, n=6)))


def _lock(pen: Pen, rng: np.random.Generator) -> None:
  shackle = ring(arc(0, -0.25, 0.5, 0.6, 0, 2 * np.pi, 40), ellipse(0, -0.25, 0.26, 0.36, n=32))
  fill(pen, rng, 'metal', 'metal', shackle, ink=0)
  pen.line(join(e := ellipse(0, -0.25, 0.5, 0.6, n=40), e[:1]), 1.0, (1, 1))
  pen.line(join(e := ellipse(0, -0.25, 0.26, 0.36, n=32), e[:1]), 1.0, (1, 1))
  fill(
    pen,
    rng,
    'body',
    'gold' if rng.random() < 0.5 else 'bright',
    rounded(-0.8, -0.15, 0.8, 0.9, 0.18),
  )
  pen.black(ellipse(0, 0.35, 0.13, n=16))


def _flag(pen: Pen, rng: np.random.Generator) -> None:
  cloth = join(
    curve((-0.5, -0.85), (0.1, -1.05), (0.95, -0.75)),
    curve((0.95, 0.05), (0.1, -0.2), (-0.5, 0.05)),
  )
  fill(pen, rng, 'flag', 'bright', cloth)
  fill(pen, rng, 'mast', 'wood', box(-0.62, -0.95, -0.45, 1.0), volume=0)


def _envelope(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'paper sheet', 'linen', box(-0.95, -0.6, 0.95, 0.65), volume=0)
  fill(pen, rng, 'flap', 'wall', [(-0.95, -0.6), (0.95, -0.6), (0, 0.15)], volume=0)


def _bulb(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'metal', 'metal', rounded(-0.3, 0.35, 0.3, 0.95, 0.12), volume=0)
  fill(pen, rng, 'lamp', 'sun', ellipse(0, -0.25, 0.65, 0.7, n=36))


def _gift(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'box', 'bright', box(-0.75, -0.2, 0.75, 0.9), volume=0)
  band = pen.part('ribbon', palette.pick('bright', rng))
  pen.fill(box(-0.16, -0.2, 0.16, 0.9), band)
  fill(pen, rng, 'box', 'bright', box(-0.9, -0.5, 0.9, -0.1), volume=0)
  for s in (-1, 1):
    pen.fill(ellipse(s * 0.34, -0.7, 0.34, 0.2, s * 0.4, n=24), band)


def _cup(pen: Pen, rng: np.random.Generator) -> None:
  part = pen.part('cup', palette.pick('bright', rng))
  pen.fill(ellipse(0.6, 0.05, 0.4, 0.4, n=30), part)
  fill(pen, rng, 'background', 'wall', ellipse(0.6, 0.05, 0.2, 0.2, n=24), volume=0)
  body = join(
    [(-0.85, -0.6), (0.6, -0.6)],
    curve((0.6, -0.6), (0.6, 0.8), (0.2, 0.85)),
    curve((-0.45, 0.85), (-0.85, 0.8), (-0.85, -0.6)),
  )
  pen.fill(body, part, volume=0.3)


def _book(pen: Pen, rng: np.random.Generator) -> None:
  part = pen.part('book', palette.pick('book', rng))
  pages = pen.part('pages', palette.pick('linen', rng))
  pen.fill(box(-0.98, -0.6, 0.98, 0.8), part)
  for s in (-1, 1):
    page = join(
      curve((0, -0.5), (s * 0.4, -0.8), (s * 0.85, -0.6)),
      curve((s * 0.85, 0.6), (s * 0.4, 0.4), (0, 0.7)),
    )
    pen.fill(page, pages)


def _shield(pen: Pen, rng: np.random.Generator) -> None:
  p = [(0, -0.95), (0.8, -0.75), (0.75, 0.1), (0.4, 0.65), (0, 0.98)]
  half = spline(p[1:], n=6)
  shape = mirrored(join(p[:1], half))
  fill(pen, rng, 'shield', 'bright', shape)
  left = join([(0, -0.95), (0, 0.98)], (half * (-1, 1))[::-1])
  if rng.random() < 0.6:
    fill(pen, rng, 'shield half', 'bright', left)


def _gem(pen: Pen, rng: np.random.Generator) -> None:
  base = palette.pick('bright', rng)
  shades = [pen.part(f'facet {k}', palette.shifted(base, f)) for k, f in enumerate((1.3, 1, 0.75))]
  top = [(-0.55, -0.7), (0.55, -0.7), (0.98, -0.2), (-0.98, -0.2)]
  pen.fill(top, shades[0])
  pen.fill([(-0.98, -0.2), (0.98, -0.2), (0, 0.95)], shades[1])
  pen.fill([(-0.35, -0.2), (0.35, -0.2), (0, 0.95)], shades[2])


def _umbrella(pen: Pen, rng: np.random.Generator) -> None:
  pen.line(join([(0, -0.2), (0, 0.7)], arc(-0.17, 0.7, 0.17, 0.2, 0, np.pi, 10)), 1.0, (1, 1))
  base = palette.pick('bright', rng)
  part = pen.part('umbrella', base)
  dome = arc(0, 0, 0.98, 0.9, np.pi, 2 * np.pi, 28)
  pen.fill(join(dome, bow((0.98, 0), (-0.98, 0), -0.08)), part)
  other = pen.part('umbrella panel', palette.pick('bright', rng, avoid=(base,)))
  middle = join(
    curve((-0.34, 0.05), (-0.3, -0.6), (0, -0.9)), curve((0, -0.9), (0.3, -0.6), (0.34, 0.05))
  )
  pen.fill(middle, other)


def _crown(pen: Pen, rng: np.random.Generator) -> None:
  teeth = [
    (-0.9, 0.6),
    (-0.95, -0.5),
    (-0.45, 0.0),
    (0, -0.8),
    (0.45, 0.0),
    (0.95, -0.5),
    (0.9, 0.6),
  ]
  fill(pen, rng, 'crown', 'gold', teeth)
  fill(pen, rng, 'band', 'bright', box(-0.92, 0.4, 0.92, 0.8), volume=0)


def _rocket(pen: Pen, rng: np.random.Generator) -> None:
  fin = pen.part('fins', palette.pick('bright', rng))
  for s in (-1, 1):
    pen.fill([(s * 0.3, 0.1), (s * 0.8, 0.8), (s * 0.25, 0.65)], fin)
  fill(pen, rng, 'flame', 'sun', [(-0.2, 0.6), (0.2, 0.6), (0, 1.05)])
  hull = mirrored(spline([(0, -1.0), (0.36, -0.5), (0.42, 0.2), (0.25, 0.7)], n=6))
  fill(pen, rng, 'rocket', 'car', hull)
  fill(pen, rng, 'window', 'glass', ellipse(0, -0.25, 0.19, n=20), volume=0)


def _clock(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'clock', 'bright', ellipse(0, 0, 1, n=44), volume=0)
  fill(pen, rng, 'clock face', 'linen', ellipse(0, 0, 0.74, n=36), volume=0)
  pen.line([(0, 0), (0, -0.5)], 1.0, (1, 1))
  pen.line([(0, 0), (0.34, 0.18)], 1.0, (1, 1))


def _car(pen: Pen, rng: np.random.Generator) -> None:
  part = pen.part('car', palette.pick('car', rng))
  pen.fill([(-0.6, -0.1), (-0.4, -0.6), (0.4, -0.6), (0.65, -0.1)], part)
  fill(
    pen,
    rng,
    'window',
    'glass',
    [(-0.4, -0.1), (-0.27, -0.42), (0.3, -0.42), (0.44, -0.1)],
    volume=0,
  )
  pen.fill(rounded(-0.98, -0.12, 0.98, 0.4, 0.18), part)
  for x in (-0.5, 0.52):
    fill(pen, rng, 'tyre', 'charcoal', ellipse(x, 0.42, 0.27, n=24), volume=0)
    fill(pen, rng, 'hub', 'metal', ellipse(x, 0.42, 0.11, n=16), volume=0)


def _arrow(pen: Pen, rng: np.random.Generator) -> None:
  p = [
    (-0.95, -0.28),
    (0.1, -0.28),
    (0.1, -0.75),
    (0.98, 0),
    (0.1, 0.75),
    (0.1, 0.28),
    (-0.95, 0.28),
  ]
  fill(pen, rng, 'arrow', 'bright', p)


def _bolt(pen: Pen, rng: np.random.Generator) -> None:
  p = [
    (0.2, -1.0),
    (-0.6, 0.15),
    (-0.1, 0.15),
    (-0.25, 1.0),
    (0.6, -0.25),
    (0.1, -0.25),
    (0.55, -1.0),
  ]
  fill(pen, rng, 'bolt', 'sun', p)


THINGS: dict[str, Draw] = {
  'speech': one(
    'speech bubble',
    'linen',
    join(arc(0, -0.15, 0.95, 0.7, 2.2, 2.2 + 1.85 * np.pi, 40), [(-0.75, 0.95)]),
  ),
  'house': _house,
  'balloon': _balloon,
  'bell': _bell,
  'lock': _lock,
  'flag': _flag,
  'envelope': _envelope,
  'bulb': _bulb,
  'gift': _gift,
  'cup': _cup,
  'book': _book,
  'shield': _shield,
  'gem': _gem,
  'umbrella': _umbrella,
  'crown': _crown,
  'rocket': _rocket,
  'clock': _clock,
  'car': _car,
  'arrow': _arrow,
  'bolt': _bolt,
}
