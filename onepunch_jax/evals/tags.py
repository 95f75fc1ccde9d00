"""Whether the colour that a tag names is where it says: for methods that read batch['tags'].

We score every visible part whose colour is named by exactly one tag ("blue hair"): hair, clothes
(shirt, jacket, dress, skirt, trousers), eyes. Its predicted name, one of the thirteen of the
synthetic drawings, is that of the median colour of its pixels without ink. Columns tag_<group> are
the fraction that is right, of each group and of all.

  model              with the drawing's own tags
  swapped            every scored tag swapped for another colour at random: fraction of new names
  swapped_original   the same predictions: fraction of the names that the drawing has
  untagged           without tags
  target             the ground truth: what shading and small parts cost (a ceiling)
  line, frequent     baselines: the line art; always the commonest name of the group
  asked              how many parts are scored

A model that looks at tags, not at habits, is as good in `swapped` as in `model`, and in
`swapped_original` no better than chance. Needs the parts of regions (`synthetic`); {} without.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Evaluation, Predict, fetch, only
from onepunch_jax.evals.samples import grid
from onepunch_jax.metrics.image import LINE
from onepunch_jax.synthetic import COLOR_NAMES, VOCABULARY, palette, tags

GROUPS = {  # group: the kind whose colours it has (synthetic/palette), nouns
  'hair': ('hair', ('hair',)),
  'clothes': ('clothes', ('shirt', 'jacket', 'dress', 'skirt', 'trousers')),
  'eyes': ('eyes', ('eyes',)),
}
ROWS = ('model', 'swapped', 'swapped_original', 'untagged', 'target', 'line')
PICTURES = ('line', 'target', 'model', 'swapped', 'untagged')
CAPTIONS = ('line', 'target', 'as tagged', 'swapped', 'untagged')


@dataclasses.dataclass(frozen=True)
class TagReport:
  """How often a part has the colour that its tag names.

  Attributes:
    count: group -> how many parts are scored.
    right: row -> group -> how many of them have the right name.
  """

  count: Mapping[str, int]
  right: Mapping[str, Mapping[str, int]]

  def numbers(self) -> dict[str, float]:
    """{'<row>/tag_<group>': fraction}, 'tag_all', and 'asked/...', the counts."""
    found = {}
    total = sum(self.count.values())
    for row, right in self.right.items():
      found |= {f'{row}/tag_{g}': right.get(g, 0) / n for g, n in self.count.items()}
      found[f'{row}/tag_all'] = sum(right.values()) / total
    found |= {f'asked/tag_{g}': n for g, n in self.count.items()}
    return found | {'asked/tag_all': total}

  def to_json(self) -> dict[str, Any]:
    """Plain dicts for report.json."""
    return dataclasses.asdict(self)

  @classmethod
  def from_json(cls, values: Mapping[str, Any]) -> 'TagReport':
    """The report that `to_json` wrote."""
    return cls(**values)


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
  """A part of a drawing whose colour exactly one tag names.

  Attributes:
    picture: its place in the batch.
    group, noun: 'clothes' and 'shirt', for example.
    color: the name that the tag gives it.
    mask: bool [H, W], its pixels without ink.
  """

  picture: int
  group: str
  noun: str
  color: str
  mask: np.ndarray


def make(*, min_area: float = 0.002, pictures: int = 200, examples: int = 8) -> Evaluation:
  """(paint, batches) -> {'tag_report': TagReport, 'tagged': uint8 picture}.

  Args:
    min_area: the smallest part that is scored, its pixels without ink as a fraction of the picture.
    pictures: how many drawings, the first ones.
    examples: how many are in the picture 'tagged'; 0: there is none.
  """

  def evaluate(paint: Predict, batches: Iterable[Batch]) -> dict[str, Any]:
    right = {row: Counter() for row in ROWS}
    names, left, rng, sheet = {}, pictures, np.random.default_rng(0), []
    for batch in batches:
      if left <= 0 or 'nouns' not in batch or batch['tags'].shape[1] != len(VOCABULARY):
        break
      batch = only(batch, 'tags')
      valid = np.flatnonzero(fetch(batch['valid']))[:left]
      left -= len(valid)
      parts = _parts(batch, valid, min_area)
      if not parts:
        continue
      for part in parts:
        names.setdefault(part.group, []).append(part.color)
      swapped, new_names = _swap(fetch(batch['tags']), parts, rng)
      predictions = _predictions(paint, batch, swapped)
      shots = valid[: examples - len(sheet)]
      sheet += [[predictions[row][i] for row in PICTURES] for i in shots]
      for part, new_name in zip(parts, new_names):
        found = {row: name_of(x[part.picture], part.mask) for row, x in predictions.items()}
        for row, name in found.items():
          right[row][part.group] += name == (new_name if row == 'swapped' else part.color)
        right['swapped_original'][part.group] += found['swapped'] == part.color
    if not names:
      return {}
    right['frequent'] = {g: max(Counter(n).values()) for g, n in names.items()}
    report = TagReport(
      {g: len(n) for g, n in names.items()}, {r: dict(c) for r, c in right.items()}
    )
    return {'tag_report': report} | ({'tagged': grid(sheet, CAPTIONS, 1)} if sheet else {})

  return evaluate


def name_of(rgb: np.ndarray, mask: np.ndarray) -> str:
  """The name of the median colour of sRGB [H, W, 3] in [0, 1] over a mask [H, W]; '' of NaN."""
  middle = np.clip(np.median(rgb[mask], 0) * 255 + 0.5, 0, 255)
  return palette.name_of(tuple(int(c) for c in middle)) if np.isfinite(middle).all() else ''


def _parts(batch: Batch, valid: np.ndarray, min_area: float) -> list[Part]:
  """The parts that are scored, of the drawings `valid` of a batch."""
  host = {k: fetch(batch[k]) for k in ('tags', 'nouns', 'regions', 'line')}
  found, light = [], 0.5 + 0.5 * host['line'][..., 0] >= LINE
  for picture in valid:
    of_pixel = host['nouns'][picture][host['regions'][picture][..., 0]]
    for group, (_, nouns) in GROUPS.items():
      for noun in nouns:
        named = [c for c in COLOR_NAMES if host['tags'][picture, VOCABULARY.index(f'{c} {noun}')]]
        mask = (of_pixel == tags.NOUN_NAMES.index(noun) + 1) & light[picture]
        if len(named) == 1 and mask.sum() >= max(1, min_area * mask.size):
          found.append(Part(int(picture), group, noun, named[0], mask))
  return found


def _swap(
  multi_hot: np.ndarray, parts: Sequence[Part], rng: np.random.Generator
) -> tuple[np.ndarray, list[str]]:
  """Tags [B, T] with another colour for each part, and these colours."""
  swapped, names = multi_hot.copy(), []
  for part in parts:
    others = [c for c in palette.names(GROUPS[part.group][0]) if c != part.color]
    name = str(rng.choice(others))
    swapped[part.picture, VOCABULARY.index(f'{part.color} {part.noun}')] = 0
    swapped[part.picture, VOCABULARY.index(f'{name} {part.noun}')] = 1
    names.append(name)
  return swapped, names


def _predictions(paint: Predict, batch: Batch, swapped: np.ndarray) -> dict[str, np.ndarray]:
  """{row: sRGB [B, H, W, 3]}; all tags are placed as the batch's are: one compilation."""

  def tagged(multi_hot):
    return paint({**batch, 'tags': jax.device_put(multi_hot, batch['tags'].sharding)})

  predictions = {
    'model': paint(batch),
    'swapped': tagged(swapped),
    'untagged': tagged(np.zeros_like(swapped)),
    'target': 0.5 + 0.5 * batch['rgb'],
    'line': jnp.repeat(0.5 + 0.5 * batch['line'], 3, -1),
  }
  return {row: fetch(x) for row, x in predictions.items()}
