"""A page at its own size from a network's small prediction: colour ends at lines, ink stays.

The prediction holds lines of its own, blurred at its size. They are removed: what is left is the
colour of the paper under the lines (`color`), propagated from pixels without ink and not across
lines. Then, at the page's own size and in strips, so that memory is bounded,

    page = color * input / 255, rounded to 8 bits.

So for every input and colour the page is never lighter than their product, nor than the input; it
is monotone in the input, so tones keep their order, a ramp has no seam and the soft edge of a line
no halo; black ink keeps its lightness (CIE L within 0.5 of an input of at most 0.5), and paper,
whose colour is white, keeps its pixels. All this holds as seen on white; through alpha it holds as
far as the paper that shines through lets it.
"""

import dataclasses
import math
from typing import Self

import cv2
import numpy as np

from onepunch_jax.images.reader import Picture
from onepunch_jax.pages.balloon_masks import BalloonMask
from onepunch_jax.pages.domain_transform import smooth
from onepunch_jax.pages.palette import Regions
from onepunch_jax.pages.scale import resize

REACH = 2.5  # px of the prediction over which colour is smoothed
LIGHTEN = 0.8  # the strongest channel of colour where there is much ink, at least
MIDDLE = 2_500_000  # pixels; a larger page is done at this size first
STRIP = 1_000_000  # pixels of a page that are filled at once
BYTES = 240  # of memory for a pixel of a strip, measured


@dataclasses.dataclass(frozen=True, eq=False)
class Prediction:
  """The colours that a network predicts for a page, at its working size.

  Attributes:
    rgb: float32 sRGB [h, w, 3].
    line: float32 [h, w] in [0, 1], the line art that the network saw; 1 is blank paper.
    paper: bool [m, n], at whatever size: what stays paper.
    balloons: bool [m, n]: the part of `paper` that is balloons.
    coarser: the prediction at a smaller size, or None.
    share: weight of this prediction in [0, 1]; the coarser one has the rest.
  """

  rgb: np.ndarray
  line: np.ndarray
  paper: np.ndarray
  balloons: np.ndarray
  coarser: Self | None = None
  share: float = 1.0


@dataclasses.dataclass(frozen=True, eq=False)
class ColoredPage:
  """A coloured page at its own size, as seen on white paper.

  Attributes:
    rgb: uint8 sRGB [H, W, 3].
    picture: the page before it was coloured.
    color: uint8 sRGB [H, W, 3], colour without lines; None unless asked for.
    paper: bool [H, W], what stayed paper; None unless asked for.
    balloons: bool [m, n] at any size, the balloons; None unless asked for.
    line: uint8 [H, W], its drawing: 255 is paper, 0 ink; None unless asked for.
    regions: its regions, where it was coloured by regions; else None.
    marked: what a mask says balloons are, where regions have still to be found; else None.
  """

  rgb: np.ndarray
  picture: Picture
  color: np.ndarray | None = None
  paper: np.ndarray | None = None
  balloons: np.ndarray | None = None
  line: np.ndarray | None = None
  regions: Regions | None = None
  marked: BalloonMask | None = None


def compose(
  picture: Picture,
  prediction: Prediction,
  line: np.ndarray | None = None,
  *,
  memory: int = 512,
  layers: bool = False,
  marked: BalloonMask | None = None,
) -> ColoredPage:
  """Colours a page.

  Args:
    picture: the line art on white paper.
    prediction: the network's.
    line: uint8 [H, W], the drawing of the page (levels.line_art); None: its grey.
    memory: MiB for working buffers.
    layers: keep `color` and `paper`.
    marked: pixels that stay paper beside the prediction's; or None.
  """
  height, width = picture.rgb.shape[:2]
  line = picture.grey if line is None else line
  values, sigma = _propagate(*_mixed(prediction), line)
  values = np.ascontiguousarray(_upsample_rows(values, height, width).transpose(0, 2, 1))
  beside = math.ceil(4 * sigma)
  rows = max(64, memory * 2**20 // (BYTES * width) - 2 * beside)
  out = np.empty_like(picture.rgb)
  color = np.empty_like(picture.rgb) if layers else None
  paper = np.empty((height, width), bool) if layers else None
  for top in range(0, height, rows):
    end = min(top + rows, height)
    low, high = max(0, top - beside), min(height, end + beside)
    guide = line[low:high].astype(np.float32) / 255
    flow = _strip(values, low, high, height)
    if sigma:
      flow = smooth(flow, guide, sigma=sigma, rounds=1)
    flow = flow[top - low : top - low + end - top]
    blank = flow[:, 4] > 0.5 * flow[:, 3]
    if marked is not None:
      blank |= marked.marked[top:end]
    under = flow[:, :3].transpose(0, 2, 1) / np.maximum(flow[:, 3], 1e-8)[..., None]
    under = (np.clip(under, 0, 1) * 255 + 0.5).astype(np.uint8)
    under[blank] = 255
    out[top:end] = lay_lines(under, picture, slice(top, end))
    if layers:
      color[top:end], paper[top:end] = under, blank
  if not layers:
    return ColoredPage(out, picture)
  return ColoredPage(out, picture, color, paper, prediction.balloons, line, marked=marked)


def lay_lines(color: np.ndarray, picture: Picture, rows: slice = slice(None)) -> np.ndarray:
  """The input multiplied with colour, as a painter's line layer is: what `compose` promises.

  Args:
    color: uint8 sRGB [h, W, 3], colour without lines.
    picture: the input.
    rows: those of the input that `color` is for.
  """
  source = picture.rgb[rows]
  out = ((color.astype(np.uint16) * source + 127) // 255).astype(np.uint8)
  if picture.alpha is not None:  # white paper under alpha cannot be seen darker than this
    np.maximum(out, np.minimum(255 - picture.alpha[rows], source.min(-1, keepdims=True)), out=out)
  return out


def fill_page(
  picture: Picture, line: np.ndarray, regions: Regions, balloons: np.ndarray
) -> ColoredPage:
  """The page whose regions are filled with their colours, in strips."""
  height, width = line.shape
  marked = 255 * regions.is_paper[:, None].astype(np.uint8)
  table = np.ascontiguousarray(np.concatenate([regions.colors, marked], 1)).view(np.uint32)[:, 0]
  color, rgb = np.empty((2, height, width, 3), np.uint8)
  blank = np.empty((height, width), bool)
  step = max(1, STRIP // width)
  for top in range(0, height, step):
    rows = slice(top, top + step)
    rgba = table[regions.labels[rows]][..., None].view(np.uint8)
    color[rows] = cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB)
    np.greater(rgba[..., 3], 0, out=blank[rows])
    rgb[rows] = lay_lines(color[rows], picture, rows)
  return ColoredPage(rgb, picture, color, blank, balloons, line, regions)


def _mixed(prediction: Prediction) -> tuple[np.ndarray, float]:
  """-> (`_weighted` of both sizes in their shares, the height that their resolution stands for)."""
  values, rows = _weighted(prediction), float(len(prediction.line))
  if prediction.coarser is None:
    return values, rows
  coarse, fewer = _mixed(prediction.coarser)
  share = prediction.share
  return (
    share * values + (1 - share) * resize(coarse, *values.shape[:2]),
    rows**share * fewer ** (1 - share),
  )


def _weighted(prediction: Prediction) -> np.ndarray:
  """float32 [h, w, 5]: colour without lines times weight, weight, paper times weight."""
  line = prediction.line[..., None]
  color = np.clip(prediction.rgb / np.maximum(line, 0.25), 0, 1)
  # Where tone or ink cover most, the network's darkness is theirs, and the page has it already.
  least = np.clip((0.85 - line) / 0.4, 0, 1) * LIGHTEN
  color = color * np.maximum(1, least / np.maximum(color.max(-1, keepdims=True), 1e-3))
  color = np.clip(color, 0, 1)
  least, most = color.min(-1, keepdims=True), color.max(-1, keepdims=True)
  blank = np.clip((least - 0.86) / 0.08, 0, 1) * np.clip((0.1 - (most - least)) / 0.04, 0, 1)
  color = color + (1 - color) * blank  # what the network leaves nearly white is white
  paper = resize(prediction.paper.astype(np.float32), *line.shape[:2])[..., None]
  color = np.where(paper > 0.5, 1.0, color)
  # Beside a line the network is unsure: its own lines are there, blurred.
  beside = cv2.erode(prediction.line, np.ones((3, 3), np.uint8))[..., None]
  weight = np.clip((line - 0.5) / 0.45, 0, 1) ** 2 * np.clip((beside - 0.2) / 0.6, 0.1, 1) + 1e-3
  return np.concatenate([color * weight, weight, (paper > 0.5) * weight], -1).astype(np.float32)


def _propagate(values: np.ndarray, rows: float, grey: np.ndarray) -> tuple[np.ndarray, float]:
  """Propagates values [h, w, 5] at the page's size, or at a middle one where that is large.

  Args:
    values: of the prediction.
    rows: the height in px that its resolution corresponds to.
    grey: uint8 [H, W], the page.

  Returns:
    the values at that size, and the sigma (px of the page) by which to smooth them on it.
  """
  scale = min(1.0, (MIDDLE / grey.size) ** 0.5)
  height, width = max(1, round(grey.shape[0] * scale)), max(1, round(grey.shape[1] * scale))
  sigma = REACH * max(1.0, height / rows)
  small = resize(grey, height, width)
  large = np.ascontiguousarray(resize(values, height, width).transpose(0, 2, 1))
  large = smooth(large, small.astype(np.float32) / 255, sigma=sigma).transpose(0, 2, 1)
  if scale == 1.0:
    return large, 0.0
  # Lines of the middle size are left out in their turn.
  clear = np.clip(small.astype(np.float32)[..., None] / 128 - 1, 0, 1) ** 2 + 1e-3
  return large / np.maximum(large[..., 3:4], 1e-8) * clear, 1.5 / scale


def _upsample_rows(values: np.ndarray, height: int, width: int) -> np.ndarray:
  """[h, w, C] -> [h, W, C]: rows at full length; or [H, W, C] where that has fewer rows."""
  return resize(values, min(height, values.shape[0]), width)


def _strip(values: np.ndarray, low: int, high: int, height: int) -> np.ndarray:
  """Rows low:high of `values` [h, C, W] at full height -> [rows, C, W]."""
  count = values.shape[0]
  y = np.clip((np.arange(low, high, dtype=np.float32) + 0.5) * (count / height) - 0.5, 0, count - 1)
  first = y.astype(int)
  after = np.minimum(first + 1, count - 1)
  share = (y - first).astype(np.float32)[:, None, None]
  return values[first] * (1 - share) + values[after] * share
