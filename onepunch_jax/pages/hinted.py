"""Pages in other colours than the network's: flats, and regions with hints."""

import dataclasses

import numpy as np

from onepunch_jax.pages.compose import ColoredPage, lay_lines
from onepunch_jax.pages.palette import Regions
from onepunch_jax.regions.colors import majority_colors
from onepunch_jax.regions.ink import is_ink


def with_color(page: ColoredPage, color: np.ndarray) -> ColoredPage:
  """The page with `color` uint8 [H, W, 3] instead of the network's under its lines."""
  return dataclasses.replace(page, rgb=lay_lines(color, page.picture), color=color)


def with_hints(page: ColoredPage, regions: Regions, keep_shading: bool) -> ColoredPage:
  """The page with the colours of its hinted regions, with any checkpoint.

  Args:
    page: with `color`, `paper` and `line`.
    regions: of the page.
    keep_shading: whether the network uses hints; its shading of a region is then kept, shifted so
      that most of the region has the hint's colour. Another one painted it without the hint.
  """
  if page.regions is not None or not regions.hinted.any():
    return page
  here = regions.hinted[regions.labels]
  wanted = regions.colors[regions.labels[here]]
  color = page.color.copy()
  if keep_shading:
    light = ~is_ink(page.line)
    most = majority_colors(regions.labels, page.color, light)[regions.labels[here]]
    shading = page.color[here].astype(np.int16) - most
    color[here] = np.clip(wanted + shading, 0, 255)
  else:
    color[here] = wanted
  return dataclasses.replace(with_color(page, color), paper=page.paper & ~here)
