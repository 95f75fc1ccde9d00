"""Row 18: what goes out is read by other readers, and by the studio itself."""

import io
import json
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from onepunch_jax.pages.hints import Hints
from tests.studio.conftest import Tab, browser, dot, drawing, ids, opened, png

LEFT, UPPER, LOWER = (30, 60), (70, 25), (70, 70)


@pytest.fixture
def colored(tab):
  """A tab with a page in colour, two dots on it."""
  tab.change(dot(*LEFT), dot(*UPPER, '#1e1ec8'))
  tab.answer()
  return tab


def exported(tab, form) -> bytes:
  answer = tab.client.get(f'/api/export?format={form}&page={tab.page}')
  assert answer.status_code == 200, answer.text
  return answer.content


def test_row_18_pictures_are_the_same_page_and_ink_stays(colored):
  pages = [
    np.asarray(Image.open(io.BytesIO(exported(colored, f)))) for f in ('png', 'webp', 'tiff')
  ]
  for page in pages:
    np.testing.assert_array_equal(page, pages[0])
  ink = drawing()[..., 0] == 0
  assert not pages[0][ink].any()  # black stays black: dL 0
  assert tuple(pages[0][LEFT[::-1]]) == (0xC8, 0x1E, 0x1E)


def test_row_18_psd_by_another_reader(colored):
  psd_tools = pytest.importorskip('psd_tools')
  document = psd_tools.PSDImage.open(io.BytesIO(exported(colored, 'psd')))
  names = [layer.name for layer in document]
  assert names[0] == 'paper' and {'flats', 'lines', 'hints'} <= set(names)
  hints = next(layer for layer in document if layer.name == 'hints')
  assert not hints.visible
  page = np.asarray(Image.open(io.BytesIO(exported(colored, 'png'))))
  merged = np.asarray(document.composite(force=True).convert('RGB')).astype(int)
  assert np.abs(merged - page).max() <= 2


def test_row_18_ora_by_its_specification(colored):
  with zipfile.ZipFile(io.BytesIO(exported(colored, 'ora'))) as book:
    first = book.infolist()[0]
    assert (first.filename, first.compress_type) == ('mimetype', zipfile.ZIP_STORED)
    assert book.read('mimetype') == b'image/openraster'
    root = ElementTree.fromstring(book.read('stack.xml'))
    layers = {node.get('name'): node for node in root.iter('layer')}
    assert {'paper', 'flats', 'lines', 'hints'} <= set(layers)
    assert layers['hints'].get('visibility') == 'hidden'
    page = np.asarray(Image.open(io.BytesIO(exported(colored, 'png'))))
    merged = np.asarray(Image.open(book.open('mergedimage.png')).convert('RGB'))
    np.testing.assert_array_equal(merged, page)
    dots = np.asarray(Image.open(book.open(layers['hints'].get('src'))))
  assert {tuple(c) for c in dots[dots[..., 3] > 0][:, :3].tolist()} == {
    (0xC8, 0x1E, 0x1E),
    (0x1E, 0x1E, 0xC8),
  }


@pytest.mark.parametrize('form', ('ora', 'psd'))
def test_row_18_layers_open_again_as_the_page_with_its_hints(colored, form):
  other = browser(colored.client.app)
  document = opened(other, exported(colored, form), f'again.{form}')
  again = Tab(other, document['current'])
  lines = other.get(f'/api/pages/{again.page}/lines.png').content
  found = np.asarray(Image.open(io.BytesIO(lines)).convert('RGB')).astype(int)
  assert np.abs(found - drawing()).max() <= 2  # the drawing, not the coloured page
  picture = again.picture(again.answer()['id'])
  before = colored.picture(colored.answer()['id'])
  for x, y in (LEFT, UPPER):
    np.testing.assert_array_equal(picture[y, x], before[y, x])


def test_row_18_books_hold_all_pages(colored):
  opened(colored.client, name='two.png', add=True)
  pdf = pytest.importorskip('pypdfium2').PdfDocument(exported(colored, 'pdf'))
  assert len(pdf) == 2
  with zipfile.ZipFile(io.BytesIO(exported(colored, 'cbz'))) as book:
    assert sorted(book.namelist()) == ['0001.hints.json', '0001.png', '0002.png']
    page = np.asarray(Image.open(book.open('0001.png')))
    assert len(json.loads(book.read('0001.hints.json'))) == 2
  np.testing.assert_array_equal(page, Image.open(io.BytesIO(exported(colored, 'png'))))


def test_row_18_a_saved_session_goes_on_elsewhere(colored):
  client = colored.client
  reference = client.put('/api/references?name=hero.png', content=png()).json()['id']
  colored.change({'op': 'page', 'key': 'references', 'value': [reference]})
  colored.change({'op': 'page', 'key': 'tags', 'value': 'blue hair'})
  colored.change({'op': 'palette', 'value': [{'name': 'x', 'color': '#123456', 'locked': True}]})
  cut = {'id': 'c', 'use': 'split', 'points': [[8, 40, 2], [48, 40, 2]]}
  colored.change({'op': 'add', 'hint': cut}, {'op': 'page', 'key': 'variant', 'value': 2})
  opened(client, name='two.png', add=True)
  saved = exported(colored, 'session')
  before = client.get(f'/api/pages/{colored.page}').json()
  other = browser(client.app)
  document = opened(other, saved, 'mine.onepunch.zip')
  assert [p['name'] for p in document['pages']] == ['page.png', 'two.png']
  assert document['palette'][0]['color'] == '#123456' and document['palette'][0]['locked']
  after = other.get(f'/api/pages/{document["current"]}').json()
  for key in ('hints', 'tags', 'variant', 'pinned', 'gap', 'width', 'height', 'name'):
    assert after[key] == before[key], key
  assert [r['name'] for r in after['references']] == ['hero.png']
  assert after['id'] != before['id']
  Tab(other, after['id']).answer()
  assert other.post('/api/undo', json={'seq': 99}).json()['document']['pages'] == []


def forged(document, *pictures) -> bytes:
  out = io.BytesIO()
  with zipfile.ZipFile(out, 'w') as file:
    file.writestr('mimetype', b'application/x-onepunch-studio')
    file.writestr('document.json', document if isinstance(document, str) else json.dumps(document))
    for name in pictures:
      file.writestr(name, png())
  return out.getvalue()


def test_row_18_a_forged_session_brings_nothing_that_a_browser_may_not(client):
  bad = {'id': 'x', 'use': 'color', 'color': '#ffffff', 'points': [[1, 1, 1e9]]}
  good = {'id': 'y', 'use': 'color', 'color': '#ffffff', 'points': [[1, 1, 1]]}
  page = {'id': 'a', 'name': '../../evil', 'width': 10**9, 'hints': [bad, good, 7], 'gap': 1e9}
  page |= {'tags': ['x'], 'references': ['secret'], 'variant': 'x', 'pinned': -1, 'error': 'boo'}
  saved = {'version': 1, 'current': '../secret', 'pages': [page], 'references': {}, 'palette': []}
  saved['undo'] = [{'label': 'x', 'page': 'a', 'do': [], 'undo': [{'op': 'pages', 'pages': []}]}]
  document = opened(client, forged(saved, 'pages/a.png'), 'forged.zip')
  found = client.get(f'/api/pages/{document["current"]}').json()
  assert (found['name'], found['width'], found['height']) == ('evil', 96, 96)
  assert [h['id'] for h in found['hints']] == ['y'] and found['gap'] is None
  assert found['tags'] == '' and found['references'] == [] and found['error'] is None
  assert found['undo'] == 'open forged.zip'
  for wrong in ('{', '[]', '{}', {'version': 9, 'pages': []}, {'version': 1, 'pages': [7]}):
    answer = client.put('/api/open?name=f.zip', content=forged(wrong))
    assert answer.status_code == 400 and 'f.zip' in answer.json()['error']
  assert ids(client.get('/api/document').json()) == ids(document)


def test_hints_go_out_as_a_picture_that_the_command_line_reads(tab, tmp_path):
  tab.change(dot(30, 60), dot(70, 25, '#1e1ec8'))
  answer = tab.client.get('/api/export?format=dots')
  assert 'page.hints.png' in answer.headers['content-disposition']
  path = tmp_path / 'page.hints.png'
  path.write_bytes(answer.content)
  hints = Hints.read(path, (96, 96))
  assert tuple(hints.rgba[60, 30]) == (0xC8, 0x1E, 0x1E, 255) and hints.rgba[5, 5, 3] == 0
  assert len(hints.strokes.colors) == 3
