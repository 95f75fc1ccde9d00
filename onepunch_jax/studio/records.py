"""Answers on disk: the regions of a page and a colour for each, to be repainted without a net."""

import dataclasses
import hashlib
import io
import json
import os
import threading
import zipfile
import zlib
from typing import Any, Self

import cv2
import numpy as np
from PIL import Image

from onepunch_jax.pages.palette import ALIKE, hexa, lab, parse

LARGEST = 12_000_000  # pixels of a picture for the browser; a larger page is shown smaller
HEADERS = threading.Lock()
SHARE = 0.002  # of the page, of a colour that is listed


@dataclasses.dataclass(frozen=True, eq=False)
class Record:
  """An answer.

  Attributes:
    labels: uint16 [H, W], the region of each pixel.
    colors: uint8 sRGB [n, 3] of the regions.
    is_paper, hinted: bool [n].
    balloons: bool [m, n].
    rgb: uint8 [H, W, 3], colours that are not one a region (checkpoints without regions), or None.
    tokens: float16 [k, D], their colours [k, 3] and whether a person chose these, bool [k]: what
      later pages may look at; or None.
  """

  labels: np.ndarray
  colors: np.ndarray
  is_paper: np.ndarray
  hinted: np.ndarray
  balloons: np.ndarray
  rgb: np.ndarray | None = None
  tokens: np.ndarray | None = None
  token_colors: np.ndarray | None = None
  by_hand: np.ndarray | None = None

  def bytes(self) -> bytes:
    """As a compressed .npz."""
    arrays = {k: v for k, v in dataclasses.asdict(self).items() if v is not None and k != 'rgb'}
    out = io.BytesIO()
    arrays['labels'] = _png(Image.fromarray(self.labels))  # packs regions tenfold better
    if self.rgb is not None:
      arrays['rgb'] = _png(Image.fromarray(self.rgb))
    np.savez(out, **arrays)
    return out.getvalue()

  @classmethod
  def read(cls, path: str) -> Self:
    """From a file; OSError or ValueError where it is none."""
    try:
      # of two threads that parse headers at once Python 3.11 breaks the parser for all
      with HEADERS, np.load(path) as found:
        arrays = {name: found[name] for name in found.files}
      arrays['labels'] = _unpng(arrays['labels']).astype(np.uint16)
      if 'rgb' in arrays:
        arrays['rgb'] = _unpng(arrays['rgb'])
      return cls(**arrays)
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, EOFError, SyntaxError) as error:
      raise ValueError(f'{os.path.basename(path)}: no answer ({error}).') from None

  def repainted(self, palette: list[dict[str, Any]]) -> np.ndarray:
    """The colours of regions, uint8 [n, 3], with the swatches of a palette laid over them.

    A region whose colour is within 6 dE of a swatch's source, or, where it is locked, of its
    colour, has the swatch's colour exactly. Hinted regions follow a swatch of just their colour.
    """
    swatches = [s for s in palette if s['source'] or s['locked']]
    if not swatches:
      return self.colors
    sources = np.array([parse(s['source'] or s['color']) for s in swatches], np.uint8)
    new = np.array([parse(s['color']) for s in swatches], np.uint8)
    away = np.linalg.norm(lab(self.colors)[:, None] - lab(sources)[None], axis=-1)
    nearest = away.argmin(1)
    limit = np.where(self.hinted, 0.5, ALIKE)
    taken = (away.min(1) <= limit) & ~(self.is_paper & ~self.hinted)
    return np.where(taken[:, None], new[nearest], self.colors)

  def shares(self, colors: np.ndarray) -> list[dict[str, Any]]:
    """The colours of the page but paper, by area: [{'color', 'share'}], the largest first."""
    area = np.bincount(self.labels.ravel(), minlength=len(colors)) / self.labels.size
    found: dict[str, float] = {}
    for rgb, part, paper in zip(colors, area, self.is_paper):
      if not paper:
        found[hexa(rgb)] = found.get(hexa(rgb), 0.0) + float(part)
    rows = sorted(found.items(), key=lambda item: -item[1])
    return [{'color': c, 'share': round(s, 4)} for c, s in rows if s >= SHARE][:64]

  def picture(self, colors: np.ndarray, width: int = 0) -> bytes:
    """The page's colours without lines, as PNG: what the browser lays under the lines.

    Args:
      colors: of the regions.
      width: px, of a small one; 0: the page's own, within LARGEST.
    """
    if self.rgb is not None:
      return picture(self.rgb, width)
    labels = _smaller(self.labels, cv2.INTER_NEAREST, width)
    rgb, index = np.unique(colors, axis=0, return_inverse=True)
    if len(rgb) > 256:
      return _png(Image.fromarray(colors[labels]))
    image = Image.fromarray(index.reshape(-1).astype(np.uint8)[labels])
    image.putpalette(rgb.tobytes())
    return _png(image)

  def small(self, colors: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The same at another, smaller size, uint8 [h, w, 3]."""
    if self.rgb is not None:
      return cv2.resize(self.rgb, shape[::-1], interpolation=cv2.INTER_AREA)
    return colors[cv2.resize(self.labels, shape[::-1], interpolation=cv2.INTER_NEAREST)]

  def color(self, colors: np.ndarray) -> np.ndarray:
    """The same at the page's size, uint8 [H, W, 3]."""
    return colors[self.labels] if self.rgb is None else self.rgb


def picture(rgb: np.ndarray, width: int = 0) -> bytes:
  """Colours uint8 [H, W, 3] as PNG, within LARGEST, or `width` px wide where that is not 0."""
  return _png(Image.fromarray(_smaller(rgb, cv2.INTER_AREA, width)))


def lines(rgb: np.ndarray, alpha: np.ndarray | None) -> bytes:
  """The page as it is, to be multiplied over its colours: PNG, grey where it is grey."""
  rgb = _smaller(rgb, cv2.INTER_AREA)
  if alpha is not None:
    return _png(Image.fromarray(np.dstack([rgb, _smaller(alpha[..., 0], cv2.INTER_AREA)])))
  grey = (rgb == rgb[..., :1]).all()
  return _png(Image.fromarray(rgb[..., 0].copy() if grey else rgb))


def thumbnail(rgb: np.ndarray, side: int = 240) -> bytes:
  """A small JPEG."""
  image = Image.fromarray(rgb)
  image.thumbnail((side, side))
  out = io.BytesIO()
  image.save(out, 'JPEG', quality=80)
  return out.getvalue()


def digest_text(value: Any) -> str:
  """A value as text that is the same for equal values."""
  return json.dumps(value, sort_keys=True, separators=(',', ':'))


def picture_id(answer: str | None, document: dict, shading: str = 'off') -> str:
  """The id of an answer's picture in the palette as it is now, and shaded so; '' of none."""
  if not answer:
    return ''
  swatches = [(s['color'], s['source'], s['locked']) for s in document['palette']]
  name = f'{answer}-{hashlib.sha256(digest_text(swatches).encode()).hexdigest()[:8]}'
  return name if shading == 'off' else f'{name}-{shading}'


def _smaller(x: np.ndarray, how: int, wanted: int = 0) -> np.ndarray:
  height, width = x.shape[:2]
  part = (LARGEST / (height * width)) ** 0.5
  part = min(part, wanted / width) if wanted else part
  if part >= 1:
    return x
  size = max(1, round(width * part)), max(1, round(height * part))
  return cv2.resize(x, size, interpolation=how)


def _png(image: Image.Image) -> Any:
  out = io.BytesIO()
  image.save(out, 'PNG', compress_level=1)
  return out.getvalue()


def _unpng(data: np.ndarray) -> np.ndarray:
  with Image.open(io.BytesIO(data.item())) as image:
    return np.asarray(image)
