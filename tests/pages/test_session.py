"""Pages by regions: hints hold, two colours split a region, palettes, references, seeds."""

import concurrent.futures

import numpy as np
import pytest

from onepunch_jax import registry
from onepunch_jax.ops import color
from onepunch_jax.pages import compose, layers, page_tokens, suggestions
from onepunch_jax.pages.colorizer import Colorizer
from onepunch_jax.pages.region_model import bucket, nothing
from onepunch_jax.pages.remembered import Remembered, together
from onepunch_jax.regions import codebook
from onepunch_jax.regions.mixture import Mixture

RED, BLUE = '#c81e1e', '#1e1ec8'


def page(size=96):
  """Two frames within a margin: a face in one, two rooms in the other."""
  rgb = np.full((size, size, 3), 255, np.uint8)
  rgb[8:88, [8, 47, 52, 87]] = rgb[[8, 87], 8:48] = rgb[[8, 87], 52:88] = 0
  rgb[48, 52:88] = 0
  return rgb


def dot(x, y, color, radius=2):
  return {'x': x, 'y': y, 'color': color, 'radius': radius}


def test_hints_hold_and_lines_stay(colorizer):
  session = colorizer.session(page())
  done = session.answer([dot(70, 20, RED), dot(70, 70, BLUE)]).page
  assert (done.rgb[12:44, 56:84] == (0xC8, 0x1E, 0x1E)).all()
  assert (done.rgb[52:84, 56:84] == (0x1E, 0x1E, 0xC8)).all()
  assert not done.rgb[page() == 0].any()
  assert (done.rgb[:6] == 255).all()  # the margin is paper
  flats = colorizer(page(), [dot(70, 20, RED)], flats=True)
  assert (flats[20, 70] == (0xC8, 0x1E, 0x1E)).all()


def test_two_colors_split_a_region(colorizer):
  session = colorizer.session(page())
  done = session.answer([dot(28, 20, RED), dot(28, 76, BLUE)]).page
  assert (done.color[20, 28] == (0xC8, 0x1E, 0x1E)).all()
  assert (done.color[76, 28] == (0x1E, 0x1E, 0xC8)).all()
  regions = done.regions
  assert len(regions.colors) == len(session.answer().page.regions.colors) + 1
  assert regions.hinted.sum() == 2


def test_splits_are_kept_and_change_nothing(colorizer):
  session = colorizer.session(page())
  one, other = [dot(28, 20, RED), dot(28, 76, BLUE)], [dot(28, 20, RED), dot(14, 50, BLUE)]
  first = session.answer(one).page
  more = session.answer([*one, dot(70, 20, RED)]).page  # the same split
  session.answer(other)
  for hints, wanted in ((one, first), ([*one, dot(70, 20, RED)], more)):
    for again in (session, colorizer.session(page())):
      found = again.answer(hints).page
      np.testing.assert_array_equal(found.rgb, wanted.rgb)
      np.testing.assert_array_equal(found.regions.labels, wanted.regions.labels)


def test_hints_on_and_off_paper_are_as_without_what_is_kept(colorizer):
  session = colorizer.session(page())
  for hints in ([dot(3, 50, RED)], [dot(70, 20, '#ffffff')], [dot(70, 20, RED)], None):
    kept, fresh = (s.answer(hints).page for s in (session, colorizer.session(page())))
    np.testing.assert_array_equal(kept.paper, fresh.paper)
    np.testing.assert_array_equal(kept.rgb, fresh.rgb)
  assert not session.answer([dot(3, 50, RED)]).page.paper[50, 3]
  assert session.answer().page.paper[50, 3]


def test_strips_fill_as_the_whole(colorizer, monkeypatch):
  done = colorizer.session(page()).answer([dot(70, 20, RED)]).page
  np.testing.assert_array_equal(done.color, done.regions.colors[done.regions.labels])
  np.testing.assert_array_equal(done.paper, done.regions.is_paper[done.regions.labels])
  monkeypatch.setattr(compose, 'STRIP', 700)
  again = compose.fill_page(done.picture, done.line, done.regions, done.balloons)
  for name in ('rgb', 'color', 'paper'):
    np.testing.assert_array_equal(getattr(again, name), getattr(done, name))


def test_shading_lies_over_flats(colorizer):
  session, hints = colorizer.session(page()), [dot(70, 20, RED), dot(70, 70, BLUE)]
  flat, *others = (session.answer(hints, shading=kind).page for kind in ('off', 'cel', 'soft'))
  np.testing.assert_array_equal(session.answer(hints).page.rgb, flat.rgb)
  for done in others:
    np.testing.assert_array_equal(done.regions.colors, flat.regions.colors)
    assert (done.color != flat.color).any()
    np.testing.assert_array_equal(done.color[flat.paper], flat.color[flat.paper])
    flats = colorizer.flats(done)
    stack = layers.stack(done, flats, done.balloons)
    modes = {layer.name: layer.mode for layer in stack}
    assert modes['shadows'] == 'multiply' and modes['light'] == 'screen'
    assert np.abs(layers.flatten(stack).astype(int) - done.rgb).max() <= 2
  called = colorizer(page(), hints, shading='cel')
  np.testing.assert_array_equal(called, others[0].rgb)
  with pytest.raises(ValueError, match='off, cel or soft'):
    session.answer(shading='hard')


def test_white_is_paper(colorizer):
  done = colorizer.session(page()).answer([dot(70, 20, '#ffffff')]).page
  assert done.paper[20, 70] and (done.color[20, 70] == 255).all()


def test_the_same_arguments_give_the_same_bytes(colorizer):
  session, hints = colorizer.session(page()), [dot(70, 20, RED)]
  first = session.answer(hints, sample=1).page.rgb
  session.answer([dot(28, 50, BLUE)], seed=3)
  np.testing.assert_array_equal(session.answer(hints, sample=1).page.rgb, first)
  np.testing.assert_array_equal(colorizer.session(page()).answer(hints, sample=1).page.rgb, first)
  others = [session.answer(hints, sample=1, seed=s).page.rgb for s in (1, 2, 3)]
  assert any((other != first).any() for other in others)


def test_a_palette_is_obeyed(colorizer):
  palette = {'ink blue': '#203060', 'rose': '#e0a0b0', 'moss': '#607040'}
  allowed = {(0x20, 0x30, 0x60), (0xE0, 0xA0, 0xB0), (0x60, 0x70, 0x40), (255, 255, 255)}
  session = colorizer.session(page())
  for seed in range(3):
    color = session.answer(palette=palette, seed=seed, sample=1).page.color
    assert {tuple(c) for c in color.reshape(-1, 3).tolist()} <= allowed
  flats = colorizer(page(), palette=palette)
  assert {tuple(c) for c in flats.reshape(-1, 3).tolist()} <= allowed


def test_references_and_earlier_pages_are_looked_at(colorizer):
  session = colorizer.session(page())
  painted = page()
  painted[10:46, 10:46] = (200, 40, 90)
  plain = session.answer()
  one = session.answer(references=[painted])
  two = session.answer(references=[painted, plain.remembered, plain.remembered])
  answers = [x.page.rgb for x in (plain, one, two)]
  assert all(x.shape == painted.shape for x in answers)
  model = session._model
  (seen,) = session._remembered(painted)
  assert len(seen.tokens) == len(seen.colors) and np.abs(seen.colors).max() <= 1
  wanted = np.array([200, 40, 90]) / 127.5 - 1
  assert np.abs(seen.colors - wanted).max(-1).min() < 0.02
  assert model is colorizer._region_model
  listed = colorizer(page(), reference=[painted, painted[::-1].copy()])
  flat = [painted, [painted[::-1].copy()]]
  np.testing.assert_array_equal(listed, session.answer(references=flat).page.rgb)
  assert len(model.references) == 2  # looked at once


def test_of_many_references_each_has_fewer_regions():
  one = Remembered(np.ones((64, 4), np.float32), np.zeros((64, 3)), np.zeros(64, bool))
  assert len(together([one] * 3).tokens) == 192
  assert len(together([one] * 100).colors) == 500


def test_tags_are_read_and_unknown_ones_are_an_error(colorizer):
  session = colorizer.session(page())
  assert session.answer(tags='blue hair').page.rgb.shape == (96, 96, 3)
  with pytest.raises(ValueError, match='blue hair'):
    session.answer(tags='bleu hair')


def test_threads_share_a_session(colorizer):
  session = colorizer.session(page())
  hints = [[dot(70, 20, f'#{40 * i:02x}3050')] for i in range(4)]
  alone = [session.answer(h).page.rgb for h in hints]
  with concurrent.futures.ThreadPoolExecutor(4) as pool:
    together = list(pool.map(lambda h: session.answer(h).page.rgb, hints))
  for a, b in zip(alone, together):
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize('shape', [(1, 1), (3, 200), (40, 33)])
def test_any_size(colorizer, shape):
  rgb = np.full((*shape, 3), 255, np.uint8)
  assert colorizer(rgb).shape == rgb.shape
  assert colorizer(np.zeros_like(rgb)).shape == rgb.shape


def test_alpha_stays(colorizer):
  rgba = np.concatenate([page(), np.full((96, 96, 1), 90, np.uint8)], -1)
  out = colorizer(rgba)
  assert out.shape == rgba.shape and (out[..., 3] == 90).all()


def test_buckets():
  assert [bucket(n) for n in (1, 64, 65, 512, 513)] == [64, 64, 128, 512, 1024]


def test_other_checkpoints_have_no_session():
  method = registry.method(
    dict(name='_template', net=dict(name='unet', width=8, depth=2, dropout=0.0))
  )
  with pytest.raises(ValueError, match='colours by regions'):
    Colorizer.from_method(method, None, 32).session(page())


def test_suggestions_differ_and_the_likeliest_comes_first(colorizer):
  session = colorizer.session(page())
  found = session.suggest(70, 20, [dot(28, 50, RED)], count=4)
  assert 1 <= len(found) <= 4
  rows = np.array([[int(s.color[i : i + 2], 16) for i in (1, 3, 5)] for s in found]) / 255
  lab = np.asarray(color.rgb_to_lab(rows.astype(np.float32)))
  apart = np.linalg.norm(lab[:, None] - lab, axis=-1) + 100 * np.eye(len(lab))
  assert apart.min() > suggestions.APART - 1.5
  assert sum(s.probability for s in found) <= 1 + 1e-6
  with pytest.raises(ValueError, match='outside the page'):
    session.suggest(200, 3)


def test_suggestions_are_the_modes_of_the_mixture():
  count = len(codebook.colors())
  bins = np.full((1, 1, 1, count), -30.0)
  bins[..., [9, 200]] = np.log([0.6, 0.4])
  mixture = Mixture(
    bins,
    np.zeros((1, 1, 1, count, 3)),
    np.zeros((1, 1, 1, 1)),
    np.full((1, 1, 1), -40.0),
    np.zeros((1, 1, 1, 3)),
  )
  first, second = suggestions.suggest(mixture, 0)
  wanted = ['#' + ''.join(f'{round(255 * c):02x}' for c in codebook.colors()[n]) for n in (9, 200)]
  assert [first.color, second.color] == wanted
  np.testing.assert_allclose([first.probability, second.probability], [0.6, 0.4], atol=1e-3)
  lab = np.asarray(color.rgb_to_lab(codebook.colors()[[9, 200]]))
  wide = np.sqrt(2 * 0.24) * np.linalg.norm(lab[0] - lab[1])  # the variance of a coin is p (1 - p)
  np.testing.assert_allclose(suggestions.uncertainty(mixture), [[wide]], rtol=1e-3)


def test_the_next_place_is_not_hinted_yet(colorizer):
  session = colorizer.session(page())
  first = session.next_places(count=3)
  assert len(first) >= 2
  assert [p[2] for p in first] == sorted((p[2] for p in first), reverse=True)
  x, y, _ = first[0]
  after = session.next_places([dot(x, y, RED)], count=3)
  labels = session.answer().page.regions.labels
  assert labels[y, x] not in [labels[b, a] for a, b, _ in after]


def test_a_session_that_has_answered_other_hints_answers_as_a_fresh_one(colorizer):
  worked = colorizer.session(page())
  dots = [
    dot(70, 20, RED),
    dot(60, 40, BLUE),
    dot(30, 30, RED),
    dot(20, 80, '#1ec81e'),
    dot(80, 80, BLUE),
  ]
  for count in (1, 2, 3, 4, 5, 3, 0, 5):
    answer = worked.answer(dots[:count] or None)
    fresh = colorizer.session(page()).answer(dots[:count] or None)
    np.testing.assert_array_equal(answer.page.rgb, fresh.page.rgb)
    np.testing.assert_array_equal(answer.remembered.tokens, fresh.remembered.tokens)


def test_colors_are_those_of_the_answer_without_its_picture(colorizer):
  session, dots = colorizer.session(page()), [dot(70, 20, RED), dot(60, 40, BLUE)]
  answer, colors = session.answer(dots), session.colors(dots)
  np.testing.assert_array_equal(answer.page.regions.colors, colors.regions.colors)
  np.testing.assert_array_equal(answer.page.color, colors.regions.colors[colors.regions.labels])
  np.testing.assert_array_equal(answer.page.balloons, colors.balloons)


def test_what_more_regions_need_is_compiled_before(colorizer):
  session = colorizer.session(page())
  session.answer()
  model = session._model
  known = nothing(64, session._tokens.plain.tokens.shape[1])
  crowded = session._tokens.plain._replace(count=60)
  model.prepare(crowded, known)
  programs = len(model._decode._programs), len(model._tokens._programs)
  large = crowded.table._replace(
    geometry=np.zeros((128, 12), np.float32), distance=np.zeros((128, 128), np.float32)
  )
  more = crowded._replace(table=large, tokens=np.zeros((128, 16), np.float32))
  model.decode(more, nothing(128, 16))
  assert (len(model._decode._programs), len(model._tokens._programs)) == programs
  model.prepare(session._tokens.plain, known)
  assert len(model._decode._programs) == programs[0], 'far from the next bucket nothing is compiled'


def test_a_search_for_places_is_ended_by_its_check(colorizer):
  def stop():
    raise InterruptedError

  session = colorizer.session(page())
  assert session.next_places(check=int) == session.next_places()
  with pytest.raises(InterruptedError):
    session.next_places(check=stop)


def test_a_large_page_that_keeps_less_answers_alike(colorizer, monkeypatch):
  dots = [dot(70, 20, RED), dot(60, 40, BLUE), dot(30, 30, RED), dot(20, 80, '#1ec81e')]
  session = colorizer.session(page())
  expected = [session.answer(dots[:n]).page.rgb for n in (2, 3, 4, 4)]
  monkeypatch.setattr(page_tokens, 'KEPT', 0)
  large = colorizer.session(page())
  for count, rgb in zip((2, 3, 4, 4), expected):
    np.testing.assert_array_equal(large.answer(dots[:count]).page.rgb, rgb)
