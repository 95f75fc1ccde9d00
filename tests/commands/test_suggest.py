"""Suggestions of a made-up method whose classes are known."""

import jax.numpy as jnp
import numpy as np
import pytest

from onepunch_jax import core, suggest
from onepunch_jax.ops import color
from onepunch_jax.pages.colorizer import Colorizer


def colorizer(**kwargs):
  """Red is likely on the left half, blue on the right."""
  bins = jnp.array([[60.0, 40.0], [10.0, -60.0], [0.0, 0.0]])

  def classes(v, batch):
    _, h, w, _ = batch['line'].shape
    left = (jnp.arange(w // 4) < w // 8)[None, None, :, None]
    return jnp.broadcast_to(
      jnp.where(left, jnp.array([0.7, 0.3, 0.0]), jnp.array([0.3, 0.7, 0.0])),
      (1, h // 4, w // 4, 3),
    ), bins

  method = core.Method(
    nets=(),
    forward=None,
    turns=(),
    exports=(),
    train_inputs=(),
    inputs=('line', 'hint'),
    multiple=8,
    colorize=lambda v, batch, key: jnp.full((*batch['line'].shape[:3], 3), 0.5),
    **{'classes': classes, **kwargs},
  )
  return Colorizer.from_method(method, {}, 32)


def test_the_likeliest_colour_comes_first_at_each_place():
  page = np.full((64, 64, 3), 255, np.uint8)
  left, right = suggest.suggest(colorizer(), page, [(5, 30), (60, 30)], count=2)
  assert left == right[::-1] and len(set(left)) == 2
  rgb = np.array([int(left[0][i : i + 2], 16) for i in (1, 3, 5)]) / 255
  lab = np.asarray(color.rgb_to_lab(jnp.asarray(rgb)))
  assert lab[1] > 40 and abs(lab[0] - 53.4) < 2  # red, as light as the answer


def test_what_cannot_be_suggested_is_one_sentence():
  page = np.full((64, 64, 3), 255, np.uint8)
  with pytest.raises(ValueError, match='outside the page'):
    suggest.suggest(colorizer(), page, [(64, 3)])
  with pytest.raises(ValueError, match='configs/points'):
    suggest.suggest(colorizer(classes=None), page, [(3, 3)])
  with pytest.raises(ValueError, match='X,Y'):
    suggest._place('12')
