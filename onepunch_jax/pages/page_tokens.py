"""The tokens of one page's regions, split where hints ask for it, for hints that change little."""

import functools
from collections.abc import Sequence

import numpy as np

from onepunch_jax.pages.region_model import PageTokens, RegionModel
from onepunch_jax.regions.geometry import Geometry, LineMaps, describe, line_maps
from onepunch_jax.regions.split import Split, Splitter
from onepunch_jax.regions.split_geometry import SplitGeometry

KEPT = 6_000_000  # px; of a larger page less is kept until it is split again
AGAIN = 2  # splits from which on somebody works on the page


class SplitTokens:
  """A page's tokens. What is kept is no part of any answer. Safe in threads.

  Args:
    model: the nets.
    line: uint8 [H, W], the drawing.
    labels: int32 [H, W], 0 .. n - 1, the largest first.
    features: the trunk's maps (`RegionModel.features`).
  """

  def __init__(
    self,
    model: RegionModel,
    line: np.ndarray,
    labels: np.ndarray,
    features: Sequence[np.ndarray],
  ):
    self._model, self._line, self._labels, self._features = model, line, labels, features
    self._splitter = Splitter(labels, line)
    self._splits = 0  # how often regions were split
    self._last: tuple[list[Split], PageTokens] | None = None

  @functools.cached_property
  def plain(self) -> PageTokens:
    """The tokens without hints."""
    return self._tokens(self._labels, self._geometry)

  def split(self, seeds: np.ndarray) -> PageTokens:
    """The tokens where hints have several colours in one region (`Hints.seeds`)."""
    splits = self._splitter.find(seeds)
    if not splits:
      return self.plain
    last = self._last
    if last is not None and _alike(last[0], splits):
      return last[1]
    self._splits += 1
    geometry = self._split_geometry.measure(splits) if self._keeps else None
    page = self._tokens(self._splitter.labels(splits), geometry)
    if self._keeps:  # the next hints often split the page alike
      self._last = splits, page
    return page

  @property
  def _keeps(self) -> bool:
    """Whether what takes long is kept: 12 bytes a pixel, more than a page needs at once."""
    return self._line.size <= KEPT or self._splits >= AGAIN

  def _tokens(self, labels: np.ndarray, geometry: Geometry | None) -> PageTokens:
    maps = self._maps if self._keeps else None
    return self._model.tokens(self._features, labels, self._line, maps, geometry)

  @functools.cached_property
  def _maps(self) -> LineMaps:
    """What regions are measured by."""
    return line_maps(self._line)

  @functools.cached_property
  def _geometry(self) -> Geometry:
    return describe(self._labels, self._line, self._maps if self._keeps else None)

  @functools.cached_property
  def _split_geometry(self) -> SplitGeometry:
    return SplitGeometry(self._geometry, self._maps.to_ink)


def _alike(some: Sequence[Split], others: Sequence[Split]) -> bool:
  """Whether regions are split alike, as far as that is plain at once."""
  return len(some) == len(others) and all(a.owner is b.owner for a, b in zip(some, others))
