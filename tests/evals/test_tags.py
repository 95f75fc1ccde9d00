"""Tags: their names, what is left out in training, what a person says, and whether it is obeyed."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax import Colorizer, core, registry, synthetic
from onepunch_jax.configs import common, tag2pix
from onepunch_jax.data import vocabulary
from onepunch_jax.data.pipeline import Fit
from onepunch_jax.evals import numbers
from onepunch_jax.evals import tags as evaluation
from onepunch_jax.nets import tag_code
from onepunch_jax.nets.blocks import secat
from onepunch_jax.pages.book import open_book
from onepunch_jax.pages.work import Colorist, Options
from onepunch_jax.prepare import brightness, retag, tag_drop
from onepunch_jax.synthetic import tags as drawn_tags
from tests.commands.test_guides import room
from tests.core.test_methods import METHODS

NAMES = ('1girl', 'long hair', 'blue hair', 'gray hair', 'red eyes', 'blue eyes')


def test_names_of_drawn_and_of_records(tmp_path):
  assert vocabulary.of('synthetic') == synthetic.VOCABULARY
  first, stop = vocabulary.variant(synthetic.VOCABULARY)
  assert stop == len(synthetic.VOCABULARY) and synthetic.VOCABULARY[first] == 'black hair'
  assert stop - first == len(synthetic.COLOR_NAMES) * len(drawn_tags.NOUN_NAMES)
  assert vocabulary.of(str(tmp_path)) == ()
  info = {'version': 1, 'splits': {}, 'shards': [], 'tags': ['red_hat', 'light_brown_hair', 'hat']}
  (tmp_path / 'dataset.json').write_text(json.dumps(info))
  assert vocabulary.variant(vocabulary.of(f'{tmp_path}*3')) == (0, 2)
  with pytest.raises(ValueError, match='different tags'):
    vocabulary.of(f'{tmp_path}+synthetic')
  assert common.tag_names({}) == synthetic.VOCABULARY
  assert tag2pix.get_config(f'smoke,data={tmp_path}').method.disc.classes == 3


def test_what_a_person_types():
  np.testing.assert_array_equal(vocabulary.hot('Blue_Hair, red  eyes,', NAMES), [0, 0, 1, 0, 1, 0])
  np.testing.assert_array_equal(vocabulary.hot(['grey hair'], NAMES), [0, 0, 0, 1, 0, 0])
  assert not vocabulary.hot('', NAMES).any()
  with pytest.raises(ValueError, match="no tag 'blu hair'; nearest to it are: 'blue hair'"):
    vocabulary.hot('red eyes, blu hair', NAMES)
  assert vocabulary.nearest('teal eyes', synthetic.VOCABULARY)[0].endswith(' eyes')
  with pytest.raises(ValueError, match='no names'):
    vocabulary.hot('hat', ('',) * 3)


def test_a_run_keeps_its_names(tmp_path):
  assert vocabulary.load(str(tmp_path)) == ()
  vocabulary.save(str(tmp_path), NAMES)
  assert vocabulary.load(str(tmp_path)) == NAMES


def test_records_without_tags_say_nothing():
  record = {'key': 'a', 'rgb': np.zeros((8, 8, 3), np.uint8)}
  found = Fit(('tags', 'nouns'), 8, tags=5).map(record)
  assert found['tags'].shape == (5,) and found['nouns'].shape == (256,)
  assert not found['tags'].any() and not found['nouns'].any()


def test_a_word_and_its_paint_change_together():
  """Left a hat with a shadow, right eyes; nothing is said of the eyes, two colours of the coat."""
  names = ('red hat', 'blue hat', 'red eyes', 'blue eyes', 'red coat', 'blue coat')
  colors, nouns, color_of, noun_of = vocabulary.parts(names)
  assert colors == ('red', 'blue') and nouns == ('hat', 'eyes', 'coat')
  line = np.ones((2, 8, 12, 1), np.float32)
  line[:, :, 0] = -1
  rgb = np.zeros((2, 8, 12, 3), np.float32)
  rgb[:, :4, 1:4], rgb[:, 4:, 1:4], rgb[:, :, 4:] = (0.8, 0, 0), (0.4, 0, 0), (0, 1, 0)
  regions = np.full((2, 8, 12, 1), 7, np.uint8)
  regions[:, :, 4:8], regions[:, :, 8:] = 8, 9
  kinds = np.zeros((2, 256), np.uint8)
  kinds[:, 7:10] = 1, 3, 2  # numbers in batch['nouns']: of the hat, the eyes, the coat
  tags = np.array([[1, 0, 0, 0, 1, 1], [0] * 6], np.uint8)
  batch = {
    'line': line,
    'rgb': 2 * rgb - 1,
    'regions': regions,
    'nouns': kinds,
    'tags': tags,
    'truth': np.ones((2, 6), np.uint8),
  }
  batch = jax.tree.map(jnp.asarray, batch)
  make = lambda probability: retag.make(
    palette=((204, 0, 0), (0, 0, 255)),
    color_of=color_of,
    noun_of=noun_of,
    part_table=(-1, 0, 2, 1),
    probability=probability,
    sigma=0.0,
  )
  out = make(1.0)(batch, jax.random.key(0), 0)
  new = 0.5 + 0.5 * np.asarray(out['rgb'])
  np.testing.assert_array_equal(out['tags'], [[0, 1, 0, 0, 1, 1], [0] * 6])
  np.testing.assert_array_equal(out['truth'], [[0, 1, 1, 1, 1, 1], [1] * 6])
  assert (new[0, :, 1:4].argmax(-1) == 2).all()  # blue, and its shadow is darker
  np.testing.assert_allclose(new[0, 0, 1] - rgb[0, 0, 1], (-0.6, 0, 1), atol=1e-3)
  np.testing.assert_allclose(new[0, 7, 1] - rgb[0, 7, 1], np.array((-0.6, 0, 1)) * 2 / 3, atol=0.02)
  np.testing.assert_allclose(new[0, :, 4:], rgb[0, :, 4:], atol=1e-6)  # unsaid, or unclear
  np.testing.assert_allclose(new[0, :, 0], rgb[0, :, 0], atol=1e-6)  # ink
  np.testing.assert_allclose(new[1], rgb[1], atol=1e-6)
  where = np.asarray(out['repainted'])
  assert where[0, :, :4].all() and not where[0, :, 4:].any() and not where[1].any()
  as_it_was = make(0.0)(batch, jax.random.key(0), 0)
  np.testing.assert_array_equal(as_it_was['rgb'], batch['rgb'])
  np.testing.assert_array_equal(as_it_was['tags'], batch['tags'])
  alone = retag.make(
    palette=((204, 0, 0),),
    color_of=(0, -1, -1, -1, -1, -1),
    sigma=0.0,
    noun_of=(0, -1, -1, -1, -1, -1),
    part_table=(-1, 0, -1, -1),
    probability=1.0,
  )
  np.testing.assert_array_equal(alone(batch, jax.random.key(0), 0)['tags'], tags)  # no other word
  with pytest.raises(ValueError, match='probability'):
    make(2)


def test_dropped_tags():
  count, first, stop = 4096, 3, 23
  raw = {'tags': jnp.ones((count, 30), jnp.uint8)}
  step = tag_drop.make(variant=(first, stop), keep_all=0.5, keep_none=0.1, keep=(0.2, 0.6))
  run = jax.jit(lambda key: step(raw, key, 0))
  out = run(jax.random.key(0))
  told, truth = np.asarray(out['tags']), np.asarray(out['truth'])
  assert truth.all() and told.dtype == np.uint8
  assert told[:, :first].all() and told[:, stop:].all()
  share = told[:, first:stop].mean(1)
  assert np.mean(share == 1) == pytest.approx(0.5, abs=0.03)
  assert np.mean(share == 0) == pytest.approx(0.1 + 0.4 * 0.001, abs=0.02)
  some = (share > 0) & (share < 1)
  assert share[some].mean() == pytest.approx(0.4, abs=0.02)
  assert share[some].std() == pytest.approx((0.4**2 / 12 + 0.24 / 20) ** 0.5, abs=0.02)
  each = told[some][:, first:stop].mean(0)  # no tag is dropped more than another
  assert np.abs(each - 0.4).max() < 0.06
  np.testing.assert_array_equal(told, run(jax.random.key(0))['tags'])
  assert (told != run(jax.random.key(1))['tags']).any()
  all_stay = tag_drop.make(variant=(0, 30), keep_all=1.0, keep_none=0.0)
  assert all_stay({'tags': truth}, jax.random.key(0), 0)['tags'].all()
  with pytest.raises(ValueError, match='keep_all'):
    tag_drop.make(variant=(0, 3), keep_all=0.8, keep_none=0.4)


def test_lines_whiten_after_the_start():
  line = jnp.full((2048, 4, 4, 1), -0.8).at[:, ::2].set(1.0)  # strokes of 0.1 on paper
  step = brightness.make(jitter=0.2, start=10, low=1.0, high=7.0)
  run = jax.jit(lambda at: 0.5 + 0.5 * step({'line': line}, jax.random.key(0), at)['line'])
  before, after = np.asarray(run(9)), np.asarray(run(10))
  for x in (before, after):
    assert x.min() >= 0 and x.max() <= 1
  plain = brightness.make(jitter=0.0, start=0, low=1.0, high=7.0)
  dark = 0.5 + 0.5 * np.asarray(plain({'line': line}, jax.random.key(0), 0)['line'])[:, 1, 0, 0]
  assert dark.min() == pytest.approx(0.1, abs=0.01) and dark.max() == pytest.approx(0.7, abs=0.01)
  assert dark.mean() == pytest.approx(0.4, abs=0.01) and (np.asarray(run(0)) == before).all()
  assert after[:, 1].mean() > before[:, 1].mean() + 0.2
  still = brightness.make(jitter=0.0, start=9)({'line': line}, jax.random.key(0), 0)['line']
  np.testing.assert_allclose(still, line, atol=1e-6)


@pytest.mark.parametrize('kind', secat.KINDS)
def test_blocks_see_tags_or_not(kind):
  block = secat.Block(8, 2, kind, reduction=2, norm='none')
  x = jax.random.normal(jax.random.key(0), (2, 4, 4, 6))
  codes = jax.random.normal(jax.random.key(1), (2, 2, 5))
  v = block.init(jax.random.key(2), x, codes[0])
  one, two = (block.apply(v, x, c) for c in codes)
  assert one.shape == (2, 4, 4, 8)
  assert np.allclose(one, two) == (kind in ('senet', 'resnext'))


def test_code_without_tags_is_the_biases():
  v = tag_code.Model(4).init(jax.random.key(0), jnp.ones((1, 3)))
  np.testing.assert_array_equal(tag_code.Model(4).apply(v, jnp.zeros((2, 3), jnp.uint8)), 0)
  assert tag_code.broadcast(jnp.ones((2, 4)), jnp.zeros((2, 5, 6, 1))).shape == (2, 5, 6, 4)


def people(count=3, size=32):
  """Drawings of blue, red and blue hair over a green shirt, and eyes of two colours at once."""
  place = {name: i for i, name in enumerate(synthetic.VOCABULARY)}
  noun = lambda name: drawn_tags.NOUN_NAMES.index(name) + 1
  regions = np.zeros((count, size, size, 1), np.uint8)
  regions[:, 4:12, 4:28], regions[:, 12:16, 4:28], regions[:, 16:30, 4:28] = 1, 2, 3
  nouns = np.zeros((count, 256), np.uint8)
  nouns[:, 1:4] = noun('hair'), noun('eyes'), noun('shirt')
  said = np.zeros((count, len(place)), np.uint8)
  rgb = np.ones((count, size, size, 3), np.float32)
  for i in range(count):
    hair = ('blue', 'red')[i % 2]
    for tag in (f'{hair} hair', 'green shirt', 'brown eyes', 'aqua eyes'):
      said[i, place[tag]] = 1
    for part, color in ((1, hair), (3, 'green')):
      rgb[i][regions[i, ..., 0] == part] = np.array(synthetic.COLOR_NAMES[color]) / 127.5 - 1
  host = {
    'line': np.ones((count, size, size, 1), np.float32),
    'rgb': rgb,
    'regions': regions,
    'nouns': nouns,
    'tags': said,
    'valid': np.ones(count, np.uint8),
  }
  return [{k: jnp.asarray(x) for k, x in host.items()}]


def obedient(batch):
  """Every noun's regions in the colour of its first tag; grey where nothing is said."""
  out = np.full(batch['rgb'].shape, 0.55)
  tags, nouns, regions = (np.asarray(batch[k]) for k in ('tags', 'nouns', 'regions'))
  for i, j in zip(*np.nonzero(tags)):
    color, _, noun = synthetic.VOCABULARY[j].partition(' ')
    part = nouns[i][regions[i, ..., 0]] == drawn_tags.NOUN_NAMES.index(noun) + 1
    out[i][part] = np.array(synthetic.COLOR_NAMES[color]) / 255
  return jnp.asarray(out)


def stubborn(batch):
  return 0.5 + 0.5 * batch['rgb']


def test_known_models():
  run = lambda *args: numbers(evaluation.make(examples=0)(*args))
  found = run(obedient, people())
  assert found['asked/tag_hair'] == found['asked/tag_clothes'] == 3 and found['asked/tag_all'] == 6
  assert 'asked/tag_eyes' not in found  # two colours: no tag names it alone
  assert found['model/tag_all'] == found['swapped/tag_all'] == found['target/tag_all'] == 1
  assert not any(found[f'{row}/tag_all'] for row in ('swapped_original', 'untagged', 'line'))
  assert found['frequent/tag_hair'] == pytest.approx(2 / 3) and found['frequent/tag_clothes'] == 1
  assert found == run(obedient, people())  # deterministic
  found = run(stubborn, people())
  assert found['model/tag_all'] == found['swapped_original/tag_all'] == 1
  assert found['swapped/tag_all'] == 0


def test_what_is_not_asked():
  (batch,) = people()
  only = numbers(evaluation.make()(obedient, [{**batch, 'valid': jnp.asarray([1, 0, 0])}]))
  assert only['asked/tag_all'] == 2 and only['frequent/tag_hair'] == 1
  assert numbers(evaluation.make(pictures=2)(obedient, [batch]))['asked/tag_all'] == 4
  assert 'asked/tag_hair' not in numbers(evaluation.make(min_area=0.2)(obedient, [batch]))
  sheet = evaluation.make(examples=1)(obedient, [batch])['tagged']
  assert sheet.shape[1] // (batch['rgb'].shape[2] + 4) == 5
  ink = {**batch, 'line': batch['line'].at[:, 4:12].set(-1)}
  assert 'asked/tag_hair' not in numbers(evaluation.make()(obedient, [ink]))
  assert evaluation.make()(obedient, [{**batch, 'nouns': jnp.zeros((3, 256), int)}]) == {}


def test_drawn_knows_its_parts():
  records = [synthetic.draw(1, i, 64) for i in range(60)]
  for r in records:
    for part, noun in zip(r['parts'], r['nouns']):
      known = drawn_tags.NOUNS.get(part)
      assert (noun == 0) if known is None else drawn_tags.NOUN_NAMES[noun - 1] == known
  keys = ('line', 'rgb', 'regions', 'nouns', 'tags')
  host = {k: np.stack([r[k] for r in records]) for k in keys}
  for key in ('line', 'rgb'):
    host[key] = host[key] / np.float32(127.5) - 1
  batch = {**{k: jnp.asarray(x) for k, x in host.items()}, 'valid': jnp.ones(60)}
  found = numbers(evaluation.make()(stubborn, [batch]))
  assert found['asked/tag_hair'] >= 10 and found['asked/tag_clothes'] >= 10
  assert found['target/tag_hair'] > 0.9 and found['target/tag_clothes'] > 0.85


def colorizer(names=NAMES):
  """A method that paints all of a page in the mean of what its tags name; grey without tags."""
  colors = jnp.asarray(
    [[0.5] * 3] * 2 + [[0.2, 0.3, 0.8], [0.5, 0.6, 0.5], [0.8, 0.2, 0.2], [0.1, 0.2, 0.9]]
  )

  def colorize(v, batch, key):
    tags = batch['tags'].astype(jnp.float32)
    mean = (tags @ colors + 0.5) / (tags.sum(-1, keepdims=True) + 1)
    return jnp.broadcast_to(mean[:, None, None], (*batch['line'].shape[:3], 3))

  gen = core.Net('gen', tag_code.Model())
  method = core.Method(
    nets=(gen,),
    forward=None,
    turns=(),
    colorize=colorize,
    exports=(),
    train_inputs=('tags',),
    inputs=('line', 'tags'),
  )
  return Colorizer.from_method(method, core.Variables({}, {}, {}), 32, tags=names)


def test_a_page_with_tags():
  said, seen = colorizer(), lambda x: np.asarray(x).astype(int)[20, 20]
  one = seen(said(room(), tags='blue hair, red eyes'))
  assert one[0] > one[1] + 20 and one[2] > one[1] + 20
  np.testing.assert_array_equal(
    said(room(), tags='blue hair, red eyes'), said(room(), tags=['red eyes', 'Blue_Hair'])
  )
  assert seen(said(room(), tags='red eyes'))[0] > seen(said(room(), tags=''))[0] + 20
  np.testing.assert_array_equal(said(room(), tags=''), said(room()))
  with pytest.raises(ValueError, match="no tag 'blue hare'; nearest to it are: 'blue hair'"):
    said(room(), tags='blue hare')


def test_methods_that_take_tags_are_named():
  assert {'tag2pix'} <= set(registry.methods_with('tags'))
  other = Colorizer.from_method(registry.method(METHODS['pix2pix']), None, 32)
  with pytest.raises(ValueError, match=r'uses no tags.*tag2pix'):
    other(room(), tags='blue hair')


def test_tags_are_a_flag(tmp_path):
  room().save(tmp_path / 'a.png')
  (item,) = open_book(str(tmp_path / 'a.png')).pages
  paint = lambda tags: Colorist(colorizer(), Options(tags=tags))(item, item.pictures()).files
  assert paint('red eyes') == paint('red eyes') != paint('blue hair')
  assert Options(tags='a').settings() != Options(tags='b').settings()  # a journal starts anew


def test_names_of_tags_are_looked_up_where_a_vocabulary_is_known():
  record = {'key': 'k', 'tags': ['cat', 'dog']}
  known = Fit(('tags',), 8, 2, ('blue hair', 'cat')).map(record)
  np.testing.assert_array_equal(known['tags'], [0, 1])
  np.testing.assert_array_equal(Fit(('tags',), 8, 2).map({'key': 'k'})['tags'], [0, 0])
  with pytest.raises(ValueError, match='--tags=FILE'):
    Fit(('tags',), 8, 2).map(record)
