"""Hints: where a person says which colour.

An RGBA picture of dots or strokes the size of the page (opaque where there is a hint), a layer
named 'hints' of an ORA or PSD file, or JSON:

    [{"x": 120, "y": 340, "color": "#aabbcc", "radius": 6}, ...]

with pixels of the page, or with `"relative": true` (of the whole: {"relative": true, "hints":
[...]}) parts of its width and height.
"""

import dataclasses
import functools
import json
import os
import zipfile
from typing import Any, Self
from xml.etree import ElementTree

import cv2
import numpy as np
from PIL import Image

from onepunch_jax.images import reader
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
        with open(path, encoding='utf-8') as file:
          return cls.make(json.load(file), shape)
      if path.lower().endswith('.psd'):
        return cls(_fit(*_psd_layer(path), shape))
      if zipfile.is_zipfile(path):
        return cls(_fit(*_ora_layer(path), shape))
      picture = reader.read(path)
      if picture.alpha is None:
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
    numbers = np.where(self.strokes.core, self.strokes.labels, 0)
    here = strokes.owned(numbers, labels, counted)
    out = np.zeros_like(self.rgba)
    out[here, :3] = self.strokes.colors[numbers[here]]
    out[here, 3] = 255
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


def _dots(data: list | dict, shape: tuple[int, int]) -> np.ndarray:
  relative = isinstance(data, dict) and bool(data.get('relative'))
  rows = data.get('hints', []) if isinstance(data, dict) else data
  height, width = shape[:2]
  rgba = np.zeros((height, width, 4), np.uint8)
  for n, row in enumerate(rows, 1):
    try:
      x, y, color = float(row['x']), float(row['y']), parse(row['color'])
      radius = float(row.get('radius', RADIUS * min(shape[:2])))
    except KeyError as error:
      raise ValueError(f'dot {n} has no {error.args[0]!r}') from None
    except (TypeError, AttributeError):
      raise ValueError(f'dot {n} is no {{"x", "y", "color", "radius"}}: {row!r}') from None
    if relative:
      x, y = x * width, y * height
    if not (0 <= x < width and 0 <= y < height):
      raise ValueError(f'dot {n} at ({x:g}, {y:g}) lies outside the page of {width} x {height}')
    cv2.circle(rgba, (int(x), int(y)), max(0, round(radius)), (*color, 255), -1)
  return rgba


def _fit(layer: Image.Image, offset: tuple[int, int], size: tuple[int, int], shape) -> np.ndarray:
  """A layer on a canvas of (width, height) -> RGBA [H, W, 4] of the page."""
  canvas = Image.new('RGBA', size)
  canvas.paste(layer.convert('RGBA'), offset)
  rgba = np.asarray(canvas)
  if rgba.shape[:2] != tuple(shape[:2]):
    raise ValueError(
      f'a canvas of {size[0]} x {size[1]} pixels does not fit a page of {shape[1]} x {shape[0]}'
    )
  return rgba


def _ora_layer(path: str):
  with zipfile.ZipFile(path) as book:
    root = ElementTree.fromstring(book.read('stack.xml'))
    for layer in root.iter('layer'):
      if layer.get('name', '').lower().startswith(LAYER):
        with book.open(layer.get('src')) as file:
          image = Image.open(file).convert('RGBA')
        return (
          image,
          (int(layer.get('x', 0)), int(layer.get('y', 0))),
          (int(root.get('w')), int(root.get('h'))),
        )
  raise ValueError(f"no layer is named '{LAYER}s'")


def _psd_layer(path: str):
  try:
    from psd_tools import PSDImage
  except ImportError:
    raise ValueError("PSD needs psd-tools: pip install 'onepunch_jax[pages]'") from None
  psd = PSDImage.open(path)
  for layer in psd.descendants():
    if layer.name.lower().startswith(LAYER) and layer.has_pixels():
      return layer.topil(), layer.offset, psd.size
  raise ValueError(f"no layer is named '{LAYER}s'")
