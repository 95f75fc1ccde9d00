"""The drawings: the record, determinism, and what its parts promise about each other."""

import hashlib
import pickle
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from onepunch_jax import synthetic
from onepunch_jax.synthetic import characters, palette, raster, tags
from tests import forked

ARRAYS = ('line', 'rgb', 'flat', 'regions', 'tags')


@pytest.fixture(scope='module')
def batch():
  return [synthetic.draw(1, i, 128) for i in range(72)]


def digest(record) -> str:
  h = hashlib.sha256()
  for key in ARRAYS:
    h.update(record[key].tobytes())
  h.update(repr((record['key'], record['parts'], record['character'], record['gap'])).encode())
  return h.hexdigest()


def nouns(record):
  """(region id, noun of its colour tag) of the regions that have one and can be seen."""
  area = np.bincount(record['regions'].ravel(), minlength=256)
  for i, name in enumerate(record['parts']):
    if name in tags.NOUNS and area[i] > 2e-3 * record['regions'].size:
      yield i, tags.NOUNS[name]


@pytest.mark.parametrize('size', [32, 64, 100, 256, 512])
def test_record(size):
  r = synthetic.draw(0, 3, size)
  assert r['key'] == 'drawn-0-3'
  for key, channels in (('line', 1), ('rgb', 3), ('flat', 3), ('regions', 1)):
    assert r[key].shape == (size, size, channels) and r[key].dtype == np.uint8
  assert r['tags'].shape == (len(synthetic.VOCABULARY),) and r['tags'].dtype == np.uint8
  assert r['parts'][0] == 'paper' and len(r['parts']) > r['regions'].max()
  assert r['shading'] in ('flat', 'cel', 'soft') and r['gap'] >= 0


def test_vocabulary():
  assert len(set(synthetic.VOCABULARY)) == len(synthetic.VOCABULARY)
  for name, rgb in synthetic.COLOR_NAMES.items():
    assert palette.name_of(rgb) == name
    assert f'{name} hair' in synthetic.VOCABULARY


def test_same_in_another_process_order_and_thread():
  indices = [5, 0, 40, 17, 23, 5, 9]
  here = {i: digest(synthetic.draw(2, i, 64)) for i in indices}
  with ThreadPoolExecutor(4) as pool:
    again = list(pool.map(lambda i: digest(synthetic.draw(2, i, 64)), indices[::-1] * 2))
  assert again == [here[i] for i in indices[::-1] * 2]
  code = (
    'from tests.synthetic.test_synthetic import digest; from onepunch_jax import synthetic;'
    'print(digest(synthetic.draw(2, 40, 64)), digest(synthetic.draw(2, 9, 64)))'
  )
  out = forked.run('-c', code)
  assert out.stdout.split() == [here[40], here[9]]


def test_sizes_show_the_same_drawing():
  for i in range(0, 12):
    small, large = synthetic.draw(1, i, 64), synthetic.draw(1, i, 256)
    assert small['parts'] == large['parts']
    np.testing.assert_array_equal(small['tags'], large['tags'])
    shrunk = cv2.resize(large['rgb'], (64, 64), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk.astype(int) - small['rgb']).mean() < 4
    double = cv2.resize(synthetic.draw(1, i, 512)['line'], (256, 256), interpolation=cv2.INTER_AREA)
    assert np.abs(double.astype(int) - large['line'][..., 0]).mean() < 6


def test_flat_is_one_colour_per_region(batch):
  for r in batch:
    ids = r['regions'][..., 0]
    for i in np.unique(ids):
      assert len(np.unique(r['flat'][ids == i], axis=0)) == 1


def test_tags_name_the_colours_of_the_parts(batch):
  found = wrong = 0
  for r in batch:
    ids = r['regions'][..., 0]
    for i, noun in nouns(r):
      rgb = tuple(int(c) for c in r['flat'][ids == i][0])
      found += 1
      wrong += not r['tags'][synthetic.VOCABULARY.index(f'{palette.name_of(rgb)} {noun}')]
  assert found > 100 and wrong <= 0.05 * found


def test_line_is_not_the_grey_of_the_colour(batch):
  apart = [
    np.abs(cv2.cvtColor(r['rgb'], cv2.COLOR_RGB2GRAY).astype(int) - r['line'][..., 0]).mean()
    for r in batch
  ]
  assert np.mean(apart) > 40 and np.median(apart) > 30
  levels = [len(np.unique(r['rgb'].reshape(-1, 3), axis=0)) for r in batch]
  assert np.mean(levels) > 1000  # shading and gradients, not a handful of flats


def test_closed_drawings_have_closed_regions():
  """Filling from inside a region, stopped by ink, stays in it; in open drawings it leaks."""
  leaks = {True: [], False: []}
  for i in range(60):
    r = synthetic.draw(4, i, 256)
    ids = r['regions'][..., 0]
    paper = (r['line'][..., 0] > 170).astype(np.uint8)
    count, pools = cv2.connectedComponents(paper, connectivity=4)
    table = np.zeros((count, 256), int)
    np.add.at(table, (pools.ravel(), ids.ravel()), 1)
    table = table[1:][table[1:].sum(1) > 60]
    leaks[r['gap'] == 0].append(1 - table.max(1).sum() / max(1, table.sum()))
  assert np.mean(leaks[True]) < 0.03
  assert np.mean(leaks[False]) > 3 * np.mean(leaks[True])


def test_characters_keep_their_colours():
  families = {}
  for i in range(90):
    c = characters.character_of(7, i)
    if c >= 0:
      families.setdefault(c, []).append(i)
  shared = [f for f in families.values() if len(f) > 1]
  assert sum(map(len, shared)) == 30  # a third of the drawings
  for family in shared[:6]:
    colors = set()
    for i in family:
      r = synthetic.draw(7, i, 64)
      assert r['character'] == characters.character_of(7, i)
      ids = r['regions'][..., 0]
      for part in np.unique(ids):
        if r['parts'][part] == 'hair':
          colors.add(tuple(r['flat'][ids == part][0]))
    assert len(colors) <= 1


def test_same_character():
  for i in range(54):
    other = synthetic.same_character(3, i, 0)
    assert characters.character_of(3, other) == characters.character_of(3, i)
    if other == i:
      assert synthetic.same_character(3, i, 5) == i
    else:
      assert characters.character_of(3, i) >= 0 and other != i


def test_variety():
  kinds = [synthetic.kind(0, i) for i in range(180)]
  assert kinds.count('character') == 110 and len(set(kinds)) == 6
  styles = [synthetic.draw(0, i, 32) for i in range(60)]
  assert {r['shading'] for r in styles} == {'flat', 'cel', 'soft'}
  assert 0.1 < np.mean([r['gap'] > 0 for r in styles]) < 0.5


def test_source():
  source = pickle.loads(pickle.dumps(synthetic.Synthetic(20, seed=3, size=32)))
  assert len(source) == 20
  assert digest(source[7]) == digest(synthetic.draw(3, 7, 32))
  with pytest.raises(IndexError):
    source[20]


def test_contact_sheet(tmp_path):
  path = tmp_path / 'drawn.png'
  how = '--grid=4', f'--output={path}', '--size=32', '--show=all'
  assert forked.run('onepunch_jax.synthetic', *how).returncode == 0
  assert cv2.imread(str(path)) is not None


def test_a_region_in_a_box_of_one_pixel():
  box = np.array([[3]], np.uint8)
  assert raster.where(box, 3).tolist() == [[255]] and raster.where(box, 2).tolist() == [[0]]


def test_a_book_shows_one_character():
  pages = [synthetic.draw(1, i, 64, character=18) for i in range(4)]
  assert {page['character'] for page in pages} == {18}
  assert len({digest(page) for page in pages}) == 4
  hair = tags.NOUN_NAMES.index('hair') + 1
  colors = set()
  for page in pages:
    here = page['nouns'][page['regions'][..., 0]] == hair
    rgb, count = np.unique(page['flat'][here], axis=0, return_counts=True)
    colors.add(tuple(rgb[count.argmax()].tolist()))
  assert len(colors) == 1
  own = next(i for i in range(18) if characters.character_of(1, i) >= 0)
  one = synthetic.draw(1, own, 64, character=characters.character_of(1, own))
  assert digest(one) == digest(synthetic.draw(1, own, 64))
