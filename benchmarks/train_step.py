"""A training step of each system: forward, backward, update; ours against PyTorch where it has one.

    python -m benchmarks.train_step                       # pix2pix, 256 px, batch 1 and 4
    python -m benchmarks.train_step --cases=all --save=steps.jsonl --minutes=20
    python -m benchmarks.train_step --batches=1,16,64 --device=gpu
    python -m benchmarks.train_step --cases=region_tokens --size=128 --profile

A case is a configuration of this project (`pix2pix`, `cyclegan`, ...: all that its step does:
prepare steps, losses, updates), or `net:NAME`, a generator alone with forward, backward and Adam.
`pix2pix` and the nets have a peer in PyTorch with the same layers; the others have our columns
alone. Averaged parameters are off, since PyTorch's steps have none.

Each side runs in a process of its own, one after the other, in pairs: every case once, then every
case again, so that what `--minutes` leave time for is a whole table. A case without a peer runs
once. Printed are the median times of a step and the median of the pairs' ratios (below 1: ours is
faster), of wall time and of processor time; the ratio of peak memory (resident set on a CPU,
allocator's peak on a GPU, where ten steps run before one is waited for); and how long our first
step takes, imports and compilation included, without a compilation cache. `--save` keeps what each
process found at once, and goes on where such a file ends.

PyTorch has channels_last throughout; on a GPU also torch.compile, bfloat16 autocast and fused Adam,
and ours dtype='bfloat16'. PyTorch's threads spin while they wait for a core that another program
has, so on a busy machine only --cores=1 and its processor times are fair. `--profile` traces our
side and names its five most expensive operations.
"""

import argparse
import itertools
import json
import math
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
METHODS = 'pix2pix', 'pix2pixhd', 'zhang16', 'cyclegan', 'anyhint', 'region_tokens'
NETS = 'net:pix2pixhd', 'net:zhang16'
PEERS = 'pix2pix', *NETS


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
  parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
  parser.add_argument('--cases', default='pix2pix', help=f'all, or of {(*METHODS, *NETS)}')
  parser.add_argument('--batches', default='1,4')
  parser.add_argument('--device', choices=('cpu', 'gpu'), default='cpu')
  parser.add_argument('--size', type=int, default=256)
  parser.add_argument('--pairs', type=int, default=3)
  parser.add_argument('--steps', type=int, default=5, help='most timed steps of one process')
  parser.add_argument('--seconds', type=float, default=8, help='no further timed step after them')
  parser.add_argument('--save', default='', help='a file of JSON lines: what each process found')
  parser.add_argument('--minutes', type=float, default=math.inf, help='no process starts after')
  parser.add_argument('--cores', type=int, default=0, help='0: all')
  parser.add_argument('--options', default='', help='of our configurations, as laptop')
  parser.add_argument('--profile', action='store_true', help='name the most expensive operations')
  parser.add_argument('--side', choices=('jax', 'torch'), help='run one side: what the pairs call')
  return parser.parse_args(argv)


def run_side(args: argparse.Namespace) -> None:
  """Prints the times of the steps [s], the peak memory [MB] and more as JSON, on the last line."""
  if args.cores:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-args.cores :])
  clock = time.perf_counter()
  if args.side == 'jax':
    from benchmarks.sides import ours as side
  else:
    from benchmarks.sides import torch_peer as side
  step, device_peak, compiled = side.make(args.cases, args, int(args.batches))
  assert math.isfinite(float(step()))
  first = time.perf_counter() - clock
  burst = 10 if args.device == 'gpu' else 1  # steps without waiting, as in training
  assert math.isfinite(float(step()))
  walls, cpus = [], []
  clock = time.perf_counter()
  while len(walls) < args.steps and not (walls and time.perf_counter() - clock > args.seconds):
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(burst):
      loss = step()
    assert math.isfinite(float(loss))
    walls.append((time.perf_counter() - wall) / burst)
    cpus.append((time.process_time() - cpu) / burst)
  resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
  found = dict(
    wall=statistics.median(walls),
    cpu=statistics.median(cpus),
    memory=resident if args.device == 'cpu' else device_peak(),
    first=first,
  )
  if args.profile and args.side == 'jax':
    found['operations'] = dearest(step, compiled)
  print(json.dumps(found))


def dearest(step, compiled) -> list[str]:
  """One line for each of the five most expensive operations of a step."""
  import jax

  from onepunch_jax.training import operations

  with tempfile.TemporaryDirectory() as folder:
    with jax.profiler.trace(folder, create_perfetto_trace=True):
      for _ in range(3):
        float(step())
    found = operations.most_expensive(folder, compiled)
  return [f'{100 * o.share:5.1f} %  {o.source}  ({o.name})' for o in found]


def run(case: str, batch: int, side: str) -> dict:
  """What `run_side` prints of one side, in a process of its own."""
  command = [sys.executable, '-m', 'benchmarks.train_step', *sys.argv[1:]]
  command += [f'--side={side}', f'--cases={case}', f'--batches={batch}']
  here = {k: v for k, v in os.environ.items() if k != 'JAX_COMPILATION_CACHE_DIR'}
  done = subprocess.run(command, capture_output=True, text=True, env=here, cwd=ROOT)
  if done.returncode:
    raise SystemExit(f'The {side} side of {case} failed:\n{done.stderr}')
  return json.loads(done.stdout.splitlines()[-1])


def measure(jobs: Sequence[tuple[str, int]], args: argparse.Namespace) -> dict:
  """{(case, batch): [{side: numbers} of each pair]}, as far as the minutes reach."""
  settings = {k: getattr(args, k) for k in ('device', 'size', 'cores', 'options', 'profile')}
  rows: dict[tuple[str, int], list[dict]] = {job: [] for job in jobs}
  if args.save and os.path.exists(args.save):
    with open(args.save, encoding='utf-8') as file:
      for row in map(json.loads, file):
        job = row['case'], row['batch']
        if row['settings'] == settings and job in rows:
          rows[job].append(row['found'])
  start = time.perf_counter()
  for turn in range(args.pairs):
    for case, batch in jobs:
      peer = case in PEERS and not args.profile
      if len(rows[case, batch]) > turn or (turn and not peer):
        continue
      if time.perf_counter() - start > 60 * args.minutes:
        return rows
      found = {side: run(case, batch, side) for side in (('torch', 'jax') if peer else ('jax',))}
      rows[case, batch].append(found)
      passed = time.perf_counter() - start
      print(f'{passed:6.0f} s: {case}, batch {batch}, pair {turn + 1}', file=sys.stderr, flush=True)
      if args.save:
        with open(args.save, 'a', encoding='utf-8') as file:
          row = dict(case=case, batch=batch, settings=settings, found=found)
          file.write(json.dumps(row) + '\n')
  return rows


def report(case: str, batch: int, rows: Sequence[Mapping]) -> list[str]:
  """Cells of one row of the table, from the pairs of a case and batch size."""

  def one(side, what):
    return statistics.median(row[side][what] for row in rows)

  def cell(what, scale, digits):
    mine = f'{scale * one("jax", what):.{digits}f}'
    if 'torch' not in rows[0]:
      return mine
    ratio = statistics.median(row['jax'][what] / row['torch'][what] for row in rows)
    return f'{mine} / {scale * one("torch", what):.{digits}f} = {ratio:.2f}'

  times = [cell('wall', 1e3, 0), cell('cpu', 1e3, 0), cell('memory', 1, 0)]
  return [case, str(batch), str(len(rows)), *times, f'{one("jax", "first"):.1f}']


def main() -> None:
  args = parse()
  if args.side:
    return run_side(args)
  cases = (
    (*PEERS, *(m for m in METHODS if m not in PEERS))
    if args.cases == 'all'
    else tuple(args.cases.split(','))
  )
  if unknown := sorted(set(cases) - {*METHODS, *NETS}):
    sys.exit(f'--cases has {unknown}; there are {[*METHODS, *NETS]}.')
  rows = measure(list(itertools.product(cases, map(int, args.batches.split(',')))), args)
  print(f'{args.device}, {args.size} px, ours / PyTorch, pairs of processes in turn\n')
  print('| case | batch | pairs | step, ms | processor, ms | peak memory, MB | first step, s |')
  print('|---|---|---|---|---|---|---|')
  for (case, batch), found in rows.items():
    if found:
      print('| ' + ' | '.join(report(case, batch, found)) + ' |')
  if args.profile:
    for (case, batch), found in rows.items():
      print(f'\n{case}, batch {batch}:', *found[0]['jax']['operations'], sep='\n')


if __name__ == '__main__':
  main()
