"""Shading of flat colours: two masks by a small net, and a tint for each.

    shaded = shade(flats, line, distance, 'cel')

A shadow multiplies a colour by a tint of its own, cool and a little of the colour itself; light is
screened over it. Paper and ink take none.
"""

import functools
import pathlib
from typing import NamedTuple

import cv2
import jax
import numpy as np

from onepunch_jax.nets.shading_masks import INPUTS, LIGHT, SHADOW, Model
from onepunch_jax.pages import scale
from onepunch_jax.pages.compiled import Compiled
from onepunch_jax.regions.distance import CAP
from onepunch_jax.weights.npz import load

KINDS = ('off', 'cel', 'soft')
WEIGHTS = pathlib.Path(__file__).parents[1] / 'weights' / 'shading_masks.npz'
SHORT = 512  # px of the short side that the net sees; what is smaller stays as it is
MULTIPLE = 64  # px; few shapes, few compilations
SUN = (-0.6, -0.8)  # towards the light: from the upper left
COOL = np.float32((0.66, 0.65, 0.78))  # of a shadow on grey
OWN = 0.5  # share of the colour itself in the tint of its shadow
GLOW = np.float32((1.0, 0.99, 0.93))  # of light
LIT = 0.45  # strength of the light
EDGE = 8.0  # steepness of the edge of a cel mask
SMOOTH = {'cel': 1.5, 'soft': 2.5}  # px by which a mask is smoothed
ROWS = 512  # done at once, so that memory is bounded


class Masks(NamedTuple):
  """float32 [h, w] each, in [0, 1]."""

  shadow: np.ndarray
  light: np.ndarray


def check(kind: str) -> str:
  """The kind of shading itself.

  Raises:
    ValueError: it is none of KINDS.
  """
  if kind not in KINDS:
    raise ValueError(f'shading is {", ".join(KINDS[:-1])} or {KINDS[-1]}, not {kind!r}.')
  return kind


def shade(
  flats: np.ndarray,
  line: np.ndarray,
  distance: np.ndarray,
  kind: str,
  *,
  bare: np.ndarray | None = None,
  sun: tuple[float, float] = SUN,
) -> np.ndarray:
  """Flat colours with shadows and light.

  Args:
    flats: uint8 [H, W, 3], one colour for each region.
    line: uint8 [H, W], the drawing.
    distance: float32 [h, w], px of the drawing to the nearest line (`line_distance.predict`).
    kind: 'off', 'cel' or 'soft'.
    bare: bool [H, W], what stays as it is: paper; None: nothing.
    sun: unit vector towards the light, x to the right and y down.

  Returns:
    uint8 [H, W, 3].

  Raises:
    ValueError: there is no such kind.
  """
  if check(kind) == 'off':
    return flats
  found = masks(flats, line, distance, kind, sun)
  height, width = line.shape
  out = np.empty_like(flats)
  shadow, light = (scale.resize(m, height, width) for m in found)
  for top in range(0, height, ROWS):
    rows = slice(top, top + ROWS)
    out[rows] = lay(flats[rows], Masks(shadow[rows], light[rows]))
  if bare is not None:
    out[bare] = flats[bare]
  return out


def lay(flats: np.ndarray, found: Masks) -> np.ndarray:
  """uint8 [H, W, 3]: colours times their shadow, light screened over them."""
  color = flats.astype(np.float32) / 255
  color = color * (1 - found.shadow[..., None] * (1 - shadow_tint(color)))
  color = 1 - (1 - color) * (1 - LIT * found.light[..., None] * GLOW)
  return np.round(color * 255).astype(np.uint8)


def shadow_tint(color: np.ndarray) -> np.ndarray:
  """What a full shadow multiplies colours [..., 3] in [0, 1] by."""
  own = color / np.maximum(color.max(-1, keepdims=True), 1 / 255)
  return (1 - OWN) * COOL + OWN * COOL.mean() * own


def masks(
  flats: np.ndarray,
  line: np.ndarray,
  distance: np.ndarray,
  kind: str,
  sun: tuple[float, float] = SUN,
) -> Masks:
  """Where shadow and light are, at the size that the net sees; arguments as for `shade`."""
  share = min(1.0, SHORT / min(line.shape))
  height, width = (max(1, round(n * share)) for n in line.shape)
  planes = inputs(
    scale.resize(line, height, width),
    scale.resize(flats, height, width),
    scale.resize(distance, height, width) * np.float32(height / line.shape[0]),
    sun,
    kind == 'soft',
  )
  pads = [(0, -n % MULTIPLE) for n in (height, width)]
  planes = np.pad(planes, [*pads, (0, 0)], mode='edge')
  logits = np.asarray(_compiled(_params(), planes[None]))[0, :height, :width]
  logits = cv2.GaussianBlur(logits, (0, 0), SMOOTH[kind])  # the net's features are coarse
  steepness = EDGE if kind == 'cel' else 1.0
  chance = 1 / (1 + np.exp(-np.clip(steepness * logits, -30, 30)))
  return Masks(chance[..., SHADOW], chance[..., LIGHT])


def inputs(
  line: np.ndarray, flats: np.ndarray, distance: np.ndarray, sun: tuple[float, float], soft: bool
) -> np.ndarray:
  """float32 [h, w, INPUTS] of a drawing in [0, 255], its colours in [0, 255] and px to lines."""
  out = np.empty((*line.shape, INPUTS), np.float32)
  out[..., 0] = line / np.float32(127.5) - 1
  out[..., 1:4] = flats / np.float32(127.5) - 1
  out[..., 4] = np.minimum(distance, CAP) / CAP
  out[..., 5:7] = sun
  out[..., 7] = soft
  return out


@functools.cache
def _params():
  return load(WEIGHTS)


def _apply(params, planes: jax.Array) -> jax.Array:
  return Model().apply({'params': params}, planes)


_compiled = Compiled(_apply, 'the shading')
