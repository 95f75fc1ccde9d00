"""Results as text: the table of rows (baselines, then the model) by columns."""

import re
from collections.abc import Mapping

from onepunch_jax.reports.markdown import grid, number

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
  'target': 'ground truth',
  'frequent': 'commonest name',
  'asked': 'N of tags',
  'mode': 'mode by noun',
  'noun': 'histogram by noun',
  'nearest_region': 'nearest hint by region',
  'ref_mean': "reference's mean colour",
  'ref_pasted': 'reference, pasted',
}
TITLES = {
  'psnr': 'PSNR',
  'psnr_foreground': 'foreground PSNR',
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
  'chroma_ratio': 'chroma, of truth',
  'colorful_ratio': 'colourfulness, of truth',
  'mud': 'mud, points',
  'agreement': 'same part, one colour',
  'definite': 'region, one colour',
  'macro_f': 'macro F',
  'energy': 'energy score',
  'best_of': 'best of samples',
  'likeliest': 'likeliest, dE76',
  'calibration': 'calibration error',
  'nll_0': '-log p',
  'off_palette': 'off palette',
  'clicks_own': 'clicks, own order',
  'clicks_random': 'clicks, random',
  'clicks_largest': 'clicks, largest first',
  'tag_hair': 'hair tag',
  'tag_clothes': 'clothes tag',
  'tag_eyes': 'eyes tag',
  'tag_all': 'all tags',
  'self_ref': 'foreground: itself, warped',
  'same_ref': 'same character',
  'other_ref': 'another character',
  'picture_ref': 'another picture',
  'no_ref': 'no reference',
  'self_ref_de00': 'dE00: itself, warped',
  'same_ref_de00': 'same character',
  'other_ref_de00': 'another character',
  'picture_ref_de00': 'another picture',
  'no_ref_de00': 'no reference',
}


def table(results: Mapping[str, float], title: str) -> str:
  """'<row>/<column>' values as Markdown; 'pictures' is the N in the title.

  Metrics with a title here are the columns of the first table. Where there are more than MANY
  others, which are points of curves, they are the lines of a second table, else further columns.
  """
  rows = _rows(results)
  titled = [c for c in TITLES if any(c in row for row in rows.values())]
  others = {column for row in rows.values() for column in row} - set(titled)
  others = sorted(others, key=_natural)
  curves = others if len(others) > MANY else []
  columns = titled if curves else titled + others
  count = f' (N = {int(results["pictures"])})' if 'pictures' in results else ''
  parts = [title + count]
  if columns:
    present = [r for r in rows if any(c in rows[r] for c in columns)]
    cells = [[NAMES.get(r, r), *(number(rows[r].get(c)) for c in columns)] for r in present]
    parts.append(grid(['', *(TITLES.get(c, c) for c in columns)], cells))
  if curves:
    present = [r for r in rows if any(c in rows[r] for c in curves)]
    cells = [[c, *(number(rows[r].get(c)) for r in present)] for c in curves]
    parts.append(grid(['', *(NAMES.get(r, r) for r in present)], cells))
  return '\n\n'.join(parts)


def _rows(results: Mapping[str, float]) -> dict[str, dict[str, float]]:
  """{row: {column: value}}, the baselines of ORDER first, then 'model', then the others."""
  rows = {}
  for name, value in results.items():
    if '/' in name:
      row, column = name.rsplit('/', 1)
      rows.setdefault(row, {})[column] = value
  names = [r for r in ORDER if r in rows] + sorted(set(rows) - set(ORDER))
  return {name: rows[name] for name in names}


def _natural(name: str) -> list[tuple]:
  """The key of an order in which points_2 comes before points_10."""
  return [(0, int(x), '') if x.isdigit() else (1, 0, x) for x in re.split(r'(\d+)', name)]
