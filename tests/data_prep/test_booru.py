"""The downloader against a local board that misbehaves in every way it should survive."""

import hashlib
import io
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

httpx = pytest.importorskip('httpx', reason="the downloader needs pip install 'onepunch_jax[prep]'")

from PIL import Image  # noqa: E402

from data_prep import booru, booru_api, listing, polite  # noqa: E402


def _png(level=0):
  out = io.BytesIO()
  Image.new('RGB', (300, 300), (level % 256, 9, 9)).save(out, 'PNG')
  return out.getvalue()


class Board(ThreadingHTTPServer):
  """Serves posts and pictures; `answers[path]` lists what to answer, the last one for ever."""

  def __init__(self):
    super().__init__(('127.0.0.1', 0), Handler)
    self.posts, self.answers, self.hits = [], {}, Counter()
    self.endless = False
    threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

  @property
  def host(self):
    return f'127.0.0.1:{self.server_port}'

  def post(self, number, answer=None, **change):
    """Adds a post whose picture answers with (status, headers, body); None is a good one."""
    body = _png(number)
    path = f'/pic/{number}.png'
    self.answers[path] = answer or [(200, {'Content-Type': 'image/png'}, body)]
    self.posts.append(
      {
        'id': number,
        'file_url': f'http://{self.host}{path}',
        'rating': 'g',
        'tag_string': 'a b',
        'md5': hashlib.md5(body).hexdigest(),
        'image_width': 300,
        'image_height': 300,
        'source': 'https://example.org/x',
        'tag_string_artist': 'someone',
        **change,
      }
    )


class Handler(BaseHTTPRequestHandler):
  def log_message(self, *args):
    pass

  def do_GET(self):
    path, _, query = self.path.partition('?')
    board = self.server
    board.hits[path] += 1
    if path in ('/posts.json', '/index.php') and path not in board.answers:
      before = [p for p in query.split('&') if p.startswith('page=b')]
      posts = [
        p
        for p in board.posts
        if board.endless
        or not before
        or not isinstance(p, dict)
        or not isinstance(p.get('id'), int)
        or p['id'] < int(before[0][6:])
      ]
      if path == '/index.php':
        posts = board.posts if 'pid=0' in query else []
      answer = 200, {'Content-Type': 'application/json'}, json.dumps(posts[:100]).encode()
    else:
      answers = board.answers.get(path, [(404, {}, b'')])
      answer = answers[min(board.hits[path], len(answers)) - 1]
    status, headers, body = answer
    self.send_response(status)
    for name, value in headers.items():
      self.send_header(name, value)
    if 'Content-Length' not in headers and headers.get('X-No-Length') is None:
      self.send_header('Content-Length', str(len(body)))
    self.end_headers()
    try:
      if callable(body):
        body(self.wfile)
      else:
        self.wfile.write(body)
    except OSError:
      pass


@pytest.fixture
def board():
  server = Board()
  yield server
  server.shutdown()
  server.server_close()


def _client(board, **kw):
  waits = []
  client = polite.Client(frozenset({board.host}), **{'interval': 0, 'sleep': waits.append, **kw})
  client.waits = waits
  return client


def _download(board, folder, client=None, api='danbooru', **wish):
  site = booru_api.Site(f'http://{board.host}', api)
  return booru.download(
    site, booru.Wish('x', **{'limit': 10, **wish}), str(folder), client or _client(board)
  )


def _kept(folder):
  return sorted(p.name for p in (folder / 'pictures').iterdir())


def _reasons(folder):
  lines = (folder / 'journal.jsonl').read_text().splitlines()
  return {e['post']['id']: e['rule'] for e in map(json.loads, lines) if 'post' in e}


PNG = {'Content-Type': 'image/png'}


def test_downloads_with_facts_that_preparation_reads(board, tmp_path):
  for i in (1, 2, 3):
    board.post(i, parent_id=1 if i > 1 else None)
  assert _download(board, tmp_path)['downloaded'] == 3
  assert _kept(tmp_path) == ['1.png', '2.png', '3.png']
  items = listing.items(str(tmp_path))
  assert [i.key for i in items] == ['pictures/1.png', 'pictures/2.png', 'pictures/3.png']
  assert {i.source for i in items} == {'1'}  # variants of one picture stay together
  assert json.loads(items[0].where[2]) == {'credit': 'someone', 'tags': ['a', 'b']}


def test_resumes_without_asking_for_pictures_again(board, tmp_path):
  for i in range(1, 7):
    board.post(i)
  assert _download(board, tmp_path, limit=2)['downloaded'] == 2
  with (tmp_path / 'metadata.jsonl').open('a') as file:
    file.write('{"file": "pictures/9.png", "id"')  # a kill in mid-write
  assert _download(board, tmp_path)['downloaded'] == 4
  assert all(board.hits[f'/pic/{i}.png'] == 1 for i in range(1, 7))
  assert _download(board, tmp_path)['downloaded'] == 0
  assert len((tmp_path / 'metadata.jsonl').read_text().splitlines()) == 6


def test_waits_between_requests_and_as_told(board, tmp_path):
  board.post(1, [(429, {'Retry-After': '7'}, b''), (503, {}, b''), (200, PNG, _png(1))])
  later = time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(time.time() + 60))
  board.post(2, [(503, {'Retry-After': later}, b''), (200, PNG, _png(2))])
  client = _client(board)
  assert _download(board, tmp_path, client)['downloaded'] == 2
  waits = [w for w in client.waits if w > 0]
  assert waits[:2] == [7, 4] and 50 < waits[2] <= 60
  ticks = iter(range(1000))
  client = _client(board, interval=1.0, clock=lambda: 0.001 * next(ticks))
  for _ in range(3):
    client.get(f'http://{board.host}/pic/1.png', max_bytes=10**6, accept=('image/png',))
  assert len(client.waits) == 2 and all(0.9 < w <= 1 for w in client.waits)
  assert polite.Client(frozenset()).interval >= 1  # the default is a second


def test_long_retry_after_ends_the_run(board, tmp_path):
  board.post(1)
  board.post(2, [(429, {'Retry-After': '86400'}, b'')])
  board.post(3)
  with pytest.raises(polite.ServerSaysStop, match='86400 s'):
    _download(board, tmp_path)
  assert _kept(tmp_path) == ['1.png'] and board.hits['/pic/3.png'] == 0
  board.answers['/pic/2.png'] = [(200, PNG, _png(2))]
  assert _download(board, tmp_path)['downloaded'] == 2


def test_gives_up_on_a_broken_server_and_tries_again_next_time(board, tmp_path):
  board.post(1, [(500, {}, b'')])
  board.post(2)
  client = _client(board)
  assert _download(board, tmp_path, client) == {'failed': 1, 'downloaded': 1}
  assert board.hits['/pic/1.png'] == 5 and [w for w in client.waits if w] == [2, 4, 8, 16]
  board.answers['/pic/1.png'] = [(200, PNG, _png(1))]
  assert _download(board, tmp_path)['downloaded'] == 1


@pytest.mark.parametrize(
  'answer, rule',
  [
    ((200, {'Content-Type': 'text/html'}, b'<html>'), 'refused'),
    ((200, {}, b'no type'), 'refused'),
    ((404, PNG, b''), 'refused'),
    ((200, PNG, b'other bytes'), 'checksum'),
    ((200, {**PNG, 'Content-Length': '999999999'}, b'x'), 'refused'),
    (
      (200, {**PNG, 'X-No-Length': '1'}, lambda out: [out.write(b'x' * 65536) for _ in range(999)]),
      'refused',
    ),
    ((200, {**PNG, 'Content-Length': '5000'}, b'cut off'), 'failed'),
    ((302, {'Location': 'http://localhost:1/evil.png'}, b''), 'refused'),
    ((302, {'Location': 'file:///etc/passwd'}, b''), 'refused'),
    ((302, {'Location': '/pic/1.png'}, b''), 'refused'),
  ],
)
def test_misbehaving_pictures_are_left_out_with_the_reason(board, tmp_path, answer, rule):
  board.post(1, [answer])
  board.post(2)
  counts = _download(board, tmp_path, max_bytes=300_000)
  assert counts == {rule: 1, 'downloaded': 1}
  assert _kept(tmp_path) == ['2.png'] and _reasons(tmp_path) == {1: rule}
  assert sum(board.hits.values()) < 12


def test_redirects_on_the_same_host_are_followed(board, tmp_path):
  board.post(1, [(302, {'Location': '/moved.png'}, b'')])
  board.answers['/moved.png'] = [(200, PNG, _png(1))]
  assert _download(board, tmp_path)['downloaded'] == 1


def test_slow_drip_is_given_up(board, tmp_path):
  def drip(out):
    for _ in range(100):
      out.write(b'x')
      out.flush()
      time.sleep(0.02)

  board.post(1, [(200, {**PNG, 'Content-Length': '100'}, drip)])
  start = time.time()
  assert _download(board, tmp_path, _client(board, deadline=0.2)) == {'refused': 1}
  assert time.time() - start < 2


def test_posts_of_other_ratings_sizes_and_shapes(board, tmp_path):
  for i, rating in enumerate(['s', 'q', 'e', '', None, 'G'], 1):
    board.post(i, rating=rating)
  board.post(7, image_width=100)
  board.post(8, file_url=None)
  board.post(9, md5='../../x')
  board.post(10, file_url='http://127.0.0.1:1/x.png')
  board.post(11, file_url='http://[bad')
  board.post(12, id='../../etc/passwd')
  board.posts += ['text', {'id': None}, {}]
  counts = _download(board, tmp_path)
  assert counts == {'rating': 6, 'small': 1, 'no checksum': 1, 'refused': 1}
  assert _kept(tmp_path) == [] and not board.hits['/pic/1.png']


def test_nothing_outside_the_folder(board, tmp_path):
  board.post(1)
  board.answers['/..%2f..%2fevil.png'] = [(200, PNG, _png(1))]
  board.posts[0]['file_url'] = f'http://{board.host}/..%2f..%2fevil.png'
  out = tmp_path / 'deep' / 'er'
  assert _download(board, out)['downloaded'] == 1
  files = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob('*') if p.is_file()}
  assert files == {'deep/er/pictures/1.png', 'deep/er/metadata.jsonl', 'deep/er/journal.jsonl'}


@pytest.mark.parametrize(
  'body',
  [b'<html>down</html>', b'{"success": false, "message": "no"}', b'[' * 100000, b'\xff\xfe', b'3'],
)
def test_answers_that_are_no_posts(board, tmp_path, body):
  board.answers['/posts.json'] = [(200, {'Content-Type': 'application/json'}, body)]
  try:
    assert not _download(board, tmp_path)
  except polite.FetchError as error:
    assert 'does not answer with posts' in str(error)
  assert board.hits['/posts.json'] == 1


def test_a_board_that_repeats_itself_ends(board, tmp_path):
  board.post(5)
  board.endless = True
  assert _download(board, tmp_path)['downloaded'] == 1
  assert board.hits['/posts.json'] <= 3


def test_gelbooru_style_json_and_xml(board, tmp_path):
  site = booru_api.Site(f'http://{board.host}', 'gelbooru')
  post = {
    'id': 3,
    'directory': 7,
    'image': 'a.png',
    'rating': 'safe',
    'tags': 'x y',
    'hash': 'AB' * 16,
    'width': 1,
    'height': 2,
  }
  ids, [found] = booru_api.parse(site, json.dumps([post]).encode())
  assert ids == [3] and found.url == f'http://{board.host}/images/7/a.png'
  assert found.rating == 'general' and found.md5 == 'ab' * 16 and found.tags == ('x', 'y')
  xml = (
    '<?xml version="1.0"?><posts count="1"><post id="4" rating="q" tags=" x y " '
    'file_url="//127.0.0.1/b.jpg" md5="" width="5" height="6"/></posts>'
  )
  _, [found] = booru_api.parse(site, xml.encode())
  assert found.id == 4 and found.rating == 'questionable' and found.url == 'http://127.0.0.1/b.jpg'
  assert booru_api.parse(site, b'') == ([], [])
  board.post(1, rating='general', tags='q')
  assert _download(board, tmp_path, api='gelbooru')['downloaded'] == 1


def test_total_size_limit(board, tmp_path):
  for i in range(1, 5):
    board.post(i)
  assert _download(board, tmp_path, max_total=len(_png()) + 1)['stopped at max_total'] == 1
  assert len(_kept(tmp_path)) == 2
