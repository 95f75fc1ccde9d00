"""The studio's limits: rules 9 and 10 of safety, each by its number in `studio.safety`."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from onepunch_jax.studio import document, open_files, opening, painter, safety, sessions
from tests.studio.conftest import (
  TOKEN,
  Tab,
  archive,
  browser,
  ids,
  one_sentence,
  opened,
  png,
  refused,
)


def bomb(width, height) -> bytes:
  """A PNG whose header promises more than it has."""

  def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

  head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
  data = zlib.compress(b'\0' * 10_000_000)
  return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', data) + chunk(b'IEND', b'')


def test_rule_9_bodies_are_limited(client, monkeypatch):
  monkeypatch.setattr(safety, 'MAX_BODY', 1000)
  assert client.put('/api/open?name=a.png', content=b'x' * 1001).status_code == 413
  pieces = (b'x' * 300 for _ in range(10))  # without a length
  assert client.put('/api/open?name=a.png', content=pieces).status_code == 413
  for length in ('-1', 'many', '9' * 30):
    answer = client.put('/api/open?name=a.png', content=b'', headers={'content-length': length})
    assert 400 <= answer.status_code < 500
  monkeypatch.setattr(opening, 'MAX_DISK', 0)
  assert client.put('/api/open?name=a.png', content=b'x').status_code == 413
  assert client.put('/api/palette?name=a.gpl', content=b'x' * (2 << 20)).status_code in (400, 413)


def test_rule_9_pixels_are_limited_by_the_header(client):
  clock = time.monotonic()
  sentence = refused(client, bomb(60_000, 60_000), 'bomb.png')
  assert 'limit' in sentence and one_sentence(sentence)
  assert time.monotonic() - clock < 20


def test_rule_9_pages_and_archives_are_limited(client, monkeypatch):
  monkeypatch.setattr(document, 'MAX_PAGES', 2)
  found = opened(client, archive(*((f'{n}.png', png()) for n in range(4))), 'book.cbz')
  assert len(found['pages']) == 2 and '2' in found['notes'][0]
  assert client.put('/api/open?name=a.png&add=1', content=png()).status_code == 400
  zeros = archive(('0.png', b'\0' * (600 << 20)))  # 600 MB in 600 kB
  assert len(zeros) < 1 << 20
  assert one_sentence(refused(client, zeros, 'zeros.cbz'))


def test_rule_9_json_is_limited_in_size_and_depth(tab):
  for body in (b'[' * 100_000, b'{"a":' * 50 + b'1' + b'}' * 50, b'"' + b'x' * (5 << 20) + b'"'):
    answer = tab.client.post('/api/changes', content=body)
    assert answer.status_code in (400, 413) and one_sentence(answer.json()['error'])
  for body in (b'', b'[]', b'null', b'NaN', b'{', b'\xff\xfe', b'{"seq": true}', b'{"seq": 1}'):
    answer = tab.client.post('/api/changes', content=body)
    assert answer.status_code == 400 and one_sentence(answer.json()['error']), body
  brackets = {'op': 'page', 'key': 'tags', 'value': '[' * 100}
  assert tab.change(brackets)['tags'] == '[' * 100  # in a text they are no depth


def test_rule_9_the_queue_and_the_sessions_are_limited(app, client, monkeypatch):
  small = painter.Painter(most=2)
  hold = painter.threading.Event()
  small.submit('first', painter.PAGE, hold.wait)
  while small.waiting:
    time.sleep(0.01)
  small.submit('a', painter.PAGE, int), small.submit('b', painter.PAGE, int)
  with pytest.raises(painter.Busy):
    small.submit('c', painter.PAGE, int)
  hold.set()
  small.close()
  monkeypatch.setattr(sessions, 'MOST', 1)
  answer = browser(app, enter=False).get(f'/?token={TOKEN}', follow_redirects=False)
  assert 400 <= answer.status_code < 600 and one_sentence(answer.json()['error'])
  assert client.get('/api/document').status_code == 200


def test_rule_10_decoding_has_a_process_with_limits(client, monkeypatch):
  good = opened(client)
  large = io.BytesIO()
  Image.fromarray(np.zeros((9000, 9000, 3), np.uint8)).save(large, 'TIFF', compression='raw')
  monkeypatch.setattr(open_files, 'MEMORY', 450)
  assert 'memory' in refused(client, large.getvalue(), 'large.tif')
  monkeypatch.setattr(open_files, 'MEMORY', 3072)
  monkeypatch.setattr(open_files, 'SECONDS', 0.01)
  assert 's to read' in refused(client, png(), 'slow.png')
  assert ids(client.get('/api/document').json()) == ids(good)


def test_rule_9_old_answers_go_where_the_disk_has_a_limit_and_work_never(app, client, monkeypatch):
  """The sessions used least lose what can be made again, and nothing else."""
  import os

  others = [browser(app) for _ in range(2)]
  tabs = [Tab(c, opened(c)['current']) for c in (client, *others)]
  for tab in tabs:
    tab.answer()
  app.studio.background.flush()
  folders = [s.store.folder for s in app.studio.sessions._open.values()]
  answers = [os.path.join(folder, 'answers') for folder in folders]
  for age, folder in enumerate(folders):
    for name in os.listdir(folder):
      os.utime(os.path.join(folder, name), (1e9 + age, 1e9 + age))
  assert all(map(os.listdir, answers))
  used = sum(s.store.bytes_used() for s in app.studio.sessions._open.values())
  app.studio.sessions._open.clear(), app.studio.sessions._alive.clear()
  monkeypatch.setattr(sessions, 'CACHE', used)
  app.studio.sessions.prune()
  assert all(map(os.listdir, answers)), 'it is not larger than it may be'
  monkeypatch.setattr(sessions, 'CACHE', used - 1)
  app.studio.sessions.prune()
  assert [len(os.listdir(a)) for a in answers] == [0, 1, 1], 'the oldest one'
  monkeypatch.setattr(sessions, 'CACHE', 0)
  app.studio.sessions.prune()
  assert not any(map(os.listdir, answers))
  app.studio.coloring.answers._recent.clear()
  for tab in tabs:  # documents and pages are all there, and colours are made again
    tab.number += 10
    assert tab.answer()['ms'] > 0
