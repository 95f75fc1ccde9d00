"""Colouring by a checkpoint: the library, pictures, books; nothing is lost, nothing stops."""

import json
import subprocess
import sys
import types
import zipfile

import numpy as np
import pytest
from PIL import Image

from onepunch_jax import Colorizer, colorize
from onepunch_jax.images import reader
from onepunch_jax.pages import book
from onepunch_jax.pages.work import Colorist, Options
from onepunch_jax.synthetic import draw
from onepunch_jax.weights.runs import load_config
from tests.conftest import ROOT


def page(seed, size=(90, 60)):
  line = draw(5, seed, 96)['line'][..., 0]
  return Image.fromarray(line).resize(size)


def asked(checkpoint, source, target, **changes):
  """The flags of a command line."""
  given = dict(
    checkpoint=checkpoint,
    step='latest',
    input=str(source),
    output=str(target),
    format='png',
    flats=False,
    palette='',
    gap=0.0,
    hints='',
    force=False,
    alpha='keep',
    invert=False,
    on_bad='skip',
    detail=0.0,
    memory=512,
    max_pixels=10**8,
    dpi=150.0,
    samples=1,
    shading='off',
    strict=False,
    sample=False,
    drop_color='',
    balloons='auto',
    tags='',
    reference=[],
    remember=False,
  )
  return types.SimpleNamespace(**{**given, **changes})


def statuses(done):
  return [d.status for d in done.pages]


# --- the library ---


def test_package_is_light():
  code = (
    "import sys, onepunch_jax; assert 'jax' not in sys.modules; "
    'from onepunch_jax import Colorizer, Palette; '
    "assert not {'tensorflow', 'torch', 'psd_tools', 'pypdfium2'} & set(sys.modules)"
  )
  subprocess.run([sys.executable, '-c', code], check=True, cwd=ROOT)
  import onepunch_jax

  with pytest.raises(AttributeError, match='Colourizer'):
    onepunch_jax.Colourizer  # noqa: B018


def test_pictures_in_the_same_kind_out(tiny_run):
  colorizer = Colorizer(tiny_run)
  image = page(0)
  out = colorizer(image)
  assert isinstance(out, Image.Image) and out.size == image.size and out.mode == 'RGB'
  array = colorizer(np.asarray(image))
  np.testing.assert_array_equal(array, np.asarray(out))
  assert colorizer(image.convert('LA')).mode == 'RGBA'
  assert colorizer(np.full((1, 1), 255, np.uint8)).shape == (1, 1, 3)
  with pytest.raises(ValueError, match='no colour hints'):
    colorizer(image, hints=[{'x': 1, 'y': 1, 'color': '#eee'}])


def test_hints_and_palette_on_flats(tiny_run):
  colorizer = Colorizer(tiny_run)
  room = np.full((80, 100), 255, np.uint8)
  room[10:70, 10:13] = room[10:70, 87:90] = room[10:13, 10:90] = room[67:70, 10:90] = 0
  dot = [{'x': 50, 'y': 40, 'color': '#123456'}]
  out = colorizer(room, hints=dot, flats=True)
  assert out[40, 50].tolist() == [0x12, 0x34, 0x56] and out[2, 2].tolist() == [255] * 3
  white = colorizer(room, hints=[{**dot[0], 'color': '#fff'}])  # paper, of any checkpoint
  assert (white[20:60, 20:80] == 255).all() and (colorizer(room)[20:60, 20:80] < 255).any()
  snapped = colorizer(room, hints=dot, palette={'wall': '#103050', 'sun': '#ffee00'})
  assert snapped[40, 50].tolist() == [0x10, 0x30, 0x50]


def test_layers_add_up_to_hinted_colours(tiny_run, tmp_path):
  """With any checkpoint; a stroke over the line leaves the other cell and the margin alone."""
  room = np.full((200, 200), 255, np.uint8)
  room[40:160, 40:163] = 0
  room[43:157, 43:100] = room[43:157, 103:160] = 255
  Image.fromarray(room).save(tmp_path / 'a.png')
  strokes = np.zeros((200, 200, 4), np.uint8)
  strokes[80:120, 97:140] = strokes[10:50, 60:65] = 30, 160, 60, 255
  strokes[10:50, 60:65] = 0
  Image.fromarray(strokes).save(tmp_path / 'h.png')
  colorize.run(
    asked(tiny_run, tmp_path / 'a.png', tmp_path / 'o.ora', hints=str(tmp_path / 'h.png'))
  )
  with zipfile.ZipFile(tmp_path / 'o.ora') as book, book.open('mergedimage.png') as file:
    merged = np.asarray(Image.open(file).convert('RGB'))
  assert merged[100, 130].tolist() == merged[60, 110].tolist() == [30, 160, 60]
  assert merged[100, 60].tolist() != [30, 160, 60] and merged[5, 5].tolist() == [255] * 3


# --- files ---


@pytest.mark.parametrize('size', [(1, 1), (33, 70), (64, 32)])
def test_any_size(tiny_run, tmp_path, size):
  page(1, size).save(tmp_path / 'a.png', dpi=(300, 150))
  done = colorize.run(asked(tiny_run, tmp_path / 'a.png', tmp_path / 'b.png'))
  with Image.open(tmp_path / 'b.png') as out:
    assert out.size == size and statuses(done) == ['coloured']
    assert [round(v) for v in out.info['dpi']] == [300, 150]


def test_a_folder_goes_on_after_a_bad_file(tiny_run, tmp_path, caplog):
  source, target = tmp_path / 'in', tmp_path / 'out'
  (source / 'chapter').mkdir(parents=True)
  page(0, (40, 20)).save(source / 'a.png')
  page(1, (20, 40)).convert('1').save(source / 'chapter' / 'b.png')
  page(1, (20, 40)).save(source / 'chapter' / 'b.webp', lossless=True)
  (source / 'bad.png').write_bytes(b'no picture')
  frames = [page(n, (20 + n, 30)) for n in range(3)]
  frames[0].save(source / 'multi.tif', save_all=True, append_images=frames[1:])
  done = colorize.run(asked(tiny_run, source, target))
  assert sorted(statuses(done)) == ['bad', 'coloured', 'coloured', 'coloured', 'coloured']
  assert Image.open(target / 'a.png').size == (40, 20)
  assert Image.open(target / 'chapter' / 'b.png.png').size == (20, 40)
  assert (target / 'chapter' / 'b.webp.png').exists() and not (target / 'bad.png').exists()
  assert [p.rgb.shape[1] for p in reader.frames(target / 'multi.tif')] == [20, 21, 22]
  assert 'bad.png' in caplog.text
  colorize.run(asked(tiny_run, source, tmp_path / 'copied', on_bad='copy'))
  assert (tmp_path / 'copied' / 'bad.png').read_bytes() == b'no picture'


def test_flats_palette_and_recolouring_without_a_net(tiny_run, tmp_path):
  source, target = tmp_path / 'in', tmp_path / 'out'
  source.mkdir()
  for n in range(2):
    page(n, (80, 80)).save(source / f'{n}.png')
  palette = tmp_path / 'p.json'
  palette.write_text('{"coat": "#aa2211", "sky": "#3377ee", "skin": "#ffddbb"}')
  colorize.run(asked(tiny_run, source, target, palette=str(palette)))
  allowed = {(170, 34, 17), (51, 119, 238), (255, 221, 187), (255, 255, 255)}
  colors = lambda path: {
    tuple(c) for c in np.asarray(Image.open(path).convert('RGB')).reshape(-1, 3).tolist()
  }
  assert colors(target / '0.png') <= allowed
  listed = json.loads((target / '0.json').read_text())['colors']
  assert [c['name'] for c in listed] == ['paper', 'coat', 'sky', 'skin']
  palette.write_text('{"coat": "#000001", "sky": "#000002", "skin": "#000003"}')
  done = colorize.run(asked('', target, tmp_path / 'new', palette=str(palette)))
  assert 'coloured' in statuses(done)
  assert colors(tmp_path / 'new' / '0.png') <= {(0, 0, 1), (0, 0, 2), (0, 0, 3), (255, 255, 255)}
  with pytest.raises(ValueError, match='--sample to try it'):
    colorize.run(asked('', '', ''))


@pytest.mark.parametrize('suffix', ['.ora', '.psd', '.webp', '.tif', '.jpg'])
def test_kinds_of_output(tiny_run, tmp_path, suffix):
  if suffix == '.psd':
    pytest.importorskip('psd_tools', reason="PSD needs pip install 'onepunch_jax[pages]'")
  page(3, (50, 40)).save(tmp_path / 'a.png')
  runs = [tmp_path / f'{n}{suffix}' for n in 'bc']
  for target in runs:
    colorize.run(asked(tiny_run, tmp_path / 'a.png', target))
  assert runs[0].read_bytes() == runs[1].read_bytes()
  colorize.run(asked(tiny_run, tmp_path / 'a.png', tmp_path / 'x.png'))
  if suffix == '.ora':
    with zipfile.ZipFile(runs[0]) as book, book.open('mergedimage.png') as file:
      shown = np.asarray(Image.open(file))
  else:
    shown = np.asarray(Image.open(runs[0]).convert('RGB'))
  wanted = np.asarray(Image.open(tmp_path / 'x.png'))
  assert np.abs(shown.astype(int) - wanted).mean() <= (2 if suffix == '.jpg' else 0)


@pytest.mark.parametrize(
  'change, says',
  [
    (dict(input='nowhere'), 'no such file'),
    (dict(output='{in}'), 'input itself'),
    (dict(output='{folder}/sub', input='{folder}'), 'inside the input'),
    (dict(hints='h.json'), 'cannot be opened'),
    (dict(palette='p.json'), 'p.json'),
    (dict(checkpoint='{folder}'), 'is no run'),
    (dict(flats=True, output='x.jpg'), 'PNG'),
  ],
)
def test_mistakes_are_one_sentence(tiny_run, tmp_path, change, says):
  page(0).save(tmp_path / 'a.png')
  known = {'in': tmp_path / 'a.png', 'folder': tmp_path}
  change = {k: v.format(**known) if isinstance(v, str) else v for k, v in change.items()}
  with pytest.raises(ValueError, match=says) as error:
    colorize.run(
      asked(
        **{
          **dict(
            checkpoint=tiny_run,
            source=change.pop('input', known['in']),
            target=change.pop('output', tmp_path / 'b.png'),
          ),
          **change,
        }
      )
    )
  assert '\n' not in str(error.value)
  with pytest.raises(ValueError, match='is no run'):
    load_config(str(tmp_path))


@pytest.mark.parametrize('suffix, side', [('.webp', 16384), ('.psd', 30001), ('.jpg', 65501)])
def test_a_page_that_the_output_cannot_hold_is_refused_before_it_is_coloured(
  tmp_path, suffix, side
):
  Image.new('L', (1, side), 200).save(tmp_path / 'a.png')
  (page_file,) = book.open_book(str(tmp_path / 'a.png')).pages
  colorist = Colorist(types.SimpleNamespace(fingerprint=''), Options(suffix=suffix, force=True))
  with pytest.raises(ValueError, match=f'{side}.*more than .{suffix[1:]} can hold'):
    colorist(page_file, page_file.pictures())
