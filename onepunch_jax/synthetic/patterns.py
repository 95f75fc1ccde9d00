"""Checks, stripes and dots in two colours, each colour a region of its own, as lines bound them."""

import cv2
import numpy as np

from onepunch_jax.synthetic import inking, palette, raster, screens

_NONE_ON = {
  *inking.FACE,
  'paper',
  'hair',
  'sky',
  'leaves',
  'horns',
  'fur',
  'feathers',
  'pattern',
  'eye shine',
}
_TAGS = {'lines': 'striped', 'dots': 'polka dot', 'checks': 'checkered'}


def draw_patterns(sheet: raster.Sheet, rng: np.random.Generator, weight: float) -> None:
  """Patterns on one or two large parts.

  Args:
    sheet: changed in place.
    rng: random numbers.
    weight: width of the outlines, units.
  """
  parts = [n for n in inking.chosen(sheet, rng, 6) if sheet.names[n] not in _NONE_ON]
  for part in parts[:2]:
    _draw_pattern(sheet, part, rng, weight)


def _draw_pattern(sheet: raster.Sheet, part: int, rng: np.random.Generator, weight: float) -> None:
  box, seen, x, y = inking.part_view(sheet, part)
  kind = ('lines', 'lines', 'dots', 'checks')[int(rng.integers(4))]
  black = rng.random() < 0.15  # printed as ink, without outlines
  if black:
    rgb = tuple(int(v) for v in rng.integers(16, 44, 3))
  else:
    kinds = ('clothes', 'bright', 'background')
    rgb = palette.pick(kinds[int(rng.integers(3))], rng, avoid=(sheet.colors[part],))
  screen = screens.Screen(
    kind=kind,
    ruling=float(rng.uniform(12, 36) * (1.5 if kind == 'checks' else 1.0)),
    angle=float(rng.choice([0.0, np.pi / 2, np.pi / 4, rng.uniform(0, np.pi)])),
    sway=float(rng.uniform(0, 0.12)),
    swing=float(rng.uniform(60, 200)),
    phase=tuple(rng.uniform(0, 2 * np.pi, 4)),
  )
  level = {'lines': rng.uniform(-0.3, 0.5), 'dots': rng.uniform(0.2, 0.5), 'checks': 0.0}[kind]
  mask = np.greater(screen.values(x, y), level).view(np.uint8) * np.uint8(255)
  ink = mask
  if not black:
    k = max(3, round(weight * sheet.scale))
    ink = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((k, k), np.uint8))
  ink = cv2.bitwise_and(ink, seen)
  cv2.max(sheet.ink[box], ink, dst=sheet.ink[box])
  sheet.labels[box][cv2.bitwise_and(mask, seen) > 0] = sheet.part('pattern', rgb)
  sheet.tags.add(_TAGS[kind])
