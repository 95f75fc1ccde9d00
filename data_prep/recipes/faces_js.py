"""Faces put together from the parts of the npm package facesjs.

The package has SVG text for each part, with names in place of colours. A part is placed by the
middle of its box, turned, mirrored and scaled about it.
"""

import functools
import json
import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from data_prep.svg import paint, roles
from data_prep.svg.drawing import Source
from data_prep.svg.read import parse
from data_prep.svg.shapes import shapes

ZOOM = (1.0, 1.4)
LICENSE = 'Apache-2.0'
CREDIT = 'facesjs by Jeremy Scheff'
_WIDTH, _HEIGHT = 400, 600
_MARKS = {
  (231, 14, 77): 'skinColor',
  (77, 14, 231): 'hairColor',
  (14, 231, 77): 'primary',
  (201, 99, 7): 'secondary',
  (7, 99, 201): 'accent',
}
_ROLES = {
  'skinColor': roles.Role('skin', 'skin'),
  'hairColor': roles.Role('hair', 'hair'),
  'primary': roles.Role('shirt', 'clothes'),
  'secondary': roles.Role('', 'clothes'),
  'accent': roles.Role('', 'clothes'),
}


class Slot(NamedTuple):
  """Where a kind of part goes, and how often there is one.

  Attributes:
    kind: its name in the package.
    places: middles of its boxes; () leaves it where it was drawn. The second one is mirrored.
    chance: probability that a face has one.
    fat: it becomes narrower with the head.
    angle: it is turned by up to so many degrees.
    sizes: range of its scale.
  """

  kind: str
  places: tuple[tuple[int, int], ...] = ()
  chance: float = 1.0
  fat: bool = False
  angle: float = 0.0
  sizes: tuple[float, float] = (1.0, 1.0)


_SLOTS = (
  Slot('hairBg', chance=0.5, fat=True),
  Slot('body'),
  Slot('jersey'),
  Slot('ear', ((55, 325), (345, 325)), fat=True, sizes=(0.6, 1.4)),
  Slot('head', fat=True),
  Slot('eyeLine', chance=0.6),
  Slot('smileLine', ((150, 435), (250, 435)), chance=0.5, sizes=(0.4, 2.0)),
  Slot('miscLine', chance=0.35),
  Slot('facialHair', chance=0.3, fat=True),
  Slot('eye', ((140, 310), (260, 310)), angle=12),
  Slot('eyebrow', ((140, 270), (260, 270)), angle=16),
  Slot('mouth', ((200, 440),)),
  Slot('nose', ((200, 370),), sizes=(0.5, 1.2)),
  Slot('hair', chance=0.95, fat=True),
  Slot('glasses', chance=0.15, fat=True),
)
_TAGS = {'facialHair': 'beard', 'glasses': 'glasses'}


def parts(files: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
  """The package's parts: kind -> name -> SVG text."""
  return _parts(files['package/build/svgs.js'].decode())


@functools.lru_cache(maxsize=1)
def _parts(text: str) -> dict[str, dict[str, str]]:
  body = text[text.index('{', text.index('export default')) : text.rindex('}') + 1]
  quoted = re.sub(r'^(\s*)([A-Za-z_]\w*):', r'\1"\2":', body, flags=re.MULTILINE)
  return {kind: dict(named) for kind, named in json.loads(quoted).items()}


def source(files: Mapping[str, bytes], rng: np.random.Generator, hair: str) -> Source:
  """A face with one kind of hair.

  Args:
    files: path in the package -> content.
    rng: decides the other parts.
    hair: of `parts(files)['hair']`.

  Raises:
    SvgError: it cannot be drawn.
  """
  every = parts(files)
  fatness = rng.uniform(0, 1)
  thin = 0.8 + 0.2 * fatness
  pieces, tags = [], ['face']
  for slot in _SLOTS:
    names = [n for n in sorted(every[slot.kind]) if n != 'none' and every[slot.kind][n]]
    name = hair if slot.kind == 'hair' else names[rng.integers(len(names))]
    angle = rng.uniform(-slot.angle, slot.angle)
    scale = rng.uniform(*slot.sizes)
    if rng.random() >= slot.chance or not every[slot.kind][name]:
      continue
    tags += [_TAGS[slot.kind]] if slot.kind in _TAGS else []
    text = _marked(every[slot.kind][name], rng.uniform(0, 0.2))
    for i, place in enumerate(slot.places or ((_WIDTH // 2, 0),)):
      moves = []
      if slot.places:
        x0, y0, x1, y1 = _box(text)
        x = place[0] + (31 * (1 - fatness) * (1 if i == 0 else -1) if slot.fat else 0)
        moves = [
          f'translate({x:.2f} {place[1]})',
          f'rotate({angle if i == 0 else -angle:.2f})',
          f'scale({-scale if i else scale:.3f} {scale:.3f})',
          f'translate({-(x0 + x1) / 2:.2f} {-(y0 + y1) / 2:.2f})',
        ]
      elif slot.fat:
        middle = _WIDTH / 2
        moves = [f'translate({middle} 0) scale({thin:.3f} 1) translate({-middle} 0)']
      pieces.append(f'<g transform="{" ".join(moves)}">{text}</g>' if moves else f'<g>{text}</g>')
  document = parse(_sheet(''.join(pieces)), 'facesjs')
  return Source(
    document, shapes(document, 'facesjs'), _ROLES, _MARKS, {}, False, tags, LICENSE, CREDIT, ZOOM
  )


def _marked(text: str, shave: float) -> str:
  """A part with marks for its colours."""
  for rgb, name in _MARKS.items():
    text = text.replace(f'$[{name}]', paint.to_css(rgb))
  return re.sub(r'\$\[\w+\]', f'rgba(0,0,0,{shave:.2f})', text)


def _sheet(text: str) -> str:
  return (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" fill="#000">'
    f'{text}</svg>'
  )


@functools.lru_cache(maxsize=512)
def _box(text: str) -> tuple[float, float, float, float]:
  """The box of a part without its strokes' width: left, top, right, bottom; measured in pixels."""
  document = parse(_sheet(text), 'facesjs')
  painted = []
  for layer in paint.layers(shapes(document, 'facesjs')):
    painted.append((layer, paint.plain(layer, '#000000', 0.5)))
  rgba = paint.draw(document, painted, _HEIGHT, crisp=True)
  rows, columns = (np.flatnonzero(rgba[..., 3].any(axis)) for axis in (1, 0))
  if not len(rows):
    return 0.0, 0.0, 0.0, 0.0
  left = (_HEIGHT - _WIDTH) / 2  # the sheet is centred in a square
  sides = (columns[0] - left, rows[0], columns[-1] + 1 - left, rows[-1] + 1)
  return tuple(float(s) for s in sides)
