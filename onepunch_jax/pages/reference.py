"""References: pictures whose colours a page shall have."""

import dataclasses
import functools
import hashlib
import os
from typing import Any, Self

import numpy as np

from onepunch_jax.images import archive, arrays, reader
from onepunch_jax.log import log
from onepunch_jax.pages import book
from onepunch_jax.pages.scale import resize

OPAQUE = 128  # of alpha: what is less is not there
SIDE = 2048  # px, more is of no use to a network


@dataclasses.dataclass(frozen=True, eq=False)
class Reference:
  """uint8 RGBA [H, W, 4]; what is not opaque is not there."""

  rgba: np.ndarray

  @classmethod
  def make(cls, reference: Any) -> Self:
    """From a PIL image of any mode, an array, a `Picture`, or the path of a picture.

    Raises:
      ValueError, TypeError: it is no picture, or nothing of it is to be seen.
    """
    if isinstance(reference, Reference):
      return reference
    if isinstance(reference, reader.Picture):
      picture = reference
    elif isinstance(reference, str | os.PathLike):
      picture = reader.read(reference)
    else:
      picture = arrays.picture(reference)
    alpha = (
      picture.alpha
      if picture.alpha is not None
      else np.full((*picture.rgb.shape[:2], 1), 255, np.uint8)
    )
    if alpha.max() < OPAQUE:
      raise ValueError(f'{picture.name}: no reference, all of it is transparent.')
    rgba = np.concatenate([picture.rgb, alpha], -1)
    over = max(rgba.shape[:2]) / SIDE
    if over > 1:
      rgba = resize(rgba, *(max(1, round(n / over)) for n in rgba.shape[:2]))
    return cls(rgba)

  def plane(self, shape: tuple[int, int]) -> np.ndarray:
    """float32 [h, w, 4] for a network: the whole picture in the middle of h x w pixels."""
    height, width = self.rgba.shape[:2]
    part = min(shape[0] / height, shape[1] / width)
    h, w = max(1, round(height * part)), max(1, round(width * part))
    small = resize(self.rgba.astype(np.float32), h, w)
    there = small[..., 3:] >= OPAQUE
    color = np.where(there, np.clip(small[..., :3], 0, 255) / np.float32(127.5) - 1, 0)
    out = np.zeros((*shape[:2], 4), np.float32)
    top, left = (shape[0] - h) // 2, (shape[1] - w) // 2
    out[top : top + h, left : left + w] = np.concatenate([color, there], -1)
    return out

  @functools.cached_property
  def digest(self) -> str:
    """A hash of its pixels."""
    return hashlib.sha256(str(self.rgba.shape).encode() + self.rgba.tobytes()).hexdigest()


def read_references(sources: Any) -> tuple[Reference, ...]:
  """Any number of references, in order.

  Args:
    sources: None; what `Reference.make` takes; the path of a folder or a book, all of whose
      pictures are references; or a list or tuple of such.

  Returns:
    The references. A picture of a folder or book that cannot be read is logged and left out.

  Raises:
    ValueError, TypeError: one that is named by itself cannot be used, or a folder or book has no
      picture that can.
  """
  if sources is None:
    return ()
  if isinstance(sources, list | tuple):
    return tuple(one for each in sources for one in read_references(each))
  if isinstance(sources, str | os.PathLike) and (os.path.isdir(sources) or archive.kind(sources)):
    return _all_of(os.fspath(sources))
  return (Reference.make(sources),)


def _all_of(path: str) -> tuple[Reference, ...]:
  """The pictures of a folder or book, in the order of pages."""
  found = []
  for page in book.open_book(path).pages:
    try:
      found.append(Reference.make(page.pictures()[0]))
    except (ValueError, OSError) as error:
      log.warning('%s: left out as a reference: %s', page.label, error)
  if not found:
    raise ValueError(f'{path}: no reference, it holds no picture that can be read.')
  return tuple(found)
