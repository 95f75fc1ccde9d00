"""Seconds for a page by regions, warm: whole, for one more hint, and stage by stage.

    python -m benchmarks.region_speed --checkpoint=onepunch_jax/weights/region_tokens.safetensors
    python -m benchmarks.region_speed --checkpoint=runs/region --folder=scans/ --large

Pages are panels of synthetic line art, or those of --folder at their own size. Of each page a
session is made and answered without hints; then hints are added one by one, in the places that
`next_places` names, and each answer is timed. The first page warms up and is not counted. With
--large a page of 5000 x 7000 is coloured in a process of its own, and its peak memory printed.
"""

import collections
import contextlib
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
from absl import app, flags

from onepunch_jax import synthetic
from onepunch_jax.images import arrays, reader
from onepunch_jax.pages import line_distance, session
from onepunch_jax.pages.book import open_book
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.paper_regions import PaperRegions
from onepunch_jax.pages.region_model import RegionModel
from onepunch_jax.regions.split import Splitter

FLAGS = flags.FLAGS
COLORS = ('#c81e1e', '#1e5ac8', '#e6c83c', '#3c9650', '#8c5a32', '#c878b4')
STAGES = {  # what is timed by itself -> where it is looked up
  'levels': (session, 'line_art'),
  'line distance': (line_distance, 'predict'),
  'segment': (session, 'segment'),
  'trunk': (RegionModel, 'features'),
  'tokens': (RegionModel, 'tokens'),
  'split': (Splitter, 'find'),
  'paper': (PaperRegions, 'find'),
  'decode': (RegionModel, 'decode'),
  'filling': (session, 'fill_page'),
}


def panels(seed: int, width: int, height: int) -> np.ndarray:
  """uint8 [height, width, 3]: a page of line art in panels."""
  out = np.full((height, width), 255, np.uint8)
  side = min(560, width, height) - 40
  if max(width, height) > 4000:
    side = min(width, height) // 3
  n = 6 * seed
  for top in range(20, height - side, side + 20):
    for left in range(20, width - side, side + 20):
      out[top : top + side, left : left + side] = synthetic.draw(7, n, side)['line'][..., 0]
      n += 1
  return np.repeat(out[..., None], 3, -1)


@contextlib.contextmanager
def timed(seconds: dict[str, list[float]]) -> Iterator[None]:
  """Adds what each stage takes to `seconds`."""
  kept = {name: getattr(*where) for name, where in STAGES.items()}

  def wrapped(name, function):
    def call(*args, **kwargs):
      clock = time.perf_counter()
      try:
        return function(*args, **kwargs)
      finally:
        seconds[name].append(time.perf_counter() - clock)

    return call

  for name, (place, attribute) in STAGES.items():
    setattr(place, attribute, wrapped(name, kept[name]))
  try:
    yield
  finally:
    for name, (place, attribute) in STAGES.items():
      setattr(place, attribute, kept[name])


@contextlib.contextmanager
def stopped(seconds: dict[str, list[float]], name: str) -> Iterator[None]:
  """Adds what the block takes to `seconds`: on the clock, and of the process on all cores."""
  clock, spent = time.perf_counter(), time.process_time()
  yield
  seconds[name].append(time.perf_counter() - clock)
  seconds[f'{name}, CPU'].append(time.process_time() - spent)


def measure(colorizer: Colorizer, page: np.ndarray, whole: dict, hinted: dict) -> None:
  """Adds the seconds of one page, and of its hints, to `whole` and `hinted`."""
  picture = arrays.picture(page)
  with timed(whole):
    with stopped(whole, 'all'):
      made = colorizer.session(picture)
      made.answer()
  places = made.next_places(count=FLAGS.hints)
  hints = []
  for (x, y, _), color in zip(places, COLORS):
    hints.append({'x': x, 'y': y, 'color': color, 'radius': 6})
    with timed(hinted), stopped(hinted, 'all'):
      made.answer(hints)
  # two colours in one region split it
  hints.append({**hints[0], 'x': hints[0]['x'] + 25, 'color': '#2d2d8c'})
  with stopped(hinted, 'a split'):
    made.answer(hints)
  with stopped(hinted, 'beside a split'):
    made.answer([*hints[1:], hints[0]])


def rows(seconds: dict[str, list[float]]) -> Iterator[str]:
  for name, values in seconds.items():
    p50, p95 = np.percentile(values, (50, 95))
    yield f'| {name} | {1000 * p50:.0f} | {1000 * p95:.0f} |'


def large() -> None:
  """Colours 5000 x 7000 and prints seconds and the peak memory of this process."""
  colorizer = Colorizer(FLAGS.checkpoint, FLAGS.step)
  page = panels(1, 5000, 7000)
  clock = time.perf_counter()
  colorizer(page)
  peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
  print(f'5000 x 7000: {time.perf_counter() - clock:.1f} s cold, {peak:.2f} GiB at the peak')


def main(_: list[str]) -> None:
  if FLAGS.only_large:
    large()
    return
  colorizer = Colorizer(FLAGS.checkpoint, FLAGS.step)
  if FLAGS.folder:
    found = open_book(FLAGS.folder).pages[: FLAGS.pages + 1]
    pages = [reader.read(page.path).rgb for page in found]
  else:
    pages = [panels(n, FLAGS.width, FLAGS.height) for n in range(FLAGS.pages + 1)]
  tables = {}
  for n, page in enumerate(pages):
    if n < 2:  # what the first page takes is thrown away
      tables = {'a page': collections.defaultdict(list), 'a hint': collections.defaultdict(list)}
    measure(colorizer, page, *tables.values())
  for title, seconds in tables.items():
    print(f'\n| {title}, ms | p50 | p95 |\n|---|---|---|', *rows(seconds), sep='\n')
  if FLAGS.large:
    command = [sys.executable, '-m', 'benchmarks.region_speed', '--only_large']
    subprocess.run([*command, f'--checkpoint={FLAGS.checkpoint}'], check=True)


if __name__ == '__main__':
  flags.DEFINE_string('checkpoint', '', 'The --workdir of training, or weights.')
  flags.DEFINE_string('step', 'latest', "A step, 'latest' or 'best'.")
  flags.DEFINE_string('folder', '', 'Pages of your own.')
  flags.DEFINE_integer('pages', 6, 'How many, beside the first.')
  flags.DEFINE_integer('hints', 4, 'How many are added to a page.')
  flags.DEFINE_integer('width', 1200, 'px.')
  flags.DEFINE_integer('height', 1800, 'px.')
  flags.DEFINE_bool('large', False, 'Measure 5000 x 7000, too.')
  flags.DEFINE_bool('only_large', False, 'Measure 5000 x 7000 alone, in this process.')
  app.run(main)
