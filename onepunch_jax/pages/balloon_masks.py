"""Masks of balloons: a person says by a picture which pixels of a page are balloons.

A mask has the size of its page. What is white in it is marked, or, where the picture has
transparent parts, what is opaque. A mask takes the place of recognition: what is marked stays
paper, pixel by pixel, and nothing else is a balloon. A hint of a colour frees the mark that it
lies in, as it frees a balloon that was recognised.
"""

import dataclasses
import os
from typing import Any, Self

import cv2
import numpy as np

from onepunch_jax.images import arrays, reader
from onepunch_jax.images.reader import Picture
from onepunch_jax.pages import paper
from onepunch_jax.pages.hints import Hints

MARKED = 128  # of 255: what is as light, or as opaque
MOST = 128  # marks that are regions of their own; the rest are one


@dataclasses.dataclass(frozen=True, eq=False)
class BalloonMask:
  """bool [H, W] the size of the page: where balloons are."""

  marked: np.ndarray

  @classmethod
  def make(cls, mask: Any, shape: tuple[int, ...]) -> Self:
    """From a PIL image or an array (uint8, bool, float in [0, 1]), for a page of `shape`.

    Raises:
      ValueError, TypeError: it has another size, or is no picture.
    """
    if isinstance(mask, BalloonMask):
      return cls._fitting(mask.marked, shape)
    return cls._fitting(_marked(arrays.picture(mask)), shape)

  @classmethod
  def read(cls, path: str | os.PathLike, shape: tuple[int, ...]) -> Self:
    """From a picture file.

    Raises:
      ValueError: naming the file.
    """
    marked = _marked(reader.read(path))
    try:
      return cls._fitting(marked, shape)
    except ValueError as error:
      raise ValueError(f'{os.fspath(path)}: {error}') from None

  @classmethod
  def _fitting(cls, marked: np.ndarray, shape: tuple[int, ...]) -> Self:
    if marked.shape != tuple(shape[:2]):
      raise ValueError(
        f'A mask of balloons of {marked.shape[1]} x {marked.shape[0]} pixels does not fit a page '
        f'of {shape[1]} x {shape[0]}; it needs one pixel for each of the page.'
      )
    return cls(marked)

  def unhinted(self, hints: Hints | None) -> Self:
    """The mask without the marks that hints of a colour lie in."""
    if hints is None:
      return self
    colored, _ = hints.colors_and_paper(self.marked.shape)
    return type(self)(paper.unhinted(self.marked, colored)) if colored.any() else self

  def part(self, rows: slice, columns: slice) -> Self:
    """The mask of a part of the page."""
    return type(self)(np.ascontiguousarray(self.marked[rows, columns]))

  def cut(self, labels: np.ndarray) -> np.ndarray:
    """Regions [H, W], 0 .. n - 1, with each mark as a region of its own: 0 .. m - 1, each used.

    Of more than MOST marks the smallest are one region together.
    """
    count, marks, stats, _ = cv2.connectedComponentsWithStats(
      self.marked.astype(np.uint8), connectivity=4
    )
    if count == 1:
      return labels
    rank = np.empty(count, np.int32)
    rank[0] = -1  # of what is not marked
    rank[1 + np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind='stable')] = np.arange(count - 1)
    own = labels.max() + 1 + np.minimum(rank, MOST)
    out = np.where(self.marked, own[marks], labels)
    return np.unique(out, return_inverse=True)[1].reshape(labels.shape).astype(np.int32)


def word_and_file(balloons: str) -> tuple[str, str]:
  """--balloons as a word of `paper.BALLOONS`, and the file or folder of masks, or ''.

  Pages that have no mask in a folder are looked at as by the word.

  Raises:
    ValueError: it is neither.
  """
  if balloons in paper.BALLOONS:
    return balloons, ''
  if not os.path.exists(balloons):
    raise ValueError(
      f'--balloons is {", ".join(paper.BALLOONS)}, or a picture (a folder of pictures) whose white '
      f'pixels are balloons; there is no file or folder {balloons!r}.'
    )
  return 'auto', balloons


def _marked(picture: Picture) -> np.ndarray:
  if picture.alpha is not None and picture.alpha.min() < MARKED:
    return picture.alpha[..., 0] >= MARKED
  return picture.grey >= MARKED
