"""Pairs, unpaired domains, tags, drawings, books, inspection, and the commands as typed."""

import json
import zipfile

import numpy as np
import pytest

from data_prep import align, colors, execute, inspect, listing, tagging, tags
from data_prep.cleaning import Rules
from data_prep.folder import Folder
from data_prep.pairs import Pairs
from data_prep.plan import Job
from onepunch_jax.data import records
from tests import forked
from tests.data_prep.test_pipeline import SHARED, everything, lines, page, save, shards


def drawing(seed=0, h=64, w=64):
  """(line uint8 [H, W, 3], colouring uint8 [H, W, 3]) of random boxes with outlines."""
  rng = np.random.default_rng(seed)
  line, color = (np.full((h, w, 3), 255, np.uint8) for _ in range(2))
  for _ in range(4):
    y, x = rng.integers(2, h // 2), rng.integers(2, w // 2)
    y1, x1 = y + rng.integers(10, h // 2), x + rng.integers(10, w // 2)
    for picture, inside in ((line, 255), (color, rng.integers(30, 256, 3))):
      picture[y:y1, x:x1] = 0
      picture[y + 2 : y1 - 2, x + 2 : x1 - 2] = inside
  return line, color


def run(recipe, output, **kw):
  return execute.run(Job(recipe, str(output), duplicates=-1, rgb='png', **kw), workers=1)


def test_pairs_of_two_folders(tmp_path):
  for i in range(4):
    line, color = drawing(i)
    save(tmp_path / 'in' / 'line' / 'a' / f'{i}.png', line)
    save(tmp_path / 'in' / 'color' / 'a' / f'{i}.bmp', color)
  run(Pairs(str(tmp_path / 'in'), size=64), tmp_path / 'out')
  for record in everything(tmp_path / 'out'):
    line, color = drawing(int(record['key'][2:]))
    np.testing.assert_array_equal(record['line'], line[..., :1])
    np.testing.assert_array_equal(record['rgb'], color)
  (tmp_path / 'in' / 'color' / 'a' / '2.bmp').unlink()
  with pytest.raises(ValueError, match=r'line/a/2.png has no partner in .*color \(1 have none\)'):
    run(Pairs(str(tmp_path / 'in')), tmp_path / 'x')
  with pytest.raises(ValueError, match='go together'):
    run(Pairs(line='a'), tmp_path / 'x')


@pytest.mark.parametrize('side', ['left', 'right'])
def test_side_by_side_pictures(tmp_path, side):
  halves = drawing(1) if side == 'right' else drawing(1)[::-1]
  save(tmp_path / 'in' / 'p.png', np.concatenate(halves, 1))
  save(tmp_path / 'in' / 'odd.png', np.zeros((9, 9, 3), np.uint8))
  info = run(Pairs(str(tmp_path / 'in'), size=64, color_side=side), tmp_path / 'out')
  [record] = everything(tmp_path / 'out')
  np.testing.assert_array_equal(record['line'], drawing(1)[0][..., :1])
  np.testing.assert_array_equal(record['rgb'], drawing(1)[1])
  assert info['rejected'] == 1
  assert 'two halves' in lines(tmp_path / 'out' / 'rejected.jsonl')[0]['reason']


@pytest.mark.parametrize('kind', ['csv', 'tsv', 'jsonl'])
def test_list_files_with_several_colourings(tmp_path, kind):
  line, color = drawing(2)
  save(tmp_path / 'l.png', line)
  save(tmp_path / 'c0.png', color)
  save(tmp_path / 'c1.png', color[..., ::-1])
  row = {
    'csv': 'line,color\nl.png, c0.png, c1.png\n',
    'tsv': 'l.png\tc0.png\tc1.png\n',
    'jsonl': json.dumps(
      {
        'id': 'x',
        'line': 'l.png',
        'split': 'train',
        'licence': 'CC0',
        'tags': 'red_hair smile',
        'colors': [{'file': 'c0.png'}, 'c1.png'],
      }
    ),
  }
  (tmp_path / f'list.{kind}').write_text(row[kind])
  run(Pairs(str(tmp_path / f'list.{kind}'), size=64), tmp_path / 'out')
  [record] = everything(tmp_path / 'out')
  np.testing.assert_array_equal(record['rgbs'], [color, color[..., ::-1]])
  if kind == 'jsonl':
    assert (record['key'], record['license']) == ('x', 'CC0')
    assert record['tags'] == ['red_hair', 'smile']
  (tmp_path / 'c1.png').unlink()
  with pytest.raises(ValueError, match=r'there is no .*c1\.png'):
    run(Pairs(str(tmp_path / f'list.{kind}'), size=64), tmp_path / 'out2')


def test_alignment():
  for seed in range(6):
    line, color = drawing(seed, 96, 80)
    assert align.problem(line[..., :1], color, 2.0) == ''
    moved = np.full_like(color, 255)
    moved[5:, :-7] = color[:-5, 7:]
    dy, dx, gain = align.shift(line[..., :1], moved)
    assert (dy, dx) == (5, -7) and gain > 1.3
    assert 'moved -7, +5' in align.problem(line[..., :1], moved, 2.0)
    assert align.problem(line[..., :1], moved, 0) == ''
  assert 'pixels' in align.problem(line[:-1, :, :1], color, 2.0)
  blank = np.full((40, 40, 3), 255, np.uint8)
  assert align.problem(blank[..., :1], blank, 2.0) == ''


def test_misaligned_pairs_are_listed_and_sizes_can_be_rescaled(tmp_path):
  line, color = drawing(3)
  save(tmp_path / 'line' / 'big.png', line)
  save(tmp_path / 'color' / 'big.png', np.kron(color, np.ones((2, 2, 1), np.uint8)))
  save(tmp_path / 'line' / 'off.png', line)
  save(tmp_path / 'color' / 'off.png', np.roll(color, 6, 1))
  info = run(Pairs(str(tmp_path), size=64), tmp_path / 'out')
  assert info['left_out'] == {'misaligned': 2}
  reasons = {e['key']: e['reason'] for e in lines(tmp_path / 'out' / 'left_out.jsonl')}
  assert '64 x 64' in reasons['big'] and '128 x 128' in reasons['big'] and '+6' in reasons['off']
  info = run(Pairs(str(tmp_path), size=64, rescale=True), tmp_path / 'out2')
  assert info['left_out'] == {'misaligned': 1}


def test_unpaired_domain_of_scans(tmp_path):
  for i in range(3):
    save(tmp_path / 'in' / f'{i}.png', drawing(i)[0])
  rules = Rules(16, 0, 0, False, False)
  run(Folder(str(tmp_path / 'in'), size=64, domain='line', rules=rules), tmp_path / 'out')
  for record in everything(tmp_path / 'out'):
    assert 'rgb' not in record and record['line'].shape == (64, 64, 1)


def test_lines_drawn_now_are_those_of_the_training_step(tmp_path):
  save(tmp_path / 'in' / 'a.png', page(1, 64, 64))
  recipe = Folder(str(tmp_path / 'in'), size=64, rules=Rules(16), lines=('dog',))
  [item] = recipe.items()
  [record], [again] = (list(recipe.records(item)) for _ in range(2))
  assert record['line'].shape == (64, 64, 1) and np.ptp(record['line']) > 0
  np.testing.assert_array_equal(record['line'], again['line'])


def test_tags_from_wherever_people_keep_them(tmp_path):
  for name in ('a', 'b', 'c', 'd', 'e/blue hair/x', '77'):
    save(tmp_path / f'{name}.png', page(len(name) * 7))
  (tmp_path / 'a.txt').write_text('Red Hair, smile\n')
  (tmp_path / 'b.png.txt').write_text('red_hair green_eyes')
  (tmp_path / 'c.json').write_text(json.dumps({'tag_string': 'smile hat'}))
  (tmp_path / 'metadata.json').write_text(
    json.dumps(
      [
        {'file_name': 'd.png', 'tags': ['Long hair', 'smile'], 'split': 'val'},
        {'id': 77, 'tag_string_general': 'purple_cape smile'},
      ]
    )
  )
  found = {
    i.key: json.loads(i.where[2]).get('tags')
    for i in listing.items(str(tmp_path), folder_tags=True)
  }
  assert found == {
    'a.png': ['red_hair', 'smile'],
    'b.png': ['red_hair', 'green_eyes'],
    'c.png': ['smile', 'hat'],
    'd.png': ['long_hair', 'smile'],
    'e/blue hair/x.png': ['e', 'blue_hair'],
    '77.png': ['purple_cape', 'smile'],
  }
  counts, pictures = tags.collect(str(tmp_path))
  words = tags.vocabulary(counts, min_count=1)
  assert pictures == 6 and words['color_invariant'] == ['smile', 'hat', 'long_hair']
  assert 'purple_cape' in words['color_variant'] and words['counts']['red_hair'] == 2
  assert len(tags.COLOR_VARIANT) == len(set(tags.COLOR_VARIANT)) and 100 < len(tags.COLOR_VARIANT)
  (tmp_path / 'v.json').write_text(
    json.dumps({'color_variant': ['red_hair', 'green_eyes'], 'color_invariant': ['smile']})
  )
  vocabulary = tagging.read_vocabulary(str(tmp_path / 'v.json'))
  info = run(
    Folder(str(tmp_path), size=32, rules=Rules(16), exclude='e/*'),
    tmp_path / 'out',
    vocabulary=vocabulary,
  )
  rows = {r['key']: r['tags'].tolist() for r in everything(tmp_path / 'out')}
  assert rows['b.png'] == [1, 1, 0] and rows['d.png'] == [0, 0, 1]
  assert info['tags'] == list(vocabulary) and info['unknown_tags'] == 3
  with pytest.raises(ValueError, match='no vocabulary'):
    tagging.read_vocabulary(str(tmp_path / 'a.txt'))


def test_drawn_ahead_is_what_training_would_draw(tmp_path):
  from data_prep.synthetic import Synthetic

  drawn = pytest.importorskip('onepunch_jax.synthetic')
  info = run(Synthetic(3, 32, seed=5, start=2), tmp_path, shards=2)
  assert info['tags'] == list(drawn.VOCABULARY)
  for record in everything(tmp_path):
    expected = drawn.draw(5, int(record['key'][-9:]), 32)
    for key in ('line', 'rgb', 'flat', 'regions', 'tags'):
      np.testing.assert_array_equal(record[key], expected[key])


def test_books_in_books_out_of_order_and_damaged(tmp_path):
  for i in range(3):
    save(tmp_path / 'src' / f'{i}.png', page(i, 64, 64))
  (tmp_path / 'in').mkdir()
  with zipfile.ZipFile(tmp_path / 'in' / 'good.cbz', 'w') as book:
    for i in range(3):
      book.write(tmp_path / 'src' / f'{i}.png', f'{10 - i}.png')
    book.writestr('bad.png', b'not a picture')
  (tmp_path / 'in' / 'bad.cbz').write_bytes((tmp_path / 'in' / 'good.cbz').read_bytes()[:200])
  (tmp_path / 'in' / 'locked.pdf').write_bytes(b'%PDF-1.4 no more')
  info = run(Folder(str(tmp_path / 'in'), size=64, rules=Rules(16)), tmp_path / 'out')
  assert sum(info['splits'].values()) == 3
  assert {e['file'] for e in lines(tmp_path / 'out' / 'rejected.jsonl')} == {
    'good.cbz/bad.png',
    'bad.cbz',
    'locked.pdf',
  }


def test_inspect_finds_damage(tmp_path, capsys):
  for i in range(3):
    save(tmp_path / 'in' / f'{i}.png', page(i, 64, 64))
  run(Folder(str(tmp_path / 'in'), size=64, rules=Rules(16)), tmp_path / 'out')
  info = records.read_info(tmp_path / 'out')
  assert inspect.check_shards(str(tmp_path / 'out'), info) == []
  found = inspect.survey(str(tmp_path / 'out'), info, 5)
  assert not found['problems'] and found['colorings'] == 3 and len(found['sample']) == 3
  assert found['histogram'].sum() == 64 * 64 * info['splits']['train']
  file = tmp_path / 'out' / info['shards'][0]['file']
  data = bytearray(file.read_bytes())
  data[data.index(b'Exif') if b'Exif' in data else data.index(b'PNG') + 30] ^= 255
  file.write_bytes(data)
  assert 'SHA-256' in inspect.check_shards(str(tmp_path / 'out'), info)[0]
  assert 'damaged' in ' '.join(inspect.survey(str(tmp_path / 'out'), info, 5)['problems'])


def test_prior_of_zhang():
  red = np.zeros((20, 10, 3), np.uint8)
  red[..., 0] = 200
  red[:5] = 128
  counts = colors.histogram(red)
  assert counts.sum() == 200 and counts[110, 110] == 50
  prior, weights = colors.prior(counts)
  assert prior.sum() == pytest.approx(1) and (prior * weights).sum() == pytest.approx(1)
  assert (weights > 0).sum() == 2 and weights[11, 11] > weights[weights > 0].min()
  mask = np.zeros((20, 10, 1), np.uint8)
  mask[:5] = 255
  assert colors.histogram(red, mask)[110, 110] == 50 == colors.histogram(red, mask).sum()


def test_beam_gives_the_same_bytes(tmp_path):
  pytest.importorskip('apache_beam', reason='Beam lives in an environment of its own')
  for i in range(5):
    save(tmp_path / 'in' / f'{i}.png', page(i, 64, 64))
  recipe = Folder(str(tmp_path / 'in'), size=48, rules=Rules(16))
  run(recipe, tmp_path / 'local', shards=3)
  execute.run(
    Job(recipe, str(tmp_path / 'beam'), shards=3, duplicates=-1, rgb='png'),
    runner='beam',
    beam_args=('--runner=DirectRunner',),
  )
  assert shards(tmp_path / 'local') == shards(tmp_path / 'beam')


def test_commands_as_typed(tmp_path):
  for i in range(4):
    save(tmp_path / 'in' / f'{i}.png', page(i, 150, 150))
  done = forked.run(
    'data_prep.folder',
    f'--input={tmp_path / "in"}',
    f'--output={tmp_path / "out"}',
    '--size=64',
    '--workers=1',
  )
  assert done.returncode == 0 and '4 records (3 train, 1 val, 0 test)' in done.stdout, done.stderr
  assert '--size=64' in records.read_info(tmp_path / 'out')['command']
  done = forked.run('data_prep.inspect', tmp_path / 'out')
  assert done.returncode == 0 and 'have the hashes' in done.stdout, done.stderr
  assert (tmp_path / 'out' / 'inspect' / 'contact.png').stat().st_size > 1000
  done = forked.run('data_prep.pairs', '--input=nowhere', f'--output={tmp_path / "x"}')
  assert done.returncode == 1 and done.stderr.strip().endswith(
    'nowhere: no such folder or list file'
  )


def test_shared_pairs_are_aligned(tmp_path):
  mini = SHARED / 'mini'
  if not mini.exists():
    pytest.skip(f'{mini} is not there (set ONEPUNCH_SHARED_DATA)')
  info = run(Pairs(str(mini), size=128), tmp_path)
  facts = lines(mini / 'metadata.jsonl')
  assert not info['left_out'] and not info['rejected']
  for split in ('train', 'val'):
    assert info['splits'][split] == sum(f['split'] == split for f in facts)
