"""The command that trains the net which closes gaps."""

import argparse
import functools

import numpy as np

from launch import train_line_distance as command
from onepunch_jax.nets.line_distance import Model
from onepunch_jax.weights.npz import load


def test_crops_are_a_function_of_their_number():
  (line, regions), again = command.crop(3), command.crop(3)
  assert line.shape == regions.shape == (command.SIDE, command.SIDE)
  np.testing.assert_array_equal(line, again[0])
  np.testing.assert_array_equal(regions, again[1])
  assert not np.array_equal(line, command.crop(4)[0])


def test_scans_keep_their_range():
  line, rng = command.crop(3)[0], np.random.default_rng(0)
  for _ in range(20):
    scan = command.scanned(line, rng)
    assert scan.dtype == np.float32 and scan.min() >= 0 and scan.max() <= 255


def test_a_short_training_writes_weights(tmp_path, monkeypatch, capsys):
  monkeypatch.setattr(command, 'Model', functools.partial(Model, widths=(4, 4), blocks=(1, 1)))
  lines, regions = zip(*(command.crop(n) for n in range(3)))
  np.save(tmp_path / 'line.npy', np.stack(lines))
  np.save(tmp_path / 'reg.npy', np.stack(regions))
  options = argparse.Namespace(
    output=str(tmp_path / 'net.npz'), start='', minutes=0.02, drawings=3, batch=2, rate=2e-3,
    cache=str(tmp_path),
  )  # fmt: skip
  command.train(options)
  assert '100%' in capsys.readouterr().out
  params = load(tmp_path / 'net.npz')
  assert all(np.isfinite(x).all() for x in params['last'].values())
