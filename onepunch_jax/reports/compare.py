"""Runs side by side: one table of all trainings below a folder for each data, floor rows on top."""

import json
import os
import re
import statistics
from collections.abc import Callable, Mapping

import jax

from onepunch_jax.data import mixed
from onepunch_jax.reports.tables import NAMES, TITLES
from onepunch_jax.training.checkpoint import load_for_inference

FLOORS = ('line', 'mean', 'regions')
COLUMNS = ('psnr', 'psnr_inside', 'ssim', 'de00', 'colorful')
GUIDED = ('points_10', 'self_ref')  # PSNR inside with guidance; of a method the first that it has


def compare(folder: str, measure: Callable[[str, str], Mapping[str, float]]) -> str:
  """The last evaluation of each run below `folder` as Markdown, a table for each data.

  A run that learned from several data ('a*3+b') is in the table of each.  Columns beside the
  metrics: PSNR inside with guidance (ten points, or the drawing's own picture as reference),
  parameters (millions) of the nets that colour, seconds a training step (median over the log's
  windows), pictures seen.

  Args:
    folder: a folder of runs.
    measure: (workdir, data) -> {'<row>/<column>': number}, for runs of several data.

  Raises:
    ValueError: no finished evaluation is there.
  """
  runs = [run for workdir in _workdirs(folder) for run in _read(workdir, measure)]
  if not runs:
    raise ValueError(f'{folder} holds no run that was evaluated; give the --output of a sweep.')
  return '\n\n'.join(
    _table([r for r in runs if r['data'] == d], d) for d in dict.fromkeys(r['data'] for r in runs)
  )


def _workdirs(folder):
  for path, folders, files in os.walk(folder):
    folders.sort()
    if 'config.json' in files:
      folders.clear()
      yield path


def _read(workdir, measure) -> list[dict]:
  """What is told of one run, for each of its data; [] where it has no evaluation."""
  path = os.path.join(workdir, 'metrics.jsonl')
  if not os.path.exists(path):
    return []
  with open(path, encoding='utf-8') as f:
    rows = [json.loads(line) for line in f if line.endswith('\n')]
  measured = [r for r in rows if 'val/model/psnr' in r]
  if not measured:
    return []
  _, variables, config = load_for_inference(workdir)
  speeds = [r['speed/steps_per_s'] for r in rows if r.get('speed/steps_per_s')]
  run = {
    'name': re.sub(r'[-_](zoo_)?data=.*', '', os.path.basename(workdir)),
    'parameters': sum(x.size for x in jax.tree.leaves(variables.params)) / 1e6,
    'seconds': 1 / statistics.median(speeds) if speeds else float('nan'),
    'pictures': measured[-1]['step'] * config.batch_size,
  }
  parts = [name for name, _ in mixed.parse(config.data.path)]
  if len(parts) == 1:
    numbers = {k.removeprefix('val/'): x for k, x in measured[-1].items()}
    return [{**run, 'data': parts[0], 'numbers': numbers}]
  return [{**run, 'data': part, 'numbers': measure(workdir, part)} for part in parts]


def _table(runs, data):
  number = lambda x: '' if x is None else f'{x:.2f}'
  row = lambda name, numbers, of, *rest: (
    '| ' + ' | '.join([name, *(number(numbers.get(f'{of}/{c}')) for c in COLUMNS), *rest]) + ' |'
  )
  guided = lambda numbers: next(
    (numbers[f'model/{c}'] for c in GUIDED if f'model/{c}' in numbers), None
  )
  titles = [TITLES[c] for c in COLUMNS]
  head = ['', *titles, 'inside, guided', 'parameters', 's a step', 'pictures seen']
  floors = runs[0]['numbers']
  lines = [f'{data}, val', '', '| ' + ' | '.join(head) + ' |', '|---' * len(head) + '|']
  lines += [row(NAMES[f], floors, f, '', '', '', '') for f in FLOORS if f'{f}/psnr' in floors]
  lines += [
    row(
      r['name'],
      r['numbers'],
      'model',
      number(guided(r['numbers'])),
      f'{r["parameters"]:.1f} M',
      f'{r["seconds"]:.2f}',
      str(r['pictures']),
    )
    for r in runs
  ]
  return '\n'.join(lines)
