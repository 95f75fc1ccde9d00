"""Runs side by side: one table of all trainings below a folder, floor rows on top."""

import json
import os
import statistics

import jax

from onepunch_jax.checkpoint import load_for_inference
from onepunch_jax.report import NAMES, TITLES

FLOORS = ('line', 'mean', 'regions')
COLUMNS = ('psnr', 'psnr_inside', 'ssim', 'de00', 'colorful')


def compare(folder: str) -> str:
  """The last evaluation of each run below `folder` as Markdown, a table for each data.

  Columns beside the metrics: parameters (millions) of the nets that colour, seconds a training
  step (median over the log's windows), pictures seen.

  Raises:
    ValueError: no finished evaluation is there.
  """
  runs = [r for r in map(_read, _workdirs(folder)) if r]
  if not runs:
    raise ValueError(f'{folder} holds no run that was evaluated; give the --output of a sweep.')
  return '\n\n'.join(_table([r for r in runs if r['data'] == d], d)
                     for d in dict.fromkeys(r['data'] for r in runs))


def _workdirs(folder):
  for path, folders, files in os.walk(folder):
    folders.sort()
    if 'config.json' in files:
      folders.clear()
      yield path


def _read(workdir):
  """What is told of one run, or None where it has no evaluation."""
  path = os.path.join(workdir, 'metrics.jsonl')
  if not os.path.exists(path):
    return None
  with open(path, encoding='utf-8') as f:
    rows = [json.loads(line) for line in f if line.endswith('\n')]
  measured = [r for r in rows if 'val/model/psnr' in r]
  if not measured:
    return None
  _, variables, config = load_for_inference(workdir)
  speeds = [r['speed/steps_per_s'] for r in rows if r.get('speed/steps_per_s')]
  return {
    'name': os.path.basename(workdir).split('-')[0], 'data': config.data.path,
    'step': measured[-1]['step'], 'numbers': measured[-1],
    'parameters': sum(x.size for x in jax.tree.leaves(variables.params)) / 1e6,
    'seconds': 1 / statistics.median(speeds) if speeds else float('nan'),
    'pictures': measured[-1]['step'] * config.batch_size,
  }


def _table(runs, data):
  row = lambda name, numbers, of, *rest: '| ' + ' | '.join([
    name, *(f'{numbers[f"{of}/{c}"]:.2f}' if f'{of}/{c}' in numbers else '' for c in COLUMNS),
    *rest]) + ' |'  # fmt: skip
  titles = [TITLES[c] for c in COLUMNS]
  head = ['', *titles, 'parameters', 's a step', 'pictures seen']
  floors = runs[0]['numbers']
  lines = [f'{data}, val', '', '| ' + ' | '.join(head) + ' |', '|---' * len(head) + '|']
  lines += [row(NAMES[f], floors, f'val/{f}', '', '', '') for f in FLOORS
            if f'val/{f}/psnr' in floors]
  lines += [row(r['name'], r['numbers'], 'val/model', f'{r["parameters"]:.1f} M',
                f'{r["seconds"]:.2f}', str(r['pictures'])) for r in runs]
  return '\n'.join(lines)
