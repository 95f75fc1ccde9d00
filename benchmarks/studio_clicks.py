"""From the end of a click to painted pixels, measured in a real browser.

    python -m benchmarks.studio_clicks
    python -m benchmarks.studio_clicks --clicks=20 --scale=4

A studio with the shipped weights (or --checkpoint) and the sample page of 1200 x 1800, times
--scale; the system's Chromium clicks at places without ink, one dot after the other, each when the
picture of the last is there. Times are the browser's own: from the pointer-up event to the frame
that shows the answer first, and to the frame in which it has faded in; and what the server counts.
"""

import json
import tempfile

import numpy as np
from absl import app, flags

from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.sample import sample_page
from onepunch_jax.studio.__main__ import freeze_garbage
from onepunch_jax.weights import shipped
from tests.studio.browser.conftest import ARGUMENTS, find_chromium
from tests.studio.browser.hands import Studio
from tests.studio.browser.serve import Server

flags.DEFINE_string('checkpoint', shipped.DEFAULT, 'A run, a file of weights, or a name.')
flags.DEFINE_integer('clicks', 50, 'Dots, one after the other.')
flags.DEFINE_float('scale', 1, 'Of the page.')
FLAGS = flags.FLAGS
COLORS = '#c83c50', '#3c64c8', '#e0b040', '#40a060', '#8050b0', '#f0c8a8'
READY = 8000  # ms that a person looks at the page first; the net gets ready meanwhile
PAUSE = 500  # ms between a picture and the next click, as of a quick hand
PAINTED = """async (since) => {
  const after = (name) => performance.getEntriesByName(name).find((e) => e.startTime > since);
  const click = after('studio:click');
  const last = click && performance.getEntriesByName('studio:settled').at(-1);
  if (!last || last.startTime < click.startTime) return null;
  const first = performance.getEntriesByName('studio:painted').at(-1);
  return [first.startTime - click.startTime, last.startTime - click.startTime, first.detail.ms];
}"""


def places(line: np.ndarray, count: int) -> list[tuple[int, int]]:
  """Random places (x, y) without ink near them, the same each time."""
  rng = np.random.default_rng(0)
  found = []
  while len(found) < count:
    x, y = rng.integers(40, line.shape[1] - 40), rng.integers(40, line.shape[0] - 40)
    apart = all(abs(x - a) + abs(y - b) > 90 for a, b in found)  # a click on a dot selects it
    if line[y - 6 : y + 7, x - 6 : x + 7].min() > 200 and apart:
      found.append((int(x), int(y)))
  return found


def summary(values: list[float]) -> dict[str, float]:
  return {f'p{q}': round(float(np.percentile(values, q))) for q in (50, 95)}


def main(_: list[str]) -> None:
  from playwright.sync_api import sync_playwright

  page = sample_page()
  if FLAGS.scale != 1:
    page = page.resize((round(page.width * FLAGS.scale), round(page.height * FLAGS.scale)))
  with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
    server = Server(folder, Colorizer.load(FLAGS.checkpoint), FLAGS.checkpoint)
    freeze_garbage()
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
    window = browser.new_page(viewport={'width': 1440, 'height': 900})
    studio = Studio(window, wait=300)
    window.goto(server.address([page]))
    studio.until(lambda: studio.state('answer'))
    studio.settle()
    print(f'first colours: {studio.message}', flush=True)
    window.wait_for_timeout(READY)
    first, faded, counted = [], [], []
    for number, place in enumerate(places(np.asarray(page), FLAGS.clicks)):
      fields = {'color': COLORS[number % len(COLORS)], 'selected': None}
      studio.page.evaluate('(f) => import("/static/store.js").then((s) => s.set(f))', fields)
      studio.page.wait_for_timeout(PAUSE)
      studio.press('Escape')  # the suggestions may lie over the next place
      since = studio.page.evaluate('() => performance.now()')
      studio.click(*place)
      times = studio.until(lambda since=since: studio.page.evaluate(PAINTED, since))
      first.append(times[0])
      faded.append(times[1])
      counted.append(times[2])
      if len(first) % 10 == 0:
        print(len(first), summary(first), flush=True)
    result = {
      'page': page.size,
      'clicks': len(first),
      'first frame, ms': summary(first),
      'faded in, ms': summary(faded),
      'server, ms': summary(counted),
    }
    print(json.dumps(result), flush=True)
    browser.close()
    server.close()


if __name__ == '__main__':
  app.run(main)
