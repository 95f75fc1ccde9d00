"""Regions of other pictures whose colours are known: what a page may look at.

In a book a page looks at the pages before it: first at regions with hints, which a person coloured,
the newest page's first; then at the first page's; then at those of the newest pages.
"""

import base64
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from onepunch_jax.pages import scale
from onepunch_jax.pages.reference import Reference
from onepunch_jax.pages.region_model import RegionModel
from onepunch_jax.regions.colors import majority_colors
from onepunch_jax.regions.ink import is_ink
from onepunch_jax.regions.reference_lines import lines_of
from onepunch_jax.regions.segment import segment

REGIONS = 64  # of a picture, its largest ones, that are looked at
TOGETHER = 512  # of all references of a page; of many each has fewer
OF_BOOK = 256  # of the pages before a page of a book
SIDE = 512  # px of the short side in which regions of a reference are found


class Remembered(NamedTuple):
  """Regions of another picture whose colours are known: a reference, or an earlier page.

  Attributes:
    tokens: float32 [n, D].
    colors: float32 [n, 3], sRGB in [-1, 1].
    by_hand: bool [n], whether a person chose the colour: by a hint, or in a page in colour.
  """

  tokens: np.ndarray
  colors: np.ndarray
  by_hand: np.ndarray


def of_reference(model: RegionModel, reference: Reference) -> Remembered:
  """The largest regions of a reference and their colours; computed once by a model."""
  known = model.references.get(reference.digest)
  if known is None:
    known = model.references[reference.digest] = _observe(model, reference.rgba)
  return known


def together(pictures: Sequence[Remembered]) -> Remembered:
  """The regions of several pictures, of each its first ones: at most TOGETHER, at least one."""
  most = max(1, TOGETHER // len(pictures))
  return Remembered(*(np.concatenate([x[:most] for x in part]) for part in zip(*pictures)))


def recall(pages: Sequence[Remembered]) -> Remembered:
  """What a page of a book looks at of the pages before it, at least one: OF_BOOK regions.

  Regions that a person coloured come first, those of the newest page before those of older ones;
  then the first page's; then the newest pages'.
  """
  order = [pages[0], *reversed(pages[1:])]
  by_hand = [Remembered(*(x[page.by_hand] for x in page)) for page in reversed(pages)]
  others = [Remembered(*(x[~page.by_hand] for x in page)) for page in order]
  return Remembered(*(np.concatenate(part)[:OF_BOOK] for part in zip(*by_hand, *others)))


def pack(remembered: Remembered) -> str:
  """As text for a journal, tokens in float16."""
  rows = np.zeros(len(remembered.tokens), _rows(remembered.tokens.shape[1]))
  rows['token'] = remembered.tokens
  rows['color'] = np.round(127.5 + 127.5 * remembered.colors)
  rows['by_hand'] = remembered.by_hand
  return f'{remembered.tokens.shape[1]} {base64.b64encode(rows.tobytes()).decode()}'


def unpack(text: str) -> Remembered:
  """What `pack` wrote."""
  dim, rows = text.split(' ')
  table = np.frombuffer(base64.b64decode(rows), _rows(int(dim)))
  colors = table['color'] / np.float32(127.5) - 1
  return Remembered(table['token'].astype(np.float32), colors, table['by_hand'])


def _rows(dim: int) -> np.dtype:
  return np.dtype([('token', '<f2', dim), ('color', 'u1', 3), ('by_hand', '?')])


def _observe(model: RegionModel, rgba: np.ndarray) -> Remembered:
  rgba = scale.resize(rgba, *scale.fit_short(rgba.shape, SIDE))
  clear = rgba[..., 3:] < 128
  rgb = np.where(clear, 255, rgba[..., :3]).astype(np.uint8)
  line = lines_of(rgb)
  labels = segment(line, max_regions=REGIONS)
  page = model.tokens(model.features(line), labels, line)
  colors = majority_colors(page.labels, rgb, ~is_ink(line))
  known = colors / np.float32(127.5) - 1
  return Remembered(page.tokens[: page.count], known, np.ones(page.count, bool))
