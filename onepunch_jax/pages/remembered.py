"""Regions of other pictures whose colours are known: what a page may look at."""

from typing import NamedTuple

import numpy as np

from onepunch_jax.pages import scale
from onepunch_jax.pages.reference import Reference
from onepunch_jax.pages.region_model import RegionModel
from onepunch_jax.regions.colors import majority_colors
from onepunch_jax.regions.ink import is_ink
from onepunch_jax.regions.reference_lines import lines_of
from onepunch_jax.regions.segment import segment

REGIONS = 64  # of a picture, its largest ones, that are looked at
TOGETHER = 512  # of all references of a page; of many each has fewer
SIDE = 512  # px of the short side in which regions of a reference are found


class Remembered(NamedTuple):
  """Regions of another picture whose colours are known: a reference, or an earlier page.

  Attributes:
    tokens: float32 [n, D].
    colors: float32 [n, 3], sRGB in [-1, 1].
  """

  tokens: np.ndarray
  colors: np.ndarray


def of_reference(model: RegionModel, reference: Reference) -> Remembered:
  """The largest regions of a reference and their colours; computed once by a model."""
  known = model.references.get(reference.digest)
  if known is None:
    known = model.references[reference.digest] = _observe(model, reference.rgba)
  return known


def together(pictures: list[Remembered]) -> Remembered:
  """The regions of several pictures, of each its first ones: at most TOGETHER, at least one."""
  most = max(1, TOGETHER // max(1, len(pictures)))
  return Remembered(
    np.concatenate([p.tokens[:most] for p in pictures]),
    np.concatenate([p.colors[:most] for p in pictures]),
  )


def _observe(model: RegionModel, rgba: np.ndarray) -> Remembered:
  rgba = scale.resize(rgba, *scale.fit_short(rgba.shape, SIDE))
  clear = rgba[..., 3:] < 128
  rgb = np.where(clear, 255, rgba[..., :3]).astype(np.uint8)
  line = lines_of(rgb)
  labels = segment(line, max_regions=REGIONS)
  page = model.tokens(model.features(line), labels, line)
  colors = majority_colors(page.labels, rgb, ~is_ink(line))
  return Remembered(page.tokens[: page.count], colors / np.float32(127.5) - 1)
