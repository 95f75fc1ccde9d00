"""The experiment's report: means over seeds, paired bootstrap intervals, pictures side by side."""

import json
import os

import jax
import numpy as np
from PIL import Image

from onepunch_jax.evals.samples import grid

TITLES = {
  'grey': 'grey conversion',
  'xdog': 'XDoG lines',
  'scan': "scan generator's lines",
  'true': 'true line art',
}
COLUMNS = {'psnr_inside': 'PSNR inside', 'de00': 'dE00', 'colorful': 'colourfulness'}
PAIRS = (('scan', 'grey'), ('scan', 'xdog'), ('true', 'scan'))
SHOWN = 6  # drawings in each picture


def write(given, names, batches, colors, scans, extract, painters) -> str:
  """Writes report.md, report.json and two pictures into given.output; returns the report.

  Args:
    names: the source of each held-out picture.
    batches: the held-out drawings, cast.
    colors, scans: {condition: {metric: [seeds, pictures]}} of colourings and of line art.
    extract, painters: {condition: functions} and {condition: (method, variables)}, for pictures.
  """
  names = np.asarray(names)
  parts = ['all', *sorted(set(names))] if len(set(names)) > 1 else ['all']
  pick = lambda part: slice(None) if part == 'all' else names == part
  text = [
    '# What a colorizer learns from, measured on true held-out line art',
    f'{given.size} px, {given.steps} steps of batch {given.batch}, {given.seeds} seeds; the '
    f'unpaired stage {given.scan_steps} steps. Mean ± s.d. over seeds; [95 % interval of a paired '
    'bootstrap over pictures, each the mean over seeds].',
  ]
  for part in parts:
    chosen = pick(part)
    text += [
      f'## {part}: N = {int(np.sum(names == part)) if part != "all" else len(names)}',
      _table(
        'learned from',
        {n: {k: m[k][:, chosen] for k in COLUMNS} for n, m in colors.items()},
        COLUMNS,
      ),
      _differences({n: m['psnr_inside'][:, chosen] for n, m in colors.items()}),
      _table(
        'line art by',
        {n: {k: x[:, chosen] for k, x in m.items()} for n, m in scans.items()},
        {'ink_f1': 'ink F1 (2 px)', 'ink_psnr': 'PSNR'},
      ),
    ]
  text += ['![colourings](colourings.png)', '![line art](line_art.png)']
  report = '\n\n'.join(text) + '\n'
  _pictures(given.output, batches, extract, painters)
  with open(os.path.join(given.output, 'report.md'), 'w', encoding='utf-8') as f:
    f.write(report)
  mean = lambda metrics: {k: np.nanmean(x, 1).tolist() for k, x in metrics.items()}
  values = lambda rows: {name: mean(metrics) for name, metrics in rows.items()}
  kept = {'pictures': len(names), 'colors': values(colors), 'scans': values(scans)}
  write_json(os.path.join(given.output, 'report.json'), kept)
  return report


def write_json(path: str, values) -> None:
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


def _table(title, rows, columns):
  """Markdown: mean ± s.d. over seeds [interval over pictures]."""
  lines = [f'| {title} | ' + ' | '.join(columns.values()) + ' |', '|---' * (len(columns) + 1) + '|']
  for name, metrics in rows.items():
    cells = [_cell(metrics[k]) for k in columns]
    lines.append(f'| {TITLES[name]} | ' + ' | '.join(cells) + ' |')
  return '\n'.join(lines)


def _cell(x):
  seeds = np.nanmean(x, 1)
  low, high = interval(np.nanmean(x, 0))
  spread = f' ± {seeds.std(ddof=1):.2f}' if len(seeds) > 1 else ''
  return f'{seeds.mean():.2f}{spread} [{low:.2f}, {high:.2f}]'


def _differences(rows):
  """One line for each pair of conditions: the difference of PSNR inside and its interval."""
  lines = []
  for a, b in PAIRS:
    if a in rows and b in rows:
      gain = rows[a].mean(0) - rows[b].mean(0)
      low, high = interval(gain)
      seeds = ', '.join(f'{x:+.2f}' for x in np.nanmean(rows[a] - rows[b], 1))
      lines.append(
        f'- PSNR inside, {TITLES[a]} minus {TITLES[b]}: {np.nanmean(gain):+.2f} dB '
        f'[{low:+.2f}, {high:+.2f}]; by seed {seeds}'
      )
  return '\n'.join(lines)


def _pictures(output, batches, extract, painters):
  """colourings.png and line_art.png: the first held-out drawings, a row each."""
  batch = {k: x[:SHOWN] for k, x in batches[0].items()}
  tile = lambda line: np.repeat(np.asarray(line), 3, -1)
  line, target = tile(0.5 + 0.5 * batch['line']), 0.5 + 0.5 * batch['rgb']
  paint = {n: np.asarray(m.colorize(v, batch, jax.random.key(0))) for n, (m, v) in painters.items()}
  made = {n: tile(f[0](batch['rgb'])) for n, f in extract.items()}
  sheets = {
    'colourings': ({'line': line, 'target': target, **paint}),
    'line_art': ({'colours': target, 'true lines': line, **made}),
  }
  for name, columns in sheets.items():
    rows = list(zip(*columns.values()))
    Image.fromarray(grid(rows, tuple(columns), 1)).save(os.path.join(output, f'{name}.png'))
