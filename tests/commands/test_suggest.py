"""Suggestions of a made-up method whose classes are known."""

import json
import types

import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from onepunch_jax import core, suggest
from onepunch_jax.ops import color
from onepunch_jax.pages.colorizer import Colorizer
from tests.pages.test_session import page as frames


def colorizer(**kwargs):
  """Red is likely on the left half, blue on the right."""
  bins = jnp.array([[60.0, 40.0], [10.0, -60.0], [0.0, 0.0]])

  def classes(v, batch):
    _, h, w, _ = batch['line'].shape
    left = (jnp.arange(w // 4) < w // 8)[None, None, :, None]
    return jnp.broadcast_to(
      jnp.where(left, jnp.array([0.7, 0.3, 0.0]), jnp.array([0.3, 0.7, 0.0])),
      (1, h // 4, w // 4, 3),
    ), bins

  method = core.Method(
    nets=(),
    forward=None,
    turns=(),
    exports=(),
    train_inputs=(),
    inputs=('line', 'hint'),
    multiple=8,
    colorize=lambda v, batch, key: jnp.full((*batch['line'].shape[:3], 3), 0.5),
    **{'classes': classes, **kwargs},
  )
  return Colorizer.from_method(method, {}, 32)


def test_the_likeliest_colour_comes_first_at_each_place():
  page = np.full((64, 64, 3), 255, np.uint8)
  left, right = suggest.suggest(colorizer(), page, [(5, 30), (60, 30)], count=2)
  assert left == right[::-1] and len(set(left)) == 2
  rgb = np.array([int(left[0][i : i + 2], 16) for i in (1, 3, 5)]) / 255
  lab = np.asarray(color.rgb_to_lab(jnp.asarray(rgb)))
  assert lab[1] > 40 and abs(lab[0] - 53.4) < 2  # red, as light as the answer


def test_what_cannot_be_suggested_is_one_sentence():
  page = np.full((64, 64, 3), 255, np.uint8)
  with pytest.raises(ValueError, match='outside the page'):
    suggest.suggest(colorizer(), page, [(64, 3)])
  with pytest.raises(ValueError, match='configs/points'):
    suggest.suggest(colorizer(classes=None), page, [(3, 3)])
  with pytest.raises(ValueError, match='X,Y'):
    suggest._place('12')


def asked(source, **changes):
  """The flags of a command line."""
  given = dict(
    checkpoint='',
    step='latest',
    input=str(source),
    at=[],
    hints='',
    tags='',
    reference=[],
    next=0,
    count=3,
    strict=False,
  )
  return types.SimpleNamespace(**{**given, **changes})


@pytest.fixture
def regions(colorizer):
  return colorizer


@pytest.fixture
def command(monkeypatch, capsys):
  """(colorizer, source, **flags) -> (outcome, rows)."""

  def run(made, source, **changes):
    monkeypatch.setattr(suggest.Colorizer, 'load', lambda *a, **k: made)
    outcome = suggest.run(asked(source, **changes))
    return outcome, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

  return run


def test_a_bad_page_is_one_sentence_and_the_others_go_on(command, regions, tmp_path):
  for name in ('1.png', '3.png'):
    Image.fromarray(frames()).save(tmp_path / name)
  (tmp_path / '2.png').write_bytes(b'no picture')
  Image.fromarray(frames()[:40, :40].copy()).save(tmp_path / '4.png')  # the place lies outside
  (tmp_path / 'notes.docx').write_bytes(b'')
  outcome, rows = command(regions, tmp_path, at=['70,20'], next=2)
  assert [row['page'] for row in rows] == 3 * ['1.png'] + 3 * ['3.png']
  assert len(rows[0]) == 4 and rows[2]['x'] == 70 and 1 <= len(rows[2]['colors']) <= 3
  assert outcome.exit_status() == 1 and len(outcome.lost) == 2
  assert 'outside the page' in outcome.lost[1] and '4.png' in outcome.lost[1]
  assert all('\n' not in text and '2.png' in text + outcome.lost[0] for text in outcome.lost)
  outcome, rows = command(regions, tmp_path / '1.png', at=['70,20'])
  assert outcome.exit_status() == 0 and 'page' not in rows[0]


def test_hints_tags_and_references_count(command, regions, tmp_path):
  Image.fromarray(frames()).save(tmp_path / 'p.png')
  Image.new('RGB', (40, 40), (200, 40, 90)).save(tmp_path / 'r.png')
  (tmp_path / 'h.json').write_text('[{"x": 28, "y": 50, "color": "#1e1ec8"}]')
  page = tmp_path / 'p.png'
  session = regions.session(frames())
  given = dict(tags='blue hair', references=[str(tmp_path / 'r.png')])
  wanted = session.suggest(70, 20, [{'x': 28, 'y': 50, 'color': '#1e1ec8'}], count=3, **given)
  _, rows = command(
    regions,
    page,
    at=['70,20'],
    hints=str(tmp_path / 'h.json'),
    tags='blue hair',
    reference=[str(tmp_path / 'r.png')],
  )
  assert rows[0]['colors'] == [one.color for one in wanted]
  with pytest.raises(ValueError, match='bleu'):
    command(regions, page, at=['70,20'], tags='bleu hair')


def test_what_cannot_be_asked_is_one_sentence(command, tmp_path):
  Image.fromarray(frames()).save(tmp_path / 'p.png')
  _, rows = command(colorizer(), tmp_path / 'p.png', at=['5,30'])
  assert len(rows[0]['colors']) == 3
  for given, match in (
    (dict(), '--at=X,Y or --next'),
    (dict(next=3), 'colours by regions'),
    (dict(at=['5,30'], reference=['r.png']), 'colours by regions'),
    (dict(at=['5'], input=''), '--input'),
  ):
    with pytest.raises(ValueError, match=match):
      command(colorizer(), tmp_path / 'p.png', **given)
  with pytest.raises(ValueError, match='no such file'):
    command(colorizer(), tmp_path / 'absent.png', at=['5,30'])
