"""Record shards to device-ready batches, against a PyTorch DataLoader with PIL on the same bytes.

    python benchmarks/shards.py --input=PREPARED_PAIRS [--load=288] [--size=256]

Makes the input's records `load` px, once as JPEG + PNG, once as PNG + PNG and once raw, and writes
the very same encoded pictures as files. Both sides decode, crop to `size`, flip, and give
float32 batches of 16 in [-1, 1]; ours crops, flips and scales on the device inside a jitted step,
as training does. Each side runs in one process without workers, in turn; numbers are records per
second of CPU time (user and system, of the process and its children), which is per core. 'host' is
ours up to the uint8 batch, 'all' includes the device's part on a CPU device.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable

BATCH = 16


def cpu():
  used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
  return sum(u.ru_utime + u.ru_stime for u in used)


def measure(step: Callable, batches: int):
  for _ in range(5):
    step()
  start = cpu()
  for _ in range(batches):
    step()
  return BATCH * batches / (cpu() - start)


def ours(path: str, size: int, load: int, batches: int, whole: bool):
  import jax

  from onepunch_jax import prepare
  from onepunch_jax.configs import common
  from onepunch_jax.data import pipeline
  from onepunch_jax.training import malloc, sharding

  malloc.keep_freed()  # as `main` does

  config = common.base().data
  config.update(dict(path=path, size=size, load_size=load, threads=0))  # one core, as theirs
  steps = dict(order=('crop', 'flip'), crop=dict(size=size), flip=dict(probability=0.5))
  apply = jax.jit(prepare.make(steps))
  mesh = sharding.make_mesh((('data', 1),), jax.devices()[:1])
  data, _ = pipeline.train(config, seed=0, batch_size=BATCH)
  key = jax.random.key(0)

  def step():
    return jax.block_until_ready(apply(sharding.to_global(next(data), mesh), key, 0))

  return measure(step if whole else lambda: next(data), batches)


def theirs(path: str, size: int, load: int, batches: int):
  import numpy as np
  import torch
  from PIL import Image

  torch.set_num_threads(1)
  names = sorted({n[:-5] for n in os.listdir(path)})

  class Pairs(torch.utils.data.Dataset):
    def __len__(self):
      return len(names)

    def __getitem__(self, i):
      line = Image.open(f'{path}/{names[i]}.line').convert('L')
      rgb = Image.open(f'{path}/{names[i]}.rgb_').convert('RGB')
      top, left = np.random.randint(0, load - size + 1, 2)
      box = (left, top, left + size, top + size)
      line, rgb = np.asarray(line.crop(box))[..., None], np.asarray(rgb.crop(box))
      if np.random.rand() < 0.5:
        line, rgb = line[:, ::-1], rgb[:, ::-1]

      def to_tensor(x):
        return torch.from_numpy(x.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1)

      return to_tensor(line), to_tensor(rgb)

  def endless():
    while True:
      yield from torch.utils.data.DataLoader(Pairs(), BATCH, shuffle=True, drop_last=True)

  stream = endless()
  return measure(lambda: next(stream), batches)


def make(source: str, folder: str, load: int):
  import numpy as np
  from PIL import Image

  from onepunch_jax.data import codecs, records

  info = records.read_info(source)
  count = min(info['splits']['train'], 512)

  def fit(x):
    return np.asarray(Image.fromarray(x.squeeze()).resize((load, load)))

  found = records.Records(source, 'train')
  rows = [
    (str(i), fit(r['line'])[..., None], fit(r['rgb']))
    for i, r in ((i, found[i]) for i in range(count))
  ]
  rows = [(f'{k}-{turn}', a, b) for turn in range(8) for k, a, b in rows]  # as many as people have
  count = len(rows)
  for form in codecs.FORMATS:
    os.makedirs(f'{folder}/{form}')
    data = [records.encode({'key': k, 'line': a, 'rgb': b}, rgb=form) for k, a, b in rows]
    shard = records.write_shard(f'{folder}/{form}/train-00000-of-00001.array_record', data)
    with open(f'{folder}/{form}/dataset.json', 'w', encoding='utf-8') as file:
      json.dump(
        {
          'version': 1,
          'splits': {'train': count},
          'shards': [{**shard, 'split': 'train'}],
          'fields': ['key', 'line', 'rgb'],
        },
        file,
      )
    if form != 'raw':
      os.makedirs(f'{folder}/{form}_files')
      for key, line, rgb in rows:
        for name, picture, kind in (('line', line, 'png'), ('rgb_', rgb, form)):
          with open(f'{folder}/{form}_files/{key}.{name}', 'wb') as file:
            file.write(codecs.encode(picture, kind))


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--input', required=True)
  parser.add_argument('--load', type=int, default=288)
  parser.add_argument('--size', type=int, default=256)
  parser.add_argument('--batches', type=int, default=40)
  parser.add_argument('--repeat', type=int, default=3)
  parser.add_argument('--side', default='')
  options = parser.parse_args()
  sizes = options.size, options.load, options.batches
  if options.side:
    side, path = options.side.split(',')
    how = {
      'host': lambda: ours(path, *sizes, False),
      'all': lambda: ours(path, *sizes, True),
      'torch': lambda: theirs(path, *sizes),
    }
    print(how[side]())
    return
  with tempfile.TemporaryDirectory() as folder:
    make(options.input, folder, options.load)
    runs = [
      (side, f'{folder}/{form}{"_files" * (side == "torch")}', form)
      for form in ('jpeg', 'png', 'raw')
      for side in ('torch', 'host', 'all')
      if (side, form) != ('torch', 'raw')
    ]
    found = {(side, form): [] for side, _, form in runs}
    for _ in range(options.repeat):
      for side, path, form in runs:
        done = subprocess.run(
          [sys.executable, __file__, *sys.argv[1:], f'--side={side},{path}'],
          check=True,
          capture_output=True,
          text=True,
        )
        found[side, form].append(float(done.stdout.split()[-1]))
    median = {k: statistics.median(v) for k, v in found.items()}
    for (side, form), rate in median.items():
      peer = median['torch', 'png' if form == 'raw' else form]
      print(f'{form:5} {side:6} {rate:7.0f} records/s per core   {rate / peer:.2f} x PyTorch')


if __name__ == '__main__':
  main()
