"""The tour of docs/studio.md, step by step.

ONEPUNCH_TOUR=docs/images takes its pictures, with the weights that come with the package.
"""

import io
import os
import pathlib

import pytest
from PIL import Image

from tests.studio.browser.hands import Studio
from tests.studio.browser.serve import Server

pytestmark = pytest.mark.browser
FOLDER = os.environ.get('ONEPUNCH_TOUR', '')
HAIR, SHIRT, JACKET = (400, 210), (300, 720), (720, 1270)  # places of the sample page


@pytest.fixture
def tour(request, browser, tmp_path):
  """A window on the tour's studio."""
  if not FOLDER:
    yield request.getfixturevalue('studio')
    return
  from onepunch_jax.pages.colorizer import Colorizer

  server = Server(str(tmp_path), Colorizer.load(), 'region_tokens')
  page = browser.new_page(viewport={'width': 1280, 'height': 860})
  page.goto(server.address())
  yield Studio(page, wait=300)
  page.close()
  server.close()


def take(studio: Studio, name: str) -> None:
  """A picture for the documentation."""
  if FOLDER:
    data = studio.page.screenshot()
    path = pathlib.Path(FOLDER) / f'studio_{name}.webp'
    Image.open(io.BytesIO(data)).save(path, quality=82, method=6)
    assert path.stat().st_size < 200_000


def test_tour(tour):
  tour.page.locator('#gallery .sample').first.click()
  tour.until(lambda: tour.state('answer'))
  tour.settle()
  take(tour, 'opened')
  tour.color('#3a6ea5')
  tour.click(*HAIR)
  tour.settle()
  tour.until(lambda: tour.state('suggestions'))
  take(tour, 'click')
  tour.press('1')
  tour.settle()
  assert tour.hints[0]['color'] == tour.state('suggestions')[0]['color']
  tour.press('Control+z')
  tour.color('#c8503c')
  tour.page.focus('#stage')
  tour.click(*SHIRT)
  tour.settle()
  tour.press('r')
  tour.until(lambda: tour.state('variants'))
  tour.settle()
  take(tour, 'variants')
  tour.page.locator('#palette').get_by_role('button', name='Add current').click()
  tour.settle()
  field = tour.page.locator('#palette .code')
  field.fill('#2f8f6f')
  field.press('Enter')
  tour.settle()
  tour.page.get_by_role('button', name='Export').click()
  take(tour, 'export')
  with tour.page.expect_download(timeout=120_000) as download:
    tour.page.locator('#export [data-format=psd]').click()
  assert pathlib.Path(download.value.path()).read_bytes().startswith(b'8BPS')
