"""What fine-tuning on a few pages gives, and what it forgets.

    python -m benchmarks.finetune --data=my_pages --train=25 --workdir=/tmp/finetune

Some pairs of a folder, in the order of a hash of their names, are learned from by
configs/region_tokens.py:finetune; the others are measured before and after, and so are procedural
drawings. Prints a table and writes WORKDIR/report.json. The same command goes on where it stopped.

Columns: -log p of the regions' true colours, the 0, 1, 5 largest ones being known (lower is
better; by nets/region_colors), foreground PSNR and dE00 of the likeliest colouring (no hints).
"""

import argparse
import hashlib
import json
import os
import time

from benchmarks import kept_numbers
from onepunch_jax.configs import region_tokens
from onepunch_jax.data import pair_folders
from onepunch_jax.evals import numbers
from onepunch_jax.evaluate import evaluate
from onepunch_jax.log import show_log
from onepunch_jax.training import compilation_cache
from onepunch_jax.training.loop import train
from onepunch_jax.weights import shipped

COLUMNS = ('nll_0', 'nll_1', 'nll_5', 'psnr_foreground', 'de00')


def divide(data: str, train: int, limit: int, folder: str) -> tuple[int, int]:
  """Writes folder/metadata.jsonl with `train` pairs to learn from and the others to measure.

  Args:
    data: a folder of pairs with metadata.jsonl.
    train: how many to learn from.
    limit: how many of the others are measured.

  Returns:
    How many there are of each.
  """
  rows = pair_folders.rows(os.path.join(data, pair_folders.METADATA))
  rows.sort(key=lambda row: hashlib.sha256(row['id'].encode()).digest())
  chosen = rows[: train + limit]
  os.makedirs(folder, exist_ok=True)
  with open(os.path.join(folder, pair_folders.METADATA), 'w', encoding='utf-8') as file:
    for n, row in enumerate(chosen):
      line, *colors = (
        os.path.abspath(os.path.join(data, f)) for f in (row['line'], *row['colors'])
      )
      pair = {'id': row['id'], 'line': line, 'color': colors[0]}
      file.write(json.dumps({**pair, 'split': 'train' if n < train else 'val'}) + '\n')
  return min(train, len(chosen)), max(0, len(chosen) - train)


def measure(run: str, data: str, limit: int) -> dict[str, float]:
  """The columns for a run on the validation split of data."""
  found = numbers(evaluate(run, data=data, limit=limit))
  return {name: found[f'model/{name}'] for name in COLUMNS if f'model/{name}' in found}


def table(report: dict) -> str:
  """The report as Markdown."""
  lines = [f'| weights, on | {" | ".join(COLUMNS)} |', '|---' * (1 + len(COLUMNS)) + '|']
  for name, row in report['rows'].items():
    lines.append(f'| {name} | ' + ' | '.join(f'{row[c]:.3f}' for c in COLUMNS if c in row) + ' |')
  return '\n'.join(lines)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--data', required=True, help='a folder of pairs with metadata.jsonl')
  parser.add_argument('--train', type=int, default=25, help='pairs to learn from')
  parser.add_argument('--limit', type=int, default=64, help='pairs to measure, at most')
  parser.add_argument('--options', default='', help='further options of the config, as steps=100')
  parser.add_argument('--workdir', required=True)
  options = parser.parse_args()
  show_log()
  folder, run = (os.path.join(options.workdir, name) for name in ('data', 'run'))
  path = os.path.join(options.workdir, 'report.json')
  learned, measured = divide(options.data, options.train, options.limit, folder)
  words = ['finetune', f'data={folder}', *filter(None, options.options.split(','))]
  config = region_tokens.get_config(','.join(words))
  config.update(dict(eval_every=0, eval_limit=8))  # measured below
  compilation_cache.use(config.compilation_cache)
  report = kept_numbers.read(path)
  report = report or dict(train=learned, measured=measured, steps=config.steps, rows={})
  clock, cpu = time.monotonic(), time.process_time()
  result = train(config, run)
  if 'seconds' not in report:
    report |= {'seconds': time.monotonic() - clock, 'cpu_seconds': time.process_time() - cpu}
  if result.stopped:
    return
  for name, weights in (('shipped', shipped.DEFAULT), ('fine-tuned', run)):
    for where, data in (('the other pages', folder), ('procedural drawings', 'synthetic')):
      key = f'{name}, {where}'
      if key not in report['rows']:
        report['rows'][key] = measure(weights, data, options.limit)
        kept_numbers.write(path, report)
  print(f'{learned} pairs, {report["steps"]} steps, {report["seconds"]:.0f} s')
  print(table(report))


if __name__ == '__main__':
  main()
