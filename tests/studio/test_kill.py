"""Row 19: a server that is killed in the middle of drawing loses nothing that it confirmed."""

import random
import threading
import time

import httpx

from tests.studio import serving
from tests.studio.conftest import TOKEN, dot, png

KILLS = 6


def wait_for(client: httpx.Client, process) -> None:
  """Waits until the server answers."""
  for _ in range(1500):
    try:
      client.get('/health')
      return
    except httpx.TransportError:
      assert process.is_alive()
      time.sleep(0.02)
  raise AssertionError('The server does not start.')


def test_row_19_kills_lose_nothing(tmp_path):
  port = serving.free_port()
  origin = f'http://127.0.0.1:{port}'
  client = httpx.Client(base_url=origin, headers={'origin': origin, 'x-studio': '1'}, timeout=30)
  process = serving.start(str(tmp_path), port, TOKEN)
  wait_for(client, process)
  client.get(f'/?token={TOKEN}')
  page = client.put('/api/open?name=page.png', content=png()).json()['current']
  confirmed, sequence, chance = [], 0, random.Random(0)
  for _ in range(KILLS):
    timer = threading.Timer(chance.uniform(0, 0.02), process.kill)
    last = sequence + chance.randrange(4, 20)
    while True:
      sequence += 1
      if sequence == last:
        timer.start()
      name = f'd{sequence}'
      body = {'seq': sequence, 'page': page, 'label': 'dot', 'ops': [dot(5, 5, name=name)]}
      body['ops'][0]['hint']['id'] = name
      try:
        answer = client.post('/api/changes', json=body)
        assert answer.status_code == 200
        confirmed.append(name)
      except httpx.TransportError:
        break
    timer.join()
    process.join(10)
    process = serving.start(str(tmp_path), port, TOKEN)
    wait_for(client, process)
    again = client.post('/api/changes', json=body)  # as the browser does: not made twice
    assert again.status_code == 200
    confirmed.append(name)
    hints = [h['id'] for h in client.get(f'/api/pages/{page}').json()['hints']]
    assert hints == confirmed
  assert len(confirmed) > 2 * KILLS
  for number in range(len(confirmed)):  # and the whole history is there
    step = client.post('/api/undo', json={'seq': sequence + 1 + number}).json()
    assert step['label'] == 'dot'
  assert step['page']['hints'] == []
  folder = next(tmp_path.glob('*/changes.*.jsonl'))
  # changes are added, not written whole each time
  assert folder.stat().st_size > 100 * len(confirmed)
  process.kill()
  process.join(10)
