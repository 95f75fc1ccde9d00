"""500 damaged files through the preparation: no crash, no hang, bounded memory, every reason given.

    python benchmarks/prepare_fuzz.py --input=FOLDER_OF_VALID_PICTURES [--count=500]

Takes the pictures and books of a folder in turn and flips, zeroes, cuts, repeats or swaps bytes of
each; then prepares all of them in one run with a limit of 10 seconds per file.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter

from onepunch_jax.data import records


def mutate(data: bytes, rng: random.Random):
  """One of five kinds of damage."""
  data = bytearray(data)
  kind = rng.choice(('flip', 'zero', 'cut', 'repeat', 'header'))
  at = rng.randrange(len(data))
  span = rng.randrange(1, max(2, min(4096, len(data) // 4)))
  if kind == 'flip':
    for _ in range(rng.choice((1, 3, 20, 200))):
      data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
  elif kind == 'zero':
    data[at : at + span] = bytes(len(data[at : at + span]))
  elif kind == 'cut':
    del data[at:]
  elif kind == 'repeat':
    data[at:at] = data[at : at + span]
  else:  # sizes, counts and offsets live in the first bytes
    for _ in range(rng.randrange(1, 6)):
      data[rng.randrange(min(len(data), 64))] = rng.randrange(256)
  return kind, bytes(data)


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--input', required=True)
  parser.add_argument('--count', type=int, default=500)
  parser.add_argument('--seed', type=int, default=0)
  options = parser.parse_args()
  rng = random.Random(options.seed)
  sources = sorted(
    p
    for p in pathlib.Path(options.input).rglob('*')
    if p.is_file()
    and 100 < p.stat().st_size < 2_000_000
    and not p.name.startswith('broken')
    and p.suffix not in ('.jsonl', '.md')
  )
  with tempfile.TemporaryDirectory() as folder:
    damaged = pathlib.Path(folder, 'in')
    damaged.mkdir()
    kinds = Counter()
    for i in range(options.count):
      source = sources[i % len(sources)]
      kind, data = mutate(source.read_bytes(), rng)
      kinds[kind] += 1
      (damaged / f'{i:04d}-{kind}{source.suffix}').write_bytes(data)
    start = time.time()
    done = subprocess.run(
      [
        sys.executable,
        '-m',
        'data_prep.folder',
        f'--input={damaged}',
        f'--output={folder}/out',
        '--size=128',
        '--timeout=10',
        '--workers=2',
        '--min_size=0',
        '--max_aspect=0',
        '--min_color=0',
        '--noblank',
        '--noline_art',
      ],
      capture_output=True,
      text=True,
      check=False,
    )
    seconds = time.time() - start
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if done.returncode:
      sys.exit(done.stderr)

    def read(name):
      return [json.loads(x) for x in open(f'{folder}/out/{name}', encoding='utf-8')]

    rejected, left = read('rejected.jsonl'), read('left_out.jsonl')
    with open(f'{folder}/out/dataset.json', encoding='utf-8') as file:
      splits = json.load(file)['splits']
    used = [
      records.Records(f'{folder}/out', s)[i]['key'] for s, n in splits.items() for i in range(n)
    ]

    def of(keys):
      return {k.split('/')[0].split('#')[0] for k in keys}

    named = of(e['file'] for e in rejected)
    lost = set(os.listdir(damaged)) - named - of(used) - of(e['key'] for e in left)
    crashed = [e['file'] for e in rejected if 'crashed' in e['reason']]
    silent = [e['file'] for e in rejected if not e['reason'].strip()]
    print(done.stdout)
    print(
      f'{options.count} files damaged ({dict(kinds)}) in {seconds:.0f} s: {len(used)} records, '
      f'{len(named)} files with a refusal, {len(left)} left out by rules, {len(lost)} lost'
    )
    print(
      f'crashed or over 10 s: {len(crashed)} {crashed}; without a reason: {len(silent)}; '
      f'peak memory of a process {memory:.0f} MiB'
    )
    print(Counter(e['reason'].partition(': ')[2].partition(',')[0][:40] for e in rejected))
    sys.exit(bool(silent or lost) or memory > 1024)


if __name__ == '__main__':
  main()
