"""The regions of a coloured page, whatever coloured it, and one colour for each."""

import numpy as np

from onepunch_jax.pages import line_distance
from onepunch_jax.pages.compose import ColoredPage
from onepunch_jax.pages.hints import Hints, by_region
from onepunch_jax.pages.palette import Regions
from onepunch_jax.regions.colors import majority_colors
from onepunch_jax.regions.ink import is_ink
from onepunch_jax.regions.segment import gap_width, segment
from onepunch_jax.regions.split import split_by_hints

WHITE = 250  # flats all of whose channels are above are paper


def find_regions(page: ColoredPage, hints: Hints | None, gap: float | None) -> Regions:
  """Regions by the segmenter, their colours by majority; `Colorizer.regions` has the arguments."""
  strength = 1.0 if gap is None else gap / gap_width(page.line.shape)
  distance = line_distance.predict(page.line, 1.0)
  labels = segment(page.line, distance=distance, strength=strength, max_regions=None)
  if page.marked is not None:
    labels = page.marked.cut(labels)
  light, meant = ~is_ink(page.line), {}
  if hints is not None:
    seeds = hints.seeds(labels, light)
    labels = split_by_hints(labels, page.line, seeds)
    meant = by_region(seeds, labels)
  colors = majority_colors(labels, page.color, light)
  blank = np.bincount(labels[page.paper & light], minlength=len(colors))
  whole = np.bincount(labels[light], minlength=len(colors))
  is_paper = (blank > 0.5 * np.maximum(whole, 1)) | (colors.min(1) >= WHITE)
  hinted = np.zeros(len(colors), bool)
  for region, rgb in meant.items():
    colors[region], is_paper[region], hinted[region] = rgb, rgb.min() >= WHITE, True
  return Regions(labels, colors, is_paper, hinted)
