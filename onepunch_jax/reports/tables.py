"""Results as text: the table of rows (baselines, then the model) by columns."""

import re
from collections.abc import Mapping, Sequence

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
PICTURES = {
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
}
COLORS = {
  'chroma_ratio': 'chroma, of truth',
  'colorful_ratio': 'colourfulness, of truth',
  'mud': 'mud, points',
  'definite': 'one colour: region',
  'agreement': 'one colour: part',
  'agreement_all': 'any part',
  'off_palette': 'off palette',
  'palette_used': 'palette used',
}
DISTRIBUTION = {
  'energy': 'energy score',
  'best_of': 'best of samples',
  'likeliest': 'likeliest, dE76',
  'calibration': 'calibration error',
  'macro_f': 'macro F',
  'nll_0': '-log p',
  'nll_1': '1 known',
  'nll_5': '5 known',
  'nll_20': '20 known',
}
CLICKS = {
  'clicks_own': 'clicks, own order',
  'clicks_random': 'random order',
  'clicks_largest': 'largest first',
  'reached_own': 'reached, own order',
  'reached_random': 'random order',
  'reached_largest': 'largest first',
}
TAGS = {
  'tag_hair': 'hair tag',
  'tag_clothes': 'clothes tag',
  'tag_eyes': 'eyes tag',
  'tag_all': 'all tags',
}
REFERENCES = {
  'self_ref': 'foreground PSNR: itself, warped',
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
GROUPS = (PICTURES, COLORS, DISTRIBUTION, CLICKS, TAGS, REFERENCES)  # a table each
TITLES = {column: title for group in GROUPS for column, title in group.items()}


def table(results: Mapping[str, float], title: str) -> str:
  """'<row>/<column>' values as Markdown; 'pictures' is the N in the title.

  There is a table for each of GROUPS that has a value. Where there are more than MANY other
  columns, which are points of curves, they are the lines of a last table, else the columns of one.
  """
  rows = _rows(results)
  present = {column for row in rows.values() for column in row}
  others = sorted(present - set(TITLES), key=_natural)
  count = f' (N = {int(results["pictures"])})' if 'pictures' in results else ''
  parts = [title + count]
  for group in GROUPS:
    if columns := [c for c in group if c in present]:
      parts.append(_by_row(rows, columns))
  if len(others) > MANY:
    parts.append(_by_column(rows, others))
  elif others:
    parts.append(_by_row(rows, others))
  return '\n\n'.join(parts)


def _by_row(rows: Mapping[str, Mapping[str, float]], columns: Sequence[str]) -> str:
  """A line for each row that has one of the columns."""
  names = [r for r in rows if any(c in rows[r] for c in columns)]
  cells = [[NAMES.get(r, r), *(number(rows[r].get(c)) for c in columns)] for r in names]
  return grid(['', *(TITLES.get(c, c) for c in columns)], cells)


def _by_column(rows: Mapping[str, Mapping[str, float]], columns: Sequence[str]) -> str:
  """A line for each column."""
  names = [r for r in rows if any(c in rows[r] for c in columns)]
  cells = [[c, *(number(rows[r].get(c)) for r in names)] for c in columns]
  return grid(['', *(NAMES.get(r, r) for r in names)], cells)


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
