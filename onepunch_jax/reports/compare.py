"""Runs side by side: one table of all runs below a folder for each data, baselines on top."""

import os
import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import jax

from onepunch_jax.data import mixed
from onepunch_jax.reports import metrics_log
from onepunch_jax.reports.markdown import grid
from onepunch_jax.reports.tables import NAMES, TITLES
from onepunch_jax.weights.runs import load_for_inference

BASELINES = ('line', 'mean', 'regions')
COLUMNS = ('psnr', 'psnr_foreground', 'ssim', 'de00', 'colorful')
MORE = ('chroma_ratio', 'mud', 'definite', 'energy')  # columns where any run was measured by them
GUIDED = ('points_10', 'self_ref')  # foreground PSNR with guides; of a method the first it has


class Run(NamedTuple):
  """One run on one data.

  Attributes:
    name: of the row.
    data: what it was measured on.
    numbers: {'<row>/<column>': value}.
    parameters: of the nets that colour, in millions.
    seconds: of a training step.
    pictures: seen in training.
  """

  name: str
  data: str
  numbers: Mapping[str, float]
  parameters: float
  seconds: float
  pictures: int


def compare(folder: str, measure: Callable[[str, str], Mapping[str, float]]) -> str:
  """The last evaluation of each run below `folder` as Markdown, a table for each data.

  A run that learned from several data ('a*3+b') is in the table of each. Columns beside the
  metrics: foreground PSNR with guides (ten points, or the drawing's own picture as reference),
  parameters (millions) of the nets that colour, seconds a training step (median over the log's
  windows). How many pictures training saw is in the title where it is the same for all runs, else
  a column.

  Args:
    folder: a folder of runs.
    measure: (workdir, data) -> {'<row>/<column>': number}, for runs of several data.

  Raises:
    ValueError: no finished evaluation is there.
  """
  runs = [run for workdir in _workdirs(folder) for run in _read(workdir, measure)]
  if not runs:
    raise ValueError(f'{folder} holds no run that was evaluated; give the --output of a sweep.')
  names = dict.fromkeys(run.data for run in runs)
  return '\n\n'.join(_table([r for r in runs if r.data == name], name) for name in names)


def _workdirs(folder: str) -> Iterator[str]:
  for path, folders, files in os.walk(folder):
    folders.sort()
    if 'config.json' in files:
      folders.clear()
      yield path


def _read(workdir: str, measure: Callable[[str, str], Mapping[str, float]]) -> list[Run]:
  """One run on each of its data; [] where it has no evaluation."""
  rows = metrics_log.read(workdir)
  measured = [r for r in rows if 'val/model/psnr' in r]
  if not measured:
    return []
  _, variables, config = load_for_inference(workdir)
  speeds = [r['speed/steps_per_s'] for r in rows if r.get('speed/steps_per_s')]
  about = {
    'name': re.sub(r'[-_](zoo_)?data=.*', '', os.path.basename(workdir)),
    'parameters': sum(x.size for x in jax.tree.leaves(variables.params)) / 1e6,
    'seconds': 1 / statistics.median(speeds) if speeds else float('nan'),
    'pictures': measured[-1]['step'] * config.batch_size,
  }
  parts = [name for name, _ in mixed.parse(config.data.path)]
  if len(parts) == 1:
    numbers = {k.removeprefix('val/'): x for k, x in measured[-1].items()}
    return [Run(data=parts[0], numbers=numbers, **about)]
  return [Run(data=part, numbers=measure(workdir, part), **about) for part in parts]


def _table(runs: list[Run], data: str) -> str:
  pictures = {run.pictures for run in runs}
  budget = f'; {pictures.pop()} pictures seen' if len(pictures) == 1 else ''
  measured = {name.removeprefix('model/') for run in runs for name in run.numbers}
  columns = [*COLUMNS, *(c for c in MORE if c in measured)]
  head = ['', *(TITLES[c] for c in columns), 'with guides', 'parameters', 's a step']
  blank = ['', '', '']
  baselines = runs[0].numbers
  rows = [
    [NAMES[row], *_metrics(baselines, row, columns), *blank]
    for row in BASELINES
    if f'{row}/psnr' in baselines
  ]
  for run in runs:
    about = [_guided(run.numbers), f'{run.parameters:.1f} M', f'{run.seconds:.2f}']
    rows.append([run.name, *_metrics(run.numbers, 'model', columns), *about])
  if not budget:
    head.append('pictures seen')
    counts = [''] * (len(rows) - len(runs)) + [str(run.pictures) for run in runs]
    rows = [[*row, count] for row, count in zip(rows, counts)]
  return f'{data}, val{budget}\n\n{grid(head, rows)}'


def _metrics(numbers: Mapping[str, float], row: str, columns: Sequence[str]) -> list[str]:
  return [_number(numbers.get(f'{row}/{c}')) for c in columns]


def _guided(numbers: Mapping[str, float]) -> str:
  found = [numbers[f'model/{c}'] for c in GUIDED if f'model/{c}' in numbers]
  return _number(found[0] if found else None)


def _number(value: float | None) -> str:
  return '' if value is None else f'{value:.2f}'
