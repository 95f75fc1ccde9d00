"""A colorizer with the interface of `pages.colorizer.Colorizer` that takes milliseconds: rooms of
white get a colour each, by the number of the sample; hints hold."""

import time
import types
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from onepunch_jax.pages.hints import Hints, by_region
from onepunch_jax.pages.palette import Regions
from onepunch_jax.pages.remembered import Remembered
from onepunch_jax.pages.session import RegionColors
from onepunch_jax.pages.suggestions import Suggestion
from onepunch_jax.regions.edit import edit

INK = 160
SUGGESTED = ('#c04040', '#40a060', '#4060c0', '#d0a040', '#8050a0')


class FastColorizer:
  """Colours by regions, without a net.

  Attributes:
    delay: seconds that an answer takes beside its own time.
  """

  by_regions = True
  fingerprint = 'fast'
  method = types.SimpleNamespace(
    inputs=('line', 'tags'), optional_inputs=('sample', 'reference', 'palette')
  )
  tags = ('blue eyes', 'blue hair', 'green shirt', 'red dress', 'red eyes')

  def __init__(self):
    self.delay = 0.0

  def session(self, picture: Any, gap: Any = None, edits: Sequence[Any] = ()) -> 'FastSession':
    return FastSession(self, picture, edits)


class FastSession:
  """One page: see `pages.session.Session`."""

  def __init__(self, colorizer: FastColorizer, picture: Any, edits: Sequence[Any]):
    self._colorizer = colorizer
    grey = picture.rgb.mean(-1) if picture.rgb.ndim == 3 else picture.rgb
    self._light = grey > INK
    if not self._light.any():
      raise ValueError('The page is too dark to be coloured.')
    labels = _rooms(self._light)
    self._labels = edit(labels, edits) if edits else labels

  def colors(self, hints: Hints | None = None, *, sample: int = 0, **_: Any) -> RegionColors:
    time.sleep(self._colorizer.delay)
    count = int(self._labels.max()) + 1
    colors = np.random.default_rng(sample).integers(90, 240, (count, 3)).astype(np.uint8)
    hinted, is_paper = np.zeros(count, bool), np.zeros(count, bool)
    area = np.bincount(self._labels.ravel())
    is_paper[self._labels[0, 0]] = True
    if hints is not None:
      for region, rgb in by_region(hints.seeds(self._labels, self._light), self._labels).items():
        colors[region], hinted[region], is_paper[region] = rgb, True, rgb.min() >= 250
    colors[is_paper] = 255
    largest = np.argsort(-area)[:8]
    remembered = Remembered(
      np.zeros((len(largest), 4), np.float32),
      colors[largest] / np.float32(127.5) - 1,
      hinted[largest],
    )
    regions = Regions(self._labels, colors, is_paper, hinted)
    return RegionColors(regions, np.zeros((8, 8), bool), remembered)

  def shaded(self, color: np.ndarray, bare: np.ndarray, kind: str) -> np.ndarray:
    out = color.copy()
    out[len(out) // 2 :] = color[len(out) // 2 :] // (2 if kind == 'cel' else 3)
    out[bare] = color[bare]
    return out

  def suggest(self, x: float, y: float, hints: Any = None, **_: Any) -> list[Suggestion]:
    return [Suggestion(c, 0.5 / (n + 1)) for n, c in enumerate(SUGGESTED)]

  def next_places(self, hints: Hints | None = None, **_: Any) -> list[tuple[int, int, float]]:
    taken = set()
    if hints is not None:
      taken = set(by_region(hints.seeds(self._labels, self._light), self._labels))
    found = []
    for region in np.argsort(-np.bincount(self._labels.ravel())).tolist():
      if region in taken or region == self._labels[0, 0]:
        continue
      inside = np.pad((self._labels == region).astype(np.uint8), 1)
      depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1]
      y, x = np.unravel_index(int(depth.argmax()), depth.shape)
      found.append((int(x), int(y), float(depth.max())))
    return found[:3]


def _rooms(light: np.ndarray) -> np.ndarray:
  """int32 [H, W] from 0: rooms of white, ink given to the nearest."""
  _, rooms = cv2.connectedComponents(light.astype(np.uint8), connectivity=4)
  _, nearest = cv2.distanceTransformWithLabels(
    (~light).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
  )
  of = np.zeros(nearest.max() + 1, np.int32)
  of[nearest[light]] = rooms[light] - 1
  return of[nearest]
