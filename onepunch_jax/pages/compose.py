"""A net's small proposal on the page at its own size: colour ends at lines, ink stays.

The proposal holds lines of its own, blurred at its size.  They are taken out: what is left is the
colour of the paper under the lines (`color`), spread from pixels without ink and not across lines.
Then, at the page's own size and in strips, so that memory is bounded,

  page = color * input / 255       where the input is no ink: paper is white, so it stays itself;
  page = the input's lightness in the hue of `color`       on ink (see ink.py).
"""

from __future__ import annotations

import dataclasses
import math

import cv2
import numpy as np

from onepunch_jax.images.pixels import to_grey
from onepunch_jax.pages import tint
from onepunch_jax.pages.domain_transform import spread
from onepunch_jax.pages.scale import resize

REACH = 2.5  # px of the proposal that colour is spread over
LIGHTEN = 0.8  # the strongest channel of colour where there is much ink, at least
MIDDLE = 2_500_000  # pixels; a larger page is done at this size first
BYTES = 240  # of memory for a pixel of a strip, measured


@dataclasses.dataclass(frozen=True, eq=False)
class Proposal:
  """What the net says of a page, at its working size.

  Attributes:
    rgb: float32 sRGB [h, w, 3].
    line: float32 [h, w] in [0, 1], the line art that the net saw; 1 is blank paper.
    paper: bool [m, n], at whatever size: what stays paper.
    balloons: bool [m, n]: of it the balloons.
    coarser: what it says at a smaller size, or None.
    share: of this one in the answer; the rest is the coarser one's.
  """

  rgb: np.ndarray
  line: np.ndarray
  paper: np.ndarray
  balloons: np.ndarray
  coarser: Proposal | None = None
  share: float = 1.0


@dataclasses.dataclass(frozen=True, eq=False)
class Page:
  """A coloured page at its own size, as seen on white paper.

  Attributes:
    rgb: uint8 sRGB [H, W, 3].
    source: uint8 sRGB [H, W, 3], the page that came in.
    color: uint8 sRGB [H, W, 3], colour without lines; None unless asked for.
    paper: bool [H, W], what stayed paper; None unless asked for.
    balloons: bool [m, n] at any size, the balloons; None unless asked for.
    alpha: uint8 [H, W, 1] of the page that came in, or None.
  """

  rgb: np.ndarray
  source: np.ndarray
  color: np.ndarray | None = None
  paper: np.ndarray | None = None
  balloons: np.ndarray | None = None
  alpha: np.ndarray | None = None


def compose(
  source: np.ndarray,
  alpha: np.ndarray | None,
  proposal: Proposal,
  *,
  memory: int = 512,
  layers: bool = False,
) -> Page:
  """Colours a page.

  Args:
    source: uint8 sRGB [H, W, 3], the line art on white paper.
    alpha: uint8 [H, W, 1] or None.
    proposal: of the net.
    memory: MiB for working buffers.
    layers: keep `color` and `paper`.
  """
  height, width = source.shape[:2]
  values, sigma = _spread_small(*_mixed(proposal), to_grey(source)[..., 0])
  values = np.ascontiguousarray(_upsample_rows(values, height, width).transpose(0, 2, 1))
  beside = math.ceil(4 * sigma)
  rows = max(64, memory * 2**20 // (BYTES * width) - 2 * beside)
  out = np.empty_like(source)
  color = np.empty_like(source) if layers else None
  paper = np.empty((height, width), bool) if layers else None
  for top in range(0, height, rows):
    end = min(top + rows, height)
    low, high = max(0, top - beside), min(height, end + beside)
    grey = to_grey(source[low:high])[..., 0]
    guide = grey.astype(np.float32) / 255
    flow = _strip(values, low, high, height)
    if sigma:
      flow = spread(flow, guide, sigma=sigma, rounds=1)
    flow = flow[top - low : top - low + end - top]
    blank = flow[:, 4] > 0.5 * flow[:, 3]
    under = flow[:, :3].transpose(0, 2, 1) / np.maximum(flow[:, 3], 1e-8)[..., None]
    under = (np.clip(under, 0, 1) * 255 + 0.5).astype(np.uint8)
    under[blank] = 255
    grey = grey[top - low : top - low + end - top]
    out[top:end] = lay_lines(
      under, source[top:end], grey, alpha if alpha is None else alpha[top:end]
    )
    if layers:
      color[top:end], paper[top:end] = under, blank
  return Page(out, source, color, paper, proposal.balloons if layers else None, alpha)


def lay_lines(
  color: np.ndarray, source: np.ndarray, grey: np.ndarray, alpha: np.ndarray | None = None
) -> np.ndarray:
  """The page from colour without lines and the input; all uint8, grey [H, W] of `source`."""
  out = ((color.astype(np.uint16) * source + 127) // 255).astype(np.uint8)
  inked = grey < tint.INK
  floor = None
  if alpha is not None:
    least = np.minimum(255 - alpha, source.min(-1, keepdims=True))
    np.maximum(out, least, out=out)
    floor = least[inked]
  out[inked] = tint.tint(source[inked], color[inked], floor)
  return out


def _mixed(proposal: Proposal) -> tuple[np.ndarray, float]:
  """-> (`_weighted` of both sizes in their shares, the rows of a proposal that lies between)."""
  values, rows = _weighted(proposal), float(len(proposal.line))
  if proposal.coarser is None:
    return values, rows
  coarse, fewer = _mixed(proposal.coarser)
  share = proposal.share
  return (
    share * values + (1 - share) * resize(coarse, *values.shape[:2]),
    rows**share * fewer ** (1 - share),
  )


def _weighted(proposal: Proposal) -> np.ndarray:
  """float32 [h, w, 5]: colour without lines times weight, weight, paper times weight."""
  line = proposal.line[..., None]
  color = np.clip(proposal.rgb / np.maximum(line, 0.25), 0, 1)
  # Where tone or ink cover most, the net's darkness is theirs, and the page has it already.
  least = np.clip((0.85 - line) / 0.4, 0, 1) * LIGHTEN
  color = color * np.maximum(1, least / np.maximum(color.max(-1, keepdims=True), 1e-3))
  color = np.clip(color, 0, 1)
  least, most = color.min(-1, keepdims=True), color.max(-1, keepdims=True)
  blank = np.clip((least - 0.86) / 0.08, 0, 1) * np.clip((0.1 - (most - least)) / 0.04, 0, 1)
  color = color + (1 - color) * blank  # what the net leaves nearly white is white
  paper = resize(proposal.paper.astype(np.float32), *line.shape[:2])[..., None]
  color = np.where(paper > 0.5, 1.0, color)
  # Beside a line the net is unsure: there its lines are, blurred.
  beside = cv2.erode(proposal.line, np.ones((3, 3), np.uint8))[..., None]
  weight = np.clip((line - 0.5) / 0.45, 0, 1) ** 2 * np.clip((beside - 0.2) / 0.6, 0.1, 1) + 1e-3
  return np.concatenate([color * weight, weight, (paper > 0.5) * weight], -1).astype(np.float32)


def _spread_small(values: np.ndarray, rows: float, grey: np.ndarray) -> tuple[np.ndarray, float]:
  """Spreads values [h, w, 5] at the page's size, or at a middle one where that is large.

  Args:
    values: of the proposal.
    rows: as how fine it counts.
    grey: uint8 [H, W], the page.

  Returns:
    the values at that size, and how far (px of the page) they have to be spread on it yet.
  """
  scale = min(1.0, (MIDDLE / grey.size) ** 0.5)
  height, width = max(1, round(grey.shape[0] * scale)), max(1, round(grey.shape[1] * scale))
  sigma = REACH * max(1.0, height / rows)
  small = resize(grey, height, width)
  large = np.ascontiguousarray(resize(values, height, width).transpose(0, 2, 1))
  large = spread(large, small.astype(np.float32) / 255, sigma=sigma).transpose(0, 2, 1)
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
