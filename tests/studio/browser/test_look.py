"""Looking: zoom, pan, grid, before and after, lines, variants."""

import pytest

from tests.studio.browser.drawings import ROOMS, rooms

pytestmark = pytest.mark.browser
RED = '#d02040'


@pytest.fixture
def drawn(windows):
  return windows(pages=[rooms()])


def test_zoom_stays_at_the_pointer_and_ends_at_its_limits(drawn):
  """Row 11."""
  place = drawn.screen(120, 100)
  drawn.page.mouse.move(*place)
  before = drawn.view()['zoom']
  drawn.page.mouse.wheel(0, -240)
  drawn.until(lambda: drawn.view()['zoom'] > before * 1.3)
  assert max(abs(a - b) for a, b in zip(drawn.screen(120, 100), place)) < 1.5
  for _ in range(25):
    drawn.page.mouse.wheel(0, -500)
  drawn.until(lambda: drawn.view()['zoom'] == 32)
  assert drawn.page.inner_text('#zoom') == '3200 %'
  for _ in range(40):
    drawn.page.mouse.wheel(0, 500)
  drawn.until(lambda: drawn.view()['zoom'] == 0.05)
  drawn.press('0')
  box = drawn.page.locator('#stage').bounding_box()
  left, top = drawn.screen(0, 0)
  right, bottom = drawn.screen(480, 640)
  assert box['x'] <= left and right <= box['x'] + box['width']
  assert box['y'] <= top and bottom <= box['y'] + box['height']


def test_space_and_the_middle_button_pan(drawn):
  start = drawn.screen(240, 320)
  drawn.page.focus('#stage')
  with drawn.held('Space'):
    drawn.drag((240, 320), (300, 320))
  moved = drawn.screen(240, 320)
  assert moved[0] > start[0] + 20 and drawn.hints == []
  drawn.drag((240, 320), (180, 320), button='middle')
  assert abs(drawn.screen(240, 320)[0] - start[0]) < 3 and drawn.hints == []


def test_pixels_have_a_grid_and_are_not_smoothed(drawn):
  drawn.page.mouse.move(*drawn.screen(240, 320))
  for _ in range(12):
    drawn.page.mouse.wheel(0, -400)
  drawn.until(lambda: drawn.view()['zoom'] == 32)
  drawn.settle()
  with_grid = drawn.pixels()
  drawn.press('g')
  drawn.page.wait_for_timeout(100)
  without = drawn.pixels()
  changed = (with_grid != without).any(-1).mean()
  assert 0.02 < changed < 0.12, 'a line of one pixel in 32, both ways'


def test_slider_of_before_and_after(drawn):
  """Row 14: role=slider, arrows; held C; lines off."""
  drawn.color(RED)
  drawn.click(*ROOMS['middle'])
  drawn.settle()
  drawn.press('Escape', 'a')
  slider = drawn.page.get_by_role('slider', name='Compare')
  assert slider.get_attribute('aria-valuenow') == '50'
  drawn.press('End')
  drawn.page.wait_for_timeout(100)
  assert drawn.pixel(100, 400) == (255, 255, 255), 'all of it is before'
  drawn.press('Home', 'ArrowRight')
  drawn.page.wait_for_timeout(100)
  assert slider.get_attribute('aria-valuenow') == '2'
  assert drawn.pixel(100, 400) == (0xD0, 0x20, 0x40)
  drawn.press('a')
  drawn.page.focus('#stage')
  with drawn.held('c'):
    drawn.page.wait_for_timeout(100)
    assert drawn.pixel(100, 400) == (255, 255, 255)
  drawn.page.wait_for_timeout(100)
  assert drawn.pixel(100, 400) == (0xD0, 0x20, 0x40)
  ink = drawn.pixel(240, 213)
  drawn.press('l')
  drawn.page.wait_for_timeout(100)
  assert max(ink) < 60 and max(drawn.pixel(240, 213)) > 100, 'no lines'


def test_four_variants_and_a_pin(drawn):
  """Row 13: four at once, hints kept, one pinned; the same one has the same bytes."""
  drawn.color(RED)
  drawn.click(*ROOMS['middle'])
  drawn.settle()
  drawn.press('r')
  ids = drawn.until(lambda: drawn.state('variants'))
  assert len(set(ids)) == 4
  drawn.settle()
  first = drawn.pixel(*ROOMS['top left'])
  drawn.press('Shift+3')
  drawn.settle()
  assert drawn.state('page')['variant'] == 2 and drawn.pixel(*ROOMS['top left']) != first
  assert drawn.pixel(100, 400) == (0xD0, 0x20, 0x40), 'the hint holds'
  drawn.press('p')
  drawn.until(lambda: drawn.server_page()['pinned'] == 2)
  assert drawn.page.get_by_label('Pin variant 3').get_attribute('aria-pressed') == 'true'
  drawn.press('Shift+1')
  drawn.settle()
  assert drawn.pixel(*ROOMS['top left']) == first
  drawn.press('r')
  drawn.page.wait_for_timeout(100)
  drawn.settle()
  assert drawn.state('variants') == ids


def test_an_answer_fades_in_over_the_last_one(drawn):
  drawn.color(RED)
  drawn.page.evaluate(
    """async () => {
      const now = performance.now.bind(performance);
      performance.now = () => now() / 20;  // a slow machine sees a fade of 2.4 s, too
      const { toScreen } = await import('/static/view.js');
      const { on } = await import('/static/store.js');
      const scene = document.getElementById('scene');
      window.seen = [];
      on('painted', () => {
        const [x, y] = toScreen(100, 400);
        seen.push(scene.getContext('2d').getImageData(x, y, 1, 1).data.slice(0, 3).join());
      });
    }"""
  )
  drawn.click(*ROOMS['middle'])
  drawn.until(lambda: drawn.page.evaluate('() => seen.at(-1)') == '208,32,64')
  shades = drawn.page.evaluate('() => seen')
  assert shades[-1] == '208,32,64' and len(set(shades)) >= 3, shades


def test_a_large_page_pans_quickly(windows):
  """Row 11, on a page of 2500 x 3500."""
  studio = windows(pages=[rooms(2500, 3500)])
  studio.page.focus('#stage')
  times = studio.page.evaluate(
    """async () => {
      const { panBy } = await import('/static/view.js');
      const times = [];
      for (let n = 0; n < 20; n++) {
        const begin = performance.now();
        panBy(n % 2 ? 40 : -40, 25 * (n % 3 - 1));
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - begin);
      }
      return times.sort((a, b) => a - b);
    }"""
  )
  assert times[10] < 100, f'median of a frame {times[10]:.0f} ms'


@pytest.mark.parametrize('scale', [2])
def test_high_density_screens_are_sharp(windows, scale):
  studio = windows(pages=[rooms()], device_scale_factor=scale)
  box = studio.page.locator('#stage').bounding_box()
  assert abs(studio.pixels().shape[1] - scale * box['width']) <= 2
  assert studio.view()['ratio'] == scale
  studio.click(*ROOMS['middle'])
  studio.settle()
  assert abs(studio.hints[0]['points'][0][0] - 240) < 2
