"""What hints can be worth where they reach: Foreground PSNR with true colours there, a ceiling.

    python benchmarks/reach.py --data=synthetic runs/points runs/userhint

For each number of points three rows: the answer; the answer with the true colours wherever a hint
is within 44 px on this side of the lines (a mask above a half: guides/geodesic.dense_hint); and
that on top of the answer without hints.  A method that carries hints within their outlines alone
cannot gain more.
"""

import argparse
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from onepunch_jax import evals, prepare
from onepunch_jax.data import pipeline, vocabulary
from onepunch_jax.evals.hint_metrics.points_curve import curve
from onepunch_jax.guides import geodesic
from onepunch_jax.weights.runs import load_for_inference

ROWS = ('answer', 'true where reached', 'true where reached, else as without')


def measure(workdir: str, data: str, points: Sequence[int], count: int):
  """{row: {'points_N': mean Foreground PSNR}} over the first `count` drawings of `data`'s val."""
  method, variables, config = load_for_inference(workdir)
  config.data.update(path=data, unpaired='')
  prepares, key = prepare.make(config.eval_prepare), jax.random.key(0)
  paint = evals.painter(method, key)(variables)

  def reached(batch, answer):
    near = geodesic.dense_hint(batch['line'], batch['hint'])[..., 3:]
    return jnp.where(near > 0.5, 0.5 + 0.5 * batch['rgb'], answer)

  def without(batch):
    return paint({**batch, 'hint': jnp.zeros_like(batch['hint'])})

  answers = paint, lambda b: reached(b, paint(b)), lambda b: reached(b, without(b))
  found = {row: {} for row in ROWS}
  pictures = pipeline.evaluation(
    config.data, 'val', batch_size=20, limit=count, names=vocabulary.load(workdir)
  )
  for number, batch in enumerate(pictures):
    valid = batch['valid'] > 0
    batch = prepares(jax.tree.map(jnp.asarray, batch), key, 0)
    for row, answer in zip(ROWS, answers):
      measured = curve(answer, batch, number, points, 6).psnr
      for count, values in zip(points, measured):
        found[row].setdefault(f'points_{count}', []).extend(values[valid])
  return {
    row: {name: np.nanmean(x) for name, x in columns.items()} for row, columns in found.items()
  }


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--data', default='synthetic')
  parser.add_argument('--points', type=int, nargs='+', default=(0, 10, 50))
  parser.add_argument('--count', type=int, default=100)
  parser.add_argument('checkpoints', nargs='+')
  options = parser.parse_args()
  for workdir in options.checkpoints:
    for row, columns in measure(workdir, options.data, options.points, options.count).items():
      print(f'{workdir}, {row}:', ', '.join(f'{n} {x:.2f}' for n, x in columns.items()), flush=True)


if __name__ == '__main__':
  main()
