"""Reads runs and data whose files are spoilt: no traceback, no hang, one sentence each.

    python benchmarks/mutated_runs.py [--count=200] [--only=config.json,dataset.json] [--seed=0]

A tiny run and tiny record shards are made. Then COUNT times a file of theirs is changed (bytes as
in mutated_files, or a field of its JSON: left out, of another type, nested, odd) and read as the
commands do: config.json, tags.json and any file of a checkpoint by colouring a page and by going on
with the training, dataset.json and data.json by opening the data and reading a batch. In a process
of its own, with 40 s for each. Prints a line for each kind.
"""

import argparse
import collections
import json
import multiprocessing
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
from typing import Any

import numpy as np

from benchmarks.mutated_files import mutated

SECONDS = 40
KINDS = ('config.json', 'tags.json', 'data.json', 'dataset.json', 'checkpoint')
ODD = (None, True, -1, 0, 10**12, 1e300, float('nan'), '', 'x', [], {}, [None], {'name': 5}, '\0')


def make(folder: str) -> None:
  """folder/run, a run of pix2pix with tags; folder/data, record shards."""
  import jax

  from onepunch_jax.configs import pix2pix
  from onepunch_jax.data import records
  from onepunch_jax.training.loop import train

  config = pix2pix.get_config(f'smoke,batch={jax.device_count()}')
  config.update(dict(steps=1, eval_every=0, save_every=1, evals={}))
  config.method.gen.depth = 2
  run = os.path.join(folder, 'run')
  train(config, run)
  pathlib.Path(run, 'tags.json').write_text(json.dumps(['blue hair', 'red eyes']))
  data = os.path.join(folder, 'data')
  os.makedirs(data)
  rng = np.random.default_rng(0)
  shards, splits = [], {}
  for split, count in (('train', 6), ('val', 2)):
    pictures = rng.integers(0, 255, (count, 16, 16, 3), np.uint8)
    rows = [
      records.encode({'key': f'{split}{n}', 'rgb': p, 'line': p[..., :1], 'tags': [0, 1]})
      for n, p in enumerate(pictures)
    ]
    name = f'{split}-00000-of-00001.array_record'
    shards.append({**records.write_shard(os.path.join(data, name), rows), 'split': split})
    splits[split] = count
  info = {'version': 1, 'splits': splits, 'shards': shards, 'tags': ['a', 'b'], 'fields': ['line']}
  pathlib.Path(data, 'dataset.json').write_text(json.dumps(info))
  pathlib.Path(run, 'data.json').write_text(json.dumps({data: 'f' * 64, '/gone': 'a' * 64}))


def changed(tree: Any, rng: np.random.Generator) -> Any:
  """JSON with one of its values, at any depth, left out or odd."""
  if isinstance(tree, dict) and tree and rng.random() < 0.9:
    key = list(tree)[rng.integers(len(tree))]
    how = rng.random()
    if how < 0.15:
      return {k: v for k, v in tree.items() if k != key}
    if how < 0.25:
      return {(k + 'x' if k == key else k): v for k, v in tree.items()}
    return {k: changed(v, rng) if k == key else v for k, v in tree.items()}
  if isinstance(tree, list) and tree and rng.random() < 0.8:
    at = int(rng.integers(len(tree)))
    return [changed(v, rng) if i == at else v for i, v in enumerate(tree)]
  return ODD[rng.integers(len(ODD))]


def spoil(path: pathlib.Path, rng: np.random.Generator) -> None:
  """Changes a file in place."""
  data = path.read_bytes()
  try:
    tree = json.loads(data) if rng.random() < 0.7 else None
  except ValueError:
    tree = None
  if tree is not None:
    path.write_text(json.dumps(changed(tree, rng)))
  else:
    path.write_bytes(mutated(data, rng, path.suffix == '.json'))


def use(kind: str, folder: pathlib.Path) -> None:
  """Reads what was spoilt as the commands do."""
  from onepunch_jax import Colorizer
  from onepunch_jax.configs import tag2pix
  from onepunch_jax.data import manifest, pipeline
  from onepunch_jax.training.checkpoint import save_config
  from onepunch_jax.weights import runs

  run, data = str(folder / 'run'), str(folder / 'data')
  if kind in ('dataset.json', 'data.json'):
    config = tag2pix.get_config(f'smoke,data={data}')
    config.data.update({'size': 16, 'load_size': 16, 'threads': 0})
    manifest.relocate(config.data, run)
    next(pipeline.train(config.data, seed=0, batch_size=2)[0])
    next(iter(pipeline.evaluation(config.data, 'val', batch_size=2)))
    return
  colorizer = Colorizer(run)
  colorizer(np.full((32, 32), 255, np.uint8))
  save_config(run, runs.load_config(run))


def bad_sentence(error: Exception) -> bool:
  text = str(error)
  return '\n' in text.strip() or not text.rstrip().endswith('.') or len(text) > 900


def once(kind: str, sound: str, seed: int) -> str:
  """What came of one change: 'read', 'refused', or what should not have happened."""
  rng = np.random.default_rng(seed)
  with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    shutil.copytree(sound, folder, dirs_exist_ok=True)
    if kind == 'checkpoint':
      files = [p for p in sorted((folder / 'run' / 'checkpoints').rglob('*')) if p.is_file()]
      file = files[rng.integers(len(files))]
    else:
      file = folder / ('data' if kind == 'dataset.json' else 'run') / kind
    spoil(file, rng)
    try:
      use(kind, folder)
      return 'read'
    except ValueError as error:
      return f'no sentence: {str(error)[:200]!r}' if bad_sentence(error) else 'refused'
    except BaseException as error:
      return f'{file.name}: {type(error).__name__}: {error}'[:200]


def child(kind: str, sound: str, seeds: list[int], queue: Any) -> None:
  """Runs some seeds; tells before each what it is about to do."""
  signal.signal(signal.SIGALRM, signal.SIG_DFL)
  for seed in seeds:
    queue.put(('start', seed, ''))
    signal.alarm(SECONDS)
    outcome = once(kind, sound, seed)
    signal.alarm(0)
    queue.put(('end', seed, outcome))


def run(kind: str, sound: str, count: int, first: int) -> dict[str, list[int]]:
  """{outcome: seeds}; a process that dies or hangs is one, and the next seeds go on."""
  outcomes = collections.defaultdict(list)
  seeds = list(range(first, first + count))
  context = multiprocessing.get_context('spawn')
  while seeds:
    queue = context.SimpleQueue()
    process = context.Process(target=child, args=(kind, sound, seeds, queue))
    process.start()
    last = None
    while process.is_alive() or not queue.empty():
      if queue.empty():
        time.sleep(0.01)
        continue
      what, seed, outcome = queue.get()
      last = seed if what == 'start' else None
      if what == 'end':
        seeds.remove(seed)
        outcomes[outcome].append(seed)
    process.join()
    if last is not None:
      seeds.remove(last)
      outcomes[f'died with {process.exitcode}'].append(last)
    elif process.exitcode:
      raise RuntimeError(f'{kind}: a process ended with {process.exitcode} between files')
  return outcomes


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--count', type=int, default=200)
  parser.add_argument('--seed', type=int, default=0)
  parser.add_argument('--only', default='')
  options = parser.parse_args()
  wrong = 0
  with tempfile.TemporaryDirectory() as sound:
    make(sound)
    for kind in options.only.split(',') if options.only else KINDS:
      clock = time.monotonic()
      outcomes = run(kind, sound, options.count, options.seed)
      read, refused = (len(outcomes.pop(name, [])) for name in ('read', 'refused'))
      others = sum(map(len, outcomes.values()))
      wrong += others
      seconds = time.monotonic() - clock
      print(f'{kind}: {read} read, {refused} in a sentence, {others} else; {seconds:.0f} s')
      for outcome, seeds in sorted(outcomes.items(), key=lambda item: -len(item[1])):
        print(f'    {len(seeds)} x {outcome} (seed {seeds[0]})', flush=True)
  print(f'{wrong} went wrong.')
  sys.exit(1 if wrong else 0)


if __name__ == '__main__':
  main()
