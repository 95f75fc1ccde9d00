"""Measure a checkpoint:

    python -m onepunch_jax.evaluate --checkpoint=runs/pix2pix --data=PATH --split=val

Without --checkpoint it measures the weights that come with the package.
Prints the table of baselines and the model; writes report.json, report.md and samples.png into
--output (default: <checkpoint>/evaluation; of a file or name of weights: evaluation/NAME).

    python -m onepunch_jax.evaluate --table=runs/zoo

prints one table of the last evaluations of all runs below a folder; runs that learned from several
data (`data=A+B`) are measured on each, once, with the reports in <run>/evaluation. With --plots
the curves of a method that reads hints become pictures too: plot_points.png, plot_hint_auc.png,
plot_leak.png. With --evals=vividness,energy,agreement,clicks a run is measured by more than its own
configuration says (onepunch_jax/evals).
"""

import functools
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np
from absl import app, flags
from ml_collections import ConfigDict
from PIL import Image

from onepunch_jax import evals, prepare, registry
from onepunch_jax.data import manifest, mixed, pipeline, vocabulary
from onepunch_jax.evals.hint_metrics.report import HintReport
from onepunch_jax.evals.tags import TagReport
from onepunch_jax.log import log, show_log
from onepunch_jax.reports import plots
from onepunch_jax.reports.compare import compare
from onepunch_jax.reports.tables import table
from onepunch_jax.weights import packed, shipped
from onepunch_jax.weights.checked_json import misfit_named
from onepunch_jax.weights.config_versions import metric_name
from onepunch_jax.weights.runs import latest_step, load_for_inference

REPORTS = {'hint_report': HintReport, 'tag_report': TagReport}  # results with a structure


def evaluate(
  workdir: str,
  *,
  step: str = 'latest',
  data: str = '',
  split: str = 'val',
  limit: int = 0,
  batch_size: int = 8,
  more: Sequence[str] = (),
) -> dict[str, Any]:
  """Runs the evaluations of the run's configuration.

  Args:
    workdir: the --workdir of training.
    step: which checkpoint: a step, 'latest' or 'best'.
    data: where the pictures are; '' for those of training.
    split: 'train', 'val' or 'test'.
    limit: the number of pictures, the first ones; 0 for all.
    batch_size: pictures at once.
    more: names of evaluations beside those of the configuration, with their defaults.

  Returns:
    {name: number, uint8 picture or report}; the strings 'data', 'split' and 'method', and
    'pictures' (N) among them.
  """
  method, variables, config = load_for_inference(workdir, step)
  if data:
    config.data.update(path=data, unpaired='')
  else:
    manifest.relocate(config.data, workdir)
    if packed.is_packed(shipped.find(workdir)):  # what others trained on may not be here
      config.data.path = mixed.present(config.data.path)
  wanted = [*more, *(['tags'] if 'tags' in method.inputs else [])]
  config.evals.update({name: {} for name in wanted if name not in config.evals})
  if wanted:  # every part with a noun is scored
    config.data.eval_keys = list(dict.fromkeys([*config.data.eval_keys, 'regions', 'nouns']))
  key = jax.random.key(config.seed)
  paint = evals.painter(method, key)(variables)
  prepares = prepare.make(config.eval_prepare)
  results = {}
  for sections, keys in _passes(config):
    config.data.eval_keys = keys
    pictures = pipeline.evaluation(
      config.data, split, batch_size=batch_size, limit=limit, names=vocabulary.load(workdir)
    )
    batches = evals.PreparedBatches(pictures, prepares, key, progress=True)
    results |= evals.run(registry.evaluations(sections), paint, batches)
  return {'data': config.data.path, 'split': split, 'method': config.method.name, **results}


def _passes(config: ConfigDict) -> list[tuple[ConfigDict, Sequence[str]]]:
  """The evaluations of a configuration, and the keys of the batches that each reads.

  A method that may do without a reference is given one by evals/reference alone.
  """
  sections, keys = config.evals.copy_and_resolve_references(), config.data.eval_keys
  if 'reference' not in sections or 'reference' in keys:
    return [(sections, keys)]
  alone = ConfigDict({'reference': sections.reference})
  del sections['reference']
  return [(sections, keys), (alone, [*keys, 'reference', 'character'])]


def write_report(results: Mapping[str, Any], output: str) -> str:
  """Writes report.json, report.md and the pictures into `output`; returns the table."""
  os.makedirs(output, exist_ok=True)
  for name, value in results.items():
    if isinstance(value, np.ndarray):
      Image.fromarray(value).save(os.path.join(output, f'{name}.png'))
  values = {
    name: value.to_json() if name in REPORTS else value
    for name, value in results.items()
    if not isinstance(value, np.ndarray)
  }
  with open(os.path.join(output, 'report.json'), 'w', encoding='utf-8') as f:
    json.dump(values, f, indent=2)
  text = table(evals.numbers(results), '{method} on {data} {split}'.format(**values))
  with open(os.path.join(output, 'report.md'), 'w', encoding='utf-8') as f:
    f.write(text + '\n')
  return text


def read_report(output: str) -> dict[str, Any]:
  """The results, without pictures, that `write_report` wrote into `output`."""
  with open(os.path.join(output, 'report.json'), encoding='utf-8') as f:
    values = json.load(f)
  return {
    metric_name(name): REPORTS[name].from_json(value) if name in REPORTS else value
    for name, value in values.items()
  }


def measured(workdir: str, data: str, **how: Any) -> dict[str, float]:
  """The numbers of a run's last checkpoint on `data`: measured once, then read.

  Args:
    workdir: the run.
    data: a folder of pairs or shards, or 'synthetic'.
    **how: further arguments of `evaluate`.
  """
  name = re.sub(r'[^\w.-]+', '_', data)
  output = os.path.join(workdir, 'evaluation', f'{latest_step(workdir)}-{name}')
  if not os.path.exists(os.path.join(output, 'report.json')):
    log.info('%s on %s.', workdir, data)
    write_report(evaluate(workdir, data=data, **how), output)
  return evals.numbers(read_report(output))


def define_flags() -> None:
  flags.DEFINE_string('checkpoint', '', 'The --workdir of training, a file of weights, or a name.')
  flags.DEFINE_string('table', '', 'A folder of runs, to be compared in one table.')
  flags.DEFINE_string('step', 'latest', "Which checkpoint: a step, 'latest' or 'best'.")
  flags.DEFINE_string('data', '', "Folder of pairs or shards, or 'synthetic'; default: the run's.")
  flags.DEFINE_enum('split', 'val', ['train', 'val', 'test'], 'Which pictures.')
  flags.DEFINE_integer('limit', 0, 'The first so many pictures only.')
  flags.DEFINE_integer('batch', 8, 'Pictures at once.')
  flags.DEFINE_list('evals', [], "Evaluations beside the run's own, as vividness,energy,clicks.")
  flags.DEFINE_bool('plots', False, 'Draw the curves of hint methods as PNG beside the report.')
  flags.DEFINE_string('output', '', 'Where the report goes; default: <checkpoint>/evaluation.')


def main(_) -> None:
  show_log()
  options = flags.FLAGS
  try:
    if options.checkpoint and options.table:
      raise ValueError('Give --checkpoint=RUN to measure one, or --table=FOLDER to compare runs.')
    if options.table:
      print(compare(options.table, functools.partial(measured, batch_size=options.batch)))
      return
    checkpoint = shipped.find(options.checkpoint)
    output = options.output or os.path.join(checkpoint, 'evaluation')
    if packed.is_packed(checkpoint) and not options.output:
      name = os.path.basename(checkpoint).removesuffix(packed.SUFFIX)
      output = os.path.join('evaluation', name)
    with misfit_named():
      results = evaluate(
        checkpoint,
        step=options.step,
        data=options.data,
        split=options.split,
        limit=options.limit,
        batch_size=options.batch,
        more=options.evals,
      )
    if options.plots and 'hint_report' in results:
      results |= plots.curves(results['hint_report'])
    print(write_report(results, output))
    if options.plots and not any(k.startswith('plot_') for k in results):
      log.warning(
        '--plots made no picture: this run measures no hints (config.evals.hints); methods '
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
