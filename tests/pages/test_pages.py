"""Promises about pages: lines stay, paper stays, any size, the same colours at any resolution."""

import dataclasses

import cv2
import numpy as np
import pytest
from PIL import Image

from onepunch_jax.images import arrays
from onepunch_jax.images.pixels import lightness, to_grey
from onepunch_jax.pages import is_colored, scale, tiles
from onepunch_jax.pages.compose import Prediction, compose, lay_lines
from onepunch_jax.pages.domain_transform import smooth
from onepunch_jax.synthetic import draw

hypothesis = pytest.importorskip('hypothesis')
given, st = hypothesis.given, hypothesis.strategies
few = hypothesis.settings(max_examples=15, deadline=None)
RNG = np.random.default_rng(0)


def prediction(shape, seed=0, size=(24, 32)):
  """A random prediction, with some paper."""
  rng = np.random.default_rng(seed)
  stays = rng.random((7, 5)) > 0.7
  return Prediction(rng.random((*size, 3), np.float32), rng.random(size, np.float32), stays, stays)


def picture(source, alpha=None):
  """A Picture of uint8 [H, W, 3] as it is seen on paper, with alpha [H, W, 1] or None."""
  return dataclasses.replace(arrays.picture(source), alpha=alpha)


def drawing(height, width, seed=0, color=False):
  """Strokes, tone and noise, uint8 [H, W, 3]."""
  rng = np.random.default_rng(seed)
  page = np.full((height, width, 3), 255, np.uint8)
  for _ in range(6):
    a, b = (tuple(int(v) for v in rng.integers(0, (width, height))) for _ in range(2))
    ink_color = rng.integers(0, 255, 3) if color else np.repeat(rng.integers(0, 200), 3)
    cv2.line(page, a, b, ink_color.tolist(), int(rng.integers(1, 5)), cv2.LINE_AA)
  return page


# --- ink ---


def test_every_grey_on_every_colour_is_their_product():
  """Never lighter than it, in the order of the input, black stays black, paper stays itself."""
  levels = np.array([0, 1, 2, 7, 30, 64, 99, 128, 180, 220, 254, 255])
  colors = np.uint8(np.stack(np.meshgrid(levels, levels, levels), -1)).reshape(-1, 1, 3)
  greys = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, -1)
  page = picture(np.ascontiguousarray(greys.repeat(len(colors), 0)))
  out = lay_lines(np.ascontiguousarray(colors.repeat(256, 1)), page).astype(int)
  assert (out <= colors * (greys / 255) + 0.5).all() and (out <= page.rgb).all()
  assert (np.diff(out, axis=1) >= 0).all()
  light = lightness(out.astype(np.uint8))
  assert (np.diff(light, axis=1) >= 0).all()
  before = lightness(page.rgb)
  assert np.abs(light - before)[before <= 0.5].max() <= 0.5 and (before <= 0.5).any()
  np.testing.assert_array_equal(out[(colors == 255).all((1, 2))][0], greys[0])


def test_a_wash_has_no_seam():
  """A ramp from light to dark in one region gets darker all the way, in steps as small."""
  source = np.full((200, 300, 3), 255, np.uint8)
  cv2.rectangle(source, (20, 20), (280, 180), (0, 0, 0), 3)
  source[24:177, 24:277] = np.linspace(235, 60, 253).astype(np.uint8)[None, :, None]
  line = scale.resize(picture(source).grey, 40, 60) / np.float32(255)
  rgb = np.broadcast_to(np.float32([0.8, 0.5, 0.3]), (40, 60, 3)) * line[..., None]
  nothing = np.zeros((3, 3), bool)
  out = compose(picture(source), Prediction(rgb.astype(np.float32), line, nothing, nothing)).rgb
  light = lightness(out[100, 30:270])
  assert np.diff(light).max() <= 0.6 and np.diff(light).min() > -1.5
  assert light[0] - light[-1] > 20


def test_lines_on_dark_fills_have_no_halo():
  source = np.full((120, 120, 3), 255, np.uint8)
  cv2.circle(source, (60, 60), 40, (0, 0, 0), 5, cv2.LINE_AA)
  fill = np.full_like(source, (58, 10, 24))
  out = lay_lines(fill, picture(source))
  assert lightness(out).max() <= lightness(fill[:1, :1]).max()


def test_lightness_is_cie():
  from onepunch_jax.ops import color

  rgb = RNG.integers(0, 256, (500, 3), np.uint8)
  np.testing.assert_allclose(lightness(rgb), color.rgb_to_lab(rgb / 255.0)[:, 0], atol=0.01)


# --- the page as a whole ---


@given(
  st.integers(1, 300),
  st.integers(1, 300),
  st.sampled_from([None, 'soft', 'clear', 'full']),
  st.integers(0, 99),
  st.booleans(),
)
@few
def test_contract(height, width, transparency, seed, color):
  source = drawing(height, width, seed, color)
  alpha = None
  if transparency:
    rng = np.random.default_rng(seed)
    alpha = {
      'soft': rng.integers(0, 256, (height, width, 1), np.uint8),
      'clear': np.zeros((height, width, 1), np.uint8),
      'full': np.full((height, width, 1), 255, np.uint8),
    }[transparency]
    a = alpha / 255
    if transparency == 'soft':
      source = np.uint8(np.round(source * a + 255 * (1 - a)))
  page = compose(picture(source, alpha), prediction(source.shape, seed), layers=True)
  assert page.rgb.shape == source.shape and (page.rgb <= source).all()
  assert_black_stays(page.rgb, source)
  product = page.color.astype(float) * source / 255
  if alpha is None:
    assert (page.rgb <= product + 0.5).all()
  np.testing.assert_array_equal(page.rgb[page.paper], source[page.paper])
  if alpha is None:
    return
  rgba = arrays.under_alpha(page.rgb, alpha)
  np.testing.assert_array_equal(rgba[..., 3:], alpha)
  if transparency == 'soft':
    seen = np.uint8(np.round(rgba[..., :3] * a + 255 * (1 - a)))
    np.testing.assert_array_equal(seen, np.where(alpha > 0, page.rgb, 255))


def assert_black_stays(after, before):
  """Black ink keeps its CIE L within 0.5; both uint8 [..., 3] on white."""
  black = lightness(before) <= 0.5
  assert np.abs(lightness(after) - lightness(before))[black].max(initial=0) <= 0.5


def on_white(image):
  """uint8 [H, W, 3] as a viewer shows it."""
  white = Image.new('RGBA', image.size, 'white')
  white.alpha_composite(image.convert('RGBA'))
  return np.asarray(white)[..., :3]


@given(
  st.sampled_from(['1', 'L', 'LA', 'La', 'P', 'PA', 'RGB', 'RGBA', 'RGBa', 'CMYK', 'I;16']),
  st.sampled_from([0, 1, 90, 254]),
  st.integers(1, 90),
  st.integers(1, 90),
  st.integers(0, 99),
)
@few
def test_nothing_gets_lighter_in_a_picture_of_any_mode(mode, least, height, width, seed):
  rgba = np.dstack(
    [
      drawing(height, width, seed, color=True),
      np.random.default_rng(seed).integers(least, 256, (height, width), np.uint8),
    ]
  )
  image = Image.fromarray(rgba if 'a' in mode.lower() else rgba[..., :3])
  if mode == 'I;16':
    image = Image.fromarray(np.asarray(image.convert('L')).astype(np.uint16) * 257)
  elif mode != image.mode:
    between = {'PA': 'P', 'La': 'LA'}.get(mode)
    image = image.convert(between).convert(mode) if between else image.convert(mode)
  made = arrays.picture(image)
  page = compose(made, prediction(made.rgb.shape, seed))
  out = arrays.like(image, page.rgb, made.alpha)
  assert out.size == image.size
  if made.alpha is not None:
    np.testing.assert_array_equal(np.asarray(out)[..., 3:], made.alpha)
  visible = np.ones((height, width), bool) if made.alpha is None else made.alpha[..., 0] > 0
  assert (on_white(out) <= made.rgb)[visible].all()
  assert_black_stays(on_white(out)[visible], made.rgb[visible])


def test_strips_have_no_seams():
  source = drawing(400, 300)
  whole = compose(picture(source), prediction(source.shape), memory=512)
  strips = compose(picture(source), prediction(source.shape), memory=1)
  assert np.abs(whole.rgb.astype(int) - strips.rgb).max() <= 2


def test_color_ends_at_a_line():
  source = np.full((300, 300, 3), 255, np.uint8)
  source[:, 149:152] = 0
  rgb = np.zeros((30, 30, 3), np.float32)
  rgb[:, :15], rgb[:, 15:] = (1, 0.2, 0.2), (0.2, 0.2, 1)
  line = scale.resize(to_grey(source)[..., 0], 30, 30) / np.float32(255)
  nothing = np.zeros((3, 3), bool)
  page = compose(picture(source), Prediction(rgb, line, nothing, nothing))
  sides = ((60, rgb[0, 0], 1), (148, rgb[0, 0], 32), (152, rgb[0, -1], 32), (240, rgb[0, -1], 1))
  for column, wanted, off in sides:
    assert np.abs(page.rgb[150, column] - 255 * wanted).max() <= off


def test_sizes_blend_without_a_jump():
  """A little of another size changes little, so half and double scans of a page agree."""
  source = drawing(200, 150)
  coarse, fine = prediction(source.shape, 1, (16, 12)), prediction(source.shape, 2, (32, 24))
  pages = [
    compose(picture(source), p).rgb.astype(int)
    for p in (
      coarse,
      dataclasses.replace(fine, coarser=coarse, share=0.001),
      dataclasses.replace(fine, coarser=coarse, share=0.999),
      fine,
    )
  ]
  for one, other in ((0, 1), (2, 3)):
    assert np.abs(pages[one] - pages[other]).mean() < 2
  assert np.abs(pages[0] - pages[3]).mean() > 10


def test_smoothing_keeps_constants_and_stops_at_steps():
  guide = np.ones((20, 30), np.float32)
  guide[:, 15] = 0
  np.testing.assert_allclose(
    smooth(np.full((20, 2, 30), 0.7, np.float32), guide, sigma=5), 0.7, rtol=1e-5
  )
  values = np.zeros((20, 1, 30), np.float32)
  values[..., :15] = 1
  out = smooth(values, guide, sigma=5)
  assert out[..., :14].min() > 0.97 and out[..., 17:].max() < 0.03


# --- sizes ---


@given(
  st.integers(1, 700),
  st.integers(1, 700),
  st.integers(1, 300),
  st.sampled_from([8, 32]),
  st.integers(1, 40_000),
)
@few
def test_any_size_is_painted_in_one_shape(height, width, side, multiple, area):
  shapes = set()

  def paint(line, hint):
    shapes.add(line.shape)
    assert line.shape[0] % multiple == line.shape[1] % multiple == 0
    assert line.size <= max(area, multiple * multiple)
    return np.repeat(line[..., None], 3, -1).astype(np.float32) / 255

  line = np.full((height, width), 200, np.uint8)
  out = tiles.paint_any(paint, line, side=side, multiple=multiple, area=area)
  assert out.shape == (height, width, 3) and len(shapes) == 1
  np.testing.assert_allclose(out, 200 / 255, atol=0.01)


def test_tiles_agree_with_one_run_where_the_net_is_local():
  line = np.uint8(cv2.resize(RNG.random((12, 9)).astype(np.float32), (300, 400)) * 255)
  paint = lambda line, hint: np.repeat(line[..., None], 3, -1).astype(np.float32) / 255
  whole = paint(line, None)
  tiled = tiles.paint_any(paint, line, side=96, multiple=32, area=128 * 128)
  assert np.abs(tiled - whole).max() < 0.02


def test_global_run_gives_tiles_the_same_colors():
  def paint(line, hint):  # a net that answers each picture with a colour of its own
    return np.full((*line.shape, 3), (line.mean() % 7) / 7, np.float32)

  line = np.uint8(np.linspace(100, 255, 400)[:, None].repeat(300, 1))
  tiled = tiles.paint_any(paint, line, side=128, multiple=32, area=224 * 128)
  raw = tiles._blend(paint, line, None, (224, 128))
  assert tiled.std() < 0.5 * raw.std()


@pytest.mark.parametrize('factor', [0.5, 2])
def test_working_size_is_that_of_the_drawing_not_of_the_scan(factor):
  for seed in range(4):
    line = draw(3, seed, 640)['line'][..., 0]
    scan = scale.resize(line, int(640 * factor), int(640 * factor))
    one, other = ({s: w for s, _, w in scale.working_sizes(x, 128)} for x in (line, scan))
    assert sum(abs(one.get(s, 0) - other.get(s, 0)) for s in one | other) < 0.8
    assert sum(one.values()) == pytest.approx(1)
  assert scale.working_sizes(line, 128, 2) == [((256, 256), 256, 1.0)]
  assert scale.working_sizes(np.full((1, 900), 255, np.uint8), 128) == [((2, 2048), 128, 1.0)]


def test_a_book_of_all_sizes_is_painted_in_six_shapes():
  shapes, rng = set(), np.random.default_rng(0)
  paint = lambda line, hint: (shapes.add(line.shape), np.ones((*line.shape, 3), np.float32))[1]
  for n in range(120):
    height, width = rng.integers(20, 400, 2) if n % 3 else rng.integers(1, (1200, 90))
    page = to_grey(drawing(height, width, n))[..., 0]
    for shape, side, _ in scale.working_sizes(page, 32):
      tiles.paint_any(paint, scale.resize(page, *shape), side=side, multiple=8, area=10**6)
  assert len(shapes) <= 6


# --- colour pages ---


def test_tints_are_not_colors():
  line = draw(3, 1, 300)
  grey = np.repeat(line['line'], 3, -1)
  sepia = np.uint8(grey * np.array([1, 0.93, 0.78]))
  blue = np.uint8(255 - (255 - grey) * np.array([1, 0.8, 0.3]))
  assert not any(map(is_colored.is_colored, (grey, sepia, blue)))
  assert is_colored.is_colored(line['rgb'] if 'rgb' in line else line['color'])
  spot = grey.copy()
  spot[50:120, 50:120] = (220, 30, 30)
  assert is_colored.is_colored(spot)


# --- arrays ---


@pytest.mark.parametrize(
  'array, shape',
  [
    (np.zeros((4, 5), np.uint8), (4, 5, 3)),
    (np.zeros((4, 5, 1), bool), (4, 5, 3)),
    (np.ones((4, 5, 3), np.float32), (4, 5, 3)),
    (np.zeros((4, 5), np.uint16), (4, 5, 3)),
    (np.zeros((4, 5, 4), np.uint8), (4, 5, 4)),
    (np.zeros((4, 5, 2), np.uint8), (4, 5, 4)),
  ],
)
def test_arrays_of_any_kind(array, shape):
  picture = arrays.picture(array)
  assert picture.rgb.shape == (4, 5, 3)
  assert arrays.like(array, picture.rgb, picture.alpha).shape == shape


@pytest.mark.parametrize(
  'bad', ['x', np.zeros(3), np.zeros((0, 3)), np.full((2, 2), 7.0), np.zeros((2, 2), np.int64)]
)
def test_what_is_no_picture_says_so(bad):
  with pytest.raises((TypeError, ValueError), match='picture'):
    arrays.picture(bad)
