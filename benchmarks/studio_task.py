"""A whole task in the studio, as an artist does it: two characters, twelve dots, two corrections, a
palette edit, a PSD; how many clicks and keys, how long, and how long the artist waited.

    python -m benchmarks.studio_task --output=/tmp/task
"""

import json
import os
import tempfile
import time

from absl import app, flags

from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.weights import shipped
from tests.studio.browser.conftest import ARGUMENTS, find_chromium
from tests.studio.browser.hands import Studio
from tests.studio.browser.serve import Server

flags.DEFINE_string('checkpoint', shipped.DEFAULT, 'A run, a file of weights, or a name.')
flags.DEFINE_string('output', '', 'A folder for the PSD and pictures of the window.')
FLAGS = flags.FLAGS
# places of the sample page: the cat-eared girl and the girl in the hooded jacket, and their rooms
DOTS = (
  (300, 1020, '#b5653a'),  # hair
  (300, 1150, '#f6d7c0'),  # face
  (250, 1330, '#e8b9c8'),  # dress
  (300, 1318, '#c0405a'),  # bow
  (480, 960, '#a8d4ee'),  # window
  (120, 920, '#f2e6c8'),  # wall
  (80, 1260, '#a5764e'),  # floor
  (870, 1110, '#f2cdb0'),  # face
  (800, 1270, '#4a6a9a'),  # jacket
  (660, 1020, '#8fa4a0'),  # mountain
  (680, 880, '#9ecbe8'),  # sky
  (1120, 1170, '#8fbf6a'),  # meadow
)
CORRECTIONS = ((8, '#5a8a58'), (5, '#dfe8d2'))  # dot, its new colour


def main(_: list[str]) -> None:
  from playwright.sync_api import sync_playwright

  hands = {'clicks': 0, 'keys': 0}
  with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
    server = Server(folder, Colorizer.load(FLAGS.checkpoint), FLAGS.checkpoint)
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
    window = browser.new_page(viewport={'width': 1440, 'height': 900})
    studio = Studio(window, wait=300)
    window.goto(server.address())
    begin = time.monotonic()
    window.locator('#gallery .sample').first.click()
    hands['clicks'] += 1
    studio.until(lambda: studio.state('answer'))
    studio.settle()
    times = {'page and first colours, s': round(time.monotonic() - begin, 1)}
    waited = 0.0

    def color(code: str) -> None:
      studio.color(code)
      hands['clicks'] += 1
      hands['keys'] += len(code) + 1

    def look() -> None:
      nonlocal waited
      clock = time.monotonic()
      studio.settle()
      waited += time.monotonic() - clock

    start = time.monotonic()
    for x, y, code in DOTS:
      studio.press('Escape', 'Escape')
      color(code)
      studio.click(x, y)
      hands['clicks'] += 1
      look()
    times['twelve dots, s'] = round(time.monotonic() - start, 1)
    start = time.monotonic()
    for number, code in CORRECTIONS:
      studio.click(*DOTS[number][:2])
      hands['clicks'] += 1
      color(code)
      look()
    times['two corrections, s'] = round(time.monotonic() - start, 1)
    start = time.monotonic()
    window.get_by_role('button', name='Add current').click()
    field = window.locator('#palette .code')
    field.fill('#e4d2b8')
    field.press('Enter')
    hands['clicks'] += 2
    hands['keys'] += 8
    look()
    times['palette edit, s'] = round(time.monotonic() - start, 1)
    start = time.monotonic()
    window.get_by_role('button', name='Export').click()
    with window.expect_download(timeout=300_000) as download:
      window.locator('#export [data-format=psd]').click()
    hands['clicks'] += 2
    size = os.path.getsize(download.value.path())
    times['PSD, s'] = round(time.monotonic() - start, 1)
    times['of it waiting for colours, s'] = round(waited, 1)
    times['all, s'] = round(time.monotonic() - begin, 1)
    if FLAGS.output:
      os.makedirs(FLAGS.output, exist_ok=True)
      window.screenshot(path=os.path.join(FLAGS.output, 'task.png'))
      download.value.save_as(os.path.join(FLAGS.output, 'task.psd'))
    print(json.dumps({**hands, **times, 'PSD, MB': round(size / 1e6, 1)}, indent=1))
    browser.close()
    server.close()


if __name__ == '__main__':
  app.run(main)
