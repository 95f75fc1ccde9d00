"""The studio's fifteen rules of safety, each by its number in `onepunch_jax.studio.safety`."""

import io
import json
import os
import re
import stat
import time
import zipfile

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from onepunch_jax.studio import __main__ as command
from onepunch_jax.studio import document, safety, server
from tests.studio.conftest import (
  HEADERS,
  HOST,
  ORIGIN,
  TOKEN,
  Tab,
  archive,
  browser,
  dot,
  one_sentence,
  opened,
  png,
  refused,
)

PATHS = ('/', '/health', '/static/main.js', '/api/document', '/api/nothing', '/api/samples/no.png')
FOREIGN = 'http://evil.example'
LAN = '192.168.7.7:8765'


def session_of(app):
  """The only session that is open."""
  (found,) = app.studio.sessions._open.values()
  return found


def test_rule_1_loopback_only_and_another_host_says_so(capsys):
  with command.bound('127.0.0.1', 0) as own:
    assert own.getsockname()[0] == '127.0.0.1'
  assert command.own_hosts('127.0.0.1', 8) == ('127.0.0.1:8', 'localhost:8', '[::1]:8')
  assert '192.168.7.7:8' in command.own_hosts('192.168.7.7', 8)
  command.show_address(f'http://{HOST}/?token=abc', '127.0.0.1')
  assert 'network' not in capsys.readouterr().out
  command.show_address(f'http://{LAN}/?token=abc', '192.168.7.7')
  text = capsys.readouterr().out
  assert 'network' in text and 'token=abc' in text
  assert sum(line.count('█') + line.count('▄') for line in text.splitlines()) > 100  # the QR code


def test_rule_1_another_host_demands_the_token(app, colorizer, tmp_path):
  hosts = command.own_hosts('192.168.7.7', 8765)
  made = server.create_app(str(tmp_path / 'lan'), colorizer, token=TOKEN, hosts=hosts)
  tablet = browser(made, enter=False)
  tablet.headers['host'] = LAN
  assert all(tablet.get(p).status_code == 403 for p in PATHS if p != '/health')
  assert tablet.get(f'/?token={TOKEN}', follow_redirects=False).status_code == 303
  made.studio.close()


@pytest.mark.parametrize(
  'host', ('evil.example:8765', 'evil.example', '127.0.0.1', '127.0.0.1:80', 'localhost.evil:8765')
)
def test_rule_2_only_its_own_host(client, host):
  for path in PATHS:
    answer = client.get(path, headers={'host': host})
    assert answer.status_code == 421 and 'session' not in answer.text
  assert client.put('/api/open', content=b'x', headers={'host': host}).status_code == 421
  assert client.get('/api/document').status_code == 200


def test_rule_3_a_token_becomes_a_cookie(app, monkeypatch):
  stranger = browser(app, enter=False)
  for path in (p for p in PATHS if p != '/health'):
    assert stranger.get(path).status_code == 403, path
  compared = []
  compare = safety.hmac.compare_digest
  spy = lambda a, b: compared.append((a, b)) or compare(a, b)
  monkeypatch.setattr(safety.hmac, 'compare_digest', spy)
  for wrong in ('', TOKEN[:-1], TOKEN + 'x', 'schlüssel', '%00'):
    assert stranger.get(f'/?token={wrong}', follow_redirects=False).status_code == 403
  assert len(compared) == 5  # in constant time, each of them
  answer = stranger.get(f'/?token={TOKEN}', follow_redirects=False)
  cookie = answer.headers['set-cookie'].lower()
  assert 'httponly' in cookie and 'samesite=strict' in cookie and TOKEN not in cookie
  assert answer.headers['location'] == '/'  # the token leaves the address
  assert stranger.get('/api/document').status_code == 200
  ((name, value),) = stranger.cookies.items()
  for forged in (value[:-1], value + '0', value.partition('.')[0], '.', f'{"0" * 32}.{"0" * 64}'):
    other = browser(app, enter=False)
    other.cookies.set(name, forged)
    assert other.get('/api/document').status_code == 403, forged


def test_rule_4_changes_come_from_its_own_pages(app, client):
  good = {'content-type': 'application/json', **HEADERS}
  calls = [('PUT', '/api/open?name=a.png'), ('POST', '/api/undo'), ('DELETE', '/api/queue')]
  calls += [('POST', '/api/queue'), ('PUT', '/api/palette'), ('DELETE', '/api/session')]
  for method, path in calls:
    for wrong in (
      {'origin': FOREIGN},
      {'origin': 'null'},
      {'origin': ''},
      {'origin': 'http://127.0.0.1:8766'},
      {'origin': f'https://{HOST}'},
      {'x-studio': None},
      {'sec-fetch-site': 'cross-site'},
      {'sec-fetch-site': 'same-site'},
    ):
      headers = {k: v for k, v in {**good, **wrong}.items() if v is not None}
      bare = browser(app, enter=False)
      bare.cookies, bare.headers = client.cookies, {'host': HOST}
      assert bare.request(method, path, headers=headers, content=b'{}').status_code == 403, wrong
  cross = {'sec-fetch-site': 'cross-site'}
  for path in PATHS[2:]:
    assert client.get(path, headers=cross).status_code == 403
  assert client.get('/', headers=cross).status_code == 200  # a link that a person follows
  assert client.get('/api/document').status_code == 200  # nothing of all this deleted the session


def test_rule_5_no_cors(client):
  for method in ('OPTIONS', 'GET', 'PUT', 'POST'):
    for path in PATHS:
      headers = {'origin': FOREIGN, 'access-control-request-method': 'PUT'}
      answer = client.request(method, path, headers=headers)
      assert not [h for h in answer.headers if h.startswith('access-control')], (method, path)


def test_rule_6_headers_and_no_inline_script(app, client):
  answers = [client.get(p) for p in PATHS]
  answers += [browser(app, enter=False).get('/'), client.get('/', headers={'host': 'x'})]
  for answer in answers:
    policy = answer.headers['content-security-policy']
    for part in ("default-src 'self'", "img-src 'self' blob: data:", "object-src 'none'"):
      assert part in policy
    for part in ("frame-ancestors 'none'", "base-uri 'none'"):
      assert part in policy
    assert 'unsafe' not in policy and '*' not in policy
    assert answer.headers['x-content-type-options'] == 'nosniff'
    assert answer.headers['referrer-policy'] == 'no-referrer'
  html = client.get('/').text
  assert not re.search(r'<script(?![^>]*\bsrc=)', html)
  assert not re.search(r'<[^>]+\s(on\w+|style)=', html) and '<style' not in html
  assert not re.search(r'(src|href)="(https?:)?//', html)


NAMES = ('../../evil.png', '/etc/evil.png', '..\\evil.png', 'C:\\evil.png', 'a\0b.png', '🎨.png')


def test_rule_7_no_text_of_a_client_is_part_of_a_path(app, client, tmp_path):
  for name in NAMES:
    answer = client.put('/api/open', params={'name': name}, content=png())
    assert answer.status_code == 200, answer.text
    answer = client.put('/api/references', params={'name': name}, content=png())
    assert answer.status_code == 200, answer.text
  for folder, _, files in os.walk(tmp_path):
    for file in files:
      assert re.fullmatch(r'([0-9a-f]{16,64}(\.\w+)*|document|answers|secret)(\.\w+)?', file), file
      assert 'evil' not in folder
  for wrong in ('../document', '..%2fdocument', 'secret', '%2e%2e%2fsecret', 'A' * 16, '0' * 16):
    for path in ('/api/pictures/{}.png', '/api/references/{}.jpg', '/api/pages/{}/lines.png'):
      answer = client.get(path.format(wrong))
      assert answer.status_code in (400, 404), path
      assert answer.headers['content-type'] == 'application/json'
    assert client.get(f'/api/export?page={wrong}').status_code == 400


def test_rule_8_what_was_sent_is_never_served(app, client, tmp_path):
  payload = b'<script>alert(1)</script>'
  out, info = io.BytesIO(), PngImagePlugin.PngInfo()
  info.add_text('Comment', payload.decode())
  Image.fromarray(np.full((40, 40, 3), 255, np.uint8)).save(out, 'PNG', pnginfo=info)
  page = opened(client, out.getvalue() + payload)['current']
  reference = client.put('/api/references?name=r.png', content=out.getvalue() + payload).json()
  urls = [f'/api/pages/{page}/lines.png', f'/api/pages/{page}/thumb.jpg']
  urls.append(f'/api/references/{reference["id"]}.jpg')
  for url in urls:
    answer = client.get(url)
    assert answer.status_code == 200 and payload not in answer.content
    assert answer.headers['content-type'].startswith('image/')
  for folder, _, files in os.walk(tmp_path):
    for file in files:
      with open(os.path.join(folder, file), 'rb') as found:
        assert payload not in found.read()
  for data in (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', b'<html></html>'):
    for name in ('a.svg', 'a.html', 'a.png', 'a.webp'):
      assert one_sentence(refused(client, data, name))
      assert client.put(f'/api/references?name={name}', content=data).status_code == 400


def test_rule_11_errors_name_no_place(app, client, tmp_path, monkeypatch):
  page = opened(client)['current']
  client = browser(app, enter=False).__class__(
    app, base_url=ORIGIN, headers=HEADERS, cookies=client.cookies, raise_server_exceptions=False
  )
  os.remove(session_of(app).store.path('pages', page, '.png'))
  app.studio.coloring._pictures.clear()
  answers = [
    client.get(f'/api/pages/{page}/lines.png'),
    client.get('/api/export?format=png'),
    client.get('/api/export?format=cbz'),
    client.get('/api/export?format=exe'),
    client.get('/api/pictures/0123456789abcdef.png?w=much'),
    client.post(f'/api/pages/{page}/answer', json={'variants': 0}),
    client.post(f'/api/pages/{page}/suggest', json={'x': None}),
    client.post(f'/api/pages/{page}/suggest', json={'x': 1, 'y': 1}),
    client.put('/api/open?name=a.png', content=b'\x89PNG\r\n\x1a\n damaged'),
    client.put('/api/open?name=a.psd', content=b'8BPS\0\1' + b'\0' * 200),
    client.put('/api/open?name=a.ora', content=archive(('mimetype', b'image/openraster'))),
    client.put('/api/open?name=a.pdf', content=b'%PDF-1.5 damaged'),
  ]

  def fail(*_):
    raise RuntimeError(f'{tmp_path} is secret')

  monkeypatch.setattr(document, 'change', fail)
  answers.append(client.post('/api/changes', json={'seq': 9, 'page': page, 'ops': [dot(3, 3)]}))
  assert answers[-1].status_code == 500
  for answer in answers:
    assert answer.status_code >= 400, answer.url
    sentence = answer.json()['error']
    assert str(tmp_path) not in sentence and 'onepunch_jax/' not in sentence, sentence
    assert '/tmp' not in sentence and one_sentence(sentence), sentence


def test_rule_12_archives_write_nowhere_and_end(client, tmp_path):
  link = zipfile.ZipInfo('escaped_link.png')
  link.external_attr = (stat.S_IFLNK | 0o777) << 16
  out = io.BytesIO()
  with zipfile.ZipFile(out, 'w') as file:
    file.writestr(link, '/etc/passwd')
    for place in ('../', '/', '..\\..\\', 'a/../../../', 'C:/'):
      file.writestr(f'{place}escaped_{ord(place[0])}.png', png())
  found = opened(client, out.getvalue(), 'book.cbz')
  assert 1 <= len(found['pages']) <= 5
  names = [f for _, _, files in os.walk(tmp_path.parent) for f in files]
  assert not [name for name in names if name.startswith('escaped')]
  assert not [p for p in found['pages'] if 'passwd' in json.dumps(p)]
  many = io.BytesIO()
  with zipfile.ZipFile(many, 'w') as file:
    for n in range(100_000):
      file.writestr(f'{n}.txt', b'')
  clock = time.monotonic()
  assert one_sentence(refused(client, many.getvalue(), 'many.cbz'))
  assert time.monotonic() - clock < 60


def test_rule_13_ranges_are_not_served(client):
  many = 'bytes=' + ','.join(f'{n}-{n}' for n in range(0, 4000, 2))
  for path in ('/', '/static/main.js', '/api/document'):
    whole = client.get(path)
    for header in (many, 'bytes=0-0', 'bytes=-1', 'bytes=5-1'):
      answer = client.get(path, headers={'range': header})
      assert answer.status_code == 200 and len(answer.content) == len(whole.content)


@pytest.mark.parametrize(
  'operation',
  (
    {'op': 'page', 'key': 'gap', 'value': 1e9},
    {'op': 'page', 'key': 'gap', 'value': -1},
    {'op': 'page', 'key': 'variant', 'value': 10**9},
    {'op': 'page', 'key': 'tags', 'value': 'x' * 10_000},
    {'op': 'page', 'key': 'references', 'value': ['0' * 16] * 1000},
    {'op': 'palette', 'value': [{'color': '#ffffff'}] * 1000},
    {'op': 'add', 'hint': {'id': 'a', 'color': '#ffffff', 'points': [[1, 1, 1]] * 10_000}},
    {'op': 'add', 'hint': {'id': 'a', 'color': '#ffffff', 'points': [[1, 1, 1e9]]}},
    {'op': 'add', 'hint': {'id': 'a', 'color': '#ffffff', 'points': [[1e12, 1, 1]]}},
    {'op': 'add', 'hint': {'id': 'a', 'color': 'url(x)', 'points': [[1, 1, 1]]}},
    {'op': 'pages', 'pages': [], 'current': None},
  ),
)
def test_rule_13_ranges_of_values_are_limited(tab, operation):
  assert one_sentence(tab.change(operation, status=400)['error'])


def test_rule_14_folders_are_private_and_removable(app, client, tmp_path):
  page = opened(client)['current']
  tab = Tab(client, page)
  tab.change(dot(30, 60))
  tab.answer()
  app.studio.background.flush()
  root = tmp_path / 'sessions'
  (folder,) = [p for p in root.iterdir() if p.is_dir()]
  for place in (root, folder, folder / 'pages', folder / 'answers', folder / 'references'):
    assert stat.S_IMODE(place.stat().st_mode) == 0o700, place
  for file in ('document.json', 'changes.1.jsonl', 'secret', 'answers.json'):
    assert stat.S_IMODE((folder / file).stat().st_mode) == 0o600, file
  key = tmp_path / 'key'
  key.mkdir()
  token = command.token_of(str(key))
  assert command.token_of(str(key)) == token and len(token) >= 32
  assert stat.S_IMODE((key / 'token').stat().st_mode) == 0o600
  assert client.delete('/api/session').json() == {'deleted': True}
  assert not folder.exists() and client.get('/api/document').status_code == 403


def test_rule_15_no_client_reaches_what_is_another_s(app, client):
  page = opened(client)['current']
  tab = Tab(client, page)
  answer = tab.answer()['id']
  reference = client.put('/api/references?name=r.png', content=png()).json()['id']
  other = browser(app)
  for url in (
    f'/api/pages/{page}',
    f'/api/pages/{page}/lines.png',
    f'/api/pages/{page}/thumb.jpg',
    f'/api/pictures/{answer}.png',
    f'/api/references/{reference}.jpg',
    f'/api/export?page={page}',
  ):
    assert client.get(url).status_code == 200, url
    assert other.get(url).status_code == 400, url
  Tab(other, page).change(dot(9, 9), status=400)
  Tab(other, page).answer(status=400)
  own = Tab(other, opened(other)['current'])
  own.change({'op': 'page', 'key': 'references', 'value': [reference]}, status=400)
  assert client.get(f'/api/pages/{page}').json()['hints'] == []
