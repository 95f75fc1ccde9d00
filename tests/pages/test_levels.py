"""The drawing of a page: grey, yellow, shadowed and faint pages are seen as clean ones are."""

import cv2
import numpy as np
import pytest

from onepunch_jax.images import arrays
from onepunch_jax.pages import cuts, drop_color, levels, paper, scale, strips
from onepunch_jax.pages.compose import ColoredPage
from onepunch_jax.pages.is_colored import is_colored
from onepunch_jax.regions.ink import is_ink
from onepunch_jax.regions.segment import segment


def drawing(size=600):
  page = np.full((size, size), 255, np.uint8)
  cv2.circle(page, (size // 2, size // 2), size // 4, 0, 4, cv2.LINE_AA)
  cv2.line(page, (size // 4, size // 2), (3 * size // 4, size // 2), 0, 4, cv2.LINE_AA)
  return page


def shadow(page, darkest):
  y, x = np.mgrid[: page.shape[0], : page.shape[1]] / max(page.shape)
  return (page * (darkest + (1 - darkest) * (x + y) / 2)).astype(np.uint8)


def noisy(page, sigma):
  noise = np.random.default_rng(0).normal(0, sigma, page.shape)
  return np.clip(page + noise, 0, 255).astype(np.uint8)


PAGES = {
  'grey paper': (drawing() * 0.6).astype(np.uint8),
  'faint pencil': (238 - (255 - drawing()) * (38 / 255)).astype(np.uint8),
  'faint and noisy': noisy(238 - (255 - drawing()) * (45 / 255), 2),
  'faded print': (225 - (255 - drawing()) * (90 / 255)).astype(np.uint8),
  'shadow': shadow(drawing(), 0.55),
  'shadow on pencil': shadow((245 - (255 - drawing()) * (60 / 255)).astype(np.uint8), 0.7),
  'yellow': arrays.picture((drawing()[..., None] * np.array([1, 0.93, 0.7])).astype(np.uint8)).grey,
}


@pytest.mark.parametrize('name', PAGES)
def test_any_page_is_seen_as_a_clean_one(name):
  line, clean = levels.line_art(PAGES[name]), drawing()
  assert (is_ink(line) == is_ink(clean)).mean() > 0.985
  assert np.median(line[clean == 255]) >= 250
  found = segment(line)
  assert found.max() == 2 and found[200, 300] != found[400, 300] != found[5, 5]
  margin = paper.find(scale.resize(line, 900, 900)).paper
  assert margin[10, 10] and not margin[350, 450]


@pytest.mark.parametrize(
  'page', [drawing(), np.full((40, 50), 255, np.uint8), np.zeros((40, 50), np.uint8), drawing(64)]
)
def test_a_clean_page_is_left_as_it_is(page):
  np.testing.assert_array_equal(levels.line_art(page), page)


def test_tone_on_a_clean_page_is_no_shadow():
  page = drawing()
  page[350:420, 250:350] = 190
  page[100:120, 100:500] = 120
  np.testing.assert_array_equal(levels.line_art(page), page)


@pytest.mark.parametrize('shape', [(1, 1), (1, 900), (900, 1), (7, 5), (30, 3000)])
def test_pages_of_any_size(shape):
  for level in (0, 90, 200, 255):
    assert levels.line_art(np.full(shape, level, np.uint8)).shape == shape


# --- construction lines ---


@pytest.mark.parametrize(
  'name, rgb', [('blue', (150, 200, 235)), ('red', (240, 130, 130)), ('#40a060', (140, 210, 160))]
)
def test_construction_lines_are_dropped_and_ink_stays(name, rgb):
  page = np.full((300, 300, 3), 255, np.uint8)
  cv2.line(page, (10, 20), (290, 260), rgb, 3, cv2.LINE_AA)
  cv2.circle(page, (80, 200), 60, rgb, 2, cv2.LINE_AA)
  ink = np.full_like(page, 255)
  cv2.line(ink, (150, 10), (150, 290), (0, 0, 0), 4, cv2.LINE_AA)
  cv2.line(ink, (10, 150), (290, 150), (90, 90, 90), 3, cv2.LINE_AA)
  page = np.minimum(page, ink)
  out = drop_color.drop(page, drop_color.hue_of(name))
  away = np.abs(out.astype(int) - ink).max(-1)
  assert np.percentile(away, 99.5) <= 6 and (out[150, 200] == 90).all()
  assert not is_colored(out)
  other = 'red' if name != 'red' else 'blue'
  np.testing.assert_array_equal(drop_color.drop(page, drop_color.hue_of(other)), page)


@pytest.mark.parametrize('name', ['grey', '#888888', 'blurple', ''])
def test_what_is_no_colour_to_drop_says_so(name):
  with pytest.raises(ValueError, match='drop_color') as error:
    drop_color.hue_of(name)
  assert str(error.value).endswith('.')


# --- figures that end on the page ---


def bust(size=600):
  page = np.full((size, size), 255, np.uint8)
  cv2.circle(page, (300, 200), 90, 0, 5)
  cv2.ellipse(page, (300, 480), (150, 190), 0, 180, 360, 0, 5)
  page[480:, :] = 255
  return page


@pytest.mark.parametrize('turns', range(4))
def test_a_figure_that_is_cut_in_the_middle_of_a_page_is_closed(turns):
  page = np.rot90(bust(), turns)
  inside = np.rot90(paper.find(np.ascontiguousarray(page)).paper, -turns)
  assert not inside[430, 300] and inside[530, 300] and inside[400, 60]


def test_feet_are_no_cut():
  page = np.full((600, 600), 255, np.uint8)
  cv2.rectangle(page, (200, 150), (400, 350), 0, 5)
  for x in (230, 370):
    cv2.ellipse(page, (x, 420), (30, 70), 0, 0, 360, 0, 5)
  closed = cuts.closed_cuts((page > 200).astype(np.uint8))
  np.testing.assert_array_equal(closed, (page > 200).astype(np.uint8))


# --- long strips ---


@pytest.mark.parametrize(
  'shape', [(30000, 240), (240, 30000), (65535, 300), (5000, 1), (2000, 900)]
)
def test_windows_cover_a_strip_and_overlap(shape):
  found = scale.windows(shape)
  covered = np.zeros(max(shape), int)
  axis = int(shape[1] > shape[0])
  for place in found:
    covered[place[axis]] += 1
    assert place[1 - axis] == slice(0, min(shape))
    assert place[axis].stop - place[axis].start <= max(2 * min(shape), 1024) * 1.5
  assert covered.min() == 1 and (covered.max() == 2) == (len(found) > 1)
  assert (len(found) == 1) == (shape == (2000, 900))


def test_parts_of_a_strip_meet_without_a_seam():
  source = np.full((4000, 200, 3), 255, np.uint8)
  source[:, 90:110] = 0
  picture = arrays.picture(source)
  places = scale.windows(source.shape)
  parts = []
  for n, (rows, columns) in enumerate(places):
    part = strips.part_of(picture, rows, columns)
    color = np.full_like(part.rgb, (200, 100 + 40 * (n % 2), 50))
    clear = np.zeros(part.grey.shape, bool)
    parts.append(ColoredPage(part.rgb, part, color, clear, clear[:9, :9], part.grey))
  whole = strips.join(picture, picture.grey, places, parts, True)
  assert np.abs(np.diff(whole.color.astype(int), axis=0)).max() <= 1
  assert whole.rgb.shape == source.shape and not whole.rgb[:, 95].any()


def test_the_white_between_panels_of_a_strip_is_paper():
  page = np.full((2000, 900), 255, np.uint8)
  for top in (100, 800, 1500):
    cv2.rectangle(page, (0, top), (899, top + 400), 0, 6)
    cv2.circle(page, (450, top + 200), 120, 0, 6)
  found = paper.find(page, strip=True).paper
  assert found[650, 450] and found[50, 10] and found[1300, 880]
  assert not found[300, 450] and not found[150, 30]
  lying = paper.find(np.ascontiguousarray(page.T), strip=True).paper
  assert lying[450, 650] and not lying[450, 300]


@pytest.mark.parametrize('shape', [(489, 2), (2, 489), (1024, 3), (900, 8), (5, 5)])
def test_parts_of_thin_strips_have_no_balloons(shape):
  page = np.where(np.random.default_rng(1).random(shape) < 0.3, 0, 255).astype(np.uint8)
  for strip in (False, True):
    found = paper.find(page, strip=strip)
    assert found.paper.shape == shape and not found.balloons.any()
