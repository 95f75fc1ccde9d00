"""Icons of nature, food and faces, each about the origin within a radius of about 1."""

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
  limb,
  mirrored,
  moved,
  scalloped,
  spline,
  star,
  turn,
)


def _heart() -> np.ndarray:
  right = [(0, -0.45), (0.3, -0.85), (0.75, -0.8), (0.95, -0.35), (0.6, 0.3), (0, 0.95)]
  return mirrored(join(spline(right[:-1], n=6), right[-1:]))


def _moon() -> np.ndarray:
  return join(
    arc(0, 0, 0.95, 0.95, -1.2, -1.2 - 1.35 * np.pi, 30),
    arc(0.32, -0.2, 0.62, 0.62, -1.2 - 1.2 * np.pi, -1.2, 24),
  )


def _smiley(pen: Pen, rng: np.random.Generator) -> None:
  face = pen.part('face', palette.pick('sun' if rng.random() < 0.7 else 'bright', rng))
  pen.fill(ellipse(0, 0, 1, n=48), face, volume=0.3)
  kind = rng.integers(4)
  for s in (-1, 1):
    if kind == 0:
      pen.line(bow((s * 0.5, -0.1), (s * 0.2, -0.1), s * 0.4), 1.0, (1, 1))
    elif kind == 1:
      white = pen.part('eye white', (250, 250, 250))
      pen.fill(ellipse(s * 0.36, -0.2, 0.26, 0.3, n=24), white)
      pen.black(ellipse(s * 0.34, -0.15, 0.1, n=16))
    else:
      pen.black(ellipse(s * 0.36, -0.2, 0.12, 0.2 if kind == 2 else 0.12, n=20))
  mouth = rng.integers(4)
  if mouth == 0:
    fill(
      pen,
      rng,
      'mouth',
      'mouth',
      join(bow((-0.55, 0.2), (0.55, 0.2), 0.04), bow((0.55, 0.2), (-0.55, 0.2), 0.38)),
    )
  elif mouth == 1:
    pen.line(bow((-0.45, 0.35), (0.45, 0.35), 0.22), 1.0, (1, 1))
  elif mouth == 2:
    pen.line(bow((-0.4, 0.5), (0.4, 0.5), -0.2), 1.0, (1, 1))
  else:
    fill(pen, rng, 'mouth', 'mouth', ellipse(0, 0.45, 0.2, 0.26, n=20))


def _tree(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'trunk', 'wood', box(-0.17, 0.2, 0.17, 0.98), volume=0)
  kind = rng.integers(3)
  if kind == 0:
    fill(pen, rng, 'leaves', 'leaf', ellipse(0, -0.25, 0.72, 0.7, n=40))
  elif kind == 1:
    fill(pen, rng, 'leaves', 'leaf', [(0, -1.0), (0.75, 0.45), (-0.75, 0.45)])
  else:
    crown = ellipse(0, -0.25, 0.72, 0.66, n=40)
    fill(pen, rng, 'leaves', 'leaf', scalloped(crown, 0.5, 0.35))


def _mushroom(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'stem', 'linen', limb([(0, 0.0), (0, 0.85)], [0.28, 0.36]))
  cap = join(arc(0, 0.1, 0.95, 0.95, np.pi, 2 * np.pi, 24), bow((0.95, 0.1), (-0.95, 0.1), 0.08))
  part = fill(pen, rng, 'mushroom', 'bright', cap)
  spots = pen.part('dots', (248, 246, 240))
  for x, y, r in ((-0.4, -0.25, 0.2), (0.35, -0.4, 0.22)):
    pen.fill(ellipse(x, y, r, n=20), spots, within=part)


def _ice_cream(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'cone', 'wood', [(-0.5, 0.05), (0.5, 0.05), (0, 1.0)])
  fill(pen, rng, 'scoop', 'flower', ellipse(0, -0.3, 0.58, 0.52, n=32))


def _flower(pen: Pen, rng: np.random.Generator) -> None:
  count = int(rng.integers(5, 8))
  part = pen.part('flower', palette.pick('flower', rng))
  for k in range(count):
    petal = moved(ellipse(0, 0, 0.42, 0.3, n=22), 0.58, 0)
    pen.fill(turn(petal, 2 * np.pi * k / count), part, volume=0.2)
  fill(pen, rng, 'flower heart', 'gold', ellipse(0, 0, 0.32, n=24))


def _fish(pen: Pen, rng: np.random.Generator) -> None:
  part = pen.part('scales', palette.pick('bright', rng))
  fill(pen, rng, 'fins', 'bright', [(0.5, 0), (1.05, -0.5), (1.05, 0.5)])
  pen.fill(join(bow((-0.95, 0), (0.65, 0), 0.38), bow((0.65, 0), (-0.95, 0), 0.38)[1:-1]), part)
  pen.black(ellipse(-0.5, -0.12, 0.09, n=14))


def _apple(pen: Pen, rng: np.random.Generator) -> None:
  pen.line(curve((0, -0.5), (0.02, -0.8), (0.12, -0.98)), 1.0, (1, 1))
  p = [(0, -0.5), (0.4, -0.68), (0.85, -0.35), (0.75, 0.35), (0.35, 0.9), (0, 0.8)]
  fill(pen, rng, 'fruit', 'bright', mirrored(spline(p, n=6)))
  fill(
    pen,
    rng,
    'leaves',
    'leaf',
    join(bow((0.1, -0.6), (0.65, -0.9), 0.25), bow((0.65, -0.9), (0.1, -0.6), 0.25)),
  )


def _cat(pen: Pen, rng: np.random.Generator) -> None:
  fur = pen.part('fur', palette.pick('fur', rng))
  for s in (-1, 1):
    pen.fill([(s * 0.85, -0.95), (s * 0.95, 0.0), (s * 0.1, -0.5)], fur)
  pen.fill(ellipse(0, 0.15, 0.95, 0.75, n=44), fur, volume=0.2)
  for s in (-1, 1):
    pen.black(ellipse(s * 0.38, 0.0, 0.1, 0.16, n=16))
    pen.line([(s * 0.6, 0.32), (s * 1.05, 0.26)], 0.6, (1, 1))
  fill(pen, rng, 'nose', 'flower', ellipse(0, 0.28, 0.14, 0.1, n=16), volume=0)


def _egg(pen: Pen, rng: np.random.Generator) -> None:
  fill(pen, rng, 'egg white', 'linen', scalloped(ellipse(0, 0, 0.8, 0.7, n=36), 0.9, 0.25))
  fill(pen, rng, 'yolk', 'sun', ellipse(0.05, -0.05, 0.36, n=28))


def _sun(pen: Pen, rng: np.random.Generator) -> None:
  if rng.random() < 0.5:
    fill(pen, rng, 'rays', 'sun', star(0, 0, 1, 0.7, int(rng.integers(8, 13))))
  else:
    for k in range(8):
      a = k * np.pi / 4
      d = np.array([np.cos(a), np.sin(a)])
      pen.line([tuple(d * 0.72), tuple(d)], 1.0, (1, 1))
  fill(pen, rng, 'sun', 'sun', ellipse(0, 0, 0.52, n=32))


def _cherries(pen: Pen, rng: np.random.Generator) -> None:
  fruit = pen.part('fruit', palette.pick('crimson' if rng.random() < 0.6 else 'bright', rng))
  for s in (-1, 1):
    pen.line(curve((s * 0.45, 0.3), (s * 0.3, -0.4), (0.1, -0.9)), 1.0, (1, 1))
    pen.fill(ellipse(s * 0.48, 0.5, 0.4, n=28), fruit, volume=0.3)


NATURE: dict[str, Draw] = {
  'heart': one('heart', 'flower', _heart()),
  'star': one('star', 'sun', star(0, 0, 1, 0.46, 5)),
  'drop': one(
    'water',
    'sea',
    mirrored(spline([(0, -1.0), (0.3, -0.45), (0.66, 0.3), (0.4, 0.85), (0, 0.95)], n=6)),
  ),
  'cloud': one('cloud', 'cloud', scalloped(ellipse(0, 0, 0.95, 0.5, n=40), 0.75, 0.4)),
  'moon': one('moon', 'moon', _moon()),
  'leaf': one(
    'leaves', 'leaf', join(bow((-0.9, 0.6), (0.9, -0.7), 0.3), bow((0.9, -0.7), (-0.9, 0.6), 0.3))
  ),
  'sun': _sun,
  'smiley': _smiley,
  'smiley too': _smiley,
  'tree': _tree,
  'mushroom': _mushroom,
  'ice cream': _ice_cream,
  'flower': _flower,
  'fish': _fish,
  'apple': _apple,
  'cat': _cat,
  'egg': _egg,
  'cherries': _cherries,
}
