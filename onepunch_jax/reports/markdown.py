"""Tables as text: the one writer of all reports."""

from collections.abc import Sequence


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
  """A Markdown table, its columns padded so that it can be read in a terminal too.

  Args:
    head: titles of the columns.
    rows: cells, as many in each row as there are titles.
  """
  widths = [max(len(line[i]) for line in (head, *rows)) for i in range(len(head))]
  rule = '|' + '|'.join('-' * (width + 2) for width in widths) + '|'
  return '\n'.join([_line(head, widths), rule, *(_line(row, widths) for row in rows)])


def number(value: float | None) -> str:
  """Three significant decimals of a small number, two of others, '' of None."""
  if value is None:
    return ''
  if 0 < abs(value) < 0.01:
    return f'{value:.3g}'
  return f'{value:.3f}' if abs(value) < 10 else f'{value:.2f}'


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
  return '| ' + ' | '.join(c.ljust(w) for c, w in zip(cells, widths)) + ' |'
