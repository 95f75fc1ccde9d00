"""Whether the colour that a tag names is where it says: for methods that read batch['tags'].

Asked are the parts of a drawing whose colour one tag names ("blue hair") and which can be seen
without ink: hair, clothes (shirt, jacket, dress, skirt, trousers), eyes.  The answer is the name
(of synthetic drawings's thirteen) of the median colour of the part.  Columns: the share that is
right, of each group and of all.

  model              as tagged
  swapped            every asked tag swapped for another colour at random: share of the new names
  swapped_original   the same answers: share of the names that the drawing has
  untagged           nothing is said
  target             the drawing's own colours: what shading and small parts cost (a ceiling)
  line, frequent     the line art as output; always the commonest name of the group
  asked              how many parts are asked

A model that looks at tags, not at habits, is as good in `swapped` as in `model`, and in
`swapped_original` no better than chance.  Needs the parts of regions (`synthetic`); {} without.
"""

from collections import Counter
from collections.abc import Callable, Iterable

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.evals import fetch
from onepunch_jax.evals.hint_metrics.common import alone
from onepunch_jax.evals.image import DRAWN
from onepunch_jax.evals.samples import grid
from onepunch_jax.synthetic import COLOR_NAMES, VOCABULARY, palette, tags

GROUPS = {  # group: the kind whose colours it takes (drawn/palette), nouns
  'hair': ('hair', ('hair',)),
  'clothes': ('clothes', ('shirt', 'jacket', 'dress', 'skirt', 'trousers')),
  'eyes': ('eyes', ('eyes',)),
}
SHEET = ('line', 'target', 'model', 'swapped', 'untagged')  # what is shown


def make(*, least=0.002, pictures=200, shown=8) -> Callable:
  """(paint, batches) -> {'<row>/tag_<group>': share}, of the first `pictures` drawings.

  Args:
    least: smallest part that is asked, its pixels without ink as a share of the picture.
    pictures: how many drawings.
    shown: how many are in the picture 'tagged'; 0: there is none.
  """

  def evaluate(paint: Callable, batches: Iterable) -> dict[str, float]:
    rows = {
      row: Counter()
      for row in ('model', 'swapped', 'swapped_original', 'untagged', 'target', 'line')
    }
    names, left, rng, sheet = {}, pictures, np.random.default_rng(0), []
    for batch in batches:
      if left <= 0 or 'nouns' not in batch or batch['tags'].shape[1] != len(VOCABULARY):
        break
      batch = alone(batch, 'tags')
      valid = np.flatnonzero(fetch(batch['valid']))[:left]
      left -= len(valid)
      asked = _asked(
        {k: fetch(batch[k]) for k in ('tags', 'nouns', 'regions', 'line')}, valid, least
      )
      if not asked:
        continue
      hot, wanted = fetch(batch['tags']).copy(), []
      for picture, group, noun, name, _ in asked:
        other = rng.choice([c for c in palette.names(GROUPS[group][0]) if c != name])
        hot[picture, VOCABULARY.index(f'{name} {noun}')] = 0
        hot[picture, VOCABULARY.index(f'{other} {noun}')] = 1
        wanted.append(str(other))
        names.setdefault(group, []).append(name)
      answers = {
        'model': paint(batch),
        'swapped': paint(_said(batch, hot)),
        'untagged': paint(_said(batch, np.zeros_like(hot))),
        'target': 0.5 + 0.5 * batch['rgb'],
        'line': jnp.repeat(0.5 + 0.5 * batch['line'], 3, -1),
      }
      answers = {row: fetch(x) for row, x in answers.items()}
      sheet += [[answers[row][i] for row in SHEET] for i in valid[: shown - len(sheet)]]
      for (picture, group, _, name, mask), other in zip(asked, wanted):
        seen = {row: name_of(x[picture], mask) for row, x in answers.items()}
        for row, answer in seen.items():
          rows[row][group] += answer == (other if row == 'swapped' else name)
        rows['swapped_original'][group] += seen['swapped'] == name
    if not names:
      return {}
    rows['frequent'] = Counter({g: max(Counter(n).values()) for g, n in names.items()})
    count = {group: len(n) for group, n in names.items()}
    found = {
      f'{row}/tag_{g}': right[g] / n for row, right in rows.items() for g, n in count.items()
    }
    total = sum(count.values())
    found |= {f'{row}/tag_all': right.total() / total for row, right in rows.items()}
    if sheet:
      found['tagged'] = grid(sheet, [row.replace('model', 'as tagged') for row in SHEET], 1)
    return found | {f'asked/tag_{g}': n for g, n in count.items()} | {'asked/tag_all': total}

  return evaluate


def name_of(rgb: np.ndarray, mask: np.ndarray) -> str:
  """The name of the median colour of sRGB [H, W, 3] in [0, 1] over a mask [H, W]; '' of NaN."""
  middle = np.clip(np.median(rgb[mask], 0) * 255 + 0.5, 0, 255)
  return palette.name_of(tuple(int(c) for c in middle)) if np.isfinite(middle).all() else ''


def _asked(batch, valid, least) -> list[tuple]:
  """(picture, group, noun, colour name, mask) of the parts that are asked."""
  found = []
  light = 0.5 + 0.5 * batch['line'][..., 0] >= DRAWN
  for picture in valid:
    of_pixel = batch['nouns'][picture][batch['regions'][picture][..., 0]]
    for group, (_, nouns) in GROUPS.items():
      for noun in nouns:
        said = [c for c in COLOR_NAMES if batch['tags'][picture, VOCABULARY.index(f'{c} {noun}')]]
        mask = (of_pixel == tags.NOUN_NAMES.index(noun) + 1) & light[picture]
        if len(said) == 1 and mask.sum() >= max(1, least * mask.size):
          found.append((picture, group, noun, said[0], mask))
  return found


def _said(batch, hot) -> dict:
  """The batch with other tags, laid out as they are: one compilation for all."""
  return {**batch, 'tags': jax.device_put(hot, batch['tags'].sharding)}
