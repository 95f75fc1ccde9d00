"""Three sizes of windows, light and dark: the canvas first, nothing cut off, nothing to scroll.

ONEPUNCH_SCREENSHOTS=FOLDER keeps the pictures, to look at.
"""

import os
import pathlib

import pytest

from tests.studio.browser.drawings import ROOMS, rooms

pytestmark = pytest.mark.browser
SIZES = {'tablet': (1024, 768), 'laptop': (1440, 900), 'phone': (480, 860)}


@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('theme', ['light', 'dark'])
def test_the_canvas_comes_first(windows, tmp_path, size, theme):
  width, height = SIZES[size]
  studio = windows(
    pages=[rooms(), rooms(488)],
    viewport={'width': width, 'height': height},
    color_scheme=theme,
  )
  studio.click(*ROOMS['middle'])
  studio.drag((60, 100), (180, 120))
  studio.settle()
  folder = pathlib.Path(os.environ.get('ONEPUNCH_SCREENSHOTS', tmp_path))
  picture = studio.page.screenshot(path=folder / f'{size}_{theme}.png')
  assert len(picture) > 10_000
  stage = studio.page.locator('#stage').bounding_box()
  assert stage['width'] * stage['height'] > 0.5 * width * height
  overflow = studio.page.evaluate(
    '() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]'
  )
  assert overflow == [width, height]
  cut = studio.page.evaluate(
    """() => [...document.querySelectorAll('#top button, #tools button, #status')]
      .map((e) => [e.id || e.dataset.command, e.getBoundingClientRect()])
      .filter(([, b]) => b.left < 0 || b.right > innerWidth + 1 || b.bottom > innerHeight + 1)
      .map(([name]) => name)"""
  )
  assert cut == []
  ground = studio.page.evaluate('() => getComputedStyle(document.body).backgroundColor')
  assert (ground == 'rgb(35, 36, 40)') == (theme == 'dark')
