"""Panels: palette, tags, references, regions, export; the layout."""

import json

import pytest

from tests.studio.browser.drawings import ROOMS, reference, rooms

pytestmark = pytest.mark.browser
RED, BLUE = '#d02040', '#2050d0'


@pytest.fixture
def drawn(windows):
  return windows(pages=[rooms()])


def test_editing_the_palette_recolors_the_page(drawn):
  """Row 16: a swatch of the page's colour is edited, the page follows; locks; undo."""
  drawn.color(RED)
  drawn.click(*ROOMS['middle'])
  drawn.settle()
  drawn.page.get_by_role('button', name='Add current').click()
  drawn.settle()
  (swatch,) = drawn.server('/api/document')['palette']
  assert swatch['color'] == RED
  field = drawn.page.locator('#palette .code')
  field.fill(BLUE)
  field.press('Enter')
  drawn.settle()
  assert drawn.server('/api/document')['palette'][0]['color'] == BLUE
  drawn.until(lambda: drawn.pixel(100, 400) == (0x20, 0x50, 0xD0), 'the page has another colour')
  drawn.page.locator('#palette [aria-label^="Lock"]').click()
  drawn.settle()
  assert drawn.page.locator('#palette .code').is_disabled()
  drawn.page.focus('#stage')
  drawn.press('Control+z', 'Control+z')
  drawn.settle()
  assert drawn.server('/api/document')['palette'][0]['color'] == RED
  assert 'in 0 ms' not in drawn.message
  drawn.until(lambda: drawn.pixel(100, 400) == (0xD0, 0x20, 0x40))


def test_palettes_come_in_and_go_out(drawn):
  data = json.dumps({'hair': '#7a4b2a', 'coat': '#2f6f8f'}).encode()
  drawn.page.set_input_files(
    '#palette input[type=file]',
    {'name': 'series.json', 'mimeType': 'application/json', 'buffer': data},
  )
  drawn.until(lambda: len(drawn.state('document')['palette']) == 2)
  names = [f.input_value() for f in drawn.page.locator('#palette [aria-label^="Name of"]').all()]
  assert names == ['hair', 'coat']
  for kind, start in (('JSON', b''), ('GPL', b'GIMP Palette'), ('ASE', b'ASEF'), ('ACO', b'\0')):
    with drawn.page.expect_download() as download:
      drawn.page.get_by_role('button', name=f'Save the palette as {kind}').click()
    content = open(download.value.path(), 'rb').read()
    assert content.startswith(start) and len(content) > 20
    assert download.value.suggested_filename.endswith(f'.{kind.lower()}')


def test_tags_are_completed_from_the_words_of_the_checkpoint(drawn):
  """Row 15."""
  drawn.fold('tags', False)
  field = drawn.page.get_by_role('combobox', name='Add a tag')
  field.press_sequentially('blue h')
  drawn.page.get_by_role('option', name='blue hair').wait_for()
  field.press('Enter')
  drawn.settle()
  assert drawn.server_page()['tags'] == 'blue hair'
  field.fill('blue hairr')
  drawn.until(lambda: 'nearest' in drawn.page.inner_text('#tags'))
  drawn.page.get_by_role('option', name='blue hair').wait_for()
  field.press('Escape')
  field.fill('')
  drawn.page.get_by_label('Remove blue hair').click()
  drawn.settle()
  assert drawn.server_page()['tags'] == ''


def test_references_are_dropped_picked_from_and_removed(drawn):
  drawn.fold('references', False)
  drawn.drop('#references', ('hero.png', reference()), ('again.png', reference()))
  drawn.until(lambda: len(drawn.server_page()['references']) == 2)
  drawn.settle()
  image = drawn.page.locator('#references img').first
  image.scroll_into_view_if_needed()
  drawn.until(lambda: image.evaluate('(i) => i.naturalWidth') > 0)
  box = image.bounding_box()
  drawn.page.mouse.click(box['x'] + box['width'] * 0.25, box['y'] + box['height'] / 2)
  code = drawn.state('color')
  rgb = [int(code[n : n + 2], 16) for n in (1, 3, 5)]
  assert max(abs(a - b) for a, b in zip(rgb, (0xCC, 0x22, 0x44))) < 12, code
  drawn.page.get_by_label('Remove reference hero.png').click()
  drawn.settle()
  assert len(drawn.server_page()['references']) == 1
  drawn.drop('#references', ('notes.txt', b'no picture'))
  drawn.until(lambda: drawn.alert)
  assert len(drawn.server_page()['references']) == 1
  drawn.forgive('status of 400')


def test_regions_are_split_joined_and_kept(drawn):
  """Row 17."""
  drawn.fold('regions', False)
  drawn.press('s')
  drawn.drag((20, 320), (460, 320))
  drawn.press('j')
  drawn.drag((220, 100), (260, 100))
  drawn.press('w')
  drawn.click(*ROOMS['bottom left'])
  drawn.press('k')
  drawn.click(*ROOMS['bottom right'])
  drawn.settle()
  assert [h['use'] for h in drawn.server_page()['hints']] == ['split', 'join', 'white', 'keep']
  assert drawn.pixel(80, 600) == (255, 255, 255)
  gap = drawn.page.get_by_role('slider', name='Close gaps up to')
  gap.focus()
  for _ in range(3):
    gap.press('ArrowRight')
  drawn.settle()
  assert drawn.server_page()['gap'] == float(gap.input_value())
  drawn.page.get_by_label('Choose the gap by itself').check()
  drawn.settle()
  assert drawn.server_page()['gap'] is None


@pytest.mark.parametrize('kind', ['png', 'psd', 'ora'])
def test_export_menu(drawn, kind):
  """Row 18, as far as the browser goes: the file arrives under its name."""
  drawn.page.get_by_role('button', name='Export').click()
  with drawn.page.expect_download() as download:
    drawn.page.locator(f'#export [data-format={kind}]').click()
  assert download.value.suggested_filename == f'page 1.{kind}'
  start = {'png': b'\x89PNG', 'psd': b'8BPS', 'ora': b'PK'}[kind]
  assert open(download.value.path(), 'rb').read().startswith(start)
  assert not drawn.page.locator('#export').evaluate("(m) => m.matches(':popover-open')")


def test_the_layout_is_remembered(drawn):
  drawn.fold('tags', False)
  drawn.fold('palette')
  drawn.page.get_by_role('button', name='Light or dark').click()
  drawn.press('\\')
  drawn.page.reload()
  drawn.until(lambda: drawn.state('answer'))
  opened = '(id) => document.getElementById(id).open'
  assert drawn.page.evaluate(opened, 'panel-tags')
  assert not drawn.page.evaluate(opened, 'panel-palette')
  assert not drawn.page.is_visible('#panels')
  assert drawn.page.evaluate('() => document.documentElement.dataset.theme') == 'light'


def test_the_list_of_shortcuts_is_complete(drawn):
  drawn.page.focus('#stage')
  drawn.press('?')
  shown = drawn.page.inner_text('#help')
  titles = drawn.page.evaluate(
    """async () => Object.values((await import('/static/commands.js')).COMMANDS)
      .filter((c) => c[1].length).map((c) => c[0])"""
  )
  assert len(titles) > 25 and all(t in shown for t in titles)
  drawn.press('Escape')
  assert not drawn.page.locator('#help').evaluate("(m) => m.matches(':popover-open')")


def test_shading_by_the_panel_and_by_key(drawn):
  """Row 14: flat, cel or soft; one step of undo; the flat colours are what is picked."""
  drawn.fold('shading', False)
  panel = drawn.page.locator('#shading')
  flat = drawn.pixels()
  panel.get_by_role('button', name='Cel').click()
  drawn.settle()
  cel = drawn.pixels()
  assert (cel != flat).any() and drawn.server_page()['shading'] == 'cel'
  panel.get_by_role('button', name='Soft').click()
  drawn.settle()
  assert (drawn.pixels() != cel).any()
  assert panel.get_by_role('button', name='Soft').get_attribute('aria-pressed') == 'true'
  drawn.page.focus('#stage')
  drawn.press('f')
  drawn.settle()
  assert drawn.server_page()['shading'] == 'off' and (drawn.pixels() == flat).all()
  drawn.press('Control+z', 'Control+z')
  drawn.settle()
  assert drawn.server_page()['shading'] == 'cel' and (drawn.pixels() == cel).all()


def test_dots_follow_a_swatch_that_is_edited(drawn):
  """Row 16: what is on the page and the dot that asked for it have one colour."""
  drawn.color('#d02040')
  drawn.click(*ROOMS['middle'])
  drawn.settle()
  drawn.press('Escape')
  drawn.page.locator('#palette').get_by_role('button', name='Add current').click()
  drawn.settle()
  field = drawn.page.locator('#palette .code')
  field.fill('#2f8f6f')
  field.press('Enter')
  drawn.settle()
  near = [abs(a - b) for a, b in zip(drawn.pixel(*ROOMS['middle'], 'overlay'), (0x2F, 0x8F, 0x6F))]
  assert max(near) <= 3 and drawn.hints[0]['color'] == '#d02040', 'undo brings the old one back'
  drawn.page.focus('#stage')
  drawn.press('Control+z')
  drawn.settle()
  near = [abs(a - b) for a, b in zip(drawn.pixel(*ROOMS['middle'], 'overlay'), (0xD0, 0x20, 0x40))]
  assert max(near) <= 3
