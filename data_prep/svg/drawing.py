"""A drawing made of shapes -> line art, regions, flat and finished colours, in any palette.

`Sheet` holds what does not depend on colours; `Sheet.paint` colours it.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from data_prep.svg import outlines, paint
from data_prep.svg.paint import Layer
from data_prep.svg.read import Document, SvgError
from data_prep.svg.roles import FIXED, Rgb, Role, noun_of_names, role_of_noun
from data_prep.svg.shapes import Shape
from onepunch_jax.synthetic.tags import NOUN_NAMES

FINE = 2  # layers are told apart at this many times the size
OPAQUE = 0.75  # paint below this opacity is shading: it is in the finished colours alone
DARK = 48  # luma below which a paint is ink, if it has no role and is thin
_THIN = 0.016  # of the side: half of the width of dark shapes that are lines
_SOLID = 0.02  # of the side: half of the width of ink that is an area of its own
_LEAST = 2e-4  # of the picture: smaller regions belong to their neighbours
_MAX_REGIONS = 250
_SHEET = ('bare sheet', (255, 255, 255))  # no layer's key: white paint is not the sheet
_LUMA = np.array([0.299, 0.587, 0.114])


@dataclasses.dataclass(frozen=True)
class Source:
  """What one drawing is made of.

  Attributes:
    document, shapes: the drawing, in its own colours or in marks that stand for roles.
    roles: what each colour is for, by name.
    marks: which role a colour of the shapes stands for; others keep the colour that they have.
    own: the colours that the roles have in the drawing itself.
    is_colored: those are worth learning from; else every colouring has others.
    tags: what is in it, names of the synthetic vocabulary.
    license, credit: kept in every record.
    zoom: range of its size on the sheet.
  """

  document: Document
  shapes: Sequence[Shape]
  roles: Mapping[str, Role] = dataclasses.field(default_factory=dict)
  marks: Mapping[Rgb, str] = dataclasses.field(default_factory=dict)
  own: Mapping[str, Rgb] = dataclasses.field(default_factory=dict)
  is_colored: bool = True
  tags: Sequence[str] = ()
  license: str = ''
  credit: str = ''
  zoom: tuple[float, float] = (0.85, 1.05)

  def role(self, layer: Layer) -> tuple[str, Role]:
    """The name and the role of a layer's paint; the name is '' where none is known."""
    name = self.marks.get(layer.paint.rgb, '') if not layer.paint.reference else ''
    if name:
      return name, self.roles.get(name, FIXED)
    noun = '' if self.marks else noun_of_names(layer.shape.names)
    if not noun:
      return '', FIXED
    name = f'{noun} {paint.to_css(layer.paint.rgb)}'  # a noun may have several tones
    return name, self.roles.get(name, role_of_noun(noun))


class Picture(NamedTuple):
  """A colouring: rgb and flat, uint8 [S, S, 3], and the colour of each noun that can be seen."""

  rgb: np.ndarray
  flat: np.ndarray
  nouns: dict[str, Rgb]


@dataclasses.dataclass(frozen=True)
class Sheet:
  """The drawing without its colours.

  Attributes:
    source: what it is made of.
    line: uint8 [S, S, 1], 0 is ink.
    regions: uint8 [S, S, 1]; 0 is the bare sheet.
    nouns: uint8 [256], by region id the number of its noun in NOUN_NAMES, from 1 on; 0 for none.
    keys: by region id the (role, colour) that it is painted in; keys[0] is of the sheet.
    visible: the layers that are colour or shading, in painting order.
    under: bool [S, S], where the drawing's own ink covers what is below.
    ink_keys: (role, colour) of the ink at each number in `ink`.
    ink: uint8 [S, S].
    zoom: how the drawing lies on the sheet (`paint.draw`).
  """

  source: Source
  line: np.ndarray
  regions: np.ndarray
  nouns: np.ndarray
  keys: tuple[tuple[str, Rgb], ...]
  visible: tuple[Layer, ...]
  under: np.ndarray
  ink_keys: tuple[tuple[str, Rgb], ...]
  ink: np.ndarray
  zoom: tuple[float, float, float]

  def paint(self, colors: Mapping[str, Rgb], sheet: Rgb = (255, 255, 255)) -> Picture:
    """Colours it.

    Args:
      colors: role -> sRGB; roles that it lacks keep the drawing's own.
      sheet: colour of the bare sheet.
    """
    colors = {**self.source.own, **colors}
    table = np.array([_color(key, colors) for key in self.keys], np.uint8)
    table[0] = sheet
    flat = table[self.regions[..., 0]]
    painted = []
    for layer in self.visible:
      name, _ = self.source.role(layer)
      painted.append((layer, paint.colored(layer, colors.get(name) if name else None)))
    size = len(self.line)
    rgba = paint.draw(
      self.source.document, painted, size, zoom=self.zoom, background=paint.to_css(sheet)
    )
    finished = np.where(self.under[..., None], flat, rgba[..., :3]).astype(np.float32)
    inks = np.array([_color(key, colors) for key in self.ink_keys], np.float32)[self.ink]
    cover = 1 - self.line.astype(np.float32) / 255
    rgb = finished + (inks - finished) * cover
    seen = np.bincount(self.regions.ravel(), minlength=len(self.keys)) >= 2 * _LEAST * size**2
    nouns = {
      NOUN_NAMES[n - 1]: tuple(int(c) for c in table[i])
      for i, n in enumerate(self.nouns[: len(self.keys)])
      if n and seen[i]
    }
    return Picture(np.round(rgb).astype(np.uint8), flat, nouns)


def lay_out(
  source: Source,
  size: int,
  pen: outlines.Pen,
  rng: np.random.Generator,
  *,
  zoom: tuple[float, float, float] = (1.0, 0.0, 0.0),
  split_alike: bool = False,
) -> Sheet:
  """Renders the line art and the regions of a drawing.

  Args:
    source: the drawing.
    size: side of the pictures.
    pen: how outlines are drawn.
    rng: where lines wobble and break.
    zoom: how the drawing lies on the sheet (`paint.draw`).
    split_alike: shapes of one colour are outlined against each other.

  Raises:
    SvgError: nothing of it can be seen.
  """
  every = paint.layers(source.shapes)
  solid = [layer for layer in every if layer.paint.opacity >= OPAQUE]
  top = paint.numbers(source.document, solid, FINE * size, zoom)
  if not (top >= 0).any():
    raise SvgError('its shapes cannot be seen: they lie outside of the canvas, or are hidden.')
  is_ink = _ink_layers(source, solid, top)
  inked = np.append(is_ink, False)[top]
  keys = [(source.role(layer)[0], layer.paint.rgb) for layer in solid] + [_SHEET]
  groups = list(dict.fromkeys(keys[-1:] + keys))  # the sheet's is 0
  group = np.array([groups.index(k) for k in keys[:-1]] + [0], np.int32)
  border = outlines.borders(top if split_alike else group[top], inked)
  own = _own_ink(source, every, solid, is_ink, size, zoom, pen)
  drawn = outlines.outline(border, pen, rng)
  kept = outlines.gaps(inked & ~_deep(inked, _SOLID), pen, rng)
  cover = cv2.resize(np.maximum(own * kept, drawn), (size, size), interpolation=cv2.INTER_AREA)
  areas = _deep(inked, _SOLID)
  label = paint.grow(group[top], ~inked | areas)[1::FINE, 1::FINE]
  label, groups_left = _largest(label)
  nouns = np.zeros(256, np.uint8)
  for i, g in enumerate(groups_left):
    noun = _noun(source, solid, group, g)
    nouns[i] = NOUN_NAMES.index(noun) + 1 if noun else 0
  ink_keys, ink = _ink_table(group[top], inked, groups)
  own_small = cv2.resize(own, (size, size), interpolation=cv2.INTER_AREA)
  inks = {id(layer) for layer, of_ink in zip(solid, is_ink) if of_ink}
  visible = tuple(layer for layer in every if id(layer) not in inks)
  return Sheet(
    source,
    np.round(255 * (1 - cover)).astype(np.uint8)[..., None],
    label.astype(np.uint8)[..., None],
    nouns,
    tuple(groups[g] for g in groups_left),
    visible,
    cv2.dilate((own_small > 0.02).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0,
    ink_keys,
    ink,
    zoom,
  )


def _ink_layers(source: Source, solid: Sequence[Layer], top: np.ndarray) -> np.ndarray:
  """Which layers are ink, bool [n]: by their role, or dark strokes and thin dark fills."""
  out = np.zeros(len(solid), bool)
  limit = _THIN * top.shape[0]
  for i, layer in enumerate(solid):
    role = source.role(layer)[1]
    dark = not layer.paint.reference and _LUMA @ layer.paint.rgb < DARK
    if role.ink:
      out[i] = True
    elif dark and not role.kind:
      out[i] = layer.kind == 'stroke' or _half_width(top == i) <= limit
  return out


def _half_width(mask: np.ndarray) -> float:
  """The largest distance to the outside of a mask, in pixels; 0 for none."""
  rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
  if not len(rows):
    return 0.0
  part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.uint8)
  part = cv2.copyMakeBorder(part, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
  return float(cv2.distanceTransform(part, cv2.DIST_L2, 3).max())


def _deep(inked: np.ndarray, share: float) -> np.ndarray:
  """Ink that is an area: within its own half width of pixels deep inside of it, bool [H, W]."""
  reach = share * inked.shape[0]
  deep = cv2.distanceTransform(inked.astype(np.uint8), cv2.DIST_L2, 5) > reach
  if not deep.any():
    return deep
  return inked & (cv2.distanceTransform((~deep).astype(np.uint8), cv2.DIST_L2, 5) <= reach + 1)


def _own_ink(source, every, solid, is_ink, size, zoom, pen) -> np.ndarray:
  """Coverage by the ink that the drawing has itself, float32 [FINE S, FINE S]."""
  painted = []
  for layer, ink in zip(solid, is_ink):
    width = layer.shape.width * (pen.stroke_scale if ink else 1)
    painted.append((layer, paint.plain(layer, '#000000' if ink else '#ffffff', width)))
  rgba = paint.draw(source.document, painted, FINE * size, zoom=zoom, background='#ffffff')
  return 1 - rgba[..., 0].astype(np.float32) / 255


def _largest(label: np.ndarray) -> tuple[np.ndarray, list[int]]:
  """Groups [S, S] renumbered from 1 on by area, small ones joined to what is next to them.

  Returns:
    The numbers, 0 where the sheet is bare, and the group of each number.
  """
  area = np.bincount(label.ravel())
  order = [int(g) for g in np.argsort(-area, kind='stable') if g and area[g] >= _LEAST * label.size]
  kept = [0, *order[:_MAX_REGIONS]]
  place = np.full(len(area), -1, np.int32)
  place[[g for g in kept if g < len(area)]] = [i for i, g in enumerate(kept) if g < len(area)]
  out = place[label]
  return paint.grow(out, out >= 0), kept


def _noun(source: Source, solid: Sequence[Layer], group: np.ndarray, number: int) -> str:
  """The noun of a group of layers; '' for none."""
  if not number:
    return ''
  layer = solid[int(np.flatnonzero(group[:-1] == number)[0])]
  return source.role(layer)[1].noun


def _ink_table(
  label: np.ndarray, inked: np.ndarray, groups: Sequence[tuple[str, Rgb]]
) -> tuple[tuple[tuple[str, Rgb], ...], np.ndarray]:
  """The inks of a drawing and which one is nearest to each pixel, uint8 [S, S]; black, if none."""
  if not inked.any():
    return (('', (0, 0, 0)),), np.zeros([n // FINE for n in label.shape], np.uint8)
  near = paint.grow(label, inked)[1::FINE, 1::FINE]
  used, place = np.unique(near, return_inverse=True)
  return tuple(groups[g] for g in used[:256]), place.reshape(near.shape).clip(0, 255).astype(
    np.uint8
  )


def _color(key: tuple[str, Rgb], colors: Mapping[str, Rgb]) -> Rgb:
  name, rgb = key
  return colors.get(name, rgb) if name else rgb
