"""Kill the preparation at random moments: the finished shards equal an unbroken run's.

    python benchmarks/prepare_kill.py [--input=FOLDER_OF_PICTURES] [--kills=10]

Each round starts `data_prep.folder` into a fresh directory, kills the whole process group at a
random moment (SIGKILL), runs the same command again, and compares every shard with the unbroken
run's. Without --input 150 pictures are made up.
"""

import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image


def make(folder: str | os.PathLike, count: int = 150):
  folder.mkdir()
  rng = np.random.default_rng(0)
  for i in range(count):
    coarse = rng.integers(0, 256, (9, 7, 3), np.uint8)
    Image.fromarray(coarse).resize((700, 900), Image.Resampling.BICUBIC).save(folder / f'{i}.png')


def command(source: str | os.PathLike, output: pathlib.Path):
  return [
    sys.executable,
    '-m',
    'data_prep.folder',
    f'--input={source}',
    f'--output={output}',
    '--size=256',
    '--workers=2',
    '--num_shards=12',
  ]


def shards(output: pathlib.Path):
  return {p.name: p.read_bytes() for p in sorted(pathlib.Path(output).glob('*.array_record'))}


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument('--input')
  parser.add_argument('--kills', type=int, default=10)
  parser.add_argument('--seed', type=int, default=0)
  options = parser.parse_args()
  rng = random.Random(options.seed)
  with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    source = options.input or folder / 'in'
    if not options.input:
      make(source)
    start = time.time()
    subprocess.run(command(source, folder / 'whole'), check=True, capture_output=True)
    whole, lasts = shards(folder / 'whole'), time.time() - start
    print(f'unbroken: {lasts:.1f} s, {len(whole)} shards')
    equal = 0
    for i in range(options.kills):
      output = folder / f'killed{i}'
      process = subprocess.Popen(
        command(source, output),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
      )
      wait = rng.uniform(0.1, lasts)
      time.sleep(wait)
      os.killpg(process.pid, signal.SIGKILL)
      process.wait()
      parts = len(list(output.glob('.work/part-*.json')))
      finished = (output / 'dataset.json').exists()
      subprocess.run(command(source, output), check=True, capture_output=True)
      same = shards(output) == whole and not (output / '.work').exists()
      equal += same
      print(
        f'killed after {wait:.2f} s with {"all" if finished else parts} shards written: '
        f'{"equal" if same else "DIFFERENT"}',
        flush=True,
      )
    print(f'{equal} of {options.kills} equal')
    sys.exit(equal != options.kills)


if __name__ == '__main__':
  main()
