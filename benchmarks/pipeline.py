"""Records per second from a folder and from `synthetic` to device-ready batches, against PyTorch.

    python benchmarks/pipeline.py --data=FOLDER_OF_PAIRS [--size=256] [--batches=40]

The peer is a torch DataLoader (PIL, numpy, the usual worker processes) that decodes, crops and
flips the same files.  Each side runs in its own process, in turn; the ratio is of medians.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable


def ours(path: str, size: int, batch: int, batches: int):
  import jax

  from onepunch_jax import prepare
  from onepunch_jax.configs import common
  from onepunch_jax.data import pipeline
  from onepunch_jax.training import malloc, sharding

  malloc.keep_freed()  # as `main` does

  config = common.base().data
  config.update(dict(path=path, size=size, load_size=size + size // 8, count=batch * batches))
  steps = dict(order=('crop', 'flip'), crop=dict(size=size), flip=dict(probability=0.5))
  apply = jax.jit(prepare.make(steps))
  mesh = sharding.make_mesh((('data', 1),), jax.devices()[:1])
  data, _ = pipeline.train(config, seed=0, batch_size=batch)
  key = jax.random.key(0)

  def step():
    return jax.block_until_ready(apply(sharding.to_global(next(data), mesh), key, 0))

  return measure(step, batch, batches)


def theirs(path: str, size: int, batch: int, batches: int):
  import os

  import numpy as np
  import torch
  from PIL import Image

  with open(os.path.join(path, 'metadata.jsonl'), encoding='utf-8') as f:
    rows = [r for r in map(json.loads, f) if r.get('split') == 'train']

  class Pairs(torch.utils.data.Dataset):
    def __len__(self):
      return len(rows)

    def __getitem__(self, i):
      row, load = rows[i], size + size // 8
      how = Image.Resampling.LANCZOS
      line = Image.open(os.path.join(path, row['line'])).convert('L').resize((load, load), how)
      rgb = Image.open(os.path.join(path, row['color'])).convert('RGB').resize((load, load), how)
      top, left = np.random.randint(0, load - size + 1, 2)
      box = (left, top, left + size, top + size)
      line, rgb = np.asarray(line.crop(box))[..., None], np.asarray(rgb.crop(box))
      if np.random.rand() < 0.5:
        line, rgb = line[:, ::-1], rgb[:, ::-1]

      def to_tensor(x):
        return torch.from_numpy(x.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1)

      return to_tensor(line), to_tensor(rgb)

  loader = torch.utils.data.DataLoader(
    Pairs(),
    batch,
    shuffle=True,
    num_workers=os.cpu_count(),
    drop_last=True,
    persistent_workers=True,
    prefetch_factor=2,
  )

  def endless():
    while True:
      yield from loader

  data = endless()
  return measure(lambda: next(data), batch, batches)


def measure(step: Callable, batch: int, batches: int):
  """Records per second after a warm-up that empties the prefetch buffers."""
  for _ in range(8):
    step()
  start = time.perf_counter()
  for _ in range(batches):
    step()
  return batch * batches / (time.perf_counter() - start)


SIDES = {'ours': ours, 'theirs': theirs}


def run(side: str, *args):
  """One side in a process of its own."""
  command = [sys.executable, __file__, '--side', side, *map(str, args)]
  out = subprocess.run(command, capture_output=True, text=True, check=True)
  return float(out.stdout.strip().splitlines()[-1])


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--data', required='--side' not in sys.argv)
  parser.add_argument('--size', type=int, default=256)
  parser.add_argument('--batch', type=int, default=16)
  parser.add_argument('--batches', type=int, default=40)
  parser.add_argument('--pairs', type=int, default=3)
  parser.add_argument('--side', nargs=5)
  options = parser.parse_args()
  if options.side:
    side, path, *numbers = options.side
    print(SIDES[side](path, *map(int, numbers)))
    return
  args = (options.size, options.batch, options.batches)
  both = [[run(side, options.data, *args) for side in SIDES] for _ in range(options.pairs)]
  a, b = (statistics.median(rates) for rates in zip(*both))
  print(
    f'folder, {options.size} px, batch {options.batch}: ours {a:.0f} records/s, '
    f'PyTorch DataLoader {b:.0f} records/s, ratio {a / b:.2f}'
  )
  print(f'synthetic, {options.size} px: {run("ours", "synthetic", *args):.0f} records/s')


if __name__ == '__main__':
  main()
