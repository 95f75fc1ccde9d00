"""Which regions of a page stay paper, as far as its layout and a person's hints say."""

import functools
from typing import NamedTuple

import numpy as np

from onepunch_jax.pages import paper, scale
from onepunch_jax.pages.balloon_masks import BalloonMask
from onepunch_jax.pages.hints import Hints

KEPT = 6_000_000  # px; of a larger page one result is kept between answers, else two


class _Last(NamedTuple):
  """What was found, and of what."""

  labels: np.ndarray
  paper: np.ndarray
  stays: np.ndarray


class PaperRegions:
  """The paper of one page, for hints that change little. Safe in threads.

  Args:
    line: uint8 [H, W], the drawing.
    light: bool [H, W], where it is no ink.
    balloons: whether they stay paper (`paper.BALLOONS`), or a mask of the page.
  """

  def __init__(self, line: np.ndarray, light: np.ndarray, balloons: str | BalloonMask = 'auto'):
    self._line, self._light = line, light
    self._marked = balloons.marked if isinstance(balloons, BalloonMask) else None
    self._balloons = balloons if self._marked is None else self._marked
    self._last: list[_Last] = []  # the newest first

  def find(self, hints: Hints | None, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The regions that stay paper, bool [n]; and the balloons of the page, bool [h, w].

    Args:
      hints: a colour means that its region is no paper, white that it is.
      labels: int32 [H, W], regions 0 .. n - 1.
    """
    found = self._unhinted
    if hints is not None:
      found = self._layout.paper(*hints.colors_and_paper(found.paper.shape))
    for last in self._last:
      if labels is last.labels and np.array_equal(found.paper, last.paper):
        return last.stays, found.balloons
    stays = self._stays(found.paper, labels)
    last = _Last(labels, found.paper, stays)
    self._last = [last, *self._last][: 2 if labels.size <= KEPT else 1]
    return stays, found.balloons

  def _stays(self, blank: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """bool [n]: the regions most of which, ink left out, is in `blank`, bool [h, w].

    And those most of which a mask of balloons marks.
    """
    height, width = labels.shape
    rows = (np.arange(height) * blank.shape[0] // height)[:, None]
    columns = np.arange(width) * blank.shape[1] // width
    whole = np.bincount(labels[self._light], minlength=int(labels.max()) + 1)
    inside = np.bincount(labels[blank[rows, columns] & self._light], minlength=len(whole))
    stays = inside > 0.5 * np.maximum(whole, 1)
    if self._marked is not None:
      marked = np.bincount(labels[self._marked], minlength=len(whole))
      stays |= marked > 0.5 * np.bincount(labels.ravel(), minlength=len(whole))
    return stays

  @functools.cached_property
  def _layout(self) -> paper.Layout:
    small = scale.resize(self._line, *scale.fit_short(self._line.shape, paper.SHORT))
    return paper.Layout(small, balloons=self._balloons)

  @functools.cached_property
  def _unhinted(self) -> paper.Paper:
    """The paper before anybody hints."""
    return self._layout.paper()
