"""Rule 15 and row 20: a hundred browsers at once, none sees another's, and memory is bounded."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
from PIL import Image

from onepunch_jax.studio import coloring, decode, open_files
from onepunch_jax.studio.server import create_app
from tests.studio.browser.fast_colorizer import FastColorizer
from tests.studio.conftest import HEADERS, HOST, ORIGIN, TOKEN, dot, drawing, png

CLIENTS = 100


async def draw(app, number: int) -> None:
  """One person: opens a page of their own, gives it a colour, looks at it, undoes, goes on."""
  transport = httpx.ASGITransport(app)
  async with httpx.AsyncClient(
    transport=transport, base_url=ORIGIN, headers=HEADERS, timeout=300
  ) as client:
    await client.get(f'/?token={TOKEN}')
    color = f'#{number + 40:02x}{200 - number:02x}{(7 * number) % 200:02x}'
    page = drawing()
    page[60, 20 : 21 + number % 20] = 0  # a line of its own
    opened = await client.put(f'/api/open?name={number}.png', content=png(page))
    document = opened.json()
    assert [p['name'] for p in document['pages']] == [f'{number}.png']
    here = document['current']
    rgb = tuple(int(color[n : n + 2], 16) for n in (1, 3, 5))
    for turn in range(3):
      body = {'seq': 3 * turn + 1, 'page': here, 'label': 'dot', 'ops': [dot(70, 25, color)]}
      assert (await client.post('/api/changes', json=body)).status_code == 200
      answer = await client.post(f'/api/pages/{here}/answer', json={'seq': turn})
      assert answer.status_code == 200, answer.text
      picture = await client.get(f'/api/pictures/{answer.json()["id"]}.png')
      pixels = np.asarray(Image.open(io.BytesIO(picture.content)).convert('RGB'))
      assert tuple(int(v) for v in pixels[25, 70]) == rgb
      lines = await client.get(f'/api/pages/{here}/lines.png')
      own = np.asarray(Image.open(io.BytesIO(lines.content)).convert('L'))
      np.testing.assert_array_equal(own, page[..., 0])
      await client.post('/api/undo', json={'seq': 3 * turn + 2})
    left = (await client.get(f'/api/pages/{here}')).json()
    assert left['hints'] == [] and left['undo'] == f'open {number}.png'


def test_a_hundred_browsers_at_once(tmp_path, monkeypatch):
  app = create_app(str(tmp_path), FastColorizer(), token=TOKEN, hosts=(HOST,))

  # decoding has its own tests; here a process for each of a hundred pages would be all the time
  def in_process(path, name, folder):
    return decode.decode(path, name, folder, 10)

  monkeypatch.setattr(open_files, 'decoded', in_process)

  async def all_of_them():
    await asyncio.gather(*(draw(app, number) for number in range(CLIENTS)))

  with ThreadPoolExecutor(1) as own:  # browser tests leave a loop running in the main thread
    own.submit(asyncio.run, all_of_them()).result()
  studio = app.studio
  assert len(studio.coloring._sessions) <= coloring.PAGES
  assert len(studio.coloring._pictures) <= coloring.PAGES
  assert studio.painter.waiting <= 1  # of what nobody waits for: getting ready
  studio.close()
