"""Colours a folder of trouble by one command, and compares what came out with its manifest.

    python benchmarks/robust.py --checkpoint=runs/pix2pix --input=FOLDER

FOLDER/manifest.jsonl has a row for each file: {"file": ..., "expect": "ok" | "reject" | "either"}.
An 'ok' has to be coloured (or passed through), a 'reject' has to have a sentence and no file, an
'either' one of the two.  Prints what is not so, the sentences, and the count.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

ROOT = pathlib.Path(__file__).parents[1]


def outcome(name: str, target: pathlib.Path, sentences: Sequence[str]):
  """'ok', 'reject', or what is wrong with a file's outcome."""
  written = [
    p.name
    for p in target.iterdir()
    if name in (p.name, p.stem) or p.stem == pathlib.Path(name).stem
  ]
  rejected = [s for s in sentences if f'/{name}:' in s]
  if rejected and not written:
    return 'reject' if len(rejected) == 1 and rejected[0].endswith('.') else f'says {rejected}'
  return 'ok' if written and not rejected else f'written {written}, says {rejected}'


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--checkpoint', required=True)
  parser.add_argument('--input', required=True)
  parser.add_argument('--output', help='kept there; default: a folder that is removed')
  options = parser.parse_args()
  rows = [
    json.loads(line)
    for line in (pathlib.Path(options.input) / 'manifest.jsonl').open(encoding='utf-8')
  ]
  with tempfile.TemporaryDirectory() as folder:
    target = pathlib.Path(options.output or folder)
    clock = time.monotonic()
    run = subprocess.run(
      [
        sys.executable,
        '-m',
        'onepunch_jax.colorize',
        f'--checkpoint={options.checkpoint}',
        f'--input={options.input}',
        f'--output={target}',
      ],
      capture_output=True,
      text=True,
      cwd=ROOT,
    )
    seconds = time.monotonic() - clock
    lines = run.stderr.replace('\r', '\n').splitlines()
    sentences = [line for line in lines if ' E ' in line[:20]]
    met = 0
    for row in rows:
      found = outcome(row['file'], target, sentences)
      if found == row['expect'] or (row['expect'] == 'either' and found in ('ok', 'reject')):
        met += 1
      else:
        print(f'{row["file"]}: expected {row["expect"]}, {found}')
    print(*sentences, run.stdout.strip(), sep='\n')
    if 'Traceback' in run.stderr:
      print(run.stderr)
    print(f'{met} of {len(rows)} as expected, {seconds:.0f} s.')
  sys.exit(0 if met == len(rows) else 1)


if __name__ == '__main__':
  main()
