"""A checkpoint that does not colour by regions works too."""

import io
import types

import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from onepunch_jax import core
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.studio.server import create_app
from tests.studio.conftest import HOST, TOKEN, Tab, browser, dot, opened

LEFT, UPPER = (30, 60), (70, 25)


@pytest.fixture
def tab(tmp_path):
  method = types.SimpleNamespace(
    nets=(types.SimpleNamespace(module=None),),
    inputs=('line', 'hint'),
    optional_inputs=(),
    multiple=8,
    colorize=lambda v, batch, key: jnp.full((*batch['line'].shape[:3], 3), 0.5),
  )
  colorizer = Colorizer.from_method(method, core.Variables({}, {}, {}), 32)
  app = create_app(str(tmp_path), colorizer, token=TOKEN, hosts=(HOST,))
  client = browser(app)
  yield Tab(client, opened(client)['current'])
  app.studio.close()


def test_pages_are_coloured_hints_hold_and_what_it_cannot_do_is_said(tab):
  can = tab.client.get('/api/document').json()['can']
  assert not can['suggest'] and not can['next'] and not can['tags'] and not can['variants']
  tab.change(dot(*LEFT))
  picture = tab.picture(tab.answer()['id'])
  assert tuple(int(v) for v in picture[LEFT[::-1]]) == (0xC8, 0x1E, 0x1E)
  assert np.abs(picture[UPPER[::-1]].astype(int) - 191).max() < 80  # its own grey
  page = tab.client.get('/api/export?format=psd')
  assert page.status_code == 200
  for path in ('suggest', 'next'):
    answer = tab.client.post(f'/api/pages/{tab.page}/{path}', json={'x': 5, 'y': 5})
    assert answer.status_code == 400 and 'region' in answer.json()['error']


def test_thumbnails_show_its_colours(tab):
  tab.answer()
  thumb = tab.client.get(f'/api/pages/{tab.page}/thumb.jpg')
  assert Image.open(io.BytesIO(thumb.content)).size == (96, 96)
