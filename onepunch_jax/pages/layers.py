"""A coloured page as layers, as a painter would have made it; flattened, they are the page.

  paper      white                            normal
  flats      one colour a region              normal, clear where there is paper
  shadows    what is darker than the flats    multiply
  light      what is lighter                  screen
  lines      the drawing's lines              normal
  lettering  what stands in balloons          normal, above all and apart from the lines
  hints      what the user hinted        hidden

Lines are as clear as the drawing is light, and of the colour that gives the page.
"""

import dataclasses

import cv2
import numpy as np

from onepunch_jax.pages.compose import ColoredPage
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.palette import Flats

MODES = ('normal', 'multiply', 'screen')
ROWS = 512  # done at once, so that memory is bounded


@dataclasses.dataclass(frozen=True, eq=False)
class Layer:
  """uint8 RGBA [H, W, 4], not premultiplied; `mode` is one of MODES."""

  name: str
  rgba: np.ndarray
  mode: str = 'normal'
  visible: bool = True


def stack(
  page: ColoredPage,
  flats: Flats,
  balloons: np.ndarray,
  hints: Hints | None = None,
  *,
  solid: bool = False,
) -> list[Layer]:
  """Layers from the bottom up.

  Args:
    page: made with `layers=True`.
    flats: of it.
    balloons: bool [m, n] at any size.
    hints: kept as a hidden layer, so that they can be read back from the file.
    solid: flats only, without the network's shading.
  """
  shape = page.picture.rgb.shape[:2]
  colors = flats.rgb
  below = colors if solid else page.color
  made = [Layer('paper', _opaque(np.full_like(colors, 255)))]
  made.append(
    Layer('flats', np.dstack([colors, np.where(flats.index > 0, 255, 0).astype(np.uint8)]))
  )
  under = np.where(flats.index[..., None] > 0, colors, 255).astype(np.uint8)
  if not solid:
    made.append(Layer('shadows', _where_not(_shadow(under, below), 255), 'multiply'))
    made.append(Layer('light', _where_not(_light(under, below), 0), 'screen'))
  lines = _lines(flatten(made), page.rgb, page.picture.rgb)
  inside = cv2.resize(balloons.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)[
    ..., None
  ]
  if inside.any():
    made.append(Layer('lines', lines * np.where(inside > 0, [[[1, 1, 1, 0]]], 1).astype(np.uint8)))
    made.append(
      Layer('lettering', lines * np.where(inside > 0, 1, [[[1, 1, 1, 0]]]).astype(np.uint8))
    )
  else:
    made.append(Layer('lines', lines))
  if hints is not None:
    made.append(Layer('hints', hints.rgba, visible=False))
  return made


def flatten(layers: list[Layer]) -> np.ndarray:
  """The visible layers on white, rounded after each: uint8 [H, W, 3]."""
  out = np.empty((*layers[0].rgba.shape[:2], 3), np.uint8)
  for top in range(0, len(out), ROWS):
    rows = slice(top, top + ROWS)
    out[rows] = _flatten([(layer.rgba[rows], layer.mode) for layer in layers if layer.visible])
  return out


def _flatten(parts: list[tuple[np.ndarray, str]]) -> np.ndarray:
  out = np.full((*parts[0][0].shape[:2], 3), 255, np.int32)
  for rgba, mode in parts:
    top, alpha = rgba[..., :3].astype(np.int32), rgba[..., 3:].astype(np.int32)
    if mode == 'multiply':
      top = _over255(top * out)
    elif mode == 'screen':
      top = 255 - _over255((255 - top) * (255 - out))
    out = _over255(top * alpha + out * (255 - alpha))
  return out


def _shadow(under: np.ndarray, wanted: np.ndarray) -> np.ndarray:
  """What multiplied with `under` gives `wanted`, where that is darker; else 255."""
  out = np.empty_like(under)
  for top in range(0, len(out), ROWS):
    below, aim = under[top : top + ROWS], wanted[top : top + ROWS]
    base = np.maximum(below.astype(np.uint16), 1)
    part = (255 * aim.astype(np.uint32) + base // 2) // base
    out[top : top + ROWS] = np.where(aim < below, part, 255)
  return out


def _light(under: np.ndarray, wanted: np.ndarray) -> np.ndarray:
  """What screened over `under` gives `wanted`, where that is lighter; else 0."""
  return 255 - _shadow(255 - under, 255 - wanted)


def _lines(below: np.ndarray, page: np.ndarray, source: np.ndarray) -> np.ndarray:
  """RGBA that over `below` gives `page`: as clear as the drawing lets it be."""
  out = np.empty((*page.shape[:2], 4), np.uint8)
  for top in range(0, len(page), ROWS):
    rows = slice(top, top + ROWS)
    under, wanted = below[rows].astype(np.float32), page[rows].astype(np.float32)
    alpha = 255 - source[rows].min(-1, keepdims=True).astype(np.float32)
    darker = 255 * (under - wanted) / np.maximum(under, 1)
    lighter = 255 * (wanted - under) / np.maximum(255 - under, 1)
    least = np.maximum(darker, lighter).max(-1, keepdims=True)
    alpha = np.minimum(np.ceil(np.maximum(alpha, np.where(least > 1, least, 0))), 255)
    color = (255 * wanted - under * (255 - alpha)) / np.maximum(alpha, 1)
    color = np.where(alpha > 0, np.clip(np.round(color), 0, 255), 0)
    out[rows] = np.concatenate([color, alpha], -1)
  return out


def _opaque(rgb: np.ndarray) -> np.ndarray:
  return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def _where_not(rgb: np.ndarray, nothing: int) -> np.ndarray:
  """Opaque where a layer changes something."""
  return np.dstack([rgb, np.where((rgb != nothing).any(-1), 255, 0).astype(np.uint8)])


def _over255(x: np.ndarray) -> np.ndarray:
  return (x + 127) // 255
