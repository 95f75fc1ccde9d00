"""Icons: few closed shapes, which thick even lines bound, alone, in rows, or on a badge."""

import numpy as np

from onepunch_jax.synthetic import palette
from onepunch_jax.synthetic.icon_nature import NATURE
from onepunch_jax.synthetic.icon_things import THINGS
from onepunch_jax.synthetic.pen import Pen
from onepunch_jax.synthetic.shapes import box, ellipse, rounded, scalloped

ICONS = NATURE | THINGS


def draw_icons(pen: Pen, rng: np.random.Generator, wide: float, high: float) -> None:
  """One icon, two, or four of the same or of several kinds, on paper, a ground or a badge."""
  side = min(wide, high)
  count = int(rng.choice([1, 2, 4], p=[0.7, 0.14, 0.16]))
  if rng.random() < 0.25:
    ground = pen.part('background', palette.pick('background', rng))
    pen.fill(box(-20, -20, wide + 20, high + 20), ground, ink=0)
  names = tuple(ICONS)
  one = names[rng.integers(len(names))]
  same = rng.random() < 0.4
  across = 1 if count == 1 else 2
  for k in range(count):
    x = wide * (k % across + 0.5) / across
    y = high * (k // across + 0.5) / (count / across)
    scale = side * (0.36 if across == 1 else 0.19) * rng.uniform(0.85, 1.05)
    weight = 1.0 if across == 1 else 0.55
    if rng.random() < 0.18:
      _badge(pen.at(x, y, scale * 1.2, weight=weight), rng)
      scale *= 0.72
    tilt = rng.normal(0, 0.1) if rng.random() < 0.7 else rng.uniform(-0.5, 0.5)
    flip, stretch = bool(rng.integers(2)), rng.uniform(0.88, 1.12)
    at = pen.at(x, y, scale, tilt, flip, weight=weight, stretch=stretch)
    name = one if same else names[rng.integers(len(names))]
    ICONS[name](at, rng)


def _badge(pen: Pen, rng: np.random.Generator) -> None:
  part = pen.part('badge', palette.pick('bright', rng))
  kind = rng.integers(3)
  if kind == 0:
    pen.fill(ellipse(0, 0, 1, n=48), part, volume=0.2)
  elif kind == 1:
    pen.fill(rounded(-1, -1, 1, 1, 0.3), part)
  else:
    pen.fill(scalloped(ellipse(0, 0, 1, n=48), 0.4, 0.3), part)
