"""What open art adds to procedural drawings: two runs of one budget, measured on the same pictures.

    CONFIG=configs/region_tokens.py:laptop
    python -m onepunch_jax.main --config=$CONFIG --workdir=runs/own
    python -m onepunch_jax.main --config="$CONFIG,data=synthetic_all*7+open_art*3" \\
        --workdir=runs/art
    python -m benchmarks.open_art --without=runs/own --with=runs/art --packages=open_art.packages \\
        --data=OpenMoji=PATH

`open_art` is prepared by data_prep.recipes.open_art; what that holds out of training is measured
here. Prints foreground PSNR (dB) with 0, 1, 5 and 20 hints, in brackets 95 % of a bootstrap over
pictures. --output keeps the numbers; rows that are in it are not measured again.
"""

import argparse
from typing import Any

from benchmarks import card_rows, kept_numbers
from onepunch_jax.log import show_log
from onepunch_jax.training import compilation_cache
from onepunch_jax.weights import runs


def table(rows: dict[str, dict[str, Any]]) -> str:
  """The numbers as Markdown.

  Args:
    rows: {data: {'without': row, 'with': row}}, rows as `card_rows.hints` gives them.
  """
  counts = [str(n) for n in card_rows.COUNTS]
  head = ' | '.join(f'{n} hints' for n in counts)
  lines = [f'| data | open art | pictures | {head} |', '|---' * (3 + len(counts)) + '|']
  for name, pair in rows.items():
    for which, row in pair.items():
      cells = ' | '.join('{:.1f} ({:.1f} to {:.1f})'.format(*row['model'][n]) for n in counts)
      lines.append(f'| {name} | {which} | {row["pictures"]} | {cells} |')
  return '\n'.join(lines)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--without', required=True, help='the run of procedural drawings alone')
  parser.add_argument('--with', required=True, dest='art', help='the run that saw open art, too')
  parser.add_argument('--packages', required=True, help='the folder of packages of open art')
  parser.add_argument('--data', action='append', default=[], help='NAME=FOLDER; repeatable')
  parser.add_argument('--limit', type=int, default=48, help='pictures of a row')
  parser.add_argument('--output', default='', help='a JSON file that keeps the numbers')
  options = parser.parse_args()
  show_log()
  found = kept_numbers.read(options.output)
  for which, run in (('without', options.without), ('with', options.art)):
    compilation_cache.use(runs.load_config(run).compilation_cache, compilation_cache.SHORT)
    rows = card_rows.hint_rows(run, options.packages, options.data, options.limit)
    for name, row in rows.items():
      if which in found.setdefault(name, {}):
        continue
      found[name][which] = row()
      kept_numbers.write(options.output, found)
  print(table(found))


if __name__ == '__main__':
  main()
