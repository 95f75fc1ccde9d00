"""Pages coloured after another picture: of any kind, for every page of a book, or refused."""

import types

import jax.numpy as jnp
import numpy as np
import pytest
from absl import flags
from PIL import Image

from onepunch_jax import Colorizer, colorize
from onepunch_jax.core import Variables
from onepunch_jax.pages import work
from onepunch_jax.pages.book import open_book
from onepunch_jax.pages.reference import Reference, read_references

RED, BLUE = (200, 60, 40), (40, 60, 200)


def mean(v, batch, key):
  """Everything in the reference's mean colour; white without one."""
  count = batch['reference'][..., 3:].sum((1, 2), keepdims=True)
  color = batch['reference'][..., :3].sum((1, 2), keepdims=True) / jnp.maximum(count, 1)
  color = jnp.where(count > 0, 0.5 + 0.5 * color, 1.0)
  return jnp.broadcast_to(color, (*batch['line'].shape[:3], 3))


def painter(inputs=('line', 'reference')):
  """A colorizer without a net."""
  method = types.SimpleNamespace(
    nets=(types.SimpleNamespace(module=None),),
    inputs=inputs,
    optional_inputs=(),
    multiple=32,
    colorize=mean,
  )
  return Colorizer.from_method(method, Variables({}, {}, {}), 64)


PAINTER = painter()


def page(height=90, width=140):
  y, x = np.mgrid[:height, :width]
  inside = (abs(y - height / 2) < height / 3) & (abs(x - width / 2) < width / 3)
  edge = inside ^ np.roll(np.roll(inside, 3, 0), 3, 1)
  return Image.fromarray(np.where(edge, 0, 255).astype(np.uint8))


def middle(image):
  return np.asarray(image).astype(int)[40:50, 60:80].mean((0, 1))


@pytest.mark.parametrize('size', [(30, 30), (31, 200), (500, 7), (1, 1)])
def test_any_picture_of_any_size(size, tmp_path):
  shown = Image.new('RGB', size, RED)
  np.testing.assert_allclose(middle(PAINTER(page(), reference=shown)), RED, atol=3)
  shown.save(tmp_path / 'r.webp', lossless=True)
  for again in (np.asarray(shown), str(tmp_path / 'r.webp'), Reference.make(shown)):
    np.testing.assert_array_equal(
      PAINTER(page(), reference=again), PAINTER(page(), reference=shown)
    )


def test_a_reference_keeps_its_shape_and_what_is_clear_is_not_there():
  half = np.zeros((40, 20, 4), np.uint8)
  half[:20] = (*RED, 255)
  half[20:] = (*BLUE, 0)
  plane = Reference.make(Image.fromarray(half)).plane((64, 64))
  seen = np.argwhere(plane[..., 3] > 0)
  assert seen.min(0).tolist() == [0, 16] and seen.max(0).tolist() == [31, 47]
  assert not plane[plane[..., 3] == 0].any() and set(np.unique(plane[..., 3])) == {0, 1}
  np.testing.assert_allclose(127.5 * (plane[10, 30, :3] + 1), RED, atol=0.5)
  np.testing.assert_allclose(middle(PAINTER(page(), reference=Image.fromarray(half))), RED, atol=3)
  np.testing.assert_allclose(middle(PAINTER(page())), 255, atol=1)
  large = Reference.make(Image.new('L', (3000, 100), 99))
  assert max(large.rgba.shape) == 2048
  with pytest.raises(ValueError, match='transparent'):
    Reference.make(Image.fromarray(half * np.array([1, 1, 1, 0], np.uint8)))


def test_every_page_of_a_book_has_the_same(tmp_path):
  (tmp_path / 'pages').mkdir()
  for n in range(2):
    page(90 + 20 * n).save(tmp_path / 'pages' / f'{n}.png')
  options = lambda color: work.Options(
    references=(Reference.make(Image.new('RGB', (9, 9), color)),)
  )
  for item in open_book(str(tmp_path / 'pages')).pages:
    for color in (RED, BLUE):
      (data,) = work.Colorist(PAINTER, options(color))(item, item.pictures()).files.values()
      (tmp_path / 'out.png').write_bytes(data)
      np.testing.assert_allclose(middle(Image.open(tmp_path / 'out.png')), color, atol=3)
  assert options(RED).settings() == options(RED).settings() != options(BLUE).settings()


def test_refusals_are_one_sentence(tmp_path):
  with pytest.raises(ValueError, match=r'uses no reference.*adain.*scft.*style2paints'):
    painter(inputs=('line',))(page(), reference=Image.new('RGB', (9, 9), RED))
  (tmp_path / 'r.png').write_bytes(b'no picture')
  for name in ('r.png', 'absent.png', ''):
    with pytest.raises(ValueError) as error:
      Reference.make(str(tmp_path / name))
    assert str(error.value).startswith(str(tmp_path)) and '\n' not in str(error.value)
  with pytest.raises(TypeError, match='PIL'):
    Reference.make(7)


def test_the_command_line_checks_before_it_colours(tmp_path, monkeypatch):
  page().save(tmp_path / 'p.png')
  Image.new('RGB', (9, 9), RED).save(tmp_path / 'r.png')
  values = flags.FlagValues()
  monkeypatch.setattr(flags, 'FLAGS', values)
  with monkeypatch.context() as patched:
    for kind in ('string', 'multi_string', 'enum', 'bool', 'float', 'integer'):
      define = getattr(flags, f'DEFINE_{kind}')
      patched.setattr(
        flags, f'DEFINE_{kind}', lambda *a, f=define, **k: f(*a, **{**k, 'flag_values': values})
      )
    colorize.define_flags()
  monkeypatch.setattr(
    colorize, 'load_config', lambda run: types.SimpleNamespace(compilation_cache='')
  )
  run = lambda inputs, **given: _run(monkeypatch, values, painter(inputs), tmp_path, **given)
  run(('line', 'reference'), reference=str(tmp_path / 'r.png'))
  np.testing.assert_allclose(middle(Image.open(tmp_path / 'out.png')), RED, atol=3)
  with pytest.raises(ValueError, match='uses no reference'):
    run(('line',), reference=str(tmp_path / 'r.png'))
  with pytest.raises(ValueError, match=r'absent\.png: cannot be opened'):
    run(('line', 'reference'), reference=str(tmp_path / 'absent.png'))
  (tmp_path / 'heroes').mkdir()
  Image.new('RGB', (9, 9), BLUE).save(tmp_path / 'heroes' / 'one.png')
  run(('line', 'reference'), reference=str(tmp_path / 'heroes'))
  np.testing.assert_allclose(middle(Image.open(tmp_path / 'out.png')), BLUE, atol=3)
  Image.new('RGB', (9, 9), RED).save(tmp_path / 'heroes' / 'two.png')
  with pytest.raises(ValueError, match=r'uses one reference, and there are 2.*region_tokens'):
    run(('line', 'reference'), reference=str(tmp_path / 'heroes'))


def test_a_folder_is_all_of_its_pictures(tmp_path):
  for n, color in enumerate((RED, BLUE)):
    Image.new('RGB', (9, 9), color).save(tmp_path / f'{n}.png')
  (tmp_path / '2.png').write_bytes(b'no picture')
  found = read_references([str(tmp_path), Image.new('RGB', (5, 5), RED), [np.zeros((3, 3))]])
  assert [tuple(f.rgba[0, 0, :3]) for f in found] == [RED, BLUE, RED, (0, 0, 0)]
  assert read_references(None) == read_references([]) == ()
  (tmp_path / 'empty').mkdir()
  with pytest.raises(ValueError, match='empty: no reference, it holds no picture'):
    read_references(str(tmp_path / 'empty'))


def _run(monkeypatch, values, made, folder, **given):
  monkeypatch.setattr(colorize, 'Colorizer', lambda *a, **k: made)
  values['reference'].unparse()  # else it goes on with those of the last call
  values(
    [
      'colorize',
      f'--input={folder}/p.png',
      f'--output={folder}/out.png',
      '--checkpoint=run',
      *(f'--{k}={x}' for k, x in given.items()),
    ]
  )
  return colorize.run(values)
