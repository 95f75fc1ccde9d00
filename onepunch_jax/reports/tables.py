"""Results as text: the table of rows (floors, then the model) by columns."""

import re
from collections.abc import Mapping

MANY = 8
ORDER = ('line', 'mean', 'regions', 'nearest', 'model')
NAMES = {
  'line': 'line as output',
  'mean': 'mean colour',
  'regions': 'region-mean oracle',
  'model': 'model',
  'nearest': 'nearest hint',
  'model_open': 'model, open lines',
  'nearest_open': 'nearest hint, open lines',
  'model_soft': 'model, soft shading',
  'nearest_soft': 'nearest hint, soft shading',
  'zeros': 'map of zeros',
  'uniform': 'uniform map',
  'prior': 'prior map',
  'swapped': 'tags swapped: the new',
  'swapped_original': "tags swapped: the drawing's",
  'untagged': 'no tags',
  'target': "the target's own",
  'frequent': 'commonest name',
  'asked': 'N of tags',
  'ref_mean': "reference's mean colour",
  'ref_pasted': 'reference, pasted',
}
TITLES = {
  'psnr': 'PSNR',
  'psnr_inside': 'PSNR inside',
  'ssim': 'SSIM',
  'de00': 'dE00',
  'de00_p95': 'dE00 P95',
  'de00_ok': 'dE00<=5',
  'colorful': 'colourfulness',
  'auc': 'AuC',
  'auc_rebalanced': 'AuC rebalanced',
  'map_mse': 'map MSE',
  'map_mae': 'map MAE',
  'map_psnr': 'map PSNR',
  'lrap': 'ranking precision',
  'bce': 'BCE',
  'tag_hair': 'hair tag',
  'tag_clothes': 'clothes tag',
  'tag_eyes': 'eyes tag',
  'tag_all': 'all tags',
  'self_ref': 'inside: itself, bent',
  'same_ref': 'same character',
  'other_ref': 'another character',
  'picture_ref': 'another picture',
  'no_ref': 'no reference',
  'self_ref_de00': 'dE00: itself, bent',
  'same_ref_de00': 'same character',
  'other_ref_de00': 'another character',
  'picture_ref_de00': 'another picture',
  'no_ref_de00': 'no reference',
}


def table(results: Mapping[str, float], title: str) -> str:
  """'<row>/<column>' values as a Markdown table; 'pictures' is the N in the title.

  Of more than MANY columns without a title here, curves, there is a second table, a line each.
  """
  rows = {}
  for name, value in results.items():
    if '/' in name:
      row, column = name.rsplit('/', 1)
      rows.setdefault(row, {})[column] = value
  columns = [c for c in TITLES if any(c in r for r in rows.values())]
  others = sorted({c for r in rows.values() for c in r} - set(columns), key=_natural)
  names = [r for r in ORDER if r in rows] + sorted(set(rows) - set(ORDER))
  titled = [NAMES.get(r, r) for r in names]
  cells = lambda r, c: _number(rows[r].get(c))
  curves = others if len(others) > MANY else []
  columns += [] if curves else others
  count = f' (N = {int(results["pictures"])})' if 'pictures' in results else ''
  parts = [title + count]
  if columns:
    shown = [r for r in names if any(c in rows[r] for c in columns)]
    parts.append(
      _grid(
        [
          ['', *(TITLES.get(c, c) for c in columns)],
          *([NAMES.get(r, r), *(cells(r, c) for c in columns)] for r in shown),
        ]
      )
    )
  if curves:
    shown = [(r, t) for r, t in zip(names, titled) if any(c in rows[r] for c in curves)]
    parts.append(
      _grid(
        [['', *(t for _, t in shown)], *([c, *(cells(r, c) for r, _ in shown)] for c in curves)]
      )
    )
  return '\n\n'.join(parts)


def _grid(lines) -> str:
  """Lines of cells, the first the head."""
  widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
  join = lambda cells: '| ' + ' | '.join(c.ljust(w) for c, w in zip(cells, widths)) + ' |'
  rule = '|' + '|'.join('-' * (w + 2) for w in widths) + '|'
  return '\n'.join([join(lines[0]), rule, *map(join, lines[1:])])


def _natural(name: str) -> list:
  """points_2 before points_10."""
  return [(0, int(x), '') if x.isdigit() else (1, 0, x) for x in re.split(r'(\d+)', name)]


def _number(value) -> str:
  if value is None:
    return ''
  if 0 < abs(value) < 0.01:
    return f'{value:.3g}'
  return f'{value:.3f}' if abs(value) < 10 else f'{value:.2f}'
