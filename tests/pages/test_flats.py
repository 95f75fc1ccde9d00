"""Flats, palettes, hints and layers: exact colours, files that others open."""

import importlib.util
import json
import zipfile
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from PIL import Image, ImageChops

from onepunch_jax.images.pixels import to_grey
from onepunch_jax.pages import layer_files, layers
from onepunch_jax.pages.compose import compose
from onepunch_jax.pages.hints import Hints, by_region
from onepunch_jax.pages.palette import Palette, paint_regions, recolor
from onepunch_jax.regions.colors import majority_colors
from onepunch_jax.regions.segment import segment
from tests.pages.test_pages import drawing, picture, prediction

RNG = np.random.default_rng(0)


def rooms(gap=0):
  page = np.full((200, 300), 255, np.uint8)
  cv2.rectangle(page, (20, 20), (280, 180), 0, 3)
  page[20:180, 148:151] = 0
  page[100 : 100 + gap, 148:151] = 255
  return page


def test_flats_are_exact_and_snap(tmp_path):
  labels = segment(rooms())
  color = np.uint8([[200, 30, 30]]) + RNG.integers(0, 6, (200, 300, 3), np.uint8)
  color[:, 150:] = 20, 40, 220
  light = rooms() > 128
  colors = majority_colors(labels, color, light)
  made = paint_regions(labels, colors, np.arange(3) == labels[0, 0], None)
  assert len(np.unique(made.rgb.reshape(-1, 3), axis=0)) == 3 and made.rgb[50, 250].tolist() == [
    20,
    40,
    220,
  ]
  assert made.rgb[5, 5].tolist() == [255, 255, 255] and made.regions == (1, 1, 1)
  (tmp_path / 'a.json').write_text(made.sidecar())
  assert Palette.read(tmp_path / 'a.json').names == made.palette.names
  wanted = Palette.make({'coat': '#c00000', 'sea': '#0000c0'})
  snapped = paint_regions(labels, colors, np.zeros(3, bool), wanted)
  found = {tuple(c) for c in snapped.rgb.reshape(-1, 3).tolist()}
  assert found <= {(192, 0, 0), (0, 0, 192)}
  edited = recolor(snapped, Palette.make({'sea': '#c00000', 'coat': '#00ff00'}))
  assert edited.rgb[50, 250].tolist() == [192, 0, 0] and edited.rgb[50, 50].tolist() == [0, 255, 0]
  shown = np.asarray(edited.image().convert('RGB'))
  np.testing.assert_array_equal(shown, edited.rgb)


@pytest.mark.parametrize(
  'text',
  [
    '[]',
    '{}',
    '{"a": "red"}',
    '{"colors": [{"rgb": "#123456"}]}',
    '{"colors": [{"name": "a", "rgb": "#111"}, {"name": "a", "rgb": "#222"}]}',
    'x',
  ],
)
def test_bad_palettes_are_named(tmp_path, text):
  (tmp_path / 'p.json').write_text(text)
  with pytest.raises(ValueError, match=r'p\.json') as error:
    Palette.read(tmp_path / 'p.json')
  assert str(error.value).endswith('.') and '\n' not in str(error.value)


# --- hints ---


def test_hints_from_everything(tmp_path):
  rgba = np.zeros((40, 60, 4), np.uint8)
  rgba[10:14, 20:24] = 200, 10, 20, 255
  Image.fromarray(rgba).save(tmp_path / 'h.png')
  (tmp_path / 'h.json').write_text(
    json.dumps([{'x': 22, 'y': 12, 'color': '#c80a14', 'radius': 2}])
  )
  (tmp_path / 'r.json').write_text(
    json.dumps(
      {'relative': True, 'hints': [{'x': 22 / 60, 'y': 12 / 40, 'color': '#c80a14', 'radius': 2}]}
    )
  )
  stack = [
    layers.Layer('paper', np.full((40, 60, 4), 255, np.uint8)),
    layers.Layer('hints', rgba, visible=False),
  ]
  names = ['h.png', 'h.json', 'r.json']
  for suffix, write in (('.ora', layer_files.write_ora), ('.psd', layer_files.write_psd)):
    if suffix == '.psd' and not _has('psd_tools'):
      continue
    names.append(f'h{suffix}')
    with open(tmp_path / f'h{suffix}', 'wb') as file:
      write(file, stack, np.full((40, 60, 3), 255, np.uint8))
  labels = np.ones((40, 60), np.int32)
  for name in names:
    read = Hints.read(tmp_path / name, (40, 60))
    assert read.mask[12, 22] and not read.mask[30, 40], name
    seeds = read.seeds(labels, np.ones((40, 60), bool))
    assert by_region(seeds, labels)[1].tolist() == [200, 10, 20], name
    if name != 'r.json':
      with pytest.raises(ValueError, match=name):
        Hints.read(tmp_path / name, (4, 6))
  plane = Hints.make(rgba, (40, 60)).plane((4, 6))
  assert plane[1, 2].tolist() == pytest.approx([200 / 127.5 - 1, 10 / 127.5 - 1, 20 / 127.5 - 1, 1])
  assert plane[..., 3].sum() <= 4 and (plane[plane[..., 3] == 0] == 0).all()


@pytest.mark.parametrize(
  'dots, says',
  [
    ([{'x': 70, 'y': 1, 'color': '#fff'}], 'outside'),
    ([{'x': 1, 'y': 1}], 'color'),
    ([{'x': 1, 'y': 1, 'color': 'blue'}], 'no colour'),
    ([3], 'dot 1'),
  ],
)
def test_bad_hints_say_why(dots, says):
  with pytest.raises(ValueError, match=says):
    Hints.make(dots, (40, 60))


# --- layers ---


def _has(module):
  return importlib.util.find_spec(module) is not None


def layered_page(color=False):
  source = drawing(90, 120, 4, color)
  page = compose(picture(source), prediction(source.shape), layers=True)
  labels = segment(to_grey(source)[..., 0])
  count = int(labels.max()) + 1
  made = paint_regions(
    labels, majority_colors(labels, page.color, labels >= 0), np.zeros(count, bool), None
  )
  return page, made


@pytest.mark.parametrize('color', [False, True])
def test_layers_flatten_to_the_page(color):
  page, made = layered_page(color)
  stack = layers.stack(page, made, page.balloons)
  assert np.abs(layers.flatten(stack).astype(int) - page.rgb).max() <= 1
  assert [layer.mode for layer in stack[:4]] == ['normal', 'normal', 'multiply', 'screen']


def test_ora_opens_elsewhere(tmp_path):
  page, made = layered_page()
  stack = layers.stack(page, made, page.balloons)
  for name in ('a.ora', 'b.ora'):
    with open(tmp_path / name, 'wb') as file:
      layer_files.write_ora(file, stack, page.rgb, (300, 300))
  assert (tmp_path / 'a.ora').read_bytes() == (tmp_path / 'b.ora').read_bytes()
  assert (tmp_path / 'a.ora').read_bytes()[30:38] == b'mimetype'
  with zipfile.ZipFile(tmp_path / 'a.ora') as book:
    assert book.infolist()[0].compress_type == zipfile.ZIP_STORED
    root = ElementTree.fromstring(book.read('stack.xml'))
    out = Image.new('RGB', (120, 90), 'white')
    for layer in reversed(list(root.iter('layer'))):
      with book.open(layer.get('src')) as file:
        top = Image.open(file).convert('RGBA')
      blend = {'svg:multiply': ImageChops.multiply, 'svg:screen': ImageChops.screen}.get(
        layer.get('composite-op'), lambda below, top: top
      )
      out = Image.composite(blend(out, top.convert('RGB')), out, top.getchannel('A'))
    with book.open('mergedimage.png') as file:
      merged = np.asarray(Image.open(file)).astype(int)
  assert np.abs(np.asarray(out).astype(int) - page.rgb).max() <= 2
  np.testing.assert_array_equal(merged, page.rgb)


def test_psd_opens_elsewhere(tmp_path):
  psd_tools = pytest.importorskip('psd_tools', reason="PSD needs pip install 'onepunch_jax[pages]'")
  page, made = layered_page()
  stack = layers.stack(page, made, page.balloons)
  with open(tmp_path / 'a.psd', 'wb') as file:
    layer_files.write_psd(file, stack, page.rgb)
  np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / 'a.psd').convert('RGB')), page.rgb)
  psd = psd_tools.PSDImage.open(tmp_path / 'a.psd')
  assert [layer.name for layer in psd] == [layer.name for layer in stack]
  for read, layer in zip(psd, stack):
    np.testing.assert_array_equal(np.asarray(read.topil().convert('RGBA')), layer.rgba)


@pytest.mark.parametrize(
  'text',
  [
    '{"hints": 3}',
    '{"dots": []}',
    '{"relative": 1, "hints": []}',
    '[{"x": true, "y": 1, "color": "#fff"}]',
    '[{"x": 1, "y": 1, "colour": "#fff"}]',
    '[{"x": 1, "y": 1e999, "color": "#fff"}]',
    '[{"x": 1, "y": 1, "color": "#fff", "radius": -3}]',
    '[{"x": 1, "y": 1, "color": 7}]',
    '7',
    '[' * 100_000,
    '\udcff',
  ],
)
def test_hint_files_that_say_nothing_are_one_sentence(tmp_path, text):
  path = tmp_path / 'h.json'
  path.write_bytes(text.encode('utf-8', 'surrogateescape'))
  with pytest.raises(ValueError, match=r'h\.json') as error:
    Hints.read(path, (40, 60))
  assert str(error.value).endswith('.') and '\n' not in str(error.value)


def test_files_of_editors_have_a_byte_order_mark(tmp_path):
  dots = '[{"x": 1, "y": 1, "color": "#fff", "radius": null}]'
  (tmp_path / 'h.json').write_bytes(b'\xef\xbb\xbf' + dots.encode())
  assert Hints.read(tmp_path / 'h.json', (40, 60)).white
  (tmp_path / 'p.json').write_bytes(b'\xef\xbb\xbf{"a": "#123456"}')
  assert Palette.read(tmp_path / 'p.json').names == ('a',)
  (tmp_path / 'p.json').write_text('[' * 100_000)
  with pytest.raises(ValueError, match='nested'):
    Palette.read(tmp_path / 'p.json')


def test_hints_of_groups_and_several_layers(tmp_path):
  red, blue = np.zeros((2, 40, 60, 4), np.uint8)
  red[5:9, 5:9], blue[20:24, 30:34] = (200, 10, 20, 255), (10, 20, 200, 90)
  blue[5:9, 5:9] = 10, 20, 200, 90  # weaker than what lies below it
  stack = '<image w="60" h="40"><stack><stack name="Hints of mine"><layer name="b" src="b.png"/>'
  stack += '<stack name="inner"><layer name="r" src="r.png" x="2" y="1"/></stack></stack>'
  stack += '<layer name="ink" src="ink.png"/><layer name="hint 2" src="b2.png"/></stack></image>'
  with zipfile.ZipFile(tmp_path / 'h.ora', 'w') as book:
    book.writestr('mimetype', 'image/openraster')
    book.writestr('stack.xml', stack)
    for name, rgba in (('b', blue), ('r', red[:30, :50]), ('ink', red), ('b2', blue * 0)):
      with book.open(f'{name}.png', 'w') as file:
        Image.fromarray(rgba).save(file, 'PNG')
  rgba = Hints.read(tmp_path / 'h.ora', (40, 60)).rgba
  assert rgba[7, 8].tolist() == [200, 10, 20, 255] and rgba[21, 31].tolist() == [10, 20, 200, 90]
  assert rgba[6, 6].tolist() == [10, 20, 200, 90] and not rgba[30:].any()
  with pytest.raises(ValueError, match=r'h\.ora.*canvas'):
    Hints.read(tmp_path / 'h.ora', (50, 60))


def test_a_layer_without_anything_clear_is_no_hint(tmp_path):
  Image.new('RGBA', (60, 40), (200, 0, 0, 255)).save(tmp_path / 'h.png')
  with pytest.raises(ValueError, match=r'h\.png.*transparent layer'):
    Hints.read(tmp_path / 'h.png', (40, 60))
