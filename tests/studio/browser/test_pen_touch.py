"""Row 12: pressure, the pen's other end, palms, fingers."""

import pytest

from tests.studio.browser.drawings import ROOMS, rooms

pytestmark = pytest.mark.browser


@pytest.fixture
def tablet(windows):
  return windows(pages=[rooms()], has_touch=True, viewport={'width': 1024, 'height': 768})


def test_pressure_is_the_radius(tablet):
  tablet.pen((60, 320, 0.1), (140, 320, 0.1))
  tablet.pen((60, 360, 0.2), (200, 360, 0.6), (340, 360, 1.0))
  tablet.settle()
  soft, hard = tablet.hints
  assert max(p[2] for p in soft['points']) < 0.5 * max(p[2] for p in hard['points'])
  radii = [p[2] for p in hard['points']]
  assert radii == sorted(radii) and radii[-1] > 2 * radii[0]


def test_the_other_end_erases(tablet):
  tablet.pen((240, 320, 0.5))
  tablet.settle()
  assert len(tablet.hints) == 1 and tablet.state('tool') == 'paint'
  tablet.pen((230, 320, 0.5), (245, 320, 0.5), eraser=True)
  tablet.settle()
  assert tablet.hints == []


def test_palms_are_refused(tablet):
  tablet.finger((240, 320), width=90)
  assert tablet.hints == [], 'wide: a palm'
  tablet.pen((120, 100, 0.5))
  tablet.finger((360, 540), (380, 540))
  tablet.settle()
  assert len(tablet.hints) == 1, 'a touch right after the pen is a palm'


def test_a_finger_draws_and_a_long_press_deletes(tablet):
  place = tablet.screen(*ROOMS['middle'])
  tablet.touches([place])
  tablet.settle()
  assert len(tablet.hints) == 1 and abs(tablet.hints[0]['points'][0][0] - 240) < 2
  tablet.cdp.send(
    'Input.dispatchTouchEvent',
    {'type': 'touchStart', 'touchPoints': [{'x': place[0], 'y': place[1]}]},
  )
  tablet.until(lambda: tablet.hints == [])
  tablet.cdp.send('Input.dispatchTouchEvent', {'type': 'touchEnd', 'touchPoints': []})
  tablet.settle()
  assert tablet.server_page()['hints'] == []


def test_two_fingers_zoom_and_pan(tablet):
  x, y = tablet.screen(*ROOMS['middle'])
  before = tablet.view()['zoom']
  frames = [[(x - 40, y), (x + 40, y)]]
  frames += [[(x - 40 - 8 * n, y), (x + 40 + 8 * n, y)] for n in range(1, 6)]
  tablet.touches(*frames)
  assert 1.7 < tablet.view()['zoom'] / before < 2.3
  assert max(abs(a - b) for a, b in zip(tablet.screen(*ROOMS['middle']), (x, y))) < 6
  before = tablet.screen(*ROOMS['middle'])
  frames = [[(x - 40 + 10 * n, y + 6 * n), (x + 40 + 10 * n, y + 6 * n)] for n in range(6)]
  tablet.touches(*frames)
  after = tablet.screen(*ROOMS['middle'])
  assert abs(after[0] - before[0] - 50) < 8 and abs(after[1] - before[1] - 30) < 8
  assert tablet.hints == [], 'a pinch draws nothing'


def test_controls_are_large_enough_for_fingers(tablet):
  small = tablet.page.evaluate(
    """() => [...document.querySelectorAll('#top button, #tools button')]
      .filter((b) => b.checkVisibility())
      .map((b) => [b.dataset.command, b.getBoundingClientRect()])
      .filter(([, box]) => Math.min(box.width, box.height) < 36).map(([name]) => name)"""
  )
  coarse = tablet.page.evaluate("() => matchMedia('(pointer: coarse)').matches")
  assert not coarse or not small, small
