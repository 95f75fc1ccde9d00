"""Row 16: palettes of painters' tools, by bytes written by hand from their published layouts."""

import struct

import pytest

from onepunch_jax.studio import palettes

COLORS = [('Haar groß', '#123456'), ('skin', '#ffddcc'), ('', '#000000'), ('空', '#ffffff')]
GIMP = b"""GIMP Palette
Name: Series
Columns: 4
# made by hand
255   0   0\tred hair
  0 128 255
"""


def ase_block(name, model, *values) -> bytes:
  text = name.encode('utf-16-be') + b'\0\0'
  body = struct.pack('>H', len(name) + 1) + text + model
  body += struct.pack(f'>{len(values)}fH', *values, 2)
  return struct.pack('>HI', 1, len(body)) + body


@pytest.mark.parametrize('form', ('json', 'gpl', 'ase', 'aco'))
def test_row_16_what_is_written_is_read_again(form):
  named = [(name or color, color) for name, color in COLORS]
  assert palettes.read(palettes.write(named, form), f'p.{form}') == named


def test_row_16_gimp_s_palette():
  assert palettes.read(GIMP, 'p.gpl') == [('red hair', '#ff0000'), ('#0080ff', '#0080ff')]
  written = palettes.write([('red hair', '#ff0000')], 'gpl', 'Series').decode().splitlines()
  assert written[:2] == ['GIMP Palette', 'Name: Series'] and written[-1].split()[:3] == [
    '255',
    '0',
    '0',
  ]


def test_row_16_adobe_s_swatches_in_all_models_and_groups():
  group = struct.pack('>HI', 0xC001, 6) + struct.pack('>H', 2) + 'g\0'.encode('utf-16-be')
  end = struct.pack('>HI', 0xC002, 0)
  blocks = [
    group,
    ase_block('a', b'RGB ', 1, 0.5, 0),
    ase_block('b', b'Gray', 0.2),
    ase_block('c', b'CMYK', 0, 1, 1, 0),
    ase_block('d', b'LAB ', 1, 0, 0),
    end,
  ]
  data = b'ASEF' + struct.pack('>HHI', 1, 0, len(blocks)) + b''.join(blocks)
  found = palettes.read(data, 'p.ase')
  assert found == [('a', '#ff8000'), ('b', '#333333'), ('c', '#ff0000'), ('d', '#ffffff')]


def test_row_16_photoshop_s_colours_of_the_first_version():
  rows = [
    (0, 65535, 0, 0, 0),
    (1, 0, 65535, 65535, 0),
    (2, 0, 65535, 65535, 65535),
    (8, 10000, 0, 0, 0),
  ]
  data = struct.pack('>HH', 1, len(rows)) + b''.join(struct.pack('>5H', *r) for r in rows)
  assert [c for _, c in palettes.read(data, 'p.aco')] == [
    '#ff0000',
    '#ff0000',
    '#00ffff',
    '#000000',
  ]


@pytest.mark.parametrize(
  'data',
  (
    b'',
    b'GIF89a',
    b'ASEF',
    b'ASEF\0\1\0\0\0\0\0\1\0\1\0\0\xff\xff',
    b'\0\2\0\1\0\0',
    b'\0\1\xff\xff',
    b'GIMP Palette\n1 2\n',
    b'GIMP Palette\n300 0 0 x\n',
    b'{"a": 1}',
    b'{',
    b'[' * 5000,
    ase_block('x', b'XYZ ', 1, 1, 1).join([b'ASEF\0\1\0\0\0\0\0\1', b'']),
  ),
)
def test_row_16_what_is_no_palette_is_one_sentence(data):
  with pytest.raises(ValueError, match=r'^p\.x: no palette, .*\.$') as error:
    palettes.read(data, 'p.x')
  assert '\n' not in str(error.value)
