"""How long the studio's server takes, over a socket of this machine, as its browser asks it.

    python -m benchmarks.studio_latency [--checkpoint=RUN] [--clicks=50] [--large] [--shading=cel]

A page (the sample, 1200 x 1800, or with --large the same at 5000 x 7000) is opened, coloured, and
clicked at random places: a click is one request, of the change of the document, the answer, and its
picture. Then suggestions, the next places, and an edit of the palette, which needs no net.
Milliseconds on the wall, and of all processors together; the first of each kind is apart, since it
compiles. On a machine that does other things compare the latter, and the ratios. For each kind of
request the longest three are named, with the stages that the server counts; last comes the most
memory that the process had.

The numbers of docs/studio.md are those of a machine that does nothing else:

    python -m benchmarks.studio_latency --clicks=50
    python -m benchmarks.studio_latency --clicks=20 --large
    python -m benchmarks.studio_clicks --clicks=50
    python -m benchmarks.studio_clicks --clicks=20 --scale=4
"""

import io
import json
import logging
import os
import resource
import tempfile
import threading
import time
from typing import Any, NamedTuple

import httpx
import numpy as np
import uvicorn
from absl import app, flags
from PIL import Image

from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.sample import sample_page
from onepunch_jax.pages.shading import KINDS
from onepunch_jax.studio.__main__ import bound, freeze_garbage
from onepunch_jax.studio.server import create_app
from onepunch_jax.weights import shipped

LARGE = (5000, 7000)
PAUSE = 8.0  # s
TOKEN = 'benchmark'
COLORS = ('#c83c3c', '#3c64c8', '#e6c84b', '#50a05a', '#f0d0b8', '#503c32')


class Answer(NamedTuple):
  """What the browser is told of an answer, and the bytes of its picture."""

  view: dict[str, Any]
  picture: int


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
    sent = {'seq': self._number, **body} if method == 'POST' else None
    answer = self._client.request(method, path, json=sent)
    answer.raise_for_status()
    return answer

  def open(self, data: bytes) -> dict:
    """Opens a page and returns the document."""
    answer = self._client.put('/api/open?name=page.png', content=data)
    answer.raise_for_status()
    return answer.json()

  def picture(self, page: str) -> Answer:
    """The page's colours with their picture."""
    return self._stream(f'/api/pages/{page}/answer', stream=True)

  def click(self, page: str, x: float, y: float, color: str) -> Answer:
    """A dot, and the picture with it."""
    hint = {'id': f'dot{self._number}', 'use': 'color', 'color': color, 'points': [[x, y, 5]]}
    return self.change(page, 'dot', {'op': 'add', 'hint': hint})

  def change(self, page: str, label: str, operation: dict) -> Answer:
    """A change, and the picture with it."""
    wanted = {'page': page, 'seq': self._number}
    return self._stream('/api/changes', page=page, label=label, ops=[operation], answer=wanted)

  def _stream(self, path: str, **body) -> Answer:
    left, found = self.ask('POST', path, **body).content, {}
    while left:
      head, _, left = left.partition(b'\n')
      head = json.loads(head)
      found[head['kind']], left = left[: head['bytes']], left[head['bytes'] :]
    if 'error' in found:
      raise ValueError(found['error'].decode())
    return Answer(json.loads(found['answer']), len(found['picture']))


class Times:
  """Milliseconds by what they were for: (on the wall, of processors, what the server says)."""

  def __init__(self) -> None:
    self._found: dict[str, list[tuple[float, float, str]]] = {}

  def run(self, name: str, work, *arguments):
    """Calls `work` and notes how long it took."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work(*arguments)
    took = 1e3 * (time.perf_counter() - clock), 1e3 * (time.process_time() - processor)
    stages = str(result.view['stages']) if isinstance(result, Answer) else ''
    self._found.setdefault(name, []).append((*took, stages))
    return result

  def __str__(self) -> str:
    rows = []
    for name, times in self._found.items():
      first, rest = times[0], times[1:]
      row = f'{name:16} first {first[0]:7.0f} (cpu {first[1]:6.0f})'
      if rest:
        wall, processor, _ = zip(*rest)
        row += f'   then p50 {np.percentile(wall, 50):6.0f}  p95 {np.percentile(wall, 95):6.0f}'
        row += f'  (cpu {np.percentile(processor, 50):6.0f} {np.percentile(processor, 95):6.0f})'
        row += f'  x {len(rest)}'
      rows.append(row)
      for wall, _, stages in sorted(rest, reverse=True)[:3]:
        if stages:
          rows.append(f'{"":16}   longest {wall:7.0f} {stages}')
    return '\n'.join(rows)


def page_of(size: tuple[int, int] | None) -> bytes:
  """The sample page as a file, of (width, height) where that is asked for."""
  image = sample_page()
  if size:
    image = image.resize(size, Image.Resampling.LANCZOS)
  out = io.BytesIO()
  image.save(out, 'PNG', compress_level=1)
  return out.getvalue()


def measure(browser: Browser, data: bytes, clicks: int, shading: str) -> Times:
  """Works on one page."""
  times, chance = Times(), np.random.default_rng(0)
  document = times.run('open', browser.open, data)
  page = document['current']
  row = document['pages'][0]
  times.run('lines', browser.ask, 'GET', f'/api/pages/{page}/lines.png')
  found = times.run('first colours', browser.picture, page)
  size = found.picture / 1024
  print(f'{row["width"]} x {row["height"]}: {size:.0f} KiB of colours; {found.view}', flush=True)
  time.sleep(PAUSE)  # the net gets ready for more, as while a person looks
  if shading != 'off':
    value = {'op': 'page', 'key': 'shading', 'value': shading}
    times.run(f'shading {shading}', browser.change, page, 'shading', value)
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
    operation = {'op': 'palette', 'value': [swatch]}
    times.run('palette edit', browser.change, page, 'palette', operation)
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
    freeze_garbage()
    browser = Browser(port)
    print(
      measure(browser, page_of(LARGE if options.large else None), options.clicks, options.shading),
      flush=True,
    )
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f'most memory: {most:.1f} GB; load of the machine: {os.getloadavg()[0]:.1f}', flush=True)
    running.should_exit = True
    thread.join(10)
    server.studio.close()


if __name__ == '__main__':
  flags.DEFINE_string('checkpoint', '', 'A run, a file of weights, or a name; none: the shipped.')
  flags.DEFINE_integer('clicks', 50, 'How many.')
  flags.DEFINE_enum('shading', 'off', KINDS, 'Shading of the page.')
  flags.DEFINE_bool('large', False, 'A page of 5000 x 7000.')
  app.run(main)
