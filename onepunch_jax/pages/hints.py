"""Hints: where a person says which colour.

An RGBA picture of dots or strokes the size of the page (clear where there is none), the layers of
an ORA, KRA or PSD file whose name, or whose group's name, begins with 'hint', or JSON:

    [{"x": 120, "y": 340, "color": "#aabbcc", "radius": 6}, ...]

with pixels of the page, or with `"relative": true` (of the whole: {"relative": true, "hints":
[...]}) parts of its width and height.
"""

import dataclasses
import functools
import json
import os
from typing import Any, Self

import cv2
import numpy as np
from PIL import Image

from onepunch_jax.images import layered, psd, reader
from onepunch_jax.pages import strokes
from onepunch_jax.pages.palette import parse
from onepunch_jax.pages.tiles import shrink_hint

LAYER = 'hint'  # layers are known by this start of their name
RADIUS = 0.004  # of the short side, for a dot that has none


@dataclasses.dataclass(frozen=True, eq=False)
class Hints:
  """uint8 RGBA [H, W, 4] the size of the page, not premultiplied; pages/strokes.py reads it."""

  rgba: np.ndarray

  @classmethod
  def make(cls, hints: Any, shape: tuple[int, int]) -> Self:
    """From a PIL image, a uint8 array [H, W, 4] or a list of dots, for a page of `shape`.

    Raises:
      ValueError, TypeError: hints of another size, or that cannot be understood.
    """
    if isinstance(hints, Hints):
      rgba = hints.rgba
    elif isinstance(hints, list | dict):
      rgba = _dots(hints, shape)
    elif isinstance(hints, Image.Image):
      rgba = np.asarray(hints.convert('RGBA'))
    elif isinstance(hints, np.ndarray) and hints.dtype == np.uint8 and hints.shape[2:] == (4,):
      rgba = hints
    else:
      raise TypeError(
        'Hints are an RGBA picture (PIL or uint8 [H, W, 4]) or a list of '
        '{"x", "y", "color", "radius"}.'
      )
    if rgba.shape[:2] != tuple(shape[:2]):
      raise ValueError(
        f'Hints of {rgba.shape[1]} x {rgba.shape[0]} pixels do not fit a page of '
        f'{shape[1]} x {shape[0]}.'
      )
    return cls(rgba)

  @classmethod
  def read(cls, path: str | os.PathLike, shape: tuple[int, int]) -> Self:
    """From a picture with alpha, a JSON file, or the hint layer of an ORA or PSD file.

    Raises:
      ValueError: naming the file.
    """
    path = os.fspath(path)
    try:
      if path.lower().endswith('.json'):
        return cls.make(_json(path), shape)
      if psd.is_psd(path) or layered.kind(path):
        return cls(read_layers(path, LAYER, shape))
      picture = reader.read(path)
      if picture.alpha is None or picture.alpha.min() == 255:
        raise ValueError(
          'it has no alpha, so all of it would be a hint; save dots or strokes on '
          'a transparent layer'
        )
      with Image.open(path) as image:
        return cls.make(image.convert('RGBA'), shape)
    except reader.PictureError:
      raise
    except OSError as error:
      raise ValueError(f'{path}: cannot be opened ({error.strerror or error}).') from None
    except RecursionError:
      raise ValueError(f'{path}: no hints: it is nested too deeply.') from None
    except Exception as error:
      raise ValueError(f'{path}: no hints: {str(error).rstrip(".")}.') from None

  @functools.cached_property
  def strokes(self) -> strokes.Strokes:
    """The strokes and dots, and their cores."""
    return strokes.find(self.rgba)

  @property
  def mask(self) -> np.ndarray:
    """bool [H, W], where there is a hint."""
    return self.strokes.labels > 0

  def plane(self, shape: tuple[int, ...]) -> np.ndarray:
    """float32 [h, w, 4] for a network: colour in [-1, 1] where the mask is 1, else 0; the mask."""
    mask = self.mask[..., None]
    color = np.where(mask, self.rgba[..., :3] / np.float32(127.5) - 1, 0)
    full = np.concatenate([color, mask], -1).astype(np.float32)
    return shrink_hint(full, *shape[:2])

  @property
  def white(self) -> bool:
    """Whether all of it is white: that asks for paper, of any checkpoint."""
    return bool(_is_white(self.strokes.colors[1:]).all())

  def colors_and_paper(self, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """int32 [h, w] each: the cores of strokes of a colour, and of white, which is paper."""
    numbers = strokes.cores(self.strokes, shape)
    white = _is_white(self.strokes.colors)[numbers]
    return np.where(white, 0, numbers), np.where(white, numbers, 0)

  def seeds(self, labels: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """The strokes where they mean a region.

    Args:
      labels: int32 [H, W], regions from 0 on.
      counted: bool [H, W], the pixels that are no ink.

    Returns:
      uint8 RGBA [H, W, 4]: the colour of a stroke in the core of it that lies in a region with a
      large enough part of that core, alpha 255; else 0.
    """
    where = np.flatnonzero(self.strokes.core)
    numbers = self.strokes.labels.ravel()[where]
    here = strokes.owned(numbers, labels.ravel()[where], counted.ravel()[where])
    out = np.zeros_like(self.rgba)
    pixels = out.reshape(-1, 4)
    pixels[where[here], :3] = self.strokes.colors[numbers[here]]
    pixels[where[here], 3] = 255
    return out


def by_region(seeds: np.ndarray, labels: np.ndarray) -> dict[int, np.ndarray]:
  """Region -> the colour uint8 [3] of most of the `Hints.seeds` in it."""
  here = seeds[..., 3] > 0
  codes = seeds[here][:, :3].astype(np.int64) @ np.array([65536, 256, 1])
  pairs, counts = np.unique(
    np.stack([labels[here].astype(np.int64), codes], 1), axis=0, return_counts=True
  )
  best: dict[int, tuple[int, int]] = {}
  for (region, code), count in zip(pairs.tolist(), counts.tolist()):
    if count > best.get(region, (0, 0))[0]:
      best[region] = count, code
  return {r: np.array([c >> 16, c >> 8 & 255, c & 255], np.uint8) for r, (_, c) in best.items()}


def _is_white(colors: np.ndarray) -> np.ndarray:
  return (colors >= 253).all(-1)


def _json(path: str) -> list | dict:
  with open(path, encoding='utf-8-sig') as file:
    data = json.load(file)
  if not isinstance(data, list | dict):
    raise ValueError('it is neither a list of dots nor {"hints": [...]}')
  return data


def _dots(data: list | dict, shape: tuple[int, int]) -> np.ndarray:
  relative = False
  if isinstance(data, dict):
    if unknown := sorted(map(str, set(data) - {'hints', 'relative'})):
      raise ValueError(f'{unknown[0]!r} is no field; there are "hints" and "relative"')
    if 'hints' not in data:
      raise ValueError('it has no "hints"')
    data, relative = data['hints'], data.get('relative', False)
    if not isinstance(relative, bool):
      raise ValueError(f'"relative" is true or false, not {relative!r}')
  if not isinstance(data, list):
    raise ValueError(f'"hints" is a list of dots, not {type(data).__name__}')
  height, width = shape[:2]
  rgba = np.zeros((height, width, 4), np.uint8)
  for n, row in enumerate(data, 1):
    if not isinstance(row, dict):
      raise ValueError(f'dot {n} is no {{"x", "y", "color", "radius"}}: {str(row)[:60]!r}')
    if unknown := sorted(map(str, set(row) - {'x', 'y', 'color', 'radius'})):
      raise ValueError(f'dot {n} has {unknown[0]!r}, which is no field of a dot')
    x, y = (_field(row, name, n) for name in 'xy')
    if 'color' not in row:
      raise ValueError(f"dot {n} has no 'color'")
    color = parse(row['color'])
    radius = RADIUS * min(shape[:2]) if row.get('radius') is None else _field(row, 'radius', n)
    if relative:
      x, y = x * width, y * height
    if not (0 <= x < width and 0 <= y < height):
      raise ValueError(f'dot {n} at ({x:g}, {y:g}) lies outside the page of {width} x {height}')
    if not 0 <= radius <= max(width, height):
      raise ValueError(f'dot {n} has a radius of {radius:g} px; it is 0 to {max(width, height)}')
    cv2.circle(rgba, (int(x), int(y)), round(radius), (*color, 255), -1)
  return rgba


def _field(row: dict, name: str, n: int) -> float:
  if name not in row:
    raise ValueError(f'dot {n} has no {name!r}')
  value = row[name]
  if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(float(value)):
    raise ValueError(f'dot {n} has {name}={str(value)[:40]!r}, which is no number')
  return float(value)


def read_layers(path: str, start: str, shape: tuple[int, ...]) -> np.ndarray:
  """The layers of an ORA, KRA or PSD file whose name, or whose group's, begins with `start`.

  Returns:
    uint8 RGBA [H, W, 4] of the page, not premultiplied.

  Raises:
    ValueError: there is no such layer, or the canvas is not of `shape`.
  """
  found, size = _psd_layers(path, start) if psd.is_psd(path) else layered.layers(path, start)
  if not found:
    raise ValueError(f"no layer or group is named '{start}s'")
  return _flattened(found, size, shape)


def _flattened(
  found: list[layered.Layer], size: tuple[int, int], shape: tuple[int, ...]
) -> np.ndarray:
  """Layers, the lowest first, on a canvas of (width, height) -> RGBA [H, W, 4] of the page.

  Where two lie over each other the upper one counts, unless the lower one is stronger: mixed
  they would be a colour that nobody painted.
  """
  if (size[1], size[0]) != tuple(shape[:2]):
    raise ValueError(
      f'a canvas of {size[0]} x {size[1]} pixels does not fit a page of {shape[1]} x {shape[0]}'
    )
  out = np.zeros((*shape[:2], 4), np.uint8)
  for layer in found:
    left, top = layer.offset
    height, width = layer.rgba.shape[:2]
    rows = slice(max(0, top), max(0, min(shape[0], top + height)))
    columns = slice(max(0, left), max(0, min(shape[1], left + width)))
    part = layer.rgba[max(0, -top) :, max(0, -left) :]
    below = out[rows, columns]
    part = part[: below.shape[0], : below.shape[1]]
    upper = part[..., 3:] >= np.maximum(below[..., 3:], 1)
    out[rows, columns] = np.where(upper, part, below)
  return out


def _psd_layers(path: str, start: str) -> tuple[list[layered.Layer], tuple[int, int]]:
  try:
    from psd_tools import PSDImage
  except ImportError:
    raise ValueError("PSD needs psd-tools: pip install 'onepunch_jax[pages]'") from None
  document = PSDImage.open(path)
  found = []
  for layer in document.descendants():
    names, parent = (layer.name,), layer.parent
    while parent is not None and parent is not document:
      names, parent = (parent.name, *names), parent.parent
    if layer.is_group() or not layer.has_pixels() or not layered.begins(names, start):
      continue
    rgba = np.asarray(layer.topil().convert('RGBA'))
    found.append(layered.Layer(names, rgba, tuple(layer.offset)))
  return found, document.size
