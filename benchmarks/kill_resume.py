"""Kills a run at random moments until it is done, and compares it with one that was not killed.

    python benchmarks/kill_resume.py [--kills=20] [--steps=400] [--seed=0]

Each start of the run is killed (SIGKILL) after a random time that reaches from its first step to
past several saves; the last start may end.  Prints every kill, and whether the final parameters
are bitwise equal to those of the unbroken run.
"""

import argparse
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import jax
import numpy as np

from onepunch_jax.weights.runs import load_for_inference

ROOT = pathlib.Path(__file__).parents[1]


def start(workdir: str, steps: int):
  return subprocess.Popen(
    [
      sys.executable,
      '-m',
      'onepunch_jax.main',
      f'--config=configs/pix2pix.py:smoke,steps={steps}',
      f'--workdir={workdir}',
      '--config.eval_every=0',
      '--config.save_every=3',
    ],
    cwd=ROOT,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.PIPE,
    text=True,
  )


def newest_step(workdir: str):
  """The last step whose metrics are written; 0 before the first."""
  path = workdir / 'metrics.jsonl'
  lines = path.read_text().splitlines() if path.exists() else []
  return int(lines[-1].split(',')[0].split(':')[1]) if lines else 0


def kill_once(workdir: str, steps: int, rng: random.Random, seconds: float):
  """Starts, waits for a step of its own, then a random time, kills; the step it had reached."""
  before = newest_step(workdir)
  process = start(workdir, steps)
  while process.poll() is None and newest_step(workdir) <= before:
    time.sleep(0.01)
  time.sleep(rng.uniform(0, seconds))
  process.send_signal(signal.SIGKILL)
  process.communicate()
  return newest_step(workdir), process.returncode


def final(workdir: str):
  _, v, _ = load_for_inference(str(workdir))
  return [np.asarray(x) for x in jax.tree.leaves((v.params, v.stats))]


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument('--kills', type=int, default=20)
  parser.add_argument('--steps', type=int, default=400)
  parser.add_argument('--seconds', type=float, default=0.5)
  parser.add_argument('--seed', type=int, default=0)
  options = parser.parse_args()
  rng = random.Random(options.seed)
  with tempfile.TemporaryDirectory() as folder:
    killed, unbroken = pathlib.Path(folder) / 'killed', pathlib.Path(folder) / 'unbroken'
    for n in range(options.kills):
      step, code = kill_once(killed, options.steps, rng, options.seconds)
      half = len(list((killed / 'checkpoints').glob('*tmp*')))
      print(
        f'kill {n + 1}: at step {step}, exit {code}, half-written saves left: {half}', flush=True
      )
      if code == 0:
        sys.exit('The run ended before it was killed often enough: raise --steps.')
    for workdir in (killed, unbroken):
      process = start(workdir, options.steps)
      _, errors = process.communicate()
      if process.returncode:
        sys.exit(errors)
    same = all(np.array_equal(a, b) for a, b in zip(final(killed), final(unbroken), strict=True))
    print(f'{options.kills} kills, {options.kills} resumes; final parameters bitwise equal: {same}')
    sys.exit(0 if same else 1)


if __name__ == '__main__':
  main()
