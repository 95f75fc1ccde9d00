"""Changes are lines that are added; made again they give the same document."""

import json
import threading

import pytest

from onepunch_jax.studio import sessions
from onepunch_jax.studio.background import Background
from onepunch_jax.studio.sessions import Sessions
from tests.studio.conftest import Tab, dot, opened


@pytest.fixture
def background():
  made = Background(delay=60)
  yield made
  made.close()


def again(root, session) -> dict:
  """The document as a server finds it that starts now."""
  background = Background()
  found = Sessions(str(root), background).get(session.id).document
  background.close()
  return found


def test_a_restart_finds_every_change_and_the_whole_history(app, tab, tmp_path):
  session = next(iter(app.studio.sessions._open.values()))
  tab.change(dot(30, 60))
  tab.change({'op': 'palette', 'value': [{'name': 'hair', 'color': '#123456'}]})
  tab.change({'op': 'page', 'key': 'tags', 'value': 'blue hair'})
  tab.step('undo'), tab.step('undo'), tab.step('redo')
  assert session.document['palette'][0]['id'], 'made by the server, and the same after a restart'
  assert again(tmp_path / 'sessions', session) == session.document
  session.save()
  assert again(tmp_path / 'sessions', session) == session.document
  assert not list((tmp_path / 'sessions' / session.id).glob('changes.*'))
  tab.change(dot(70, 25))
  assert again(tmp_path / 'sessions', session) == session.document


def test_a_line_that_was_cut_off_is_none_and_the_next_ones_count(app, tab, tmp_path):
  session = next(iter(app.studio.sessions._open.values()))
  tab.change(dot(30, 60))
  (path,) = (tmp_path / 'sessions' / session.id).glob('changes.*')
  whole = path.read_bytes()
  path.write_bytes(whole + whole[:20])
  found = Sessions(str(tmp_path / 'sessions'), app.studio.background).get(session.id)
  assert found.document == session.document and path.read_bytes() == whole
  hint = dot(70, 25)
  found.change(99, tab.page, 'dot', [hint])
  assert again(tmp_path / 'sessions', session)['pages'][0]['hints'][-1] == hint['hint']


def test_a_long_journal_is_written_into_the_document(app, tab, tmp_path, monkeypatch):
  monkeypatch.setattr(sessions, 'JOURNAL', 500)
  session = next(iter(app.studio.sessions._open.values()))
  for n in range(8):
    tab.change(dot(10 + n, 60))
  app.studio.background.flush()
  assert not list((tmp_path / 'sessions' / session.id).glob('changes.*'))
  saved = json.loads((tmp_path / 'sessions' / session.id / 'document.json').read_text())
  assert len(saved['pages'][0]['hints']) == 8
  assert again(tmp_path / 'sessions', session) == session.document


def test_an_answer_is_there_at_once_and_on_disk_soon(app, tab, tmp_path):
  session = next(iter(app.studio.sessions._open.values()))
  name = tab.answer()['id'].partition('-')[0]
  assert tab.picture(tab.answer()['id']).shape == (96, 96, 3)
  app.studio.background.flush()
  assert (tmp_path / 'sessions' / session.id / 'answers' / f'{name}.npz').exists()
  app.studio.coloring.answers._recent.clear()
  found = Tab(tab.client, tab.page)
  found.number = tab.number
  assert found.answer()['ms'] == 0, 'found, not made again'


def test_an_answer_that_was_not_written_yet_is_made_again(app, tab, tmp_path):
  session = next(iter(app.studio.sessions._open.values()))
  name = tab.answer()['id'].partition('-')[0]
  app.studio.background.flush()
  (tmp_path / 'sessions' / session.id / 'answers' / f'{name}.npz').unlink()  # as if killed before
  found = Sessions(str(tmp_path / 'sessions'), app.studio.background).get(session.id)
  assert found.answers == {}


def test_of_one_key_the_newest_work_is_done_in_its_turn(background):
  done = []
  background.later('a', lambda: done.append('old'))
  background.later('b', lambda: done.append('b'))
  background.later('a', lambda: done.append('new'))
  background.later('bad', lambda: 1 / 0)
  background.later('last', lambda: done.append('last'))
  assert done == []
  background.flush()
  assert done == ['new', 'b', 'last'], 'one that fails ends nothing'


def test_who_brings_too_much_waits():
  background = Background(delay=0.1, most=1)
  gate = threading.Event()
  background.later('a', gate.wait)
  other = threading.Thread(target=lambda: [background.later(n, int) for n in range(3)])
  other.start()
  other.join(0.3)
  assert other.is_alive()
  gate.set()
  other.join(10)
  assert not other.is_alive()
  background.close()


def test_a_deleted_session_is_not_written_again(app, client, tmp_path):
  Tab(client, opened(client)['current']).answer()
  assert client.delete('/api/session', headers={}).status_code == 200
  app.studio.background.flush()
  assert [p for p in (tmp_path / 'sessions').iterdir() if p.is_dir()] == []
