"""Measure a checkpoint:

    python -m onepunch_jax.evaluate --checkpoint=runs/pix2pix --data=PATH --split=val

Prints the table of floor rows and the model; writes report.json, report.md and samples.png into
--output (default: <checkpoint>/evaluation).

    python -m onepunch_jax.evaluate --table=runs/zoo

prints one table of the last evaluations of all runs below a folder; runs that learned from several
data (`data=A+B`) are measured on each, once, with the reports in <run>/evaluation.  With --plots
the curves of a method that reads hints are drawn too: plot_points.png, plot_hint_auc.png,
plot_leak.png.
"""

import functools
import json
import os
import re
import sys

import jax
import numpy as np
from absl import app, flags
from PIL import Image

from onepunch_jax import evals, prepare, registry
from onepunch_jax.data import pipeline, vocabulary
from onepunch_jax.log import log, show_log
from onepunch_jax.reports import plots
from onepunch_jax.reports.compare import compare
from onepunch_jax.reports.tables import table
from onepunch_jax.training.checkpoint import latest_step, load_for_inference


def evaluate(workdir, *, step='latest', data='', split='val', limit=0, batch_size=8):
  """Runs the evaluations of the run's configuration.

  Args:
    workdir: the --workdir of training.
    step: which checkpoint.
    data: where the pictures are; '' for those of training.
    split: 'train', 'val' or 'test'.
    limit: take the first so many.
    batch_size: pictures at once.

  Returns:
    {name: number or uint8 picture}; 'data', 'split', 'method' and 'pictures' (N) among them.
  """
  method, variables, config = load_for_inference(workdir, step)
  if data:
    config.data.update(path=data, unpaired='')
  if 'tags' in method.inputs:  # asked of all that can be
    config.data.eval_keys = list(dict.fromkeys([*config.data.eval_keys, 'regions', 'nouns']))
    if 'tags' not in config.evals:
      config.evals.tags = {}
  pictures = pipeline.evaluation(
    config.data, split, batch_size=batch_size, limit=limit, names=vocabulary.load(workdir)
  )
  key = jax.random.key(config.seed)
  paint = evals.painter(method, key)(variables)
  prepares = prepare.make(config.eval_prepare)
  batches = evals.PreparedBatches(pictures, prepares, key, progress=True)
  results = evals.run(registry.evaluations(config.evals), paint, batches)
  return {'data': config.data.path, 'split': split, 'method': config.method.name, **results}


def write_report(results: dict, output: str) -> str:
  """Writes report.json, report.md and the pictures into `output`; returns the table."""
  os.makedirs(output, exist_ok=True)
  for name, value in results.items():
    if isinstance(value, np.ndarray):
      Image.fromarray(value).save(os.path.join(output, f'{name}.png'))
  values = {k: v for k, v in results.items() if not isinstance(v, np.ndarray)}
  with open(os.path.join(output, 'report.json'), 'w', encoding='utf-8') as f:
    json.dump(values, f, indent=2)
  numbers = {k: v for k, v in values.items() if not isinstance(v, str)}
  text = table(numbers, '{method} on {data} {split}'.format(**values))
  with open(os.path.join(output, 'report.md'), 'w', encoding='utf-8') as f:
    f.write(text + '\n')
  return text


def measured(workdir: str, data: str, **how) -> dict:
  """What `evaluate` says of a run's last checkpoint on `data`: measured once, then read."""
  name = re.sub(r'[^\w.-]+', '_', data)
  output = os.path.join(workdir, 'evaluation', f'{latest_step(workdir)}-{name}')
  path = os.path.join(output, 'report.json')
  if not os.path.exists(path):
    log.info('%s on %s.', workdir, data)
    write_report(evaluate(workdir, data=data, **how), output)
  with open(path, encoding='utf-8') as f:
    return json.load(f)


def define_flags() -> None:
  flags.DEFINE_string('checkpoint', '', 'The --workdir of training.')
  flags.DEFINE_string('table', '', 'A folder of runs, to be compared in one table.')
  flags.DEFINE_string('step', 'latest', "Which checkpoint: a step, 'latest' or 'best'.")
  flags.DEFINE_string('data', '', "Folder of pairs or shards, or 'synthetic'; default: the run's.")
  flags.DEFINE_enum('split', 'val', ['train', 'val', 'test'], 'Which pictures.')
  flags.DEFINE_integer('limit', 0, 'The first so many pictures only.')
  flags.DEFINE_integer('batch', 8, 'Pictures at once.')
  flags.DEFINE_bool('plots', False, 'Draw the curves of hint methods as PNG beside the report.')
  flags.DEFINE_string('output', '', 'Where the report goes; default: <checkpoint>/evaluation.')


def main(_):
  show_log()
  given = flags.FLAGS
  output = given.output or os.path.join(given.checkpoint, 'evaluation')
  try:
    if bool(given.checkpoint) == bool(given.table):
      raise ValueError('Give --checkpoint=RUN to measure one, or --table=FOLDER to compare runs.')
    if given.table:
      print(compare(given.table, functools.partial(measured, batch_size=given.batch)))
      return
    results = evaluate(
      given.checkpoint,
      step=given.step,
      data=given.data,
      split=given.split,
      limit=given.limit,
      batch_size=given.batch,
    )
    if given.plots:
      results |= plots.curves(results)
    print(write_report(results, output))
    if given.plots and not any(k.startswith('plot_') for k in results):
      log.warning(
        '--plots drew nothing: this run measures no hints (config.evals.hints); methods '
        'that read hints: %s.',
        ', '.join(registry.methods_with('hint')),
      )
    print(f'Report and pictures: {output}')
  except (ValueError, TypeError, OSError) as error:
    log.error('%s', error)
    sys.exit(1)


if __name__ == '__main__':
  define_flags()
  app.run(main)
