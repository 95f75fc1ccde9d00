"""The hand a drawing is drawn in, and the finish of its colours."""

from __future__ import annotations

import numpy as np

from onepunch_jax.synthetic import characters, render
from onepunch_jax.synthetic.hand import Style

_INKS = ((50, 20, 15), (20, 20, 60), (60, 25, 50))
_SHADOWS = ((0.62, 0.56, 0.74), (0.58, 0.6, 0.76), (0.7, 0.58, 0.6), (0.6, 0.6, 0.66))


def style_of(seed: int, index: int) -> tuple[Style, render.Finish]:
  """A function of (seed, index) alone."""
  rng = characters.stream(13, seed, index)
  shading = ('flat', 'cel', 'soft')[int(np.searchsorted((0.2, 0.65), rng.random()))]
  angle = rng.choice([-1, 1]) * rng.uniform(0.35, 1.0)
  gap = 0 if rng.random() < 0.7 else int(rng.choice([2, 3, 4, 6, 8, 12]))
  style = Style(
    weight=float(rng.choice([1.5, 1.9, 2.3, 2.8, 3.4], p=[0.2, 0.3, 0.25, 0.15, 0.1])),
    contrast=rng.uniform(0.0, 0.5),
    taper=float(rng.choice([0.15, 0.4, 1.0], p=[0.45, 0.35, 0.2])),
    wobble=0.0 if rng.random() < 0.4 else rng.uniform(0.2, 0.7),
    phase=tuple(rng.uniform(0, 6.28, 4)),
    echo=rng.uniform(0.5, 1.1) if rng.random() < 0.09 else 0.0,
    gap=gap,
    gap_every=rng.uniform(30, 60) + 4 * gap,
    shading=shading,
    depth=0 if shading == 'flat' else int(rng.uniform(55, 110)),
    light=(float(np.sin(angle)), -float(np.cos(angle))),
    hatching=bool(rng.random() < 0.15),
    blacks=bool(rng.random() < 0.45),
    rng=characters.stream(14, seed, index),
  )
  ink = (int(rng.integers(0, 30)),) * 3
  if rng.random() > 0.72:
    ink = tuple(int(rng.integers(low, low + 40)) for low in _INKS[rng.integers(3)])
  hue = _SHADOWS[rng.integers(4)]
  finish = render.Finish(
    shadow=tuple(v * rng.uniform(0.75, 1.0) for v in hue),
    light=(255, 252, 236),
    ink=ink,
    own=float(rng.choice([0.5, 0.9])) if rng.random() < 0.15 else 0.0,
    black=int(rng.choice([0, 0, 0, 20, 50])),
  )
  return style, finish
