"""One pix2pix training step, ours against PyTorch's written the usual way.

    python benchmarks/train_step.py                      # 256 px, width 64, batch 1 and 4
    python benchmarks/train_step.py --cores=1            # on a machine that others use too
    python benchmarks/train_step.py --batches=1,16,64 --device=gpu

Each side runs in a process of its own, one after the other, in alternating pairs; printed are the
median times of a step, the median of the pairs' ratios (below 1: ours is faster), of wall time
and of processor time, and the ratio of peak memory (resident set on a CPU, allocator's peak on a
GPU, where ten steps run before one is waited for).  PyTorch has channels_last throughout; on a GPU
also torch.compile, bfloat16 autocast and fused Adam, and ours dtype='bfloat16'.  PyTorch's threads
spin while they wait for a core that another program has, so on a busy machine only --cores=1 and
its processor times are fair.
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
import time
from collections.abc import Mapping, Sequence

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def parse(argv: Sequence[str] | None = None):
  parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
  parser.add_argument('--batches', default='1,4')
  parser.add_argument('--device', choices=('cpu', 'gpu'), default='cpu')
  parser.add_argument('--size', type=int, default=256)
  parser.add_argument('--width', type=int, default=64)
  parser.add_argument('--depth', type=int, default=8)
  parser.add_argument('--pairs', type=int, default=5)
  parser.add_argument('--steps', type=int, default=5, help='timed steps of one process')
  parser.add_argument('--cores', type=int, default=0, help='0: all')
  parser.add_argument('--side', choices=('jax', 'torch'), help='run one side: what the pairs call')
  return parser.parse_args(argv)


def ours(args: argparse.Namespace, batch: int):
  """-> (a function that starts a step and gives its loss, one that tells the peak in MB)."""
  import jax

  from onepunch_jax import core, registry
  from onepunch_jax.training import malloc, optim

  malloc.keep_freed()  # as `main` does

  dtype = 'bfloat16' if args.device == 'gpu' else 'float32'
  method = registry.method(
    dict(
      name='pix2pix',
      gen=dict(name='unet', width=args.width, depth=args.depth, dtype=dtype),
      disc=dict(name='patchgan', width=args.width, dtype=dtype),
    )
  )
  txs = {p.name: optim.make(steps=1000, lr=2e-4, b1=0.5) for p in method.players}
  key, shape = jax.random.key(0), (batch, args.size, args.size)
  data = {
    'line': jax.random.uniform(key, (*shape, 1), minval=-1),
    'rgb': jax.random.uniform(key, (*shape, 3), minval=-1),
  }

  def init(key):
    return core.init_state(method, txs, key, data)

  compiled = (
    jax.jit(core.make_train_step(method, txs), donate_argnums=0)
    .lower(jax.eval_shape(init, key), data, key)
    .compile()
  )
  malloc.trim()  # compiled before there is a state, as in `training.loop`
  current = [jax.jit(init)(key)]
  malloc.trim()

  def step():
    current[0], metrics = compiled(current[0], data, key)
    return metrics['g/loss'].total

  def peak():
    return jax.devices()[0].memory_stats()['peak_bytes_in_use'] / 2**20

  return step, peak


def theirs(args: argparse.Namespace, batch: int):
  """The same of PyTorch's."""
  import torch

  from tests.peers import pix2pix_torch as peer

  gpu = args.device == 'gpu'
  place = dict(device='cuda' if gpu else 'cpu', memory_format=torch.channels_last)
  torch.manual_seed(0)
  gen = peer.init(peer.UNet(width=args.width, depth=args.depth)).to(**place)
  disc = peer.init(peer.PatchGAN(width=args.width)).to(**place)
  data = [(2 * torch.rand(batch, c, args.size, args.size) - 1).to(**place) for c in (1, 3)]
  if gpu:
    torch.backends.cudnn.benchmark = True
    torch.set_float32_matmul_precision('high')
    gen, disc = torch.compile(gen), torch.compile(disc)
  train_step = peer.make_train_step(gen, disc, autocast=torch.bfloat16 if gpu else None)

  def step():
    return train_step(*data)[1]

  return step, lambda: torch.cuda.max_memory_allocated() / 2**20


def run_side(args: argparse.Namespace):
  """Prints the times of the steps [s] and the peak memory [MB] as JSON, on the last line."""
  if args.cores:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-args.cores :])
  step, device_peak = (ours if args.side == 'jax' else theirs)(args, int(args.batches))
  burst = 10 if args.device == 'gpu' else 1  # steps without waiting, as in training
  for _ in range(3):
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
  print(
    json.dumps(
      dict(
        wall=statistics.median(walls),
        cpu=statistics.median(cpus),
        memory=resident if args.device == 'cpu' else device_peak(),
      )
    )
  )


def pair(batch: int):
  """Both sides once -> {'torch': what `run_side` printed, 'jax': the same}."""
  row = {}
  for side in ('torch', 'jax'):
    command = [sys.executable, __file__, *sys.argv[1:], f'--side={side}', f'--batches={batch}']
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
      raise SystemExit(f'The {side} side failed:\n{done.stderr}')
    row[side] = json.loads(done.stdout.splitlines()[-1])
  return row


def report(batch: int, rows: Sequence[Mapping]):
  """One line from the pairs of one batch size."""

  def one(side, what):
    return statistics.median(row[side][what] for row in rows)

  def ratio(what):
    return statistics.median(row['jax'][what] / row['torch'][what] for row in rows)

  def both(what, scale):
    return f'{scale * one("jax", what):6.1f} / {scale * one("torch", what):6.1f}'

  return (
    f'batch {batch:3d}, ours / torch: {both("wall", 1e3)} ms = {ratio("wall"):.2f}   '
    f'processor {both("cpu", 1e3)} ms = {ratio("cpu"):.2f}   '
    f'peak memory {both("memory", 1)} MB = {ratio("memory"):.2f}'
  )


def main():
  args = parse()
  if args.side:
    return run_side(args)
  print(f'{args.device}, {args.size} px, width {args.width}: {args.pairs} pairs of processes')
  for batch in map(int, args.batches.split(',')):
    print(report(batch, [pair(batch) for _ in range(args.pairs)]), flush=True)


if __name__ == '__main__':
  main()
