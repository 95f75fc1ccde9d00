"""The experiment's report: means over seeds, paired bootstrap intervals, pictures side by side."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from PIL import Image

from onepunch_jax.evals.samples import grid
from onepunch_jax.reports import markdown

Scores = Mapping[str, Mapping[str, np.ndarray]]  # condition -> metric -> [seeds, pictures]
TITLES = {
  'grey': 'grey conversion',
  'xdog': 'XDoG lines',
  'scan': "scan generator's lines",
  'true': 'true line art',
}
COLUMNS = {'psnr_foreground': 'foreground PSNR', 'de00': 'dE00', 'colorful': 'colourfulness'}
PAIRS = (('scan', 'grey'), ('scan', 'xdog'), ('true', 'scan'))
LINE_COLUMNS = {'ink_f1': 'ink F1 (2 px)', 'ink_psnr': 'PSNR'}
EXAMPLES = 6  # drawings in each picture


def write(
  settings: Any,
  names: Sequence[str],
  batches: Sequence[Mapping],
  colors: Scores,
  scans: Scores,
  extract: Mapping[str, Sequence[Callable]],
  painters: Mapping[str, tuple],
) -> str:
  """Writes report.md, report.json and two pictures into settings.output; returns the report.

  Args:
    settings: the flags of the experiment.
    names: the source of each held-out picture.
    batches: the held-out drawings, cast.
    colors, scans: of colourings and of line art.
    extract: condition -> functions from rgb to line art, for pictures.
    painters: condition -> (method, variables), for pictures.
  """
  names = np.asarray(names)
  parts = ['all', *sorted(set(names))] if len(set(names)) > 1 else ['all']
  text = [
    '# What a colorizer learns from, measured on true held-out line art',
    f'{settings.size} px, {settings.steps} steps of batch {settings.batch}, {settings.seeds} seeds;'
    f' the unpaired stage {settings.scan_steps} steps. Mean ± s.d. over seeds; [95 % interval of a '
    'paired bootstrap over pictures, each the mean over seeds].',
  ]
  for part in parts:
    chosen = np.ones(len(names), bool) if part == 'all' else names == part
    these = {n: {k: m[k][:, chosen] for k in COLUMNS} for n, m in colors.items()}
    lines = {n: {k: x[:, chosen] for k, x in m.items()} for n, m in scans.items()}
    text += [
      f'## {part}: N = {chosen.sum()}',
      _table('learned from', these, COLUMNS),
      _differences({n: m['psnr_foreground'] for n, m in these.items()}),
      _table('line art by', lines, LINE_COLUMNS),
    ]
  text += ['![colourings](colourings.png)', '![line art](line_art.png)']
  report = '\n\n'.join(text) + '\n'
  _pictures(settings.output, batches, extract, painters)
  with open(os.path.join(settings.output, 'report.md'), 'w', encoding='utf-8') as f:
    f.write(report)
  kept = {'pictures': len(names), 'colors': _by_seed(colors), 'scans': _by_seed(scans)}
  write_json(os.path.join(settings.output, 'report.json'), kept)
  return report


def write_json(path: str, values: Any) -> None:
  """Writes the file whole or not at all."""
  with open(path + '.tmp', 'w', encoding='utf-8') as f:
    json.dump(values, f)
  os.replace(path + '.tmp', path)


def interval(x: np.ndarray, draws: int = 10_000) -> tuple[float, float]:
  """The 95 % bootstrap interval of the mean of x [pictures]; NaN pictures are left out."""
  x = x[np.isfinite(x)]
  rng = np.random.default_rng(0)
  means = x[rng.integers(0, len(x), (draws, len(x)))].mean(1)
  return tuple(np.percentile(means, [2.5, 97.5]))


def _by_seed(rows: Scores) -> dict[str, dict[str, list[float]]]:
  return {n: {k: np.nanmean(x, 1).tolist() for k, x in m.items()} for n, m in rows.items()}


def _table(title: str, rows: Scores, columns: Mapping[str, str]) -> str:
  """Markdown: mean ± s.d. over seeds [interval over pictures]."""
  cells = [[TITLES[name], *(_cell(metrics[k]) for k in columns)] for name, metrics in rows.items()]
  return markdown.grid([title, *columns.values()], cells)


def _cell(x: np.ndarray) -> str:
  seeds = np.nanmean(x, 1)
  low, high = interval(np.nanmean(x, 0))
  deviation = f' ± {seeds.std(ddof=1):.2f}' if len(seeds) > 1 else ''
  return f'{seeds.mean():.2f}{deviation} [{low:.2f}, {high:.2f}]'


def _differences(rows: Mapping[str, np.ndarray]) -> str:
  """A line for each pair of conditions: the difference of foreground PSNR and its interval."""
  lines = []
  for a, b in PAIRS:
    if a in rows and b in rows:
      gain = rows[a].mean(0) - rows[b].mean(0)
      low, high = interval(gain)
      seeds = ', '.join(f'{x:+.2f}' for x in np.nanmean(rows[a] - rows[b], 1))
      lines.append(
        f'- foreground PSNR, {TITLES[a]} minus {TITLES[b]}: {np.nanmean(gain):+.2f} dB '
        f'[{low:+.2f}, {high:+.2f}]; by seed {seeds}'
      )
  return '\n'.join(lines)


def _pictures(output: str, batches, extract, painters) -> None:
  """colourings.png and line_art.png: the first held-out drawings, a row each."""
  batch = {k: x[:EXAMPLES] for k, x in batches[0].items()}
  line, truth = _rgb(0.5 + 0.5 * batch['line']), 0.5 + 0.5 * batch['rgb']
  key = jax.random.key(0)
  painted = {n: np.asarray(m.colorize(v, batch, key)) for n, (m, v) in painters.items()}
  made = {n: _rgb(f[0](batch['rgb'])) for n, f in extract.items()}
  sheets = {
    'colourings': {'line': line, 'target': truth, **painted},
    'line_art': {'colours': truth, 'true lines': line, **made},
  }
  for name, columns in sheets.items():
    rows = list(zip(*columns.values()))
    Image.fromarray(grid(rows, tuple(columns), 1)).save(os.path.join(output, f'{name}.png'))


def _rgb(line: np.ndarray) -> np.ndarray:
  return np.repeat(np.asarray(line), 3, -1)
