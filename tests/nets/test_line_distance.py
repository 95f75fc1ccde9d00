"""The net that closes gaps: its shape, its weights, and what it is worth on held-out drawings."""

import jax
import numpy as np
import pytest

from onepunch_jax.nets.line_distance import Model
from onepunch_jax.pages import line_distance as pages
from onepunch_jax.regions.distance import line_distance
from onepunch_jax.regions.segment import segment
from onepunch_jax.synthetic.draw import draw
from onepunch_jax.weights.npz import load, save


def test_saved_weights_come_back(tmp_path):
  net = Model(widths=(8, 8), blocks=(1, 1))
  params = net.init(jax.random.key(0), np.zeros((1, 16, 16, 1)))['params']
  save(tmp_path / 'net.npz', params)
  again = load(tmp_path / 'net.npz')
  assert jax.tree.structure(again) == jax.tree.structure(params)
  for old, new in zip(jax.tree.leaves(params), jax.tree.leaves(again)):
    np.testing.assert_allclose(old, new, atol=2e-3)
  found = net.apply({'params': again}, np.ones((2, 24, 20, 1)))
  assert found.shape == (2, 24, 20, 1) and 0 <= found.min() <= found.max() <= net.cap


def test_the_net_is_small():
  size = sum(x.size for x in jax.tree.leaves(load(pages.WEIGHTS)))
  assert size < 310_000 and pages.WEIGHTS.stat().st_size < 2_000_000


def _purity(labels, parts) -> float:
  codes = labels.ravel() * 256 + parts.ravel()
  common = np.bincount(codes, minlength=(labels.max() + 1) * 256).reshape(-1, 256)
  return common.max(1).sum() / parts.size


def test_gaps_are_closed_on_drawings_it_never_saw():
  with_net, without, error = [], [], []
  for n in range(10):
    record = draw(1, 5000 + n, 256, gap=12)
    line, parts = record['line'][..., 0], record['regions'][..., 0]
    away = pages.predict(line)
    assert away.shape == line.shape and away.dtype == np.float32
    error.append(np.abs(away - line_distance(parts)).mean())
    with_net.append(_purity(segment(line, distance=away), parts))
    without.append(_purity(segment(line), parts))
  assert np.mean(with_net) > 0.93 and np.mean(with_net) > np.mean(without) + 0.01
  assert np.mean(error) < 1.2


def test_float_and_uint8_and_paper_agree():
  line = draw(1, 5003, 128)['line'][..., 0]
  found = pages.predict(line)
  np.testing.assert_allclose(pages.predict(line / np.float32(255)), found, atol=0.05)
  paler = np.round(line * 0.9).astype(np.uint8)
  np.testing.assert_allclose(pages.predict(paler, paper=0.9), found, atol=0.5)
  np.testing.assert_array_equal(pages.predict(line), found)


@pytest.mark.parametrize('shape', [(1, 1), (3, 50), (600, 40)])
def test_pictures_of_any_shape(shape):
  line = np.full(shape, 255, np.uint8)
  labels = segment(line, distance=pages.predict(line))
  assert labels.shape == shape and labels.max() == 0


def test_a_large_page_is_seen_small():
  line = np.kron(draw(1, 5001, 256)['line'][..., 0], np.ones((5, 5), np.uint8))
  away = pages.predict(line)
  assert max(away.shape) <= 512 and away.max() > 10
  assert segment(line, distance=away).shape == line.shape
