"""Colours to choose from at places of a page (Zhang et al. 2017, section 3.4):

    python -m onepunch_jax.suggest --checkpoint=runs/points --input=page.png --at=120,340 --at=80,60

prints a line for each place, the likeliest colour first, written as hints are. With --hints=FILE
they are likely beside those hints. With --next=5, of a run of configs/region_tokens.py, it prints
the places where a hint would settle most, the best one first. Without --checkpoint the weights that
come with the package answer.
"""

import json
import sys
from collections.abc import Sequence

import jax
import numpy as np
from absl import app, flags

from onepunch_jax.data.batch import cast
from onepunch_jax.images import reader
from onepunch_jax.log import log, show_log
from onepunch_jax.methods.points import suggest as likely
from onepunch_jax.ops import color
from onepunch_jax.pages import scale
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.levels import line_art


def suggest(
  colorizer: Colorizer,
  page: np.ndarray,
  places: Sequence[tuple[float, float]],
  hints: Hints | None = None,
  count: int = 9,
) -> list[list[str]]:
  """Colours at places (x, y), in pixels of a page uint8 [H, W, 3].

  Returns:
    For each place, `count` colours '#rrggbb' that differ (at most so many where colours are those
    of regions), the likeliest first: ab of the method's classes, L of its prediction there.

  Raises:
    ValueError: a place outside the page, or a method without classes of colour.
  """
  method = colorizer.method
  if colorizer.by_regions:
    session = colorizer.session(page)
    rows = [session.suggest(x, y, hints, count=count) for x, y in places]
    return [[suggestion.color for suggestion in row] for row in rows]
  if method.classes is None:
    raise ValueError(
      'This checkpoint predicts colours, not how likely each is: for '
      'suggestions give a run of configs/region_tokens.py or configs/points.py.'
    )
  height, width = page.shape[:2]
  for x, y in places:
    if not (0 <= x < width and 0 <= y < height):
      raise ValueError(f'({x:g}, {y:g}) lies outside the page of {width} x {height}.')
  grey = line_art(reader.to_grey(page)[..., 0])
  (h, w), *_ = scale.working_sizes(grey, colorizer.size, colorizer.detail)[0]
  pads = [(0, -n % method.multiple) for n in (h, w)]
  line = np.pad(scale.resize(grey, h, w), pads, constant_values=255)
  hint = np.zeros((h, w, 4), np.float32) if hints is None else hints.plane((h, w))
  batch = cast({'line': line[None, ..., None], 'hint': np.pad(hint, [*pads, (0, 0)])[None]})
  v = colorizer.variables
  shares, bins = (np.asarray(x) for x in jax.jit(method.classes)(v, batch))
  prediction = jax.jit(method.colorize)(v, batch, jax.random.key(colorizer.seed))
  lab = np.asarray(color.rgb_to_lab(prediction))[0]
  found = []
  for x, y in places:
    row, column = int(y * h / height), int(x * w / width)
    i, j = (at * n // size for at, n, size in zip((row, column), shares.shape[1:3], line.shape))
    ab = likely(shares[0, i, j], bins, count)
    chosen = np.concatenate([np.full((len(ab), 1), lab[row, column, 0]), ab], -1)
    rgb = np.clip(np.asarray(color.lab_to_rgb(chosen.astype(np.float32))), 0, 1)
    found.append(['#' + ''.join(f'{round(255 * float(c)):02x}' for c in one) for one in rgb])
  return found


def _place(text: str) -> tuple[float, float]:
  try:
    x, y = map(float, text.split(','))
  except ValueError:
    raise ValueError(f'--at is X,Y in pixels of the page, not {text!r}.') from None
  return x, y


def define_flags() -> None:
  flags.DEFINE_string(
    'checkpoint',
    '',
    'The --workdir of training of region_tokens or points, a file of weights, or a name; default: '
    'the weights that come with the package.',
  )
  flags.DEFINE_string('step', 'latest', "Which checkpoint: a step, 'latest' or 'best'.")
  flags.DEFINE_string('input', '', 'A page.')
  flags.DEFINE_multi_string('at', [], 'X,Y: a place, in pixels of the page.')
  flags.DEFINE_string('hints', '', 'Hints that there are already: as for colorize.')
  flags.DEFINE_integer(
    'next', 0, 'How many places to name where a hint would settle most; of runs of region_tokens.'
  )
  flags.DEFINE_integer('count', 9, 'How many colours.', lower_bound=1)


def main(_):
  show_log()
  options = flags.FLAGS
  try:
    if not (options.input and (options.at or options.next)):
      raise ValueError('Give --input=PAGE and --at=X,Y or --next=5.')
    places = [_place(text) for text in options.at]
    page = reader.read(options.input).rgb
    hints = Hints.read(options.hints, page.shape[:2]) if options.hints else None
    colorizer = Colorizer.load(options.checkpoint, step=options.step)
    if options.next:
      for x, y, worth in colorizer.session(page).next_places(hints, count=options.next):
        print(json.dumps({'x': x, 'y': y, 'worth': round(worth, 3)}))
    found = suggest(colorizer, page, places, hints, options.count) if places else []
    for (x, y), colors in zip(places, found):
      print(json.dumps({'x': x, 'y': y, 'colors': colors}))
  except (ValueError, TypeError, OSError) as error:
    log.error('%s', error)
    sys.exit(1)


if __name__ == '__main__':
  define_flags()
  app.run(main)
