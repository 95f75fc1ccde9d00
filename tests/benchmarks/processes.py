"""Several processes against one, on virtual CPU devices; and what happens when one is killed.

    python tests/benchmarks/processes.py equal [--methods=pix2pix,zhang16,cyclegan] [--steps=10]
    python tests/benchmarks/processes.py kills [--kills=10] [--steps=120] [--seed=0]

`equal` trains by SGD as one process, as 2 x 2 devices and as 3 x 1, the same global batch, and
prints how far parameters and evaluation numbers are apart.  `kills` kills (SIGKILL) a random one of
two processes at a random moment, again and again, notes how long the other lives on and what it
ends with, starts both again, once stops them by SIGTERM, and compares the last parameters with
those of two processes that nobody touched.
"""

import argparse
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

import jax
import numpy as np
import orbax.checkpoint as ocp

ROOT = pathlib.Path(__file__).parents[2]
BATCH = 12  # of all processes
PLAYERS = {'pix2pix': 'gd', 'zhang16': ('net',), 'cyclegan': 'gd'}


def start(workdir, *flags, processes=1, devices=1):
  """The processes of one training, started; what they say goes to workdir-<i>.log."""
  with socket.socket() as s:
    s.bind(('127.0.0.1', 0))
    address = f'127.0.0.1:{s.getsockname()[1]}'
  env = {**os.environ, 'JAX_PLATFORMS': 'cpu', 'JAX_NUM_CPU_DEVICES': str(devices),
         'JAX_DISABLE_MOST_OPTIMIZATIONS': os.environ.get('JAX_DISABLE_MOST_OPTIMIZATIONS', '0')}
  command = [sys.executable, '-m', 'onepunch_jax.main', f'--workdir={workdir}', *flags]
  started = []
  for i in range(processes):
    found = [f'--coordinator={address}', f'--num_processes={processes}', f'--process_id={i}']
    with open(f'{workdir}-{i}.log', 'a') as log:
      started.append(subprocess.Popen([*command, *(found if processes > 1 else [])], cwd=ROOT,
                                      env=env, stdout=log, stderr=log))  # fmt: skip
  return started


def sgd(method, steps):
  """Flags: a small `method` by SGD, evaluated at its end."""
  optimisers = [f'--config.optim.{p}.name=sgd' for p in PLAYERS[method]]
  return [f'--config=configs/{method}.py:smoke,steps={steps},batch={BATCH}', *optimisers,
          f'--config.eval_every={steps}', f'--config.save_every={steps}']  # fmt: skip


def train(workdir, *flags, **how):
  """Trains to the end -> (`state`, `numbers`)."""
  codes = [p.wait() for p in start(workdir, *flags, **how)]
  if any(codes):
    sys.exit(f'{workdir}: exit codes {codes}\n' + pathlib.Path(f'{workdir}-0.log').read_text())
  return state(workdir), numbers(workdir)


def numbers(workdir):
  """What the last evaluation found."""
  rows = [json.loads(r) for r in open(os.path.join(workdir, 'metrics.jsonl'))]
  last = next(r for r in reversed(rows) if any(k.startswith('val/') for k in r))
  return {k: v for k, v in last.items() if k.startswith('val/') and v is not None}


def state(workdir):
  """The newest checkpoint's arrays."""
  steps = [p for p in (pathlib.Path(workdir) / 'checkpoints').iterdir() if p.name.isdigit()]
  path = max(steps, key=lambda p: int(p.name)).resolve() / 'state'
  reader = ocp.Checkpointer(ocp.PyTreeCheckpointHandler())
  how = jax.tree.map(lambda _: ocp.RestoreArgs(restore_type=np.ndarray),
                     reader.metadata(path).item_metadata.tree)  # fmt: skip
  return reader.restore(path, args=ocp.args.PyTreeRestore(restore_args=how))


def apart(one, other):
  """The largest difference of two trees, absolute, and as a multiple of 1e-6 + 1e-4 |x|."""
  pairs = list(zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True))
  gap = lambda a, b: np.abs(np.asarray(a, np.float64) - np.asarray(b, np.float64))
  absolute = max(float(gap(a, b).max(initial=0)) for a, b in pairs)
  share = lambda a, b: gap(a, b) / (1e-6 + 1e-4 * np.abs(a))
  return absolute, max(float(share(a, b).max(initial=0)) for a, b in pairs)


def equal(given):
  good = True
  for method in given.methods.split(','):
    with tempfile.TemporaryDirectory() as folder:
      run = lambda n, m, method=method, folder=folder: train(
        f'{folder}/{n}x{m}', *sgd(method, given.steps), processes=n, devices=m)
      alone, measured = run(1, 1)
      for n, m in ((2, 2), (3, 1)):
        other, theirs = run(n, m)
        params = apart(alone['variables']['params'], other['variables']['params'])
        memory = apart(*(s['variables'].get('memory', {}) or 0 for s in (alone, other)))
        values = apart(measured, theirs)
        good &= params[1] <= 1 and values[1] <= 10
        print(f'{method:9s} {n} x {m} against 1 x 1 after {given.steps} steps: parameters '
              f'{params[0]:.1e} apart ({params[1]:.2f} of what rtol 1e-4 allows), memory '
              f'{memory[0]:.1e}, evaluation {values[0]:.1e} ({values[1]:.2f})', flush=True)
  sys.exit(0 if good else 1)


def newest_step(workdir):
  """The last step whose metrics are written; 0 before the first."""
  path = pathlib.Path(workdir) / 'metrics.jsonl'
  lines = path.read_text().splitlines() if path.exists() else []
  return int(lines[-1].split(',')[0].split(':')[1]) if lines else 0


def hit(workdir, flags, which, number, seconds):
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


def kills(given):
  rng = random.Random(given.seed)
  flags = ['--config=configs/pix2pix.py:smoke,batch=2', f'--config.steps={given.steps}',
           '--config.eval_every=0', '--config.save_every=3']  # fmt: skip
  with tempfile.TemporaryDirectory() as folder:
    hurt, whole = f'{folder}/hurt', f'{folder}/whole'
    codes = []
    for n in range(given.kills):
      which = rng.randrange(2)
      step, code, seconds = hit(hurt, flags, which, signal.SIGKILL, rng.uniform(0, given.seconds))
      codes.append(code)
      print(f'kill {n + 1}: process {which} at step {step}; the other ended with {code} after '
            f'{seconds:.1f} s', flush=True)  # fmt: skip
      if code == 0:
        sys.exit('The run ended before it was killed often enough: raise --steps.')
    step, code, seconds = hit(hurt, flags, 1, signal.SIGTERM, 0.1)
    saved = sorted(int(p.name) for p in pathlib.Path(hurt, 'checkpoints').iterdir()
                   if p.name.isdigit())  # fmt: skip
    print(f'SIGTERM to process 1 at step {step}: process 0 ended with {code} after {seconds:.1f} '
          f's; checkpoints {saved}', flush=True)  # fmt: skip
    last = [train(workdir, *flags, processes=2)[0] for workdir in (hurt, whole)]
    same = apart(*last)[0] == 0
    print(f'{given.kills} kills, then to the end: all arrays bitwise as unbroken: {same}')
    sys.exit(0 if same and set(codes) <= {76, -6} and code == 75 else 1)


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('what', choices=('equal', 'kills'))
  parser.add_argument('--methods', default='pix2pix,zhang16,cyclegan')
  parser.add_argument('--steps', type=int, default=0)
  parser.add_argument('--kills', type=int, default=10)
  parser.add_argument('--seconds', type=float, default=0.5)
  parser.add_argument('--seed', type=int, default=0)
  given = parser.parse_args()
  given.steps = given.steps or (10 if given.what == 'equal' else 600)
  (equal if given.what == 'equal' else kills)(given)


if __name__ == '__main__':
  main()
