"""One drawing from (seed, index, size): who and what, in which style, developed into pictures."""

from __future__ import annotations

import dataclasses

import numpy as np

from onepunch_jax.synthetic import (
  abstract,
  animals,
  body,
  characters,
  figure,
  icons,
  inking,
  objects,
  page,
  palette,
  patterns,
  plants,
  portrait,
  raster,
  render,
  scenery,
  shapes,
  tags,
  techniques,
)
from onepunch_jax.synthetic.pen import Pen
from onepunch_jax.synthetic.style import style_of

# Where three or five things stand, in shares of the sheet.
_THREE = ((0.27, 0.3), (0.74, 0.34), (0.5, 0.74))
_ON_FACE = {'glasses', 'sunglasses', 'eyepatch', 'earrings', 'headphones'}  # not from the side
_AIRY = ('bird', 'fish', 'whale', 'butterfly', 'balloon', 'rocket', 'umbrella', 'guitar', 'ball')
_FIVE = ((0.22, 0.24), (0.76, 0.22), (0.5, 0.5), (0.24, 0.76), (0.78, 0.77))
_FRAME = np.array([[1.0, 0, 0], [0, 1.0, 0]])


def draw(
  seed: int,
  index: int,
  size: int = 256,
  gap: int | None = None,
  character: int | None = None,
  all_techniques: bool = False,
) -> dict:
  """One drawing: a pure function of its arguments, the same at every size.

  Args:
    seed, index: non-negative ints. Drawings of different seeds share nothing, characters neither.
    size: the side in pixels; 32 and more make sense.
    gap: width in pixels at 256 of the breaks in the lines instead of the drawing's own; all else
      stays the same. 0 closes them.
    character: the id of the character that it shows instead of what it would: a book of one
      character is as many drawings as one likes.
    all_techniques: two drawings in three are made in other ways than by pen alone: with
      screentone, dense hatching, solid blacks, patterns, pencil or dry brush, as icons, with heads
      from more angles (see techniques.py). The others stay what they are without it.

  Returns:
    A dict of
      key: 'drawn-<seed>-<index>'.
      line: uint8 [size, size, 1], 255 = paper, 0 = ink.
      rgb: uint8 [size, size, 3], sRGB, the finished colour picture with its ink.
      flat: uint8 [size, size, 3], sRGB, one colour per region: no shading, no pattern, no ink.
      regions: uint8 [size, size, 1], region ids, not antialiased; 0 = paper left bare.
      tone: uint8 [size, size, 1], below 128 is shadow, above is light: what shading rgb has.
      parts: the part's name by region id, parts[0] = 'paper'; a name may come at several ids.
      tags: uint8 [len(VOCABULARY)], multi-hot.
      nouns: uint8 [256], by region id the noun of its colour tag in tags.NOUN_NAMES, from 1 on.
      character: who is in it, an id unique within the seed, or -1.
      gap: width in pixels at 256 of the breaks in the lines, 0 = closed.
      shading: 'flat' | 'cel' | 'soft', seen in rgb only.
  """
  rng = characters.stream(15, seed, index)
  style, finish = style_of(seed, index)
  what = characters.kind(seed, index) if character is None else 'character'
  technique = techniques.NONE
  if all_techniques:
    technique = techniques.technique_of(seed, index, what == 'character')
    style, finish = techniques.restyled(technique, style, finish)
  if gap is not None:
    every = style.gap_every + 4 * (gap - style.gap)
    style = dataclasses.replace(style, gap=gap, gap_every=every)
  sheet = raster.new_sheet(size)
  pen = Pen(sheet, style, _FRAME)
  if style.hatching:
    pen.tag('hatching')
  identity = characters.character_of(seed, index) if character is None else character
  who = characters.character(seed, identity) if identity >= 0 else None
  if technique.icon:
    icon(pen, rng, what)
  elif technique.angles and rng.random() < 0.5:
    heads(pen, rng, technique.rng, who)
  elif rng.random() < 0.13:
    comic(pen, rng, what, who)
  else:
    scene(pen, rng, what, who, 256, 256)
    if who is not None and rng.random() < 0.1:
      x = rng.choice([46, 210])
      page.speech(
        pen, rng, x, rng.uniform(26, 40), rng.uniform(30, 42), rng.uniform(17, 24), (128, 120)
      )
  pen.lay()
  if technique.patterns:
    patterns.draw_patterns(sheet, technique.rng, min(0.8 * style.weight, 2.0))
  sheet = inking.finished(sheet, technique, who is not None)
  record = render.develop(sheet, finish, size)
  return {
    'key': f'drawn-{seed}-{index}',
    **record,
    'parts': tuple(sheet.names),
    'tags': tags.multi_hot(sheet),
    'nouns': tags.nouns(sheet),
    'character': identity,
    'gap': style.gap,
    'shading': style.shading,
  }


def comic(pen, rng, what, who) -> None:
  """A page of panels, each a scene of its own; a character is in all of them."""
  pen.tag('comic')
  boxes = page.panels(rng)
  for corners in boxes:
    x0, y0, x1, y1 = corners
    view = raster.window(pen.sheet, *corners)
    inner = pen.within(view, 0.85)
    wide, high = x1 - x0, y1 - y0
    scene(inner, rng, what, who, wide, high)
    if rng.random() < 0.6:
      w, h = min(wide * 0.22, 36), min(high * 0.13, 18)
      x = w + 5 if rng.random() < 0.5 else wide - w - 5
      page.speech(inner, rng, x, h + 5, w, h, (wide / 2, high * 0.6))
    elif rng.random() < 0.3:
      page.sound(
        inner, rng, wide * 0.5, high * 0.8, min(wide, high) * 0.1, palette.pick('bright', rng)
      )
  for corners in boxes:
    page.frame(pen, corners)


def scene(pen, rng, what, who, wide, high) -> None:
  """One scene of a kind in a box of `wide` x `high` units."""
  if what == 'scenery':
    scenery.draw_place(pen, rng, wide, high)
  elif what == 'abstract':
    abstract.draw_abstract(pen, rng, wide, high)
  else:
    scenery.backdrop(pen, rng, wide, high)
    if what == 'character':
      person(pen, rng, who, wide, high)
    else:
      still(pen, rng, what, wide, high)


def icon(pen, rng, what) -> None:
  """An icon; of animals and objects also one as it is, in lines that thick."""
  if what in ('animal', 'objects') and pen.style.weight < 12 and rng.random() < 0.6:
    kinds = animals.KINDS if what == 'animal' else objects.KINDS
    kind = kinds[rng.integers(len(kinds))]
    at = pen.at(128, 128, 110, rng.normal(0, 0.06))
    (animals.draw_animal if what == 'animal' else objects.draw_object)(at, kind, rng)
  else:
    icons.draw_icons(pen, rng, 256, 256)


def heads(pen, rng, angles, who) -> None:
  """A character from any angle: one bust, or two or four heads, each with its own expression."""
  count = int(rng.choice([1, 2, 4], p=[0.5, 0.2, 0.3]))
  scenery.backdrop(pen, rng)
  if count == 1:
    places, r = [(128 + rng.normal(0, 14), rng.uniform(104, 132))], rng.uniform(44, 92)
  else:
    rows = (122,) if count == 2 else (68, 190)
    places, r = [(x, y) for y in rows for x in (66, 190)], rng.uniform(30, 38)
  for x, y in places:
    look = techniques.turned(characters.look(rng), angles)
    if set(who.wears) & _ON_FACE:
      look = dataclasses.replace(look, profile=False)
    weight = float(np.clip(r / 46, 0.66, 1.0))
    at = pen.at(x, y, r, stretch=rng.uniform(0.9, 1.12), weight=weight)
    portrait.draw_portrait(at, who, look, bust=count == 1)


def person(pen, rng, who, wide, high) -> None:
  """A character: close, bust, three quarters or whole."""
  look = characters.look(rng)
  if set(who.wears) & _ON_FACE:
    look = dataclasses.replace(look, profile=False)
  unit = min(wide, high) / 256
  view = rng.random()
  if view < 0.55:
    r = (rng.uniform(62, 84) if view < 0.16 else rng.uniform(42, 60)) * unit
    y = high * 0.5 if view < 0.16 else high * rng.uniform(0.4, 0.48)
    portrait.draw_portrait(pen.at(wide / 2 + rng.normal(0, 6) * unit, y, r), who, look)
    return
  name = body.POSES[rng.integers(len(body.POSES))]
  mirrored, shake = bool(rng.random() < 0.5), rng.normal(0, 5, 8)
  joints = body.pose(who, name, mirrored, shake)
  top = min(-1.5, min(h[1] for h in joints.hands) - 0.4)
  tall = body.low_of(joints) - top
  if view < 0.72:
    tall *= 0.62  # cut off at the thighs
  else:
    pen.tag('full body')
  scale = (high - 16 * unit) / tall
  scale = min(scale, 60 * unit, wide / 2 / max(1.6, *(abs(h[0]) + 0.5 for h in joints.hands)))
  y = high - 8 * unit - (tall + top) * scale
  if view >= 0.72:
    y -= (high - 16 * unit - tall * scale) * 0.3
  holds = None
  if rng.random() < 0.25:
    thing = ('balloon', 'book', 'umbrella', 'fruit', 'cup', 'ball', 'guitar')[rng.integers(7)]
    holds = lambda hand: objects.draw_object(hand.at(0.2, -0.5, 0.85), thing, rng)
  at = pen.at(wide / 2, y, scale, weight=float(np.clip(scale / 34, 0.66, 1.0)))
  if view >= 0.72:
    ground_shadow(pen, wide / 2, y + (body.low_of(joints) - 0.1) * scale, 1.6 * scale)
  figure.draw_figure(at, who, look, name, mirrored, shake, holds)


def ground_shadow(pen, x, y, reach) -> None:
  """What a thing throws on the ground it stands on: seen in the colour picture only."""
  pen.lay()  # what it stands on is read
  sheet = pen.sheet
  high, wide = sheet.labels.shape
  row, column = int(y * sheet.scale), int(x * sheet.scale)
  if 0 <= row < high and 0 <= column < wide and sheet.labels[row, column]:
    part = int(sheet.labels[row, column])
    x = x - pen.style.light[0] * reach * 0.3
    pen.shadow(shapes.ellipse(x, y, reach, reach * 0.16, n=30), part, 0.7, reach * 0.08)


def still(pen, rng, what, wide, high) -> None:
  """Animals, objects or plants: one, a pair or a few."""
  count = int(
    rng.choice(
      [1, 2, 3, 5], p=[0.5, 0.22, 0.18, 0.1] if what != 'animal' else [0.68, 0.2, 0.08, 0.04]
    )
  )
  unit = min(wide, high) / 256
  if count <= 2:
    places = [(wide * (k + 0.5) / count, high * 0.5) for k in range(count)]
    scale = (96 if count == 1 else 58) * unit
  else:
    shares = _THREE if count == 3 else _FIVE
    places = [(wide * x, high * y) for x, y in shares]
    scale = (58 if count == 3 else 42) * unit
  same = rng.random() < 0.5
  kinds = animals.KINDS if what == 'animal' else objects.KINDS
  kind = kinds[rng.integers(len(kinds))]
  for x, y in places:
    if not same:
      kind = kinds[rng.integers(len(kinds))]
    at = pen.at(
      x + rng.normal(0, 4) * unit,
      y + rng.normal(0, 4) * unit,
      scale * rng.uniform(0.85, 1.05),
      rng.normal(0, 0.06),
      weight=float(np.clip(scale / 60, 0.65, 1.0)),
    )
    if scale > 30 * unit and kind not in _AIRY and (what != 'plants' or count == 1):
      ground_shadow(pen, x, y + scale * 0.84, scale * 0.8)
    if what == 'animal':
      animals.draw_animal(at, kind, rng)
    elif what == 'objects':
      objects.draw_object(at, kind, rng)
    else:
      plants.draw_plant(at, rng)
