"""Hint metrics of made-up models whose answers are known."""

import json

import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax.evals import hints, numbers
from onepunch_jax.evals.hint_metrics.report import Curve, HintReport
from onepunch_jax.guides import geodesic
from onepunch_jax.metrics import felzenszwalb
from onepunch_jax.metrics.image import psnr


def batches(size=64, count=2):
  """Two drawings of four rooms each, of known colours, their outlines closed."""
  line = np.full((size, size), 255, np.float32)
  for at in (8, 32, 56):
    line[at : at + 2, 8:58] = line[8:58, at : at + 2] = 0
  ids = np.zeros((size, size), np.uint8)
  for n, (y, x) in enumerate(((10, 10), (10, 34), (34, 10), (34, 34)), 1):
    ids[y : y + 22, x : x + 22] = n
  colors = np.random.default_rng(0).uniform(0.2, 0.8, (count, 5, 3)).astype(np.float32)
  colors[:, 0] = 1
  rgb = colors[:, ids] * (line / 255)[..., None]
  wide = lambda x: jnp.asarray(np.broadcast_to(x, (count, *x.shape)))[..., None]
  return [
    {
      'line': wide(line / 127.5 - 1),
      'rgb': jnp.asarray(2 * rgb - 1),
      'regions': wide(ids),
      'valid': jnp.ones(count, jnp.uint8),
    }
  ]


def nearest(batch):
  return hints.nearest_hint(batch)


def deaf(batch):
  return jnp.full(batch['rgb'].shape, 0.5)


def loud(batch):
  """All of the picture in the colour of its hints."""
  hint = batch['hint']
  count = hint[..., 3].sum((1, 2))[:, None, None, None]
  mean = 0.5 + 0.5 * hint[..., :3].sum((1, 2), keepdims=True) / jnp.maximum(count, 1)
  return jnp.broadcast_to(jnp.where(count > 0, mean, 1.0), batch['rgb'].shape)


def oracle(batch):
  return 0.5 + 0.5 * batch['rgb']


def measure(paint, batches, **settings):
  return numbers(hints.make(**settings)(paint, batches))


def test_what_hints_do_is_shown():
  found = hints.make(points=(0, 5, 10), alphas=(), gaps=(), examples=2)(nearest, batches())
  height, width = next(iter(batches()))['rgb'].shape[1:3]
  high, wide = found['hinted'].shape[:2]
  assert wide // (width + 4) == 5 and 2 * height < high < 3 * height  # 5 pictures of 2 drawings


def test_known_models():
  evaluation = hints.make(points=(0, 5, 50), gaps=(0, 16), orders=2, examples=0)
  run = lambda *args: numbers(evaluation(*args))
  found = run(nearest, batches())
  assert {k: found[f'model/{k}'] for k in ('auc', 'obedience', 'leak', 'points_50')} == {
    k: found[f'nearest/{k}'] for k in ('auc', 'obedience', 'leak', 'points_50')
  }
  assert found['model/obedience'] < 0.01 and found['model/coverage'] == 1
  assert found['model/exact'] == 1
  assert found['model/points_0'] < found['model/points_5'] < found['model/points_50']
  assert found['model/leak_gap_0'] == 0 < found['model/leak_gap_16']
  assert found == run(nearest, batches())  # deterministic

  found = run(deaf, batches())
  assert found['model/points_0'] == found['model/points_50'] and found['model/leak'] == 0
  assert found['model/auc'] == pytest.approx(
    np.mean(
      [
        -10 * np.log10(np.mean((0.25 * (1 + x['rgb'])[i] * 2 - 0.5) ** 2))
        for x in batches()
        for i in range(2)
      ]
    ),
    abs=1e-3,
  )
  assert found['model/obedience'] > 5 and found['model/coverage'] == 0
  assert found['nearest/coverage'] == 1 and found['nearest/leak'] < 0.5  # paper has no hint

  found = run(loud, batches())
  assert found['model/obedience'] > 1 and found['model/leak'] == 1
  assert found['model/leak_gap_0'] == 1

  found = run(oracle, batches())
  assert found['model/auc'] == pytest.approx(100, abs=0.1)


def test_more_regions_hinted_is_more_right():
  def of(a):
    return measure(nearest, batches(), points=(), alphas=(a, a + 1), gaps=())['model/auc']

  (batch,) = batches()
  dots = np.zeros((2, 64, 64, 4), np.float32)
  for y, x in ((20, 20), (20, 44), (44, 20), (44, 44)):
    dots[:, y, x] = np.concatenate([np.asarray(batch['rgb'])[:, y, x], np.ones((2, 1))], -1)
  full = psnr(nearest({**batch, 'hint': dots}), batch)[0].mean()
  assert of(1.0) == pytest.approx(float(full), abs=0.1)  # a dot of one pixel, not of two by two


def test_random_orders_are_no_order():
  def run(answer):
    return measure(answer, batches(), points=(), gaps=(), orders=3)

  found = run(nearest)
  assert found == run(nearest)
  for at in (0, 100):  # no dots, all dots
    assert found[f'model/auc_random_at_{at}'] == pytest.approx(found[f'model/auc_at_{at}'])
  rise = [found[f'model/auc_random_at_{at}'] for at in (25, 50, 100)]
  assert rise == sorted(rise) and found['model/auc_at_0'] < rise[-1]
  found = run(deaf)
  assert found['model/auc_random'] == pytest.approx(found['model/auc'], rel=1e-6)


def test_a_random_order_of_rooms_of_one_size_is_as_good():
  # rooms are alike but for their colours: the mean of all 24 orders is that of 1 to 4 rooms
  alphas = (0.0, 0.5, 1.0)
  found = measure(nearest, batches(), points=(), gaps=(), orders=24, alphas=alphas)
  assert abs(found['model/auc_random_at_50'] - found['model/auc_at_50']) < 3


def test_drawings_with_open_lines_and_soft_shading_have_rows_of_their_own():
  (batch,) = batches()
  known = {'gap': jnp.asarray([0, 4], jnp.uint8), 'shading': jnp.asarray([2, 255], jnp.uint8)}
  evaluation = hints.make(points=(5,), gaps=(), orders=0, alphas=(0.0, 1.0))
  run = lambda *args: numbers(evaluation(*args))
  found = run(nearest, [{**batch, **known}])
  mean = 0.5 * (found['model_open/points_5'] + found['model_soft/points_5'])
  assert found['model/points_5'] == pytest.approx(mean)
  assert found['nearest_open/points_5'] == found['model_open/points_5']
  assert found['model/leak_drawn_4'] == found['model_open/leak']
  assert found['model/leak_drawn_0'] == found['model_soft/leak']
  again = run(deaf, [{**batch, **known}])
  assert again['nearest_open/points_5'] == found['nearest_open/points_5']
  found = measure(nearest, [batch], points=(5,), alphas=(), gaps=(), examples=0)
  assert set(found) == {'model/points_5', 'nearest/points_5'}


def test_drawings_that_pad_a_batch_do_not_count():
  (batch,) = batches()
  padded = {**batch, 'valid': jnp.asarray([1, 0], jnp.uint8)}

  def run(batch):
    return measure(deaf, [batch], points=(0,), alphas=(), gaps=())

  one = [psnr(deaf(batch), batch)[1][i] for i in range(2)]
  assert run(padded)['model/points_0'] == pytest.approx(float(one[0]))
  assert run(batch)['model/points_0'] == pytest.approx(float(sum(one)) / 2)


def test_segmentation_is_felzenszwalb_s():
  segmentation = pytest.importorskip('skimage.segmentation')
  y, x = np.mgrid[:48, :48]
  rgb = np.stack([(x > 20), (y > 30), np.hypot(x - 10, y - 10) < 7], -1) * 0.8
  rgb += np.random.default_rng(0).normal(0, 0.01, rgb.shape)
  ours = felzenszwalb.felzenszwalb(rgb, smallest=20)
  theirs = segmentation.felzenszwalb(rgb, scale=100, sigma=0.5, min_size=20)
  assert ours.max() == theirs.max()
  pairs = np.unique(np.stack([ours.ravel(), theirs.ravel()], 1), axis=0, return_counts=True)[1]
  assert np.sort(pairs)[-ours.max() - 1 :].sum() > 0.99 * ours.size


def test_regions_are_found_where_none_are_known():
  (batch,) = batches()
  del batch['regions']
  found = measure(nearest, [batch], points=(), gaps=())
  assert found['model/coverage'] > 0.5 and found['model/auc'] > 9


def test_nothing_is_nearest_without_hints():
  (batch,) = batches()
  _, cost = geodesic.watershed(batch['line'], jnp.zeros((2, 64, 64, 4)))
  assert cost.min() == 1


def test_a_report_is_written_and_read():
  evaluation = hints.make(points=(0, 5), gaps=(0, 16), orders=1, alphas=(0.0, 0.125, 1.0))
  report = evaluation(nearest, batches())['hint_report']
  row = report.rows['model']
  assert row.points.x == (0, 5) and row.largest_first.curve.x == (0.0, 12.5, 100.0)
  assert row.leak_by_gap is None and row.square_leak.x == (0, 16)
  assert report.numbers()['model/auc_at_12.5'] == row.largest_first.curve.y[1]
  again = HintReport.from_json(json.loads(json.dumps(report.to_json())))
  assert again == report and isinstance(again.rows['nearest'].points, Curve)
  assert evaluation.baselines == {'nearest': report.rows['nearest']}
