"""Results as text: the table of rows (floors, then the model) by columns."""

from collections.abc import Mapping

ORDER = ('line', 'mean', 'regions', 'model')
NAMES = {
  'line': 'line as output',
  'mean': 'mean colour',
  'regions': 'region-mean oracle',
  'model': 'model',
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
  'self_ref': 'itself, bent',
  'same_ref': 'same character',
  'other_ref': 'another character',
  'picture_ref': 'another picture',
  'no_ref': 'no reference',
}


def table(results: Mapping[str, float], title: str) -> str:
  """'<row>/<column>' values as a Markdown table; 'pictures' is the N in the title."""
  rows = {}
  for name, value in results.items():
    if '/' in name:
      row, column = name.rsplit('/', 1)
      rows.setdefault(row, {})[column] = value
  columns = [c for c in TITLES if any(c in r for r in rows.values())]
  columns += sorted({c for r in rows.values() for c in r} - set(columns))
  names = [r for r in ORDER if r in rows] + sorted(set(rows) - set(ORDER))
  header = ['', *(TITLES.get(c, c) for c in columns)]
  body = [[NAMES.get(r, r), *(_number(rows[r].get(c)) for c in columns)] for r in names]
  widths = [max(len(line[i]) for line in [header, *body]) for i in range(len(header))]
  join = lambda cells: '| ' + ' | '.join(c.ljust(w) for c, w in zip(cells, widths)) + ' |'
  rule = '|' + '|'.join('-' * (w + 2) for w in widths) + '|'
  count = f' (N = {int(results["pictures"])})' if 'pictures' in results else ''
  return '\n'.join([title + count, '', join(header), rule, *map(join, body)])


def _number(value) -> str:
  if value is None:
    return ''
  if 0 < abs(value) < 0.01:
    return f'{value:.3g}'
  return f'{value:.3f}' if abs(value) < 10 else f'{value:.2f}'
