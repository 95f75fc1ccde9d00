"""What the studio must do, by the rows of its design, as far as it needs no browser."""

import io
import json
import zipfile

import numpy as np
from PIL import Image

from tests.studio.conftest import Tab, browser, dot, ids, opened, png

LEFT, UPPER, LOWER = (30, 60), (70, 25), (70, 70)  # the rooms of the drawing, (x, y)


def at(picture, place):
  return tuple(int(v) for v in picture[place[1], place[0]])


def test_row_2_a_wrong_file_is_one_sentence_and_the_page_lives_on(client):
  before = opened(client)
  for name, data in (('page.png', b'no picture'), ('page.svg', b'<svg/>'), ('page.png', b'')):
    answer = client.put(f'/api/open?name={name}', content=data)
    assert answer.status_code == 400
    assert answer.json()['error'].count('.') >= 1 and '/' not in answer.json()['error']
  assert ids(client.get('/api/document').json()) == ids(before)


def test_row_2_pictures_books_and_documents_open(client):
  book = io.BytesIO()
  with zipfile.ZipFile(book, 'w') as file:
    for n in range(3):
      file.writestr(f'{n}.png', png())
    file.writestr('3.png', b'damaged')
  found = opened(client, book.getvalue(), 'book.cbz')
  assert len(found['pages']) == 3 and len(found['notes']) == 1
  jpeg = io.BytesIO()
  Image.open(io.BytesIO(png())).save(jpeg, 'WEBP', lossless=True)
  found = opened(client, jpeg.getvalue(), 'page.webp', add=True)
  assert len(found['pages']) == 4 and found['current'] == found['pages'][0]['id']


def test_row_4_a_hint_holds_and_an_older_answer_is_not_shown_again(tab):
  first = tab.answer()
  tab.change(dot(*LEFT))
  second = tab.answer()
  assert second['id'] != first['id'] and second['seq'] > first['seq']
  assert at(tab.picture(second['id']), LEFT) == (0xC8, 0x1E, 0x1E)


def test_row_6_a_dot_moves_changes_colour_and_goes(tab):
  tab.change(dot(*LEFT))
  name = f'h{LEFT[0]}-{LEFT[1]}'
  tab.change({'op': 'set', 'id': name, 'points': [[*UPPER, 4]], 'color': '#1e1ec8'})
  assert at(tab.picture(tab.answer()['id']), UPPER) == (0x1E, 0x1E, 0xC8)
  page = tab.change({'op': 'remove', 'id': name})
  assert page['hints'] == []
  assert 'no such hint' in tab.change({'op': 'remove', 'id': name}, status=400)['error']


def test_row_7_and_8_suggestions_and_places(tab):
  found = tab.client.post(f'/api/pages/{tab.page}/suggest', json=dict(zip('xy', LEFT))).json()
  colors = [c['color'] for c in found['colors']]
  assert 1 <= len(colors) <= 9 and len(set(colors)) == len(colors)
  outside = tab.client.post(f'/api/pages/{tab.page}/suggest', json={'x': 999, 'y': 0})
  assert outside.status_code == 400 and 'outside' in outside.json()['error']
  places = tab.client.post(f'/api/pages/{tab.page}/next', json={}).json()['places']
  assert all(0 <= p['x'] < 96 and 0 <= p['y'] < 96 for p in places)


def test_row_10_everything_is_undone_and_done_again_also_after_a_restart(app, tab):
  start = tab.client.get('/api/document').json()
  tab.change(dot(*LEFT))
  tab.change({'op': 'page', 'key': 'tags', 'value': 'blue hair'}, label='tags')
  tab.change({'op': 'palette', 'value': [{'name': 'hair', 'color': '#123456'}]}, label='palette')
  tab.change({'op': 'page', 'key': 'variant', 'value': 2}, label='variant')
  end = tab.client.get(f'/api/pages/{tab.page}').json()
  assert end['undo'] == 'variant' and end['redo'] is None
  app.studio.sessions._open.clear()  # as after a restart
  for label in ('variant', 'palette', 'tags', 'dot'):
    assert tab.step('undo')['label'] == label
  middle = tab.client.get('/api/document').json()
  assert middle['palette'] == start['palette'] and middle['undo'].startswith('open')
  for _ in range(4):
    tab.step('redo')
  again = tab.client.get(f'/api/pages/{tab.page}').json()
  assert again == end


def test_row_10_a_refused_change_leaves_nothing_behind(tab):
  before = tab.client.get(f'/api/pages/{tab.page}').json()
  bad = {'op': 'set', 'id': 'nobody', 'color': '#ffffff'}
  tab.change(dot(*LEFT), bad, status=400)
  assert tab.client.get(f'/api/pages/{tab.page}').json() == before


def test_row_10_a_change_that_comes_twice_is_made_once(tab):
  tab.change(dot(*LEFT))
  tab.number -= 1  # the connection was lost before the answer came
  assert len(tab.change(dot(*UPPER))['hints']) == 1


def test_row_13_variants_differ_and_the_same_one_has_the_same_bytes(tab):
  one, two = tab.answer(variants=4), tab.answer(variants=4)
  assert len(one['variants']) == 4 and one['variants'] == two['variants']
  assert len(set(one['variants'])) == 4
  tab.change({'op': 'page', 'key': 'pinned', 'value': 2})
  assert tab.answer()['id'] == one['variants'][2]


def test_row_15_tags_are_completed_and_references_belong_to_the_page(tab):
  assert tab.client.get('/api/tags?q=hair').json()['tags'] == ['blue hair', 'red hair']
  unknown = tab.client.get('/api/tags?q=blue haar').json()
  assert unknown['tags'] == [] and 'blue hair' in unknown['nearest']
  found = tab.client.put('/api/references?name=hero.png', content=png()).json()
  page = tab.change({'op': 'page', 'key': 'references', 'value': [found['id']]})
  assert page['references'] == [{'id': found['id'], 'name': 'hero.png'}]
  tab.answer()
  small = tab.client.get(f'/api/references/{found["id"]}.jpg')
  assert small.headers['content-type'] == 'image/jpeg'
  tab.change({'op': 'page', 'key': 'references', 'value': ['f' * 16]}, status=400)


def test_row_16_a_swatch_repaints_without_the_net(app, tab):
  tab.change(dot(*LEFT))
  before = tab.answer()['id']
  app.studio.painter.submit = None  # no net from here on
  swatch = {'name': 'coat', 'color': '#00ff00', 'source': '#c81e1e', 'locked': True}
  page = tab.change({'op': 'palette', 'value': [swatch]})
  assert page['answer']['id'] != before
  assert at(tab.picture(page['answer']['id']), LEFT) == (0, 255, 0)


def test_row_16_palettes_go_out_and_come_in(tab):
  swatches = [
    {'name': 'Haar groß', 'color': '#123456'},
    {'name': 'skin', 'color': '#ffddcc', 'locked': True},
  ]
  tab.change({'op': 'palette', 'value': swatches})
  for form in ('json', 'gpl', 'ase', 'aco'):
    file = tab.client.get(f'/api/palette.{form}')
    assert 'attachment' in file.headers['content-disposition']
    found = tab.client.put(f'/api/palette?name=p.{form}', content=file.content).json()['palette']
    assert [(s['name'], s['color']) for s in found] == [
      ('Haar groß', '#123456'),
      ('skin', '#ffddcc'),
    ], form
  wrong = tab.client.put('/api/palette?name=p.ase', content=b'ASEF\0\1')
  assert wrong.status_code == 400 and 'p.ase' in wrong.json()['error']


def test_row_17_regions_split_join_and_stay_white(tab):
  cut = {'id': 'c', 'use': 'split', 'color': None, 'points': [[8, 40, 2], [48, 40, 2]]}
  tab.change({'op': 'add', 'hint': cut}, dot(30, 20), dot(30, 70, '#1e1ec8'))
  picture = tab.picture(tab.answer()['id'])
  assert at(picture, (30, 20)) == (0xC8, 0x1E, 0x1E) and at(picture, (30, 70)) == (0x1E, 0x1E, 0xC8)
  tab.change({'op': 'remove', 'id': 'c'}, {'op': 'remove', 'id': 'h30-70'})
  join = {'id': 'j', 'use': 'join', 'color': None, 'points': [[30, 60, 2], [70, 70, 2]]}
  tab.change({'op': 'add', 'hint': join})
  assert at(tab.picture(tab.answer()['id']), LOWER) == (0xC8, 0x1E, 0x1E)
  tab.change(dot(*UPPER, use='white'))
  assert at(tab.picture(tab.answer()['id']), UPPER) == (255, 255, 255)
  page = tab.change({'op': 'page', 'key': 'gap', 'value': 6.0})
  assert page['gap'] == 6.0 and tab.answer()['ms'] > 0


def test_row_18_what_is_exported_opens_again_with_its_hints(tab):
  tab.change(dot(*LEFT), dot(*UPPER, '#1e1ec8'))
  tab.answer()
  page = tab.client.get('/api/export?format=png')
  picture = np.asarray(Image.open(io.BytesIO(page.content)))
  assert at(picture, LEFT) == (0xC8, 0x1E, 0x1E) and at(picture, (8, 40)) == (0, 0, 0)  # its ink
  for form in ('ora', 'psd'):
    file = tab.client.get(f'/api/export?format={form}').content
    other = browser(tab.client.app)
    found = opened(other, file, f'page.{form}')
    again = other.get(f'/api/pages/{found["current"]}').json()
    hints = {h['color']: h['points'][0][:2] for h in again['hints']}
    assert set(hints) == {'#c81e1e', '#1e1ec8'}
    np.testing.assert_allclose(hints['#c81e1e'], LEFT, atol=1)
  rows = json.loads(tab.client.get('/api/export?format=hints').content)
  assert {r['color'] for r in rows} == {'#c81e1e', '#1e1ec8'}


def test_row_18_and_19_a_book_is_coloured_page_by_page_and_bound(app, client):
  opened(client)
  opened(client, name='two.png', add=True)
  found = opened(client, name='three.png', add=True)
  ids = [p['id'] for p in found['pages']]
  broken = app.studio.sessions.get(next(iter(app.studio.sessions._open)))
  with open(broken.store.path('pages', ids[1], '.png'), 'wb') as file:
    file.write(b'gone')
  Tab(client, ids[0]).change(dot(*LEFT))
  assert client.post('/api/queue', json={'pages': None}).json() == {'queued': 3}
  for _ in range(600):
    pages = client.get('/api/document').json()['pages']
    if all(p['status'] in ('done', 'failed') for p in pages):
      break
    import time

    time.sleep(0.1)
  assert [p['status'] for p in pages] == ['done', 'failed', 'done']
  assert pages[1]['error'] and '/' not in pages[1]['error']
  session = app.studio.sessions.get(broken.id)
  assert session.looked_at[session.answers[ids[2]]] == [session.answers[ids[0]]]
  thumb = client.get(f'/api/pages/{ids[2]}/thumb.jpg')
  assert Image.open(io.BytesIO(thumb.content)).size == (96, 96)


def test_row_19_a_queue_is_cancelled(app, client):
  opened(client)
  opened(client, name='two.png', add=True)
  held = app.studio.painter
  import threading

  gate = threading.Event()
  held.submit(('x', 'x', 'x'), 0, gate.wait)
  client.post('/api/queue', json={'pages': None})
  left = {p['status'] for p in client.delete('/api/queue').json()['pages']}
  assert 'new' in left and not left & {'queued', 'working'}
  assert not [job for job in held._jobs if job.key[2] == 'page']
  gate.set()


def test_a_stroke_is_one_hint_and_the_document_is_plain_json(app, tab):
  stroke = {'id': 's', 'use': 'color', 'color': '#abc', 'points': [[20, 20, 2], [30, 40, 3]]}
  page = tab.change({'op': 'add', 'hint': stroke})
  assert page['hints'][0]['color'] == '#aabbcc' and page['used'] == ['#aabbcc']
  file = io.BytesIO(tab.client.get('/api/export?format=session').content)
  saved = json.loads(zipfile.ZipFile(file).read('document.json'))
  assert saved['pages'][0]['hints'] == page['hints'] and saved['version'] == 1


def test_row_17_the_same_stroke_splits_or_joins(tab):
  stroke = {'id': 's', 'use': 'split', 'color': None, 'points': [[8, 40, 2], [48, 40, 2]]}
  tab.change({'op': 'add', 'hint': stroke}, dot(30, 20), dot(30, 70, '#1e1ec8'))
  cut = tab.picture(tab.answer()['id'])
  tab.change({'op': 'set', 'id': 's', 'use': 'join'})
  joined = tab.picture(tab.answer()['id'])
  assert at(cut, (44, 38)) == (0xC8, 0x1E, 0x1E) and at(cut, (44, 43)) == (0x1E, 0x1E, 0xC8)
  assert (cut != joined).any()  # which it was not where the split page was found again


def parts(content: bytes) -> list[tuple[str, bytes]]:
  """The parts (kind, bytes) of a stream."""
  found = []
  while content:
    head, _, content = content.partition(b'\n')
    size = json.loads(head)['bytes']
    found.append((json.loads(head)['kind'], content[:size]))
    content = content[size:]
  return found


def test_row_4_a_change_its_answer_and_the_picture_are_one_request(tab):
  body = {'seq': 7, 'page': tab.page, 'label': 'dot', 'ops': [dot(*LEFT)]}
  body['answer'] = {'page': tab.page, 'seq': 70}
  answer = tab.client.post('/api/changes', json=body)
  (_, page), (_, found), (_, picture) = parts(answer.content)
  assert [kind for kind, _ in parts(answer.content)] == ['result', 'answer', 'picture']
  assert len(json.loads(page)['hints']) == 1
  found = json.loads(found)
  assert found['seq'] == 70 and found['stages']['colouring'] >= 0
  rgb = np.asarray(Image.open(io.BytesIO(picture)).convert('RGB'))
  np.testing.assert_array_equal(rgb, tab.picture(found['id']))
  assert at(rgb, LEFT) == (0xC8, 0x1E, 0x1E)
  undone = tab.client.post('/api/undo', json={'seq': 8, 'answer': {'page': tab.page, 'seq': 71}})
  (_, result), (_, found), _ = parts(undone.content)
  assert json.loads(result)['page']['hints'] == [] and json.loads(found)['seq'] == 71
  again = tab.client.post(f'/api/pages/{tab.page}/answer', json={'seq': 9, 'stream': True})
  assert json.loads(dict(parts(again.content))['answer'])['id'] == json.loads(found)['id']
  elsewhere = {**body, 'seq': 10, 'ops': [dot(*UPPER)], 'answer': {'page': 'f' * 16, 'seq': 1}}
  assert len(tab.client.post('/api/changes', json=elsewhere).json()['hints']) == 1


def test_row_4_what_is_wrong_with_an_answer_comes_as_a_part(app, tab):
  store = next(iter(app.studio.sessions._open.values())).store
  app.studio.painter.submit(('', '', ''), 0, int).result()  # the first colours are there
  app.studio.coloring._pictures.clear(), app.studio.coloring._sessions.clear()
  with open(store.path('pages', tab.page, '.png'), 'wb') as file:
    file.write(b'gone')
  body = {'seq': 7, 'page': tab.page, 'label': 'dot', 'ops': [dot(*LEFT)]}
  answer = tab.client.post('/api/changes', json={**body, 'answer': {'page': tab.page, 'seq': 1}})
  kinds = dict(parts(answer.content))
  wrong = json.loads(kinds['error'])
  assert (
    wrong['status'] == 400 and wrong['error'].endswith('.') and store.folder not in wrong['error']
  )
  assert len(json.loads(kinds['result'])['hints']) == 1, 'the change is made all the same'


def test_row_8_looking_for_places_ends_where_a_click_waits(app, tab):
  import threading

  tab.answer()
  painter, gate, begun = app.studio.painter, threading.Event(), threading.Event()

  def look():
    begun.set()
    gate.wait()
    painter.check()
    raise AssertionError('it went on')

  looking = painter.submit(('a', 'b', 'next'), 1, look)
  begun.wait()
  click = painter.submit(('a', 'b', 'answer'), 0, lambda: 'clicked')
  gate.set()
  assert click.result(10) == 'clicked'
  assert type(looking.exception(10)).__name__ == 'Superseded'


def test_row_14_shading_is_of_the_page_and_undone_as_anything(app, tab):
  assert tab.client.get('/api/document').json()['can']['shading'] is True
  tab.change(dot(*LEFT))
  flat = tab.answer()
  before = tab.picture(flat['id'])
  assert flat['flat'] and len(np.unique(before.reshape(-1, 3), axis=0)) < 20
  shown = {}
  for kind in ('cel', 'soft'):
    tab.change({'op': 'page', 'key': 'shading', 'value': kind}, label='shading')
    answer = tab.answer()
    assert answer['id'] == f'{flat["id"]}-{kind}' and answer['ms'] == 0 and not answer['flat']
    shown[kind] = tab.picture(answer['id'])
    assert tab.client.get(f'/api/pages/{tab.page}').json()['answer']['id'] == answer['id']
  assert (shown['cel'] != before).any() and (shown['soft'] != shown['cel']).any()
  paper = (before == 255).all(-1)
  np.testing.assert_array_equal(shown['soft'][paper], before[paper])
  body = {'seq': 90, 'answer': {'page': tab.page, 'seq': 1}}
  stream = dict(parts(tab.client.post('/api/undo', json=body).content))
  rgb = np.asarray(Image.open(io.BytesIO(stream['picture'])).convert('RGB'))
  np.testing.assert_array_equal(rgb, shown['cel'])
  assert tab.client.get('/api/pictures/' + flat['id'] + '-oil.png').status_code == 400


def test_row_18_a_shaded_page_has_shadow_and_light_as_layers(tab):
  tab.change(dot(*LEFT))
  tab.answer()
  plain = tab.client.get('/api/export?format=png').content
  names = {}
  for kind in ('off', 'cel'):
    tab.change({'op': 'page', 'key': 'shading', 'value': kind})
    tab.answer()
    file = zipfile.ZipFile(io.BytesIO(tab.client.get('/api/export?format=ora').content))
    names[kind] = file.read('stack.xml').decode()
  assert 'name="shadows"' in names['cel'] and 'name="light"' in names['cel']
  assert 'shadows' not in names['off'] and 'name="hints"' in names['cel']
  shaded = tab.client.get('/api/export?format=png').content
  assert (
    np.asarray(Image.open(io.BytesIO(plain))) != np.asarray(Image.open(io.BytesIO(shaded)))
  ).any()
