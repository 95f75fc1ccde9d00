"""A training step of each system: forward, backward, update; ours against PyTorch where it has one.

    python benchmarks/train_step.py                       # pix2pix, 256 px, batch 1 and 4
    python benchmarks/train_step.py --cases=all --batches=1 --pairs=3
    python benchmarks/train_step.py --batches=1,16,64 --device=gpu
    python benchmarks/train_step.py --cases=region_tokens --size=128 --profile

A case is a configuration of this project (`pix2pix`, `cyclegan`, ...: all that its step does:
prepare steps, losses, updates), or `net:NAME`, a generator alone with forward, backward and Adam.
`pix2pix` and the nets have a peer in PyTorch with the same layers; the others have our columns
alone. Averaged parameters are off, since PyTorch's steps have none.

Each side runs in a process of its own, one after the other, in alternating pairs; printed are the
median times of a step, the median of the pairs' ratios (below 1: ours is faster), of wall time and
of processor time, and the ratio of peak memory (resident set on a CPU, allocator's peak on a GPU,
where ten steps run before one is waited for). PyTorch has channels_last throughout; on a GPU also
torch.compile, bfloat16 autocast and fused Adam, and ours dtype='bfloat16'. PyTorch's threads spin
while they wait for a core that another program has, so on a busy machine only --cores=1 and its
processor times are fair. `--profile` traces our side and names its five most expensive operations.
"""

import argparse
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
  parser.add_argument('--steps', type=int, default=5, help='timed steps of one process')
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
  for _ in range(2):
    assert math.isfinite(float(step()))
  walls, cpus = [], []
  for _ in range(args.steps):
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


def pair(case: str, batch: int, sides: Sequence[str]) -> dict[str, dict]:
  """Each side once -> {side: what `run_side` printed}."""
  row = {}
  for side in sides:
    own = [f'--side={side}', f'--cases={case}', f'--batches={batch}']
    command = [sys.executable, __file__, *sys.argv[1:], *own]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
      raise SystemExit(f'The {side} side of {case} failed:\n{done.stderr}')
    row[side] = json.loads(done.stdout.splitlines()[-1])
  return row


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
  return [case, str(batch), *times, f'{one("jax", "first"):.1f}']


def main() -> None:
  args = parse()
  if args.side:
    return run_side(args)
  cases = (*METHODS, *NETS) if args.cases == 'all' else tuple(args.cases.split(','))
  if unknown := sorted(set(cases) - {*METHODS, *NETS}):
    sys.exit(f'--cases has {unknown}; there are {[*METHODS, *NETS]}.')
  print(f'{args.device}, {args.size} px, ours / PyTorch, {args.pairs} pairs of processes in turn\n')
  print('| case | batch | step, ms | processor, ms | peak memory, MB | first step, s |')
  print('|---|---|---|---|---|---|')
  lines = []
  for case in cases:
    sides = ('torch', 'jax') if case in PEERS and not args.profile else ('jax',)
    for batch in map(int, args.batches.split(',')):
      rows = [pair(case, batch, sides) for _ in range(args.pairs)]
      print('| ' + ' | '.join(report(case, batch, rows)) + ' |', flush=True)
      if args.profile:
        lines += [f'\n{case}, batch {batch}:', *rows[0]['jax']['operations']]
  print(*lines, sep='\n')


if __name__ == '__main__':
  main()
