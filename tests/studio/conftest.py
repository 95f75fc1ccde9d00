"""A studio in this process, with a checkpoint that colours by regions and has learned nothing."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

pytest.importorskip('starlette')

from starlette.testclient import TestClient

from onepunch_jax.studio.server import create_app
from tests.pages.test_session import page as drawing

HOST, TOKEN = '127.0.0.1:8765', 'a-key-that-nobody-guesses'
ORIGIN = f'http://{HOST}'
HEADERS = {'origin': ORIGIN, 'x-studio': '1'}


@pytest.fixture
def app(colorizer, tmp_path):
  """The application over a fresh folder."""
  made = create_app(
    str(tmp_path / 'sessions'), colorizer, token=TOKEN, hosts=(HOST,), checkpoint='tiny'
  )
  yield made
  made.studio.close()


def browser(app, enter=True) -> TestClient:
  """A browser of its own, with a session where `enter`."""
  client = TestClient(app, base_url=ORIGIN, headers=HEADERS)
  if enter:
    assert client.get(f'/?token={TOKEN}', follow_redirects=False).status_code == 303
  return client


@pytest.fixture
def client(app):
  """A browser with a session."""
  return browser(app)


def png(rgb=None) -> bytes:
  """A picture as a file; by default line art of three rooms."""
  out = io.BytesIO()
  Image.fromarray(drawing() if rgb is None else rgb).save(out, 'PNG')
  return out.getvalue()


def opened(client, data=None, name='page.png', add=False) -> dict:
  """The document after a file was opened."""
  answer = client.put(f'/api/open?name={name}{"&add=1" if add else ""}', content=data or png())
  assert answer.status_code == 200, answer.text
  return answer.json()


def ids(document) -> list[str]:
  """Of the pages of a document, in their order."""
  return [page['id'] for page in document['pages']]


def dot(x, y, color='#c81e1e', radius=4, use='color', name='h') -> dict:
  """The operation that adds a dot."""
  color = color if use == 'color' else None
  hint = {'id': f'{name}{x}-{y}', 'use': use, 'color': color, 'points': [[x, y, radius]]}
  return {'op': 'add', 'hint': hint}


def archive(*members) -> bytes:
  """A ZIP of (name, bytes)."""
  out = io.BytesIO()
  with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as file:
    for name, data in members:
      file.writestr(name, data)
  return out.getvalue()


def refused(client, data, name) -> str:
  """The sentence with which a file is refused."""
  answer = client.put(f'/api/open?name={name}', content=data)
  assert 400 <= answer.status_code < 500, answer.text
  return answer.json()['error']


def one_sentence(text: str) -> bool:
  """Whether it is one sentence for a person."""
  return text.endswith('.') and '\n' not in text and 'Traceback' not in text and len(text) < 500


class Tab:
  """A tab of a browser, which numbers its changes."""

  def __init__(self, client, page_id):
    self.client, self.page, self.number = client, page_id, 0

  def change(self, *operations, status=200, label='dot') -> dict:
    self.number += 1
    body = {'seq': self.number, 'page': self.page, 'label': label, 'ops': list(operations)}
    answer = self.client.post('/api/changes', json=body)
    assert answer.status_code == status, answer.text
    return answer.json()

  def step(self, which) -> dict:
    self.number += 1
    return self.client.post(f'/api/{which}', json={'seq': self.number}).json()

  def answer(self, variants=1, status=200) -> dict:
    self.number += 1
    body = {'seq': self.number, 'variants': variants}
    answer = self.client.post(f'/api/pages/{self.page}/answer', json=body)
    assert answer.status_code == status, answer.text
    return answer.json()

  def picture(self, name) -> np.ndarray:
    answer = self.client.get(f'/api/pictures/{name}.png')
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert('RGB'))


@pytest.fixture
def tab(client) -> Tab:
  """A tab with a page open."""
  return Tab(client, opened(client)['current'])
