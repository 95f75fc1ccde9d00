"""Dots and strokes: drawn, selected, moved, recoloured, resized, deleted, undone."""

import math

import pytest

from tests.studio.browser.drawings import HEIGHT, ROOMS, WIDTH, rooms

pytestmark = pytest.mark.browser
RED, BLUE = '#d02040', '#2050d0'
MIDDLE = ROOMS['middle']


@pytest.fixture
def drawn(windows):
  """A page of rooms, open and coloured."""
  return windows(pages=[rooms()])


def near(a, b, limit=3):
  return all(abs(x - y) <= limit for x, y in zip(a, b))


def test_click_is_a_dot_and_its_region_has_the_color(drawn):
  """Row 4: click, see the colour; the status line says what it took."""
  drawn.color(RED)
  drawn.click(*MIDDLE)
  drawn.settle()
  (hint,) = drawn.hints
  assert hint['use'] == 'color' and hint['color'] == RED and len(hint['points']) == 1
  assert near(hint['points'][0], MIDDLE, 2)
  assert near(drawn.pixel(100, 400), (0xD0, 0x20, 0x40)), 'far from the dot, in its region'
  assert not near(drawn.pixel(*ROOMS['top left']), (0xD0, 0x20, 0x40))
  drawn.color(BLUE)  # the dot is still selected
  drawn.until(lambda: ' ms' in drawn.message)
  drawn.settle()
  assert drawn.server_page()['hints'] == drawn.hints


def test_a_stroke_is_drawn_without_the_server(drawn, slow):
  """Row 5: the stroke is on the screen in the next frame, whatever the server does."""
  slow(2.0)
  drawn.color(RED)
  start, end = drawn.screen(100, 320), drawn.screen(300, 320)
  drawn.page.mouse.move(*start)
  drawn.page.mouse.down()
  drawn.page.mouse.move(*end, steps=10)
  frame = drawn.page.evaluate(
    """() => new Promise((done) => {
      const begin = performance.now();
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin)));
    })"""
  )
  assert near(drawn.pixel(200, 320, 'overlay'), (0xD0, 0x20, 0x40))
  assert frame < 200, 'two frames; far less where the processor is free'
  drawn.page.mouse.up()
  assert len(drawn.hints) == 1 and len(drawn.hints[0]['points']) >= 2


def test_a_stroke_keeps_its_shape_and_shift_makes_it_straight(drawn):
  drawn.drag((60, 300), (150, 380), (240, 300))
  with drawn.held('Shift'):
    drawn.drag((60, 560), (110, 600), (200, 570))
  drawn.settle()
  curve, straight = drawn.hints
  lowest = max(p[1] for p in curve['points'])
  assert len(curve['points']) >= 3 and abs(lowest - 380) < 4
  assert len(straight['points']) == 2 and near(straight['points'][1], (200, 570), 3)


def test_a_dot_is_dragged_recolored_resized_and_deleted(drawn):
  """Row 6."""
  drawn.color(RED)
  drawn.click(*MIDDLE)
  drawn.settle()
  drawn.drag(MIDDLE, (300, 350))
  drawn.settle()
  assert len(drawn.hints) == 1 and near(drawn.hints[0]['points'][0], (300, 350), 2)
  drawn.color(BLUE)  # the dot is still selected
  drawn.settle()
  assert drawn.hints[0]['color'] == BLUE and near(drawn.pixel(100, 400), (0x20, 0x50, 0xD0))
  radius = drawn.hints[0]['points'][0][2]
  drawn.page.focus('#stage')
  drawn.press(']', ']')
  drawn.settle()
  assert math.isclose(drawn.hints[0]['points'][0][2], radius * 1.44, rel_tol=0.05)
  zoom, ratio = drawn.view()['zoom'], drawn.view()['ratio']
  edge = drawn.hints[0]['points'][0][2] + 4 * ratio / zoom
  drawn.drag((300 + edge, 350), (340, 350))  # the square at its side
  drawn.settle()
  assert abs(drawn.hints[0]['points'][0][2] - 40) < 3
  drawn.press('Delete')
  drawn.settle()
  assert drawn.hints == [] and drawn.server_page()['hints'] == []


def test_right_click_deletes(drawn):
  drawn.click(*MIDDLE)
  drawn.click(*ROOMS['top left'])
  drawn.settle()
  drawn.click(*MIDDLE, button='right')
  drawn.settle()
  (left,) = drawn.hints
  assert near(left['points'][0], ROOMS['top left'], 2)


def test_the_eraser_cuts_strokes_and_takes_dots(drawn):
  drawn.drag((40, 320), (440, 320))
  drawn.click(*ROOMS['top right'])
  drawn.settle()
  drawn.press('e')
  drawn.drag((240, 280), (240, 360))
  drawn.settle()
  parts = [h for h in drawn.hints if len(h['points']) > 1]
  assert len(parts) == 2 and len(drawn.hints) == 3
  drawn.click(*ROOMS['top right'])
  drawn.settle()
  assert len(drawn.hints) == 2
  drawn.press('Control+z', 'Control+z')
  drawn.settle()
  assert len(drawn.hints) == 2 and max(len(h['points']) for h in drawn.hints) >= 2
  assert {len(h['points']) for h in drawn.hints} == {1, 2}


def test_undo_and_redo_of_everything_survive_a_reload(drawn):
  """Row 10: hints, tags, variant, gap; then a reload; then back to the beginning."""
  drawn.color(RED)
  drawn.click(*MIDDLE)
  drawn.settle()
  drawn.click(*ROOMS['top left'])
  drawn.settle()
  drawn.press('Shift+2')
  drawn.settle()
  assert drawn.state('page')['variant'] == 1
  drawn.press('Control+z')
  drawn.settle()
  assert drawn.state('page')['variant'] == 0 and len(drawn.hints) == 2
  drawn.page.reload()
  drawn.until(lambda: drawn.state('answer'))
  drawn.settle()
  assert len(drawn.hints) == 2 and near(drawn.pixel(100, 400), (0xD0, 0x20, 0x40))
  drawn.page.focus('#stage')
  drawn.press('Control+y')
  drawn.settle()
  assert drawn.state('page')['variant'] == 1
  drawn.press('Control+z', 'Control+z', 'Control+z')
  drawn.settle()
  assert drawn.hints == [] and drawn.server_page()['hints'] == []
  assert not near(drawn.pixel(100, 400), (0xD0, 0x20, 0x40))
  drawn.press('Control+Shift+z', 'Control+y')
  drawn.settle()
  assert len(drawn.hints) == 2
  assert 'Undo' in drawn.page.locator('[data-command=undo]').get_attribute('title')


def test_suggestions_by_key_and_the_next_best_click_by_tab(drawn):
  """Rows 7 and 8."""
  drawn.click(*MIDDLE)
  drawn.settle()
  colors = drawn.until(lambda: drawn.state('suggestions'))
  assert 2 <= len(colors) <= 9 and drawn.page.locator('#nearby button').count() == len(colors)
  drawn.press('2')
  drawn.settle()
  assert drawn.hints[0]['color'] == colors[1]['color'], 'the dot took the second one'
  places = drawn.until(lambda: drawn.state('places'), 'hands rest, but no place is marked')
  drawn.page.focus('#stage')
  drawn.press('Tab')
  drawn.press('Enter')
  drawn.settle()
  assert near(drawn.hints[1]['points'][0], (places[0]['x'], places[0]['y']), 1)


def test_alt_is_the_eyedropper(drawn):
  """Row 9, from the picture; the dot that was selected keeps its colour."""
  drawn.color(RED)
  drawn.click(*MIDDLE)
  drawn.settle()
  drawn.color(BLUE)
  drawn.settle()
  drawn.click(*ROOMS['top left'])
  drawn.settle()
  drawn.color(RED)
  drawn.settle()
  with drawn.held('Alt'):
    drawn.click(100, 400)
  assert drawn.state('color') == BLUE
  assert [h['color'] for h in drawn.hints] == [BLUE, RED] and len(drawn.hints) == 2


def test_places_outside_the_page_are_no_hints(drawn):
  drawn.click(-20, 100)
  drawn.drag((WIDTH - 40, 100), (WIDTH + 30, 100))
  drawn.settle()
  (stroke,) = drawn.hints
  assert all(0 <= x < WIDTH and 0 <= y < HEIGHT for x, y, _ in stroke['points'])
