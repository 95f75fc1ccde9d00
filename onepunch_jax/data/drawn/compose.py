"""One drawing from (seed, index, size): who and what, in which style, developed into pictures."""

from __future__ import annotations

import numpy as np

from onepunch_jax.data.drawn import cast, develop, palette, portrait, raster, shapes, tags
from onepunch_jax.data.drawn.pen import Pen, Style

_FRAME = np.array([[1.0, 0, 0], [0, 1.0, 0]])


def style_of(seed: int, index: int) -> tuple[Style, develop.Finish]:
  """The hand a drawing is drawn in: a function of (seed, index) alone."""
  rng = cast.stream(13, seed, index)
  shading = ('flat', 'cel', 'soft')[int(np.searchsorted((0.2, 0.65), rng.random()))]
  angle = rng.choice([-1, 1]) * rng.uniform(0.35, 1.0)
  gap = 0 if rng.random() < 0.7 else int(rng.choice([2, 3, 4, 6, 8, 12]))
  style = Style(
    weight=float(rng.choice([1.3, 1.7, 2.1, 2.6, 3.2], p=[0.2, 0.3, 0.25, 0.15, 0.1])),
    contrast=rng.uniform(0.0, 0.5),
    taper=float(rng.choice([0.15, 0.4, 1.0], p=[0.45, 0.35, 0.2])),
    wobble=0.0 if rng.random() < 0.4 else rng.uniform(0.2, 0.7),
    phase=tuple(rng.uniform(0, 6.28, 4)),
    gap=gap,
    gap_every=rng.uniform(30, 70),
    shading=shading,
    depth=0 if shading == 'flat' else int(rng.uniform(55, 110)),
    light=(float(np.sin(angle)), -float(np.cos(angle))),
    hatching=bool(rng.random() < 0.15),
    rng=cast.stream(14, seed, index),
  )
  kind = rng.random()
  ink = (rng.integers(0, 30),) * 3
  if kind > 0.72:
    ink = tuple(rng.integers(low, low + 40) for low in ((50, 20, 15), (20, 20, 60),
                                                        (60, 25, 50))[rng.integers(3)])
  hue = ((0.62, 0.56, 0.74), (0.58, 0.6, 0.76), (0.7, 0.58, 0.6), (0.6, 0.6, 0.66))[rng.integers(4)]
  finish = develop.Finish(
    shadow=tuple(v * rng.uniform(0.75, 1.0) for v in hue),
    light=(255, 252, 236),
    ink=tuple(int(v) for v in ink),
    own=float(rng.choice([0.5, 0.9])) if rng.random() < 0.15 else 0.0,
    black=int(rng.choice([0, 0, 0, 20, 50])),
  )
  return style, finish


def draw(seed: int, index: int, size: int = 256) -> dict:
  """See onepunch_jax.data.drawn.draw."""
  rng = cast.stream(15, seed, index)
  style, finish = style_of(seed, index)
  sheet = raster.new_sheet(size)
  pen = Pen(sheet, style, _FRAME)
  if style.hatching:
    sheet.tags.add('hatching')
  identity = cast.character_of(seed, index)
  if identity >= 0:
    who = cast.character(seed, identity)
    look = cast.look(rng)
    back = pen.part('background', palette.pick('background', rng))
    pen.fill(shapes.box(-2, -2, 258, 258), back, ink=0)
    r = rng.uniform(44, 66)
    portrait.draw_portrait(pen.at(128 + rng.normal(0, 6), rng.uniform(100, 120), r), who, look)
  else:
    back = pen.part('background', palette.pick('background', rng))
    pen.fill(shapes.box(-2, -2, 258, 258), back, ink=0)
  record = develop.develop(sheet, finish, size)
  return {
    'key': f'drawn-{seed}-{index}',
    **record,
    'parts': tuple(sheet.names),
    'tags': tags.multi_hot(sheet),
    'character': identity,
    'gap': style.gap,
    'shading': style.shading,
  }
