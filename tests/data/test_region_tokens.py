"""Records with their regions as tokens: what a batch holds, pairs, and pictures without regions."""

import numpy as np
import pytest

from onepunch_jax.configs import region_tokens
from onepunch_jax.data import batch, pipeline
from onepunch_jax.data.region_tokens import Kept
from onepunch_jax.regions import tokens


def config(**changed):
  data = region_tokens.get_config('smoke').data
  data.update({'size': 48, 'load_size': 48, 'count': 14, 'threads': 0, **changed})
  return data


def test_a_batch_is_what_the_contract_says():
  data = config()
  made = next(pipeline.train(data, seed=0, batch_size=4)[0])
  fake = batch.fake(data.train_keys, 4, data.load_size, data.tags, data.tokens)
  assert {k: (x.shape, x.dtype) for k, x in made.items()} == {
    k: (x.shape, x.dtype) for k, x in fake.items()
  }
  used = made['geometry'][..., tokens.USED].sum(-1)
  assert (made['labels'].max((1, 2, 3)) + 1 == used).all()
  assert not made['colors'][made['geometry'][..., tokens.USED] == 0].any()


def test_tokens_have_the_colors_of_the_picture():
  """True regions have their flats exactly; the segmenter's have what most of their pixels have."""
  data = config()
  source = pipeline.evaluation(data, 'val', batch_size=4)
  shares = []
  for index in range(4):
    record = source.source[index]
    made = source.fit.map(record)
    filled = made['colors'][made['labels'][..., 0]]
    shares.append((filled == record['flat']).all(-1).mean())
  assert np.mean(shares) > 0.8 and max(shares) > 0.95


def test_tokens_have_exact_colors_of_drawings_of_another_size():
  """Larger drawings, as those that crops are cut from: no colour is mixed with its neighbour's."""
  from onepunch_jax.data import sources

  made = sources.make('synthetic', 'train', size=80, count=12, seed=0, on_bad='error')
  step = pipeline._fit(config(crops=0.0, rough_lines=0.0), True)
  for index in range(12):
    record = made[index]
    paints = {tuple(c) for c in record['flat'].reshape(-1, 3).tolist()}
    found = step.map(record)
    used = found['geometry'][:, tokens.USED] > 0
    assert {tuple(c) for c in found['colors'][used].tolist()} <= paints


def test_pairs_are_beside_each_other_and_kept():
  data = config()
  source = pipeline._open(data, 'train')
  kept = Kept(source, pipeline._fit(data, True), pairs=True)
  linked = [i for i in range(14) if source.other(i) != i]
  alone = [i for i in range(14) if source.other(i) == i]
  assert linked and alone
  pair = kept[linked[0]]
  assert pair['linked'].tolist() == [1, 1] and kept[alone[0]]['linked'].tolist() == [0, 0]
  other = kept[source.other(linked[0])]
  np.testing.assert_array_equal(pair['line'][1], other['line'][0])
  assert kept._record(linked[0]) is kept._record(linked[0])
  fresh = Kept(source, kept.step, room=0)
  assert fresh._record(0) is not fresh._record(0)


def test_the_stream_does_not_depend_on_what_is_kept():
  data = config()
  one, _ = pipeline.train(data, seed=1, batch_size=2)
  other, _ = pipeline.train(config(threads=2), seed=1, batch_size=2)
  for _ in range(12):  # more than one epoch of seven pairs
    a, b = next(one), next(other)
    for key in a:
      np.testing.assert_array_equal(a[key], b[key], err_msg=key)


def test_real_pairs_have_the_segmenter_s_regions(pairs_folder):
  data = config(path=pairs_folder, tags=0)
  data.train_keys = tuple(k for k in data.train_keys if k != 'tags')
  made = next(pipeline.train(data, seed=0, batch_size=4)[0])
  assert (made['geometry'][..., tokens.USED].sum(-1) > 1).all()
  assert not made['linked'].any() and not made['token_nouns'].any()
  assert made['colors'].any() and not made['line_distance'][..., 1].any()


def test_lines_are_extracted_where_there_are_none():
  data = config(extract_lines=True)
  made = next(pipeline.train(data, seed=0, batch_size=2)[0])
  own = next(pipeline.train(config(), seed=0, batch_size=2)[0])
  assert (made['line'] != own['line']).any() and made['labels'].max() > 1


def test_a_crop_is_the_same_part_of_every_picture():
  across = np.arange(60, dtype=np.uint8)[None, :, None].repeat(40, 0)
  record = {'key': 'a', 'line': across, 'rgb': across.repeat(3, -1), 'regions': across}
  sides = set()
  for seed in range(30):
    part = pipeline.crop(record, np.random.default_rng(seed))
    height, width = part['line'].shape[:2]
    assert 0.4 * 40 <= height <= 40 and 0.4 * 60 <= width <= 60
    assert abs(height / 40 - width / 60) < 0.03
    np.testing.assert_array_equal(part['line'], part['rgb'][..., :1])
    np.testing.assert_array_equal(part['line'], part['regions'])
    assert (np.diff(part['line'][0, :, 0].astype(int)) == 1).all()
    sides.add(width)
  assert len(sides) > 10


def test_a_share_of_the_drawings_is_cropped():
  plain, cropped = config(crops=0.0, rough_lines=0.0), config(crops=1.0, rough_lines=0.0)
  whole, parts = (next(pipeline.train(d, seed=0, batch_size=8)[0]) for d in (plain, cropped))
  assert whole['line'].shape == parts['line'].shape and (whole['line'] != parts['line']).any()
  area = [(b['geometry'][..., 7] ** 2).sum(-1).mean() for b in (whole, parts)]
  assert abs(area[0] - area[1]) < 0.1, 'regions cover a crop, too'
  held = pipeline.evaluation(cropped, 'val', batch_size=2)
  np.testing.assert_array_equal(held.fit.map(held.source[0])['line'], held.source[0]['line'])


@pytest.mark.parametrize('mirrored', [0.0, 1.0])
def test_flipping_moves_tokens_along(mirrored):
  import jax

  from onepunch_jax.prepare import flip

  raw = next(pipeline.train(config(), seed=0, batch_size=2)[0])
  out = flip.make(probability=mirrored)(batch.cast(raw), jax.random.key(0), 0)
  labels, geometry = np.asarray(out['labels'])[..., 0], np.asarray(out['geometry'])
  size = labels.shape[1]
  for b in range(2):
    x = (np.arange(size) + 0.5) * (2 / size) - 1
    here = labels[b] == 0
    np.testing.assert_allclose(geometry[b, 0, 0], (here * x).sum() / here.sum(), atol=1e-4)
