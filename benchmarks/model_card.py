"""The numbers of the model card: measures a checkpoint, writes them, and puts them into the card.

    python -m benchmarks.model_card --packages=open_art.packages --data=OpenMoji=PATH
    python -m benchmarks.model_card --table        # the card's tables anew, nothing is measured

A row that docs/model_card.json has of the same weights is not measured again, so the same command
goes on where it stopped. --packages is the folder of packages of data_prep.recipes.open_art, for
what it holds out of training; without it that row is left out.
"""

import argparse
import functools
import os
import time
from collections.abc import Callable
from typing import Any

from benchmarks import card_rows, kept_numbers
from onepunch_jax.log import log, show_log
from onepunch_jax.training import compilation_cache
from onepunch_jax.weights import packed, runs, shipped

CARD, NUMBERS = 'docs/model_card.md', 'docs/model_card.json'
START, END = '<!-- numbers -->', '<!-- end of numbers -->'


def facts(run: str) -> dict[str, Any]:
  """What the file says of itself."""
  path = shipped.find(run)
  known = packed.read_facts(path) if packed.is_packed(path) else {}
  return {
    **{k: known.get(k, '') for k in ('name', 'sha256', 'command', 'commit', 'created')},
    'MB': round(os.path.getsize(path) / 1e6, 1) if packed.is_packed(path) else 0,
    'side': runs.load_config(run).data.size,
  }


def table(report: dict[str, Any]) -> str:
  """The numbers as Markdown."""
  about, rows = report['weights'], report['rows']
  counts = [str(n) for n in card_rows.COUNTS]
  lines = [
    f'`{about["name"]}`, {about["MB"]} MB, of {about["created"]}, SHA-256 of the tensors '
    f'`{about["sha256"][:16]}...`, measured at {about["side"]} px.',
    '',
    'Foreground PSNR (dB) with so many hints, each a dot on one of the largest regions; below it '
    '*nearest hint*, which learns nothing. In brackets 95 % of a bootstrap over pictures.',
    '',
    '| data | pictures | ' + ' | '.join(f'{n} hints' for n in counts) + ' | dE00, no hints |',
    '|---' * (3 + len(counts)) + '|',
  ]
  for name, row in rows.items():
    if 'model' in row:
      cells = [_span(row['model'][n]) for n in counts]
      lines.append(
        f'| {name} | {row["pictures"]} | ' + ' | '.join(cells) + f' | {_span(row["de00"])} |'
      )
      floor = [f'{row["nearest"][n][0]:.1f}' for n in counts]
      lines.append('| *nearest hint* | | ' + ' | '.join(floor) + ' | |')
  if 'skin' in rows:
    lines += ['', *_skin(rows['skin'])]
  if 'cost' in rows:
    cold, warm = rows['cost']['cold'], rows['cost']['warm']
    lines += [
      '',
      '**Cost** of `onepunch colorize --sample` (1200 x 1800 px) on two CPU cores: '
      f'{cold["cpu_seconds"]} s of processor time at first, {warm["cpu_seconds"]} s with compiled '
      f'programs in the cache, {rows["cost"]["MiB"]} MiB; {cold["seconds"]} s and '
      f'{warm["seconds"]} s by the clock, the load of the machine being {rows["cost"]["load"]}.',
    ]
  return '\n'.join(lines)


def _skin(row: dict[str, Any]) -> list[str]:
  edges = row['edges']
  bins = [f'{low} to {high}' for low, high in zip([0, *edges[1:-1]], [*edges[1:-1], 100])]
  lines = [
    f'**Skin** of {row["drawings"]} procedural drawings of people, without hints: shares by '
    'lightness (CIE L*), as painted, in the likeliest colouring, and in three variants of each. '
    '*Far* are colours that are no skin colour at all (CIE76 above '
    f'{card_rows.FAR} from each that was painted).',
    '',
    '| | ' + ' | '.join(bins) + ' | mean L* | deviation | far |',
    '|---' * (4 + len(bins)) + '|',
  ]
  for name in ('painted', 'likeliest', 'varied'):
    found = row[name]
    cells = [f'{share:.0%}' for share in found['shares']]
    last = f'{found["mean"]} | {found["deviation"]} | {found["far"]:.0%}'
    lines.append(f'| {name} | ' + ' | '.join(cells) + f' | {last} |')
  return lines


def _span(cell: list[float]) -> str:
  return f'{cell[0]:.1f} ({cell[1]:.1f} to {cell[2]:.1f})'


def fill(card: str, text: str) -> str:
  """The card with its numbers replaced.

  Raises:
    ValueError: the card has no place for them.
  """
  before, start, rest = card.partition(START)
  _, end, after = rest.partition(END)
  if not (start and end):
    raise ValueError(f'{CARD} has no lines {START} and {END}.')
  return f'{before}{START}\n\n{text}\n\n{END}{after}'


def measure(path: str, about: dict[str, Any], rows: dict[str, Callable[[], Any]]) -> dict[str, Any]:
  """Adds the rows that a file of numbers lacks, each saved at once; of other weights it is new."""
  report: dict[str, Any] = {'weights': about, 'rows': {}}
  known = kept_numbers.read(path)
  if known and known['weights']['sha256'] == about['sha256']:
    report = known
  for name, row in rows.items():
    if name in report['rows']:
      continue
    clock = time.monotonic()
    report['rows'][name] = row()
    log.info('%s: %.0f s.', name, time.monotonic() - clock)
    kept_numbers.write(path, report)
  return report


def _measured(options: argparse.Namespace) -> dict[str, Any]:
  """The numbers with every row that the options ask for."""
  run, limit = options.checkpoint, options.limit
  compilation_cache.use(runs.load_config(run).compilation_cache, compilation_cache.SHORT)
  rows = card_rows.hint_rows(run, options.packages, options.data, limit)
  rows['skin'] = functools.partial(card_rows.skin, run, limit)
  rows['cost'] = card_rows.cost
  return measure(NUMBERS, facts(run), rows)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', default=shipped.DEFAULT)
  parser.add_argument('--packages', default='', help='the folder of packages of open art')
  parser.add_argument(
    '--data', action='append', default=[], help='NAME=FOLDER of pairs; repeatable'
  )
  parser.add_argument('--limit', type=int, default=48, help='pictures of a row')
  parser.add_argument('--table', action='store_true', help='only write the tables')
  options = parser.parse_args()
  show_log()
  report = kept_numbers.read(NUMBERS) if options.table else _measured(options)
  with open(CARD, encoding='utf-8') as file:
    card = fill(file.read(), table(report))
  with open(CARD, 'w', encoding='utf-8') as file:
    file.write(card)
  print(table(report))


if __name__ == '__main__':
  main()
