"""Shapes -> pixels, by resvg: colours, ink, and each layer in a number of its own.

A layer is the fill or the stroke of a shape. All pictures are square: the drawing's box is centred
in them.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, tostring
from xml.sax.saxutils import quoteattr

import cv2
import numpy as np

from data_prep.svg.read import Document, SvgError
from data_prep.svg.shapes import Paint, Shape

_DEFINED = ('linearGradient', 'radialGradient', 'pattern', 'clipPath', 'mask')
_STEP = 2654435761  # spreads numbers over all 24-bit colours: blends of two hit no third


@dataclasses.dataclass(frozen=True)
class Layer:
  """The fill or the stroke of a shape: what is painted at once, in one paint."""

  shape: Shape
  kind: str  # 'fill' or 'stroke'

  @property
  def paint(self) -> Paint:
    return self.shape.fill if self.kind == 'fill' else self.shape.stroke


def layers(shapes: Iterable[Shape]) -> list[Layer]:
  """The layers of shapes in painting order."""
  both = (Layer(shape, kind) for shape in shapes for kind in ('fill', 'stroke'))
  return [layer for layer in both if layer.paint is not None]


def draw(
  document: Document,
  painted: Iterable[tuple[Layer, dict[str, str]]],
  size: int,
  *,
  zoom: tuple[float, float, float] = (1.0, 0.0, 0.0),
  crisp: bool = False,
  background: str = '',
) -> np.ndarray:
  """Layers, each with the attributes that paint it, as uint8 [size, size, 4] RGBA.

  Args:
    zoom: how much larger than to fit, and by which shares of the side it is moved right and down.
    crisp: without antialiasing.
    background: CSS colour of the sheet; '' is transparent.

  Raises:
    SvgError: the renderer cannot draw it.
  """
  import resvg_py

  x, y, width, height = document.box
  side = max(width, height) / zoom[0]
  left = x + width / 2 - side * (0.5 + zoom[1])
  top = y + height / 2 - side * (0.5 + zoom[2])
  mode = 'crispEdges' if crisp else 'geometricPrecision'
  body = ''.join(_markup(layer, attributes, mode) for layer, attributes in painted)
  sheet = f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="{background}"/>'
  text = (
    f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    f'width="{size}" height="{size}" viewBox="{left} {top} {side} {side}">'
    f'<defs>{_definitions(document)}</defs>{sheet if background else ""}{body}</svg>'
  )
  try:
    data = resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True)
  except ValueError as error:
    raise SvgError(f'resvg cannot draw it ({error}).') from None
  bgra = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
  return cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA)


def numbers(
  document: Document, visible: Sequence[Layer], size: int, zoom: tuple[float, float, float]
) -> np.ndarray:
  """Which layer is on top at each pixel, int32 [size, size]: its place in `visible`, -1 for none.

  Each layer is drawn in a colour of its own without antialiasing; where masks blend two of them,
  the nearest pixel that is sure decides.
  """
  codes = [(i + 1) * _STEP % (1 << 24) for i in range(len(visible))]
  painted = [(layer, plain(layer, f'#{code:06x}')) for layer, code in zip(visible, codes)]
  rgba = draw(document, painted, size, zoom=zoom, crisp=True).astype(np.int64)
  value = rgba[..., 0] << 16 | rgba[..., 1] << 8 | rgba[..., 2]
  order = np.argsort(codes)
  place = np.searchsorted(codes, value, sorter=order).clip(0, max(len(codes) - 1, 0))
  label = order[place] if len(codes) else np.zeros_like(value)
  sure = np.asarray(codes)[label] == value if len(codes) else np.zeros_like(value, bool)
  empty = rgba[..., 3] < 128
  out = np.where(empty, -1, label).astype(np.int32)
  return grow(out, sure | empty)


def grow(labels: np.ndarray, known: np.ndarray) -> np.ndarray:
  """Labels [H, W] with every pixel outside `known` (bool) set to its nearest known pixel's."""
  if known.all() or not known.any():
    return labels
  _, nearest = cv2.distanceTransformWithLabels(
    (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
  )
  table = np.zeros(nearest.max() + 1, labels.dtype)
  table[nearest[known]] = labels[known]
  return np.where(known, labels, table[nearest])


def plain(layer: Layer, css: str, width: float | None = None) -> dict[str, str]:
  """The attributes that paint a layer, and nothing else of its shape, opaque in one colour."""
  if layer.kind == 'fill':
    return {'fill': css, 'stroke': 'none'}
  width = layer.shape.width if width is None else width
  return {'fill': 'none', 'stroke': css, 'stroke-width': f'{width:g}'}


def colored(layer: Layer, rgb: Sequence[int] | None) -> dict[str, str]:
  """The attributes that paint a layer as its file does, in another colour where `rgb` is one."""
  paint = layer.paint
  if rgb is None:
    css = f'url({paint.reference})' if paint.reference else to_css(paint.rgb)
  else:
    css = to_css(rgb)
  return {**plain(layer, css), f'{layer.kind}-opacity': f'{paint.opacity:g}'}


def to_css(rgb: Sequence[int]) -> str:
  """'#rrggbb'."""
  return '#{:02x}{:02x}{:02x}'.format(*(int(c) for c in rgb))


def _markup(layer: Layer, attributes: dict[str, str], mode: str) -> str:
  shape = layer.shape
  own = {**dict(shape.attributes), **attributes, 'shape-rendering': mode}
  text = f'<{shape.tag} {_attributes(own.items())}/>'
  for group in reversed(shape.groups):
    text = f'<g {_attributes(group)}>{text}</g>'
  return text


def _attributes(pairs: Iterable[tuple[str, str]]) -> str:
  return ' '.join(f'{k}={quoteattr(v)}' for k, v in pairs)


def _definitions(document: Document) -> str:
  """Gradients, clips and masks with what they use, as text."""
  found: list[Element] = [e for e in document.root.iter() if e.tag in _DEFINED]
  inside = {id(e) for f in found for e in f.iter() if e is not f}
  wanted = {e.get('href', '')[1:] for f in found for e in f.iter('use')}
  others = [e for k, e in document.by_id.items() if k in wanted and e.tag not in _DEFINED]
  styles = [e for e in document.root.iter('style')]
  kept = [e for e in (*styles, *others, *found) if id(e) not in inside]
  return ''.join(tostring(e, encoding='unicode') for e in kept)
