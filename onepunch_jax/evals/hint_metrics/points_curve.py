"""The points curve of Zhang et al. (2017): foreground PSNR against the number of points."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax.core import Batch
from onepunch_jax.evals import Predict, fetch, predict
from onepunch_jax.evals.hint_metrics.common import side
from onepunch_jax.guides import hints
from onepunch_jax.metrics.image import psnr
from onepunch_jax.prepare import points as sampler

EXAMPLES = (0, 10, 50)  # numbers of points of which there are pictures
_draw = jax.jit(sampler.paste_squares)


class Points(NamedTuple):
  """The points curve of a batch.

  Attributes:
    psnr: [N, B], foreground PSNR with each number of points.
    hints: number of points -> hints [B, H, W, 4], for the numbers of EXAMPLES.
    predictions: number of points -> sRGB [B, H, W, 3] in [0, 1], for the same.
  """

  psnr: np.ndarray
  hints: dict[int, jax.Array]
  predictions: dict[int, jax.Array]


def curve(paint: Predict, batch: Batch, number: int, counts: Sequence[int], size: int) -> Points:
  """Predicts with more and more points; more points are the same ones and others.

  Args:
    paint: the method or a baseline.
    batch: what it is asked on.
    number: of the batch: it decides where the points lie.
    counts: numbers of points.
    size: side of a point in px at 256.
  """
  shape = batch['rgb'].shape[:3]
  wide = side(size, shape[1:])
  key = jax.random.fold_in(jax.random.key(0), number)
  places = sampler.squares(key, shape, max(1, *counts), (wide, wide))
  blank = jnp.zeros((*shape, 4))
  found = Points(np.zeros((len(counts), shape[0]), np.float32), {}, {})
  for i, count in enumerate(counts):
    hint = _draw(blank, batch['rgb'], *places, jnp.full(shape[0], count))
    prediction = predict(paint, batch, hint=hint)
    found.psnr[i] = fetch(psnr(prediction, batch)[1])
    if count in EXAMPLES:
      found.hints[count], found.predictions[count] = hint, prediction
  return found


def pictures(points: Points, batch: Batch) -> dict[str, np.ndarray]:
  """{caption: sRGB [B, H, W, 3]}: line art, ground truth, hints on the line art, predictions."""
  line = batch['line']
  blank = jnp.zeros((*line.shape[:3], 4))
  found = {'line': _on_line(blank, line), 'target': 0.5 + 0.5 * batch['rgb']}
  for count, hint in points.hints.items():
    if count:
      found[f'{count} points'] = _on_line(hint, line)
    found[f'painted, {count}'] = points.predictions[count]
  return {caption: fetch(x) for caption, x in found.items()}


@jax.jit
def _on_line(hint, line):
  return 0.5 + 0.5 * hints.encode(hint, line, 'line')[..., :3]
