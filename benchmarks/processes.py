"""Several processes against one, on virtual CPU devices; and what happens when one is killed.

    python benchmarks/processes.py equal [--methods=pix2pix,zhang16,cyclegan] [--steps=10]
    python benchmarks/processes.py kills [--kills=10] [--steps=120] [--seed=0]
    python benchmarks/processes.py full --folder=SMALL_FILE_SYSTEM
    python benchmarks/processes.py counts

`equal` trains by SGD as one process, as 2 x 2 devices and as 3 x 1, the same global batch, and
prints how far parameters and evaluation numbers are apart: once with all of float32 made float64,
once as it is.  The first says whether the same is computed.  In float32 CycleGAN may be some ten
times what rtol 1e-4 allows apart (2 x 2 with seeds 0, 1, 2: 2 to 6, 36, 8; 3 x 1: 4, 3, 0.005): a
ReLU's input within 3e-6 of 0, of one pixel, changes sides at step 5, and from there on gradients
differ by that pixel (4.2 times on four devices).  One device does so too, when the last bit of its
first parameters is changed (2 to 13 times), and with smooth activations four devices stay within
0.002.
`kills` kills (SIGKILL) a random one of
two processes at a random moment, again and again, notes how long the other lives on and what it
ends with, starts both again, once stops them by SIGTERM, and compares the last parameters with
those of two processes that nobody touched.  `full` lets one of two processes fail to write, then
the other, and with --folder fills that (small) file system up: both go on, keep the last checkpoint
and save again, and the run ends as one that nothing happened to.  `counts` kills a run of two
processes and continues it with one, kills that and continues with two (float64): each begins at the
very state that was saved, and together they read the batches of one process that was left alone.
"""

import argparse
import itertools
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
import orbax.checkpoint as ocp

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks.process_code import DOUBLE, FAILING, TELLING  # noqa: E402

BATCH = 12  # of all processes
RUN = 'from absl import app; from onepunch_jax import main; main.define_flags(); app.run(main.main)'
PLAYERS = {'pix2pix': 'gd', 'zhang16': ('net',), 'cyclegan': 'gd'}
NETS = {
  'pix2pix': ('gen', 'disc'),
  'zhang16': ('net',),
  'cyclegan': ('scan', 'gen', 'disc_scan', 'disc_color'),
}


def start(
  workdir: str,
  *flags,
  processes: int = 1,
  devices: int = 1,
  logs: str | None = None,
  first: str = '',
):
  """The processes of one training, started; what they say goes to <logs or workdir>-<i>.log.

  `first` is Python that runs before anything else in each of them.
  """
  with socket.socket() as s:
    s.bind(('127.0.0.1', 0))
    address = f'127.0.0.1:{s.getsockname()[1]}'
  env = {
    **os.environ,
    'JAX_PLATFORMS': 'cpu',
    'JAX_NUM_CPU_DEVICES': str(devices),
    'JAX_DISABLE_MOST_OPTIMIZATIONS': os.environ.get('JAX_DISABLE_MOST_OPTIMIZATIONS', '0'),
  }
  command = [sys.executable, '-c', first + RUN, f'--workdir={workdir}', *flags]
  started = []
  for i in range(processes):
    found = [f'--coordinator={address}', f'--num_processes={processes}', f'--process_id={i}']
    with open(f'{logs or workdir}-{i}.log', 'a') as log:
      started.append(
        subprocess.Popen(
          [*command, *(found if processes > 1 else [])], cwd=ROOT, env=env, stdout=log, stderr=log
        )
      )
  return started


def sgd(method: str, steps: int):
  """Flags: a small `method` by SGD, evaluated at its end."""
  optimisers = [f'--config.optim.{p}.name=sgd' for p in PLAYERS[method]]
  return [
    f'--config=configs/{method}.py:smoke,steps={steps},batch={BATCH}',
    *optimisers,
    f'--config.eval_every={steps}',
    f'--config.save_every={steps}',
  ]


def doubled(method: str):
  """Flags: its nets compute in float64, with DOUBLE."""
  return [f'--config.method.{net}.dtype=float64' for net in NETS[method]]


def train(workdir: str, *flags, **how):
  """Trains to the end -> (`state`, `numbers`)."""
  codes = [p.wait() for p in start(workdir, *flags, **how)]
  if any(codes):
    sys.exit(f'{workdir}: exit codes {codes}\n' + pathlib.Path(f'{workdir}-0.log').read_text())
  return state(workdir), numbers(workdir)


def numbers(workdir: str):
  """What the last evaluation found."""
  rows = [json.loads(r) for r in open(os.path.join(workdir, 'metrics.jsonl'))]
  last = next(r for r in reversed(rows) if any(k.startswith('val/') for k in r))
  return {k: v for k, v in last.items() if k.startswith('val/') and v is not None}


def steps_saved(workdir: str):
  """The steps of the whole checkpoints."""
  folder = pathlib.Path(workdir, 'checkpoints')
  found = folder.iterdir() if folder.exists() else ()
  return sorted(int(p.name) for p in found if p.name.isdigit())


def state(workdir: str):
  """The newest checkpoint's arrays."""
  path = pathlib.Path(workdir, 'checkpoints', str(steps_saved(workdir)[-1]), 'state').resolve()
  reader = ocp.Checkpointer(ocp.PyTreeCheckpointHandler())
  how = jax.tree.map(
    lambda _: ocp.RestoreArgs(restore_type=np.ndarray), reader.metadata(path).item_metadata.tree
  )
  return reader.restore(path, args=ocp.args.PyTreeRestore(restore_args=how))


def apart(one: Any, other: Any):
  """The largest difference of two trees, absolute, and as a multiple of 1e-6 + 1e-4 |x|."""
  pairs = list(zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True))

  def gap(a, b):
    return np.abs(np.asarray(a, np.float64) - np.asarray(b, np.float64))

  absolute = max(float(gap(a, b).max(initial=0)) for a, b in pairs)

  def share(a, b):
    return gap(a, b) / (1e-6 + 1e-4 * np.abs(a))

  return absolute, max(float(share(a, b).max(initial=0)) for a, b in pairs)


def equal(options: argparse.Namespace):
  good = True
  for method, bits in itertools.product(options.methods.split(','), (64, 32)):
    flags = sgd(method, options.steps) + (doubled(method) if bits == 64 else [])
    first = DOUBLE if bits == 64 else ''
    with tempfile.TemporaryDirectory() as folder:

      def run(n, m, flags=flags, first=first, folder=folder):
        return train(f'{folder}/{n}x{m}', *flags, processes=n, devices=m, first=first)

      alone, measured = run(1, 1)
      for n, m in ((2, 2), (3, 1)):
        other, theirs = run(n, m)
        params = apart(alone['variables']['params'], other['variables']['params'])
        memory = apart(*(s['variables'].get('memory', {}) or 0 for s in (alone, other)))
        values = apart(measured, theirs)
        good &= params[1] <= {64: 1e-6, 32: 100 if method == 'cyclegan' else 1}[bits]
        good &= values[1] <= 10
        print(
          f'{method:9s} float{bits} {n} x {m} against 1 x 1 after {options.steps} steps: '
          f'parameters {params[0]:.1e} apart ({params[1]:.1g} of what rtol 1e-4 allows), '
          f'memory {memory[0]:.1e}, evaluation {values[0]:.1e} ({values[1]:.2g})',
          flush=True,
        )
  sys.exit(0 if good else 1)


def newest_step(workdir: str):
  """The last step whose metrics are written; 0 before the first."""
  path = pathlib.Path(workdir) / 'metrics.jsonl'
  lines = path.read_text().splitlines() if path.exists() else []
  return int(lines[-1].split(',')[0].split(':')[1]) if lines else 0


def hit(workdir: str, flags: Sequence[str], which: int, number: int, seconds: float):
  """Starts two processes, waits for a step and `seconds`, and sends one a signal.

  Returns:
    (the step reached, the exit code of the other, seconds until it ended)
  """
  before = newest_step(workdir)
  pair = start(workdir, *flags, processes=2)
  while newest_step(workdir) <= before and all(p.poll() is None for p in pair):
    time.sleep(0.02)
  time.sleep(seconds)
  pair[which].send_signal(number)
  clock = time.perf_counter()
  pair[which].wait()
  code = pair[1 - which].wait()
  return newest_step(workdir), code, time.perf_counter() - clock


def kills(options: argparse.Namespace):
  rng = random.Random(options.seed)
  flags = [
    '--config=configs/pix2pix.py:smoke,batch=2',
    f'--config.steps={options.steps}',
    '--config.eval_every=0',
    '--config.save_every=3',
  ]
  with tempfile.TemporaryDirectory() as folder:
    hurt, whole = f'{folder}/hurt', f'{folder}/whole'
    codes = []
    for n in range(options.kills):
      which = rng.randrange(2)
      step, code, seconds = hit(hurt, flags, which, signal.SIGKILL, rng.uniform(0, options.seconds))
      codes.append(code)
      print(
        f'kill {n + 1}: process {which} at step {step}; the other ended with {code} after '
        f'{seconds:.1f} s',
        flush=True,
      )
      if code == 0:
        sys.exit('The run ended before it was killed often enough: raise --steps.')
    step, code, seconds = hit(hurt, flags, 1, signal.SIGTERM, 0.1)
    print(
      f'SIGTERM to process 1 at step {step}: process 0 ended with {code} after {seconds:.1f} '
      f's; checkpoints {steps_saved(hurt)}',
      flush=True,
    )
    last = [train(workdir, *flags, processes=2)[0] for workdir in (hurt, whole)]
    same = apart(*last)[0] == 0
    print(f'{options.kills} kills, then to the end: all arrays bitwise as unbroken: {same}')
    sys.exit(0 if same and set(codes) <= {76, -6} and code == 75 else 1)


def full(options: argparse.Namespace):
  flags = [
    '--config=configs/pix2pix.py:smoke,batch=2',
    f'--config.steps={options.steps}',
    '--config.eval_every=0',
    '--config.save_every=20',
    '--config.log_every=10',
  ]

  def warnings(run, i):
    return pathlib.Path(f'{run}-{i}.log').read_text().count('A checkpoint could not')

  with tempfile.TemporaryDirectory() as folder:
    whole = train(f'{folder}/whole', *flags, processes=2)[0]
    first = FAILING.format(where=[(1, 40), (0, 60)])
    ends = {'one of two': train(f'{folder}/one', *flags, processes=2, first=first)[0]}
    says = [warnings(f'{folder}/one', i) for i in (0, 1)]
    print(f'Process 1 fails at step 40, process 0 at 60: failed saves in their logs {says}')
    if options.folder:
      run, logs = f'{options.folder}/run', f'{folder}/full'
      pair = start(run, *flags, processes=2, logs=logs)

      def wait_for(ready):
        return [time.sleep(0.05) for _ in iter(ready, True)]

      def gone():
        return any(p.poll() is not None for p in pair)

      wait_for(lambda: gone() or bool(steps_saved(run)))
      filler = pathlib.Path(options.folder, 'filler')
      try:
        with open(filler, 'wb', buffering=0) as f:
          while f.write(bytes(2**16)):
            pass
      except OSError as error:
        print(f'At checkpoint {steps_saved(run)}: {error}', flush=True)
      wait_for(lambda: gone() or min(warnings(logs, i) for i in (0, 1)) >= 2)
      print(f'Two saves failed in both processes, checkpoints {steps_saved(run)}', flush=True)
      filler.unlink()
      codes, says = [p.wait() for p in pair], [warnings(logs, i) for i in (0, 1)]
      print(f'Freed: exit codes {codes}, failed saves {says}, checkpoints {steps_saved(run)}')
      ends['a full disk'] = state(run)
  same = {name: apart(whole, end)[0] == 0 for name, end in ends.items()}
  print(f'All arrays bitwise as of a run that nothing happened to: {same}')
  sys.exit(0 if all(same.values()) and min(says) >= 2 else 1)


def counts(options: argparse.Namespace):
  flags = [
    *sgd('pix2pix', options.steps),
    *doubled('pix2pix'),
    '--config.save_every=7',
    '--config.eval_every=0',
  ]

  def lines(run, i, word):
    rows = [r.split() for r in pathlib.Path(f'{run}-{i}.log').read_text().splitlines()]
    return [tuple(map(int, r[1:])) for r in rows if r and r[0] == word]

  with tempfile.TemporaryDirectory() as folder:
    whole, run = f'{folder}/whole', f'{folder}/run'
    end = train(whole, *flags, first=DOUBLE + TELLING)[0]
    read = {step: rows for step, *rows in lines(whole, 0, 'BATCH') if step < options.steps}
    good, saved = len(read) == options.steps, None
    for part, n in enumerate((2, 1, 2)):
      logs = f'{folder}/{part}'
      started = start(run, *flags, processes=n, logs=logs, first=DOUBLE + TELLING)
      while newest_step(run) < 12 * (part + 1) and all(p.poll() is None for p in started):
        time.sleep(0.02)
      if part < 2:
        started[-1].kill()
      codes = [p.wait() for p in started]
      batches = [{step: rows for step, *rows in lines(logs, i, 'BATCH')} for i in range(n)]
      steps = sorted(set.intersection(*map(set, batches)) & set(read))
      as_one = all([row for b in batches for row in b[s]] == read[s] for s in steps)
      found = [lines(logs, i, 'STATE') for i in range(n)]
      same = all(f == ([saved] if saved else []) for f in found)
      good &= as_one and same and len(steps) > 4
      print(
        f'{n} process(es): read steps {steps[0]} to {steps[-1]}, as one does: {as_one}; began '
        f'with the saved state: {same} {found[0]}; exit codes {codes}',
        flush=True,
      )
      arrays = [x.tobytes() for x in jax.tree.leaves(state(run))]
      saved = steps_saved(run)[-1], sum(map(zlib.crc32, arrays))
    apart_by = apart(end['variables']['params'], state(run)['variables']['params'])
    print(
      f'At the end {apart_by[0]:.1e} from one process ({apart_by[1]:.1g} of what rtol 1e-4 allows)'
    )
  sys.exit(0 if good and apart_by[1] <= 1e-6 else 1)


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('what', choices=('equal', 'kills', 'full', 'counts'))
  parser.add_argument('--methods', default='pix2pix,zhang16,cyclegan')
  parser.add_argument('--folder', default='')
  parser.add_argument('--steps', type=int, default=0)
  parser.add_argument('--kills', type=int, default=10)
  parser.add_argument('--seconds', type=float, default=0.5)
  parser.add_argument('--seed', type=int, default=0)
  options = parser.parse_args()
  steps = {'equal': 10, 'kills': 600, 'full': 140, 'counts': 40}
  options.steps = options.steps or steps[options.what]
  globals()[options.what](options)


if __name__ == '__main__':
  main()
