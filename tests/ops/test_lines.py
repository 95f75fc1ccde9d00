"""Line extraction: the papers' formulas against OpenCV and scikit-image; the step's contract."""

import io

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from onepunch_jax.ops import jpeg_artifacts
from onepunch_jax.ops.blur import gaussian
from onepunch_jax.ops.line_extraction import STYLES
from onepunch_jax.prepare import line_noise, lines

RNG = np.random.default_rng(0)
KEY = jax.random.key(0)


def _picture(h=48, w=40, b=1):
  """Soft colours with dark strokes, [B, H, W, 3] in [0, 1]."""
  y, x = np.mgrid[:h, :w] / 10
  rgb = np.stack([np.sin(x + i) * np.cos(y - i) * 0.3 + 0.6 for i in range(3)], -1)
  rgb[h // 3, :] = rgb[:, w // 2] = 0.1
  return np.repeat(rgb[None], b, 0).astype(np.float32)


@pytest.mark.parametrize('reference', ['cv2', 'skimage.filters'])
@pytest.mark.parametrize('sigma', [0.3, 0.5, 1.35, 2.25, 4.2])
@pytest.mark.parametrize('shape', [(48, 40), (19, 31)])
def test_gaussian_is_opencvs_and_skimages(reference, sigma, shape):
  library = pytest.importorskip(reference, reason=f'{reference} is the reference')
  x = RNG.random(shape, np.float32)
  ours = np.asarray(gaussian(jnp.asarray(x)[None, ..., None], sigma))[0, ..., 0]
  if reference == 'cv2':
    expected = library.GaussianBlur(x, (0, 0), sigma)
  else:
    expected = library.gaussian(x, sigma, mode='mirror')
  np.testing.assert_allclose(ours, expected, atol=1e-3)


def test_gaussian_has_a_width_per_sample():
  x = jnp.asarray(RNG.random((3, 20, 20, 1), np.float32))
  sigmas = jnp.array([0.4, 1.0, 3.0])
  together = gaussian(x, sigmas)
  for i in range(3):
    np.testing.assert_allclose(together[i], gaussian(x[i : i + 1], sigmas[i])[0], atol=1e-5)
  np.testing.assert_allclose(gaussian(jnp.ones((1, 9, 1, 1)), 5.0), 1, atol=1e-6)


def _reference(x, sigma, k):
  cv2 = pytest.importorskip('cv2', reason='OpenCV is the reference')
  g = cv2.cvtColor(x[0], cv2.COLOR_RGB2GRAY)
  return g, cv2.GaussianBlur(g, (0, 0), sigma), cv2.GaussianBlur(g, (0, 0), sigma * k)


@pytest.mark.parametrize('sigma', [0.3, 0.4, 0.5])
def test_xdog_is_the_papers(sigma):
  x = _picture()
  g, fine, wide = _reference(x, sigma, 4.5)
  response = ((1 + 19) * fine - 19 * wide) * g
  for style, phi in (('xdog', 1e9), ('xdog_soft', 3.0)):
    expected = np.where(response >= 0.01, 1, 1 + np.tanh(phi * (response - 0.01))).clip(0, 1)
    ours = np.asarray(lines.draw(jnp.asarray(x), style, sigma, sigma * 4.5))[0, ..., 0]
    sure = np.abs(response - 0.01) > 1e-3  # a step function has no tolerance at its step
    np.testing.assert_allclose(ours[sure], expected[sure], atol=1e-3)
    assert sure.mean() > 0.98 and 0.02 < (ours < 0.5).mean() < 0.6


def test_tag2pix_is_its_codes():
  x = _picture()
  _, fine, wide = _reference(x, 0.4, 2.5)
  d = fine - 0.95 * wide
  expected = np.where(d < -0.5, 1, 1 + np.tanh(1e9 * d)).clip(0, 1)
  ours = np.asarray(lines.draw(jnp.asarray(x), 'tag2pix', 0.4, 1.0))[0, ..., 0]
  sure = np.abs(d) > 1e-4
  np.testing.assert_array_equal(ours[sure], expected[sure])
  assert 0.01 < (ours == 0).mean() < 0.5


def test_canny_draws_thin_closed_edges_where_opencv_does():
  cv2 = pytest.importorskip('cv2', reason='OpenCV is the reference')
  x = np.full((1, 48, 48, 3), 0.9, np.float32)
  yy, xx = np.mgrid[:48, :48]
  x[0, (yy - 24) ** 2 + (xx - 24) ** 2 < 144] = 0.2
  ours = np.asarray(lines.draw(jnp.asarray(x), 'canny', 1.0, 1.0))[0, ..., 0] == 0
  theirs = (
    cv2.Canny(
      (cv2.GaussianBlur(x[0, ..., 0], (0, 0), 1.0) * 255).astype(np.uint8), 60, 160, L2gradient=True
    )
    > 0
  )
  near = cv2.dilate(theirs.astype(np.uint8), np.ones((3, 3))) > 0
  assert near[ours].all() and 0.6 < ours.sum() / theirs.sum() < 1.6
  assert cv2.connectedComponents((~ours).astype(np.uint8), connectivity=4)[0] == 3  # ring closed


@pytest.mark.parametrize('style', list(STYLES))
def test_every_style_draws_the_strokes(style):
  x = _picture()
  s = STYLES[style]
  fine = s.sigmas[-1] + s.jitter / 2
  line = np.asarray(lines.draw(jnp.asarray(x), style, fine, fine * sum(s.ratio) / 2))[0, ..., 0]
  assert line.min() >= 0 and line.max() <= 1
  assert line[15:18, 3:17].min(0).mean() < 0.75 < line[22:40, 3:17].mean()  # stroke; soft field


def test_odd_sizes_and_blank_pages_are_finite():
  draw = jax.jit(lambda x: lines.extract(x, KEY, ('xdog', 'highpass', 'dodge', 'canny')))
  for shape in ((1, 1), (2, 3), (1, 50)):
    x = jnp.array([0.0, 0.5, 1.0])[:, None, None, None] * jnp.ones((3, *shape, 3))
    assert draw(x).shape == (3, *shape, 1) and jnp.isfinite(draw(x)).all()
  white = lines.extract(jnp.ones((len(STYLES) * 3, 16, 16, 3)), KEY, tuple(STYLES))
  np.testing.assert_allclose(white, 1, atol=1e-4)  # an empty page has no lines in any style


def test_step_gives_each_sample_its_own_style():
  batch = {'rgb': jnp.asarray(_picture(b=40)) * 2 - 1}
  step = jax.jit(lines.make())
  out = step(batch, KEY, 0)
  line = np.asarray(out['line'])
  assert line.shape == (40, 48, 40, 1) and -1 <= line.min() and line.max() <= 1
  assert len({x.tobytes() for x in line}) > 12
  np.testing.assert_array_equal(line, step(batch, KEY, 0)['line'])
  assert (line != step(batch, jax.random.key(1), 0)['line']).any()
  np.testing.assert_array_equal(out['rgb'], batch['rgb'])
  # a sample's line does not depend on the other samples
  other = {'rgb': batch['rgb'].at[1:].set(-1)}
  np.testing.assert_allclose(line[0], step(other, KEY, 0)['line'][0], atol=1e-5)


def test_letter_box_leaves_no_frame():
  rgb = jnp.asarray(_picture(48, 48)).at[:, :10].set(1) * 2 - 1
  mask = jnp.ones((1, 48, 48, 1)).at[:, :10].set(0)
  line = lines.make(styles=('xdog',))({'rgb': rgb, 'mask': mask}, KEY, 0)['line']
  assert (line[:, :12] == 1).all() and (line < 0).any()


def test_keep_and_noise():
  batch = {'rgb': jnp.asarray(_picture(b=64)) * 2 - 1, 'line': jnp.full((64, 48, 40, 1), 0.25)}
  out = lines.make(styles=('dog',), keep=0.5)(batch, KEY, 0)['line']
  kept = (out == 0.25).all((1, 2, 3))
  assert 16 < kept.sum() < 48
  del batch['line']
  with pytest.raises(ValueError, match='keep=0'):
    lines.make(keep=0.5)(batch, KEY, 0)
  noisy = jax.jit(lines.make(styles=('dog',), noise=1.0))(batch, KEY, 0)['line']
  assert jnp.isfinite(noisy).all() and noisy.min() >= -1 and noisy.max() <= 1


@pytest.mark.parametrize('name', list(line_noise.AUGMENTS))
def test_augmentations(name):
  x = np.ones((8, 40, 33, 1), np.float32)
  x[:, 8:10] = x[:, :, 16:18] = 0.1
  batch = {'line': jnp.asarray(x) * 2 - 1, 'rgb': jnp.zeros((8, 40, 33, 3))}
  out = jax.jit(line_noise.make(probability=1.0, augment=(name,)))(batch, KEY, 0)['line']
  assert out.shape == x.shape and jnp.isfinite(out).all() and out.min() >= -1 and out.max() <= 1
  assert len({np.asarray(o).tobytes() for o in out}) > 1 or name == 'binarize'
  if name not in ('morphology', 'broken'):
    assert np.asarray(out)[:, 8:10].mean() < 0.2  # the drawing is still there
  if name in ('broken', 'morphology', 'intensity', 'ink', 'fade', 'binarize'):
    np.testing.assert_allclose(np.asarray(out)[:, 20:34, :10], 1, atol=1e-6)  # paper stays paper
  still = line_noise.make(probability=0.0)(batch, KEY, 0)['line']
  np.testing.assert_array_equal(still, batch['line'])


def test_morphology_is_true_squares():
  x = np.ones((400, 21, 21, 1), np.float32)
  x[:, 10, 10] = 0
  u = jax.random.uniform(KEY, (3, 400, 1, 1, 1))
  sizes = np.asarray((line_noise.morphology(jnp.asarray(x), {}, u, KEY) < 0.5).sum((1, 2, 3)))
  assert set(sizes.tolist()) == {0, 4, 9, 16, 25}


@pytest.mark.parametrize('quality', [10, 40, 75])
def test_jpeg_artefacts_are_jpegs(quality):
  x = (_picture(40, 37)[..., :1] * 255).round().astype(np.uint8)
  out = io.BytesIO()
  Image.fromarray(x[0, ..., 0]).save(out, 'JPEG', quality=quality)
  theirs = np.asarray(Image.open(out)).astype(int)
  ours = np.asarray(
    jpeg_artifacts.degrade(jnp.asarray(x / 255, jnp.float32), jnp.array([float(quality)]))
  )
  difference = np.abs(ours[0, ..., 0] * 255 - theirs)[:40, :32]
  assert difference.mean() < 1 and np.quantile(difference, 0.95) <= 3


@pytest.mark.parametrize(
  'kw, says',
  [
    ({'styles': ('xdgo',)}, 'xdog'),
    ({'styles': ()}, 'one or more'),
    ({'keep': 2}, 'probability'),
    ({'noise': -1}, 'probability'),
    ({'augment': ('rain',)}, 'broken'),
  ],
)
def test_options_are_checked(kw, says):
  with pytest.raises(ValueError, match=says):
    lines.make(**kw)
