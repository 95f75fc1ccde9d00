"""Tables of results, of runs, and the log that they are read from."""

from onepunch_jax.reports import markdown
from onepunch_jax.reports.tables import table
from tests.reports.test_plots import REPORT

RESULTS = {**REPORT.numbers(), 'model/psnr': 14.5, 'line/psnr': 9.0, 'pictures': 7}


def test_a_table_of_curves_is_in_natural_order():
  text = table(RESULTS, 'of a run')
  assert text.startswith('of a run (N = 7)')
  lines = text.splitlines()
  at = lambda start: next(i for i, x in enumerate(lines) if x.startswith(f'| {start} '))
  assert at('points_0') < at('points_10') < at('points_500')
  assert at('line as output') < at('model') < at('points_0')  # the titled columns come first
  few = table({'model/psnr': 3.0, 'model/points_2': 1.0, 'model/points_10': 2.0}, 'few')
  assert 'points_2 | points_10' in few


def test_each_group_of_measures_is_a_table_that_can_be_read():
  columns = ('psnr', 'ssim', 'energy', 'tag_all')
  text = table({f'model/{c}': 1.0 for c in columns} | {'swapped/tag_all': 0.5}, 'all')
  tables = text.split('\n\n')[1:]
  assert [t.splitlines()[0].count('|') - 2 for t in tables] == [2, 1, 1]
  assert [len(t.splitlines()) for t in tables] == [3, 3, 4]
  assert 'tags swapped: the new' in tables[2] and 'tags swapped' not in tables[0]


def test_the_one_writer():
  text = markdown.grid(['', 'a'], [['x', '1.5'], ['longer', '']])
  assert text.splitlines() == [
    '|        | a   |',
    '|--------|-----|',
    '| x      | 1.5 |',
    '| longer |     |',
  ]
  shown = [markdown.number(x) for x in (None, 0.0, 0.00123, 1.23456, 123.456)]
  assert shown == ['', '0.000', '0.00123', '1.235', '123.46']
