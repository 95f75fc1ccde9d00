"""Folders of pairs as people keep them: layouts, rows, splits of small sets, and clear refusals."""

import json

import numpy as np
import pytest
from PIL import Image

from data_prep import pair_list
from onepunch_jax.data import pair_folders, sources


def pair(path, name, line='line', color='color', seed=0):
  """One pair of 16 px; colours are colourful."""
  for folder in (line, color):
    (path / folder).mkdir(parents=True, exist_ok=True)
  rng = np.random.default_rng(seed)
  Image.fromarray(rng.integers(0, 255, (16, 16), np.uint8)).save(path / line / f'{name}.png')
  Image.new('RGB', (16, 16), (200, 40, 90)).save(path / color / f'{name}.png')


def opened(path, split):
  return [p.key for p in sources.Folder.open(str(path), split, 'error').pairs]


@pytest.mark.parametrize(
  'line, color',
  [('line', 'color'), ('sketch', 'color'), ('A', 'B'), ('B', 'A'), ('input', 'target')],
)
def test_layouts_are_known_to_training_and_to_preparation(tmp_path, line, color):
  for i in range(3):
    pair(tmp_path, i, line, color)
  [sides] = pair_folders.find(str(tmp_path))
  assert sides == pair_folders.Sides(str(tmp_path / line), str(tmp_path / color))
  assert sorted(opened(tmp_path, 'train') + opened(tmp_path, 'val')) == ['0', '1', '2']
  assert [item.key for item in pair_list.items(str(tmp_path))] == ['0', '1', '2']


def test_train_a_and_b_name_their_splits(tmp_path):
  for i in range(2):
    pair(tmp_path, i, 'trainA', 'trainB')
  pair(tmp_path, 0, 'testA', 'testB')
  assert opened(tmp_path, 'train') == ['train/0', 'train/1']
  assert opened(tmp_path, 'test') == ['test/0']
  items = {item.key: item.split for item in pair_list.items(str(tmp_path))}
  assert items == {'train/0': 'train', 'train/1': 'train', 'test/0': 'test'}


def test_unpaired_domains_are_refused_by_name(tmp_path):
  pair(tmp_path, 0, 'trainA', 'trainB')
  (tmp_path / 'trainB' / '0.png').rename(tmp_path / 'trainB' / '7.png')
  with pytest.raises(ValueError, match=r'data_prep\.unpaired'):
    pair_list.items(str(tmp_path))


def test_drawings_are_not_halved_as_if_they_were_pairs(tmp_path):
  rng = np.random.default_rng(0)
  for name in ('a/x.png', 'b/y.png', 'z.png'):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    Image.fromarray(rng.integers(0, 255, (16, 30, 3), np.uint8)).save(tmp_path / name)
  with pytest.raises(ValueError, match='name the two folders with --line=DIR --color=DIR'):
    pair_list.items(str(tmp_path))
  with pytest.raises(ValueError, match='none of the known layouts'):
    opened(tmp_path, 'train')


def test_equally_colourful_folders_are_not_guessed(tmp_path):
  pair(tmp_path, 0, 'A', 'B')
  Image.new('RGB', (16, 16), (200, 40, 90)).save(tmp_path / 'A' / '0.png')
  with pytest.raises(ValueError, match='call the folders line/ and color/'):
    opened(tmp_path, 'train')


@pytest.mark.parametrize('count', [1, 2, 25])
@pytest.mark.parametrize('salt', range(4))
def test_a_small_set_trains_and_validates(tmp_path, count, salt):
  for i in range(count):
    pair(tmp_path, f'{salt}-{i}')
  train, val = opened(tmp_path, 'train'), opened(tmp_path, 'val')
  assert train and val and (count == 1 or not set(train) & set(val))
  assert len({*train, *val}) == count


def write(path, text, encoding='utf-8'):
  pair(path, 1)
  (path / 'metadata.jsonl').write_bytes(text.encode(encoding))
  return path


def test_ids_may_be_numbers_and_files_may_begin_with_a_mark(tmp_path):
  rows = [{'id': 1, 'line': 'line/1.png', 'color': 'color/1.png'}]
  rows += [{'id': -7, 'line': 'line/1.png', 'colors': [{'file': 'color/1.png'}, 'color/1.png']}]
  write(tmp_path, '\ufeff' + '\n'.join(map(json.dumps, rows)))
  assert sorted({*opened(tmp_path, 'train'), *opened(tmp_path, 'val')}) == ['-7#0', '-7#1', '1']


@pytest.mark.parametrize(
  'row, message',
  [
    ({'line': 'l', 'color': 'c'}, '"id" is a name or a number, not None'),
    ({'id': None, 'line': 'l', 'color': 'c'}, '"id" is'),
    ({'id': 'a', 'line': 3, 'color': 'c'}, '"line" is the path of a picture, not 3'),
    ({'id': 'a', 'line': 'l'}, 'neither "color" nor "colors"'),
    ({'id': 'a', 'line': 'l', 'colors': [{'path': 'c'}]}, '"colors" a list of paths'),
    ({'id': 'a', 'line': 'l', 'colors': []}, '"colors" a list of paths'),
    ({'id': 'a', 'line': 'l', 'color': 'c', 'split': 'trian'}, "val, test, not 'trian'"),
    ([1], 'a row is a JSON object, not list'),
  ],
)
def test_a_wrong_field_is_named_with_its_line(tmp_path, row, message):
  write(tmp_path, '\n' + json.dumps(row))
  with pytest.raises(ValueError, match='line 2') as caught:
    opened(tmp_path, 'train')
  assert message in str(caught.value)


def test_text_that_is_no_json_is_one_sentence(tmp_path):
  for text, encoding in (('[' * 100_000, 'utf-8'), ('{"id": "é"}', 'latin-1'), ('{', 'utf-8')):
    with pytest.raises(ValueError, match=r'not JSON|not UTF-8'):
      opened(write(tmp_path, text, encoding), 'train')
