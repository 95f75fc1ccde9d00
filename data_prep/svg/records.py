"""Drawings -> records: each colouring of a drawing is a record with flats of its own."""

from collections.abc import Iterator, Sequence

import numpy as np

from data_prep.svg import outlines, roles
from data_prep.svg.drawing import Source, lay_out
from onepunch_jax.synthetic import palette

WHITE = (255, 255, 255)
_COVERING = (1.08, 1.25)
_COLORED_SHEET = 0.5  # share of the other colourings that are on a coloured sheet


def colorings(
  source: Source,
  key: str,
  size: int,
  count: int,
  seed: Sequence[int],
  *,
  tag_names: bool = False,
) -> Iterator[dict]:
  """The records of one drawing, the first in its own colours; all have one line and one map.

  Args:
    source: the drawing.
    key: of the drawing; further colourings add '#2', '#3'.
    size: side of the pictures.
    count: how many colourings; one, if no role of the drawing has other colours.
    seed: what its pen, its place and its palettes are made of.
    tag_names: tags as names; else multi-hot over the vocabulary of the synthetic drawings.

  Raises:
    SvgError: the drawing shows nothing.
  """
  rng = np.random.default_rng(list(seed))
  pen = outlines.Pen.random(rng)
  # The edge of a background is no part of the drawing.
  zoom = _COVERING if 'background' in source.roles else source.zoom
  place = (rng.uniform(*zoom), *rng.uniform(-0.03, 0.03, 2))
  sheet = lay_out(source, size, pen, rng, zoom=place, split_alike=rng.random() < 0.5)
  free = any(role.is_free for role in source.roles.values())
  for i in range(count if free else 1):
    colors, ground = {}, WHITE
    if i or not source.is_colored:
      colors = roles.recolor(source.roles, source.own, rng)
      if 'background' not in source.roles and rng.random() < _COLORED_SHEET:
        ground = palette.pick('background', rng)
    picture = sheet.paint(colors, ground)
    nouns = dict(picture.nouns)
    if ground != WHITE and 'background' not in nouns:
      nouns['background'] = ground
    names = roles.tags(source.tags, nouns)
    yield {
      'key': f'{key}#{i + 1}' if i else key,
      'line': sheet.line,
      'rgb': picture.rgb,
      'flat': picture.flat,
      'regions': sheet.regions,
      'nouns': sheet.nouns,
      'tags': names if tag_names else roles.multi_hot(names),
      'license': source.license,
      'credit': source.credit,
    }
