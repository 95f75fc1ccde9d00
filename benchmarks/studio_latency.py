"""How long the studio's server takes, over a socket of this machine, as its browser asks it.

    python -m benchmarks.studio_latency [--checkpoint=RUN] [--clicks=50] [--large]

A page (the sample, 1200 x 1800, or with --large the same at 5000 x 7000) is opened, coloured, and
clicked at random places: a click is the change of the document, the answer, and the picture as the
browser fetches it. Then suggestions, the next places, and an edit of the palette, which needs no
net. Milliseconds; the first of each kind is apart, since it compiles.
"""

import io
import logging
import os
import tempfile
import threading
import time

import httpx
import numpy as np
import uvicorn
from absl import app, flags
from PIL import Image

from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.sample import sample_page
from onepunch_jax.studio.__main__ import bound
from onepunch_jax.studio.server import create_app
from onepunch_jax.weights import shipped

LARGE = (5000, 7000)
TOKEN = 'benchmark'
COLORS = ('#c83c3c', '#3c64c8', '#e6c84b', '#50a05a', '#f0d0b8', '#503c32')


class Browser:
  """Asks a studio as a browser does.

  Args:
    port: where it listens.
  """

  def __init__(self, port: int):
    origin = f'http://127.0.0.1:{port}'
    headers = {'origin': origin, 'x-studio': '1'}
    self._client = httpx.Client(base_url=origin, headers=headers, timeout=600)
    self._client.get(f'/?token={TOKEN}')
    self._number = 0

  def ask(self, method: str, path: str, **body) -> httpx.Response:
    """An answer, which must be a good one."""
    self._number += 1
    json = {'seq': self._number, **body} if method == 'POST' else None
    answer = self._client.request(method, path, json=json)
    answer.raise_for_status()
    return answer

  def open(self, data: bytes) -> dict:
    """Opens a page and returns the document."""
    answer = self._client.put('/api/open?name=page.png', content=data)
    answer.raise_for_status()
    return answer.json()

  def picture(self, page: str) -> int:
    """Has the page coloured and fetches its colours: their bytes."""
    name = self.ask('POST', f'/api/pages/{page}/answer', variants=1).json()['id']
    return len(self.ask('GET', f'/api/pictures/{name}.png').content)

  def click(self, page: str, x: float, y: float, color: str) -> int:
    """A dot, and the picture with it."""
    hint = {'id': f'dot{self._number}', 'use': 'color', 'color': color, 'points': [[x, y, 5]]}
    operations = [{'op': 'add', 'hint': hint}]
    self.ask('POST', '/api/changes', page=page, label='dot', ops=operations)
    return self.picture(page)


class Times:
  """Milliseconds by what they were for."""

  def __init__(self) -> None:
    self._found: dict[str, list[float]] = {}

  def run(self, name: str, work, *arguments):
    """Calls `work` and notes how long it took."""
    clock = time.perf_counter()
    result = work(*arguments)
    self._found.setdefault(name, []).append(1e3 * (time.perf_counter() - clock))
    return result

  def __str__(self) -> str:
    rows = []
    for name, times in self._found.items():
      rest = times[1:]
      row = f'{name:24} first {times[0]:8.0f}'
      if rest:
        row += f'   then p50 {np.percentile(rest, 50):6.0f}  p95 {np.percentile(rest, 95):6.0f}'
        row += f'  ({len(rest)})'
      rows.append(row)
    return '\n'.join(rows)


def page_of(size: tuple[int, int] | None) -> bytes:
  """The sample page as a file, of (width, height) where that is asked for."""
  image = sample_page()
  if size:
    image = image.resize(size, Image.Resampling.LANCZOS)
  out = io.BytesIO()
  image.save(out, 'PNG', compress_level=1)
  return out.getvalue()


def measure(browser: Browser, data: bytes, clicks: int) -> Times:
  """Works on one page."""
  times, chance = Times(), np.random.default_rng(0)
  document = times.run('open', browser.open, data)
  page = document['current']
  row = document['pages'][0]
  times.run('lines', browser.ask, 'GET', f'/api/pages/{page}/lines.png')
  size = times.run('first colours', browser.picture, page)
  print(f'{row["width"]} x {row["height"]}: {size / 1024:.0f} KiB of colours', flush=True)
  for number in range(clicks + 1):
    x, y = chance.uniform(0.05, 0.95, 2) * (row['width'], row['height'])
    times.run('click', browser.click, page, x, y, COLORS[number % len(COLORS)])
  for path in ('suggest', 'next'):
    for _ in range(6):
      x, y = chance.uniform(0.1, 0.9, 2) * (row['width'], row['height'])
      url = f'/api/pages/{page}/{path}'
      times.run(path, lambda: browser.ask('POST', url, x=x, y=y))  # noqa: B023
  for number in range(6):
    swatch = {'name': 'a', 'color': COLORS[number], 'source': COLORS[0], 'locked': True}
    operations = [{'op': 'palette', 'value': [swatch]}]

    def edit():
      body = dict(page=page, label='palette', ops=operations)  # noqa: B023
      answer = browser.ask('POST', '/api/changes', **body).json()['answer']
      browser.ask('GET', f'/api/pictures/{answer["id"]}.png')

    times.run('palette edit', edit)
  for _ in range(3):
    times.run('thumbnail', browser.ask, 'GET', f'/api/pages/{page}/thumb.jpg')
  for form in ('png', 'ora', 'psd'):
    times.run(f'export {form}', browser.ask, 'GET', f'/api/export?format={form}')
  return times


def main(_) -> None:
  """Serves and asks."""
  options = flags.FLAGS
  logging.getLogger('httpx').setLevel(logging.WARNING)
  clock = time.perf_counter()
  colorizer = Colorizer.load(options.checkpoint or shipped.DEFAULT)
  print(f'weights loaded in {time.perf_counter() - clock:.1f} s', flush=True)
  listening = bound('127.0.0.1', 0)
  port = listening.getsockname()[1]
  with tempfile.TemporaryDirectory() as folder:
    server = create_app(
      os.path.join(folder, 'sessions'), colorizer, token=TOKEN, hosts=(f'127.0.0.1:{port}',)
    )
    running = uvicorn.Server(uvicorn.Config(server, log_level='warning', lifespan='off'))
    thread = threading.Thread(target=running.run, kwargs={'sockets': [listening]}, daemon=True)
    thread.start()
    browser = Browser(port)
    print(measure(browser, page_of(LARGE if options.large else None), options.clicks), flush=True)
    running.should_exit = True
    thread.join(10)
    server.studio.close()


if __name__ == '__main__':
  flags.DEFINE_string('checkpoint', '', 'A run, a file of weights, or a name; none: the shipped.')
  flags.DEFINE_integer('clicks', 50, 'How many.')
  flags.DEFINE_bool('large', False, 'A page of 5000 x 7000.')
  app.run(main)
