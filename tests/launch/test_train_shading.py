"""The command that trains the net which shades flats."""

import argparse
import functools

import numpy as np

from launch import train_shading as command
from onepunch_jax.nets.shading_masks import INPUTS, Model
from onepunch_jax.synthetic.draw import draw
from onepunch_jax.synthetic.style import style_of
from onepunch_jax.weights.npz import load


def test_targets_are_the_shading_of_the_drawing():
  index = command.shaded(4)[3]
  style, record = style_of(0, index)[0], draw(0, index, 96)
  shadow, light = np.moveaxis(command.targets(record, style.depth), -1, 0)
  assert shadow.max() > 200 and not ((shadow > 0) & (light > 0)).any()
  flat, rgb = (record[k].astype(float).sum(-1) for k in ('flat', 'rgb'))
  no_ink = record['line'][..., 0] == 255
  assert rgb[no_ink & (shadow > 200)].mean() < flat[no_ink & (shadow > 200)].mean() - 30


def test_batches_mirror_the_light_with_the_picture():
  indices = command.shaded(2)
  made = np.stack([command.example(i) for i in indices])
  rng, seen = np.random.default_rng(0), set()
  for _ in range(12):
    planes, wanted = command.batch(indices, made, 1, rng)
    assert planes.shape == (1, command.SIDE, command.SIDE, INPUTS) and 0 <= wanted.min()
    n, x = next(
      (n, style_of(0, i)[0].light[0]) for n, i in enumerate(indices)
      if np.isclose(abs(planes[0, 0, 0, 5]), abs(style_of(0, i)[0].light[0]))
    )  # fmt: skip
    mirrored = not np.isclose(planes[0, 0, 0, 5], x)
    line = np.round((planes[0, ..., 0] + 1) * 127.5)
    np.testing.assert_array_equal(line, made[n, :, :: -1 if mirrored else 1, 0])
    seen.add(mirrored)
  assert seen == {False, True}


def test_a_short_training_writes_weights(tmp_path, monkeypatch, capsys):
  monkeypatch.setattr(command, 'Model', functools.partial(Model, widths=(4, 4), blocks=(1, 1)))
  np.save(tmp_path / 'shading.npy', np.stack([command.example(i) for i in command.shaded(3)]))
  options = argparse.Namespace(
    output=str(tmp_path / 'net.npz'), start='', minutes=0.02, drawings=3, batch=2, rate=2e-3,
    cache=str(tmp_path),
  )  # fmt: skip
  command.train(options)
  assert '100%' in capsys.readouterr().out
  params = load(tmp_path / 'net.npz')
  assert all(np.isfinite(x).all() for x in params['last'].values())
