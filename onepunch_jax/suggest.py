"""Colours to choose from at places of a page (Zhang et al. 2017, section 3.4):

    python -m onepunch_jax.suggest --checkpoint=runs/points --input=page.png --at=120,340 --at=80,60

prints a line for each place, the likeliest colour first, written as hints are. With --hints=FILE
they are likely beside those hints. With --next=5, of a run of configs/region_tokens.py, it prints
the places where a hint would settle most, the best one first. Without --checkpoint the weights that
come with the package answer. Of a folder or book each line has the name of its page; a page that
cannot be read is one sentence, the others go on, and the exit code is then 1.
"""

import dataclasses
import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import numpy as np
from absl import app, flags

from onepunch_jax.data.batch import cast
from onepunch_jax.images import reader
from onepunch_jax.log import log, show_log
from onepunch_jax.methods.points import suggest as likely
from onepunch_jax.ops import color
from onepunch_jax.pages import book, journal, scale
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.hints import Hints
from onepunch_jax.pages.levels import line_art
from onepunch_jax.pages.page_files import PageFiles
from onepunch_jax.pages.session import Session
from onepunch_jax.pages.summary import Summary, sentence


@dataclasses.dataclass(frozen=True)
class Request:
  """What is asked of a page.

  Attributes:
    places: (x, y) in px, whose colours are asked.
    next: how many places to name where a hint would settle most.
    count: how many colours of a place.
    guides: tags and references, as for `Session.suggest`.
  """

  places: Sequence[tuple[float, float]]
  next: int = 0
  count: int = 9
  guides: dict[str, Any] = dataclasses.field(default_factory=dict)


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
    return in_regions(colorizer.session(page), places, hints, count)
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


def in_regions(
  session: Session,
  places: Sequence[tuple[float, float]],
  hints: Hints | None,
  count: int,
  **guides: Any,
) -> list[list[str]]:
  """As `suggest`, for a page whose checkpoint colours by regions; `guides` as for its session."""
  rows = [session.suggest(x, y, hints, count=count, **guides) for x, y in places]
  return [[suggestion.color for suggestion in row] for row in rows]


def _place(text: str) -> tuple[float, float]:
  try:
    x, y = map(float, text.split(','))
  except ValueError:
    raise ValueError(f'--at is X,Y in pixels of the page, not {text!r}.') from None
  return x, y


def of_page(
  colorizer: Colorizer, page: np.ndarray, hints: Hints | None, request: Request
) -> Iterator[dict[str, Any]]:
  """The rows for a page: places where a hint would settle most, then colours of places."""
  if not colorizer.by_regions:
    found = suggest(colorizer, page, request.places, hints, request.count)
  else:
    session = colorizer.session(page)
    if request.next:
      for x, y, worth in session.next_places(hints, count=request.next, **request.guides):
        yield {'x': x, 'y': y, 'worth': round(worth, 3)}
    found = in_regions(session, request.places, hints, request.count, **request.guides)
  for (x, y), colors in zip(request.places, found):
    yield {'x': x, 'y': y, 'colors': colors}


def all_pages(source: str, unread: Summary) -> list[book.Page]:
  """The pages at a source, those of books below a folder too; what cannot be opened is noted."""
  found = book.open_book(source, split=True)
  pages = list(found.pages)
  refused, unread.skipped = list(found.refused), list(found.skipped)
  for name in found.inner:
    try:
      part = book.open_book(os.path.join(source, name), split=True)
    except ValueError as error:
      refused.append(str(error))
      continue
    pages += [book.below(page, name) for page in part.pages]
    refused += part.refused
  for text in refused:
    log.error('%s', text)
    unread.pages.append(journal.Done(text.split(': ')[0], '', journal.BAD, (), text))
  return pages


def run(options: flags.FlagValues) -> Summary:
  """The command with its flags: prints a row of JSON for each answer.

  Raises:
    ValueError, TypeError: a flag is wrong; the message is one sentence.
  """
  if not (options.input and (options.at or options.next)):
    raise ValueError('Give --input=PAGE and --at=X,Y or --next=5.')
  places = [_place(text) for text in options.at]
  outcome = Summary(options.input)
  pages = all_pages(options.input, outcome)
  if not pages and not outcome.pages:
    raise ValueError(f'{options.input}: no pictures there.')
  files = PageFiles(options.hints)
  outcome.unused = files.match(pages)
  colorizer = Colorizer.load(options.checkpoint, step=options.step)
  how = {}
  if not colorizer.by_regions and (options.next or options.tags or options.reference):
    raise ValueError(
      '--next, --tags and --reference need a checkpoint that colours by regions: a run of '
      'configs/region_tokens.py.'
    )
  if options.tags:
    colorizer.hot(options.tags)  # a mistake in them is found before a page is read
    how['tags'] = options.tags
  if options.reference:
    how['references'] = colorizer.references(list(options.reference))
  request = Request(places, options.next, options.count, how)
  several = len(pages) + len(outcome.pages) > 1
  for page in pages:
    try:
      rgb = page.pictures()[0].rgb
      path = files.of(page)
      hints = Hints.read(path, rgb.shape[:2]) if path else None
      rows = list(of_page(colorizer, rgb, hints, request))
    except (ValueError, OSError, MemoryError) as error:  # one bad page never stops the others
      text = sentence(error)
      text = text if page.label in text else f'{page.label}: {text}'
      log.error('%s', text)
      outcome.pages.append(journal.Done(page.name, '', journal.BAD, (), text))
      continue
    outcome.pages.append(journal.Done(page.name, '', journal.COLORED))
    for row in rows:
      print(json.dumps({'page': page.name, **row} if several else row), flush=True)
  if several:
    bad = sum(done.status == journal.BAD for done in outcome.pages)
    log.info('%s: %d read, %d refused.', options.input, len(outcome.pages) - bad, bad)
  for note in outcome.unused:
    log.warning('%s', note)
  return outcome


def define_flags() -> None:
  flags.DEFINE_string(
    'checkpoint',
    '',
    'The --workdir of training of region_tokens or points, a file of weights, or a name; default: '
    'the weights that come with the package.',
  )
  flags.DEFINE_string('step', 'latest', "Which checkpoint: a step, 'latest' or 'best'.")
  flags.DEFINE_string('input', '', 'A page, or a folder or book of pages.')
  flags.DEFINE_multi_string('at', [], 'X,Y: a place, in pixels of the page.')
  flags.DEFINE_string('hints', '', 'Hints that there are already: as for colorize.')
  flags.DEFINE_string('tags', '', 'Tags that there are already; of runs of region_tokens.')
  flags.DEFINE_multi_string(
    'reference', [], 'References that there are: as for colorize; of runs of region_tokens.'
  )
  flags.DEFINE_bool('strict', False, 'Exit with 1 too if a file was skipped, or hints unused.')
  flags.DEFINE_integer(
    'next', 0, 'How many places to name where a hint would settle most; of runs of region_tokens.'
  )
  flags.DEFINE_integer('count', 9, 'How many colours.', lower_bound=1)


def main(_):
  show_log()
  try:
    outcome = run(flags.FLAGS)
  except (ValueError, TypeError, OSError, MemoryError) as error:
    log.error('%s', sentence(error))
    sys.exit(1)
  sys.exit(outcome.exit_status(flags.FLAGS.strict))


if __name__ == '__main__':
  define_flags()
  app.run(main)
