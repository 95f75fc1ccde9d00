"""Measures of regions' colours, of made-up models whose answers are known by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.evals import (
  Paint,
  agreement,
  clicks,
  energy,
  likelihood,
  numbers,
  palette,
  unconditional,
  vividness,
)
from onepunch_jax.evals.region_metrics.noun_prior import NounPrior
from onepunch_jax.metrics import samples
from onepunch_jax.ops import color
from onepunch_jax.regions import codebook
from tests.evals.test_hints import batches as rooms
from tests.evals.test_hints import deaf, nearest, oracle

HAIR, SHIRT = 3, 5  # numbers of nouns


def batches():
  """Two drawings of four rooms; the first two are one part, of one colour, on paper."""
  (batch,) = rooms()
  ids = np.asarray(batch['regions'])[..., 0]
  rgb = np.array(batch['rgb'])
  for i in range(2):
    rgb[i][ids[i] == 2] = rgb[i][ids[i] == 1].max(0)  # the colour without ink
  nouns = np.zeros((2, 256), np.uint8)
  nouns[:, 1:5] = HAIR, HAIR, SHIRT, 0
  return [{**batch, 'rgb': jnp.asarray(rgb), 'nouns': jnp.asarray(nouns)}]


def painter(colorize, *inputs):
  return Paint(colorize, lambda batch: {}, inputs)


def paint_rooms(batch, colors):
  """Rooms 1 to 4 filled with sRGB colours [4, 3] over the ground truth."""
  regions = batch['regions']
  out = 0.5 + 0.5 * batch['rgb']
  for i, rgb in enumerate(colors, 1):
    out = jnp.where(regions == i, jnp.asarray(rgb, jnp.float32), out)
  return out


def test_the_energy_score_by_hand():
  line = lambda *x: np.array([[[v, 0, 0]] for v in x], float)  # samples of one region
  truth = np.array([[1.0, 0, 0]])
  assert samples.energy_score(line(0, 2), truth) == pytest.approx(0)  # 1 - 2 / 2
  assert samples.energy_score(line(4, 4), truth) == pytest.approx(3)
  assert samples.energy_score(line(4), truth) == pytest.approx(3)
  # the truth is 0 or 10: samples of both are better than their mean, and than one of them
  both = [samples.energy_score(line(*[0, 10] * 50), np.array([[t, 0, 0]])) for t in (0.0, 10)]
  mean = [samples.energy_score(line(*[5] * 100), np.array([[t, 0, 0]])) for t in (0.0, 10)]
  one = [samples.energy_score(line(*[0] * 100), np.array([[t, 0, 0]])) for t in (0.0, 10)]
  assert np.mean(both) == pytest.approx(2.5, abs=0.05) and np.mean(mean) == np.mean(one) == 5


def test_calibration_and_f_by_hand():
  sure, right = np.array([1.0, 1.0, 0.3, 0.3]), np.array([True, False, True, False])
  # bins of confidence 1 and 0.3: half is right in each
  found = samples.calibration_error(sure, right, np.ones(4))
  assert found == pytest.approx(0.5 * 0.5 + 0.5 * 0.2)
  assert samples.calibration_error(np.ones(2), np.array([True, True]), np.ones(2)) == 0
  truth, guess = np.array(['a', 'a', 'a', 'b']), np.array(['a', 'a', 'a', 'a'])
  assert samples.macro_f(guess, truth, np.ones(4)) == pytest.approx(0.5 * 2 * 3 / 7)


def test_energy_of_known_models():
  run = energy.make(samples=4)
  found = run(painter(oracle), batches())
  for column in ('energy', 'best_of', 'likeliest', 'calibration'):
    assert found[f'model/{column}'] == pytest.approx(0, abs=1e-3)
  assert found['model/macro_f'] == 1
  found = run(deaf, batches())  # always one grey: no sample is better
  assert found['model/energy'] == found['model/best_of'] == found['model/likeliest'] > 10
  assert found['model/calibration'] == pytest.approx(1)  # it is sure and wrong everywhere
  assert found['mean/energy'] == pytest.approx(found['mean/likeliest'])

  def sometimes(batch):  # the first and every other answer is wrong, the others are the truth
    right = (batch['sample'] % 2 == 1)[:, None, None, None]
    return jnp.where(right, oracle(batch), deaf(batch))

  found = run(painter(sometimes, 'line', 'sample'), batches())
  assert found['model/best_of'] == pytest.approx(0, abs=1e-3)
  away = found['model/likeliest']
  # two of four samples are at `away`: mean distance away / 2, and 8 of 12 pairs are apart
  assert found['model/energy'] == pytest.approx(away / 2 - away * 8 / 12 / 2, rel=1e-4)
  # half of the samples agree with the likeliest one, which is never right
  assert found['model/calibration'] == pytest.approx(0.5)
  assert found == run(painter(sometimes, 'line', 'sample'), batches())


def test_a_drawing_s_own_colours_are_no_prior():
  centres = np.asarray(color.rgb_to_lab(jnp.asarray(codebook.colors())))
  one, other = centres[40], centres[200]
  lab = [np.stack([one, other]), np.stack([one, one]), np.stack([other, one])]
  noun = [np.array([1, 2]), np.array([1, 2]), np.array([1, 2])]
  weight = [np.array([1.0, 1.0]), np.array([2.0, 1.0]), np.array([1.0, 1.0])]
  prior = NounPrior(lab, weight, noun)
  # noun 1 of the others: `one` with weight 2, `other` with weight 1
  np.testing.assert_allclose(prior.mode(0)[0], one)
  p = prior.probabilities(0)
  assert p[0, 40] == pytest.approx(0.89 * 2 / 3 + 0.1 * 4 / 5 + 0.01 / 256)
  assert p.sum(-1) == pytest.approx(1) and p.shape == (2, 256)
  # noun 2 of drawing 2: the others have `other` and `one` alike; its own `one` does not count
  assert prior.probabilities(2)[1, 40] == pytest.approx(0.89 / 2 + 0.1 * 4 / 5 + 0.01 / 256)
  draws = prior.sample(0, 2000)
  share = np.mean(np.linalg.norm(draws[:, 0] - one, axis=-1) < 1e-3)
  assert share == pytest.approx(p[0, 40], abs=0.03)
  sure = NounPrior([one[None]] * 2, [np.ones(1)] * 2, [np.ones(1, int)] * 2)
  nll = float(sure.negative_log_likelihood(0, one[None])[0])
  assert nll == pytest.approx(3 * np.log(5) - np.log(0.99), abs=1e-3)
  alone = NounPrior([one[None]], [np.ones(1)], [np.ones(1, int)])  # nothing is known
  assert float(alone.negative_log_likelihood(0, one[None])[0]) > nll + 3


def test_likelihood_needs_tokens():
  assert likelihood.make()(painter(oracle), batches()) == {}
  geometry = np.zeros((2, 3, 12), np.float32)
  geometry[:, :2, 7], geometry[:, :2, 11] = (0.5, 0.2), 1  # root of the area; the third is unused
  red = 2 * codebook.colors()[40] - 1
  batch = {
    'colors': jnp.asarray(np.broadcast_to(red, (2, 3, 3))),
    'geometry': jnp.asarray(geometry),
    'token_nouns': jnp.ones((2, 3), jnp.uint8),
    'valid': jnp.ones(2),
  }
  measure = lambda b: {'model/nll_0': jnp.asarray([1.0, 2.0]), 'model/other': jnp.zeros(2)}
  found = likelihood.make(known=(0, 1, 2))(Paint(oracle, measure), [batch])
  assert found['model/nll_0'] == 1.5 and 'model/other' not in found
  assert found['noun/nll_0'] == pytest.approx(3 * np.log(5) - np.log(0.99), abs=1e-3)
  assert found['noun/nll_1'] == pytest.approx(found['noun/nll_0'])
  assert np.isnan(found['noun/nll_2'])  # all of them are known


def test_vividness_of_known_models():
  run = vividness.make()
  found = run(oracle, batches())
  assert found['model/chroma_ratio'] == pytest.approx(1)
  assert found['model/colorful_ratio'] == pytest.approx(1) and found['model/mud'] == 0
  found = run(deaf, batches())
  assert found['model/chroma_ratio'] < 0.01 and 80 < found['model/mud'] <= 100

  def faded(batch):
    lab = color.rgb_to_lab(0.5 + 0.5 * batch['rgb'])
    return color.lab_to_rgb(lab * jnp.array([1, 0.5, 0.5]), clip=False)

  assert run(faded, batches())['model/chroma_ratio'] == pytest.approx(0.5, abs=0.02)
  lab = jnp.array([[50.0, 5, 5], [50, 9, 9], [20, 0, 0], [80, 0, 0]])
  np.testing.assert_array_equal(vividness.is_mud(lab), [True, False, False, False])


def test_agreement_of_known_models():
  run = agreement.make()
  red, blue = (0.9, 0.2, 0.2), (0.2, 0.2, 0.9)
  found = run(lambda b: paint_rooms(b, [red, red, blue, blue]), batches())
  assert found['model/agreement'] == found['model/definite'] == found['target/agreement'] == 1
  found = run(lambda b: paint_rooms(b, [red, blue, red, blue]), batches())
  assert found['model/agreement'] == 0.5 and found['model/definite'] == 1
  # rooms 1 and 2 are a part, of which half agrees; room 3 is one; room 4 has no noun
  assert found['model/agreement_all'] == pytest.approx(2 / 3)

  def torn(batch):  # a third of each room in another colour
    columns = jnp.arange(64)[None, None, :, None]
    third = ((columns > 10) & (columns < 17)) | ((columns > 34) & (columns < 41))
    return jnp.where(third, jnp.array(blue), jnp.broadcast_to(jnp.array(red), batch['rgb'].shape))

  found = run(torn, batches())
  assert 0.6 < found['model/definite'] < 0.8 and found['model/agreement'] < 0.8
  (batch,) = batches()
  del batch['nouns']
  assert 'model/agreement' not in run(oracle, [batch])


def test_a_palette_is_obeyed_or_not():
  def first_entry(batch):
    if 'palette' not in batch:
      return deaf(batch)
    assert batch['palette'].shape == (2, 16, 4)
    return jnp.broadcast_to(0.5 + 0.5 * batch['palette'][:, 0, None, None, :3], batch['rgb'].shape)

  found = palette.make()(painter(first_entry, 'line', 'palette'), batches())
  assert found['model/off_palette'] == 0 and found['free/off_palette'] == 1
  assert found['model/palette_used'] == pytest.approx(
    1 / 3
  )  # of three colours, rooms 1 and 2 alike
  assert found['free/palette_used'] == 0
  assert palette.make()(painter(first_entry, 'line'), batches()) == {}
  assert palette.make()(first_entry, batches()) == {}
  known = palette.make()(painter(oracle, 'palette'), batches())
  assert known['model/off_palette'] == 0 and known['model/palette_used'] == 1


def test_clicks_by_hand():
  run = clicks.make(clicks=6)
  found = run(painter(oracle, 'line', 'hint'), batches())
  assert found['model/clicks_largest'] == 0 and found['model/reached_random'] == 1
  assert 'model/clicks_own' not in found  # nothing is random
  found = run(painter(deaf, 'line', 'hint'), batches())
  assert found['model/clicks_largest'] == 6 and found['model/reached_largest'] == 0
  # rooms 1 and 2 are alike: with the first hint half is right, with one more three quarters
  assert 1 <= found['nearest/clicks_largest'] <= 3 and found['nearest/reached_largest'] == 1
  assert found['nearest_region/reached_random'] == 1
  assert found == run(painter(deaf, 'line', 'hint'), batches())
  same = run(painter(nearest, 'line', 'hint'), batches())
  assert same['model/clicks_random'] == same['nearest/clicks_random']


def test_clicks_where_the_method_is_least_certain():
  (batch,) = rooms()
  truth = [
    [
      np.asarray(0.5 + 0.5 * batch['rgb'])[b, y, x]
      for y, x in ((20, 20), (20, 44), (44, 20), (44, 44))
    ]
    for b in range(2)
  ]

  def model(batch):
    """Room 1 is right, room 2 wrong, rooms 3 and 4 vary; a hint makes its room right."""
    out = []
    for b in range(2):
      picture = jnp.ones((64, 64, 3))
      for room in range(4):
        mask = batch['regions'][b] == room + 1
        hinted = jnp.any(mask[..., 0] & (batch['hint'][b, ..., 3] > 0))
        wrong = (
          jnp.array((0.0, 1.0, 0.0)) if room == 1 else jnp.full(3, 0.3 * batch['sample'][b] % 1)
        )
        right = jnp.asarray(truth[b][room])
        picture = jnp.where(mask, right if room == 0 else jnp.where(hinted, right, wrong), picture)
      out.append(picture)
    return jnp.stack(out)

  found = clicks.make(clicks=6)(painter(model, 'line', 'hint', 'sample'), [batch])
  assert found['model/clicks_own'] == 2 < found['model/clicks_largest'] == 3


def test_nothing_but_the_line_art_is_given():
  (batch,) = batches()
  full = {**batch, 'hint': 1, 'reference': 2, 'tags': jnp.ones((2, 5), jnp.uint8)}
  found = unconditional(full)
  assert set(found) == {*batch, 'tags'} and not found['tags'].any()
  assert found['tags'].dtype == jnp.uint8
  assert numbers({'a': 1.0, 'b': 'text', 'c': np.zeros(2)}) == {'a': 1.0}


def test_drawings_split_over_devices_are_measured_alike():
  (batch,) = batches()
  mesh = jax.sharding.Mesh(np.array(jax.devices()[:2]), ('data',))
  split = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec('data'))
  divided = {k: jax.device_put(x, split) for k, x in batch.items()}

  def model(batch):  # a hint, a sample and a palette change the answer
    noise = 0.1 * batch.get('sample', jnp.zeros(2))[:, None, None, None]
    entry = batch.get('palette', jnp.zeros((2, 1, 4)))[:, :1, None, :3]
    return jnp.clip(
      0.4 * nearest({'hint': jnp.zeros((2, 64, 64, 4)), **batch}) + noise + 0.1 * entry, 0, 1
    )

  paint = painter(jax.jit(model), 'line', 'hint', 'sample', 'palette')
  for run in (
    energy.make(samples=2),
    vividness.make(),
    agreement.make(),
    palette.make(),
    clicks.make(clicks=2, samples=2),
  ):
    one, two = run(paint, [batch]), run(paint, [divided])
    assert one.keys() == two.keys() and len(one) > 1
    for name, value in one.items():
      assert two[name] == pytest.approx(value, rel=1e-4, abs=1e-5), name
