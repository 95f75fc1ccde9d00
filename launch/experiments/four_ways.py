"""One drawing coloured four ways by one checkpoint: alone, by dots, by tags, by a reference.

    python -m launch.experiments.four_ways --checkpoint=runs/anyhint_all --output=four_ways.png

The drawings are of synthetic drawings, none that a training sees.  The dots are the true colours
of the largest regions, in their deepest places; the tags the drawing's own, and then with other
colours for the hair and the clothes; the reference shows the same character.
"""

import sys
from collections.abc import Mapping, Sequence

import numpy as np
from absl import app, flags
from PIL import Image
from scipy import ndimage
from tqdm import tqdm

from onepunch_jax import Colorizer, synthetic
from onepunch_jax.data import vocabulary
from onepunch_jax.evals.samples import grid

TEST = 2  # the seed of drawings that are in no training and no validation
SHOWN = ('hair', 'shirt', 'jacket', 'dress', 'skirt', 'trousers')  # whose tags are changed
OTHERS = ('green', 'purple', 'red', 'blue')  # what they are changed to, by turns


def ways(
  colorizer: Colorizer, data: Sequence[Mapping], index: int, dots: int
) -> dict[str, np.ndarray]:
  """{caption: sRGB [H, W, 3] in [0, 1]} of one drawing."""
  record = data[index]
  line, target = np.repeat(record['line'], 3, -1), record['rgb']
  clicks = places(record, dots)
  present = [name for name, is_in in zip(synthetic.VOCABULARY, record['tags']) if is_in]
  tags = [name for name in present if vocabulary.is_variant(name)]
  other = data[data.other(index)]['rgb']
  pictures = {
    'line': line,
    'target': target,
    'alone': colorizer(line),
    f'{dots} dots': marked(line, clicks),
    'by dots': colorizer(line, hints=clicks),
    'by tags': colorizer(line, tags=tags),
    'other tags': colorizer(line, tags=changed(tags)),
    'reference': other,
    'by reference': colorizer(line, reference=other),
  }
  return {caption: picture / 255 for caption, picture in pictures.items()}


def places(record: Mapping, count: int) -> list[dict]:
  """Dots in the deepest places of the largest regions, of their mean colours."""
  regions = record['regions'][..., 0]
  sizes = np.bincount(regions.ravel())
  found = []
  for region in np.argsort(-sizes)[: min(count, np.count_nonzero(sizes))]:
    inside = (regions == region) & (record['line'][..., 0] > 128)
    if not inside.any():
      continue
    depth = ndimage.distance_transform_edt(np.pad(inside, 1))[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    color = bytes(record['rgb'][inside].mean(0).round().astype(np.uint8)).hex()
    found.append({'x': int(x), 'y': int(y), 'radius': 4, 'color': f'#{color}'})
  return found


def marked(line: np.ndarray, clicks: Sequence[Mapping]) -> np.ndarray:
  """The line art with its dots, larger than they are."""
  picture = line.copy()
  y, x = np.mgrid[: line.shape[0], : line.shape[1]]
  for dot in clicks:
    near = (x - dot['x']) ** 2 + (y - dot['y']) ** 2 <= 36
    picture[near] = [int(dot['color'][i : i + 2], 16) for i in (1, 3, 5)]
  return picture


def changed(tags: list[str]) -> list[str]:
  """The tags with other colours for hair and clothes."""
  out, turn = [], 0
  for name in tags:
    noun = name.split(' ', 1)[1]
    if noun in SHOWN:
      name, turn = f'{OTHERS[turn % len(OTHERS)]} {noun}', turn + 1
    out.append(name)
  return list(dict.fromkeys(out))


def worth_showing(record: Mapping) -> bool:
  """Whether hair and some of the clothes are there and have a tag each."""
  nouns = {
    name.split(' ', 1)[1]
    for name, there in zip(synthetic.VOCABULARY, record['tags'])
    if there and vocabulary.is_variant(name)
  }
  return 'hair' in nouns and bool(nouns & set(SHOWN[1:]))


def choose(data: Sequence[Mapping], count: int) -> list[int]:
  """The first drawings worth showing whose character is in another one, each of another."""
  found = {}
  for index in range(len(data)):
    if len(found) == count:
      break
    record = data[index]
    if data.other(index) != index and worth_showing(record):
      found.setdefault(record['character'], index)
  return list(found.values())


def define_flags() -> None:
  flags.DEFINE_string(
    'checkpoint', None, 'A run that reads hints, tags and references.', required=True
  )
  flags.DEFINE_string('output', 'four_ways.png', 'The picture.')
  flags.DEFINE_integer('drawings', 4, 'How many drawings, a row each.')
  flags.DEFINE_integer('dots', 10, 'How many dots.')
  flags.DEFINE_integer('size', 160, 'Side of a picture.')


def main(_: list[str]):
  options = flags.FLAGS
  colorizer = Colorizer(options.checkpoint)
  if missing := {'hint', 'tags', 'reference'} - set(colorizer.method.inputs):
    sys.exit(
      f'{options.checkpoint} does not read {sorted(missing)}: give a run of configs/anyhint.py:all.'
    )
  data = synthetic.Synthetic(400, seed=TEST, size=options.size)
  chosen = choose(data, options.drawings)
  rows = [ways(colorizer, data, i, options.dots) for i in tqdm(chosen, unit='drawing')]
  sheet = Image.fromarray(grid([list(r.values()) for r in rows], list(rows[0]), 1))
  sheet.quantize(256, dither=Image.Dither.NONE).save(options.output, optimize=True)
  print(options.output)


if __name__ == '__main__':
  define_flags()
  app.run(main)
