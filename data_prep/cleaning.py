"""What is left out of a training set, each rule with a reason and a switch."""

from __future__ import annotations

import dataclasses

import numpy as np
from PIL import Image

from onepunch_jax.images.pixels import to_grey

RULES = ('small', 'aspect', 'grey', 'line_art', 'blank')


@dataclasses.dataclass(frozen=True)
class Rules:
  """Limits; a value of 0 switches its rule off.

  Attributes:
    min_size: the short side in pixels.
    max_aspect: long side over short side.
    min_color: mean |colour - grey| in levels of 255 (0.9: the limit of Manga-Colouring); a
      picture below it is 'line_art' if it is mostly one paper colour, else 'grey'.
    line_art: leave out line art on tinted paper or in coloured ink as well: pictures whose
      colours lie on one line through colour space, most of them at its paper end.
    blank: leave out pictures that show next to nothing.
  """

  min_size: int = 128
  max_aspect: float = 4.0
  min_color: float = 0.9
  line_art: bool = True
  blank: bool = True


def check(rgb: np.ndarray, rules: Rules) -> tuple[str, str] | None:
  """(rule, reason) why a picture (uint8 [H, W, 3]) is left out, or None."""
  return check_size(rgb, rules) or check_content(rgb, rules)


def check_size(rgb: np.ndarray, rules: Rules) -> tuple[str, str] | None:
  """The rules that look at the shape alone."""
  short, long = sorted(rgb.shape[:2])
  if short < rules.min_size:
    return 'small', f'{rgb.shape[1]} x {rgb.shape[0]} pixels; min_size is {rules.min_size}'
  if rules.max_aspect and long > rules.max_aspect * short:
    return 'aspect', (
      f'{rgb.shape[1]} x {rgb.shape[0]}: longer than {rules.max_aspect:g} times its width'
    )
  return None


def check_content(rgb: np.ndarray, rules: Rules) -> tuple[str, str] | None:
  """The rules that look at the pixels."""
  small = _small(rgb)
  if rules.blank and (np.ptp(small.reshape(-1, 3), 0).max() < 8 or small.std((0, 1)).max() < 1.5):
    return 'blank', 'shows next to nothing'
  color = np.abs(small - to_grey(small).astype(np.int16)).mean()
  if color < rules.min_color:
    rule = 'line_art' if _on_paper(small) else 'grey'
    if rule == 'grey' or rules.line_art:
      return rule, f'its colours differ from grey by {color:.2f} of 255 on average'
  elif rules.line_art and _on_paper(small) and _one_ink(small):
    return 'line_art', 'one ink on one paper colour'
  return None


def cut_bars(rgb: np.ndarray, tolerance: int = 12) -> np.ndarray:
  """A view without letter-box bars: dark or coloured flat bars on two opposite sides.

  White margins are paper, and stay.
  """
  for axis in (0, 1):
    edge = rgb[:1] if axis == 0 else rgb[:, :1]
    color = np.median(edge.reshape(-1, 3), 0)
    if color.min() > 235:
      continue
    bar = (np.abs(rgb.astype(np.int16) - color.astype(np.int16)) <= tolerance).all(2).all(1 - axis)
    if bar.all():
      return rgb
    first, last = int(np.argmin(bar)), len(bar) - int(np.argmin(bar[::-1]))
    if first > 2 and len(bar) - last > 2:
      rgb = rgb[first:last] if axis == 0 else rgb[:, first:last]
  return rgb


def _small(rgb: np.ndarray) -> np.ndarray:
  """At most 256 pixels on a side: content rules need no more."""
  image = Image.fromarray(rgb)
  image.thumbnail((256, 256), Image.Resampling.BOX, reducing_gap=None)
  return np.asarray(image)


def _on_paper(small: np.ndarray) -> bool:
  paper = np.median(small.reshape(-1, 3), 0)
  return bool(paper.min() > 150 and (np.abs(small - paper).max(2) < 24).mean() > 0.55)


def _one_ink(small: np.ndarray) -> bool:
  """Whether all colours lie on one line from the paper's colour."""
  offset = small.reshape(-1, 3) - np.median(small.reshape(-1, 3), 0)
  axis = np.linalg.svd(offset.T @ offset)[0][:, 0]
  across = offset - (offset @ axis)[:, None] * axis
  return bool(np.quantile(np.abs(across).max(1), 0.995) < 14)
