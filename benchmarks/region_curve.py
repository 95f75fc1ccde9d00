"""What hints on the largest true regions are worth to a method of region tokens.

    python -m benchmarks.region_curve --checkpoint=runs/region --pictures=64 --data=synthetic_all

Prints foreground PSNR with a dot of its true colour at the deepest pixel of each of the
largest N true regions, beside *nearest hint* (evals/hints) and those regions filled; and without
hints the share of a part's area in its main colour, mean chroma, the energy score of the colours of
regions (mean |x - y| - half the mean |x - x'|, 8 samples, dE76, by the root of area) and best of 8.
"""

import jax
import jax.numpy as jnp
import numpy as np
from absl import app, flags

from onepunch_jax.data import pipeline
from onepunch_jax.data.batch import cast
from onepunch_jax.evals.hints import nearest_hint
from onepunch_jax.metrics.image import psnr
from onepunch_jax.ops import color
from onepunch_jax.regions.geometry import describe
from onepunch_jax.regions.tokens import by_area, true_regions
from onepunch_jax.weights.runs import load_for_inference

COUNTS = (0, 1, 2, 3, 5, 10, 20)
SAMPLES = 8
DOT = 1  # px around the deepest pixel
FLAGS = flags.FLAGS


def hints_of(
  labels: np.ndarray, deepest: np.ndarray, flat: np.ndarray, line: np.ndarray, count: int
):
  """float32 [H, W, 4]: dots of the flat colour at the deepest pixels of the largest regions."""
  hint = np.zeros((*labels.shape, 4), np.float32)
  for region, (row, column) in enumerate(deepest[:count].tolist()):
    window = np.s_[max(0, row - DOT) : row + DOT + 1, max(0, column - DOT) : column + DOT + 1]
    here = labels[window] == region
    hint[window][here] = (*(flat[row, column] / 127.5 - 1), 1)
  return hint


def of_parts(rgb: np.ndarray, part: np.ndarray):
  """Share of each part's area that has its most frequent colour, weighted by area."""
  codes = np.round(rgb * 255).astype(np.int64) @ np.array([65536, 256, 1])
  agree = total = 0
  for p in np.unique(part):
    if p:
      _, count = np.unique(codes[part == p], return_counts=True)
      agree, total = agree + count.max(), total + count.sum()
  return agree / max(total, 1)


def main(_: list[str]):
  method, variables, config = load_for_inference(FLAGS.checkpoint, FLAGS.step)
  config.data.path = FLAGS.data
  config.data.eval_count = FLAGS.pictures
  config.data.eval_keys = ('rgb', 'flat', 'regions')
  config.data.train_keys = ('line', 'tags') if config.data.tags else ('line',)
  tokens, config.data.tokens = config.data.tokens, 0
  batches = list(pipeline.evaluation(config.data, FLAGS.split, batch_size=16))
  key = jax.random.key(0)
  paint = jax.jit(lambda batch: method.colorize(variables, batch, key))
  rows = {'model': {}, 'nearest': {}, 'filled': {}}
  parts, chroma, truth, energy, best = [], [], [], [], []
  for raw in batches:
    batch = {k: jnp.asarray(x) for k, x in cast(raw).items()}
    batch['tags'] = jnp.zeros_like(raw['tags']) if 'tags' in raw else jnp.zeros((16, 1))
    lines, flats = raw['line'][..., 0], raw['flat']
    labels = [
      by_area(true_regions(r, line, tokens)) for r, line in zip(raw['regions'][..., 0], lines)
    ]
    deepest = [describe(x, line).deepest for x, line in zip(labels, lines)]
    for count in COUNTS:
      cases = zip(labels, deepest, flats, lines)
      hint = np.stack([hints_of(*case, count) for case in cases])
      known = np.stack([x < count for x in labels])[..., None]
      filled = np.where(known, flats / 255.0, 1.0) * (lines[..., None] / 255.0)
      hinted = {**batch, 'hint': jnp.asarray(hint)}
      answers = {'model': paint(hinted), 'nearest': nearest_hint(hinted), 'filled': filled}
      for row, answer in answers.items():
        rows[row].setdefault(count, []).extend(np.asarray(psnr(answer, batch)[1]))
    blank = {**batch, 'hint': jnp.zeros((*lines.shape, 4)), 'line': batch['line']}
    draws = [
      paint({**blank, 'sample': jnp.full(len(lines), s, jnp.int32)}) for s in range(SAMPLES + 1)
    ]
    lab = [np.asarray(color.rgb_to_lab(jnp.asarray(d))) for d in draws]
    target = np.asarray(color.rgb_to_lab(jnp.asarray(flats / 255.0)))
    for i, line in enumerate(lines):
      light = line == 255  # where ink does not change the colour
      inside = light & (raw['regions'][i, ..., 0] > 0)
      parts.append(of_parts(np.asarray(draws[0][i])[light], raw['regions'][i, ..., 0][light]))
      chroma.append(np.hypot(lab[0][i][inside][:, 1], lab[0][i][inside][:, 2]).mean())
      truth.append(np.hypot(target[i][inside][:, 1], target[i][inside][:, 2]).mean())
      ys, xs, weights = [], [], []
      for region in range(labels[i].max() + 1):
        here = (labels[i] == region) & light
        if here.sum() >= 4:
          row, column = deepest[i][region]
          ys.append(target[i, row, column])
          xs.append([np.median(x[i][here], 0) for x in lab[1:]])
          weights.append((labels[i] == region).mean() ** 0.5)
      y, x, w = np.array(ys), np.array(xs), np.array(weights)
      error = np.linalg.norm(x - y[:, None], axis=-1)
      apart = np.linalg.norm(x[:, :, None] - x[:, None], axis=-1).sum((1, 2))
      score = error.mean(1) - 0.5 * apart / (SAMPLES * (SAMPLES - 1))
      energy.append((score * w).sum() / w.sum())
      best.append(((error * w[:, None]).sum(0) / w.sum()).min())

  def mean(x):
    return float(np.nanmean(x))

  print('| hints |', ' | '.join(map(str, COUNTS)), '|')
  for row, columns in rows.items():
    print(f'| {row} |', ' | '.join(f'{mean(columns[c]):.2f}' for c in COUNTS), '|')
  print(
    f'same part {mean(parts):.3f}, chroma {mean(chroma):.1f} (truth {mean(truth):.1f}), '
    f'energy {mean(energy):.1f}, best of {SAMPLES} {mean(best):.1f}'
  )


if __name__ == '__main__':
  flags.DEFINE_string('checkpoint', '', 'The --workdir of training.')
  flags.DEFINE_string('step', 'latest', "A step, 'latest' or 'best'.")
  flags.DEFINE_string('data', 'synthetic', 'Drawings with true regions: a folder or a name.')
  flags.DEFINE_string('split', 'val', 'Which drawings.')
  flags.DEFINE_integer('pictures', 64, 'How many.')
  app.run(main)
