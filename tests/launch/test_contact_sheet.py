"""Contact sheets: columns that fit what a method reads and what is known of a drawing."""

import types

import numpy as np
from PIL import Image

from launch.experiments import contact_sheet


class Painter:
  """A colorizer whose colour says how it was asked."""

  def __init__(self, *optional):
    self.method = types.SimpleNamespace(inputs=('line',), optional_inputs=optional)

  def __call__(self, line, hints=None, sample=0):
    return np.full_like(line, 100 + 10 * sample + (50 if hints else 0))


def test_columns_follow_the_method_and_the_data():
  [known] = contact_sheet.drawings('', 1, 32)
  plain = contact_sheet.row(Painter(), known, 2, 5)
  assert list(plain) == ['line', 'target', 'likeliest']
  full = contact_sheet.row(Painter('sample', 'hint'), known, 2, 5)
  assert list(full)[3:] == ['sample 1', 'sample 2', '5 hints', 'by hints']
  assert [round(full[k].mean() * 255) for k in ('sample 2', 'by hints')] == [120, 150]


def test_pictures_of_a_folder_are_fitted(tmp_path):
  Image.new('L', (40, 20), 0).save(tmp_path / 'wide.png')
  (tmp_path / 'notes.txt').write_text('')
  [record] = contact_sheet.drawings(str(tmp_path), 9, 16)
  assert record['line'].shape == (16, 16, 1) and set(record) == {'line'}
  assert record['line'][8, 8] == 0 and record['line'][0, 0] == 255
  assert list(contact_sheet.row(Painter('hint'), record, 1, 1)) == ['line', 'likeliest']
